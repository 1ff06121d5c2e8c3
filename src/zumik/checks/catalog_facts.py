"""Rules for the catalog: figures, prices and dates, before anything is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from zumik.checks.authorship import Authorship
from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Path
from zumik.core.facts.catalog import Metric, Model
from zumik.rules.authoring_rules import (
    DUPLICATE_TIER,
    FACT_FROM_THE_FUTURE,
    FIGURE_OUT_OF_RANGE,
    NEGATIVE_PRICE,
    SWAPPED_PRICE,
    UNKNOWN_METRIC,
    ZERO_PRICE,
)


def check_figures(what: Authorship) -> Iterator[Finding]:
    """Every model's metrics and prices, each taken by itself."""
    for model in what.catalog.models.values():
        yield from _check_figures(what, model)


def _check_figures(what: Authorship, model: Model) -> Iterator[Finding]:
    for name, figure in model.metrics.items():
        path: Path = ("models", model.id, "metrics", name)
        metric = what.catalog.metrics.get(name)
        if metric is None:
            yield UNKNOWN_METRIC.at(
                what.locate(path),
                f"no metric {neutral(name)} in catalog/metrics.yaml",
                did_you_mean(name, what.catalog.metrics, None),
            )
        elif is_outside(metric, figure.value):
            yield FIGURE_OUT_OF_RANGE.at(
                what.locate(path),
                f"{fraction_to_text(figure.value)} is outside the range of {name}, "
                f"{range_text(metric)} in {metric.unit}",
            )
    if model.variant_of is None:
        yield from _check_price(what, model)


def _check_price(what: Authorship, model: Model) -> Iterator[Finding]:
    rates = model.price.rates if model.price else {}
    for name, rate in rates.items():
        if rate < 0:
            yield NEGATIVE_PRICE.at(what.locate(_price_path(model, name)), f"{name} is below 0")
    yield from _check_tiers(what, model)
    if rates.get("input", 0) > rates.get("output", rates.get("input", 0)):
        yield SWAPPED_PRICE.at(
            what.locate(_price_path(model, "input")),
            "input costs more than output",
            "sources have swapped the pair before; check it against the provider's page",
        )
    for name in ("input", "output"):
        if rates.get(name) == 0:
            yield ZERO_PRICE.at(
                what.locate(_price_path(model, name)),
                f"{name} costs nothing",
                "if the price is unknown, drop it; 0 wins every comparison of cost",
            )


def _check_tiers(what: Authorship, model: Model) -> Iterator[Finding]:
    """No two tiers begin at one length, and no rate of a tier is below 0."""
    seen: dict[int, int] = {}
    for index, tier in enumerate(model.price.tiers if model.price else ()):
        path: Path = ("models", model.id, "price", "tiers", index)
        above = tier.above_input_tokens
        if above in seen:
            yield DUPLICATE_TIER.at(
                what.locate((*path, "above_input_tokens")),
                f"a second tier above {above:,} input tokens",
                f"the first is at {what.locate((*path[:-1], seen[above]))}; keep one of them",
            )
        seen.setdefault(above, index)
        for name, rate in tier.rates.items():
            if rate < 0:
                yield NEGATIVE_PRICE.at(what.locate((*path, name)), f"{name} is below 0")


def _price_path(model: Model, name: str) -> Path:
    return ("models", model.id, "price", name)


def check_dates(what: Authorship) -> Iterator[Finding]:
    """No fact may be dated after the day of the release: it was not known on that day."""
    for model in what.catalog.models.values():
        if model.variant_of is not None:
            continue
        dated: list[tuple[Path, date | None]] = [(("observed_on",), model.observed_on)]
        if model.price is not None:
            dated.append((("price", "observed_on"), model.price.observed_on))
        dated += [
            (("metrics", name, "observed_on"), figure.observed_on)
            for name, figure in model.metrics.items()
        ]
        yield from _check_future(what, ("models", model.id), dated)
    for metric in what.catalog.metrics.values():
        yield from _check_future(
            what,
            ("metrics", metric.name),
            [(("observed_on",), metric.observed_on), (("collected_on",), metric.collected_on)],
        )


def _check_future(
    what: Authorship, base: Path, dated: Iterable[tuple[Path, date | None]]
) -> Iterator[Finding]:
    for path, day in dated:
        if day is not None and day > what.day:
            yield FACT_FROM_THE_FUTURE.at(
                what.locate((*base, *path)),
                f"observed on {day}, after {what.day}, the day of the release",
            )


def is_outside(metric: Metric, value: Fraction) -> bool:
    """Whether no figure of this metric can have the value."""
    low, high = metric.at_least, metric.at_most
    return (low is not None and value < low) or (high is not None and value > high)


def range_text(metric: Metric) -> str:
    """The range of a metric in words, without its unit."""
    if metric.at_least is None or metric.at_most is None:
        edge = metric.at_most if metric.at_least is None else metric.at_least
        word = "at most" if metric.at_least is None else "at least"
        return f"{word} {fraction_to_text(edge)}" if edge is not None else "any"
    return f"{fraction_to_text(metric.at_least)} to {fraction_to_text(metric.at_most)}"
