"""Whose traffic moves on merge, from what to what, how much of it, at what cost, and why.

This is what a reviewer reads first, so it is short: the review has the rest of each alias.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zumik.core.basics.names import AliasName
from zumik.core.reviews.review import AliasReview, Review, TrafficMove
from zumik.core.traffic.impact import Impact, Move, Moved, Outcome
from zumik.reports.blocks import Report, doubtful, quiet, strong
from zumik.reports.impact_report import figures_to_text
from zumik.reports.markdown_text import code, md, md_table
from zumik.reports.review_sentences import (
    alias_lines,
    drained_to_text,
    leads,
    traffic_in_short,
)
from zumik.reports.text import and_more, safe, share_text

_MAX_ROWS = 40
_MAX_MARKDOWN_ROWS = 20

_LOGGED, _DECIDED = "of these", "decided by"
_FIGURES = (_LOGGED, "cost per request", "cost", "latency")
_SHOWN = ("share", *_FIGURES)

_NO_ANSWER = {
    Outcome.UNSERVED: "no model can take them",
    Outcome.ONLY_UNKNOWN: "no model: a fact is unknown",
    Outcome.NOT_THERE: "the alias is not there",
}


class MovedAlias(NamedTuple):
    """An alias that is answered otherwise on merge.

    `after` is None where the same model answers at another revision or upstream. `requests` are the
    logged ones that get another answer, None without logs. `lines` are what a reviewer asks, with
    the answers.
    """

    alias: AliasName
    before: str
    after: str | None
    requests: int | None
    lines: tuple[tuple[str, str], ...]


def moved_aliases(review: Review, impact: Impact | None) -> list[MovedAlias]:
    """Those with the most logged requests first; without logs by name."""
    found = {item.alias: item for item in _of_review(review, impact)}
    for alias, way in _ways(impact).items():
        # What asks for more than the first in the ranking can give may move where others stay.
        found.setdefault(alias, _of_logs(impact, alias, way))
    return sorted(found.values(), key=lambda item: (-(item.requests or 0), item.alias))


def leading_aliases(review: Review) -> set[AliasName]:
    """The aliases whose first lines stand above the findings."""
    moved = {move.alias for move in review.traffic_moves}
    return moved | {item.plan.alias for item in review.served_otherwise}


def _of_review(review: Review, impact: Impact | None) -> Iterator[MovedAlias]:
    items = {item.plan.alias: item for item in review.aliases if item.move}
    drained = {item.alias: drained_to_text(item) for item in review.drained}
    for move in review.traffic_moves:
        item = items.get(move.alias)
        requests = _requests(impact, move.alias)
        lines = list(_share(impact, move.alias, requests))
        if item is not None and _is_same(move, item):
            lines += _lines(item, review)
        if move.alias in drained:
            lines.append(("drained", drained[move.alias]))
        before, after = move.before or "not live", move.after or "no model"
        yield MovedAlias(move.alias, before, after, requests, tuple(lines))
    for item in review.served_otherwise:
        alias = item.plan.alias
        requests = _requests(impact, alias, stays=True)
        lines = [*_share(impact, alias, requests), *_lines(item, review)]
        before = item.plan.winner_before or "no model"
        yield MovedAlias(alias, before, None, requests, tuple(lines))


def _is_same(move: TrafficMove, item: AliasReview) -> bool:
    """Whether what the ranking says holds, because no drain decides who answers."""
    return (move.before, move.after) == (item.plan.winner_before, item.plan.winner_after)


def _lines(item: AliasReview, review: Review) -> Iterator[tuple[str, str]]:
    """The figures, then what changed, then what decides now, then the reason that a person gave."""
    found = [line for line in alias_lines(item, review) if leads(line[0])]
    yield from (line for line in found if line[0] in _FIGURES)
    yield from (line for line in found if line[0] not in (*_FIGURES, _DECIDED))
    yield from (line for line in found if line[0] == _DECIDED)
    if item.move and item.move.reason:
        yield "reason given", safe(item.move.reason)


def _of_logs(impact: Impact | None, alias: AliasName, way: Move) -> MovedAlias:
    """An alias of which only some requests move, and the way that most of these go."""
    after = way.after or _NO_ANSWER[way.outcome]
    most = ("way", "that of most of them; requests that ask for less stay")
    requests = _requests(impact, alias)
    lines = (*_share(impact, alias, requests), most)
    return MovedAlias(alias, way.before or "no model", after, requests, lines)


# What the logs say


def _share(
    impact: Impact | None, alias: AliasName, requests: int | None
) -> Iterator[tuple[str, str]]:
    if impact is None or requests is None:
        return
    share = share_text(requests, impact.requests)
    yield "share", f"{share} of the logged requests: {requests:,} of {impact.requests:,}"
    total = Moved()
    for move, moved in impact.moves.items():
        if move.alias == alias and move.outcome is not Outcome.SAME:
            total.add_sum(moved)
    texts = figures_to_text(total)
    if texts:
        yield _LOGGED, ", ".join(texts)


def _requests(impact: Impact | None, alias: AliasName, *, stays: bool = False) -> int | None:
    """The logged requests of an alias that move; with `stays` those too that keep their model."""
    if impact is None:
        return None
    return sum(
        moved.requests
        for move, moved in impact.moves.items()
        if move.alias == alias and (stays or move.outcome is not Outcome.SAME)
    )


def _ways(impact: Impact | None) -> dict[AliasName, Move]:
    """The way that most of the moving requests of each alias go."""
    found: dict[AliasName, tuple[int, str, Move]] = {}
    for move, moved in impact.moves.items() if impact else ():
        rank = (moved.requests, str(move.after), move)
        if move.outcome is not Outcome.SAME and rank[:2] > found.get(move.alias, (0, ""))[:2]:
            found[move.alias] = rank
    return {alias: way for alias, (_, _, way) in found.items()}


def _in_short(review: Review, impact: Impact | None, moved: list[MovedAlias]) -> str:
    """Whether traffic moves, and what share of it."""
    text = traffic_in_short(review)
    if impact is None:
        return text
    if not moved:
        return f"{text} No logged request moves."
    count = sum(item.requests or 0 for item in moved)
    share = f"{share_text(count, impact.requests)} of the logged requests"
    counts = f"{count:,} of {impact.requests:,}"
    if not review.traffic_moves and not review.served_otherwise:
        return f"On merge some traffic moves: {share}, {counts}, which ask for more than others."
    return f"{text} This concerns {share}: {counts}."


# Text


def moved_aliases_report(review: Review, share: Impact | str) -> Report:
    """The sentence, and each alias with what is asked of it first.

    `share` is what logs say of their requests, or how to know what part of them moves.
    """
    impact = None if isinstance(share, str) else share
    moved = moved_aliases(review, impact)
    head = [strong(_in_short(review, impact, moved))]
    if moved and isinstance(share, str):
        head.append(f"share of the requests: {share}")
    sections = [
        [_headed(item), *(f"  {label}: {text}" for label, text in item.lines)]
        for item in moved[:_MAX_ROWS]
    ]
    more = and_more(len(moved) - _MAX_ROWS, "alias", "aliases")
    return [head, *sections, *([more] if more else [])]


def _headed(item: MovedAlias) -> str:
    if item.after is None:
        return f"{strong(item.alias)}: {item.before} {quiet('(the same model)')}"
    return f"{strong(item.alias)}: {item.before} → {doubtful(item.after)}"


# Markdown


def moved_aliases_to_markdown(review: Review, share: Impact | str) -> list[str]:
    """The same as lines of Markdown, with a table that has a row an alias."""
    impact = None if isinstance(share, str) else share
    moved = moved_aliases(review, impact)
    lines = [f"**{md(_in_short(review, impact, moved))}**"]
    if moved:
        lines += ["", *_table(moved[:_MAX_MARKDOWN_ROWS], has_share=impact is not None)]
    for more in and_more(len(moved) - _MAX_MARKDOWN_ROWS, "alias", "aliases"):
        lines += ["", md(f"{more.strip()}.")]
    if moved and isinstance(share, str):
        lines += ["", md(f"Share of the requests: {share}.")]
    return lines


def _table(moved: list[MovedAlias], *, has_share: bool) -> list[str]:
    rows = [["alias", "now", "on merge", "share", "cost and latency", "why"]]
    for item in moved:
        lines = dict(item.lines)
        figures = [_figure(label, text) for label, text in item.lines if label in _FIGURES]
        why = [f"{label}: {text}" for label, text in item.lines if label not in _SHOWN]
        after = "the same model" if item.after is None else _name(item.after)
        share = md(lines.get("share", "").partition(" of ")[0])
        cells = ("<br>".join(map(md, texts)) for texts in (figures, why))
        rows.append([code(item.alias), _name(item.before), after, share, *cells])
    if has_share:
        return md_table(rows, right=frozenset({3}))
    return md_table([[*row[:3], *row[4:]] for row in rows])


def _figure(label: str, text: str) -> str:
    return f"of the logged requests that move: {text}" if label == _LOGGED else f"{label}: {text}"


def _name(text: str) -> str:
    """A model's id as code, and words as words."""
    return code(text) if "/" in text else md(text)
