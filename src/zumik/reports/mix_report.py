"""The routing mix as text, JSON and rows: shares with bars, tokens, and both costs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.traffic.mix import (
    BY_NAME,
    NO_DECISION,
    UNKNOWN,
    Mix,
    MixCounts,
    MixKey,
)
from zumik.reports.blocks import Column, Fields, Report, Section, Table, strong
from zumik.reports.logs_read_report import (
    counts_to_json,
    days_to_json,
    logs_read_rows,
    unreadable_section,
)
from zumik.reports.sentences import cost_mark, usage_cost_note
from zumik.reports.text import exact, figure, plural, share_text, short_count

# How many rows are shown; the JSON and the files have them all.
_MAX_ROWS = 20

_BAR = 10
_EIGHTHS = " ▏▎▍▌▋▊▉█"

_NONE = MixCounts()

_WITHOUT_ALIAS = {
    BY_NAME: "(a model by name)",
    UNKNOWN: "(not known here)",
    NO_DECISION: "(no decision)",
}


def mix_report(mix: Mix, dimensions: Sequence[str]) -> Report:
    """The answer in a sentence, the shares by the dimensions, then tokens and cost."""
    total = mix.total()
    rows = mix.by(dimensions)
    days = tuple(dimensions) == ("day",)
    shown = rows[-_MAX_ROWS:] if days else rows[:_MAX_ROWS]
    left = len(rows) - len(shown)
    what = plural(left, "earlier day" if days else "more row")
    more = [f"  and {what}: --format json has them all"] if left else []
    facts = [*logs_read_rows(mix.logs), *mix_facts(mix)]
    sections: list[Section] = [[strong(mix_to_text(mix)), *([Fields(facts)] if facts else [])]]
    if shown:
        sections.append([share_table(shown, dimensions, total.requests), *more])
    if total.counted or total.logged:
        sections.append([cost_table(shown, dimensions)])
    sections.append(unreadable_section(mix.logs))
    return [section for section in sections if section]


def mix_to_text(mix: Mix) -> str:
    """Which model answered most, and what all cost."""
    total = mix.total()
    if not total.requests:
        return "no requests"
    first = next(iter(mix.by(["model"])), None)
    known = [row for row in mix.by(["model"]) if row[0].model]
    text = plural(total.requests, "request")
    if first is not None and known:
        key, counts = known[0]
        text = f"{share_text(counts.requests, total.requests)} of {text} went to {key.model}"
    costs = []
    if total.priced:
        frozen = f"{_usd(total.frozen_usd, total)} by frozen prices"
        costs.append(frozen + _only(total.priced, total))
    if total.logged:
        logged = f"{figure(total.logged_usd, 'usd')} logged"
        costs.append(logged + _only(total.logged, total))
    return "; ".join([text, ", ".join(costs)]) if costs else text


def _only(known: int, total: MixCounts) -> str:
    """Of how many requests a cost is known, where that is not all that were answered."""
    answered = total.requests - total.failed
    return f" for {known:,} of them" if known < answered else ""


def mix_facts(mix: Mix) -> list[tuple[str, str]]:
    """The counts of all requests that no table has."""
    rows, total = list[tuple[str, str]](), mix.total()
    if not total.requests:
        return rows
    rows.append(("requests", f"{total.requests:,} in {plural(total.attempts, 'attempt')}"))
    lost = f"; {figure(total.failed_usd, 'usd')} logged for failed attempts, in no other sum"
    rows.append(("failed", _failed_text(total) + (lost if total.failed_usd else "")))
    fell = f"{total.fell_back:,}, {share_text(total.fell_back, total.requests)}"
    rows.append(("fallback", f"{fell}: a model of a lower rank answered"))
    rows.append(("drift", drift_text(total)))
    if not total.counted:
        rows.append(("tokens", "unknown: no log counts them, so no cost by frozen prices is known"))
    if total.both:
        difference = total.difference_usd or Fraction(0)
        more = "more" if difference >= 0 else "less"
        text = f"{figure(abs(difference), 'usd')} {more} logged than by frozen prices"
        rows.append(("cost", f"{text}, over the {plural(total.both, 'request')} with both"))
    if note := usage_cost_note(total.gaps):
        rows.append(("prices", note))
    return rows


def _failed_text(total: MixCounts) -> str:
    if not total.ended:
        return "unknown: no log says it"
    text = f"{total.failed:,}, {share_text(total.failed, total.ended)}"
    known = total.ended < total.requests
    return text + (f" of the {total.ended:,} whose log says it" if known else "")


def drift_text(total: MixCounts) -> str:
    """How many requests the provider served otherwise than was resolved."""
    if not total.served_known:
        return "unknown: no log says what the provider served"
    text = f"{total.served_other:,}, {share_text(total.served_other, total.served_known)}"
    known = total.served_known < total.requests
    text += f" of the {total.served_known:,} whose log says it" if known else ""
    return f"{text}: the provider served another model or revision than was resolved"


def drift_table(mix: Mix) -> Table:
    """The models that were served otherwise than resolved, and how often; else no row."""
    columns = (
        Column("resolved", identifier=True),
        Column("served\notherwise", number=True),
        Column("of requests whose\nlog says it", number=True),
        Column("share", number=True),
    )
    rows = [
        (
            *named(key, ("model",)),
            f"{counts.served_other:,}",
            f"{counts.served_known:,}",
            share_text(counts.served_other, counts.served_known),
        )
        for key, counts in mix.by(["model"])
        if counts.served_other
    ]
    return Table(columns, rows, 2)


_HEADS = {"alias": "alias", "model": "model", "release": "release", "day": "day"}


def _names(dimensions: Sequence[str]) -> list[Column]:
    return [
        Column(_HEADS[name], identifier=name == "model", whole=name != "model")
        for name in dimensions
    ]


def share_table(
    rows: Sequence[tuple[MixKey, MixCounts]],
    by: Sequence[str],
    requests: int,
    *,
    bars: bool = True,
) -> Table:
    """The requests of each row and their share of all, with a bar beside it."""
    columns = (
        *_names(by),
        *((Column("", whole=True),) if bars else ()),
        Column("share", number=True),
        Column("requests", number=True),
        Column("failed", number=True),
        Column("fallback", number=True),
    )
    most = max(counts.requests for _, counts in rows)
    # A terminal drops a column of empty cells, which leaves more room for the others.
    none = "-" if bars else "0"
    cells = [
        (
            *named(key, by),
            *((_bar(counts.requests, most),) if bars else ()),
            share_text(counts.requests, requests),
            f"{counts.requests:,}",
            f"{counts.failed:,}" if counts.failed else none,
            f"{counts.fell_back:,}" if counts.fell_back else none,
        )
        for key, counts in rows
    ]
    return Table(columns, cells, 2)


def cost_table(rows: Sequence[tuple[MixKey, MixCounts]], by: Sequence[str]) -> Table:
    """The tokens of each row, and what they cost as logged and by the frozen prices."""
    columns = (
        *_names(by),
        Column("tokens\nin", number=True),
        Column("out", number=True),
        Column("cached", number=True),
        Column("cost\nlogged", number=True),
        Column("by frozen\nprices", number=True),
        Column("difference", number=True),
    )
    return Table(columns, [(*named(key, by), *_cost_cells(counts)) for key, counts in rows], 2)


def _cost_cells(counts: MixCounts) -> tuple[str, ...]:
    difference = counts.difference_usd
    known = counts.counted
    return (
        short_count(counts.input_tokens) if known else "unknown",
        short_count(counts.output_tokens) if known else "unknown",
        share_text(counts.cached_tokens, counts.cached_of) if counts.cached_of else "unknown",
        figure(counts.logged_usd, "usd") if counts.logged else "unknown",
        _usd(counts.frozen_usd, counts) if counts.priced else "unknown",
        "unknown" if difference is None else figure(difference, "usd"),
    )


def named(key: MixKey, dimensions: Sequence[str]) -> list[str]:
    """What rows have in common, in words."""
    words = {
        "alias": key.alias or _WITHOUT_ALIAS.get(key.decided_by, "-"),
        "model": key.model or "(not known here)",
        "release": key.release or _WITHOUT_ALIAS.get(key.decided_by, "(no release)"),
        "day": key.day or "(no time)",
    }
    return [words[name] for name in dimensions]


def _bar(value: int, most: int) -> str:
    """A bar of blocks, as long as the value is a part of the most."""
    whole, rest = divmod(round(value * _BAR * 8 / most), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "") or "▏"


def _usd(value: Fraction, counts: MixCounts) -> str:
    return (f"{cost_mark(counts.gaps)} " if counts.gaps else "") + figure(value, "usd")


def mix_to_json(mix: Mix, dimensions: Sequence[str]) -> dict[str, object]:
    """The totals and each row, with exact costs in USD."""
    total = mix.total()
    return {
        **days_to_json(mix.logs),
        **counts_to_json(mix.logs),
        "by": list(dimensions),
        "total": _counts_to_json(total),
        "rows": mix_rows(mix, dimensions),
    }


def mix_columns(dimensions: Sequence[str]) -> list[str]:
    """The names in each row, in order."""
    return [
        *dimensions,
        *(["decided_by"] if _is_apart(dimensions) else []),
        *_counts_to_json(_NONE),
    ]


def _is_apart(dimensions: Sequence[str]) -> bool:
    return "alias" in dimensions or "release" in dimensions


def mix_rows(mix: Mix, dimensions: Sequence[str]) -> list[dict[str, object]]:
    """Each row as its names and counts. Costs are decimal texts; None where none is known."""
    return [
        {
            **{name: getattr(key, name) for name in dimensions},
            **({"decided_by": key.decided_by} if _is_apart(dimensions) else {}),
            **_counts_to_json(counts),
        }
        for key, counts in mix.by(dimensions)
    ]


def _counts_to_json(counts: MixCounts) -> dict[str, object]:
    difference = counts.difference_usd
    return {
        "requests": counts.requests,
        "attempts": counts.attempts,
        "requests_with_outcome": counts.ended,
        "failed": counts.failed,
        "fell_back": counts.fell_back,
        "requests_with_served_model": counts.served_known,
        "served_other": counts.served_other if counts.served_known else None,
        "requests_with_tokens": counts.counted,
        "input_tokens": counts.input_tokens,
        "output_tokens": counts.output_tokens,
        "requests_with_cached_tokens": counts.cached_known,
        "cached_tokens": counts.cached_tokens if counts.cached_known else None,
        "requests_with_logged_cost": counts.logged,
        "usd_logged": exact(counts.logged_usd) if counts.logged else None,
        "usd_logged_failed": exact(counts.failed_usd),
        "requests_with_frozen_price": counts.priced,
        "usd_frozen": exact(counts.frozen_usd) if counts.priced else None,
        "usd_frozen_is_at_least": bool(counts.gaps - {CostGap.CACHED_AT_INPUT_PRICE}),
        "usd_frozen_is_at_most": CostGap.CACHED_AT_INPUT_PRICE in counts.gaps,
        "requests_with_both_costs": counts.both,
        "usd_difference": None if difference is None else exact(difference),
    }
