"""Decisions and replays, one by one and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zumik.core.basics.display import shown
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.replay import ASKS_NOTHING, Difference, Replay, ServedVerdict, Verdict
from zumik.reports.blocks import (
    Fields,
    Report,
    Section,
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


def replay_section(place: str, replay: Replay) -> Section:
    """One line a replayed call, and one more for each difference."""
    line = replay.line
    release = replay.source.ref.id if replay.source else line.release or "no release"
    head = f"{place:>6}  {verdict_text(replay.verdict)}  {safe(line.reference.text)}"
    head += f"  {release}  {line.model or '-'}"
    lines = [head]
    if replay.why:
        lines.append(f"        {safe(replay.why)}")
    # Most lines of old gateways have no request, and the one assumed then is the same for all.
    lines += [f"        assumed: {safe(a)}" for a in replay.assumed if a != ASKS_NOTHING]
    lines += [f"        {difference}" for difference in differences_to_text(replay)]
    if replay.served in (ServedVerdict.OTHER_REVISION, ServedVerdict.OTHER_MODEL):
        lines.append(f"        served: {served_to_text(replay)}")
    return lines


def served_to_text(replay: Replay) -> str:
    """What the line says the provider served, beside what was resolved."""
    said = shown(replay.line.served_model or "")
    match replay.served:
        case ServedVerdict.AS_RESOLVED:
            return f"the model that was resolved, as {said}"
        case ServedVerdict.OTHER_REVISION:
            return doubtful(f"another revision of it, {said}")
        case ServedVerdict.OTHER_MODEL:
            return bad(f"ANOTHER MODEL, {said}")
        case ServedVerdict.ALIAS_ECHOED:
            return f"not known: served_model repeats the alias, {said}"
        case ServedVerdict.NOT_LOGGED:
            return "not logged"
        case ServedVerdict.NOT_JUDGED:
            line = replay.line
            if not (line.model or line.reference.model or replay.decision):
                return f"{said}, and the line names no model to compare it with"
            return f"not known: {said} names the model and not which revision of it"


def differences_to_text(replay: Replay) -> list[str]:
    """For each difference what the log has, which may be anything, and what it should have."""
    giver = "a target" if replay.line.reference.alias is None else "the release"
    return [_difference(item, giver) for item in replay.differences]


def _difference(item: Difference, giver: str) -> str:
    given = "has none" if item.replayed is None else f"gives {shown(item.replayed)}"
    return f"{item.field}: the log has {shown(item.logged)}, {giver} {given}"


_SERVED = {
    ServedVerdict.AS_RESOLVED: "as resolved",
    ServedVerdict.OTHER_REVISION: "another revision",
    ServedVerdict.OTHER_MODEL: "another model",
    ServedVerdict.ALIAS_ECHOED: "alias echoed",
    ServedVerdict.NOT_LOGGED: "not logged",
    ServedVerdict.NOT_JUDGED: "not judged",
}


def counts_to_text(
    verdicts: Mapping[Verdict, int],
    served: Mapping[ServedVerdict, int],
    unreadable: int,
    unlogged: int,
) -> str:
    """How many calls got which verdict: `3 calls: 3 reproduced; served: 2 as resolved, …`."""
    total = sum(verdicts.values()) + unreadable + unlogged
    parts = [f"{verdicts[v]:,} {v.value}" for v in Verdict if verdicts.get(v)]
    if unlogged:
        parts.append(f"{unlogged:,} without a decision of zumik")
    if unreadable:
        parts.append(f"{unreadable:,} unreadable")
    text = f"{plural(total, 'call')}: {', '.join(parts) or 'nothing replayed'}"
    others = [f"{served[v]:,} {words}" for v, words in _SERVED.items() if served.get(v)]
    return f"{text}; served: {', '.join(others)}" if others else text
