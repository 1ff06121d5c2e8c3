"""Rules for the policy: every measure and alias taken one by one, before anything is frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from zumik.checks.authorship import Authorship
from zumik.checks.catalog_facts import is_outside, range_text
from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Path
from zumik.core.basics.names import AliasName
from zumik.core.facts.candidate_globs import KnownIds, glob_matcher
from zumik.core.facts.catalog import Metric
from zumik.core.facts.policy import (
    COST,
    LATENCY,
    LISTED,
    Alias,
    Bound,
    Goal,
    Measure,
    of_providers,
)
from zumik.core.facts.price import BATCH, STANDARD
from zumik.rules.authoring_rules import (
    BOUND_OUT_OF_RANGE,
    GLOB_MATCHES_NOTHING,
    IDLE_EXCLUSION,
    OTHER_PROVIDER,
    REPLACEMENT_CIRCLE,
    REPLACEMENT_DEPRECATED,
    RESERVED_WORD,
    SUNSET_PASSED,
    UNKNOWN_MEASURE,
    UNKNOWN_METRIC,
    UNKNOWN_MODEL,
    UNKNOWN_REPLACEMENT,
    UNKNOWN_SERVICE,
    UNUSED_MEASURE,
    WORSE_END_PREFERRED,
    WRONG_UNIT,
)


def check_policy(what: Authorship) -> Iterator[Finding]:
    """Every measure, and every alias's words, bounds, globs and deprecation."""
    for measure in what.policy.measures.values():
        yield from _check_measure(what, measure)
    for alias in what.policy.aliases.values():
        yield from _check_words(what, alias)
        yield from _check_bounds(what, alias)
        yield from _check_service(what, alias)
        yield from _check_globs(what, alias)
        yield from _check_deprecated(what, alias)


def _check_service(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """The service of a workload is one that some model has: a slip would leave every model out."""
    if alias.workload is None or alias.workload.tier in (STANDARD, BATCH):
        return
    prices = [model.price for model in what.catalog.models.values() if model.price]
    known = {name for price in prices for one in (price, *price.dated) for name in one.services}
    if alias.workload.tier not in known:
        names = sorted({STANDARD, BATCH} | known)
        yield UNKNOWN_SERVICE.at(
            what.locate(("aliases", alias.name, "workload", "tier")),
            f"{alias.name}: no model of the catalog has the service {alias.workload.tier}",
            did_you_mean(alias.workload.tier, names, f"one of {', '.join(names)}"),
        )


def _check_measure(what: Authorship, measure: Measure) -> Iterator[Finding]:
    path: Path = ("measures", measure.word)
    if measure.word in (COST, LATENCY, LISTED):
        yield RESERVED_WORD.at(
            what.locate(path),
            f"{measure.word} is computed and cannot be declared",
            "declare 'latency' to say what expected_latency is measured by",
        )
    for key in ("metric", "first_token", "tokens_per_second"):
        name = getattr(measure, key)
        if name is not None and name not in what.catalog.metrics:
            yield UNKNOWN_METRIC.at(
                what.locate((*path, key)),
                f"no metric {neutral(name)} in catalog/metrics.yaml",
                did_you_mean(name, what.catalog.metrics, None),
            )
    metric = what.catalog.metrics.get(measure.metric or measure.first_token or "")
    if measure.word == "latency" and metric is not None and metric.unit != "seconds":
        yield WRONG_UNIT.at(
            what.locate(path), f"latency is in seconds, {metric.name} in {metric.unit}"
        )


def check_unused(what: Authorship) -> Iterator[Finding]:
    """Each measure is used; latency always is, because reports show it for every candidate."""
    if not what.policy.aliases:
        return
    used = {word for alias in what.policy.aliases.values() for word in alias.words} | {"latency"}
    for word in what.policy.measures:
        if word not in used and word not in (COST, LATENCY, LISTED):
            message = f"no alias prefers or requires {neutral(word)}"
            yield UNUSED_MEASURE.at(what.locate(("measures", word)), message)


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
            yield WORSE_END_PREFERRED.at(
                what.locate(path),
                f"{metric.name} is better when {metric.better}, and this prefers the other end",
                about=(alias.name, metric.name),
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
    yield UNKNOWN_MEASURE.at(
        what.locate(path),
        f"no measure {neutral(missing)} in the policy",
        did_you_mean(word, known, f"there are {', '.join(map(neutral, known))}"),
    )


def _check_bounds(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """A bound that no figure can meet, or that every figure meets, is in the wrong unit."""
    for word, bound in alias.require.measures.items():
        path: Path = ("aliases", alias.name, "require", "measures", word)
        metric = _metric_of(what, word)
        for key, value in _edges(bound):
            if metric is not None and is_outside(metric, value):
                yield BOUND_OUT_OF_RANGE.at(
                    what.locate((*path, key)),
                    f"{fraction_to_text(value)} is outside the range of {metric.name}, "
                    f"{range_text(metric)} in {metric.unit}",
                )


_MOST_HINTS = 20
"""The globs of an alias that are compared with every model for the one that was meant: comparing a
thousand names takes a tenth of a second, and a longer list is not a slip of the hand."""


def _check_globs(what: Authorship, alias: Alias) -> Iterator[Finding]:
    known = of_providers(what.catalog, what.providers).models
    ids, compared = KnownIds(known), 0
    selected = {model for glob in alias.candidates for model in ids.matching(glob)}
    for key, globs in (("candidates", alias.candidates), ("exclude", alias.exclude)):
        for place, glob in enumerate(globs):
            if named := ids.matching(glob):
                if key == "exclude" and selected.isdisjoint(named):
                    yield IDLE_EXCLUSION.at(
                        what.locate(("aliases", alias.name, key, place)),
                        f"{neutral(glob)} matches no candidate of {alias.name}",
                        "remove it, or correct it",
                        about=(alias.name, glob),
                    )
                continue
            if key == "candidates" and (others := _left_out(what, glob)):
                yield _other_provider(what, alias, place, glob, others)
                continue
            otherwise = "zumik catalog list shows what is known; only * and ? are special"
            compared += 1
            hint = did_you_mean(glob, known, otherwise) if compared <= _MOST_HINTS else otherwise
            where = what.locate(("aliases", alias.name, key, place))
            # An exclusion that matches nothing changes nothing, so it is only a warning.
            lesser, about = key == "exclude", (alias.name, glob)
            if set(glob) & set("*?"):
                message = f"{neutral(glob)} matches no model of the catalog"
                yield GLOB_MATCHES_NOTHING.at(where, message, hint, about=about, lesser=lesser)
            else:
                message = f"no model {neutral(glob)} in the catalog"
                yield UNKNOWN_MODEL.at(where, message, hint, about=about, lesser=lesser)


def _left_out(what: Authorship, glob: str) -> list[str]:
    """The providers of the models that a glob names, where the settings leave all of them out."""
    if not what.providers:
        return []
    matcher = glob_matcher(glob)
    found = {model.provider for model in what.catalog.models if matcher.fullmatch(model)}
    provider, slash, _ = glob.partition("/")
    if slash and not set(provider) & set("*?"):
        found.add(provider)
    return sorted(found - {*what.providers})


def _other_provider(
    what: Authorship, alias: Alias, place: int, glob: str, others: list[str]
) -> Finding:
    names = ", ".join(others)
    verb = "matches only models" if set(glob) & set("*?") else "is a model"
    return OTHER_PROVIDER.at(
        what.locate(("aliases", alias.name, "candidates", place)),
        f"{neutral(glob)} {verb} of {neutral(names)}, and the settings allow only "
        f"{neutral(', '.join(what.providers))}",
        f"remove it from the candidates, or add {neutral(names)} to providers in zumik.yaml",
    )


def _check_deprecated(what: Authorship, alias: Alias) -> Iterator[Finding]:
    """The alias to use instead must exist, and should not be deprecated itself."""
    said, aliases = alias.deprecated, what.policy.aliases
    if said is None:
        return
    base: Path = ("aliases", alias.name, "deprecated")
    if said.has_ended(what.day):
        yield SUNSET_PASSED.at(
            what.locate((*base, "sunset")),
            f"{alias.name} was to end on {said.sunset}",
            f"zumik alias retire {alias.name} --reason '…' ends it; then remove it from the policy",
            about=(alias.name,),
        )
    if said.replaced_by is None:
        return
    path, chain = (*base, "replaced_by"), _chain(alias, aliases)
    replacement, end = chain[1], chain[-1]
    if replacement not in aliases:
        others = [name for name in aliases if name != alias.name]
        yield UNKNOWN_REPLACEMENT.at(
            what.locate(path),
            f"no alias {replacement} in the policy",
            did_you_mean(replacement, others, "drop replaced_by if nothing takes its place"),
        )
    elif end in chain[:-1]:
        yield REPLACEMENT_CIRCLE.at(
            what.locate(path),
            f"the aliases replace each other in a circle: {' → '.join(chain)}",
            "name an alias that stays",
        )
    elif aliases[replacement].deprecated is not None:
        yield REPLACEMENT_DEPRECATED.at(
            what.locate(path),
            f"{replacement} is deprecated itself",
            f"name {end}, which stays"
            if end in aliases and aliases[end].deprecated is None
            else "name an alias that stays",
            about=(alias.name, replacement),
        )


def _chain(alias: Alias, aliases: Mapping[AliasName, Alias]) -> list[AliasName]:
    """An alias, its replacement and so on, to one without a replacement or one that comes again."""
    chain = [alias.name]
    while (found := aliases.get(chain[-1])) and found.deprecated and found.deprecated.replaced_by:
        again = found.deprecated.replaced_by in chain
        chain.append(found.deprecated.replaced_by)
        if again:
            break
    return chain


def _metric_of(what: Authorship, word: str) -> Metric | None:
    measure = what.policy.measures.get("latency" if word == LATENCY else word)
    return what.catalog.metrics.get(measure.metric or "") if measure else None


def _edges(bound: Bound) -> Iterator[tuple[str, Fraction]]:
    if bound.at_least is not None:
        yield "at_least", bound.at_least
    if bound.at_most is not None:
        yield "at_most", bound.at_most
