"""The table behind an alias: who was ranked how, who was excluded by what, who was not compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.policy import COST, LATENCY, LISTED
from zumik.core.resolvers.derivation import Flip
from zumik.reports import sentences
from zumik.reports.text import PLAIN, Style, exact, plural, safe, table

MAX_EXCLUDED = 12
"""Excluded candidates shown in full; the rest are counted, and listed on request."""


def ranking_to_text(found: AliasTable, style: Style = PLAIN) -> str:
    """The ranked candidates with the figures that decide, and what each would cost and take."""
    words = list(dict.fromkeys([*found.alias.words, COST, LATENCY]))
    if LISTED not in words and not any(LATENCY in s.figures for s in found.ranked):
        words.remove(LATENCY)
    rows = [["rank", "model", *(safe(word) for word in words), "revision"]]
    rows += [
        [
            str(standing.rank),
            str(standing.model.id),
            *(sentences.value(standing, word, found.units) for word in words),
            safe(standing.model.revision or "unknown"),
        ]
        for standing in found.ranked
    ]
    rows[0] = [style.dim(cell) for cell in rows[0]]
    if len(rows) > 1:
        rows[1] = [style.bold(cell) for cell in rows[1]]
    return table(rows, right=frozenset({0, *range(2, 2 + len(words))}))


def excluded_to_text(found: AliasTable, style: Style = PLAIN, *, everyone: bool = False) -> str:
    """Who was left out and by which requirements, those that came nearest first."""
    nearest = sorted(found.excluded, key=_distance)
    shown = nearest if everyone else nearest[:MAX_EXCLUDED]
    rows = [
        [str(standing.model.id), "; ".join(map(sentences.failure, standing.failures))]
        for standing in shown
    ]
    text = table(rows, right=frozenset())
    hidden = len(nearest) - len(shown)
    if hidden:
        text += "\n" + style.dim(f"  and {hidden} more: --all shows every one")
    return text


def _distance(standing: CandidateRow) -> tuple[int, int, str]:
    """Fewest failures first, and among those a failed requirement before a missing fact."""
    unknown = sum(failure.unknown for failure in standing.failures)
    return len(standing.failures), unknown, standing.model.id


def not_compared_to_text(found: AliasTable) -> str | None:
    """How many newer candidates unknown facts left out, and which facts those were."""
    standings = found.not_compared
    if not standings:
        return None
    fields = sorted({failure.field for s in standings for failure in s.failures})
    return (
        f"not compared: {plural(len(standings), 'newer or undated candidate')}, "
        f"for want of {', '.join(map(safe, fields))}"
    )


def table_to_json(found: AliasTable) -> dict[str, object]:
    """The table with exact values."""
    return {
        "alias": found.alias.name,
        "reason": found.reason,
        "units": dict(sorted(found.units.items())),
        "workload": _workload_to_json(found),
        "ranking": [_standing_to_json(standing) for standing in found.ranked],
        "excluded": [_standing_to_json(standing) for standing in found.excluded],
        "not_compared": [standing.model.id for standing in found.not_compared],
        "would_change_the_winner": [flip_to_json(item) for item in found.flips],
        "would_win_if_eligible": [candidate.model for candidate in found.would_win],
    }


def flip_to_json(item: Flip) -> dict[str, object]:
    """A flip with exact values; `inclusive` says that the figure itself already loses."""
    return {
        "measure": item.word,
        "now": exact(item.now),
        "at": exact(item.at),
        "inclusive": item.inclusive,
        "by": exact(item.by),
        "to": item.to,
        "requirement": item.bound,
    }


def _standing_to_json(standing: CandidateRow) -> dict[str, object]:
    return {
        "model": standing.model.id,
        "rank": standing.rank,
        "revision": standing.model.revision,
        "figures": _figures_to_json(standing.figures),
        "failures": [
            {"code": f.code, "field": f.field, "wanted": f.wanted, "found": f.found}
            for f in standing.failures
        ],
    }


def _figures_to_json(figures: Mapping[str, Fraction]) -> dict[str, str]:
    return {word: exact(value) for word, value in sorted(figures.items()) if word != LISTED}


def _workload_to_json(found: AliasTable) -> dict[str, object] | None:
    load = found.alias.workload
    if load is None:
        return None
    return {
        "input_tokens": load.input_tokens,
        "output_tokens": load.output_tokens,
        "cached_input": exact(load.cached_input),
        "tier": load.tier,
    }


def flips_to_text(found: AliasTable) -> Sequence[str]:
    """What would make another model win, the deciding figure first."""
    lines = [sentences.flip(item, found) for item in found.flips]
    for candidate in found.would_win:
        failures = "; ".join(map(sentences.failure, candidate.failures))
        lines.append(f"{candidate.model} would win if it were eligible: {failures}")
    return lines
