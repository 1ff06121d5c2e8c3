"""An audit: counts that sum to the calls, and memory that does not grow with a hostile log."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, FIRST, alias, frozen, limited
from tests.core.traffic import call_of, judged, line_of

from zumik.core.basics.names import ModelId, ReleaseId
from zumik.core.decisions.replay import ServedVerdict, Verdict
from zumik.core.traffic.audit import MAX_KINDS, Audit, Decider, Drift
from zumik.core.traffic.logged_call import (
    NO_DECISION,
    LoggedCall,
    NotACall,
    Place,
    UnreadEntry,
)
from zumik.core.traffic.logs_read import MAX_EXAMPLES
from zumik.core.traffic.selection import Selection

SOURCE = frozen(
    alias("listed", candidates=["a/one", "b/two"]),
    models=[limited("a/one", 100, 100, 50), limited("b/two", 1000, 1000, 500)],
)
NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)


def audit_of(*calls: LoggedCall) -> Audit:
    audit = Audit()
    for call in calls:
        audit.add(judged(SOURCE, call))
    return audit


def test_verdicts_count_by_alias_and_release() -> None:
    audit = audit_of(
        call_of(line_of("a/one")),
        call_of(line_of("a/one"), calls=4),
        call_of(line_of("b/two")),
        call_of(line_of("x/y", alias="other.team")),
        call_of(line_of("x/y", release="alr_2020_01_01_001")),
    )
    assert audit.verdicts == Counter(
        {Verdict.REPRODUCED: 5, Verdict.DIVERGED: 1, Verdict.UNREPLAYABLE: 2}
    )
    assert audit.deciders == {
        Decider(CODE_FAST, FIRST): Counter({Verdict.REPRODUCED: 5, Verdict.DIVERGED: 1}),
        Decider(): Counter({Verdict.UNREPLAYABLE: 2}),
    }
    assert audit.has_diverged
    assert audit.has_undecided


def test_a_kind_keeps_its_first_call() -> None:
    audit = audit_of(
        call_of(line_of("a/one"), 1), call_of(line_of("b/two"), 2), call_of(line_of("b/two"), 3)
    )
    ((kind, found),) = audit.kinds.items()
    assert (kind.verdict, kind.by, found.calls) == (Verdict.DIVERGED, "resolved_model", 2)
    assert found.first.call.place == Place("day.jsonl", 2)


def test_what_the_provider_served_instead_is_counted_by_name() -> None:
    audit = audit_of(*(call_of(line_of("a/one", served_model="z/other")) for _ in range(3)))
    drift = Drift(ModelId("a/one"), "z/other", ServedVerdict.OTHER_MODEL)
    assert audit.drifts == Counter({drift: 3})


@pytest.mark.parametrize("way", ["served", "release", "alias", "unreadable"])
def test_a_hundred_thousand_names_take_a_bounded_place(way: str) -> None:
    audit = Audit()
    for n in range(100_000):
        match way:
            case "served":
                line = line_of("a/one", served_model=f"z/{n}")
            case "release":
                line = line_of("a/one", release=f"alr_{1000 + n % 9000}_01_01_{n % 900 + 100}")
            case _:
                line = line_of("a/one", alias=f"made.up{n}")
        if way == "unreadable":
            audit.add_unread(UnreadEntry(Place("day.jsonl", n), f"no {n}"))
        else:
            audit.add(judged(SOURCE, call_of(line, n)))
    assert audit.calls == 100_000
    assert len(audit.kinds) <= MAX_KINDS
    assert len(audit.drifts) <= MAX_KINDS
    assert len(audit.deciders) <= 2
    assert len(audit.examples) <= MAX_EXAMPLES
    assert sum(found.calls for found in audit.kinds.values()) + audit.other_kinds == (
        0 if way in ("served", "unreadable") else 100_000
    )
    assert sum(audit.drifts.values()) + audit.other_drifts == (100_000 if way == "served" else 0)


def test_what_ends_a_file_is_listed_before_its_damaged_lines() -> None:
    audit = Audit()
    for n in range(1, 21):
        audit.add_unread(UnreadEntry(Place("day.gz", n), "not JSON"))
    audit.add_unread(
        UnreadEntry(Place("day.gz", 21), "the gzip data is cut off here", is_whole=True)
    )
    assert audit.unreadable == 21
    assert len(audit.unread) == MAX_EXAMPLES
    assert audit.unread[:2] == [
        (Place("day.gz", 21), "the gzip data is cut off here"),
        (Place("day.gz", 1), "not JSON"),
    ]


entries = st.one_of(
    st.builds(
        lambda model, times: call_of(line_of(model), calls=times),
        st.sampled_from(["a/one", "b/two", None]),
        st.integers(1, 5),
    ),
    st.builds(lambda why: call_of(None, fault=why), st.sampled_from([NO_DECISION, "bad line"])),
    st.just(UnreadEntry(Place("day.jsonl", 1), "not JSON")),
    st.just(NotACall(Place("day.jsonl", 1), "opentelemetry")),
)


@given(st.lists(entries, max_size=20))
def test_every_count_sums_to_the_calls(found: list[Any]) -> None:
    audit = Audit()
    for entry in found:
        match entry:
            case UnreadEntry():
                audit.add_unread(entry)
            case NotACall():
                audit.add_no_call(entry)
            case _:
                audit.add(judged(SOURCE, entry))
    wanted = sum(
        1 if isinstance(e, UnreadEntry) else e.calls for e in found if type(e) is not NotACall
    )
    decided = sum(audit.verdicts.values())
    assert audit.calls == decided + audit.unlogged + audit.unreadable == wanted
    assert sum(sum(counts.values()) for counts in audit.deciders.values()) == decided
    assert sum(audit.served.values()) == decided
    assert audit.no_calls == sum(isinstance(entry, NotACall) for entry in found)


def test_nothing_decided_is_no_yes() -> None:
    assert Audit().has_undecided
    assert audit_of(call_of(None, fault=NO_DECISION)).has_undecided
    assert not audit_of(call_of(line_of("a/one"))).has_undecided


def test_the_time_is_that_of_the_first_and_of_the_last_call_in_any_order() -> None:
    moments = [NOON + timedelta(hours=n) for n in (3, -2, 5, 0)]
    audit = audit_of(*(call_of(line_of("a/one"), at=moment) for moment in moments), call_of(None))
    assert (audit.first_at, audit.last_at) == (moments[1], moments[2])


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        (Selection(), True),
        (Selection(since=NOON), True),
        (Selection(since=NOON + timedelta(seconds=1)), False),
        (Selection(until=NOON), False),
        (Selection(until=NOON + timedelta(seconds=1)), True),
        (Selection(aliases=[CODE_FAST]), True),
        (Selection(aliases=[]), True),
        (Selection(releases=[ReleaseId(FIRST)]), True),
        (Selection(releases=[ReleaseId("alr_2020_01_01_001")]), False),
        (Selection(models=[ModelId("a/one")]), True),
        (Selection(models=[ModelId("b/two")]), False),
        (Selection(aliases=[CODE_FAST], models=[ModelId("b/two")]), False),
    ],
)
def test_a_selection_takes_what_it_asks_for(asked: Selection, taken: bool) -> None:
    assert asked.takes(call_of(line_of("a/one"), at=NOON)) is taken


def test_a_call_without_a_time_is_in_no_stretch_of_time() -> None:
    call = call_of(line_of("a/one"))
    asked = Selection(since=NOON)
    assert not asked.takes(call)
    assert asked.lacks_time(call)
    assert not Selection().lacks_time(call)


def test_a_call_without_a_decision_is_of_no_alias() -> None:
    call = call_of(None, fault=NO_DECISION)
    assert Selection().takes(call)
    assert not Selection(aliases=[CODE_FAST]).takes(call)
