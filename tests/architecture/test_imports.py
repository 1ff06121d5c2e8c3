"""What loads what: the short commands stay light, and the core stays pure."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

import zumik

SOURCE = Path(zumik.__file__).parent
LINE = (
    '{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001", '
    '"resolved_model": "acme/small"}'
)
# On stderr, so that it does not mix with the answer.
DUMP = """\
import sys
from zumik.cli.main import run
code = run(sys.argv[1:])
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        (["explain", LINE], ["git", "yaml", "jsonschema", "rich", "packaging", "pydantic"]),
        (["explain", LINE], ["zumik.logs.calls", "zumik.core.traffic", "csv"]),
        (["explain", "code.fast"], ["git", "yaml", "jsonschema", "rich", "packaging"]),
        (["resolve", "code.fast"], ["git", "yaml", "jsonschema", "rich", "packaging"]),
        (["resolve", "code.fast", "--format", "json"], ["git", "yaml", "jsonschema", "rich"]),
        (["replay", LINE], ["git", "yaml", "jsonschema", "rich", "packaging"]),
        (["replay", LINE], ["pyarrow", "zstandard", "gzip", "duckdb", "ibis"]),
        (["release", "list"], ["git", "yaml", "jsonschema", "rich"]),
        (["validate"], ["git", "rich"]),
        (["status"], ["rich"]),
        (["alias", "show", "code.fast"], ["rich"]),
        (["catalog", "list"], ["git", "rich"]),
        (["check"], ["rich"]),
        (["plan"], ["rich"]),
        (["--version"], ["git", "yaml", "jsonschema", "rich", "zumik.workspace", "zumik.core"]),
    ],
    ids=lambda value: " ".join(value)[:20],
)
def test_a_command_loads_only_what_it_needs(
    command: list[str], unneeded: list[str], desk_after: Callable[[str], Desk]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DUMP, *command],
        cwd=desk_after("promoted").repo,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done
    loaded = set(done.stderr.splitlines())
    assert "zumik.cli.main" in loaded
    assert not loaded & set(unneeded)


def _imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions and for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by relative name"
            found.add(node.module or "")
    return found


def _modules(room: str) -> list[Path]:
    return sorted((SOURCE / room).rglob("*.py"))


@pytest.mark.parametrize("path", _modules("core"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_the_core_imports_the_standard_library_itself_and_the_errors(path: Path) -> None:
    for name in _imports(path):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names or name.startswith(("zumik.core", "zumik.errors"))


# What would let a pure function depend on where and when it runs.
IMPURE = {"os", "io", "pathlib", "subprocess", "socket", "time", "random", "tempfile", "shutil"}


@pytest.mark.parametrize("path", _modules("core"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_the_core_reads_no_file_clock_or_environment(path: Path) -> None:
    assert not {name.split(".")[0] for name in _imports(path)} & IMPURE
    called = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    assert not called & {"open", "print", "input", "datetime.now", "date.today", "datetime.today"}


@pytest.mark.parametrize("room", ["checks", "reports"])
def test_checks_and_views_print_nothing_and_read_nothing(room: str) -> None:
    for path in _modules(room):
        assert not {name.split(".")[0] for name in _imports(path)} & (IMPURE | {"typer", "sys"})


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("git", {"git/repository.py"}),
        ("yaml", {f"yaml_text/{name}.py" for name in ("parsers", "event_reader", "foreign_yaml")}),
        ("jsonschema", {"yaml_text/schema_validator.py"}),
    ],
)
def test_an_outside_library_has_one_room(library: str, rooms: set[str]) -> None:
    users = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(name.split(".")[0] == library for name in _imports(path))
    }
    assert users <= rooms | {"yaml_text/editor.py", "yaml_text/writer.py"}
    assert rooms <= users


def test_every_module_has_a_docstring() -> None:
    for path in SOURCE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if (lines := path.read_text().count("\n")) > 600
    }
    assert long == {}
