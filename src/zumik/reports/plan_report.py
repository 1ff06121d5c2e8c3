"""Plans as text and JSON: per alias what answers now, what would, why, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.facts.policy import COST, LATENCY, deprecation_to_json
from zumik.core.reviews.plan import AliasPlan
from zumik.reports import sentences
from zumik.reports.ranking_table import (
    excluded_to_text,
    flips_to_text,
    not_compared_to_text,
    ranking_to_text,
    table_to_json,
)
from zumik.reports.text import PLAIN, Style, exact, figure, plural, rounded


def plans_to_text(plans: Sequence[AliasPlan], style: Style = PLAIN, *, whole: bool = False) -> str:
    """Every alias; with `whole` the ranking and the excluded too."""
    blocks = [_block(plan, style, whole) for plan in plans]
    moved = sum(plan.moves for plan in plans)
    total = plural(len(plans), "alias", "aliases")
    return "\n\n".join([*blocks, f"{total}, {moved or 'none'} with another winner"])


def plans_to_json(plans: Sequence[AliasPlan]) -> list[dict[str, object]]:
    """Every alias with exact values."""
    return [
        {
            "alias": plan.alias,
            "live_release": plan.before.release if plan.before else None,
            "winner_before": plan.winner_before,
            "winner_after": plan.winner_after,
            "moves": plan.moves,
            "expected_cost": _pair_to_json(plan, COST),
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


def _deprecated(plan: AliasPlan, style: Style) -> list[str]:
    """What the policy says of its end, and whether that is news."""
    was = plan.before.table.alias.deprecated if plan.before else None
    now = plan.after.alias.deprecated if plan.after else None
    if now is None:
        return [f"  no longer deprecated (was: {sentences.deprecation(was)})"] if was else []
    news = "" if was == now else f" (was: {sentences.deprecation(was)})" if was else " (new)"
    return [f"  {style.doubtful('deprecated')}: {sentences.deprecation(now)}{news}"]


def _block(plan: AliasPlan, style: Style, whole: bool) -> str:
    lines = [_head(plan, style)]
    lines += _deprecated(plan, style) if plan.after else []
    table = plan.after
    if table is None:
        return "\n".join([*lines, "  no longer in the policy; it stays live until it is retired"])
    if table.winner is None:
        lines.append(style.bad(f"  none of {len(table.excluded)} candidates is eligible"))
        return "\n".join([*lines, excluded_to_text(table, style, everyone=whole)])
    lines.append(f"  {sentences.why(table)}")
    lines.append(f"  {sentences.margin(table)}")
    lines += [f"  {line}" for line in flips_to_text(table)[:1]]
    lines += [f"  {text}" for word in (COST, LATENCY) if (text := difference_to_text(plan, word))]
    if plan.newly_excluded:
        lines.append(f"  no longer ranked: {', '.join(plan.newly_excluded)}")
    missing = not_compared_to_text(table)
    if missing:
        lines.append(f"  {missing}")
    if whole:
        lines += ["", ranking_to_text(table, style), "", excluded_to_text(table, style)]
    return "\n".join(lines)


def _head(plan: AliasPlan, style: Style) -> str:
    before, after = plan.winner_before, plan.winner_after
    name = style.bold(plan.alias)
    if plan.before is None:
        return f"{name}: not live → {style.good(after or 'nobody')}"
    if plan.moves:
        return f"{name}: {before} → {style.doubtful(after or 'nobody')}"
    return f"{name}: {before} {style.dim('(as live)')}"


def difference_to_text(plan: AliasPlan, word: str) -> str | None:
    """What a figure of the winner was and would be, or None where that is unknown or the same."""
    pair = plan.difference(word)
    if pair is None or pair[0] == pair[1]:
        return None
    before, after = pair
    assert plan.after is not None
    unit = plan.after.units.get(word, "")
    part = f" ({'+' if after > before else ''}{rounded((after - before) / before * 100)} %)"
    return f"{word} {figure(before, unit)} → {figure(after, unit)}{part if before else ''}"
