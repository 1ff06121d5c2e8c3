"""Resolver 2, deriving: one alias's ranking and reason from the facts.

The same function freezes an alias and re-derives a frozen one. Append-only once a release has
landed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from zumik.core.facts.policy import LISTED, Alias, Goal, Preference, selected
from zumik.core.resolvers.derivation import Candidate, Derivation, Step
from zumik.core.resolvers.facts import Facts, Failure, Incumbent
from zumik.core.resolvers.v1.derive import INCUMBENT_KEPT, reason_of
from zumik.core.resolvers.v1.measure import Value
from zumik.core.resolvers.v1.rank import limit
from zumik.core.resolvers.v2.measure import values_of
from zumik.core.resolvers.v2.rank import Entry, first, kept, rank, survivors
from zumik.core.resolvers.v2.require import failures


def derive(alias: Alias, facts: Facts, incumbent: Incumbent | None = None) -> Derivation:
    """The eligible models in order, and why; the ranking is empty where no model is eligible."""
    candidates = _candidates(alias, facts)
    entries = [entry_of(candidate, alias) for candidate in candidates if candidate.eligible]
    ranked = rank(entries, alias.prefer)
    reason = reason_of(alias.prefer)
    incumbent_entry = _incumbent(entries, ranked[0], alias, incumbent) if ranked else None
    if incumbent_entry is not None and incumbent_entry != ranked[0]:
        # It takes its rank and leaves: a band that it was the best of may let others in now.
        others = [entry for entry in entries if entry is not incumbent_entry]
        ranked = [incumbent_entry, *rank(others, alias.prefer)]
        reason = INCUMBENT_KEPT
    return Derivation(
        alias=alias,
        candidates=candidates,
        ranking=tuple(entry.model for entry in ranked),
        reason=reason,
        incumbent=incumbent,
    )


def first_of(entries: Sequence[Entry], alias: Alias, incumbent: Incumbent | None) -> Entry | None:
    """Rank 1: the incumbent where its margin keeps it there, else the best; None of no entries."""
    if not entries:
        return None
    best = first(entries, alias.prefer)
    return _incumbent(entries, best, alias, incumbent) or best


def _incumbent(
    entries: Sequence[Entry], best: Entry, alias: Alias, incumbent: Incumbent | None
) -> Entry | None:
    """The incumbent, where its margin lets it keep rank 1 before the best."""
    if alias.incumbent_margin is None or incumbent is None:
        return None
    worst = limit(best.values[-1], alias.incumbent_margin)
    for entry in survivors(entries, alias.prefer):
        if entry.model == incumbent.model and entry.values[-1] <= worst:
            return entry
    return None


def _candidates(alias: Alias, facts: Facts) -> tuple[Candidate, ...]:
    """Every model that the policy selects, by id: measured, and held against the requirements."""
    places = dict(sorted(selected(alias, facts.models)))
    models = [facts.models[model_id] for model_id in places]
    values: dict[str, Sequence[Value]] = {
        word: [Fraction(place) for place in places.values()]
        if word == LISTED
        else values_of(word, models, alias, facts)
        for word in alias.words
    }
    errors = {
        preference.word: _errors(preference, [*places], facts)
        for preference in alias.prefer
        if preference.within_error
    }
    if not errors:
        failed = failures(models, alias, values, facts)
        return tuple(map(Candidate, places, failed, _known(values)))
    measured = {
        word: [
            error if isinstance(error, Failure) and not isinstance(value, Failure) else value
            for value, error in zip(row, errors[word], strict=True)
        ]
        if word in errors
        else row
        for word, row in values.items()
    }
    failed = failures(models, alias, measured, facts)
    return tuple(map(Candidate, places, failed, _known(values), _known(errors)))


def _known(values: Mapping[str, Sequence[Value]]) -> list[dict[str, Fraction]]:
    """Of each candidate the values that are known, by word."""
    return [
        {
            word: value
            for word, value in zip(values, row, strict=True)
            if not isinstance(value, Failure)
        }
        for row in zip(*values.values(), strict=True)
    ]


def _errors(preference: Preference, models: Sequence[object], facts: Facts) -> list[Value]:
    """The standard error of each model's figure, or why it has none."""
    word = preference.word
    measure = facts.measures.get("latency" if word == "expected_latency" else word)
    if measure is None or measure.metric is None:
        return [Failure("fact_unknown", f"measures.{word}")] * len(models)
    unknown = Failure("fact_unknown", f"metrics.{measure.metric}.standard_error")
    found: list[Value] = []
    for model in models:
        figure = facts.models[model].metrics.get(measure.metric)  # type: ignore[index]
        error = None if figure is None else figure.standard_error
        found.append(unknown if error is None else error)
    return found


def entry_of(candidate: Candidate, alias: Alias) -> Entry:
    """A candidate whose every preferred value is known, as ranking sees it."""
    figures = [(preference.goal, candidate.values[preference.word]) for preference in alias.prefer]
    values = [value if goal is Goal.MINIMIZE else -value for goal, value in figures]
    if not candidate.errors:
        return Entry(candidate.model, tuple(values))
    variances = [candidate.errors.get(p.word, Fraction(0)) ** 2 for p in alias.prefer]
    return Entry(candidate.model, tuple(values), tuple(variances))


def steps(derivation: Derivation) -> tuple[Step, ...]:
    """One step a preference; empty where no model is eligible.

    The first model of the last step is the best. It has rank 1 unless an incumbent was kept.
    """
    alias = derivation.alias
    left = [entry_of(c, alias) for c in derivation.candidates if c.eligible]
    left.sort(key=lambda entry: (entry.values[-1], entry.tie))
    found: list[Step] = []
    for place, preference in enumerate(alias.prefer if left else ()):
        best = min(entry.values[place] for entry in left)
        left = kept(left, place, preference)
        worst = max(entry.values[place] for entry in left)
        if not preference.within_error:
            worst = limit(best, preference.within or Fraction(0))
        sign = 1 if preference.goal is Goal.MINIMIZE else -1
        models = tuple(entry.model for entry in left)
        found.append(Step(preference, best * sign, worst * sign, models))
    return tuple(found)
