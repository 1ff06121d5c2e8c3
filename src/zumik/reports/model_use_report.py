"""Where a model is used, in words and as JSON: what it serves now, and served before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import moment_text
from zumik.core.live.live_spans import LiveSpan, ServedSpan
from zumik.core.releases.rank_index import DEEPEST, RankSpan
from zumik.core.reviews.model_use import ModelUse
from zumik.reports.fact_changes import listed
from zumik.reports.text import count_in_words, day_in_words, in_words

_MAX_NAMED = 5


def use_sentence(
    model: ModelId, uses: Sequence[ModelUse], retires_on: date | None, today: date
) -> str:
    """What a model serves today and served before, and when it retires.

    `acme/small serves two aliases today (code.fast, auto.fast) and one before (batch.standard);
    retires on 1 April 2027`.
    """
    now = [use.alias for use in uses if use.answers]
    before = [use.alias for use in uses if use.served_before]
    drained = [use.alias for use in uses if use.drained]
    ranked = [use.alias for use in uses if use.live and not (use.answers or use.drained)]
    parts = [f"{model} {_serves(now, before)}"]
    if drained:
        parts.append(f"is first in {_aliases(drained)}, but drained now")
    if ranked and not now:
        parts.append(f"is ranked in {_aliases(ranked)}")
    if retires_on is not None:
        over = retires_on <= today
        parts.append(f"{'retired' if over else 'retires'} on {day_in_words(retires_on)}")
    return "; ".join(parts)


def _serves(now: Sequence[AliasName], before: Sequence[AliasName]) -> str:
    if not now:
        past = f", and served {_aliases(before)} before" if before else ""
        return f"serves no alias today{past}"
    past = f" and {count_in_words(len(before))} before ({_listed(before)})" if before else ""
    return f"serves {_aliases(now)} today{past}"


def _aliases(aliases: Sequence[AliasName]) -> str:
    return f"{in_words(len(aliases), 'alias', 'aliases')} ({_listed(aliases)})"


def _listed(aliases: Sequence[AliasName]) -> str:
    return listed(aliases, _MAX_NAMED)


def place_to_text(use: ModelUse) -> str:
    """Where what is live ranks the model: `answers, rank 1 of 4`, `drained, …`, `not ranked`."""
    place = use.live
    if place is None:
        return "not ranked"
    rank = f"rank {place.rank:,} of {place.ranked:,}"
    if use.drained:
        return f"drained, {rank}"
    return f"answers, {rank}" if place.answers else rank


def rank_to_text(span: RankSpan) -> str:
    """A rank in releases that follow each other."""
    return f"below {DEEPEST}" if span.rank is None else str(span.rank)


def span_to_text(span: ServedSpan | LiveSpan) -> str:
    """From when to when, in days: `2026-06-09 to 2026-11-22`, `since 2026-11-22`."""
    if span.since is None:
        return "now" if span.until is None else f"until {span.until.date()}"
    if span.until is None:
        return f"since {span.since.date()}"
    if span.since.date() == span.until.date():
        return f"on {span.since.date()}"
    return f"{span.since.date()} to {span.until.date()}"


def uses_to_json(uses: Sequence[ModelUse]) -> list[dict[str, object]]:
    """Every alias that ranks the model or did; `rank` is null below the tenth."""
    return [
        {
            "alias": use.alias,
            "answers": use.answers,
            "drained": use.drained,
            "live": use.live
            and {"release": use.live.release, "rank": use.live.rank, "of": use.live.ranked},
            "served": None if use.served is None else [span_to_json(span) for span in use.served],
            "ranks": [
                {
                    "rank": span.rank,
                    "first": span.first,
                    "last": span.last,
                    "releases": span.releases,
                }
                for span in use.ranks
            ],
        }
        for use in uses
    ]


def span_to_json(span: ServedSpan | LiveSpan) -> dict[str, object]:
    """From when to when; null where that is not known, or while it lasts."""
    return {
        "since": span.since and moment_text(span.since),
        "until": span.until and moment_text(span.until),
    }
