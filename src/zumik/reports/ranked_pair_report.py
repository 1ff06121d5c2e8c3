"""How an alias ranks two models, as a sentence and JSON."""

from __future__ import annotations

from zumik.core.decisions.ranked_pair import RankedPair
from zumik.core.facts.policy import LISTED
from zumik.reports import sentences
from zumik.reports.text import exact, safe


def pair_to_text(pair: RankedPair) -> str:
    """`code.fast ranks a/x (rank 1) before a/y (rank 3): expected_latency 1.68 s against 2.1 s`."""
    better, worse = pair.better, pair.worse
    head = (
        f"{pair.table.alias.name} ranks {better.model.id} (rank {better.rank}) "
        f"before {worse.model.id} (rank {worse.rank})"
    )
    return f"{head}: {_why(pair)}"


def _why(pair: RankedPair) -> str:
    preference, units = pair.preference, pair.table.units
    word = preference.word
    if word == LISTED:
        return "it comes earlier in the list"
    mine, other = (sentences.value(row, word, units) for row in (pair.better, pair.worse))
    figures = f"{safe(word)} {mine} against {other}"
    if pair.in_band and preference.is_band:
        return f"{figures}, which is not within {sentences.band_of(preference)} of the best"
    if pair.kept:
        return f"the incumbent is kept, with {figures}"
    if pair.better.figures[word] == pair.worse.figures[word]:
        return f"both have {safe(word)} {mine}, and the tie-break decides"
    return figures


def pair_to_json(pair: RankedPair) -> dict[str, object]:
    """The same with exact figures; they are null where the order is that of a list."""
    word = pair.preference.word

    def row(which: str) -> dict[str, object]:
        found = pair.better if which == "better" else pair.worse
        figure = None if word == LISTED else exact(found.figures[word])
        return {"model": found.model.id, "rank": found.rank, "figure": figure}

    return {
        "alias": pair.table.alias.name,
        "measure": word,
        "unit": pair.table.units.get(word),
        "better": row("better"),
        "worse": row("worse"),
        "incumbent_kept": pair.kept,
    }
