"""All that is known of two models, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from zumik.core.facts.catalog import LIMITS, Model
from zumik.core.facts.price import RATES, Tier
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
)
from zumik.reports.text import rounded, safe

MAX_FACTS = 80
"""Rows of one kind: a catalog may have any number of metrics."""

ComparedNumber = tuple[str, str, str, str]
"""A fact, its value for each of the two models, and how the second is to the first."""

ComparedWord = tuple[str, str, str]
"""A fact, and its value for each of the two models."""


def compared_tables(one: KnownModel, other: KnownModel) -> list[PageTable]:
    """The facts of both, by kind; words that differ are marked, of numbers it says by how much."""
    identity, its_identity = fact_groups(one.model)[0], fact_groups(other.model)[0]
    pair = one.model, other.model
    tables = [
        *_prices(*pair),
        _numbers("limits", "Limits in tokens", pair, list(_limits(*pair))),
        _numbers("figures", "Measured figures", pair, list(_figures(one, other))),
        _words("abilities", "Input and capabilities", pair, list(_abilities(*pair))),
        _words("identity", identity.title, pair, list(_facts(identity, its_identity))),
    ]
    return [table for table in tables if table.rows]


def _numbers(
    name: str, caption: str, pair: tuple[Model, Model], rows: Sequence[ComparedNumber]
) -> PageTable:
    columns = (
        Column("fact"),
        *(Column(str(model.id), number=True) for model in pair),
        Column("second\nto first", number=True),
    )
    shown = [Row([*map(Cell, row)]) for row in rows[:MAX_FACTS]]
    more = left_out(len(rows) - len(shown), "fact")
    return PageTable(name, f"{caption}.", columns, shown, more=more)


def _words(
    name: str, caption: str, pair: tuple[Model, Model], rows: Sequence[ComparedWord]
) -> PageTable:
    columns = (Column("fact"), *(Column(str(model.id)) for model in pair))
    shown = [
        Row([Cell(fact, mark="" if first == second else "differs"), Cell(first), Cell(second)])
        for fact, first, second in rows[:MAX_FACTS]
    ]
    more = left_out(len(rows) - len(shown), "fact")
    return PageTable(name, f"{caption}.", columns, shown, more=more)


def _prices(one: Model, other: Model) -> Iterator[PageTable]:
    """Every rate, and again above each limit at which a price of the two changes."""
    tiers = {tier.above_input_tokens for model in (one, other) for tier in _tiers(model)}
    for above in (None, *sorted(tiers)):
        first, second = _rates_above(one, above), _rates_above(other, above)
        rows = [
            (
                rate_name(rate),
                rate_to_text(first, rate),
                rate_to_text(second, rate),
                _relative(first.get(rate), second.get(rate)),
            )
            for rate in RATES
            if above is None or rate in {*first, *second}
        ]
        name, where = ("price", "") if above is None else (f"price-{above}", _above(above))
        yield _numbers(name, f"Price in USD per million tokens{where}", (one, other), rows)


def _above(tokens: int) -> str:
    return f", where the input is longer than {tokens:,} tokens"


def _tiers(model: Model) -> Sequence[Tier]:
    return model.price.tiers if model.price else ()


def _rates_above(model: Model, above: int | None) -> Mapping[str, Fraction]:
    """The rates of a request whose input is one token longer; the base rates where it is None."""
    if model.price is None:
        return {}
    return model.price.rates if above is None else model.price.rates_at(above + 1)


def _limits(one: Model, other: Model) -> Iterator[ComparedNumber]:
    for limit in LIMITS:
        first, second = one.limits.get(limit), other.limits.get(limit)
        yield limit.replace("_", " "), _count(first), _count(second), _relative(first, second)


def _count(found: int | None) -> str:
    return UNKNOWN if found is None else f"{found:,}"


def _figures(one: KnownModel, other: KnownModel) -> Iterator[ComparedNumber]:
    """The figures of every metric that either has; those that both have come first."""
    mine, its = (
        {fact.name: fact for fact in measured_facts(known.model, known.metrics)}
        for known in (one, other)
    )
    values, others = one.model.metrics, other.model.metrics
    for name in sorted({*mine, *its}, key=lambda name: (name not in mine or name not in its, name)):
        better = (mine.get(name) or its[name]).better
        yield (
            f"{name}, {better} is better" if better != UNKNOWN else name,
            mine[name].value if name in mine else UNKNOWN,
            its[name].value if name in its else UNKNOWN,
            _relative(
                values[name].value if name in values else None,
                others[name].value if name in others else None,
            ),
        )


def _abilities(one: Model, other: Model) -> Iterator[ComparedWord]:
    for kind, first, second in (
        ("takes", one.input, other.input),
        ("capability", one.capabilities, other.capabilities),
    ):
        for word in sorted((first or frozenset()) | (second or frozenset())):
            yield safe(f"{kind} {word}"), _has(first, word), _has(second, word)


def _has(words: frozenset[str] | None, word: str) -> str:
    return UNKNOWN if words is None else "yes" if word in words else "no"


def _facts(one: FactGroup, other: FactGroup) -> Iterator[ComparedWord]:
    for first, second in zip(one.facts, other.facts, strict=True):
        yield first.name, first.value, second.value


def _relative(first: Fraction | int | None, second: Fraction | int | None) -> str:
    """How much greater or less the second is, in percent of the first."""
    if first is None or second is None:
        return UNKNOWN
    if first == second:
        return "the same"
    if first == 0:
        # Nothing is a percentage of zero.
        return "more" if second > first else "less"
    change = Fraction(second - first, 1) / first * 100
    return f"{'+' if change > 0 else ''}{rounded(change)} %"
