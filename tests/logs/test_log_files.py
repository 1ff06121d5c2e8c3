"""Log files: which names mean which files, how they are packed, and what a fault in one costs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.logs.verdicts import DAMAGE, lines_in, said_of

from zumik.core.decisions.log_line import LogLine, read_log_line
from zumik.errors import CannotRun
from zumik.logs.calls import calls_in
from zumik.logs.files.log_files import MAX_ENTRY_BYTES
from zumik.logs.files.log_names import is_line, log_files_of

GOOD = lines_in(DAMAGE[0])[0][1] + b"\n"
READ = read_log_line(GOOD)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        *("logs/a.jsonl", "logs/b.ndjson.gz", "logs/app.log", "logs/app.log.1", "logs/a[1].jsonl"),
        *("logs/app.log-20261128.gz", "logs/deep/c.json", "logs/deep/d.csv", "logs/e.parquet"),
        *("logs/notes.txt", "logs/.hidden.log", "logs/.git/x.json", "logs/run.sh"),
        "empty/readme.md",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_directory_means_its_logs_by_their_endings(folder: Path) -> None:
    expected = ["a.jsonl", "a[1].jsonl", "app.log", "app.log-20261128.gz", "app.log.1",
                "b.ndjson.gz", "deep/c.json", "deep/d.csv", "e.parquet"]  # fmt: skip
    assert log_files_of(["logs"]) == [f"logs/{name}" for name in expected]


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["logs/*.jsonl"], ["logs/a.jsonl", "logs/a[1].jsonl"]),
        (["logs/**/*.json"], ["logs/deep/c.json"]),
        (["logs/a[1].jsonl"], ["logs/a[1].jsonl"]),
        (["logs/notes.txt"], ["logs/notes.txt"]),
        (["logs/a.jsonl", "./logs/a.jsonl", "logs/?.jsonl"], ["logs/a.jsonl"]),
        (["-", "logs/a.jsonl", "-"], ["-", "logs/a.jsonl"]),
    ],
)
def test_a_pattern_means_the_files_that_it_matches_each_once(
    names: list[str], files: list[str], folder: Path
) -> None:
    assert log_files_of(names) == files


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "empty has no logs"),
        ("logs/*.zst", "no file matches logs/*.zst"),
        ("missing.jsonl", "cannot read missing.jsonl: No such file"),
        ("a\0b", "cannot read a\0b: No such file"),
        ("/dev/zero", "/dev/zero is a device"),
    ],
)
def test_a_name_without_a_log_is_refused_with_the_next_step(
    name: str, words: str, folder: Path
) -> None:
    with pytest.raises(CannotRun) as refused:
        list(calls_in([name]))
    assert words in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('{"a": 1}', True),
        (' [ {"a": 1}]', True),
        ("{\n}", True),
        ('INFO:zumik:{"a": 1}', True),
        ('"{\\"a\\": 1}"', True),
        ("logs/*.jsonl", False),
        ("[ab]*.jsonl", False),
        ("-", False),
    ],
)
def test_a_line_is_no_name(name: str, expected: bool) -> None:
    assert is_line(name) is expected


@pytest.mark.parametrize("around", ["{}", "INFO {}", " [{}]", "{}" * 100])
def test_a_line_in_place_of_a_name_is_not_repeated(around: str) -> None:
    """A whole payload has what a person asked of a model."""
    line = '{"messages": "a private question", "model": "m"}'
    with pytest.raises(CannotRun) as refused:
        log_files_of([around.replace("{}", line)])
    assert refused.value.message == "this is a log line, and the name of a log is needed"
    with pytest.raises(CannotRun) as refused:
        log_files_of(["a private question " * 100])
    assert len(refused.value.message) < 200


def test_a_missing_name_is_refused_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(CannotRun):
        next(iter(calls_in(["logs/a.jsonl", "missing.jsonl"])))


def test_stdin_is_read_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(GOOD * 2))))
    assert said_of("-") == [READ, READ]


def test_stdin_is_answered_line_by_line_while_it_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as stdin, os.fdopen(writer, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", stdin)
        calls = calls_in(["-"])
        for _ in range(3):
            pipe.write(GOOD)
            assert next(calls).decision == READ  # type: ignore[union-attr]
        pipe.close()
        assert list(calls) == []


def test_a_pipe_is_read_until_its_writer_ends(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.jsonl"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: fifo.write_bytes(GOOD * 3))
    writer.start()
    assert said_of(fifo) == [READ] * 3
    writer.join()


def test_a_pipe_in_a_directory_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    assert said_of(tmp_path) == said_of(f"{tmp_path}/*.jsonl") == [READ]


def _zstd(data: bytes) -> bytes:
    return pytest.importorskip("zstandard").compress(data)  # type: ignore[no-any-return]


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": _zstd,
}


@pytest.mark.parametrize("form", PACKS)
def test_a_packed_log_of_many_members_is_read_whatever_its_name(form: str, tmp_path: Path) -> None:
    log = tmp_path / "day"
    log.write_bytes(b"".join(map(PACKS[form], (GOOD * 2, GOOD[:50], GOOD[50:], GOOD))))
    assert said_of(log) == [READ] * 4


@pytest.mark.parametrize("form", PACKS)
def test_a_cut_off_packed_log_gives_its_lines_and_says_where_it_ends(
    form: str, tmp_path: Path
) -> None:
    log = tmp_path / "day"
    whole = PACKS[form](
        b"".join(GOOD.replace(b"code.fast", f"code.a{n}".encode()) for n in range(9000))
    )
    log.write_bytes(whole[:-20])
    *lines, fault = said_of(log)
    assert fault == f"the {form} data is cut off here"
    if form != "bzip2":  # it gives what it holds in blocks of 900 kB
        assert len(lines) > 100
    assert sum(isinstance(line, str) for line in lines) <= 1


@pytest.mark.parametrize("form", PACKS)
def test_a_damaged_packed_log_gives_the_lines_before_the_damage(form: str, tmp_path: Path) -> None:
    log = tmp_path / "day"
    log.write_bytes(PACKS[form](GOOD * 2) + PACKS[form](GOOD)[:10] + b"\xff" * 100)
    *lines, fault = said_of(log)
    assert lines[:2] == [READ, READ]
    assert isinstance(fault, str)
    assert "data is" in fault


def test_a_bomb_is_read_with_little_memory(tmp_path: Path) -> None:
    import resource

    for form in ("gzip", "zstandard"):
        log = tmp_path / form
        log.write_bytes(PACKS[form](b'{"x": "' + bytes(300_000_000) + b'"}\n' + GOOD))
        assert log.stat().st_size < 1_000_000
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        cut, good = said_of(log)
        assert cut == "the line has 300,000,010 bytes, more than the 16,777,216 that are read"
        assert good == READ
        # Packing it took more than unpacking may.
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_without_its_package_zstandard_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "day.jsonl.zst"
    log.write_bytes(_zstd(GOOD))
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(CannotRun) as refused:
        said_of(log)
    assert refused.value.message == f"{log} is packed with zstandard, which needs another package"
    assert refused.value.hint == "pip install 'zumik[logs]'"


def test_a_zip_archive_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    log.write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(CannotRun, match="is a zip archive"):
        said_of(log)


def test_a_file_that_grows_is_read_up_to_its_size_at_the_start(tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    log.write_bytes(GOOD * 2)
    found = []
    for call in calls_in([str(log)]):
        found.append(call)
        with log.open("ab") as file:
            file.write(GOOD * 100)
    assert len(found) == 2


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_last_line_that_is_cut_off_says_so(cut: int, tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    log.write_bytes(GOOD + GOOD[: -cut - 1])
    good, fault = said_of(log)
    assert good == READ
    assert isinstance(fault, str)
    assert fault.startswith("not JSON: ")
    assert fault.endswith("; the file ends inside this line")


def test_a_line_that_is_cut_off_between_two_keys_takes_no_other_line_with_it(
    tmp_path: Path,
) -> None:
    log = tmp_path / "day.jsonl"
    for size in range(1, len(GOOD) - 1):
        log.write_bytes(GOOD[:size] + b"\n" + GOOD * 2)
        found = said_of(log)
        assert found[-2:] == [READ, READ], GOOD[:size]
        assert len(found) == 3, GOOD[:size]
        assert isinstance(found[0], str)


@pytest.mark.parametrize(
    "data", [GOOD.replace(b"\n", b"\r\n"), b"\0" * 5000 + GOOD, b"\n\n" + GOOD]
)
def test_line_ends_of_windows_and_holes_of_a_rotated_file_are_no_fault(
    data: bytes, tmp_path: Path
) -> None:
    log = tmp_path / "day.jsonl"
    log.write_bytes(data + GOOD)
    assert said_of(log) == [READ, READ]


def test_a_disk_that_fails_ends_that_file_and_not_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zumik.logs.files import log_files

    def failing(file: io.FileIO, name: str) -> object:
        yield GOOD * 2
        raise OSError(5, "Input/output error")

    for name in ("a", "b"):
        (tmp_path / name).write_bytes(GOOD)
    monkeypatch.setattr(log_files, "_raw", failing)
    assert said_of(tmp_path / "a", tmp_path / "b") == [
        *(READ, READ, "cannot be read further: Input/output error"),
        *(READ, READ, "cannot be read further: Input/output error"),
    ]


HOSTILE: dict[str, bytes] = {
    "40 MB": b'{"requested_model": "' + b"x" * 40_000_000 + b'"}',
    "40 MB without a quote": b'{"requested_model": "' + b"x" * 40_000_000,
    "40 MB of text": b"x" * 40_000_000,
    "a depth of a million": b'{"requested_model": ' + b"[" * 1_000_000,
    "a closed depth of a million": b"[" * 1_000_000 + b"]" * 1_000_000,
    "an open array": b"[" * 40_000_000,
    "objects in objects": b'{"message":' * 200_000 + b"1" + b"}" * 200_000,
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(1_000_000)) + b"}",
    "a key twice among many": b"{" + b",".join(b'"%d":1' % n for n in [1, *range(100_000)]) + b"}",
    "100,000 times a key": b"{" + b",".join([b'"a":1'] * 100_000) + b"}",
    "many quotes": b'"' * 500_000,
    "many escapes": b'{"message": "' + b"\\\\" * 500_000 + b'"}',
    "many braces": b"x {" * 300_000,
    "many escaped starts": b'x "{\\"a' * 200_000,
    "a list of lists": b'{"values":' * 40 + b"[" * 40 + b"]" * 40 + b"}" * 40,
    "carriers in carriers": b'{"message":{"msg":{"line":{"event":{"text":{"data":{"log":' * 10,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_line_is_refused_soon_and_the_next_one_is_read(name: str, tmp_path: Path) -> None:
    from time import process_time

    log = tmp_path / "day.jsonl"
    log.write_bytes(GOOD + HOSTILE[name] + b"\n" + GOOD)
    start = process_time()
    first, *hostile, last = said_of(log)
    assert process_time() - start < 12
    assert (first, last) == (READ, READ)
    assert 1 <= len(hostile) <= 3
    assert all(isinstance(fault, str) and len(fault) < 400 for fault in hostile)


def test_an_entry_may_be_as_long_as_the_bound(tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    payload = b'{"metadata": {"spend_logs_metadata": %s}, "call_type": "x", "messages": "%s"}\n'
    free = MAX_ENTRY_BYTES - len(payload % (GOOD.strip(), b""))
    log.write_bytes(payload % (GOOD.strip(), b"x" * free) + GOOD)
    assert said_of(log) == [READ, READ]


def test_a_line_of_zumik_has_the_bound_of_the_line_reader_in_an_envelope_too(
    tmp_path: Path,
) -> None:
    import json

    long = GOOD.strip()[:-1] + b', "x": "' + b"y" * 1024 * 1024 + b'"}'
    log = tmp_path / "day.jsonl"
    log.write_bytes(long + b"\n" + json.dumps({"log": long.decode()}).encode() + b"\n")
    bare, wrapped = said_of(log)
    assert (
        bare
        == wrapped
        == f"the line has {len(long):,} bytes, more than the 1,048,576 that are read"
    )
    assert not isinstance(bare, LogLine)
