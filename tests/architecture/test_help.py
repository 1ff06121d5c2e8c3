"""The help: every command and every parameter says what it is for."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from zumik.cli.examples import EXAMPLES
from zumik.cli.main import COMMANDS, app


def _commands() -> Iterator[tuple[str, Any]]:
    group: Any = typer.main.get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)
        yield name, command
        for below, nested in getattr(command, "commands", {}).items():
            yield f"{name} {below}", nested


ALL = dict(_commands())


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help(name: str) -> None:
    help_text = ALL[name].help
    assert help_text, name
    assert help_text.split("\n")[0].endswith("."), help_text


@pytest.mark.parametrize("name", ALL)
def test_every_parameter_has_help(name: str) -> None:
    for parameter in ALL[name].params:
        if parameter.name != "help":
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


GROUPS = ["", *(name for name, command in ALL.items() if hasattr(command, "commands"))]


@pytest.mark.parametrize("group", GROUPS)
def test_help_gives_each_command_one_whole_line_of_80_columns(group: str) -> None:
    names = [name.split()[-1] for name in ALL if name.rpartition(" ")[0] == group]
    arguments = [*group.split(), "--help"]
    result = CliRunner().invoke(app, arguments, terminal_width=80, env={"COLUMNS": "80"})
    commands = result.output.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in commands] == names
    assert all(len(line) <= 80 and line.endswith(".") for line in commands)
    assert not [line for line in commands if line.endswith("...")]


REPORTING = [
    "status",
    "validate",
    "plan",
    "release create",
    "release list",
    "release show",
    "release diff",
    "release refreeze",
    "alias list",
    "alias show",
    "alias promote",
    "alias rollback",
    "alias history",
    "resolve",
    "explain",
    "replay",
    "logs mix",
    "logs observe",
    "logs workload",
    "drain",
    "undrain",
    "check",
]


@pytest.mark.parametrize("name", REPORTING)
def test_every_report_has_a_json_format(name: str) -> None:
    options = {option for parameter in ALL[name].params for option in parameter.opts}
    assert "--format" in options


READS = {
    *("status", "validate", "plan", "resolve", "explain", "check", "replay", "serve"),
    *("catalog list", "catalog show", "catalog diff", "catalog upcoming"),
    *("release list", "release show", "release diff"),
    *("alias list", "alias show", "alias history", "logs mix"),
}
"""The commands that change nothing: a result goes to stdout, or on request to a file."""

LEAVES = [name for name, command in ALL.items() if not hasattr(command, "commands")]


def options_of(name: str) -> set[str]:
    """The options of a command."""
    return {option for parameter in ALL[name].params for option in parameter.opts}


@pytest.mark.parametrize("name", sorted({*LEAVES} - READS))
def test_every_writing_command_has_a_dry_run(name: str) -> None:
    assert "--dry-run" in options_of(name)


def test_no_reading_command_has_a_dry_run() -> None:
    assert {*LEAVES} >= READS
    assert not [name for name in READS if "--dry-run" in options_of(name)]


@pytest.mark.parametrize("name", ALL)
def test_every_help_ends_with_an_example_that_can_be_pasted(name: str) -> None:
    lines = (
        CliRunner()
        .invoke(app, [*name.split(), "--help"], env={"COLUMNS": "80"})
        .output.splitlines()
    )
    *_, head, example = [line.strip() for line in lines if line.strip()]
    assert head == "Example:"
    assert example == EXAMPLES[name]
    assert len(example) <= 76


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_of_its_command_and_parses(name: str) -> None:
    program, *words = shlex.split(EXAMPLES[name])
    assert program == "zumik"
    assert " ".join(words).startswith(f"{name} ") or " ".join(words) == name
    context: Any = typer.main.get_command(app).make_context("zumik", words)
    while hasattr(context.command, "commands") or context.command.name == "zumik":
        words = [*context._protected_args, *context.args]
        found, command, rest = context.command.resolve_command(context, words)
        context = command.make_context(found, rest, parent=context)
    assert not context.args


def test_every_command_has_an_example_and_no_other() -> None:
    assert {*EXAMPLES} == {*ALL}
