"""Rules for policy and catalog: what the values mean together, before anything is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Locate, Location, Path, Severity
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog, Metric, Model
from zumik.core.facts.policy import (
    COST,
    LATENCY,
    LISTED,
    Alias,
    Bound,
    Goal,
    Measure,
    Policy,
    glob_matcher,
)
from zumik.core.resolvers.derivation import Derivation


@dataclass(frozen=True, slots=True)
class Authorship:
    """What the rules look at: the facts, the policy, where each was written, and the day."""

    catalog: Catalog
    policy: Policy
    locate: Locate
    day: date

    def error(self, code: str, message: str, path: Path, hint: str | None = None) -> Finding:
        """A finding that makes the answer no."""
        return Finding(code, Severity.ERROR, message, self.locate(path), hint)

    def warning(self, code: str, message: str, path: Path, hint: str | None = None) -> Finding:
        """A finding to think about."""
        return Finding(code, Severity.WARNING, message, self.locate(path), hint)


def check_definitions(what: Authorship) -> Iterator[Finding]:
    """Measures, aliases and figures taken one by one."""
    for measure in what.policy.measures.values():
        yield from _check_measure(what, measure)
    for alias in what.policy.aliases.values():
        yield from _check_words(what, alias)
        yield from _check_bounds(what, alias)
        yield from _check_globs(what, alias)
        yield from _check_deprecated(what, alias)
    for model in what.catalog.models.values():
        yield from _check_figures(what, model)


def _check_measure(what: Authorship, measure: Measure) -> Iterator[Finding]:
    path: Path = ("measures", measure.word)
    if measure.word in (COST, LATENCY, LISTED):
        yield what.error(
            "reserved-word",
            f"{measure.word} is computed and cannot be declared",
            path,
            "declare 'latency' to say what expected_latency is measured by",
        )
    for key in ("metric", "first_token", "tokens_per_second"):
        name = getattr(measure, key)
        if name is not None and name not in what.catalog.metrics:
            yield what.error(
                "unknown-metric",
                f"no metric {neutral(name)} in catalog/metrics.yaml",
                (*path, key),
                _did_you_mean(name, what.catalog.metrics),
            )
    metric = what.catalog.metrics.get(measure.metric or measure.first_token or "")
    if measure.word == "latency" and metric is not None and metric.unit != "seconds":
        yield what.error(
            "wrong-unit", f"latency is in seconds, {metric.name} in {metric.unit}", path
        )


def _check_words(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """Every word that an alias prefers or requires is declared, and preferred by its better end."""
    base: Path = ("aliases", alias.name)
    for place, preference in enumerate(alias.prefer):
        path = (*base, "prefer", place, preference.goal.value)
        if preference.word == LISTED:
            continue
        yield from _check_word(what, preference.word, path)
        metric = _metric_of(what, preference.word)
        if metric is not None and (metric.better == "higher") != (preference.goal is Goal.MAXIMIZE):
            yield what.warning(
                "worse-end-preferred",
                f"{metric.name} is better when {metric.better}, and this prefers the other end",
                path,
            )
    for word in alias.require.measures:
        yield from _check_word(what, word, (*base, "require", "measures", word))


def _check_word(what: Authorship, word: str, path: Path) -> Iterator[Finding]:
    if word == COST or word in what.policy.measures:
        return
    if word == LATENCY and "latency" in what.policy.measures:
        return
    missing = "latency" if word == LATENCY else word
    known = [*what.policy.measures, COST, LATENCY]
    yield what.error(
        "unknown-measure",
        f"no measure {neutral(missing)} in the policy",
        path,
        _did_you_mean(word, known) or f"there are {', '.join(map(neutral, known))}",
    )


def _check_bounds(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """A bound that no figure can meet, or none can miss, is a slip of unit."""
    for word, bound in alias.require.measures.items():
        path: Path = ("aliases", alias.name, "require", "measures", word)
        metric = _metric_of(what, word)
        for key, value in _edges(bound):
            if metric is not None and _outside(metric, value):
                yield what.error(
                    "bound-out-of-range",
                    f"{fraction_to_text(value)} is outside the range of {metric.name}, "
                    f"{_range_text(metric)} in {metric.unit}",
                    (*path, key),
                )


def _check_globs(what: Authorship, alias: Alias) -> Iterator[Finding]:
    for key, globs, severity in (
        ("candidates", alias.candidates, Severity.ERROR),
        ("exclude", alias.exclude, Severity.WARNING),
    ):
        for place, glob in enumerate(globs):
            if any(map(glob_matcher(glob).fullmatch, what.catalog.models)):
                continue
            literal = not set(glob) & set("*?")
            yield Finding(
                "unknown-model" if literal else "glob-matches-nothing",
                severity,
                f"no model {neutral(glob)} in the catalog"
                if literal
                else f"{neutral(glob)} matches no model of the catalog",
                what.locate(("aliases", alias.name, key, place)),
                _did_you_mean(glob, what.catalog.models)
                or "zumik catalog list shows what is known; only * and ? are special",
            )


def _check_deprecated(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """Whoever is told what to use instead must find it there, and not be sent on again."""
    said, aliases = alias.deprecated, what.policy.aliases
    if said is None:
        return
    base: Path = ("aliases", alias.name, "deprecated")
    if said.has_ended(what.day):
        yield what.warning(
            "sunset-passed",
            f"{alias.name} was to end on {said.sunset}",
            (*base, "sunset"),
            f"zumik alias retire {alias.name} --reason '…' ends it; then take it out of the policy",
        )
    if said.replaced_by is None:
        return
    path, chain = (*base, "replaced_by"), _chain(alias, aliases)
    heir, end = chain[1], chain[-1]
    if heir not in aliases:
        others = [name for name in aliases if name != alias.name]
        yield what.error(
            "unknown-replacement",
            f"no alias {heir} in the policy",
            path,
            _did_you_mean(heir, others) or "leave it out where nothing takes its place",
        )
    elif end in chain[:-1]:
        yield what.error(
            "replacement-circle",
            f"nobody is left to use: {' → '.join(chain)}",
            path,
            "name an alias that stays",
        )
    elif aliases[heir].deprecated is not None:
        yield what.warning(
            "replacement-deprecated",
            f"{heir} is deprecated itself",
            path,
            f"name {end}, which stays"
            if end in aliases and aliases[end].deprecated is None
            else "name an alias that stays",
        )


def _chain(alias: Alias, aliases: Mapping[AliasName, Alias]) -> list[AliasName]:
    """An alias, what replaces it, what replaces that, until nothing does or one comes again."""
    chain = [alias.name]
    while (found := aliases.get(chain[-1])) and found.deprecated and found.deprecated.replaced_by:
        again = found.deprecated.replaced_by in chain
        chain.append(found.deprecated.replaced_by)
        if again:
            break
    return chain


def _check_figures(what: Authorship, model: Model) -> Iterator[Finding]:
    for name, figure in model.metrics.items():
        path: Path = ("models", model.id, "metrics", name)
        metric = what.catalog.metrics.get(name)
        if metric is None:
            yield what.error(
                "unknown-metric",
                f"no metric {neutral(name)} in catalog/metrics.yaml",
                path,
                _did_you_mean(name, what.catalog.metrics),
            )
        elif _outside(metric, figure.value):
            yield what.error(
                "figure-out-of-range",
                f"{fraction_to_text(figure.value)} is outside the range of {name}, "
                f"{_range_text(metric)} in {metric.unit}",
                path,
            )
    if model.variant_of is None:
        yield from _check_price(what, model)


def _check_price(what: Authorship, model: Model) -> Iterator[Finding]:
    rates = model.price.rates if model.price else {}
    for name, rate in rates.items():
        if rate < 0:
            yield what.error("negative-price", f"{name} is below 0", _price_path(model, name))
    if rates.get("input", 0) > rates.get("output", rates.get("input", 0)):
        yield what.warning(
            "swapped-price",
            "input costs more than output",
            _price_path(model, "input"),
            "sources have swapped the pair before; check it against the provider's page",
        )
    for name in ("input", "output"):
        if rates.get(name) == 0:
            yield what.warning(
                "zero-price",
                f"{name} costs nothing",
                _price_path(model, name),
                "if the price is unknown, leave it out; 0 wins every comparison of cost",
            )


def _price_path(model: Model, name: str) -> Path:
    return ("models", model.id, "price", name)


def check_dates(what: Authorship) -> Iterator[Finding]:
    """No fact may be dated after the day on which it is frozen: nobody knew it then."""
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
            yield what.error(
                "fact-from-the-future",
                f"observed on {day}, after {what.day}, the day of the release",
                (*base, *path),
            )


def check_derivations(
    what: Authorship, derivations: Mapping[AliasName, Derivation], retirement_days: int
) -> Iterator[Finding]:
    """What freezing each alias now would come to."""
    for name, derivation in derivations.items():
        yield from _check_eligible(what, derivation)
        yield from _check_coverage(what, derivation)
        if derivation.winner is not None:
            winner = what.catalog.models[derivation.winner]
            place = what.locate(("aliases", name))
            yield from check_winner(name, winner, what.day, retirement_days, place)


def _check_eligible(what: Authorship, derivation: Derivation) -> Iterator[Finding]:
    if derivation.ranking or not derivation.candidates:
        return
    name = derivation.alias.name
    failed = [{failure.field for failure in c.failures} for c in derivation.candidates]
    for field in sorted(set.intersection(*failed)):
        yield what.error(
            "requirement-nobody-meets",
            f"{name}: none of {len(failed)} candidates meets the requirement on {field}",
            _requirement_path(derivation.alias, field),
        )
    if not set.intersection(*failed):
        yield what.error(
            "no-eligible-model",
            f"{name}: none of {len(failed)} candidates is eligible; each fails something",
            ("aliases", name, "require"),
            f"see who fails what: zumik plan {name}",
        )


def _requirement_path(alias: Alias, field: str) -> Path:
    """Where the requirement that a failure speaks of is written, as near as it can be told."""
    base: Path = ("aliases", alias.name, "require")
    section, _, rest = field.partition(".")
    if field in alias.require.measures:
        return (*base, "measures", field)
    if section in ("price", "limits"):
        return (*base, section, rest)
    if section in ("capabilities", "input", "open_weights"):
        return (*base, section)
    if section == "metrics":
        return ("aliases", alias.name, "prefer")
    return base


def _check_coverage(what: Authorship, derivation: Derivation) -> Iterator[Finding]:
    """A measure that most candidates lack compares few and silently prefers the old."""
    count = len(derivation.candidates)
    for place, preference in enumerate(derivation.alias.prefer):
        lacking = sum(preference.word not in c.values for c in derivation.candidates)
        if lacking * 2 > count:
            yield what.warning(
                "preference-mostly-unknown",
                f"{lacking} of {count} candidates have no {preference.word} and are not compared",
                ("aliases", derivation.alias.name, "prefer", place),
                "add the facts, choose a measure that covers them, or let people list the order",
            )


def check_winner(
    name: AliasName, winner: Model, day: date, retirement_days: int, place: Location
) -> Iterator[Finding]:
    """A winner that floats, or that will be gone soon."""
    if winner.pinned is not True:
        state = "floats" if winner.pinned is False else "is not known to be pinned"
        yield Finding(
            "floating-winner",
            Severity.WARNING,
            f"{name}: the revision of the winner {winner.id} {state}",
            place,
            "what it serves may change under the same id; an observed change needs a new release",
        )
    horizon = day + timedelta(days=retirement_days)
    if winner.retires_on is not None and winner.retires_on <= horizon:
        yield Finding(
            "winner-retires-soon",
            Severity.WARNING,
            f"{name}: the winner {winner.id} retires on {winner.retires_on}",
            place,
            f"require: {{outlives_days: {retirement_days}}} would choose one that stays",
        )


def _metric_of(what: Authorship, word: str) -> Metric | None:
    measure = what.policy.measures.get("latency" if word == LATENCY else word)
    return what.catalog.metrics.get(measure.metric or "") if measure else None


def _edges(bound: Bound) -> Iterator[tuple[str, Fraction]]:
    if bound.at_least is not None:
        yield "at_least", bound.at_least
    if bound.at_most is not None:
        yield "at_most", bound.at_most


def _outside(metric: Metric, value: Fraction) -> bool:
    low, high = metric.at_least, metric.at_most
    return (low is not None and value < low) or (high is not None and value > high)


def _range_text(metric: Metric) -> str:
    if metric.at_least is None or metric.at_most is None:
        edge = metric.at_most if metric.at_least is None else metric.at_least
        word = "at most" if metric.at_least is None else "at least"
        return f"{word} {fraction_to_text(edge)}" if edge is not None else "any"
    return f"{fraction_to_text(metric.at_least)} to {fraction_to_text(metric.at_most)}"


def _did_you_mean(word: str, known: Iterable[str | ModelId]) -> str | None:
    close = get_close_matches(word, [str(name) for name in known], n=1)
    return f"did you mean {close[0]}?" if close else None
