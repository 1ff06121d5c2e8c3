"""`--output`: a file with a verdict a line, whole or not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from zumik.cli.output import json_text
from zumik.core.basics.times import moment_text
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.logged_call import NO_DECISION
from zumik.errors import CannotRun
from zumik.reports.decision_report import replay_to_json
from zumik.transaction.output_files import form_of, output_file


class VerdictFile(Protocol):
    """Takes one call after the other."""

    def write(self, judged: JudgedCall) -> None:
        """Add a call."""


@contextmanager
def writing_verdicts(path: Path | None) -> Iterator[VerdictFile | None]:
    """The file, once all is written.

    Raises UsageError for a name that says no known form, CannotRun where it cannot be written.
    """
    if path is None:
        yield None
        return
    form = form_of(path, ".jsonl", ".parquet")
    with output_file(path) as file, _writer(form, file) as writer:
        yield writer


@contextmanager
def _writer(form: str, file: IO[bytes]) -> Iterator[VerdictFile]:
    if form == ".jsonl":
        yield _JsonLines(file)
        return
    writer = _Parquet(file)
    try:
        yield writer
        writer.close()
    except BaseException:
        writer.abandon()
        raise


def _row(judged: JudgedCall) -> dict[str, Any]:
    call, replay = judged
    head = {
        "file": call.place.file,
        "line": call.place.line,
        "entry": call.place.part or None,
        "time": moment_text(call.at) if call.at else None,
        "calls": call.calls,
    }
    if replay is None:
        return {
            **head,
            "verdict": "no_decision" if call.fault == NO_DECISION else "unreadable",
            "why": call.fault,
        }
    return {**head, **replay_to_json(replay)}


class _JsonLines:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, judged: JudgedCall) -> None:
        self._file.write(json_text(_row(judged)).encode() + b"\n")


_TEXTS = (
    "file",
    "time",
    "requested_model",
    "alias_release",
    "resolved_model",
    "verdict",
    "why",
    "served_model",
)
_COUNTS = ("line", "entry", "calls")
_BATCH = 10_000


class _Parquet:
    """The columns that each call has one value of; differences and assumptions as one text."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise CannotRun(
                "Parquet needs pyarrow", hint="pip install 'zumik[logs]', or write FILE.jsonl"
            ) from None
        self._schema = pa.schema(
            [(name, pa.string()) for name in (*_TEXTS, "assumed", "differences")]
            + [(name, pa.int64()) for name in _COUNTS]
        )
        self._pa = pa
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, judged: JudgedCall) -> None:
        row = _row(judged)
        for name in ("assumed", "differences"):
            row[name] = json_text(row[name]) if row.get(name) else None
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file, which is thrown away: pyarrow would else write its end later."""
        with suppress(Exception):
            self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()
