"""All that is known of two models, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from zumik.core.facts.catalog import LIMITS, RATES, Model
from zumik.core.reviews.model_index import KnownModel
from zumik.pages.page_table import Cell, PageTable, Row, left_out
from zumik.reports.blocks import Column
from zumik.reports.model_facts import (
    UNKNOWN,
    FactGroup,
    fact_groups,
    measured_facts,
    rate_name,
    rate_to_text,
    rates_of,
)
from zumik.reports.text import rounded

MAX_FIGURES = 60

Compared = tuple[str, str, str, str]
"""A fact, its value for each of the two models, and how the second is to the first."""


def compared_tables(one: KnownModel, other: KnownModel) -> list[PageTable]:
    """The facts of both, by kind; those that differ are marked by the word."""
    identity, its_identity = fact_groups(one.model)[0], fact_groups(other.model)[0]
    pair = one.model, other.model
    tables = [
        _table("price", "Price in USD per million tokens", pair, list(_prices(*pair)), number=True),
        _table("limits", "Limits in tokens", pair, list(_limits(*pair)), number=True),
        _figures(one, other),
        _table("abilities", "Input and capabilities", pair, list(_abilities(*pair))),
        _table("identity", identity.title, pair, list(_facts(identity, its_identity))),
    ]
    return [table for table in tables if table.rows]


def _table(
    name: str,
    caption: str,
    pair: tuple[Model, Model],
    rows: Sequence[Compared],
    *,
    number: bool = False,
    most: int | None = None,
) -> PageTable:
    columns = [Column("fact"), *(Column(str(model.id), number=number) for model in pair)]
    columns += [Column("second to\nfirst", number=True)] * number
    shown = [_row(row, number=number) for row in rows[:most]]
    more = left_out(len(rows) - len(shown), "fact")
    return PageTable(name, f"{caption}.", columns, shown, more=more)


def _row(row: Compared, *, number: bool) -> Row:
    fact, first, second, relative = row
    mark = "differs" if first != second else ""
    return Row([Cell(fact, mark=mark), Cell(first), Cell(second), *([Cell(relative)] * number)])


def _prices(one: Model, other: Model) -> Iterator[Compared]:
    rates, others = dict(rates_of(one)), dict(rates_of(other))
    for tier in dict.fromkeys(["base", *rates, *others]):
        for rate in RATES:
            first, second = rates.get(tier, {}), others.get(tier, {})
            if rate not in first and rate not in second and tier != "base":
                continue
            name = rate_name(rate) if tier == "base" else f"{rate_name(rate)}, {tier}"
            relative = _relative(first.get(rate), second.get(rate))
            yield name, _rate(one, tier, rate), _rate(other, tier, rate), relative


def _rate(model: Model, tier: str, rate: str) -> str:
    """A rate of a tier; a model that has no such tier has its base rates there."""
    tiers = dict(rates_of(model))
    if tier != "base" and tier not in tiers:
        return "no such tier"
    return rate_to_text(tiers.get(tier, {}), rate)


def _limits(one: Model, other: Model) -> Iterator[Compared]:
    for limit in LIMITS:
        first, second = one.limits.get(limit), other.limits.get(limit)
        yield limit.replace("_", " "), _count(first), _count(second), _relative(first, second)


def _count(found: int | None) -> str:
    return UNKNOWN if found is None else f"{found:,}"


def _figures(one: KnownModel, other: KnownModel) -> PageTable:
    """The figures of every metric that either has; only the same metric compares."""
    mine, its = (
        {fact.name: fact.value for fact in measured_facts(known.model, known.metrics)}
        for known in (one, other)
    )
    values, others = one.model.metrics, other.model.metrics
    # Metrics that both have come first, since only those say how the two differ.
    names = sorted({*mine, *its}, key=lambda name: (name not in mine or name not in its, name))
    rows = [
        (
            name,
            mine.get(name, UNKNOWN),
            its.get(name, UNKNOWN),
            _relative(
                values[name].value if name in values else None,
                others[name].value if name in others else None,
            ),
        )
        for name in names
    ]
    pair = one.model, other.model
    caption = "Measured figures; each metric says on the models' pages which end is better"
    return _table("figures", caption, pair, rows, number=True, most=MAX_FIGURES)


def _abilities(one: Model, other: Model) -> Iterator[Compared]:
    for kind, first, second in (
        ("takes", one.input, other.input),
        ("capability", one.capabilities, other.capabilities),
    ):
        for word in sorted((first or frozenset()) | (second or frozenset())):
            yield f"{kind} {word}", _has(first, word), _has(second, word), ""


def _has(words: frozenset[str] | None, word: str) -> str:
    return UNKNOWN if words is None else "yes" if word in words else "no"


def _facts(one: FactGroup, other: FactGroup) -> Iterator[Compared]:
    for first, second in zip(one.facts, other.facts, strict=True):
        yield first.name, first.value, second.value, ""


def _relative(first: Fraction | int | None, second: Fraction | int | None) -> str:
    """How much greater or less the second is, in percent of the first."""
    if first is None or second is None or first == 0:
        return UNKNOWN if first is None or second is None else ""
    if first == second:
        return "the same"
    change = Fraction(second - first, 1) / first * 100
    return f"{'+' if change > 0 else ''}{rounded(change)} %"
