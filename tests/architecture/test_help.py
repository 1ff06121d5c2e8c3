"""The help: every command and every parameter says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

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
    commands = result.output.split("Commands:\n")[1].splitlines()
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


@pytest.mark.parametrize(
    "name",
    [
        "init",
        "release create",
        "release refreeze",
        "alias promote",
        "alias rollback",
        "drain",
        "undrain",
        "logs observe",
        "logs workload",
    ],
)
def test_every_writing_command_has_a_dry_run(name: str) -> None:
    options = {option for parameter in ALL[name].params for option in parameter.opts}
    assert "--dry-run" in options
