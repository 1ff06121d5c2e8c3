"""What is measured: start-up, resolving in process, freezing and importing at size, checking.

Each subject takes an empty directory to work in. The sizes are arguments, so that the tests can
run every subject small.
"""

from __future__ import annotations

import py_compile
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml
from tests.benchmarks import serving
from tests.benchmarks.auditing import auditing
from tests.benchmarks.building import building
from tests.benchmarks.importing import importing
from tests.benchmarks.measuring import Figure, in_turn, process
from tests.benchmarks.rivals import checking_routers, choosing_routers
from tests.benchmarks.workspaces import commit_line, write_line, write_workspace, yaml_texts

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.decision import resolve
from zumik.core.facts.request import Request
from zumik.workspace.store import find_workspace

REPOSITORY = Path(__file__).parents[2]
ZUMIK = str(Path(sys.executable).with_name("zumik"))

LOG_LINE = (
    '{"requested_model": "code.fast", "alias_release": "alr_2026_06_09_003", '
    '"resolved_model": "anthropic/claude-haiku-4-5", "candidates_considered": 3, '
    '"resolution_reason": "lowest_expected_latency_under_policy"}'
)

_HELLO = '''\
"""Two commands, and nothing to do."""

import typer

app = typer.Typer()


@app.command()
def hello(name: str) -> None:
    """Say hello."""
    typer.echo(f"hello {name}")


@app.command()
def bye(name: str) -> None:
    """Say goodbye."""
    typer.echo(f"bye {name}")
'''

_SCRIPT = """\
#!{python}
import sys
from hello import app
if __name__ == "__main__":
    sys.exit(app())
"""


def start_up(scratch: Path, *, rounds: int = 15) -> list[Figure]:
    """Whole processes: our console script beside one of the same form."""
    theirs = process(_hello_script(scratch), "hello", "you")
    figures = []
    for arguments in (("explain", LOG_LINE), ("resolve", "code.fast")):
        seconds = in_turn(process(ZUMIK, *arguments, cwd=REPOSITORY), theirs, rounds)
        what = f"zumik {arguments[0]}"
        figures.append(Figure(what, "hello-world on Typer", *seconds, goal="<= 1.5 x"))
    return figures


def _hello_script(directory: Path) -> str:
    module, script = directory / "hello.py", directory / "hello"
    module.write_text(_HELLO)
    py_compile.compile(str(module))
    script.write_text(_SCRIPT.format(python=sys.executable))
    script.chmod(0o755)
    return str(script)


def resolving(scratch: Path, *, rounds: int = 9, times: int = 1000) -> list[Figure]:
    """`resolve()` in process on a loaded release, beside a dict look-up and a LiteLLM Router."""
    source = find_workspace(REPOSITORY).release(ReleaseId("alr_2026_06_09_003"))
    alias = AliasName("code.fast")
    best, *_ = source.aliases[alias].ranking
    needs = Request(3000, 500, capabilities=("tools",), unavailable=(best,))
    plain, demanding = partial(resolve, source, alias), partial(resolve, source, alias, needs)
    look_up = partial(_repeat, partial(dict(source.aliases).__getitem__, alias))
    figures = []
    for what, ours, rivals in (
        ("resolve()", plain, choosing_routers()),
        ("resolve(), needs and one unavailable", demanding, checking_routers()),
    ):
        for against, many, goal in (
            ("a dict look-up", look_up, "-"),
            *((name, rival, "<= 0.05 x") for name, rival in rivals.items()),
        ):
            seconds = in_turn(partial(_repeat, ours, times), partial(many, times), rounds)
            mine, other, ratio = seconds
            figures.append(Figure(what, against, mine / times, other / times, ratio, goal))
    return figures


def _repeat(call: Callable[[], object], times: int) -> None:
    for _ in range(times):
        call()


def freezing(
    scratch: Path, *, rounds: int = 5, models: int = 1000, aliases: int = 100
) -> list[Figure]:
    """`release create` with its commit, beside parsing the YAML that it reads."""
    git = partial(subprocess.run, check=True, capture_output=True, cwd=scratch / "0")
    root = write_workspace(scratch / "0" / "releases", models=models, aliases=aliases)
    for arguments in (
        ("init", "--quiet"),
        ("config", "user.name", "bench"),
        ("config", "user.email", "bench@localhost"),
    ):
        git(["git", *arguments])
    # A release can be made once in each: the warm-up and every round have a copy of their own.
    places = [scratch / str(n) for n in range(1, 2 * rounds + 3)]
    for place in places:
        shutil.copytree(scratch / "0", place)
    unused = iter(places)

    def create() -> None:
        process(ZUMIK, "release", "create", cwd=next(unused))()

    texts = yaml_texts(root)
    what = f"release create, {models:,} models x {aliases} aliases"
    return [
        Figure(what, "yaml.load", *in_turn(create, partial(_load, texts), rounds), goal="<= 2 x"),
        Figure(what, "yaml.parse, events alone", *in_turn(create, partial(_parse, texts), rounds)),
    ]


def _load(texts: list[str]) -> None:
    for text in texts:
        yaml.load(text, Loader=yaml.SafeLoader)


def _parse(texts: list[str]) -> None:
    for text in texts:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass


def checking(
    scratch: Path, *, rounds: int = 3, releases: int = 10_000, few: int = 100, aliases: int = 500
) -> list[Figure]:
    """`zumik check` beside what proves the bytes alone, and of a branch at two lengths of line."""
    many, some = scratch / "many", scratch / "some"
    for place, length in ((many, releases), (some, few)):
        commit_line(write_line(place / "releases", releases=length, aliases=aliases))
    size = f"{releases:,} releases, {aliases} aliases"
    figures = []
    for what, root, arguments, goal in (
        (size, many / "releases", (), "<= 3 x"),
        ("the example, all read again", REPOSITORY / "releases", ("--full",), "-"),
    ):
        ours = process(ZUMIK, "check", *arguments, cwd=root)
        theirs = process("sha256sum", "--check", "SHA256SUMS", cwd=root)
        seconds = in_turn(ours, theirs, rounds)
        figures.append(Figure(f"zumik check, {what}", "sha256sum --check", *seconds, goal=goal))
    for place in (many, some):
        process(ZUMIK, "release", "create", "--allow-unchanged", cwd=place)()
    branch = ("check", "--base", "main")
    seconds = in_turn(process(ZUMIK, *branch, cwd=many), process(ZUMIK, *branch, cwd=some), rounds)
    what = f"zumik check --base, a release on top of {releases:,}"
    figures.append(Figure(what, f"on top of {few}", *seconds))
    return figures


SUBJECTS = {
    "start-up": start_up,
    "resolving": resolving,
    "freezing": freezing,
    "importing": importing,
    "checking": checking,
    "auditing": auditing,
    "building": building,
    **serving.SUBJECTS,
}
