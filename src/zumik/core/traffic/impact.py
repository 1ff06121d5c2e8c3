"""Impact: what the logged requests would get from another release, or from one model.

Cost and latency are those of the frozen facts for the tokens that the log counts, then and now, so
that both sides are measured alike. A call whose log has no tokens counts as moved or not, and its
cost stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, LATENCY, Alias, Workload
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers import ResolverVersion
from zumik.core.resolvers.facts import Facts
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.logged_call import LoggedCall
from zumik.errors import ZumikError


class Alternative(NamedTuple):
    """Who would answer an alias instead: models in order, and the facts to choose by."""

    ranking: tuple[ModelId, ...]
    facts: Facts
    made_by: ResolverVersion

    @classmethod
    def from_release(cls, source: VerifiedRelease, alias: AliasName) -> Alternative | None:
        """The ranking of a release; None where it does not have the alias."""
        frozen = source.aliases.get(alias)
        if frozen is None:
            return None
        return cls(frozen.ranking, source.release.facts, source.release.made_by)

    def answer(self, request: Request) -> tuple[ModelId | None, bool]:
        """Who answers; and, where no model does, whether only unknown facts stand against it."""
        rank, _ = self.made_by.walk(self.ranking, self.facts.models, request)
        if rank is not None:
            return self.ranking[rank], False
        hopeful = {model: _hopeful(self.facts.models[model], request) for model in self.ranking}
        return None, self.made_by.walk(self.ranking, hopeful, request)[0] is not None


Other = Callable[[AliasName], Alternative | None]
"""Who answers an alias instead; None where the alias is not there. Raises ZumikError."""


class Outcome(Enum):
    """What happens to a logged request. ONLY_UNKNOWN: a model might take it, but a fact of it is
    unknown. NOT_THERE: the alias is not in what is compared with, or that cannot be read."""

    SAME = "same"
    MOVED = "moved"
    ONLY_UNKNOWN = "only_unknown"
    UNSERVED = "unserved"
    NOT_THERE = "not_there"


class Move(NamedTuple):
    """From which model to which the requests of an alias go; None where no model answers."""

    alias: AliasName
    before: ModelId | None
    after: ModelId | None
    outcome: Outcome


@dataclass
class Moved:
    """How many calls go one way, and what they cost and take on each side.

    `measured` counts the calls whose cost is known on both sides, summed in USD; `timed` those
    whose latency is, summed in seconds.
    """

    calls: int = 0
    measured: int = 0
    cost_before: Fraction = Fraction(0)
    cost_after: Fraction = Fraction(0)
    timed: int = 0
    seconds_before: Fraction = Fraction(0)
    seconds_after: Fraction = Fraction(0)

    def add(self, calls: int, before: _Measured, after: _Measured) -> None:
        """Add calls that are equal in all that is measured."""
        self.calls += calls
        if before.cost is not None and after.cost is not None:
            self.measured += calls
            self.cost_before += before.cost * calls
            self.cost_after += after.cost * calls
        if before.seconds is not None and after.seconds is not None:
            self.timed += calls
            self.seconds_before += before.seconds * calls
            self.seconds_after += after.seconds * calls


class _Measured(NamedTuple):
    """USD and seconds of one call; None where a fact or the tokens are unknown."""

    cost: Fraction | None = None
    seconds: Fraction | None = None


_UNMEASURED = _Measured()


@dataclass
class Impact:
    """The moves of all calls that asked for an alias, against what is named.

    `targets` counts the calls that asked for a model by its name, which no release moves;
    `unknown` those that asked for an alias that neither side has.
    """

    against: str
    other: Other
    moves: dict[Move, Moved] = field(default_factory=dict)
    targets: int = 0
    unknown: int = 0
    _answers: dict[tuple[AliasName, Request], tuple[ModelId | None, Outcome]] = field(
        default_factory=dict, repr=False
    )

    @property
    def calls(self) -> int:
        """The calls that were asked again."""
        return sum(moved.calls for moved in self.moves.values())

    def count(self, outcomes: Iterable[Outcome]) -> int:
        """The calls with one of these outcomes."""
        wanted = frozenset(outcomes)
        return sum(moved.calls for move, moved in self.moves.items() if move.outcome in wanted)

    def add(self, judged: JudgedCall) -> None:
        """Ask a call again. One without a decision was not resolved by zumik, and is left alone."""
        call, replay = judged
        if replay is None:
            return
        line = replay.line
        alias = line.reference.alias
        if alias is None:
            self.targets += call.calls
            return
        after, outcome = self._answer(alias, line.request or NOTHING_ASKED)
        frozen = replay.source.aliases.get(alias) if replay.source else None
        if replay.source is None or frozen is None:
            # Such a name may be anything, and a log may have any number of them.
            self.unknown += call.calls
            return
        made = replay.source.release
        before = line.model or (replay.decision.model if replay.decision else None)
        if before not in made.content.models:
            before = None
        if outcome is Outcome.MOVED and after == before:
            outcome = Outcome.SAME
        then, now = _UNMEASURED, _UNMEASURED
        if before and after and (other := self.other(alias)):
            then = _measured(made.facts, made.made_by, frozen.policy, before, call)
            now = _measured(other.facts, other.made_by, frozen.policy, after, call)
        moved = self.moves.setdefault(Move(alias, before, after, outcome), Moved())
        moved.add(call.calls, then, now)

    def _answer(self, alias: AliasName, request: Request) -> tuple[ModelId | None, Outcome]:
        key = (alias, request)
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= _MAX_KEPT:
                self._answers.clear()
            found = self._answers[key] = self._asked(alias, request)
        return found

    def _asked(self, alias: AliasName, request: Request) -> tuple[ModelId | None, Outcome]:
        try:
            other = self.other(alias)
        except ZumikError:
            other = None
        if other is None:
            return None, Outcome.NOT_THERE
        model, only_unknown = other.answer(request)
        if model is not None:
            return model, Outcome.MOVED
        return None, Outcome.ONLY_UNKNOWN if only_unknown else Outcome.UNSERVED


# Requests differ by their tokens, so that a long log has any number of them.
_MAX_KEPT = 100_000

_ENOUGH = 10**18
_LIMITS = ("input_tokens", "output_tokens", "context_tokens")


def _hopeful(model: Model, request: Request) -> Model:
    """The model, if all that is unknown of it were enough for the request."""
    return model._replace(
        limits={**dict.fromkeys(_LIMITS, _ENOUGH), **model.limits},
        capabilities=model.capabilities
        if model.capabilities is not None
        else frozenset(request.capabilities),
        input=model.input if model.input is not None else frozenset(request.input),
    )


def _measured(
    facts: Facts, made_by: ResolverVersion, policy: Alias, model: ModelId, call: LoggedCall
) -> _Measured:
    """What frozen facts say of a call's tokens, at the tier of the alias's own workload."""
    known = facts.models.get(model)
    if known is None or call.input_tokens is None or call.output_tokens is None:
        return _UNMEASURED
    cached = min(call.cached_tokens or 0, call.input_tokens)
    workload = Workload(
        call.input_tokens,
        call.output_tokens,
        Fraction(cached, call.input_tokens) if call.input_tokens else Fraction(0),
        policy.workload.tier if policy.workload else "standard",
    )
    asked = policy._replace(workload=workload)
    cost, seconds = (made_by.value_of(word, known, asked, facts) for word in (COST, LATENCY))
    return _Measured(
        cost if isinstance(cost, Fraction) else None,
        seconds if isinstance(seconds, Fraction) else None,
    )
