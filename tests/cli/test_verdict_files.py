"""`replay --output`: a verdict a line, the whole file or none, and exit codes by the worst."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.cli.conversation import CASES, Desk

import zumik
from zumik.cli import verdict_file
from zumik.transaction import output_files

LOG = (CASES / "replay" / "decisions.jsonl").read_bytes()
GOOD = (CASES / "replay" / "good.jsonl").read_bytes()
NO_PARQUET = pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
FORMS = pytest.mark.parametrize("form", ["jsonl", pytest.param("parquet", marks=NO_PARQUET)])


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after("march")


def left(desk: Desk) -> list[str]:
    """What lies beside the repository's own files."""
    names = {path.name for path in desk.repo.iterdir()}
    return sorted(names - {".git", ".gitattributes", ".gitignore", "releases", "README.md"})


def test_jsonl_has_a_verdict_a_line_of_every_call(desk: Desk) -> None:
    turn = desk.zumik("replay", "-", "--output", "out.jsonl", stdin=LOG)
    assert turn.exit_code == 3
    rows = [json.loads(line) for line in (desk.repo / "out.jsonl").read_text().splitlines()]
    words = [row["verdict"] for row in rows]
    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert words[:5] == ["reproduced", "consistent", "diverged", "unreplayable", "unreplayable"]
    assert words.count("unreadable") == 7


def test_parquet_has_the_same_rows(desk: Desk) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    desk.zumik("replay", "-", "--output", "out.jsonl", stdin=LOG)
    desk.zumik("replay", "-", "--output", "out.parquet", stdin=LOG)
    rows = [json.loads(line) for line in (desk.repo / "out.jsonl").read_text().splitlines()]
    table = pq.read_table(desk.repo / "out.parquet").to_pylist()
    names = ("file", "line", "entry", "calls", "verdict", "why", "resolved_model", "served_model")
    assert [[row.get(name) for name in names] for row in rows] == [
        [row[name] for name in names] for row in table
    ]
    assert json.loads(table[2]["differences"]) == rows[2]["differences"]


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_new_file_has_the_rights_that_the_umask_leaves(umask: int, desk: Desk) -> None:
    before = os.umask(umask)
    try:
        desk.zumik("replay", "-", "--output", "out.jsonl", stdin=GOOD)
    finally:
        os.umask(before)
    assert (desk.repo / "out.jsonl").stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_file_that_was_there_keeps_its_rights(desk: Desk) -> None:
    (desk.repo / "out.jsonl").touch()
    (desk.repo / "out.jsonl").chmod(0o640)
    desk.zumik("replay", "-", "--output", "out.jsonl", stdin=GOOD)
    assert (desk.repo / "out.jsonl").stat().st_mode & 0o777 == 0o640


@FORMS
def test_a_failed_write_leaves_what_was_there(
    form: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.repo / f"out.{form}").write_text("before")

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(output_files.os, "fsync", full)
    turn = desk.zumik("replay", "-", "--output", f"out.{form}", stdin=GOOD)
    assert turn.exit_code == 4
    assert "No space left on device" in turn.err
    assert not turn.out
    assert (desk.repo / f"out.{form}").read_text() == "before"
    assert left(desk) == [f"out.{form}"]


@FORMS
def test_a_fault_in_the_middle_leaves_nothing(
    form: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row(judged: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(verdict_file, "_row", row)
    assert desk.zumik("replay", "-", "--output", f"out.{form}", stdin=GOOD).exit_code == 4
    assert left(desk) == []


def test_a_folder_that_is_missing_is_named(desk: Desk) -> None:
    turn = desk.zumik("replay", "-", "--output", "no/out.jsonl", stdin=GOOD)
    assert turn.exit_code == 4
    assert "cannot write no/out.jsonl" in turn.err


@pytest.mark.parametrize(
    ("output", "why"), [("no/out.html", "No such file"), ("taken.html", "Is a directory")]
)
@pytest.mark.parametrize("command", ["replay", "logs mix"])
def test_a_place_for_no_file_is_said_before_any_log_is_read(
    command: str, output: str, why: str, desk: Desk
) -> None:
    output = output.replace("html", "jsonl") if command == "replay" else output
    if output.startswith("taken"):
        (desk.repo / output).mkdir()
    turn = desk.zumik(*command.split(), "not there.jsonl", "--output", output)
    assert turn.exit_code == 4
    assert f"cannot write {output}: {why}" in turn.err


@FORMS
def test_ctrl_c_leaves_nothing_and_shows_no_totals(form: str, desk: Desk) -> None:
    command = [sys.executable, "-m", "zumik", "replay", "-", "--output", f"out.{form}"]
    source = str(Path(zumik.__file__).parents[1])
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=desk.repo,
        env={**os.environ, "PYTHONPATH": source},
        # A test run in the background of a shell ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdin is not None
        running.stdin.write(GOOD * 5000)
        running.stdin.flush()
        limit = time.monotonic() + 60
        while not left(desk) and time.monotonic() < limit:
            time.sleep(0.02)
        assert [name.startswith(f".out.{form}.") for name in left(desk)] == [True]
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out == b""
    assert left(desk) == []


REPRODUCED, DIVERGED, UNKNOWN = GOOD.splitlines()[0], LOG.splitlines()[2], LOG.splitlines()[3]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([REPRODUCED], 0),
        ([REPRODUCED, b""], 0),
        ([], 4),
        ([REPRODUCED, UNKNOWN], 4),
        ([REPRODUCED, b"no log"], 4),
        ([UNKNOWN, DIVERGED, REPRODUCED, b"no log"], 3),
    ],
)
def test_the_worst_verdict_decides_the_exit_code(lines: list[bytes], code: int, desk: Desk) -> None:
    assert desk.zumik("replay", "-", stdin=b"\n".join(lines)).exit_code == code


def test_bytes_of_a_release_that_are_not_intact_are_the_worst(desk: Desk) -> None:
    path = next((desk.releases / "frozen").glob("alr_2026_01_10_001.*.json"))
    path.write_bytes(path.read_bytes() + b" ")
    stdin = b"\n".join([REPRODUCED, DIVERGED, b"no log"])
    assert desk.zumik("replay", "-", stdin=stdin).exit_code == 5
