"""Drains as text and JSON: what is taken away, until when and why, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zumik.core.live.drains import Drain, DrainStatus
from zumik.reports.blocks import Column, Fields, Section, Table, bad, doubtful, quiet, strong
from zumik.reports.text import safe

if TYPE_CHECKING:
    from zumik.core.decisions.decision import Decision
    from zumik.core.decisions.drained_decision import DrainedDecision, DrainEffect


NO_OTHER = "no other model could answer"
IGNORED = f"DRAIN IGNORED: {NO_OTHER}"


def drain_to_text(drain: Drain, at: datetime) -> str:
    """What, until when, and why: `acme/* until 2026-11-25 18:00 UTC (3 h 12 min left): INC-42`."""
    return f"{safe(drain.models)} {until_to_text(drain, at)}: {safe(drain.reason)}"


def drain_to_words(drain: Drain) -> str:
    """The same where it is read later, and what is left then is another time."""
    return f"{safe(drain.models)} {_until(drain)}: {safe(drain.reason)}"


def until_to_text(drain: Drain, at: datetime) -> str:
    """`until 2026-11-25 18:00 UTC (3 h 12 min left)`; or that it is over, or has not begun."""
    until = _until(drain)
    if at < drain.since:
        return f"from {_utc(drain.since)} {until}"
    return f"{until} ({_left(drain.until - at)})"


def _until(drain: Drain) -> str:
    return f"until {_utc(drain.until)}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _left(span: timedelta) -> str:
    """The two largest units of what is left."""
    if span <= timedelta(0):
        return "over"
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    first = next((place for place, (count, _) in enumerate(units) if count), None)
    if first is None:
        return "less than a minute left"
    parts = [f"{count} {unit}" for count, unit in units[first : first + 2] if count]
    return f"{' '.join(parts)} left"


def drains_to_rows(shown: DrainStatus, ignored: Sequence[str] = ()) -> list[tuple[str, str]]:
    """A row for each drain that is not over, and one for the aliases that it is ignored for."""
    if shown.problem is not None:
        return [("drained", bad(f"not known: {safe(shown.problem)}"))]
    rows = []
    for drain in shown.listed:
        note = f"  {doubtful('NOT LIVE yet')}" if shown.landed is False else ""
        rows.append(("drained", f"{doubtful(drain_to_text(drain, shown.at))}{note}"))
    if shown.behind is not None:
        rows.append(("drains", doubtful(shown.behind)))
    if ignored:
        names = ", ".join(ignored)
        rows.append(("ignored", bad(f"DRAIN IGNORED for {names}: {NO_OTHER}")))
    return rows


def drains_section(shown: DrainStatus, ignored: Sequence[str] = ()) -> Section:
    """The rows as a section of their own; empty where nothing is drained."""
    rows = drains_to_rows(shown, ignored)
    return [Fields(rows, indent=0)] if rows else []


def drains_to_json(drains: Iterable[Drain]) -> list[dict[str, object]]:
    """For machines."""
    return [drain.to_json() for drain in drains]


def answered_to_json(answered: DrainedDecision | None) -> dict[str, object]:
    """What answers now, what is drained of the ranking, and by which drains; null where unknown."""
    if answered is None:
        return {"answers": None, "drained": [], "drain_ignored": [], "drains": []}
    decision = answered.decision
    return {
        "answers": decision.model,
        "drained": list(decision.request.unavailable or decision.drain_ignored),
        "drain_ignored": list(decision.drain_ignored),
        "drains": drains_to_json(answered.drains),
    }


def ignored_to_text(decision: Decision) -> str:
    """A warning that a drain had to be ignored."""
    models = ", ".join(decision.drain_ignored)
    return f"DRAIN IGNORED for {decision.requested}: no model could answer without {models}"


def effects_section(effects: Sequence[DrainEffect]) -> Section:
    """One line an alias: what answered before, what answers after, and where it is ignored."""
    if not effects:
        return ["no alias is live"]
    columns = (Column("alias"), _model("answered"), _model("answers"), Column(""))
    return [Table(columns, [_effect_row(effect) for effect in effects])]


def _model(head: str) -> Column:
    return Column(head, identifier=True)


def _effect_row(effect: DrainEffect) -> list[str]:
    before, after = effect.before.model, effect.after.model
    note = ""
    if effect.after.drain_ignored:
        note = bad(IGNORED)
    elif before == after:
        note = quiet("as before")
    if before == after:
        return [effect.alias, before, after, note]
    return [strong(effect.alias), before, strong(after), note]


def effects_to_json(effects: Sequence[DrainEffect]) -> list[dict[str, object]]:
    """For machines."""
    return [
        {
            "alias": effect.alias,
            "answered": effect.before.model,
            "answers": effect.after.model,
            "drain_ignored": list(effect.after.drain_ignored),
        }
        for effect in effects
    ]
