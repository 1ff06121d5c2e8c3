"""Rules for what policy and catalog derive to: each alias has a winner, and one that stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from zumik.checks.authorship import Authorship
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location, Path
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import days_after
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import WORD_LISTS, Alias
from zumik.core.live.live_retirement import live_retirement
from zumik.core.resolvers.derivation import Derivation
from zumik.core.reviews.upcoming_days import price_steps
from zumik.rules.authoring_rules import (
    FLOATING_WINNER,
    NO_ELIGIBLE_MODEL,
    OUTPUT_LIMIT_UNKNOWN,
    PREFERENCE_MOSTLY_UNKNOWN,
    REQUIREMENT_NOBODY_MEETS,
    WINNER_PRICE_CHANGES,
    WINNER_RETIRES_SOON,
)

_LET_IN = (
    "no source says which revision they serve and that it stays; floating_allowed: true in require "
    "lets them in, or write revision and pinned: true in the catalog, with a source"
)


def check_derivations(
    what: Authorship, derivations: Mapping[AliasName, Derivation], retirement_days: int
) -> Iterator[Finding]:
    """What would be wrong, or doubtful, with each alias if it were frozen now."""
    for name, derivation in derivations.items():
        yield from _check_eligible(what, derivation)
        yield from _check_coverage(what, derivation)
        if derivation.winner is not None:
            models = [what.catalog.models[model] for model in derivation.ranking]
            place = what.locate(("aliases", name))
            yield from check_winner(name, models, what.day, retirement_days, place)
    yield from check_output_limits(what, derivations)


def check_output_limits(
    what: Authorship, derivations: Mapping[AliasName, Derivation]
) -> Iterator[Finding]:
    """Each ranked model that a request with max_tokens passes over, once for all its aliases.

    An alias whose requests have no output, as of embeddings, is sent no max_tokens.
    """
    ranking: dict[ModelId, list[AliasName]] = {}
    for name, derivation in derivations.items():
        workload = derivation.alias.workload
        if workload is not None and workload.output_tokens == 0:
            continue
        for model in derivation.ranking:
            if "output_tokens" not in what.catalog.models[model].limits:
                ranking.setdefault(model, []).append(name)
    for model, names in sorted(ranking.items()):
        base = what.catalog.models[model].variant_of or model
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield OUTPUT_LIMIT_UNKNOWN.at(
            what.locate(("models", model)),
            f"{model} has no limits.output_tokens, so requests with max_tokens pass over it: "
            f"{names[0]}{others}",
            f"write limits: {{output_tokens: N}} at {base}, as its provider or another source "
            "states it",
            about=(model,),
        )


def _check_eligible(what: Authorship, derivation: Derivation) -> Iterator[Finding]:
    if derivation.ranking or not derivation.candidates:
        return
    name = derivation.alias.name
    failed = [{failure.field for failure in c.failures} for c in derivation.candidates]
    for field in sorted(set.intersection(*failed)):
        yield REQUIREMENT_NOBODY_MEETS.at(
            what.locate(_requirement_path(derivation.alias, field)),
            f"{name}: none of {len(failed)} candidates meets the requirement on {field}",
            _LET_IN if field in ("revision", "pinned") else _meant(what, derivation.alias, field),
        )
    if not set.intersection(*failed):
        yield NO_ELIGIBLE_MODEL.at(
            what.locate(("aliases", name, "require")),
            f"{name}: none of {len(failed)} candidates is eligible; each fails something",
            f"see who fails what: zumik plan {name}",
        )


def _meant(what: Authorship, alias: Alias, field: str) -> str | None:
    """The word that was meant, where an alias requires one that no model of the catalog has."""
    if field not in WORD_LISTS:
        return None
    known: set[str] = set()
    for model in what.catalog.models.values():
        has = getattr(model, field)
        known |= {has} if isinstance(has, str) else {*(has or ())}
    missing = [word for word in getattr(alias.require, field) if word not in known]
    otherwise = f"the catalog has {', '.join(map(neutral, sorted(known)))}"
    if not known:
        return f"no model of the catalog says its {field}: write it there, with a source"
    return did_you_mean(missing[0], known, otherwise) if missing else None


def _requirement_path(alias: Alias, field: str) -> Path:
    """Where the requirement that a failure names is written, as near as the failure says."""
    base: Path = ("aliases", alias.name, "require")
    section, _, rest = field.partition(".")
    if field in alias.require.measures:
        return (*base, "measures", field)
    if section in ("price", "limits"):
        return (*base, section, rest)
    if section in (*WORD_LISTS, "open_weights"):
        return (*base, section)
    if section == "metrics":
        return ("aliases", alias.name, "prefer")
    return base


def _check_coverage(what: Authorship, derivation: Derivation) -> Iterator[Finding]:
    """A measure that most candidates lack compares only a few, which are often the older ones."""
    count = len(derivation.candidates)
    for index, preference in enumerate(derivation.alias.prefer):
        lacking = sum(preference.word not in c.values for c in derivation.candidates)
        if lacking * 2 > count:
            yield PREFERENCE_MOSTLY_UNKNOWN.at(
                what.locate(("aliases", derivation.alias.name, "prefer", index)),
                f"{lacking} of {count} candidates have no {preference.word} and are not compared",
                "add the facts, choose a measure that covers them, or let people list the order",
                about=(derivation.alias.name, preference.word),
            )


def check_winner(
    name: AliasName, ranked: Sequence[Model], day: date, retirement_days: int, place: Location
) -> Iterator[Finding]:
    """A winner whose revision floats, or that retires or changes its price within a horizon.

    `ranked` are the models of the ranking, the winner first.
    """
    winner = ranked[0]
    if winner.pinned is not True:
        state = "floats" if winner.pinned is False else "is not known to be pinned"
        yield FLOATING_WINNER.at(
            place,
            f"{name}: the revision of the winner {winner.id} {state}",
            "what it serves may change under the same id; an observed change needs a new release",
            about=(name, winner.id),
        )
    ends = {model.id: model.ends_on for model in ranked}
    item = live_retirement(name, winner.id, list(ends), ends.get, day, retirement_days)
    if item is not None:
        yield WINNER_RETIRES_SOON.at(
            place,
            f"{name}: the winner {winner.id} retires on {item.day}; {item.successor}",
            f"require: {{outlives_days: {retirement_days}}} chooses a model that stays",
            about=(name, winner.id),
        )
    last = days_after(day, retirement_days)
    for begins, step in price_steps(winner):
        if day < begins <= last:
            yield WINNER_PRICE_CHANGES.at(
                place,
                f"{name}: the price of the winner {winner.id} changes on {begins}"
                f"{', by a plan' if step.after.is_planned else ''}",
                f"zumik plan {name} --as-of {begins} shows who would win then",
            )
