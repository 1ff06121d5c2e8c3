"""Decisions and replays, one by one and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zumik.core.basics.display import shown
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.replay import Difference, Replay, Verdict
from zumik.reports.blocks import (
    Column,
    Fields,
    Report,
    Section,
    Table,
    bad,
    doubtful,
    good,
    strong,
)
from zumik.reports.drain_report import IGNORED
from zumik.reports.text import plural, safe


def decision_report(decision: Decision, drained: Sequence[str] = ()) -> Report:
    """What a reference resolves to, why, and its receipt; `drained` are the drains in words."""
    rows = [
        ("reason", decision.reason),
        ("release", decision.source.ref.id if decision.source else "none: a concrete target"),
        ("revision", safe(decision.revision or "unknown")),
        ("rank", f"{decision.rank} of {decision.candidates_considered}"),
        ("receipt", str(decision.receipt) if decision.receipt else None),
    ]
    rows += [("passed", f"{model}: {why}") for model, why in decision.passed]
    rows += [("drained", doubtful(drain)) for drain in drained]
    if decision.drain_ignored:
        rows.append(("ignored", bad(IGNORED)))
    return [[strong(decision.model), Fields([(name, text) for name, text in rows if text])]]


def verdict_text(verdict: Verdict) -> str:
    """A verdict in its colour."""
    shade = {
        Verdict.REPRODUCED: good,
        Verdict.CONSISTENT: doubtful,
        Verdict.DIVERGED: bad,
        Verdict.UNREPLAYABLE: bad,
    }[verdict]
    return shade(verdict.value)


def replay_to_json(replay: Replay) -> dict[str, object]:
    """A verdict and what it rests on."""
    line = replay.line
    return {
        "requested_model": line.reference.text,
        "alias_release": replay.source.ref.id if replay.source else line.release,
        "resolved_model": line.model,
        "verdict": replay.verdict.value,
        "why": replay.why,
        "assumed": list(replay.assumed),
        "differences": [
            {"field": d.field, "logged": d.logged, "replayed": d.replayed}
            for d in replay.differences
        ],
        "served_model": replay.served.value,
    }


def replay_section(number: int, replay: Replay) -> Section:
    """One line a replayed log line, and one more for each difference."""
    line = replay.line
    release = replay.source.ref.id if replay.source else line.release or "no release"
    head = f"{number:>6}  {verdict_text(replay.verdict)}  {safe(line.reference.text)}"
    head += f"  {release}  {line.model or '-'}"
    lines = [head]
    if replay.why:
        lines.append(f"        {safe(replay.why)}")
    lines += [f"        {difference_to_text(difference)}" for difference in replay.differences]
    return lines


def difference_to_text(difference: Difference) -> str:
    """What the log has, which may be anything, and what it should have."""
    logged, replayed = shown(difference.logged), shown(difference.replayed)
    return f"{difference.field}: the log has {logged}, the release gives {replayed}"


def counts_to_text(counts: Counter[str], unreadable: int) -> str:
    """How many lines came to which verdict: `3 lines: 2 reproduced, 1 diverged`."""
    total = sum(counts.values()) + unreadable
    parts = [f"{counts[v.value]:,} {v.value}" for v in Verdict if counts[v.value]]
    if unreadable:
        parts.append(f"{unreadable:,} unreadable")
    return f"{plural(total, 'line')}: {', '.join(parts) or 'nothing replayed'}"


def differences_table(pairs: Sequence[tuple[str, str, str]]) -> Table:
    """What another release would have answered: the log's model, the other's, and how often."""
    columns = (
        Column("lines", number=True),
        Column("then", identifier=True),
        Column("against", identifier=True),
    )
    return Table(columns, [(count, safe(then), safe(other)) for count, then, other in pairs], 2)
