"""A team's policy: the example's aliases, kept to the models of the team's own providers.

A list that people keep is filtered, in its order. Where that leaves no winner, the alias adapts in
ways that only facts of the catalog support; where no way gives a winner, it is left out, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import (
    COST,
    LATENCY,
    Alias,
    Goal,
    Measure,
    Policy,
    Preference,
    of_providers,
)
from zumik.core.releases.freeze import derive_all
from zumik.core.resolvers.derivation import Derivation

_LATENCY = Preference(Goal.MINIMIZE, LATENCY)
_MEASURED = {
    "auto.best": (
        Preference(Goal.MAXIMIZE, "quality.general"),
        Measure("quality.general", "livebench.average", max_age_days=365),
    ),
    "reasoning.best": (
        Preference(Goal.MAXIMIZE, "quality.reasoning"),
        Measure("quality.reasoning", "livebench.reasoning", max_age_days=365),
    ),
    "auto.fast": (_LATENCY, None),
    "code.fast": (_LATENCY, None),
}
"""By what measured figure an alias chooses where the example's list has no model of the team."""


class TeamAlias(NamedTuple):
    """One alias of the example for a team: how it chooses, or that it is left out.

    `kept` of the `listed` candidates are of the team's providers. `alias` is None where it is left
    out; then every one of `tried` models fails on the facts `lacking`, or no fact would choose
    among them. With `by_figure` a figure chooses among all models of the team, in place of the
    list; with `floating` a model counts whose revision is not known to be pinned. `measure` is one
    that the policy has to declare for it.
    """

    name: AliasName
    listed: int
    kept: int
    alias: Alias | None = None
    winner: ModelId | None = None
    by_figure: bool = False
    floating: bool = False
    measure: Measure | None = None
    tried: int = 0
    lacking: tuple[str, ...] = ()

    @property
    def is_adapted(self) -> bool:
        """Whether it chooses otherwise than by the example's list, or not at all."""
        return self.alias is None or self.by_figure or self.floating

    @property
    def reason(self) -> str:
        """How it chooses in this team's workspace, or why it cannot, as a sentence."""
        if self.alias is None:
            return self._why_left_out()
        parts = [f"{self.kept} of the example's {self.listed} candidates, in its order"]
        if self.by_figure:
            none = "none of its listed candidates is usable" if self.kept else "none is listed"
            parts = [f"{none}, so {self._figure()} chooses among all models of these providers"]
        if self.floating:
            parts.append("floating_allowed, because none is known to be pinned")
        return "; ".join(parts)

    def _figure(self) -> str:
        assert self.alias is not None
        word = self.alias.prefer[0].word
        names = {COST: "cost alone", LATENCY: "measured latency"}
        return names.get(word) or f"{self.measure.metric if self.measure else word}"

    def _why_left_out(self) -> str:
        why = "none of its listed candidates is usable" if self.kept else "none is listed"
        if self.lacking:
            facts = ", ".join(self.lacking)
            models = "model" if self.tried == 1 else f"{self.tried} models"
            return f"{why}, and of the {models} of these providers none has or meets {facts}"
        if self.tried:
            return f"{why}, and every model of these providers fails some requirement"
        return f"{why}, and no figure of the catalog can choose another"


class _Attempt(NamedTuple):
    alias: Alias
    by_figure: bool
    measure: Measure | None = None


def team_policy(
    catalog: Catalog, policy: Policy, providers: Sequence[str], day: date
) -> tuple[TeamAlias, ...]:
    """Every alias of a policy for the models of some providers as of `day`, sorted by name."""
    known = of_providers(catalog, providers)
    return tuple(
        _team_alias(known, policy.measures, alias, providers, day)
        for _, alias in sorted(policy.aliases.items())
    )


def _team_alias(
    catalog: Catalog,
    measures: Mapping[str, Measure],
    alias: Alias,
    providers: Sequence[str],
    day: date,
) -> TeamAlias:
    own = tuple(glob for glob in alias.candidates if glob.partition("/")[0] in providers)
    found = TeamAlias(alias.name, len(alias.candidates), len(own))
    for attempt in _attempts(alias, own, providers):
        derivation = _derived(catalog, measures, attempt, day)
        if derivation.winner is not None:
            asked = derivation.alias.require.floating_allowed
            return found._replace(
                alias=derivation.alias,
                winner=derivation.winner,
                by_figure=attempt.by_figure,
                floating=asked and not alias.require.floating_allowed,
                measure=attempt.measure,
            )
        if attempt.by_figure:
            found = found._replace(tried=len(derivation.candidates), lacking=_lacking(derivation))
    return found


def _attempts(alias: Alias, own: tuple[str, ...], providers: Sequence[str]) -> Iterator[_Attempt]:
    """The ways to serve an alias, the nearest to the example first."""
    if own:
        yield from _pinned_first(_Attempt(alias._replace(candidates=own), by_figure=False))
    everything = tuple(f"{provider}/*" for provider in providers)
    prefer, measure = _MEASURED.get(alias.name, (None, None))
    if COST in alias.words:
        prefer = Preference(Goal.MINIMIZE, COST)
    if prefer is not None:
        free = alias._replace(candidates=everything, prefer=(prefer,), exclude=())
        yield from _pinned_first(_Attempt(free, by_figure=True, measure=measure))


def _pinned_first(attempt: _Attempt) -> Iterator[_Attempt]:
    yield attempt
    require = attempt.alias.require
    if not require.floating_allowed:
        floating = attempt.alias._replace(require=require._replace(floating_allowed=True))
        yield attempt._replace(alias=floating)


def _derived(
    catalog: Catalog, measures: Mapping[str, Measure], attempt: _Attempt, day: date
) -> Derivation:
    measure = attempt.measure
    words = {**measures, **({measure.word: measure} if measure else {})}
    policy = Policy(words, {attempt.alias.name: attempt.alias})
    return derive_all(catalog, policy, day, {})[attempt.alias.name]


def _lacking(derivation: Derivation) -> tuple[str, ...]:
    """The facts on which every candidate fails."""
    failed = [{failure.field for failure in each.failures} for each in derivation.candidates]
    return tuple(sorted(set.intersection(*failed))) if failed else ()
