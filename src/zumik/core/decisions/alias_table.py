"""The alias table: all that is behind one alias's ranking, re-derived from the facts.

Everything here is computed by the resolver that froze the release; this module only lays it out for
the views that render it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.field_readers import NOTHING
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.cost_gaps import CostGap, cost_gaps
from zumik.core.decisions.figure_errors import half_intervals
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, LATENCY, LISTED, Alias, Preference
from zumik.core.releases.release import FrozenAlias, VerifiedRelease
from zumik.core.resolvers import ResolverVersion
from zumik.core.resolvers.derivation import Candidate, Derivation, Flip, Step
from zumik.core.resolvers.facts import Facts, Failure
from zumik.errors import CannotRun


class CandidateRow(NamedTuple):
    """One candidate's row of the table: rank, figures by word, and what it failed.

    `figures` holds every word the alias uses, and always what a request would cost (USD) and how
    long it would take (seconds), as far as they are known. `cost_gaps` says in what that cost is
    no exact figure, and `errors` half of the 95 % interval of each measured figure that has a known
    error. `failures` has each reason once: a figure that is too old for two measures is
    too old for the stricter one.
    """

    model: Model
    rank: int | None
    figures: Mapping[str, Fraction]
    failures: tuple[Failure, ...]
    newer: bool = False
    cost_gaps: tuple[CostGap, ...] = ()
    errors: Mapping[str, Fraction] = NOTHING

    @property
    def also_charged(self) -> tuple[str, ...]:
        """What the provider charges besides the rates, which the cost leaves out."""
        return self.model.price.also_charged if self.model.price else ()


class KeptIncumbent(NamedTuple):
    """That the margin kept an incumbent at rank 1, before the model that is best without it."""

    best: ModelId
    margin: Fraction
    since: ReleaseId | None


class AliasTable(NamedTuple):
    """One alias explained. `units` gives the unit of each word, `steps` how the choice went.

    `not_compared` are the candidates that were left out for unknown facts alone although they are
    newer than the winner, or undated.
    """

    alias: Alias
    ranked: tuple[CandidateRow, ...]
    excluded: tuple[CandidateRow, ...]
    reason: str
    kept: KeptIncumbent | None
    steps: tuple[Step, ...]
    flips: tuple[Flip, ...]
    would_win: tuple[Candidate, ...]
    units: Mapping[str, str]
    latency_ignores_workload: bool

    @property
    def winner(self) -> CandidateRow | None:
        """Rank 1."""
        return self.ranked[0] if self.ranked else None

    def row(self, model: ModelId) -> CandidateRow:
        """The row of a candidate. Raises KeyError."""
        for row in (*self.ranked, *self.excluded):
            if row.model.id == model:
                return row
        raise KeyError(model)

    @property
    def deciding(self) -> Preference:
        """The preference that names the reason: the last."""
        return self.alias.prefer[-1]

    @property
    def not_compared(self) -> tuple[CandidateRow, ...]:
        """Newer or undated candidates that only unknown facts left out."""
        return tuple(
            row
            for row in self.excluded
            if row.newer and all(failure.unknown for failure in row.failures)
        )


class Rederived(NamedTuple):
    """A frozen alias derived again, and whether that gives what the release stores.

    `resolver` is the version that derived it, and `known_defects` are its flaws that this table
    shows.
    """

    table: AliasTable
    frozen: FrozenAlias
    ranking: tuple[ModelId, ...]
    resolver: int
    known_defects: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether ranking and reason are as stored; the stored ranking is used in any case."""
        return self.ranking == self.frozen.ranking and self.table.reason == self.frozen.reason


def rederive(source: VerifiedRelease, alias: AliasName) -> Rederived:
    """Explain a frozen alias with its own resolver and nothing but its own facts.

    Raises CannotRun for an unknown resolver, or facts that the policy needs and the release lacks.
    """
    frozen = source.aliases[alias]
    made_by = source.release.made_by
    facts = source.release.facts
    derivation = made_by.derive(frozen.policy, facts, frozen.incumbent)
    if not derivation.ranking:
        raise CannotRun(f"{source.ref.id}: re-deriving {alias} leaves no eligible model")
    table = table_of(derivation, facts, made_by)
    defects = made_by.known_defects(derivation, facts)
    return Rederived(table, frozen, derivation.ranking, made_by.version, defects)


def follows_from_facts(source: VerifiedRelease, alias: AliasName) -> bool:
    """Whether ranking and reason come out as stored: the answer of `rederive` without its table.

    Raises CannotRun for an unknown resolver.
    """
    frozen = source.aliases[alias]
    made_by = source.release.made_by
    derivation = made_by.derive(frozen.policy, source.release.facts, frozen.incumbent)
    return derivation.ranking == frozen.ranking and derivation.reason == frozen.reason


def table_of(derivation: Derivation, facts: Facts, made_by: ResolverVersion) -> AliasTable:
    """The whole table of a derived alias."""
    alias = derivation.alias
    ranks = {model: place for place, model in enumerate(derivation.ranking, 1)}
    winner = facts.models[derivation.ranking[0]] if derivation.ranking else None
    rows = [
        _row(candidate, ranks.get(candidate.model), winner, alias, facts, made_by)
        for candidate in derivation.candidates
    ]
    ranked = sorted((row for row in rows if row.rank), key=lambda row: row.rank or 0)
    steps = made_by.steps(derivation)
    latency = facts.measures.get("latency")
    return AliasTable(
        alias=alias,
        ranked=tuple(ranked),
        excluded=tuple(row for row in rows if row.rank is None),
        reason=derivation.reason,
        kept=_kept(derivation, steps),
        steps=steps,
        flips=made_by.flips(derivation),
        would_win=made_by.would_win(derivation),
        units=_units((*alias.words, COST, LATENCY), facts),
        latency_ignores_workload=latency is not None and latency.metric is not None,
    )


def _kept(derivation: Derivation, steps: Sequence[Step]) -> KeptIncumbent | None:
    """The best is first of what the last preference left; another rank 1 was kept by its margin."""
    if not steps or derivation.winner == steps[-1].left[0]:
        return None
    incumbent, margin = derivation.incumbent, derivation.alias.incumbent_margin
    since = incumbent.release if incumbent else None
    return KeptIncumbent(steps[-1].left[0], margin or Fraction(0), since)


def _row(
    candidate: Candidate,
    rank: int | None,
    winner: Model | None,
    alias: Alias,
    facts: Facts,
    made_by: ResolverVersion,
) -> CandidateRow:
    model = facts.models[candidate.model]
    figures = dict(candidate.values)
    for word in (COST, LATENCY):
        if word not in figures:
            value = made_by.value_of(word, model, alias, facts)
            if isinstance(value, Fraction):
                figures[word] = value
    return CandidateRow(
        model=model,
        rank=rank,
        figures=figures,
        failures=_each_once(candidate.failures),
        newer=_newer(model, winner),
        cost_gaps=cost_gaps(model, alias.workload, facts, made_by) if COST in figures else (),
        errors=half_intervals(model, figures, facts),
    )


_AGE = re.compile(r"at most ([0-9]+) days old")


def _each_once(failures: Sequence[Failure]) -> tuple[Failure, ...]:
    """The failures, of those that name the same too old figure only that with the least age."""
    found: dict[tuple[str, ...], Failure] = {}
    for failure in failures:
        too_old = failure.code == "fact_too_old"
        key = (failure.code, failure.field) if too_old else tuple(failure)
        before = found.setdefault(key, failure)
        if too_old and _days(failure) < _days(before):
            found[key] = failure
    return tuple(found.values())


def _days(failure: Failure) -> int:
    age = _AGE.fullmatch(failure.wanted)
    return int(age[1]) if age else 0


def _newer(model: Model, winner: Model | None) -> bool:
    """Whether a model may have come out after the winner: an undated one may have."""
    if winner is None or model.released_on is None or winner.released_on is None:
        return True
    return model.released_on > winner.released_on


def _units(words: tuple[str, ...], facts: Facts) -> dict[str, str]:
    units = {COST: "usd", LATENCY: "seconds", LISTED: "place"}
    for word in words:
        measure = facts.measures.get(word)
        metric = facts.metrics.get(measure.metric or "") if measure else None
        if metric is not None:
            units[word] = metric.unit
    return units
