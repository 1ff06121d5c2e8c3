"""Resolver 1, weighing: by how much the winner wins, and what would make another one win.

Every answer is found by choosing again with the changed figure, never by a formula of its own, so
it cannot disagree with the ranking.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.policy import LISTED, Alias, Goal, Preference
from zumik.core.resolvers.derivation import Candidate, Derivation, Flip
from zumik.core.resolvers.facts import Incumbent
from zumik.core.resolvers.v1.derive import bands_of, entry_of, first_of
from zumik.core.resolvers.v1.rank import Bands, Entry, limit


class Choice(NamedTuple):
    """How a resolver chooses: a candidate as ranking sees it, and the first of those.

    `has_edges` says that the worst value that each preference keeps is a share of the best.
    """

    entry_of: Callable[[Candidate, Alias], Any]
    first_of: Callable[[Sequence[Any], Alias, Incumbent | None], Any]
    has_edges: bool = True


_CHOICE = Choice(entry_of, first_of)


def flips(derivation: Derivation, choice: Choice = _CHOICE) -> tuple[Flip, ...]:
    """For each figure of the winner, how far it can worsen; the deciding preference comes first.

    None for a figure that a band by error keeps: its edge is a root, and no exact value.
    """
    if derivation.winner is None:
        return ()
    prefer = derivation.alias.prefer
    by_error = {preference.word for preference in prefer if preference.within_error}
    words = dict.fromkeys(preference.word for preference in reversed(prefer))
    found = [
        _figure_flip(derivation, word, choice)
        for word in words
        if word != LISTED and word not in by_error
    ]
    return (*filter(None, found), *_bound_flips(derivation, choice))


def would_win(derivation: Derivation, choice: Choice = _CHOICE) -> tuple[Candidate, ...]:
    """The excluded candidates that would take rank 1 if what they failed were waived.

    Not those with an unknown fact: its value could be anything.
    """
    entries = _entries(derivation, choice)
    edges = _edges(entries, bands_of(derivation.alias)) if choice.has_edges else []
    return tuple(
        candidate
        for candidate in derivation.candidates
        if not candidate.eligible
        and not any(failure.unknown for failure in candidate.failures)
        and all(preference.word in candidate.values for preference in derivation.alias.prefer)
        and _would_win(derivation, entries, edges, candidate, choice)
    )


_Edges = list[tuple[Fraction, Fraction]]
"""Of each preference the best value of those that are left there, and the worst that stays."""


def _edges(entries: list[Entry], bands: Bands) -> _Edges:
    edges, left = _Edges(), entries
    for place, within in enumerate(bands):
        if left:
            best = min(entry.values[place] for entry in left)
            worst = limit(best, within or Fraction(0))
            edges.append((best, worst))
            left = [entry for entry in left if entry.values[place] <= worst]
    return edges


def _would_win(
    derivation: Derivation,
    entries: list[Entry],
    edges: _Edges,
    candidate: Candidate,
    choice: Choice,
) -> bool:
    """Whether a candidate wins among the eligible ones.

    To choose again takes long, and of hundreds of candidates most lose at an edge that they do not
    move. An incumbent may win beyond the last edge.
    """
    entry = choice.entry_of(candidate, derivation.alias)
    incumbent = derivation.incumbent
    if incumbent is None or incumbent.model != candidate.model:
        for value, (best, worst) in zip(entry.values, edges, strict=False):
            if value > worst:
                return False
            if value < best:
                break
    return _winner(derivation, [*entries, entry], choice) == candidate.model


def _figure_flip(derivation: Derivation, word: str, choice: Choice) -> Flip | None:
    prefer = derivation.alias.prefer
    goal = next(preference.goal for preference in reversed(prefer) if preference.word == word)
    # How the figure counts at each preference: 1 as at the last that uses it, -1 turned, 0 not.
    turns = [(1 if p.goal is goal else -1) if p.word == word else 0 for p in prefer]
    entries = _entries(derivation, choice)
    mine = next(entry for entry in entries if entry.model == derivation.winner)
    others = [entry for entry in entries if entry is not mine]

    def winner_at(value: Fraction) -> ModelId | None:
        figures = zip(turns, mine.values, strict=True)
        values = tuple(value * turn if turn else other for turn, other in figures)
        return _winner(derivation, [*others, mine._replace(values=values)], choice)

    def lost_at(value: Fraction) -> bool:
        return winner_at(value) != mine.model

    # Anything can change only at the steps, from the figure as it is (which another may share), or
    # just beyond one: so each step is probed, and a value between it and the next.
    now = next(value * turn for turn, value in zip(turns, mine.values, strict=True) if turn)
    steps = sorted(step for step in _steps(derivation, turns, others) if step >= now)
    probes = [value for pair in zip(steps, _between(steps), strict=True) for value in pair]
    if _loses_for_good(prefer, turns):
        lost = bisect_left(probes, True, key=lost_at)
    else:
        lost = next((i for i, value in enumerate(probes) if lost_at(value)), len(probes))
    if lost == len(probes):
        return None
    sign = 1 if goal is Goal.MINIMIZE else -1
    return Flip(
        word=word,
        now=now * sign,
        at=steps[lost // 2] * sign,
        inclusive=lost % 2 == 0,
        to=winner_at(probes[lost]),
    )


def _loses_for_good(prefer: Sequence[Preference], turns: Sequence[int]) -> bool:
    """Whether one who lost by a worse figure cannot win again by a still worse one.

    A worse figure lets more of the others through the band on it. In a band that comes after, one
    of those can shut out the one who beat the winner.
    """
    first = next(place for place, turn in enumerate(turns) if turn)
    return -1 not in turns and not any(preference.within for preference in prefer[first + 1 :])


def _steps(derivation: Derivation, turns: Sequence[int], others: list[Entry]) -> set[Fraction]:
    """The values at which another's figure, or the edge of a band or margin, is reached."""
    steps: set[Fraction] = set()
    for place, turn in enumerate(turns):
        bands = [bands_of(derivation.alias)[place]]
        if place == len(turns) - 1:
            bands.append(derivation.alias.incumbent_margin)
        for value in {entry.values[place] for entry in others} if turn else ():
            steps.add(value * turn)
            for within in bands:
                if within is not None:
                    steps.add(limit(value, within) * turn)
                    steps |= {edge * turn for edge in _limited_to(value, within)}
    return steps


def _limited_to(edge: Fraction, within: Fraction) -> Iterator[Fraction]:
    """The value whose limit is `edge`."""
    if edge >= 0:
        yield edge / (1 + within)
    elif within != 1:
        yield edge / (1 - within)


def _between(steps: list[Fraction]) -> list[Fraction]:
    """A value between each step and the next, and one beyond the last."""
    return [(low + high) / 2 for low, high in pairwise(steps)] + [step + 1 for step in steps[-1:]]


def _bound_flips(derivation: Derivation, choice: Choice) -> Iterator[Flip]:
    """The bounds that the winner meets, and who would win if it met one no longer."""
    winner = derivation.candidate(derivation.ranking[0])
    rest = [entry for entry in _entries(derivation, choice) if entry.model != winner.model]
    heir = _winner(derivation, rest, choice)
    for word, bound in derivation.alias.require.measures.items():
        for edge in (bound.at_least, bound.at_most):
            if edge is not None:
                yield Flip(word, winner.values[word], edge, False, heir, bound=True)


def _entries(derivation: Derivation, choice: Choice) -> list[Entry]:
    alias = derivation.alias
    return [choice.entry_of(c, alias) for c in derivation.candidates if c.eligible]


def _winner(derivation: Derivation, entries: list[Entry], choice: Choice) -> ModelId | None:
    entry: Entry | None = choice.first_of(entries, derivation.alias, derivation.incumbent)
    return None if entry is None else entry.model
