"""Completion: names of the workspace where a command takes them, in each shell, and no error."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from tests.architecture.test_help import ALL
from tests.cli.conversation import Desk, Played

import zumik
from zumik.cli.completion import _BY_NAME


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    played = Played(tmp_path_factory.mktemp("played"))
    return played.desk("promoted").copy(tmp_path_factory.mktemp("desk"))


def offered(desk: Desk, *words: str, cwd: Path | None = None) -> list[str]:
    """What bash is offered for the last of these words."""
    done = subprocess.run(
        [sys.executable, "-m", "zumik"],
        capture_output=True,
        check=False,
        cwd=cwd or desk.repo,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(zumik.__file__).parents[1]),
            "_ZUMIK_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(["zumik", *words]),
            "COMP_CWORD": str(len(words)),
        },
    )
    assert (done.returncode, done.stderr) == (0, b""), done
    return done.stdout.decode().split()


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (["st"], ["status"]),
        (["alias", "pro"], ["promote"]),
        (["alias", "promote", "code."], ["code.fast"]),
        (["alias", "promote", "code.fast", "auto."], ["auto.balanced"]),
        (["alias", "promote", "code.fast", "--to", "alr_"], ["alr_2026_01_10_001"]),
        (["alias", "retire", "code.fast", "--use", "a"], ["auto.balanced"]),
        (["plan", "co"], ["code.fast"]),
        (["resolve", "code"], ["code.fast"]),
        (["explain", "acme/"], ["acme/large"]),
        (["drain", "acme/l"], ["acme/large"]),
        (["catalog", "show", "globex/"], ["globex/steady"]),
        (["release", "show", "alr"], ["alr_2026_01_10_001"]),
        (["release", "diff", "alr"], ["alr_2026_01_10_001"]),
        (["replay", "--against", "l"], ["live"]),
        (["explain", "acme/large:"], ["acme/large:deep"]),
        (["explain", "code.fast@"], ["code.fast@alr_2026_01_10_001"]),
        (["replay", "--against", "code.fast@a"], ["code.fast@alr_2026_01_10_001"]),
        (["alias", "new", "a.b", "--require", "t"], ["tools"]),
        (["alias", "new", "a.b", "--require", "input="], ["input=image"]),
        (["alias", "new", "a.b", "--prefer", "expected_"], ["expected_cost", "expected_latency"]),
        (["alias", "new", "a.b", "--prefer", "bench"], ["bench.coding"]),
        (["resolve", "code.fast", "--capability", "t"], ["tools"]),
        (["resolve", "code.fast", "--input", "i"], ["image"]),
        (["check", "--rule", "output-l"], ["output-limit-unknown"]),
        (["init", "--provider", "open"], ["openai"]),
        (["plan", "--for"], ["--format"]),
        (["--work"], ["--workspace"]),
    ],
)
def test_names_are_offered_where_a_command_takes_them(
    desk: Desk, words: list[str], some: list[str]
) -> None:
    found = offered(desk, *words)
    assert {*some} <= {*found}
    assert all(name.startswith(words[-1]) for name in found)


def test_a_release_is_offered_only_once_an_alias_and_the_sign_are_typed(desk: Desk) -> None:
    assert not [name for name in offered(desk, "explain", "") if "@" in name]
    assert offered(desk, "explain", "code.none@") == []


def test_a_chosen_workspace_is_completed_from(desk: Desk, tmp_path: Path) -> None:
    words = ("--workspace", str(desk.releases), "alias", "show", "code.")
    assert "code.fast" in offered(desk, *words, cwd=tmp_path)


def test_elsewhere_nothing_is_offered_and_nothing_is_said(desk: Desk, tmp_path: Path) -> None:
    assert offered(desk, "alias", "show", "", cwd=tmp_path) == []
    assert offered(desk, "check", "--rule", "output-l", cwd=tmp_path) == ["output-limit-unknown"]


def test_damaged_and_hostile_files_offer_no_word_of_theirs(desk: Desk, tmp_path: Path) -> None:
    broken = desk.copy(tmp_path / "broken")
    (broken.releases / "live" / "$(touch x).json").write_text("{}")
    (broken.releases / "policy" / "bad.yaml").write_bytes(
        b"aliases:\n  $(id):\n  `id`:\n  'good.one':\n    prefer: x\n\xff\n"
    )
    (broken.releases / "catalog" / "bad.yaml").write_text("models:\n  a;b: {}\n  fine: {}\n")
    for path in (broken.releases / "frozen").iterdir():
        path.write_text("{")
    assert {*offered(broken, "alias", "show", "")} >= {"code.fast", "good.one"}
    assert not [name for name in offered(broken, "alias", "show", "") if not name.isascii()]
    assert "$" not in "".join(offered(broken, "alias", "show", ""))
    assert ";" not in "".join(offered(broken, "catalog", "show", ""))


def test_every_parameter_that_takes_a_name_of_the_workspace_completes_it() -> None:
    for name, command in ALL.items():
        for parameter in command.params:
            words = {*(parameter.metavar or "").strip("[].").split("|")}
            if words & {"ALIAS", "RELEASE", "MODEL", "MODELS", "CODE", "REFERENCE"}:
                assert parameter.name in _BY_NAME, f"{name} {parameter.name}"


# Real shells: each is asked as at the key, with the script that --install-completion writes.

_FISH = "complete -C 'zumik alias promote code.f'; complete -C 'zumik explain acme/large:d'"
_ZSH = """
fpath+=~/.zfunc
autoload -Uz compinit
compinit -u
_arguments() { print -r -- "$@" }
words=(zumik alias promote code.f) CURRENT=4
echo first key
$_comps[zumik]
echo second key
$_comps[zumik]
words=(zumik explain acme/large:d) CURRENT=3
$_comps[zumik]
"""


def installed_in(desk: Desk, root: Path, name: str) -> dict[str, str]:
    """The environment of a shell in which completion was installed."""
    home, programs = root / "home", root / "bin"
    home.mkdir()
    programs.mkdir()
    source = Path(zumik.__file__).parents[1]
    program = programs / "zumik"
    program.write_text(
        f"#!/bin/sh\nPYTHONPATH={source} exec {sys.executable} -c "
        '"from zumik.cli.main import main; main()" "$@"\n'
    )
    program.chmod(0o755)
    env = {
        "HOME": str(home),
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "DESK": str(desk.repo),
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }
    installed = subprocess.run(
        [program, "--install-completion", name],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{name} completion installed" in installed.stdout
    return env


@pytest.fixture
def shell(desk: Desk, tmp_path: Path) -> Callable[[str, str], str]:
    """Run a script in a shell in which completion was installed."""

    def run(name: str, script: str) -> str:
        env = installed_in(desk, tmp_path, name)
        done = subprocess.run(
            [name, "-c", script],
            cwd=desk.repo,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert not done.stderr, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize(("name", "script"), [("fish", _FISH), ("zsh", _ZSH)])
def test_the_installed_completion_completes_an_alias(
    shell: Callable[[str, str], str], name: str, script: str
) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name}")
    said = shell(name, script)
    assert "code.fast" in said
    # A colon stands between a name and its description in zsh.
    colon = r"\\:" if name == "zsh" else ":"
    assert f"acme/large{colon}deep" in said
    if name == "zsh":
        assert said.count("code.fast") == 2, "it completes at the first key too"


def at_key(master: int, keys: str, wanted: str) -> str:
    """What a terminal shows after some keys, once that holds what is waited for."""
    os.write(master, keys.encode())
    shown, ends = "", monotonic() + 60
    ready = select.poll()
    ready.register(master, select.POLLIN)
    while wanted not in shown and monotonic() < ends:
        if ready.poll(100):
            shown += os.read(master, 65536).decode("utf-8", "replace")
    return shown


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("alias promote code.f", "alias promote code.fast "),
        ("explain acme/large:", "explain acme/large:deep "),
        ("explain acme/large:d", "explain acme/large:deep "),
        ("explain code.fast@", "explain code.fast@alr_2026_01_10_001 "),
        ('explain "code.fast@alr', 'explain "code.fast@alr_2026_01_10_001" '),
        ("replay x --against=code.fast@a", "replay x --against=code.fast@alr_2026_01_10_001 "),
        ('alias retire code.fast --reason "a b" --use a', "--use auto.balanced "),
        ("drain acme/large:d", "drain acme/large:deep "),
    ],
)
def test_bash_completes_a_name_with_a_sign_in_it_at_the_key(
    desk: Desk, tmp_path: Path, typed: str, completed: str
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    env = {**installed_in(desk, tmp_path, "bash"), "TERM": "dumb"}
    with Path(env["HOME"], ".bashrc").open("a") as settings:
        settings.write("PS1='ready> '\n")
    master, slave = pty.openpty()
    with subprocess.Popen(
        ["bash", "--rcfile", f"{env['HOME']}/.bashrc", "-i"],
        cwd=desk.repo,
        env=env,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            at_key(master, "", "ready> ")
            assert completed in at_key(master, f"zumik {typed}\t", completed)
        finally:
            process.kill()
            os.close(master)
