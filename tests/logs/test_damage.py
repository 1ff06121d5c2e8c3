"""A damaged line is read as the line reader reads it: bare, and inside every envelope."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.logs.verdicts import (
    DAMAGE,
    by_line_reader,
    by_log_reader,
    decisions,
    lines_in,
    said_of,
)

from zumik.logs.calls import calls_in

Wrap = Callable[[str], Any]

OBJECTS: dict[str, Wrap] = {
    "docker": lambda s: {"log": s + "\n", "stream": "stdout", "time": "2026-11-28T03:02:51.57Z"},
    "kubernetes": lambda s: {"log": s, "kubernetes": {"pod_name": "gw-1"}, "time": "x"},
    "cloudwatch": lambda s: {"timestamp": 1795834971000, "message": s},
    "cloudwatch events": lambda s: {"events": [{"timestamp": 1, "message": s}]},
    "cloudwatch subscription": lambda s: {"logGroup": "g", "logEvents": [{"id": 1, "message": s}]},
    "cloudwatch query": lambda s: {"results": [[{"field": "@message", "value": s}]]},
    "cloudwatch insights": lambda s: {"@timestamp": "2026-11-28 03:02:51.000", "@message": s},
    "loki push": lambda s: {"streams": [{"stream": {}, "values": [["1795834971000000000", s]]}]},
    "loki query": lambda s: {"data": {"result": [{"stream": {}, "values": [["1", s]]}]}},
    "logcli": lambda s: {"labels": {}, "line": s, "timestamp": "2026-11-28T03:02:51Z"},
    "journald": lambda s: {"__REALTIME_TIMESTAMP": "1795834971000000", "MESSAGE": s},
    "journald bytes": lambda s: {"MESSAGE": list(s.encode())},
    "datadog content": lambda s: {"id": "A", "content": {"message": s, "service": "gw"}},
    "datadog attributes": lambda s: {"id": "A", "attributes": {"message": s, "service": "gw"}},
    "google cloud text": lambda s: {"textPayload": s, "timestamp": "2026-11-28T03:02:51Z"},
    "google cloud json": lambda s: {"jsonPayload": {"message": s}},
    "elastic": lambda s: {"_index": "a", "_source": {"@timestamp": "x", "message": s}},
    "elastic hits": lambda s: {"hits": {"hits": [{"_source": {"message": s}}]}},
    "splunk": lambda s: {"preview": False, "result": {"_raw": s}},
    "otel log": lambda s: {
        "resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": s}}]}]}]
    },
    "docker in cloudwatch": lambda s: {"message": json.dumps({"log": s, "stream": "stdout"})},
    "in an array": lambda s: [{"message": s}],
    "escaped text": lambda s: s,
    "escaped twice": json.dumps,
}
TEXTS: dict[str, Callable[[str], str]] = {
    "cri": lambda s: f"2026-11-28T03:02:51.570000000Z stdout F {s}",
    "syslog": lambda s: f"<34>1 2026-11-28T03:02:51Z host zumik - - - {s}",
    "old syslog": lambda s: f"<34>Nov 28 03:02:51 host zumik[12]: {s}",
    "journalctl": lambda s: f"Nov 28 03:02:51 host zumik[12]: {s}",
    "python logging": lambda s: f"INFO:zumik:{s}",
    "timed logger": lambda s: f"2026-11-28 03:02:51,570 [INFO] zumik - {s}",
    "bracket logger": lambda s: f"[2026-11-28 03:02:51] [INFO] {s}",
    "grep": lambda s: f"logs/day.jsonl:12:{s}",
    "logcli": lambda s: f'2026-11-28T03:02:51Z {{app="gw", pod="gw-1"}} {s}',
    "promtail": lambda s: f'2026-11-28T03:02:51.57+0000\t{{filename="/var/log/a"}}\t{s}',
    "fluentd": lambda s: (
        f"2026-11-28 03:02:51 +0000 docker.gw: {json.dumps({'log': s, 'stream': 'stdout'})}"
    ),
    "cloudwatch export": lambda s: f"2026-11-28T03:02:51.570Z {s}",
    "access log before it": lambda s: f'1.2.3.4 - - [28/Nov/2026:03:02:51 +0000] "POST /" 200 {s}',
    "a reader that tails it": lambda s: f"==> day.jsonl <== {s}",
    "compose": lambda s: f"gateway-1  | {s}",
    "kubectl": lambda s: f"[pod/gw-1/main] {s}",
    "logfmt": lambda s: f"level=info msg={json.dumps(s)} logger=zumik",
    "colour around": lambda s: f"\x1b[32m{s}\x1b[0m",
    "colour behind a prefix": lambda s: f"\x1b[32mINFO\x1b[0m: {s}\x1b[0m",
}
WRAPS: dict[str, Callable[[str], str]] = {
    **{name: (lambda s, wrap=wrap: json.dumps(wrap(s))) for name, wrap in OBJECTS.items()},  # type: ignore[misc]
    **TEXTS,
}


@pytest.mark.parametrize("path", DAMAGE, ids=lambda path: path.stem)
def test_each_line_gets_what_the_line_reader_gives_its_bytes(path: Path) -> None:
    found = [(call.place.line, by_log_reader(call)) for call in calls_in([str(path)])]
    assert found == [(number, by_line_reader(line)) for number, line in lines_in(path)]


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_an_envelope_changes_no_verdict(wrap: Callable[[str], str], tmp_path: Path) -> None:
    for path in DAMAGE:
        lines = [line for _, line in lines_in(path) if _is_text(line)]
        log = tmp_path / path.name
        log.write_text("".join(wrap(line.decode()) + "\n" for line in lines), newline="")
        expected = decisions(map(by_line_reader, lines))
        assert decisions(said_of(log)) == expected, path.stem


def _is_text(line: bytes) -> bool:
    """Whether a line can be the text of an envelope, which its bytes may forbid."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in line


KEYS = {
    *("log", "message", "events", "logEvents", "results", "@message", "streams", "data", "line"),
    *("MESSAGE", "content", "attributes", "textPayload", "jsonPayload", "_source", "hits"),
    *("result", "resourceLogs"),
}


@pytest.mark.parametrize("name", list(OBJECTS))
def test_an_envelope_that_has_its_call_twice_is_refused(name: str, tmp_path: Path) -> None:
    wrapped = OBJECTS[name](lines_in(DAMAGE[0])[0][1].decode())
    if not isinstance(wrapped, dict):
        return
    once = json.dumps(wrapped)
    key = next(key for key in wrapped if key in KEYS)
    log = tmp_path / "log.jsonl"
    log.write_text(f"{once}\n{once[:-1]}, {json.dumps({key: wrapped[key]})[1:]}\n")
    good, refused = said_of(log)
    assert not isinstance(good, str)
    assert refused == f"has the key '{key}' twice"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_read_as_the_same_lines_and_named(
    encoding: str, tmp_path: Path
) -> None:
    for path in DAMAGE:
        if not all(_is_text(line) for _, line in lines_in(path)):
            continue
        log = tmp_path / path.name
        log.write_bytes(path.read_bytes().decode().encode(encoding))
        notes: list[str] = []
        assert said_of(log, notes=notes) == said_of(path), path.stem
        utf = encoding.removesuffix("-sig").replace("-le", " le").replace("-be", " be")
        expected = {"utf-8": [], "utf-16": ["UTF-16 LE"]}.get(utf, [utf.upper()])
        assert [note.partition(" is read as ")[2] for note in notes] == expected


def test_packed_logs_are_read_as_the_same_lines(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    for path in DAMAGE:
        data = path.read_bytes()
        half = len(data) // 2
        for pack in (gzip.compress, zstandard.compress):
            log = tmp_path / f"{path.stem}.{pack.__module__}"
            log.write_bytes(pack(data[:half]) + pack(data[half:]))
            assert said_of(log) == said_of(path), path.stem
