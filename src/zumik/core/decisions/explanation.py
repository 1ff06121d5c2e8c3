"""An explanation: a decision, the proof of its release, the table behind it, and what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from zumik.core.basics.names import AliasName, ModelId
    from zumik.core.basics.unknown import Unknown
    from zumik.core.decisions.alias_table import Rederived
    from zumik.core.decisions.decision import Decision
    from zumik.core.decisions.drained_decision import DrainedDecision
    from zumik.core.decisions.replay import Replay
    from zumik.core.decisions.resolver_before import RankingBefore
    from zumik.core.live.drains import Drain
    from zumik.core.live.live_retirement import LiveRetirement
    from zumik.core.live.pointer_pair import PointerPair
    from zumik.core.releases.read_elsewhere import ReadElsewhere
    from zumik.core.releases.release import VerifiedRelease
    from zumik.core.releases.withdrawal import Withdrawal


class Explanation(NamedTuple):
    """Everything that is known of one decision.

    `replay` is there for a log line or receipt. `ledger` says whether SHA256SUMS vouches for the
    release, and is None where a bundle is all there is. `signature` says whether a signature lies
    beside the release; it is not verified here. `withdrawal` is the release's mark, where it has
    one. `now` is what the live alias answers to the same request at the time `at`, when all this
    is asked. `drains` are those that covered what the request could not use when it was decided, as
    far as they are still listed. `beside` is both pointers, where `live_ref` has another one than
    the workspace that answers. `incumbent_fault` says why the incumbent that the release names for
    the alias cannot have been live, or why that cannot be known. `retirement` is that of what
    answers now. `resolver_before` is what the resolver before gives otherwise. `read_elsewhere`
    says where the release was read, if not in the workspace that answers.
    """

    alias: AliasName
    source: VerifiedRelease
    rederived: Rederived
    decision: Decision | None
    ledger: bool | None
    now: DrainedDecision | Unknown
    at: datetime
    replay: Replay | None = None
    signature: bool = False
    withdrawal: Withdrawal | Unknown | None = None
    drains: tuple[Drain, ...] = ()
    beside: PointerPair | None = None
    incumbent_fault: str | Unknown | None = None
    retirement: LiveRetirement | None = None
    resolver_before: RankingBefore | None = None
    read_elsewhere: ReadElsewhere | None = None

    @property
    def drain_ignored(self) -> tuple[ModelId, ...]:
        """The models that were drained and stayed, as the log line says or as of now."""
        if self.replay is not None:
            return self.replay.line.drain_ignored
        return self.decision.drain_ignored if self.decision else ()
