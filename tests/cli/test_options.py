"""Every option has its name written out, and its command line runs under each typer we allow."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from zumik.cli.main import COMMANDS, run

CLI = Path(__file__).parents[2] / "src" / "zumik" / "cli"


def test_no_option_takes_its_name_from_a_parameter() -> None:
    # How typer derives a name differs between its versions.
    unnamed = [
        f"{file.name}:{call.lineno}"
        for file in sorted(CLI.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "Option"
        and not (call.args and isinstance(call.args[0], ast.Constant | ast.Starred))
    ]
    assert not unnamed


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert "--help" in capsys.readouterr().out


LINES = {
    "serve": "--host 127.0.0.1 --port 0 --bundle none.json --max-age 1h",
    "resolve": "code.fast --input-tokens 1 --output-tokens 1 --capability tools --input image "
    "--unavailable a/b",
}


@pytest.mark.parametrize("command", LINES)
def test_its_options_have_the_names_that_are_documented(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    run([command, *LINES[command].split()])
    said = capsys.readouterr().err
    assert "No such option" not in said
