"""An audit: the verdicts on many logged calls, counted in bounded memory.

A log may be of any size and from anyone, so that what is kept grows with the aliases and releases
that exist, and with a fixed number of kinds and examples, never with the log.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.replay import Replay, ServedVerdict, Verdict
from zumik.core.traffic.logged_call import NO_DECISION, LoggedCall
from zumik.core.traffic.logs_read import LogsRead
from zumik.errors import IntegrityError

MAX_KINDS = 100
"""How many kinds of divergence, and how many served names, are counted apart."""


class JudgedCall(NamedTuple):
    """A call with the verdict on its decision; `replay` is None where it carries no decision."""

    call: LoggedCall
    replay: Replay | None


class Decider(NamedTuple):
    """What decided a call: an alias of a release. `by_name`: the caller asked for a model itself.

    All are None or False where the alias or the release is not known here.
    """

    alias: AliasName | None = None
    release: ReleaseId | None = None
    by_name: bool = False


class Kind(NamedTuple):
    """What calls have in common that diverged, or prove nothing: the verdict, and by what."""

    verdict: Verdict
    by: str


class KindOfCalls(NamedTuple):
    """How many calls are of one kind, and the first of them."""

    calls: int
    first: JudgedCall


class Drift(NamedTuple):
    """A model that was resolved, and the other name by which the provider answered."""

    resolved: ModelId | None
    served: str
    verdict: ServedVerdict


@dataclass
class Audit(LogsRead):
    """What was found so far, beside what was read. Every count is of calls.

    `deciders` counts verdicts by alias and release, `unlogged` the calls that carry no decision of
    zumik. `not_intact` says that a release's bytes were not intact.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    served: Counter[ServedVerdict] = field(default_factory=Counter)
    deciders: dict[Decider, Counter[Verdict]] = field(default_factory=dict)
    kinds: dict[Kind, KindOfCalls] = field(default_factory=dict)
    other_kinds: int = 0
    drifts: Counter[Drift] = field(default_factory=Counter)
    other_drifts: int = 0
    unlogged: int = 0
    not_intact: bool = False

    @property
    def calls(self) -> int:
        """Every call and entry that was asked about."""
        return sum(self.verdicts.values()) + self.unlogged + self.unreadable

    @property
    def has_diverged(self) -> bool:
        """Whether any call does not follow from its release."""
        return self.verdicts[Verdict.DIVERGED] > 0

    @property
    def has_undecided(self) -> bool:
        """Whether any could not be read or replayed, or none carries a decision at all."""
        decided = sum(self.verdicts.values())
        return self.unreadable > 0 or self.verdicts[Verdict.UNREPLAYABLE] > 0 or not decided

    def add(self, judged: JudgedCall) -> None:
        """Count a call, as often as it counts for."""
        call, replay = judged
        self.add_call(call)
        if replay is None:
            if call.fault == NO_DECISION:
                self.unlogged += call.calls
            else:
                self.add_unreadable(call.place, call.fault or NO_DECISION, call.calls)
            return
        self.verdicts[replay.verdict] += call.calls
        self.served[replay.served] += call.calls
        self.not_intact |= isinstance(replay.cause, IntegrityError)
        self.deciders.setdefault(_decider(replay), Counter())[replay.verdict] += call.calls
        self._add_kind(judged, replay)
        self._add_drift(replay, call.calls)

    def _add_kind(self, judged: JudgedCall, replay: Replay) -> None:
        if replay.verdict in (Verdict.REPRODUCED, Verdict.CONSISTENT):
            return
        kind = Kind(replay.verdict, _by(replay))
        seen = self.kinds.get(kind)
        if seen is not None:
            first = min(seen.first, judged, key=lambda found: self.order(found.call.place))
            self.kinds[kind] = KindOfCalls(seen.calls + judged.call.calls, first)
        elif len(self.kinds) < MAX_KINDS:
            self.kinds[kind] = KindOfCalls(judged.call.calls, judged)
        else:
            self.other_kinds += judged.call.calls

    def _add_drift(self, replay: Replay, calls: int) -> None:
        if replay.served not in (ServedVerdict.OTHER_MODEL, ServedVerdict.OTHER_REVISION):
            return
        resolved = replay.line.model or (replay.decision and replay.decision.model)
        drift = Drift(resolved, replay.line.served_model or "", replay.served)
        if drift in self.drifts or len(self.drifts) < MAX_KINDS:
            self.drifts[drift] += calls
        else:
            self.other_drifts += calls


def _decider(replay: Replay) -> Decider:
    """Names that no release has come from the log alone, which may have any number of them."""
    alias, source = replay.line.reference.alias, replay.source
    if alias is None:
        return Decider(by_name=True)
    return Decider(alias, source.ref.id) if source and alias in source.aliases else Decider()


def _by(replay: Replay) -> str:
    """What a verdict that is no yes rests on: the fields that differ, or the reason."""
    if replay.differences:
        return ", ".join(difference.field for difference in replay.differences)
    return replay.why or replay.verdict.value
