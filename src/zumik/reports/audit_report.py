"""An audit as text and JSON: verdicts by alias and release, kinds with an example, drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zumik.core.basics.display import shown
from zumik.core.decisions.replay import ServedVerdict, Verdict
from zumik.core.traffic.audit import MAX_KINDS, Audit, Decider, Drift, Kind, KindOfCalls
from zumik.reports.blocks import Block, Column, Fields, Report, Section, Table, strong
from zumik.reports.decision_report import counts_to_text, differences_to_text, verdict_text
from zumik.reports.logs_read_report import (
    days_to_json,
    logs_read_rows,
    most_first,
    unreadable_section,
    without_decision_section,
)
from zumik.reports.text import and_more, plural, safe

# How many rows and kinds are shown; the JSON has all that were counted apart.
_MAX_ROWS = 20
_MAX_KINDS = 10


def audit_report(audit: Audit) -> Report:
    """The totals, then what is wrong, then who decided; a section only where it has rows."""
    sections = (
        _totals(audit),
        without_decision_section(audit) if not audit.verdicts else (),
        _kinds(audit, Verdict.DIVERGED),
        _kinds(audit, Verdict.UNREPLAYABLE),
        _other_kinds(audit),
        _drifts(audit),
        unreadable_section(audit),
        _by_decider(audit),
    )
    return [section for section in sections if section]


def audit_to_text(audit: Audit) -> str:
    """The totals in one line."""
    return counts_to_text(audit.verdicts, audit.served, audit.unreadable, audit.unlogged)


def _totals(audit: Audit) -> Section:
    rows = logs_read_rows(audit)
    head = strong(audit_to_text(audit))
    return [head, Fields(rows)] if rows else [head]


def _by_decider(audit: Audit) -> Section:
    if not audit.deciders:
        return []
    seen = [verdict for verdict in Verdict if audit.verdicts[verdict]]
    columns = (
        Column("alias", whole=True),
        Column("release", whole=True),
        Column("calls", number=True),
        *(Column(verdict.value, number=True) for verdict in seen),
    )
    rows = [
        (
            decider.alias or ("(a model by name)" if decider.by_name else "(not known here)"),
            decider.release or "-",
            f"{sum(counts.values()):,}",
            *(_count(counts, verdict) for verdict in seen),
        )
        for decider, counts in _shown_deciders(audit)
    ]
    left = plural(len(audit.deciders) - len(rows), "more row")
    more = [f"  and {left} of fewer calls, none diverged: {_HAS_ALL}"]
    if any(counts[Verdict.DIVERGED] for _, counts in _worst_first(audit)[_MAX_ROWS:]):
        more = [f"  and {left}, none diverged more often: {_HAS_ALL}"]
    return [Table(columns, rows, 2), *(more if len(rows) < len(audit.deciders) else ())]


_HAS_ALL = "--format json has them all"


def _shown_deciders(audit: Audit) -> Sequence[tuple[Decider, Mapping[Verdict, int]]]:
    """The rows that are shown: of too many, those that diverged most, then those of most calls."""
    kept = {decider for decider, _ in _worst_first(audit)[:_MAX_ROWS]}
    return [item for item in _sorted(audit) if item[0] in kept]


def _worst_first(audit: Audit) -> Sequence[tuple[Decider, Mapping[Verdict, int]]]:
    def rank(item: tuple[Decider, Mapping[Verdict, int]]) -> tuple[int, int]:
        counts = item[1]
        return -counts[Verdict.DIVERGED], -sum(counts.values())

    return sorted(_sorted(audit), key=rank)


def _sorted(audit: Audit) -> Sequence[tuple[Decider, Mapping[Verdict, int]]]:
    """By alias and release; what no alias decided comes last."""
    return sorted(
        audit.deciders.items(),
        key=lambda item: (item[0].alias or "~", item[0].release or "", item[0].by_name),
    )


def _count(counts: Mapping[Verdict, int], verdict: Verdict) -> str:
    return f"{counts[verdict]:,}" if counts.get(verdict) else "-"


def _kinds(audit: Audit, verdict: Verdict) -> Section:
    """Each kind with its first call, the most frequent first."""
    kinds = [item for item in _by_calls(audit) if item[0].verdict is verdict]
    if not kinds:
        return []
    blocks: list[Block] = [f"{verdict_text(verdict)}, the first of each kind"]
    for _, found in kinds[:_MAX_KINDS]:
        blocks += _example(found)
    left = kinds[_MAX_KINDS:]
    if left:
        calls = plural(sum(found.calls for _, found in left), "call")
        blocks.append(f"  and {plural(len(left), 'more kind')} of {calls}: {_HAS_ALL}")
    return blocks


def _other_kinds(audit: Audit) -> Section:
    """The calls of kinds that were too many to count apart, which may be of either verdict."""
    if not audit.other_kinds:
        return []
    calls = plural(audit.other_kinds, "call")
    return [f"{calls} of further kinds: only the first {MAX_KINDS} are counted apart"]


def _by_calls(audit: Audit) -> list[tuple[Kind, KindOfCalls]]:
    return sorted(
        audit.kinds.items(),
        key=lambda item: (-item[1].calls, audit.order(item[1].first.call.place)),
    )


def _example(found: KindOfCalls) -> Iterator[str]:
    call, replay = found.first
    assert replay is not None
    asked, release = safe(replay.line.reference.text), replay.line.release or "no release"
    yield f"  {plural(found.calls, 'call')}, first {safe(str(call.place))}: {asked} {release}"
    if replay.why:
        yield f"    {safe(replay.why)}"
    for text in differences_to_text(replay):
        yield f"    {text}"


def _drifts(audit: Audit) -> Section:
    if not audit.drifts:
        return []
    columns = (
        Column("calls", number=True),
        Column("resolved", identifier=True),
        Column("served", identifier=True),
        Column(""),
    )
    rows = [
        (f"{calls:,}", safe(drift.resolved or "-"), shown(drift.served), _drift_words(drift))
        for drift, calls in most_first(audit.drifts)[:_MAX_ROWS]
    ]
    more = and_more(len(audit.drifts) - _MAX_ROWS, "pair")
    if audit.other_drifts:
        calls = plural(audit.other_drifts, "call")
        more.append(f"  and {calls} of further pairs: only the first {MAX_KINDS} are counted apart")
    head = "the provider answered with another model or revision"
    return [head, Table(columns, rows, 2), *more]


def _drift_words(drift: Drift) -> str:
    return "another model" if drift.verdict is ServedVerdict.OTHER_MODEL else "another revision"


def audit_to_json(audit: Audit) -> dict[str, object]:
    """All counts, with the examples."""
    return {
        "calls": audit.calls,
        "verdicts": {verdict.value: audit.verdicts[verdict] for verdict in Verdict},
        "unreadable": audit.unreadable,
        "without_decision": audit.unlogged,
        "no_calls": audit.no_calls,
        "served_model": {served.value: audit.served[served] for served in ServedVerdict},
        "formats": dict(most_first(audit.formats)),
        "taken_from": [
            {"wrappings": list(names), "calls": calls}
            for names, calls in most_first(audit.wrappings)
        ],
        **days_to_json(audit),
        "left_out": audit.left_out,
        "left_out_without_time": audit.without_time,
        "deciders": [
            {
                "alias": decider.alias,
                "alias_release": decider.release,
                "by_name": decider.by_name,
                **{verdict.value: counts.get(verdict, 0) for verdict in Verdict},
            }
            for decider, counts in _sorted(audit)
        ],
        "kinds": [_kind_to_json(kind, found) for kind, found in _by_calls(audit)],
        "calls_of_other_kinds": audit.other_kinds,
        "drift": [
            {
                "resolved_model": drift.resolved,
                "served_model": drift.served,
                "verdict": drift.verdict.value,
                "calls": calls,
            }
            for drift, calls in most_first(audit.drifts)
        ],
        "calls_of_other_drift": audit.other_drifts,
        "unread": [{"place": str(place), "why": why} for place, why in audit.unread],
    }


def _kind_to_json(kind: Kind, found: KindOfCalls) -> dict[str, object]:
    call, replay = found.first
    differences = replay.differences if replay else ()
    return {
        "verdict": kind.verdict.value,
        "by": kind.by,
        "calls": found.calls,
        "first": str(call.place),
        "differences": [difference._asdict() for difference in differences],
    }
