"""What a reader of logs says of each entry, so that two readers can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zumik.core.decisions.log_line import LogLine, UnreadableLine, read_log_line
from zumik.core.traffic.logged_call import NotACall, ReadEntry, UnreadEntry
from zumik.logs.calls import calls_in

DAMAGE = sorted((Path(__file__).parent / "damage").glob("*.jsonl"))

Said = LogLine | str


def by_line_reader(data: bytes) -> Said:
    """The decision that the line reader sees, or why it refuses the line."""
    try:
        return read_log_line(data)
    except UnreadableLine as error:
        return error.message.removeprefix("the log line: ")


def by_log_reader(call: ReadEntry) -> Said:
    """The decision that the reader of logs sees, or why it refuses the entry."""
    if isinstance(call, UnreadEntry):
        return call.why.removeprefix("the log line: ")
    if isinstance(call, NotACall):
        return "no call"
    return call.decision or (call.fault or "").removeprefix("the log line: ")


def said_of(*names: object, notes: list[str] | None = None) -> list[Said]:
    """What is said of each entry of files."""
    calls = calls_in(map(str, names), None, (notes if notes is not None else []).append)
    return [by_log_reader(call) for call in calls]


def decisions(said: Iterable[Said]) -> list[LogLine | None]:
    """The decisions alone; None for an entry that is refused, whatever its words."""
    return [item if isinstance(item, LogLine) else None for item in said]


def lines_in(path: Path) -> list[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers."""
    lines = enumerate(path.read_bytes().split(b"\n"), 1)
    return [(number, line) for number, line in lines if line.strip()]
