"""The policy: how each alias chooses among the models of the catalog.

Candidates by glob, requirements, a workload, and preferences in order. The same readers take a
policy file and a release; the writers produce what a release holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any, NamedTuple

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.field_readers import (
    NOTHING,
    JsonFields,
    Malformed,
    as_is,
    count,
    day,
    fields_of,
    flag,
    list_of,
    map_of,
    named,
    number,
    one_of,
    share,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.candidate_globs import KnownIds
from zumik.core.facts.catalog import LIMITS, Catalog, read_limits
from zumik.core.facts.price import BATCH, STANDARD, rates_to_json, service_name

COST = "expected_cost"
LATENCY = "expected_latency"
LISTED = "listed"
ERROR = "error"
"""Words that policies may use without declaring them; `error` is a band, after `within`."""

WORD_LISTS = ("capabilities", "input", "output", "mode", "region", "data_residency", "labels")
BOUNDED_PRICES = ("input", "output", "cache_read")
"""The prices that a requirement can bound: those that apply under the alias's workload."""


CACHE_TIMES = ("5m", "1h")
"""How long providers keep what is written to a cache."""

_INPUT_SHARES = ("cached_input", "cache_written", "input_audio", "input_image")
_OUTPUT_SHARES = ("output_audio", "output_image", "reasoning")
SHARES = (*_INPUT_SHARES, *_OUTPUT_SHARES)
"""The shares of a workload's tokens."""


class Measure(NamedTuple):
    """What a stable word means: one metric, or for latency a first token and a speed."""

    word: str
    metric: str | None = None
    first_token: str | None = None
    tokens_per_second: str | None = None
    max_age_days: int | None = None
    description: str | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that it reads."""
        named = (self.metric, self.first_token, self.tokens_per_second)
        return tuple(metric for metric in named if metric is not None)


class Workload(NamedTuple):
    """What an alias is judged by: tokens, how they are charged, searches, and the service.

    `cached_input` and `cache_written` are shares of the input, with `input_audio` and
    `input_image`; `output_audio`, `output_image` and `reasoning` are shares of the output.
    `cache_kept` says how long what is written to the cache is kept, `5m` or `1h`.
    """

    input_tokens: int
    output_tokens: int
    cached_input: Fraction = Fraction(0)
    tier: str = STANDARD
    cache_written: Fraction = Fraction(0)
    cache_kept: str = CACHE_TIMES[0]
    searches: int = 0
    input_audio: Fraction = Fraction(0)
    input_image: Fraction = Fraction(0)
    output_audio: Fraction = Fraction(0)
    output_image: Fraction = Fraction(0)
    reasoning: Fraction = Fraction(0)

    @property
    def batch(self) -> bool:
        """Whether batch prices apply."""
        return self.tier == BATCH


class Bound(NamedTuple):
    """Inclusive limits on a value."""

    at_least: Fraction | None = None
    at_most: Fraction | None = None


class Requirements(NamedTuple):
    """What a model must meet to be eligible."""

    capabilities: tuple[str, ...] = ()
    input: tuple[str, ...] = ()
    limits: Mapping[str, int] = NOTHING
    measures: Mapping[str, Bound] = NOTHING
    price: Mapping[str, Bound] = NOTHING
    open_weights: bool = False
    floating_allowed: bool = False
    outlives_days: int = 0
    mode: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    data_residency: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    incomplete_cost_allowed: bool = False


class Goal(Enum):
    """Which end of a measure is preferred."""

    MINIMIZE = "minimize"
    MAXIMIZE = "maximize"


class Preference(NamedTuple):
    """One step of a ranking: keep the best by `word`, or all `within` a share of the best.

    With `within_error` it keeps all whose figures differ from the best by no more than their errors
    allow. `listed` is the order in which the candidates are written, so it is a word that is
    minimised.
    """

    goal: Goal
    word: str
    within: Fraction | None = None
    within_error: bool = False

    @property
    def is_band(self) -> bool:
        """Whether it may keep more than the best."""
        return self.within is not None or self.within_error


class Deprecation(NamedTuple):
    """The mark of an alias that is going to end: its replacement, and the day on which it ends.

    At least one of the two is set. No decision depends on it.
    """

    replaced_by: AliasName | None = None
    sunset: date | None = None

    def has_ended(self, today: date) -> bool:
        """Whether its day has come; False where no day is set."""
        return self.sunset is not None and self.sunset <= today


class Alias(NamedTuple):
    """How one alias chooses."""

    name: AliasName
    candidates: tuple[str, ...]
    prefer: tuple[Preference, ...]
    exclude: tuple[str, ...] = ()
    description: str | None = None
    workload: Workload | None = None
    require: Requirements = Requirements()
    incumbent_margin: Fraction | None = None
    deprecated: Deprecation | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The measures that it needs a value of: preferred first, then required; each once."""
        return tuple(dict.fromkeys([*(p.word for p in self.prefer), *self.require.measures]))


class Policy(NamedTuple):
    """All measures and aliases."""

    measures: Mapping[str, Measure]
    aliases: Mapping[AliasName, Alias]


def of_providers(catalog: Catalog, providers: Collection[str]) -> Catalog:
    """The catalog without the models of other providers; all of it where `providers` is empty."""
    if not providers:
        return catalog
    models = {name: m for name, m in catalog.models.items() if name.provider in providers}
    return catalog._replace(models=models)


def selected(alias: Alias, models: Iterable[ModelId]) -> list[tuple[ModelId, int]]:
    """The candidates of an alias, each with the place of the first glob that names it."""
    places: dict[ModelId, int] = {}
    known = KnownIds(models)
    for place, glob in reversed([*enumerate(alias.candidates)]):
        places |= dict.fromkeys(known.matching(glob), place)
    for glob in alias.exclude:
        for model in known.matching(glob):
            places.pop(model, None)
    return [*places.items()]


# Reading


def read_measures(value: object, path: Path) -> list[Measure]:
    """The `measures` of a policy file or a release."""
    declared = map_of(as_is)(value, path)
    return [_measure(word, item, (*path, word)) for word, item in declared.items()]


def read_alias(name: str, value: object, path: Path) -> Alias:
    """One alias's policy."""
    fields = JsonFields(value, path)
    alias = Alias(
        name=named(AliasName)(name, path),
        candidates=fields.need("candidates", list_of(text)),
        prefer=fields.need("prefer", list_of(_preference)),
        exclude=fields.get("exclude", list_of(text)) or (),
        description=fields.get("description", text),
        workload=fields.get("workload", _workload),
        require=fields.get("require", _requirements) or Requirements(),
        incumbent_margin=fields.get("incumbent_margin", share),
        deprecated=fields.get("deprecated", read_deprecation),
    )
    fields.close()
    _refuse_unrankable(alias, path)
    return alias


class MissingWorkload(Malformed):
    """An alias that is to be compared by cost, and does not say by how many tokens."""


def _refuse_unrankable(alias: Alias, path: Path) -> None:
    """Refuse what no resolver can give a meaning to, in a policy file and in a release alike."""
    if not alias.candidates:
        raise Malformed("an empty list", (*path, "candidates"))
    if not alias.prefer:
        raise Malformed("an empty list", (*path, "prefer"))
    if alias.workload is None and COST in alias.words:
        raise MissingWorkload(
            "'expected_cost' without a workload, whose tokens it counts",
            path,
            hint="add workload: {input_tokens: 4000, output_tokens: 800} as it is in your traffic",
        )
    last = alias.prefer[-1]
    if last.is_band:
        raise Malformed(
            "'within' on the last preference, which has nothing left to decide by",
            (*path, "prefer", len(alias.prefer) - 1, "within"),
            hint="add a preference after it, or remove 'within'",
        )
    if alias.incumbent_margin is not None and last.word == LISTED:
        raise Malformed(
            "a margin on a listed order, which measures nothing",
            (*path, "incumbent_margin"),
            hint="write the incumbent first in 'candidates' to keep it",
        )


def _measure(word: str, value: object, path: Path) -> Measure:
    fields = JsonFields(value, path)
    measure = Measure(
        word=word,
        metric=fields.get("metric", text),
        first_token=fields.get("first_token", text),
        tokens_per_second=fields.get("tokens_per_second", text),
        max_age_days=fields.get("max_age_days", count),
        description=fields.get("description", text),
    )
    fields.close()
    pair = (measure.first_token is not None, measure.tokens_per_second is not None)
    if pair != ((False, False) if measure.metric is not None else (True, True)):
        raise Malformed("needs 'metric', or 'first_token' with 'tokens_per_second'", path)
    if measure.first_token is not None and word != "latency":
        raise Malformed("only 'latency' can be made of a first token and a speed", path)
    return measure


def _workload(value: object, path: Path) -> Workload:
    found = fields_of(value, path, _WORKLOAD)
    for name in ("input_tokens", "output_tokens"):
        if name not in found:
            raise Malformed(f"missing '{name}'", path)
    workload = Workload(**found)
    for names in (_INPUT_SHARES, _OUTPUT_SHARES):
        if sum(getattr(workload, name) for name in names) > 1:
            given = [name for name in names if name in found]
            raise Malformed(f"{' + '.join(given)} is more than 100%", (*path, given[-1]))
    if "cache_kept" in found and not workload.cache_written:
        raise Malformed("'cache_kept' without 'cache_written'", (*path, "cache_kept"))
    return workload


def _bound(value: object, path: Path) -> Bound:
    fields = JsonFields(value, path)
    bound = Bound(fields.get("at_least", number), fields.get("at_most", number))
    fields.close()
    return bound


def _price_bounds(value: object, path: Path) -> dict[str, Bound]:
    fields = JsonFields(value, path)
    bounds = {n: found for n in BOUNDED_PRICES if (found := fields.get(n, _bound)) is not None}
    fields.close()
    return bounds


def _requirements(value: object, path: Path) -> Requirements:
    return Requirements(**fields_of(value, path, _REQUIREMENTS))


def read_deprecation(value: object, path: Path) -> Deprecation:
    """The deprecation in an alias's policy."""
    fields = JsonFields(value, path)
    deprecation = Deprecation(
        replaced_by=fields.get("replaced_by", named(AliasName)),
        sunset=fields.get("sunset", day),
    )
    fields.close()
    if deprecation == Deprecation():
        raise Malformed("needs 'replaced_by', 'sunset' or both", path)
    return deprecation


def _preference(value: object, path: Path) -> Preference:
    if value == LISTED:
        return Preference(Goal.MINIMIZE, LISTED)
    fields = JsonFields(value, path)
    goals = {goal: word for goal in Goal if (word := fields.get(goal.value, text)) is not None}
    if len(goals) != 1:
        raise Malformed("needs one of 'minimize' and 'maximize', or is 'listed'", path)
    ((goal, word),) = goals.items()
    if word == LISTED:
        raise Malformed("'listed' has no direction", path, hint="write - listed")
    within = fields.get("within", _within)
    fields.close()
    if within == ERROR:
        if word == COST:
            raise Malformed("'within: error' on a cost, which has none", (*path, "within"))
        return Preference(goal, word, within_error=True)
    return Preference(goal, word, within)


def _within(value: object, path: Path) -> Any:
    return ERROR if value == ERROR else share(value, path)


_WORKLOAD: dict[str, Any] = {
    "input_tokens": count,
    "output_tokens": count,
    "tier": service_name,
    "cache_kept": one_of(*CACHE_TIMES),
    "searches": count,
    **dict.fromkeys(SHARES, share),
}
_REQUIREMENTS: dict[str, Any] = {
    "limits": read_limits,
    "measures": map_of(_bound),
    "price": _price_bounds,
    "open_weights": flag,
    "floating_allowed": flag,
    "incomplete_cost_allowed": flag,
    "outlives_days": count,
    **dict.fromkeys(WORD_LISTS, list_of(text)),
}


# Writing


def measure_to_json(measure: Measure) -> dict[str, object]:
    """A measure as a release holds it."""
    names = ("metric", "first_token", "tokens_per_second", "max_age_days", "description")
    return {name: value for name in names if (value := getattr(measure, name)) is not None}


def alias_to_json(alias: Alias) -> dict[str, object]:
    """An alias's policy as a release holds it; what has its default value is absent."""
    fields: dict[str, object] = {
        "description": alias.description,
        "candidates": list(alias.candidates),
        "exclude": list(alias.exclude),
        "workload": alias.workload and workload_to_json(alias.workload),
        "require": _requirements_to_json(alias.require),
        "prefer": [_preference_to_json(preference) for preference in alias.prefer],
        "deprecated": deprecation_to_json(alias.deprecated),
    }
    if alias.incumbent_margin is not None:
        fields["incumbent_margin"] = fraction_to_text(alias.incumbent_margin)
    return {name: value for name, value in fields.items() if value}


def deprecation_to_json(deprecation: Deprecation | None) -> dict[str, object] | None:
    """A deprecation as a release holds it, without unset fields. None for an alias without one."""
    if deprecation is None:
        return None
    fields: dict[str, object] = {
        "replaced_by": deprecation.replaced_by,
        "sunset": deprecation.sunset and deprecation.sunset.isoformat(),
    }
    return {name: value for name, value in fields.items() if value}


def workload_to_json(workload: Workload) -> dict[str, object]:
    """A workload as a release holds it, without what has its default value."""
    fields: dict[str, object] = {
        "input_tokens": workload.input_tokens,
        "output_tokens": workload.output_tokens,
    }
    for name, value in zip(Workload._fields[2:], workload[2:], strict=True):
        if value != Workload._field_defaults[name]:
            fields[name] = fraction_to_text(value) if isinstance(value, Fraction) else value
    return fields


def _requirements_to_json(require: Requirements) -> dict[str, object]:
    fields: dict[str, object] = {
        "capabilities": list(require.capabilities),
        "input": list(require.input),
        "limits": {name: require.limits[name] for name in LIMITS if name in require.limits},
        "measures": {word: _bound_to_json(bound) for word, bound in require.measures.items()},
        "price": {name: _bound_to_json(bound) for name, bound in require.price.items()},
        "open_weights": require.open_weights,
        "floating_allowed": require.floating_allowed,
        "outlives_days": require.outlives_days,
        "mode": list(require.mode),
        "output": list(require.output),
        "region": list(require.region),
        "data_residency": list(require.data_residency),
        "labels": list(require.labels),
        "incomplete_cost_allowed": require.incomplete_cost_allowed,
    }
    return {name: value for name, value in fields.items() if value}


def _bound_to_json(bound: Bound) -> dict[str, str]:
    bounds = {"at_least": bound.at_least, "at_most": bound.at_most}
    return rates_to_json({name: value for name, value in bounds.items() if value is not None})


def _preference_to_json(preference: Preference) -> object:
    if preference.word == LISTED:
        return LISTED
    fields = {preference.goal.value: preference.word}
    if preference.within_error:
        fields["within"] = ERROR
    if preference.within is not None:
        fields["within"] = fraction_to_text(preference.within)
    return fields
