"""All that is known of two models, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from zumik.core.facts.catalog import LIMITS, Model
from zumik.core.facts.price import STANDARD, TOKEN_RATES, Price, Service, Tier
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
from zumik.reports.price_facts import services_of
from zumik.reports.text import rounded, safe

MAX_FACTS = 80
"""Rows of one kind: a catalog may have any number of metrics."""

ComparedNumber = tuple[str, str, str, str]
"""A fact, its value for each of the two models, and how the second is to the first."""

ComparedWord = tuple[str, str, str]
"""A fact, and its value for each of the two models."""


def compared_tables(one: KnownModel, other: KnownModel, today: date) -> list[PageTable]:
    """The facts of both, by kind; words that differ are marked, of numbers it says by how much.

    Prices are those of the day.
    """
    identity, its_identity = fact_groups(one.model)[0], fact_groups(other.model)[0]
    pair = one.model, other.model
    prices = [model.price and model.price.on(today) for model in pair]
    tables = [
        *_prices(prices[0], prices[1], pair),
        _numbers("fees", "Fees in USD for each call", pair, list(_fees(prices[0], prices[1]))),
        _numbers("limits", "Limits in tokens", pair, list(_limits(*pair))),
        _numbers("figures", "Measured figures", pair, list(_figures(one, other))),
        _words("abilities", "Input, output and capabilities", pair, list(_abilities(*pair))),
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


def _prices(one: Price | None, other: Price | None, pair: Models) -> Iterator[PageTable]:
    """By service every rate, and again at each length at which a price of the two changes."""
    services = [dict(services_of(price)) if price else {} for price in (one, other)]
    for name in dict.fromkeys((STANDARD, *services[0], *services[1])):
        both = [found.get(name, _NO_SERVICE) for found in services]
        of = "" if name == STANDARD else f", service {safe(name)}"
        where = "price" if name == STANDARD else f"price-{name}"
        bounds = {tier.above_input_tokens: tier for each in both for tier in each.tiers}
        for above, tier in ((None, None), *sorted(bounds.items())):
            first, second = (
                each.rates if above is None else each.rates_at(above + 1) for each in both
            )
            known = {*first, *second}
            usual = (*TOKEN_RATES[:4],) if name == STANDARD and above is None else ()
            rows = [
                (
                    rate_name(rate),
                    rate_to_text(first, rate),
                    rate_to_text(second, rate),
                    _relative(first.get(rate), second.get(rate)),
                )
                for rate in TOKEN_RATES
                if rate in usual or rate in known
            ]
            said = of + (f", where the input is {_length(tier)}" if tier else "")
            table = f"{where}-{above}" if tier else where
            yield _numbers(table, f"Price in USD per million tokens{said}", pair, rows)


Models = tuple[Model, Model]
_NO_SERVICE = Service({})


def _length(tier: Tier) -> str:
    above = tier.above_input_tokens
    if tier.written_from:
        return f"{above + 1:,} tokens or longer"
    return f"longer than {above:,} tokens"


def _fees(one: Price | None, other: Price | None) -> Iterator[ComparedNumber]:
    mine, its = (price.fees if price else {} for price in (one, other))
    for name in sorted({*mine, *its}):
        first, second = (fees[name].usd if name in fees else None for fees in (mine, its))
        yield safe(name), _usd(first), _usd(second), _relative(first, second)


def _usd(found: Fraction | None) -> str:
    return UNKNOWN if found is None else f"${rounded(found)}"


def _limits(one: Model, other: Model) -> Iterator[ComparedNumber]:
    limits = [(limit, one.limits.get(limit), other.limits.get(limit)) for limit in LIMITS]
    cacheable = one.cacheable_from_tokens, other.cacheable_from_tokens
    if any(cacheable):
        limits.append(("shortest prompt that is cached", *cacheable))
    for limit, first, second in limits:
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


_KINDS = {"input": "takes", "output": "gives", "capabilities": "capability"}


def _abilities(one: Model, other: Model) -> Iterator[ComparedWord]:
    for field, kind in _KINDS.items():
        lists = (getattr(of, field) or () for model in (one, other) for of in (model, model.lacks))
        for word in sorted({word for words in lists for word in words}):
            first, second = (_SAID[model.has_word(field, word)] for model in (one, other))
            yield safe(f"{kind} {word}"), first, second


_SAID = {True: "yes", False: "no", None: UNKNOWN}


def _facts(one: FactGroup, other: FactGroup) -> Iterator[ComparedWord]:
    mine, its = ({fact.name: fact.value for fact in group.facts} for group in (one, other))
    for name in {**mine, **its}:
        yield name, mine.get(name, UNKNOWN), its.get(name, UNKNOWN)


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
