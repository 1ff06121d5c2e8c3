"""Impact: what the logged requests would get from another release, or from one model.

Cost and latency are those of the frozen facts for the tokens that the log counts, then and now, so
that both sides are measured alike. A request whose log has no tokens counts as moved or not, and
its cost stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.cost_gaps import CostGap, cost_gaps_of_usage
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, LATENCY, Alias, Workload
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers import ResolverVersion
from zumik.core.resolvers.facts import Facts
from zumik.core.traffic.attempts import Attempts
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.logged_call import LoggedCall
from zumik.errors import ZumikError


class Answer(NamedTuple):
    """Who answers a request; where no model does, whether only unknown facts stand against it."""

    model: ModelId | None
    only_unknown: bool = False


class Side(NamedTuple):
    """Who answers an alias: models in order, the facts to choose by, and the alias's policy.

    `policy` is None where no alias chose the models.
    """

    ranking: tuple[ModelId, ...]
    facts: Facts
    made_by: ResolverVersion
    policy: Alias | None = None

    @classmethod
    def of_release(cls, source: VerifiedRelease, alias: AliasName) -> Side | None:
        """The ranking of a release; None where it does not have the alias."""
        frozen = source.aliases.get(alias)
        if frozen is None:
            return None
        return cls(frozen.ranking, source.release.facts, source.release.made_by, frozen.policy)

    def answer(self, request: Request) -> Answer:
        """Who answers a request."""
        rank, _ = self.made_by.walk(self.ranking, self.facts.models, request)
        if rank is not None:
            return Answer(self.ranking[rank])
        hopeful = {model: _hopeful(self.facts.models[model], request) for model in self.ranking}
        return Answer(None, self.made_by.walk(self.ranking, hopeful, request)[0] is not None)


SideOf = Callable[[AliasName], Side | None]
"""Who answers an alias; None where the alias is not there. Raises ZumikError."""


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
    """How many requests go one way, and what they cost and take on each side.

    `measured` counts the requests whose cost is known on both sides, summed in USD; with gaps such
    a sum is no exact figure. `timed` counts those whose latency is known, summed in seconds.
    """

    requests: int = 0
    measured: int = 0
    cost_before: Fraction = Fraction(0)
    cost_after: Fraction = Fraction(0)
    gaps_before: frozenset[CostGap] = frozenset()
    gaps_after: frozenset[CostGap] = frozenset()
    timed: int = 0
    seconds_before: Fraction = Fraction(0)
    seconds_after: Fraction = Fraction(0)

    def add(self, requests: int, before: _Measured, after: _Measured) -> None:
        """Add requests that are equal in all that is measured."""
        self.requests += requests
        if before.cost is not None and after.cost is not None:
            self.measured += requests
            self.cost_before += before.cost * requests
            self.cost_after += after.cost * requests
            self.gaps_before = self.gaps_before.union(before.gaps)
            self.gaps_after = self.gaps_after.union(after.gaps)
        if before.seconds is not None and after.seconds is not None:
            self.timed += requests
            self.seconds_before += before.seconds * requests
            self.seconds_after += after.seconds * requests

    def add_sum(self, other: Moved) -> None:
        """Add all that another has summed up."""
        self.requests += other.requests
        self.measured += other.measured
        self.cost_before += other.cost_before
        self.cost_after += other.cost_after
        self.gaps_before |= other.gaps_before
        self.gaps_after |= other.gaps_after
        self.timed += other.timed
        self.seconds_before += other.seconds_before
        self.seconds_after += other.seconds_after


class _Measured(NamedTuple):
    """USD and seconds of one call; None where a fact or the tokens are unknown.

    `gaps` says in what the cost is no exact figure.
    """

    cost: Fraction | None = None
    seconds: Fraction | None = None
    gaps: tuple[CostGap, ...] = ()


_UNMEASURED = _Measured()


class Impact:
    """The moves of all requests that asked for an alias.

    `against` names what they are asked of; `then` what they are compared with, None for what the
    log says. `targets` counts the requests that asked for a model by its name, which no release
    moves; `unknown` those for an alias that neither side has.
    """

    def __init__(
        self,
        against: str,
        now: SideOf,
        then: str | None = None,
        before: SideOf | None = None,
    ) -> None:
        self.against = against
        self.then = then
        self.moves: dict[Move, Moved] = {}
        self.targets = 0
        self.unknown = 0
        self._attempts = Attempts()
        self._now = _Asked(now)
        self._before = _Asked(before) if before else None

    @property
    def requests(self) -> int:
        """The requests that were asked again."""
        return sum(moved.requests for moved in self.moves.values())

    @property
    def calls(self) -> int:
        """Every call with a decision that was added."""
        return self.requests + self.attempts + self.targets + self.unknown

    @property
    def attempts(self) -> int:
        """The attempts of requests that are counted by another attempt."""
        return self._attempts.joined

    def count(self, outcomes: Iterable[Outcome]) -> int:
        """The requests with one of these outcomes."""
        wanted = frozenset(outcomes)
        return sum(moved.requests for move, moved in self.moves.items() if move.outcome in wanted)

    def by_alias(self) -> dict[AliasName, dict[Outcome, Moved]]:
        """The sums of each alias by outcome, the aliases in their order."""
        found: dict[AliasName, dict[Outcome, Moved]] = {}
        for move, moved in sorted(self.moves.items(), key=lambda item: item[0].alias):
            outcomes = found.setdefault(move.alias, {})
            outcomes.setdefault(move.outcome, Moved()).add_sum(moved)
        return found

    def add(self, judged: JudgedCall) -> None:
        """Ask a call again. One without a decision was not resolved by zumik, and is left alone."""
        for request in self._attempts.requests(judged):
            self._count(request)

    def end(self) -> None:
        """Count the requests of which only failed attempts were added."""
        for request in self._attempts.rest():
            self._count(request)

    def _count(self, judged: JudgedCall) -> None:
        call = judged.call
        line = call.decision
        if line is None or (self._before is None and judged.replay is None):
            return
        alias = line.reference.alias
        if alias is None:
            self.targets += call.calls
            return
        request = line.request or NOTHING_ASKED
        side = self._now.side(alias)
        then, before = self._then(judged, alias, request)
        if then is None and (self._before is None or side is None):
            # Such a name may be anything, and a log may have any number of them.
            self.unknown += call.calls
            return
        found = self._now.answer(alias, request)
        after = found.model if found else None
        was, becomes = _UNMEASURED, _UNMEASURED
        if then and side and before and after:
            policy = then.policy or side.policy
            was = _measured(then, policy, before, call)
            becomes = _measured(side, policy, after, call)
        move = Move(alias, before, after, _outcome(before, found))
        self.moves.setdefault(move, Moved()).add(call.calls, was, becomes)

    def _then(
        self, judged: JudgedCall, alias: AliasName, request: Request
    ) -> tuple[Side | None, ModelId | None]:
        """Who the alias was, and who answered the request."""
        if self._before is not None:
            found = self._before.answer(alias, request)
            return self._before.side(alias), found.model if found else None
        replay = judged.replay
        if replay is None or replay.source is None:
            return None, None
        side = Side.of_release(replay.source, alias)
        model = replay.line.model or (replay.decision.model if replay.decision else None)
        return side, model if model in replay.source.release.content.models else None


class _Asked:
    """One side, asked once for what many requests have in common."""

    def __init__(self, side_of: SideOf) -> None:
        self._side_of = side_of
        # Requests differ by their tokens, and names may be made up: a log has any number of both.
        self.side = lru_cache(_MAX_SIDES)(self._side)
        self.answer = lru_cache(_MAX_ANSWERS)(self._answer)

    def _side(self, alias: AliasName) -> Side | None:
        try:
            return self._side_of(alias)
        except ZumikError:
            return None

    def _answer(self, alias: AliasName, request: Request) -> Answer | None:
        side = self.side(alias)
        return side.answer(request) if side is not None else None


_MAX_SIDES = 10_000
_MAX_ANSWERS = 100_000


def _outcome(before: ModelId | None, found: Answer | None) -> Outcome:
    if found is None:
        return Outcome.NOT_THERE
    if found.model is not None:
        return Outcome.SAME if found.model == before else Outcome.MOVED
    return Outcome.ONLY_UNKNOWN if found.only_unknown else Outcome.UNSERVED


_ENOUGH = 10**18
_LIMITS = ("input_tokens", "output_tokens", "context_tokens")


def _hopeful(model: Model, request: Request) -> Model:
    """The model, if all that is unknown of it were enough for the request; a no stays one."""
    asked = {"capabilities": request.capabilities, "input": request.input}
    maybe = {
        field: frozenset(word for word in words if model.has_word(field, word) is not False)
        for field, words in asked.items()
    }
    return model._replace(
        limits={**dict.fromkeys(_LIMITS, _ENOUGH), **model.limits},
        capabilities=(model.capabilities or frozenset()) | maybe["capabilities"],
        input=(model.input or frozenset()) | maybe["input"],
    )


def _measured(side: Side, policy: Alias | None, model: ModelId, call: LoggedCall) -> _Measured:
    """What frozen facts say of a call's tokens, at the tier of the alias's own workload."""
    known = side.facts.models.get(model)
    if known is None or policy is None or call.input_tokens is None or call.output_tokens is None:
        return _UNMEASURED
    cached = min(call.cached_tokens or 0, call.input_tokens)
    workload = Workload(
        call.input_tokens,
        call.output_tokens,
        Fraction(cached, call.input_tokens) if call.input_tokens else Fraction(0),
        policy.workload.tier if policy.workload else "standard",
    )
    require = policy.require._replace(incomplete_cost_allowed=True)
    asked = policy._replace(workload=workload, require=require)
    cost, seconds = (
        side.made_by.value_of(word, known, asked, side.facts) for word in (COST, LATENCY)
    )
    return _Measured(
        cost if isinstance(cost, Fraction) else None,
        seconds if isinstance(seconds, Fraction) else None,
        cost_gaps_of_usage(
            known, workload, side.facts, side.made_by, cached_known=call.cached_tokens is not None
        ),
    )
