"""From files to logged calls: what every reader of logs starts with."""

from __future__ import annotations

from pathlib import Path

from zumik.core.traffic.logged_call import LoggedCall, Place, UnreadEntry
from zumik.logs.calls import calls_in

GOOD = b'{"requested_model": "code.fast", "resolved_model": "a/b"}\n'


def test_each_entry_is_a_call_or_says_why_it_is_not(tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    log.write_bytes(GOOD + b"\n{broken\n" + b'{"requested_model": 7}\n')
    good, broken, fault = calls_in([str(log)])
    assert isinstance(good, LoggedCall)
    assert good.decision is not None
    assert (good.decision.model, good.place) == ("a/b", Place(str(log), 1))
    assert isinstance(broken, UnreadEntry)
    assert str(broken.place) == f"{log}:3"
    assert isinstance(fault, LoggedCall)
    assert fault.decision is None
    assert fault.fault is not None
    assert "requested_model" in fault.fault
