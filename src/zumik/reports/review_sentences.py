"""What a review says, in sentences: the words that its text and its Markdown share.

All of it is plain text, and is escaped by the code that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import moment_text
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, LATENCY
from zumik.core.live.drains import Drain
from zumik.core.reviews.changes import CHANGED, FieldChange
from zumik.core.reviews.review import (
    REMOVED,
    AcknowledgementChange,
    AliasReview,
    DrainChange,
    Drained,
    NewRelease,
    PointerMove,
    Review,
    TrafficMove,
)
from zumik.reports import sentences
from zumik.reports.acknowledgement_lines import acknowledged_to_text
from zumik.reports.escapes import one_line
from zumik.reports.fact_changes import (
    FactRow,
    fact_rows,
    listed,
    models_to_text,
    policy_to_text,
    upstream_to_text,
    values_by_kind,
)
from zumik.reports.plan_report import difference_to_text
from zumik.reports.ranking_table import flips_to_text, not_compared_to_text
from zumik.reports.resolver_report import changed_resolver_to_text
from zumik.reports.retirement_report import retirement_to_text
from zumik.reports.taken_back_report import history_to_text, taken_back_to_text
from zumik.reports.text import plural, safe

_SPELLED_OUT = 3
"""Traffic moves that the first sentence spells out; of more it names the aliases."""

_MOVES = {
    "promote": "promotes",
    "rollback": "rolls back",
    "retire": "retires",
    REMOVED: "removes the live pointer of",
}


def traffic(review: Review) -> str:
    """Whether traffic moves on merge, and for which aliases, in a sentence or two."""
    moves = review.traffic_moves
    if len(moves) <= _SPELLED_OUT:
        return _traffic(review, "; ".join(map(_moved, moves)))
    names = listed([move.alias for move in moves], most=20)
    which = f"another model answers for {plural(len(moves), 'alias', 'aliases')}: {names}"
    return _traffic(review, which)


def traffic_in_short(review: Review) -> str:
    """The same above a list of the aliases that move: it counts them."""
    moves = review.traffic_moves
    starts = [move.alias for move in moves if move.before is None]
    stops = [move.alias for move in moves if move.after is None]
    rest = [move.alias for move in moves if move.before and move.after]
    parts = (
        f"another model answers for {_one_or_count(rest)}" if rest else "",
        f"{_one_or_count(starts)} {'starts' if len(starts) == 1 else 'start'} to answer"
        if starts
        else "",
        f"{_one_or_count(stops)} {'stops' if len(stops) == 1 else 'stop'} answering"
        if stops
        else "",
    )
    return _traffic(review, "; ".join(filter(None, parts)))


def _one_or_count(aliases: Sequence[AliasName]) -> str:
    return aliases[0] if len(aliases) == 1 else plural(len(aliases), "alias", "aliases")


def _traffic(review: Review, which: str) -> str:
    """The sentence, where `which` says what moves."""
    moves, kept = review.traffic_moves, review.served_otherwise
    more = len({move.alias for move in review.moves} - {move.alias for move in moves})
    if moves:
        text = f"On merge traffic moves: {which}."
        if more:
            text += f" {_pointers(more, 'other live pointer')}."
    elif kept:
        text = "On merge no alias gets another model, but not all are served the same."
    elif review.moves:
        text = f"On merge no traffic moves: {_pointers(more)}."
    elif review.drains:
        text = "On merge no traffic moves: other models are drained, and the same models answer."
    elif review.releases:
        return f"On merge no traffic moves: {_drafts(review.releases)}."
    else:
        return "On merge no traffic moves: no release is new and no live pointer moves."
    if kept:
        names = listed([item.plan.alias for item in kept], most=20)
        text += f" The same model answers at another revision or upstream for {names}."
    idle = [item for item in review.releases if item.ref.id not in review.pointed_to]
    return f"{text} {_drafts(idle)}." if idle else text


def _moved(move: TrafficMove) -> str:
    if move.before is None:
        return f"{move.alias} starts to answer, with {move.after}"
    if move.after is None:
        return f"{move.alias} stops answering (now {move.before})"
    return f"{move.alias} from {move.before} to {move.after}"


def _pointers(count: int, what: str = "live pointer") -> str:
    if count == 1:
        return f"1 {what} moves, and the same model answers"
    return f"{plural(count, what)} move, and the same models answer"


def _drafts(releases: Sequence[NewRelease]) -> str:
    if len(releases) == 1:
        return f"{releases[0].ref.id} is a draft that nothing points to yet"
    names = listed([item.ref.id for item in releases])
    return f"{len(releases)} releases are drafts that nothing points to yet: {names}"


def brings(review: Review) -> Iterator[str]:
    """The releases, moves and withdrawals, a line each; moves alike share a line."""
    for item in review.releases:
        note = f": {item.note}" if item.note else ""
        when = "made afterwards, as of" if item.backfilled else "made"
        made = moment_text(item.created_at)
        yield safe(f"new release {item.ref.id} ({item.ref.sha256.short}, {when} {made}){note}")
    ordered = sorted(review.moves, key=_alike)
    for (kind, target, reason), moves in groupby(ordered, key=_alike):
        names = ", ".join(move.alias for move in moves)
        to = f" to {target}" if target else ""
        yield safe(f"{_MOVES[kind]} {names}{to}" + (f": {reason}" if reason else ""))
    for mark in review.withdrawn:
        yield safe(f"withdraws {mark.target.id}: {mark.reason}")
    yield from map(_drain_change, review.drains)
    yield from map(_acknowledgement_change, review.acknowledged)
    ignored = [item.alias for item in review.drained if item.ignored]
    if ignored:
        yield f"DRAIN IGNORED for {listed(ignored, most=20)}: no other model could answer"


def _drain_change(change: DrainChange) -> str:
    """One drain that comes, goes or is another."""
    before, after = change.before, change.after
    if after is None:
        assert before is not None
        return f"no longer drains {_drain(before)}"
    if before is None:
        return f"drains {_drain(after)}"
    return f"drains {_drain(after)} (was {_times(before)}: {safe(before.reason)})"


def _acknowledgement_change(change: AcknowledgementChange) -> str:
    """One warning that is accepted, or no longer, or until another day."""
    before, after = change.before, change.after
    if after is None:
        assert before is not None
        return f"no longer acknowledges {acknowledged_to_text(before)}"
    was = reason = ""
    if before and before.until != after.until:
        was = f" (was {before.until})"
    if before and before.reason != after.reason:
        reason = f" (the reason was: {one_line(before.reason)})"
    return f"acknowledges {acknowledged_to_text(after, was=was)}{reason}"


def _drain(drain: Drain) -> str:
    return safe(f"{drain.models} {_times(drain)}: {drain.reason}")


def _times(drain: Drain) -> str:
    return f"from {moment_text(drain.since)} until {moment_text(drain.until)}"


def drained_lines(review: Review) -> list[str]:
    """Who answers on merge for each alias of which a model is drained, or was until then."""
    return [f"{item.alias}: {drained_to_text(item)}" for item in review.drained]


def drained_to_text(item: Drained) -> str:
    """Who answers on merge, and where a drain decides that, who is ranked first."""
    if item.ignored:
        return f"{item.after} all the same, as no other model could"
    if item.before == item.after:
        text = f"{item.after or 'no model'}, as now"
    else:
        text = f"{item.before or 'no model'} → {item.after or 'no model'}"
    if item.ranked is None or item.after == item.ranked:
        return text
    return f"{text}; {item.ranked} is ranked first, and drained"


def _alike(move: PointerMove) -> tuple[str, str, str]:
    return move.kind, move.after or "", move.reason or ""


def upstream_lines(review: Review) -> list[str]:
    """Every change of what a provider is asked for."""
    return [f"{model}: {upstream_to_text(field)}" for model, field in review.upstream]


def rest_lines(review: Review) -> list[str]:
    """What is live with a model that retires, and the aliases that this change leaves alone."""
    lines = [f"{item.alias}: {retirement_to_text(item)}" for item in review.retiring]
    if review.waiting:
        waiting = [f"{item.alias} ({item.live} → {item.newest})" for item in review.waiting]
        lines.append(f"not changed here, still waiting to be promoted: {listed(waiting, most=20)}")
    if review.unchanged:
        lines.append(f"unchanged: {listed(review.unchanged, most=20)}")
    return lines


# One alias

_LEADING = frozenset(
    (
        *("comes back", "cost per request", "cost", "latency", "decided by", "policy"),
        *("its upstream", "no longer ranked"),
    )
)


def leads(label: str) -> bool:
    """Whether a line of `alias_lines` stands above the findings, for an alias that moves."""
    return label in _LEADING or label.startswith("its facts (revision")


def alias_head(item: AliasReview) -> tuple[str, str, str | None]:
    """An alias, what answers now, and what is proposed where that is another."""
    plan = item.plan
    before = plan.winner_before or "not live"
    if item.move and item.proposed is None:
        return plan.alias, before, "no model"
    if plan.after is None:
        return plan.alias, before, "no longer in the policy"
    return plan.alias, before, plan.winner_after if item.differs else None


def alias_lines(item: AliasReview, review: Review) -> Iterator[tuple[str, str]]:
    """What a reviewer asks about an alias, each with its answer."""
    table = item.plan.after
    yield from _standing(item)
    if table is None:
        return
    if item.plan.taken_back is not None:
        yield "comes back", taken_back_to_text(item.plan.taken_back)
    if item.plan.history_from is not None:
        yield "not known", history_to_text(item.plan.history_from)
    if table.alias.deprecated is not None:
        yield "deprecated", sentences.deprecation(table.alias.deprecated)
    yield "decided by", sentences.why(table)
    yield "margin", sentences.margin(table)
    if item.plan.resolver_before is not None:
        yield "resolver", changed_resolver_to_text(item.plan.resolver_before)
    flips = flips_to_text(table)
    if flips:
        yield "would flip", flips[0]
    for word, label in ((COST, "cost per request"), (LATENCY, "latency")):
        text = _figure(item, word)
        if text:
            yield label, text
    before = item.plan.before.table.winner if item.plan.before else None
    note = sentences.cost_note([before, table.winner])
    if note:
        yield "cost", note.removeprefix(f"{COST}: ")
    yield from _served(item, review)
    fields = item.change.fields if item.change and item.change.kind == "changed" else ()
    for field in fields:
        said_above = field.path == "policy.deprecated" and field.before is None
        if field.path.startswith("policy") and not said_above:
            yield "policy", policy_to_text(field)
    yield from _ranking(item)
    missing = not_compared_to_text(table)
    if missing:
        yield "not compared", missing.removeprefix("not compared: ")


def _figure(item: AliasReview, word: str) -> str | None:
    """A figure of what answers now and of what is proposed; None where there is nothing to say."""
    plan = item.plan
    text = difference_to_text(plan, word)
    if text:
        return text.removeprefix(f"{word} ")
    before, after = (
        sentences.value(table.winner, word, table.units)
        if table and table.winner and word in table.winner.figures
        else None
        for table in (plan.before.table if plan.before else None, plan.after)
    )
    if before and after:
        return f"{after}, as now" if item.differs else None
    if before:
        return f"{before} → unknown"
    return f"unknown → {after}" if after and plan.before else after


def _standing(item: AliasReview) -> Iterator[tuple[str, str]]:
    """Which releases it goes from and to, and whether it goes there by this change."""
    live = item.plan.before.release if item.plan.before else None
    if item.move:
        if item.proposed and live and item.proposed != live:
            yield "live pointer", f"{live} → {item.proposed} on merge"
        elif item.proposed:
            yield "live pointer", f"{item.proposed} on merge"
        else:
            yield "live pointer", f"{live or 'none'} → none on merge"
    elif item.plan.after is None:
        yield "live pointer", f"stays at {live} until it is retired" if live else "none"
    else:
        yield "live pointer", f"stays at {live}" if live else "none yet"


def _served(item: AliasReview, review: Review) -> Iterator[tuple[str, str]]:
    """How the winner is asked for: of a new one all, of the same one what changed."""
    winner = item.plan.after.winner if item.plan.after else None
    if winner is not None and item.differs:
        yield "served as", _served_as(winner.model)
    if item.facts is None:
        return
    for field in item.facts.fields:
        if field.kind == "upstream":
            yield "its upstream", upstream_to_text(field)
    found = values_by_kind(item.facts, review.units)
    if found and review.changes and item.facts in review.changes.models:
        yield (
            "its facts",
            f"{', '.join(dict.fromkeys(kind for kind, _ in found))} changed, see below",
        )
        return
    for (kind, how), values in found.items():
        way = "" if how == CHANGED else f", {how.replace('_', ' ')}"
        yield f"its facts ({kind}{way})", ", ".join(values)


def _served_as(model: Model) -> str:
    """A model's revision, whether that can move, and what the provider is asked for."""
    parts = [model.revision or "unknown revision"]
    parts += [{True: "pinned", False: "floating", None: "not known to be pinned"}[model.pinned]]
    if model.upstream.model and model.upstream.model != model.revision:
        parts.append(f"asked for as {model.upstream.model}")
    parts += [f"{name} {value}" for name, value in model.upstream.params.items()]
    if model.retires_on:
        parts.append(f"retires on {model.retires_on}")
    return safe(", ".join(parts))


def _ranking(item: AliasReview) -> Iterator[tuple[str, str]]:
    """Who can answer now that could not, and who no longer can, with why."""
    plan, table = item.plan, item.plan.after
    if plan.before is None or table is None:
        return
    was = [row.model.id for row in plan.before.table.ranked]
    now = [row.model.id for row in table.ranked]
    joined = [model for model in now if model not in was]
    if joined:
        yield "newly ranked", models_to_text(joined)
    if plan.newly_excluded:
        yield "no longer ranked", "; ".join(_left(plan.newly_excluded, table))
    kept = [model for model in now if model in was]
    if kept != [model for model in was if model in now]:
        yield "ranking", f"in another order: {models_to_text(now)}"


def _left(models: Sequence[ModelId], table: AliasTable) -> Iterator[str]:
    """Models that left a ranking, those that left it for the same reason together."""
    reasons: dict[str, list[ModelId]] = {}
    failed = {row.model.id: row.failures for row in table.excluded}
    for model in models:
        failures = sentences.failures(failed.get(model, ()))
        reasons.setdefault(failures or "no longer a candidate", []).append(model)
    for reason, left in reasons.items():
        yield f"{models_to_text(left)} ({reason})"


# Facts


def facts_by_kind(review: Review) -> dict[str, list[FactRow]]:
    """The facts that changed, by kind."""
    if review.changes is None:
        return {}
    answering = frozenset(
        model
        for item in review.aliases
        for model in (item.plan.winner_before, item.plan.winner_after)
        if model
    )
    return fact_rows(review.changes, answering, review.units)


def models_that(review: Review, kind: str) -> list[ModelId]:
    """The models that were added, or removed."""
    models = review.changes.models if review.changes else ()
    return [change.model for change in models if change.kind == kind]


def dated(review: Review) -> str | None:
    """How many models have newer sources or dates and nothing else."""
    count = sum(c.provenance_only for c in review.changes.models) if review.changes else 0
    return (
        f"{plural(count, 'model')} with newer sources or dates, and the same facts"
        if count
        else None
    )


def definitions(review: Review) -> Sequence[FieldChange]:
    """What changed of measures and metrics."""
    return review.changes.definitions if review.changes else ()
