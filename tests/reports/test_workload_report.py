"""What aliases are asked for, as a person reads it."""

from __future__ import annotations

from fractions import Fraction

from zumik.core.basics.findings import Location
from zumik.core.basics.names import AliasName
from zumik.core.facts.policy import Workload
from zumik.core.traffic.logged_call import Place
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.seen_workload import (
    SeenWorkload,
    TokenSpread,
    WorkloadBeside,
    WorkloadsSeen,
)
from zumik.reports.logs_read_report import nothing_read_to_text
from zumik.reports.plain import plain
from zumik.reports.workload_report import workload_report


def test_logs_that_count_no_tokens_are_said_to_show_no_workload() -> None:
    text = plain(workload_report(WorkloadsSeen(LogsRead(), (), 9, 30, 2, 4)))
    assert "not used 9 requests: 4 without tokens, 2 failed, 3 of no known alias" in text
    assert "batch    unknown" in text
    assert "these logs have no counts of tokens, so they show no workload" in text


def test_tokens_that_gateways_wrote_as_zero_make_no_edit() -> None:
    none = TokenSpread(Fraction(0), 0, 0)
    seen = SeenWorkload(AliasName("vision.balanced"), 118, none, none)
    beside = WorkloadBeside(seen, Workload(4000, 500), Location("vision.yaml", 22, 5))
    found = WorkloadsSeen(LogsRead(), (beside,), 0, 30)
    assert found.edits() == []
    text = plain(workload_report(found))
    assert "no edit: each request has input, and the logs count 0 tokens" in text
    assert "the policy says so" not in text


def test_entries_of_another_format_than_the_named_one_are_no_unknown_format() -> None:
    logs = LogsRead()
    logs.add_unreadable(Place("day.jsonl", 1), "not an entry of the format 'litellm'", 1)
    why, step = nothing_read_to_text(logs)
    assert why == "nothing in these logs is of the format that --log-format names"
    assert step.startswith("without --log-format")


def test_what_is_unreadable_ends_with_what_to_do() -> None:
    logs = LogsRead()
    logs.add_unreadable(Place("our.yaml", 3), "seconds: no entry has the key 'tok'", 1)
    text = plain(workload_report(WorkloadsSeen(logs, (), 0, 30)))
    assert "our.yaml:3: seconds: no entry has the key 'tok'\n  correct the keys" in text
