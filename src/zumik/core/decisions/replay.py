"""Replay: does a logged decision follow from the release that it names?

A comparison of what was logged with what `resolve` answers, and no routing of its own. The verdict
says how much the line proves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.decision import NEXT_RANKED, PINNED_TARGET, Decision, NoCandidate, resolve
from zumik.core.decisions.log_line import LogLine
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import ZumikError


class Verdict(Enum):
    """What a replay found."""

    REPRODUCED = "reproduced"
    CONSISTENT = "consistent"
    DIVERGED = "diverged"
    UNREPLAYABLE = "unreplayable"


class ServedVerdict(Enum):
    """What a logged `served_model` says, judged on its own."""

    AS_RESOLVED = "as_resolved"
    OTHER_REVISION = "other_revision"
    ALIAS_ECHOED = "alias_echoed"
    NOT_LOGGED = "not_logged"


class Difference(NamedTuple):
    """One field in which the log and the replay disagree; `logged` is the value in the line."""

    field: str
    logged: str
    replayed: str


class Replay(NamedTuple):
    """The verdict on one line, and everything it rests on.

    `why` explains a verdict that is neither plain yes nor plain no, `cause` the error behind it;
    `assumed` names what the line left open and the replay filled in.
    """

    line: LogLine
    verdict: Verdict
    served: ServedVerdict
    decision: Decision | None = None
    source: VerifiedRelease | None = None
    differences: tuple[Difference, ...] = ()
    why: str | None = None
    assumed: tuple[str, ...] = ()
    cause: ZumikError | None = None


Lookup = Callable[[ReleaseId], VerifiedRelease]
"""Finds a release by id; raises ZumikError where it is missing or not intact."""

LandedAt = Callable[[AliasName, datetime], ReleaseId | None]
"""The release that had landed for an alias at a time, where that can be known."""


def replay(line: LogLine, lookup: Lookup, landed_at: LandedAt | None = None) -> Replay:
    """Replay one line against the release that it names."""
    alias = line.reference.alias
    if alias is None:
        return _replay_target(line)
    release, assumed = _release_of(line, alias, landed_at)
    if release is None:
        return _unreplayable(line, "the line names no release, and what was live then is not known")
    if line.reference.release is not None and line.reference.release != release:
        return _unreplayable(line, f"it asks for {line.reference.release} and names {release}")
    try:
        source = lookup(release)
    except ZumikError as error:
        return _unreplayable(line, error.message, error)
    return _replay_alias(line, alias, source, assumed)


def _release_of(
    line: LogLine, alias: AliasName, landed_at: LandedAt | None
) -> tuple[ReleaseId | None, tuple[str, ...]]:
    named = line.release or line.reference.release
    if named is not None or line.timestamp is None or landed_at is None:
        return named, ()
    release = landed_at(alias, line.timestamp)
    return release, (f"{release}, the release that had landed by then",) if release else ()


def _replay_alias(
    line: LogLine, alias: AliasName, source: VerifiedRelease, assumed: tuple[str, ...]
) -> Replay:
    if line.request is None and line.reason in NEXT_RANKED:
        return _replay_without_request(line, alias, source, assumed)
    request = line.request or NOTHING_ASKED
    named = assumed
    if line.request is None:
        assumed = (*assumed, "a request that asks for nothing special")
    try:
        decision = resolve(source, alias, request, requested=line.reference.text)
    except NoCandidate:
        difference = Difference("resolved_model", line.model or "nothing", "no candidate")
        return _judged(line, Verdict.DIVERGED, source, None, (difference,), assumed)
    except ZumikError as error:
        return _unreplayable(line, error.message, error)
    differences = _differences(line, decision, source)
    # Without a reason the empty request is our guess; a lower rank may be some other request's due.
    if differences and line.request is None and line.reason is None:
        return _replay_without_request(line, alias, source, named)
    if differences:
        return _judged(line, Verdict.DIVERGED, source, decision, differences, assumed)
    return _judged(line, Verdict.REPRODUCED, source, decision, (), assumed)


def _replay_without_request(
    line: LogLine, alias: AliasName, source: VerifiedRelease, assumed: tuple[str, ...]
) -> Replay:
    """Some request gives a lower rank its turn; the line does not say which, so it proves less."""
    frozen = source.aliases.get(alias)
    if frozen is None:
        return _unreplayable(line, f"{source.ref.id} has no alias {alias}")
    if line.model in frozen.ranking:
        unavailable = frozen.ranking[: frozen.ranking.index(line.model)]
    elif line.model is None and line.reason in NEXT_RANKED:
        # The line does not say which lower rank it was; the second represents them all.
        unavailable = frozen.ranking[:1] if len(frozen.ranking) > 1 else ()
    else:
        unavailable = ()
    decision = resolve(
        source, alias, Request(unavailable=unavailable), requested=line.reference.text
    )
    # The stand-in request gets the model right; the reason and the request are not its to prove.
    differences = tuple(
        difference
        for difference in _differences(line, decision, source)
        if difference.field != "resolution_reason"
    )
    if line.reason in NEXT_RANKED and not unavailable:
        rank_one = Difference("resolution_reason", line.reason or "", decision.reason)
        differences = (*differences, rank_one)
    if differences:
        return _judged(line, Verdict.DIVERGED, source, decision, differences, assumed)
    why = "the line has no request, so it shows that this can have happened, not that it did"
    if unavailable:
        assumed = (*assumed, f"that {', '.join(unavailable)} could not be used")
    return _judged(line, Verdict.CONSISTENT, source, decision, (), assumed, why)


def _replay_target(line: LogLine) -> Replay:
    """A concrete target resolves to itself, with no release to hold it against."""
    target = line.reference.model
    assert target is not None
    wanted = {
        "resolved_model": (line.model, target),
        "candidates_considered": (line.considered, 1),
        "resolution_reason": (line.reason, PINNED_TARGET),
        "alias_release": (line.release, None),
        "alias_release_sha256": (line.sha256, None),
    }
    differences = tuple(
        Difference(field, str(logged), str(replayed))
        for field, (logged, replayed) in wanted.items()
        if logged is not None and logged != replayed
    )
    verdict = Verdict.DIVERGED if differences else Verdict.REPRODUCED
    return _judged(line, verdict, None, None, differences, ())


def _differences(
    line: LogLine, decision: Decision, source: VerifiedRelease
) -> tuple[Difference, ...]:
    """The logged fields that the decision does not repeat; fields that are absent are not held."""
    digest = line.digest_start
    pairs = (
        ("resolved_model", line.model, decision.model),
        ("candidates_considered", line.considered, decision.candidates_considered),
        ("resolution_reason", line.reason, decision.reason),
        ("resolved_revision", line.revision, decision.revision),
        # A receipt has 12 digits of the digest; they are held against as many.
        ("alias_release_sha256", digest, source.ref.sha256[: len(digest or "")]),
    )
    return tuple(
        Difference(field, str(logged), str(replayed))
        for field, logged, replayed in pairs
        if logged is not None and logged != replayed
    )


def _judged(
    line: LogLine,
    verdict: Verdict,
    source: VerifiedRelease | None,
    decision: Decision | None,
    differences: tuple[Difference, ...],
    assumed: tuple[str, ...],
    why: str | None = None,
) -> Replay:
    served = _served(line, source, decision)
    return Replay(line, verdict, served, decision, source, differences, why, assumed)


def _unreplayable(line: LogLine, why: str, cause: ZumikError | None = None) -> Replay:
    return Replay(line, Verdict.UNREPLAYABLE, _served(line, None, None), why=why, cause=cause)


def _served(
    line: LogLine, source: VerifiedRelease | None, decision: Decision | None
) -> ServedVerdict:
    """What the provider said it served, beside what was resolved: as logged, else as replayed."""
    if line.served_model is None:
        return ServedVerdict.NOT_LOGGED
    if line.served_model in (line.reference.text, line.reference.alias):
        return ServedVerdict.ALIAS_ECHOED if line.reference.alias else ServedVerdict.AS_RESOLVED
    resolved = line.model or line.reference.model or (decision and decision.model)
    names = {resolved, line.revision}
    model = source.models.get(resolved) if source and resolved else None
    if model is not None:
        names |= {model.revision, model.upstream.model}
    if resolved is not None:
        names.add(resolved.split("/", 1)[1])
    return (
        ServedVerdict.AS_RESOLVED
        if line.served_model in names - {None}
        else ServedVerdict.OTHER_REVISION
    )
