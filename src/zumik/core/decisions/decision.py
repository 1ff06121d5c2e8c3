"""Decisions: which model answers a reference, and why.

One decision, many views: the log line, the receipt, `explain`, `replay` and every API render what
`resolve` returns.
"""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.facts.policy import Deprecation
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import AnswerIsNo, CannotRun

NEXT_MEETING_REQUEST = "next_ranked_meeting_request"
NEXT_AFTER_UNAVAILABLE = "next_ranked_after_unavailable"
PINNED_TARGET = "pinned_target"


class NoCandidate(AnswerIsNo):
    """No ranked model can take the request; `passed` says why for each."""

    code = "no_candidate_meets_request"

    def __init__(self, alias: AliasName, passed: tuple[tuple[ModelId, str], ...]) -> None:
        reasons = "\n".join(f"  {model}: {why}" for model, why in passed)
        super().__init__(
            f"{alias}: no candidate meets the request ({self.code})\n{reasons}",
            hint="ask for less, or add a model that can take such a request to the policy",
        )
        self.passed = passed


class Decision(NamedTuple):
    """An answer. A tuple and not a dataclass, because one is made for every request.

    `source` is the release it came from, None for a concrete target; `passed` are the models ranked
    higher that the request could not use, each with why. `drain_ignored` are ranked models that
    were drained and could answer all the same, because no other could; no replay depends on it.
    """

    requested: str
    alias: AliasName | None
    source: VerifiedRelease | None
    model: ModelId
    rank: int
    reason: str
    request: Request
    passed: tuple[tuple[ModelId, str], ...]
    revision: str | None
    drain_ignored: tuple[ModelId, ...] = ()

    @property
    def candidates_considered(self) -> int:
        """The length of the ranking; 1 for a concrete target."""
        if self.source is None or self.alias is None:
            return 1
        return len(self.source.aliases[self.alias].ranking)

    @property
    def deprecated(self) -> Deprecation | None:
        """What the policy says of the alias's end; None where a release was pinned: that stays."""
        if self.source is None or self.alias is None or "@" in self.requested:
            return None
        return self.source.aliases[self.alias].policy.deprecated

    @property
    def receipt(self) -> Receipt | None:
        """The one-string form, for a header, a tag or a span attribute."""
        if self.source is None or self.alias is None:
            return None
        ref = self.source.ref
        return Receipt(self.alias, ref.id, ref.sha256.short, self.model)

    def to_json(self, timestamp: str | None = None) -> dict[str, object]:
        """The log line's fields, the five of the public contract first."""
        fields: dict[str, object] = {
            "requested_model": self.requested,
            "alias_release": self.source and self.source.ref.id,
            "resolved_model": self.model,
            "candidates_considered": self.candidates_considered,
            "resolution_reason": self.reason,
            "alias_release_sha256": self.source and self.source.ref.sha256,
            "resolved_revision": self.revision,
            "request": self.request.to_json(),
        }
        if self.drain_ignored:
            fields["drain_ignored"] = list(self.drain_ignored)
        return fields if timestamp is None else {**fields, "timestamp": timestamp}


def resolve(
    source: VerifiedRelease,
    alias: AliasName,
    request: Request = NOTHING_ASKED,
    *,
    requested: str | None = None,
) -> Decision:
    """The decision of a release for an alias.

    `requested` is the reference as it was asked for, where that is not the alias alone. Raises
    CannotRun where the release does not hold the alias, NoCandidate where no ranked model meets it.
    """
    release = source.release
    models = release.content.models
    frozen = release.content.aliases.get(alias)
    if frozen is None:
        raise _unknown_alias(source, alias)
    rank, passed = release.made_by.walk(frozen.ranking, models, request)
    if rank is None:
        raise NoCandidate(alias, passed)
    model = frozen.ranking[rank]
    return Decision(
        requested or alias,
        alias,
        source,
        model,
        rank + 1,
        frozen.reason if rank == 0 else _reason(frozen.ranking[:rank], request),
        request,
        passed,
        models[model].revision,
    )


def resolve_target(reference: Reference, model: ModelId, revision: str | None) -> Decision:
    """The decision for a concrete target: itself."""
    return Decision(
        reference.text, None, None, model, 1, PINNED_TARGET, NOTHING_ASKED, (), revision
    )


def _reason(passed: tuple[ModelId, ...], request: Request) -> str:
    """Why a lower rank has its turn: an unavailable model weighs more than an unmet need."""
    lost = not frozenset(passed).isdisjoint(request.unavailable)
    return NEXT_AFTER_UNAVAILABLE if lost else NEXT_MEETING_REQUEST


def _unknown_alias(source: VerifiedRelease, alias: AliasName) -> CannotRun:
    hint = did_you_mean(alias, source.aliases, f"it has {', '.join(source.aliases)}")
    return CannotRun(f"{source.ref.id} has no alias {alias}", hint=hint)
