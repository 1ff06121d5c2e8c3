"""Replay counts equal calls of large logs together, and says the same to the letter."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.benchmarks.log_generator import RELEASES, litellm_lines, zumik_lines

from zumik.cli import log_options
from zumik.cli.main import run
from zumik.logs.counted import counted_calls, line_ranges

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Damaged lines among good ones, in two formats; the second file comes first by its name."""
    place = tmp_path_factory.mktemp("logs")
    written = {
        "b.jsonl": b"".join(zumik_lines(4000, seed=1)),
        "a.jsonl": b"".join(litellm_lines(40, seed=2)) + b"".join(zumik_lines(2000, seed=3)),
        "c.jsonl": b"not a log\n" * 20 + b"".join(zumik_lines(300, seed=4)),
    }
    for name, data in written.items():
        (place / name).write_bytes(data)
    return [str(place / name) for name in written]


def said(
    worth: int,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[int, str, str]:
    monkeypatch.setattr(log_options, "_WORTH_COUNTING", worth)
    command = [] if arguments[0] in ("plan", "release", "logs") else ["replay"]
    code = run(["--workspace", str(RELEASES), *command, *arguments])
    return (code, *capsys.readouterr())


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["--format", "json"],
        ["--alias", "code.fast"],
        ["--log-format", "zumik"],
        ["--since", "2026-07-01", "--until", "2026-08-15"],
        ["--since", "2026-07-03T10:30:00.5Z", "--until", "2026-08-14T23:59:59Z"],
        ["--until", "2026-06-09T20:00:00Z", "--format", "json"],
        ["--only", "diverged"],
        ["--only", "unreplayable", "--only", "consistent", "--format", "json"],
        ["--only", "diverged", "--until", "2026-07-09T12:00:00Z", "--against", "live"],
        ["--against", "live"],
        ["--against", "alr_2026_06_09_001", "--format", "json"],
        ["--against", "openai/gpt-5", "--since", "2026-06-20T12:00:00Z"],
    ],
    ids=" ".join,
)
def test_counted_and_line_by_line_say_the_same(
    more: list[str],
    logs: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = said(10**12, [*logs, *more], capsys, monkeypatch)
    counted = said(0, [*logs, *more], capsys, monkeypatch)
    assert counted == each
    assert "unreadable" in counted[1] + counted[2]


@pytest.mark.parametrize(
    "more",
    [
        ["--format", "json"],
        ["--only", "diverged", "--against", "live", "--since", "2026-06-20T12:00:00Z"],
    ],
    ids=" ".join,
)
def test_several_processes_say_the_same(
    more: list[str],
    logs: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    each = said(10**12, [*logs, *more], capsys, monkeypatch)
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 100_000)
    monkeypatch.setattr(counted_calls, "usable_processors", lambda: 2)
    code, out, err = said(0, [*logs, *more], capsys, monkeypatch)
    notes = [line for line in err.splitlines(True) if not line.startswith(EACH_IS_READ)]
    assert (code, out, "".join(notes)) == each


EACH_IS_READ = "each line is read, which takes long; "
"""How a note begins where Numba is not installed; it is not about what is said."""


def test_the_first_of_each_kind_is_the_first_in_the_files(
    logs: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = said(0, [*logs, "--format", "json"], capsys, monkeypatch)
    counted = json.loads(out)
    _, out, _ = said(10**12, [*logs, "--only", "diverged", "--format", "json"], capsys, monkeypatch)
    listed = [json.loads(line) for line in out.splitlines()]
    assert counted["verdicts"]["diverged"] == sum(item["calls"] for item in listed)
    for kind in counted["kinds"]:
        if kind["verdict"] == "diverged":
            fields = kind["by"].split(", ")
            places = [
                item["place"]
                for item in listed
                if [difference["field"] for difference in item["differences"]] == fields
            ]
            assert places[0] == kind["first"]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "command",
    [
        ["plan"],
        ["plan", "code.fast", "--since", "2026-07-03T10:30:00Z"],
        ["release", "diff", "alr_2026_06_09_001", "alr_2026_06_09_003", "--until", "2026-08-01"],
    ],
    ids=" ".join,
)
def test_what_weighs_logs_says_the_same(
    command: list[str],
    form: str,
    logs: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [*command, *(f"--logs={log}" for log in logs), "--format", form]
    monkeypatch.setattr("zumik.actions.session.utc_now", lambda: NOW)
    each = said(10**12, arguments, capsys, monkeypatch)
    assert said(0, arguments, capsys, monkeypatch) == each
    assert "logged" in each[1]


@pytest.mark.parametrize("option", ["--each", "--only=reproduced"])
def test_what_looks_at_each_call_counts_none_together(
    option: str, logs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **named: object) -> None:
        raise AssertionError("calls are counted together")

    monkeypatch.setattr(log_options, "_WORTH_COUNTING", 0)
    monkeypatch.setattr(counted_calls, "counted_calls_in", fails)
    run(["--workspace", str(RELEASES), "replay", logs[2], option])


def test_small_logs_ask_no_release_for_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.jsonl").write_bytes(b"".join(zumik_lines(3)))
    monkeypatch.delattr(counted_calls, "counted_calls_in")
    assert run(["--workspace", str(RELEASES), "replay", str(tmp_path)]) in (0, 3, 4)


@pytest.mark.parametrize(
    "more",
    [
        ["--by", "day", "--by", "alias", "--by", "model"],
        ["--format", "json", "--by", "release", "--by", "day"],
        ["--since", "2026-07-03T10:30:00.5Z", "--until", "2026-08-14T23:59:59Z", "--by", "day"],
        ["--alias", "code.fast", "--until", "2026-07-09", "--format", "json", "--by", "day"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("processors", [1, 2])
def test_the_mix_of_counted_calls_is_that_of_each_call(
    processors: int,
    more: list[str],
    logs: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    command = ["logs", "mix", *logs, *more]
    each = said(10**12, command, capsys, monkeypatch)
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 500_000)
    monkeypatch.setattr(counted_calls, "usable_processors", lambda: processors)
    assert said(0, command, capsys, monkeypatch) == each
    assert each[0] == 0
