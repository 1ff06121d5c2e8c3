"""Resolver 1, deriving: one alias's ranking and reason from the facts.

The same function freezes an alias and re-derives a frozen one. Append-only once a release has
landed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zumik.core.facts.policy import LISTED, Alias, Goal, Preference, selected
from zumik.core.resolvers.derivation import Candidate, Derivation
from zumik.core.resolvers.facts import Facts, Failure, Incumbent
from zumik.core.resolvers.v1.measure import Value, values_of
from zumik.core.resolvers.v1.rank import Bands, Entry, first, limit, rank, survivors
from zumik.core.resolvers.v1.require import failures

INCUMBENT_KEPT = "incumbent_within_margin_under_policy"


def derive(alias: Alias, facts: Facts, incumbent: Incumbent | None = None) -> Derivation:
    """The eligible models in order, and why; the ranking is empty where no model is eligible."""
    candidates = _candidates(alias, facts)
    entries = [entry_of(candidate, alias) for candidate in candidates if candidate.eligible]
    ranked = rank(entries, bands_of(alias))
    reason = reason_of(alias.prefer)
    kept = _kept(entries, ranked[0], alias, incumbent) if ranked else None
    if kept is not None and kept != ranked[0]:
        # It takes its rank and leaves: a band that it was the best of may let others in now.
        others = [entry for entry in entries if entry is not kept]
        ranked = [kept, *rank(others, bands_of(alias))]
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
    best = first(entries, bands_of(alias))
    return _kept(entries, best, alias, incumbent) or best


def _kept(
    entries: Sequence[Entry], best: Entry, alias: Alias, incumbent: Incumbent | None
) -> Entry | None:
    """The incumbent, where its margin lets it keep rank 1 before the best."""
    if alias.incumbent_margin is None or incumbent is None:
        return None
    worst = limit(best.values[-1], alias.incumbent_margin)
    for entry in survivors(entries, bands_of(alias)):
        if entry.model == incumbent.model and entry.values[-1] <= worst:
            return entry
    return None


def bands_of(alias: Alias) -> Bands:
    """The band of each preference."""
    return tuple(preference.within for preference in alias.prefer)


def reason_of(prefer: tuple[Preference, ...]) -> str:
    """Why the first of the ranking is first, named by its last preference and the bands before."""
    last = prefer[-1]
    goals = {Goal.MINIMIZE: "lowest", Goal.MAXIMIZE: "highest"}
    head = "first_listed" if last.word == LISTED else f"{goals[last.goal]}_{_slug(last.word)}"
    bands = [_slug(earlier.word) for earlier in prefer[:-1] if earlier.is_band]
    within = f"_within_{'_and_'.join(bands)}_band" if bands else ""
    return f"{head}{within}_under_policy"


def _slug(word: str) -> str:
    return word.replace(".", "_")


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
    failed = failures(models, alias, values, facts)
    known = [
        {
            word: value
            for word, value in zip(values, row, strict=True)
            if not isinstance(value, Failure)
        }
        for row in zip(*values.values(), strict=True)
    ]
    return tuple(map(Candidate, places, failed, known))


def entry_of(candidate: Candidate, alias: Alias) -> Entry:
    """A candidate whose every preferred value is known, as ranking sees it."""
    figures = [(preference.goal, candidate.values[preference.word]) for preference in alias.prefer]
    values = [value if goal is Goal.MINIMIZE else -value for goal, value in figures]
    return Entry(candidate.model, tuple(values))
