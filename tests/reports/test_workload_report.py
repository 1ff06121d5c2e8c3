"""What aliases are asked for, as a person reads it."""

from __future__ import annotations

from zumik.core.traffic.logged_call import Place
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.seen_workload import WorkloadsSeen
from zumik.reports.plain import plain
from zumik.reports.workload_report import workload_report


def test_logs_that_count_no_tokens_are_said_to_show_no_workload() -> None:
    text = plain(workload_report(WorkloadsSeen(LogsRead(), (), 9, 30, 2, 4)))
    assert "not used 9 requests: 4 without tokens, 2 failed, 3 of no known alias" in text
    assert "batch    unknown" in text
    assert "these logs have no counts of tokens, so they show no workload" in text


def test_what_is_unreadable_ends_with_what_to_do() -> None:
    logs = LogsRead()
    logs.add_unreadable(Place("our.yaml", 3), "seconds: no entry has the key 'tok'", 1)
    text = plain(workload_report(WorkloadsSeen(logs, (), 0, 30)))
    assert "our.yaml:3: seconds: no entry has the key 'tok'\n  correct the keys" in text
