"""Rules for the catalog: figures, prices and dates, before anything is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from zumik.checks.authorship import Authorship
from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Path
from zumik.core.facts.catalog import Metric, Model
from zumik.core.facts.price import Origin, Price, Tier
from zumik.rules.authoring_rules import (
    DUPLICATE_TIER,
    ENDS_BEFORE_RELEASE,
    FACT_FROM_THE_FUTURE,
    FIGURE_OUT_OF_RANGE,
    NEGATIVE_PRICE,
    PLANNED_PRICE_NOT_CONFIRMED,
    PRICE_FROM_THE_FUTURE,
    SWAPPED_PRICE,
    UNKNOWN_METRIC,
    UNKNOWN_SUCCESSOR,
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
    if model.price is None:
        return
    path: Path = ("models", model.id, "price")
    # An embedding writes no tokens, so that providers charge nothing for its output.
    ends = ("input",) if model.mode == "embedding" else ("input", "output")
    yield from _check_terms(what, model.price, path, ends)
    for index, price in enumerate(model.price.dated):
        yield from _check_terms(what, price, (*path, "dated", index), ends)
    now = model.price.on(what.day)
    if now is not model.price and now.is_planned:
        index = model.price.dated.index(now)
        yield PLANNED_PRICE_NOT_CONFIRMED.at(
            what.locate((*path, "dated", index, "from")),
            f"{model.id}: the price planned from {now.effective_from} is in force, and no source "
            "has confirmed it since",
            f"check the provider's page, then write confirmed_on: {what.day}, or remove the price",
            about=(model.id,),
        )
    begins = model.price.effective_from
    if begins is not None and begins > what.day:
        yield PRICE_FROM_THE_FUTURE.at(
            what.locate((*path, "from")),
            f"{model.id}: the price of today begins on {begins}",
            f"move it to dated: [{{from: {begins}, …}}]",
            about=(model.id,),
        )


def _check_terms(
    what: Authorship, price: Price, path: Path, ends: Sequence[str]
) -> Iterator[Finding]:
    """The rates, services and fees of one price, each service taken by itself.

    `ends` are the rates that the model's requests are charged at.
    """
    yield from _check_rates(what, price.rates, price.tiers, path, ends)
    for name, service in price.services.items():
        where = (*path, "services", name)
        yield from _check_rates(what, service.rates, service.tiers, where, ends)
    for name, fee in price.fees.items():
        if fee.usd < 0:
            place = what.locate((*path, "fees", name))
            yield NEGATIVE_PRICE.at(place, f"the fee {name} is below 0")


def _check_rates(
    what: Authorship,
    rates: Mapping[str, Fraction],
    tiers: Sequence[Tier],
    path: Path,
    ends: Sequence[str],
) -> Iterator[Finding]:
    for name, rate in rates.items():
        if rate < 0:
            yield NEGATIVE_PRICE.at(what.locate((*path, name)), f"{name} is below 0")
    yield from _check_tiers(what, tiers, path)
    if "output" in ends and rates.get("input", 0) > rates.get("output", rates.get("input", 0)):
        yield SWAPPED_PRICE.at(
            what.locate((*path, "input")),
            "input costs more than output",
            "sources have swapped the pair before; check it against the provider's page",
            about=(str(path[1]),),
        )
    for name in ends:
        if rates.get(name) == 0:
            yield ZERO_PRICE.at(
                what.locate((*path, name)),
                f"{name} costs nothing",
                "if the price is unknown, drop it; 0 wins every comparison of cost",
                about=(str(path[1]),),
            )


def _check_tiers(what: Authorship, tiers: Sequence[Tier], base: Path) -> Iterator[Finding]:
    """No two tiers begin at one length, and no rate of a tier is below 0."""
    seen: dict[int, int] = {}
    for index, tier in enumerate(tiers):
        path: Path = (*base, "tiers", index)
        above = tier.above_input_tokens
        if above in seen:
            bound = "from_input_tokens" if tier.written_from else "above_input_tokens"
            yield DUPLICATE_TIER.at(
                what.locate((*path, bound)),
                f"a second tier above {above:,} input tokens",
                f"the first is at {what.locate((*path[:-1], seen[above]))}; keep one of them",
            )
        seen.setdefault(above, index)
        for name, rate in tier.rates.items():
            if rate < 0:
                yield NEGATIVE_PRICE.at(what.locate((*path, name)), f"{name} is below 0")


def check_ends(what: Authorship) -> Iterator[Finding]:
    """The end of each model, beside its beginning and the catalog."""
    for model in what.catalog.models.values():
        if model.variant_of is not None:
            continue
        ends, begins = model.ends_on, model.released_on
        if ends is not None and begins is not None and ends < begins:
            yield ENDS_BEFORE_RELEASE.at(
                what.locate(("models", model.id, "released_on")),
                f"{model.id}: released on {begins}, and it ends on {ends}",
                "check both days against the provider's page",
                about=(model.id,),
            )
        # A source names successors that a catalog need not have; a person may have mistyped one.
        written = model.lifecycle is not None and model.lifecycle.source is None
        successor = model.lifecycle.successor if model.lifecycle and written else None
        if successor is not None and successor not in what.catalog.models:
            yield UNKNOWN_SUCCESSOR.at(
                what.locate(("models", model.id, "lifecycle", "successor")),
                f"{model.id}: the successor {neutral(successor)} is not in the catalog",
                f"zumik catalog list '{successor.provider}/*' shows which models it has",
            )


def check_dates(what: Authorship) -> Iterator[Finding]:
    """No fact may be dated after the day of the release: it was not known on that day."""
    for model in what.catalog.models.values():
        if model.variant_of is not None:
            continue
        dated: list[tuple[Path, date | None]] = [(("observed_on",), model.observed_on)]
        if model.lifecycle is not None:
            dated.append((("lifecycle", "observed_on"), model.lifecycle.observed_on))
        if model.price is not None:
            dated += _days_of(model.price, ("price",))
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


def _days_of(price: Price, path: Path) -> Iterator[tuple[Path, date | None]]:
    """The days on which the parts of a price were observed or confirmed."""
    parts: dict[Path, Origin] = {
        (): price.origin,
        **{("services", name): service.origin for name, service in price.services.items()},
        **{("fees", name): fee.origin for name, fee in price.fees.items()},
        **{("origins", name): origin for name, origin in price.origins.items()},
    }
    for part, origin in parts.items():
        yield (*path, *part, "observed_on"), origin.observed_on
        yield (*path, *part, "confirmed_on"), origin.confirmed_on
    for index, later in enumerate(price.dated):
        yield from _days_of(later, (*path, "dated", index))


def _check_future(
    what: Authorship, base: Path, dated: Iterable[tuple[Path, date | None]]
) -> Iterator[Finding]:
    for path, day in dated:
        if day is not None and day > what.day:
            verb = "confirmed" if path[-1] == "confirmed_on" else "observed"
            yield FACT_FROM_THE_FUTURE.at(
                what.locate((*base, *path)),
                f"{verb} on {day}, after {what.day}, the day of the release",
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
