"""The charts of an alias: what decided as bars, and a tradeoff of two measures as a plane."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.policy import COST, LISTED, Bound, Goal
from zumik.core.releases.release import Content
from zumik.core.resolvers.derivation import Step
from zumik.pages.candidate_tables import MAX_RANKED
from zumik.pages.charts.limits import Limit
from zumik.pages.charts.plane import Axis, Point, plane
from zumik.pages.charts.ranked_bars import Bar, ranked_bars
from zumik.pages.charts.svg import Svg
from zumik.pages.page_table import known
from zumik.reports import sentences
from zumik.reports.model_facts import error_range
from zumik.reports.text import figure, safe


class Figure(NamedTuple):
    """A chart with the words above it."""

    title: str
    chart: Svg


class _Drawn(NamedTuple):
    """One measure of a table: its word, and what is known of it."""

    table: AliasTable
    content: Content
    word: str

    @property
    def unit(self) -> str:
        return self.table.units.get(self.word, "")

    @property
    def lower_is_better(self) -> bool:
        """By the preference that names it; where none does, by its requirement."""
        for item in self.table.alias.prefer:
            if item.word == self.word:
                return item.goal is Goal.MINIMIZE
        bound = self.table.alias.require.measures.get(self.word, Bound())
        return bound.at_least is None

    @property
    def name(self) -> str:
        return f"{self.word} per request" if self.word == COST else safe(self.word)

    def words(self, row: CandidateRow) -> str:
        return known(sentences.value(row, self.word, self.table.units))

    def error(self, row: CandidateRow) -> tuple[Fraction | None, Fraction | None]:
        """The ends of a figure's error, where its source gives them."""
        measure = self.content.measures.get(self.word)
        item = row.model.metrics.get(measure.metric or "") if measure else None
        return error_range(item) if item else (None, None)

    def limits(self) -> Iterator[Limit]:
        """The bands of the preferences and the bounds of the requirements."""
        for step in self.table.steps:
            if step.preference.word == self.word and step.preference.is_band:
                yield self._band(step)
        bound = self.table.alias.require.measures.get(self.word)
        if bound is not None:
            for value, how in ((bound.at_least, "at least"), (bound.at_most, "at most")):
                if value is not None:
                    said = f"required: {how} {figure(value, self.unit)}"
                    yield Limit(said, value, lower_is_better=how == "at most")

    def _band(self, step: Step) -> Limit:
        within = sentences.band_of(step.preference)
        worst = figure(step.worst, self.unit, up=not self.lower_is_better)
        said = f"within {within} of the best: {'up to' if self.lower_is_better else 'from'} {worst}"
        return Limit(said, step.worst, band=True, lower_is_better=self.lower_is_better)


def figures_of(table: AliasTable, content: Content) -> list[Figure]:
    """The charts of an alias: none where no ranked model has the figure that would be drawn."""
    measured = [item.word for item in table.alias.prefer if item.word != LISTED]
    required = [word for word in table.alias.require.measures if word not in measured]
    drawn = [_Drawn(table, content, word) for word in dict.fromkeys([*measured, *required])]
    found = []
    if len(drawn) > 1:
        # The last preference decides; what comes before it is what that was traded against.
        across = drawn[len(measured) - 1] if measured else drawn[0]
        upwards = next(item for item in drawn if item.word != across.word)
        found.append(_plane(across, upwards))
    found.append(_bars(drawn[len(measured) - 1] if measured else _Drawn(table, content, COST)))
    return [item for item in found if item is not None]


def _bars(drawn: _Drawn) -> Figure | None:
    rows = drawn.table.ranked[:MAX_RANKED]
    if not any(drawn.word in row.figures for row in rows):
        return None
    bars = [_bar(drawn, row) for row in rows]
    best = "lowest" if drawn.lower_is_better else "highest"
    is_deciding = drawn.word in {item.word for item in drawn.table.alias.prefer}
    title = f"{drawn.name}, in the order of the ranking"
    title += f": the {best} is best" if is_deciding else ", which the list decides"
    chart = ranked_bars(
        "bars",
        title,
        bars,
        limits=tuple(drawn.limits()),
        lower_is_better=drawn.lower_is_better if is_deciding else None,
        summary=f"{sentences.margin(drawn.table)}.",
    )
    return Figure(title, chart)


def _bar(drawn: _Drawn, row: CandidateRow) -> Bar:
    words = drawn.words(row)
    low, high = drawn.error(row)
    return Bar(
        row.model.id,
        row.figures.get(drawn.word),
        words,
        low,
        high,
        at_least=words.startswith("≥"),
        at_most=words.startswith("≤"),
    )


def _plane(across: _Drawn, upwards: _Drawn) -> Figure | None:
    table = across.table
    points = [_point(across, upwards, row) for row in table.ranked[:MAX_RANKED]]
    if not any(point.cost is not None and point.quality is not None for point in points):
        return None
    title = f"{across.name} against {upwards.name}"
    chart = plane(
        "plane",
        title,
        points,
        Axis(across.name, across.unit, across.lower_is_better),
        Axis(upwards.name, upwards.unit, upwards.lower_is_better),
        cost_limits=tuple(across.limits()),
        quality_limits=tuple(upwards.limits()),
        summary=f"{sentences.margin(table)}.",
    )
    return Figure(title, chart)


def _point(across: _Drawn, upwards: _Drawn, row: CandidateRow) -> Point:
    low, high = upwards.error(row)
    cost = across.words(row)
    return Point(
        row.model.id,
        row.figures.get(across.word),
        row.figures.get(upwards.word),
        f"{cost} · {upwards.words(row)}",
        low,
        high,
        at_least=cost.startswith("≥"),
    )
