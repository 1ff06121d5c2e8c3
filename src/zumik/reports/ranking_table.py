"""The table behind an alias: who was ranked how, who was excluded by what, who was not compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.policy import COST, LATENCY, LISTED, workload_to_json
from zumik.core.resolvers.derivation import Flip
from zumik.reports import sentences
from zumik.reports.blocks import Column, Report, Section, Table, quiet, strong
from zumik.reports.text import exact, plural, safe

MAX_EXCLUDED = 12
"""Excluded candidates shown in full; the rest are counted, and listed on request."""


def ranking_table(found: AliasTable) -> Table:
    """The ranked candidates with the figures that decide, and what each would cost and take."""
    words = list(dict.fromkeys([*found.alias.words, COST, LATENCY]))
    if LISTED not in words and not any(LATENCY in row.figures for row in found.ranked):
        words.remove(LATENCY)
    columns = [
        Column("rank", number=True),
        Column("model", identifier=True),
        *(Column(_head(word), number=True) for word in words),
        Column("revision", identifier=True),
    ]
    rows = [
        [
            str(row.rank),
            str(row.model.id),
            *(sentences.value(row, word, found.units) for word in words),
            safe(row.model.revision or "unknown"),
        ]
        for row in found.ranked
    ]
    if rows:
        rows[0] = [strong(cell) for cell in rows[0]]
    return Table(columns, rows, indent=2)


def _head(word: str) -> str:
    return f"{word}\nper request" if word == COST else safe(word)


def excluded_section(
    found: AliasTable, *, everyone: bool = False, shown_by: str | None = "--all"
) -> Section:
    """What was left out and by which requirements, those that came nearest first.

    `shown_by` is the option or command that shows everyone, where there is one.
    """
    shown = nearest_excluded(found, everyone=everyone)
    rows = [[str(row.model.id), sentences.failures(row.failures)] for row in shown]
    table = Table((Column("", identifier=True), Column("")), rows, indent=2)
    hidden = len(found.excluded) - len(shown)
    said = f": {shown_by} shows every one" if shown_by else ""
    more = [quiet(f"  and {hidden:,} more{said}")] if hidden else []
    note = [quiet(f"  {line}") for line in sentences.ways_in(shown)]
    return [*([table] if rows else []), *more, *note]


def nearest_excluded(found: AliasTable, *, everyone: bool = False) -> tuple[CandidateRow, ...]:
    """Those that were left out, the nearest first; only some of many, without `everyone`."""
    nearest = tuple(sorted(found.excluded, key=_distance))
    return nearest if everyone else nearest[:MAX_EXCLUDED]


def flips_section(found: AliasTable) -> Section:
    """What would make another model win; empty where nothing would."""
    lines = [f"  {line}" for line in flips_to_text(found)]
    return [strong("What would change the winner"), *lines] if lines else []


def table_sections(found: AliasTable) -> Report:
    """The whole table: the ranking, what would change the winner, and what was left out."""
    sections: list[Section] = [[ranking_table(found)], flips_section(found)]
    if found.excluded:
        head = strong(f"{len(found.excluded):,} excluded, nearest first")
        sections.append([head, *excluded_section(found)])
    missing = not_compared_to_text(found, with_edit=False)
    return [section for section in (*sections, [missing] if missing else []) if section]


def _distance(row: CandidateRow) -> tuple[int, int, str]:
    """Fewest failures first, and among those a failed requirement before a missing fact."""
    unknown = sum(failure.unknown for failure in row.failures)
    return len(row.failures), unknown, row.model.id


def not_compared_to_text(found: AliasTable, *, with_edit: bool = True) -> str | None:
    """How many newer candidates unknown facts left out, and which facts those were.

    Where only their revisions are unknown, or only parts of their costs, the edit that lets them
    in follows, `with_edit`.
    """
    rows = found.not_compared
    if not rows:
        return None
    fields = sorted({failure.field for row in rows for failure in row.failures})
    let_in = ""
    codes = {item.code for row in rows for item in row.failures}
    if with_edit and len(codes) == 1:
        flag = _LETS_IN.get(*codes)
        let_in = f"; {flag}: true in require lets them in" if flag else ""
    return (
        f"not compared: {plural(len(rows), 'newer or undated candidate')}, "
        f"because these facts are unknown: {', '.join(map(safe, fields))}{let_in}"
    )


_LETS_IN = {
    sentences.UNKNOWN_REVISION: "floating_allowed",
    sentences.INCOMPLETE_COST: "incomplete_cost_allowed",
}


def table_to_json(found: AliasTable) -> dict[str, object]:
    """The table with exact values."""
    return {
        "alias": found.alias.name,
        "reason": found.reason,
        "incumbent_kept": _kept_to_json(found),
        "units": dict(sorted(found.units.items())),
        "workload": _workload_to_json(found),
        "ranking": [row_to_json(row) for row in found.ranked],
        "excluded": [row_to_json(row) for row in found.excluded],
        "not_compared": [row.model.id for row in found.not_compared],
        "would_change_the_winner": [flip_to_json(item) for item in found.flips],
        "would_win_if_eligible": [candidate.model for candidate in found.would_win],
    }


def _kept_to_json(found: AliasTable) -> dict[str, object] | None:
    """The figure with which an incumbent kept rank 1, and the best one; null where none did."""
    if found.kept is None or found.winner is None:
        return None
    word, best = found.deciding.word, found.row(found.kept.best)
    return {
        "model": found.winner.model.id,
        "release": found.kept.since,
        "measure": word,
        "figure": exact(found.winner.figures[word]),
        "margin": exact(found.kept.margin),
        "best": best.model.id,
        "best_figure": exact(best.figures[word]),
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


def row_to_json(row: CandidateRow) -> dict[str, object]:
    """A candidate with exact figures and every failure."""
    return {
        "model": row.model.id,
        "rank": row.rank,
        "revision": row.model.revision,
        "figures": _figures_to_json(row.figures),
        "cost_gaps": [gap.value for gap in row.cost_gaps],
        **({"half_intervals_95": _figures_to_json(row.errors)} if row.errors else {}),
        **({"also_charged": list(row.also_charged)} if row.also_charged else {}),
        "failures": [
            {"code": f.code, "field": f.field, "wanted": f.wanted, "found": f.found}
            for f in row.failures
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
        **workload_to_json(load),
    }


def flips_to_text(found: AliasTable) -> Sequence[str]:
    """What would make another model win, the deciding figure first."""
    lines = [sentences.flip(item, found) for item in found.flips]
    for candidate in found.would_win:
        failures = sentences.failures(candidate.failures)
        lines.append(f"{candidate.model} would win if it were eligible: {failures}")
    return lines
