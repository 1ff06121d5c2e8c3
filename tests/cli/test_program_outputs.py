"""What programs read: each command's JSON follows its schema, and an error is JSON too.

The commands are those of all cases, as their `expected.txt` shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from tests.cli.conversation import CASES
from tests.schemas.output_documents import SCHEMAS, documents_in, require_valid

import zumik.errors
from zumik.cli.main import COMMANDS, run

README = (SCHEMAS / "README.md").read_text()


class Shown(NamedTuple):
    """A command of a case and its answer."""

    command: str
    exit_code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Which command it is, as in `release create`."""
        words = self.command.partition("zumik ")[2].split()
        return next((name for name in LEAVES if name.split() == words[: len(name.split())]), "")


def shown() -> Iterator[Shown]:
    for path in sorted(CASES.glob("*/expected.txt")):
        for turn in re.split(r"(?m)^(?=\$ )", path.read_text()):
            command = turn.partition("\n")[0].removeprefix("$ ")
            if re.search(r"(--format[ =]|-f ?)json", command) and "zumik" in command:
                code = re.search(r"(?m)^exit (\d+)$", turn)
                assert code is not None
                head, _, err = turn.partition("--- stderr\n")
                out = head.partition("--- stdout\n")[2]
                yield Shown(command, int(code[1]), out.strip(), err.strip())


def leaves() -> Iterator[tuple[str, set[str]]]:
    """Every command with the names of its options."""
    for name in COMMANDS:
        command = typer.main.get_command(import_module(f"zumik.cli.{name}").app)
        below = getattr(command, "commands", None)
        for word, leaf in below.items() if below else [("", command)]:
            options = {option for parameter in leaf.params for option in parameter.opts}
            yield f"{name} {word}".strip(), options


LEAVES = dict(leaves())
WITH_JSON = sorted(name for name, options in LEAVES.items() if "--format" in options)
SHOWN = tuple(shown())
ELSEWHERE = {
    "release sign": "tests/cli/test_sign.py",
    "catalog refresh": "tests/cli/test_catalog_refresh.py",
    "pages build": "tests/cli/test_pages.py",
}
"""Commands that need more than a case has: a key, sources, Jinja."""


@pytest.mark.parametrize("turn", SHOWN, ids=lambda turn: turn.command)
def test_each_answer_follows_the_schema_that_it_names(turn: Shown) -> None:
    for document in documents_in(turn.out) if turn.out else []:
        assert require_valid(document) != "error"
    last = turn.err.rpartition("\n")[2]
    if not turn.out:
        assert turn.exit_code != 0
    if last.startswith("{"):
        error = json.loads(last)
        assert require_valid(error) == "error"
        assert error["exit_code"] == turn.exit_code
    else:
        assert turn.out
        assert "error: " not in turn.err


@pytest.mark.parametrize("name", WITH_JSON)
def test_each_command_with_json_is_shown_and_its_schema_listed(name: str) -> None:
    rows = [row for row in README.splitlines() if row.startswith("| `") and "--format json" in row]
    (row,) = [row for row in rows if re.search(rf"`zumik {name}( [^`]*)? --format json`", row)][:1]
    schema = re.match(r"\| `(outputs/)?([a-z-]+)`", row)
    assert schema is not None
    if name in ELSEWHERE:
        assert "require_valid" in Path(ELSEWHERE[name]).read_text()
        return
    found = {
        require_valid(document)
        for turn in SHOWN
        if turn.words == name and turn.out
        for document in documents_in(turn.out)
    }
    assert schema[2] in found


def test_each_schema_of_outputs_is_listed() -> None:
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("outputs/*.json")}
    assert set(re.findall(r"\| `outputs/([a-z-]+)`", README)) == names


@pytest.mark.parametrize("name", sorted({turn.words for turn in SHOWN} - {""}))
def test_a_command_has_the_same_keys_whether_or_not_something_was_done(name: str) -> None:
    shapes: dict[str, set[str]] = {}
    for turn in SHOWN:
        if turn.words == name and turn.out:
            for document in documents_in(turn.out):
                if document["schema"] != "zumik.logline/1":
                    assert shapes.setdefault(document["schema"], set(document)) == set(document)


def exit_codes() -> dict[int, str]:
    rows = re.findall(r"(?m)^\| (\d+) \| ([^|]*)\|", README)
    return {int(code): kind.strip("` ") for code, kind in rows}


def test_the_table_of_exit_codes_is_that_of_the_errors() -> None:
    errors = [
        kind
        for kind in vars(zumik.errors).values()
        if isinstance(kind, type) and issubclass(kind, zumik.errors.ZumikError)
    ]
    known = {kind.exit_code: kind.kind for kind in errors}
    assert exit_codes() == {0: "", 1: "", **known}
    allowed = json.loads((SCHEMAS / "outputs/error.schema.json").read_bytes())["properties"]
    assert set(allowed["exit_code"]["enum"]) == set(known)
    assert set(allowed["kind"]["enum"]) == set(known.values())


def test_no_command_exits_otherwise() -> None:
    assert {turn.exit_code for turn in SHOWN} <= set(exit_codes()) - {1}


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_help_speaks_only_of_exit_codes_of_the_table(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*name.split(), "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for sentence in re.findall(r"[Ee]xits with [^.;:]*", text):
        assert {int(code) for code in re.findall(r"\b\d+\b", sentence)} <= set(exit_codes())


@pytest.mark.parametrize(
    "arguments", [["--format", "json"], ["--format=json"], ["-f", "json"], ["-fjson"]]
)
def test_an_error_is_json_however_json_was_asked_for(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alias", "lst", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert require_valid(json.loads(err)) == "error"


def test_what_follows_two_dashes_asks_for_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--", "--format=json"]) == 4
    assert capsys.readouterr().err.startswith("error: ")
