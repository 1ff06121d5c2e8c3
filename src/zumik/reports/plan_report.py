"""Plans as text and JSON: per alias what answers now, what would, why, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.basics.times import moment_text
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.facts.policy import COST, LATENCY, deprecation_to_json
from zumik.core.reviews.plan import AliasPlan
from zumik.reports import sentences
from zumik.reports.blocks import Report, Section, bad, doubtful, good, quiet, strong
from zumik.reports.live_ref_report import pair_to_json, pair_to_text
from zumik.reports.ranking_table import (
    excluded_section,
    flips_to_text,
    not_compared_to_text,
    ranking_table,
    table_to_json,
)
from zumik.reports.resolver_report import before_to_json, changed_resolver_to_text
from zumik.reports.taken_back_report import history_to_text, taken_back_to_json, taken_back_to_text
from zumik.reports.text import days_ahead, exact, plural, rounded, safe


class AskedDay(NamedTuple):
    """The day that a plan is made for, where a person named one, and today."""

    day: date
    today: date

    @property
    def is_ahead(self) -> bool:
        """Whether it is still to come."""
        return self.day > self.today


def asked_day_report(asked: AskedDay | None) -> Report:
    """For which day the plan is, and from what; nothing where it is for now."""
    if asked is None:
        return []
    ahead = f", {days_ahead(asked.day, asked.today)}" if asked.is_ahead else ""
    said = f"as of {asked.day}{ahead}: by the policy, the facts and the live pointers of today"
    return [[doubtful(said) if asked.is_ahead else quiet(said)]]


def plan_notes(as_of: str | None, asked: AskedDay | None) -> str:
    """The next step: a release can be dated up to now, and never ahead."""
    if asked is not None and asked.is_ahead:
        return f"\nNothing was written. A release of {asked.day} can be frozen from that day on."
    dated = f"--as-of {safe(as_of)} " if as_of else ""
    return f"\nNothing was written. Freeze it with: zumik release create {dated}--note '…'"


def plans_report(plans: Sequence[AliasPlan], *, whole: bool = False) -> Report:
    """Every alias; with `whole` the ranking and the excluded too."""
    sections = [section for plan in plans for section in _sections(plan, whole)]
    changed = sum(plan.changes_winner for plan in plans)
    total = plural(len(plans), "alias", "aliases")
    return [*sections, [f"{total}, {changed or 'none'} with another winner"]]


def plans_to_json(plans: Sequence[AliasPlan], day: date | None = None) -> list[dict[str, object]]:
    """Every alias with exact values; `day` is the day that they are planned for, where one is."""
    dated = {} if day is None else {"day": day.isoformat()}
    return [
        {
            "alias": plan.alias,
            **dated,
            "live_release": plan.before.release if plan.before else None,
            "winner_before": plan.winner_before,
            "winner_after": plan.winner_after,
            "landed_instead": pair_to_json(plan.beside),
            "taken_back": taken_back_to_json(plan.taken_back),
            "history_from": plan.history_from and moment_text(plan.history_from),
            "moves": plan.changes_winner,
            "resolver_before": before_to_json(plan.resolver_before),
            "expected_cost": _pair_to_json(plan, COST),
            "cost_gaps": _gaps_to_json(plan),
            "expected_latency": _pair_to_json(plan, LATENCY),
            "newly_excluded": list(plan.newly_excluded),
            "deprecated": deprecation_to_json(plan.after.alias.deprecated) if plan.after else None,
            "proposed": table_to_json(plan.after) if plan.after else None,
        }
        for plan in plans
    ]


def _pair_to_json(plan: AliasPlan, word: str) -> dict[str, str] | None:
    pair = plan.difference(word)
    return pair and {"before": exact(pair[0]), "after": exact(pair[1])}


def _landed(plan: AliasPlan) -> list[str]:
    """What has landed, where the plan was made against another pointer."""
    if plan.beside is None:
        return []
    here = plan.beside.here
    mine = f"compared with {here.target.id} here" if here else "not in this checkout"
    return [f"  {doubtful(f'{mine}: {pair_to_text(plan.beside)}')}"]


def _gaps_to_json(plan: AliasPlan) -> dict[str, list[str]]:
    """In what the costs of the winners before and after are no exact figures."""
    tables = {"before": plan.before and plan.before.table, "after": plan.after}
    return {
        when: [gap.value for gap in table.winner.cost_gaps] if table and table.winner else []
        for when, table in tables.items()
    }


def _deprecated(plan: AliasPlan) -> list[str]:
    """What the policy says of its end, and whether that is news."""
    was = plan.before.table.alias.deprecated if plan.before else None
    now = plan.after.alias.deprecated if plan.after else None
    if now is None:
        return [f"  no longer deprecated (was: {sentences.deprecation(was)})"] if was else []
    news = "" if was == now else f" (was: {sentences.deprecation(was)})" if was else " (new)"
    return [f"  {doubtful('deprecated')}: {sentences.deprecation(now)}{news}"]


def _sections(plan: AliasPlan, whole: bool) -> Iterator[Section]:
    table = plan.after
    head = [_head(plan), *_landed(plan), *(_deprecated(plan) if table else [])]
    if table is None:
        yield [*head, "  no longer in the policy; it stays live until it is retired"]
    elif table.winner is None:
        none = bad(f"  none of {len(table.excluded):,} candidates is eligible")
        how = f"zumik plan {plan.alias}"
        yield [*head, none, *excluded_section(table, everyone=whole, shown_by=how)]
    else:
        yield [*head, *(f"  {line}" for line in _lines(plan, table))]
        if whole:
            yield [ranking_table(table)]
            yield excluded_section(table)


def _lines(plan: AliasPlan, table: AliasTable) -> Iterator[str]:
    """Why the proposed winner wins, what would change that, and what the figures become."""
    if plan.taken_back is not None:
        yield doubtful(taken_back_to_text(plan.taken_back))
    if plan.history_from is not None:
        yield doubtful(history_to_text(plan.history_from))
    yield sentences.why(table)
    yield sentences.margin(table)
    if plan.resolver_before is not None:
        yield doubtful(changed_resolver_to_text(plan.resolver_before))
    yield from flips_to_text(table)[:1]
    for word in (COST, LATENCY):
        text = difference_to_text(plan, word)
        if text:
            yield text
    note = sentences.cost_note([plan.before.table.winner if plan.before else None, table.winner])
    if note:
        yield note
    if plan.newly_excluded:
        yield f"no longer ranked: {', '.join(plan.newly_excluded)}"
    missing = not_compared_to_text(table)
    if missing:
        yield missing


def _head(plan: AliasPlan) -> str:
    before, after = plan.winner_before, plan.winner_after
    name = strong(plan.alias)
    if plan.before is None:
        return f"{name}: not live → {good(after or 'no model')}"
    if plan.changes_winner:
        return f"{name}: {before} → {doubtful(after or 'no model')}"
    return f"{name}: {before} {quiet('(as here)' if plan.beside else '(as live)')}"


def difference_to_text(plan: AliasPlan, word: str) -> str | None:
    """What a figure of the winner was and would be, or None where that is unknown or the same."""
    pair = plan.difference(word)
    if pair is None or pair[0] == pair[1]:
        return None
    before, after = pair
    rows = [table.winner for table in (plan.before and plan.before.table, plan.after) if table]
    units = plan.after.units if plan.after else {}
    was, becomes = (sentences.value(row, word, units) for row in rows if row)
    # A bound or a part left out on one side only can be larger than the whole difference.
    counted = word == COST and any(row and row.cost_gaps for row in rows)
    sign = "+" if after > before else ""
    part = f"{sign}{rounded((after - before) / before * 100)} %" if before else ""
    part += ", as far as it is counted" if part and counted else ""
    part = f" ({part})" if part else ""
    return f"{word} {was} → {becomes}{part}"
