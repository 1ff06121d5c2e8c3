"""Replay: does a logged decision follow from the release that it names?

A comparison of what was logged with what `resolve` answers, and no routing of its own. The verdict
never says more than the line supports: a line that does not say which model answered proves
nothing, and one without its request proves at most that some request gives its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.secret_keys import masked
from zumik.core.basics.times import CLOCK_TOLERANCE
from zumik.core.decisions.decision import (
    NEXT_AFTER_UNAVAILABLE,
    NEXT_MEETING_REQUEST,
    PINNED_TARGET,
    Decision,
    NoCandidate,
    resolve,
)
from zumik.core.decisions.log_line import LogLine
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.releases.release import FrozenAlias, VerifiedRelease
from zumik.errors import ZumikError

if TYPE_CHECKING:
    from zumik.core.live.landed_pointer import LandedPointer


class Verdict(Enum):
    """What a replay found."""

    REPRODUCED = "reproduced"
    CONSISTENT = "consistent"
    DIVERGED = "diverged"
    UNREPLAYABLE = "unreplayable"


class ServedVerdict(Enum):
    """What a logged `served_model` says, judged on its own.

    NOT_JUDGED: it is logged, and there is no model to hold it against, or it names no revision.
    """

    AS_RESOLVED = "as_resolved"
    OTHER_REVISION = "other_revision"
    OTHER_MODEL = "other_model"
    ALIAS_ECHOED = "alias_echoed"
    NOT_LOGGED = "not_logged"
    NOT_JUDGED = "not_judged"


class Difference(NamedTuple):
    """One field in which the log and the replay disagree; `logged` is the value in the line."""

    field: str
    logged: str
    replayed: str | None


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


class LandedThen(NamedTuple):
    """What had landed for an alias by a time: the live release first, then those before it.

    None where no release was live. `is_future` says that the time is later than now, so that the
    clock that wrote it was wrong; `clock_holds`, whether the clock of the commit that brought the
    first can be right.
    """

    releases: Sequence[ReleaseId | None]
    is_future: bool = False
    clock_holds: bool = True

    @classmethod
    def of(cls, pasts: Sequence[LandedPointer], moment: datetime, now: datetime) -> LandedThen:
        """From the pointers that had landed by a moment, newest first, and the time now."""
        return cls(
            [past.release for past in pasts],
            is_future=moment > now + CLOCK_TOLERANCE,
            clock_holds=not pasts or pasts[0].clock.holds,
        )


LandedBy = Callable[[AliasName, datetime], LandedThen]
"""Finds what had landed for an alias by a time; raises ZumikError where that cannot be known."""

KnownAs = Callable[[ModelId], Iterable[Model]]
"""What releases know of a concrete target, the newest facts first; nothing where none knows it."""

NO_MODEL_LOGGED = "the line does not say which model answered: it has no resolved_model"
ASKS_NOTHING = "a request that asks for nothing special"
TIME_IN_THE_FUTURE = "the line's time is later than now, so it does not show which release was live"
NO_REQUEST = "the line has no request, so it shows that this can have happened, not that it did"


def replay(
    line: LogLine,
    lookup: Lookup,
    landed_by: LandedBy | None = None,
    known_as: KnownAs | None = None,
) -> Replay:
    """Replay one line against the release that it names.

    A client may have sent a key in place of a name: in what is found it is masked.
    """
    return _without_keys(_replay(line, lookup, landed_by, known_as))


def _without_keys(found: Replay) -> Replay:
    line = found.line
    texts = line.reference.text, line.model, line.reason, line.revision, line.served_model
    if all(masked(text) == text for text in (*texts, found.why) if text):
        return found
    reference, model, reason, revision, served = (text and masked(text) for text in texts)
    return found._replace(
        line=line._replace(
            reference=line.reference if not reference else Reference.parse(reference),
            model=ModelId(model) if model else None,
            reason=reason,
            revision=revision,
            served_model=served,
        ),
        why=found.why and masked(found.why),
        differences=tuple(
            Difference(field, masked(logged), replayed and masked(replayed))
            for field, logged, replayed in found.differences
        ),
    )


def _replay(
    line: LogLine, lookup: Lookup, landed_by: LandedBy | None, known_as: KnownAs | None
) -> Replay:
    alias, pinned = line.reference.alias, line.reference.release
    if alias is None:
        return _replay_target(line, known_as)
    if line.release is not None and pinned is not None and pinned != line.release:
        return _unreplayable(line, f"it asks for {pinned} and names {line.release}")
    release = line.release or pinned
    if release is None:
        return _replay_by_time(line, alias, lookup, landed_by)
    return _replay_release(line, alias, lookup, release)


def _replay_by_time(
    line: LogLine, alias: AliasName, lookup: Lookup, landed_by: LandedBy | None
) -> Replay:
    """A line that names no release: held against the one that had landed by then.

    A gateway that reads its files from time to time goes on with an earlier one for a while. Where
    only that gives the line, it is consistent: who had not read the newer one yet logs this. A time
    that is later than now proves no release, so that such a line is never more than consistent.
    """
    if line.timestamp is None:
        return _unreplayable(line, "the line names no release and has no time")
    if landed_by is None:
        return _unreplayable(line, "the line names no release, and what was live then is not known")
    try:
        then = landed_by(alias, line.timestamp)
    except ZumikError as error:
        why = f"the line names no release, and what was live then is not known: {error.message}"
        return _unreplayable(line, why, error)
    landed = then.releases[0] if then.releases else None
    if landed is None:
        first = _unreplayable(line, "the line names no release, and none was live by then")
    else:
        first = _replay_release(line, alias, lookup, landed, (_as_landed(landed, then),))
        if then.is_future and first.verdict is Verdict.REPRODUCED:
            return first._replace(verdict=Verdict.CONSISTENT, why=TIME_IN_THE_FUTURE)
        if first.verdict is not Verdict.DIVERGED:
            return first
    return _replay_earlier(line, alias, lookup, then.releases) or first


def _as_landed(landed: ReleaseId, then: LandedThen) -> str:
    """The assumption that a release was live, with all that makes it weaker."""
    if then.is_future:
        return f"{landed}, which is live now: the line's time is later than now"
    doubt = "" if then.clock_holds else "; the clock of the commit that brought it cannot be right"
    return f"{landed}, the release that had landed by then{doubt}"


def _replay_earlier(
    line: LogLine, alias: AliasName, lookup: Lookup, releases: Sequence[ReleaseId | None]
) -> Replay | None:
    """The newest of the releases before the live one that gives the line; None where none does."""
    newer = releases[0] if releases else None
    earlier = dict.fromkeys(release for release in releases[1:] if release not in (None, newer))
    for release in earlier:
        assert release is not None
        assumed = f"{release}, live before: a gateway that had not read what landed since"
        found = _replay_release(line, alias, lookup, release, (assumed,))
        if found.verdict in (Verdict.REPRODUCED, Verdict.CONSISTENT):
            why = f"no release was live by then; {release}, live before, gives this line"
            if newer:
                why = (
                    f"{newer} was live by then and does not give this line; {release}, live "
                    "before, does"
                )
            return found._replace(verdict=Verdict.CONSISTENT, why=why)
    return None


def _replay_release(
    line: LogLine,
    alias: AliasName,
    lookup: Lookup,
    release: ReleaseId,
    assumed: tuple[str, ...] = (),
) -> Replay:
    try:
        source = lookup(release)
        frozen = source.aliases.get(alias)
        if frozen is None:
            resolve(source, alias)  # raises, and names the alias that may have been meant
            raise AssertionError
        if line.request is None:
            return _replay_without_request(line, alias, source, frozen, assumed)
        return _replay_request(line, alias, source, line.request, assumed)
    except ZumikError as error:
        return _unreplayable(line, error.message, error)


def _replay_request(
    line: LogLine,
    alias: AliasName,
    source: VerifiedRelease,
    request: Request,
    assumed: tuple[str, ...],
) -> Replay:
    """The line has its request, so what was answered follows, or it does not."""
    try:
        decision = resolve(source, alias, request, requested=line.reference.text)
    except NoCandidate:
        if line.model is None:
            return _judged(line, Verdict.UNREPLAYABLE, source, assumed=assumed, why=NO_MODEL_LOGGED)
        differences = (Difference("resolved_model", line.model, "no candidate"),)
        return _judged(line, Verdict.DIVERGED, source, differences=differences, assumed=assumed)
    return _compared(line, Verdict.REPRODUCED, source, decision, assumed=assumed)


def _replay_without_request(
    line: LogLine,
    alias: AliasName,
    source: VerifiedRelease,
    frozen: FrozenAlias,
    assumed: tuple[str, ...],
) -> Replay:
    """Some request, allowed by the logged reason, gives this line; or none does, and it diverged.

    Which request it was the line does not say. For the first rank the empty one is taken, which
    gives it; a lower rank proves only that it can have happened.
    """
    contradicted = None
    for rank, model in enumerate(frozen.ranking):
        if line.model not in (None, model):
            continue
        request = _request_giving(line.reason, source, frozen, rank)
        if request is None:
            continue
        decision = resolve(source, alias, request, requested=line.reference.text)
        guess = _request_in_words(request, frozen.ranking[:rank])
        verdict, why = (Verdict.CONSISTENT, NO_REQUEST) if rank else (Verdict.REPRODUCED, None)
        found = _compared(line, verdict, source, decision, assumed=(*assumed, guess), why=why)
        if found.verdict is not Verdict.DIVERGED:
            return found
        contradicted = contradicted or found
    return contradicted or _impossible(line, alias, source, frozen, assumed)


def _request_giving(
    reason: str | None, source: VerifiedRelease, frozen: FrozenAlias, rank: int
) -> Request | None:
    """A request by which this rank answers for this reason; None where no request does.

    Without a reason every model ranked higher may have been unavailable, so one always does.
    """
    if rank == 0:
        return NOTHING_ASKED if reason in (None, frozen.reason) else None
    if reason in (None, NEXT_AFTER_UNAVAILABLE):
        return Request(unavailable=frozen.ranking[:rank])
    if reason == NEXT_MEETING_REQUEST:
        made_by = source.release.made_by
        return made_by.request_reaching(frozen.ranking, source.models, rank)
    return None


def _impossible(
    line: LogLine,
    alias: AliasName,
    source: VerifiedRelease,
    frozen: FrozenAlias,
    assumed: tuple[str, ...],
) -> Replay:
    """No request gives this line: the model is not ranked, or not for this reason."""
    decision = resolve(source, alias, requested=line.reference.text)
    differences = _differences(line, decision, source)
    ranked = line.model in frozen.ranking
    why = None
    if line.model is not None and ranked and line.reason == NEXT_MEETING_REQUEST:
        higher = frozen.ranking[: frozen.ranking.index(line.model)]
        why = (
            f"no request fits {line.model} and passes over {', '.join(higher)}"
            if higher
            else f"{line.model} is the first in the ranking: nothing was passed over"
        )
    return _judged(line, Verdict.DIVERGED, source, decision, differences, assumed, why)


def _request_in_words(request: Request, higher: Sequence[ModelId]) -> str:
    """What was assumed of the request, by which the models ranked higher were passed over."""
    if not higher:
        return ASKS_NOTHING
    if request.unavailable:
        return f"that {', '.join(higher)} could not be used"
    return f"a request that {', '.join(higher)} cannot take, such as {_size(request)}"


def _size(request: Request) -> str:
    words = [*request.capabilities, *(f"{kind} input" for kind in request.input)]
    tokens = f"{request.input_tokens or 0:,} tokens in and {request.output_tokens or 0:,} out"
    return ", ".join([tokens, *words])


def _replay_target(line: LogLine, known_as: KnownAs | None) -> Replay:
    """A concrete target resolves to itself, where some release knows it."""
    target = line.reference.model
    assert target is not None
    try:
        known = iter(known_as(target) if known_as is not None else ())
        newest = next(known, None)
        revision_known = newest is not None and (
            line.revision in (None, newest.revision)
            or any(model.revision == line.revision for model in known)
        )
    except ZumikError as error:
        return _unreplayable(line, error.message, error)
    wanted = {
        "resolved_model": (line.model, target),
        "candidates_considered": (line.considered, 1),
        "resolution_reason": (line.reason, PINNED_TARGET),
        "alias_release": (line.release, None),
        "alias_release_sha256": (line.sha256, None),
    }
    differences = tuple(
        Difference(field, str(logged), None if replayed is None else str(replayed))
        for field, (logged, replayed) in wanted.items()
        if logged is not None and logged != replayed
    )
    if newest is not None and line.revision is not None and not revision_known:
        frozen = newest.revision or "unknown"
        differences += (Difference("resolved_revision", line.revision, frozen),)
    answered = line.model or target
    facts = newest if answered == target else _newest(answered, known_as)
    served = _served(line, answered, facts, lambda model: _is_known(model, known_as))
    if differences:
        return Replay(line, Verdict.DIVERGED, served, differences=differences)
    if line.model is None:
        return Replay(line, Verdict.UNREPLAYABLE, served, why=NO_MODEL_LOGGED)
    if newest is None:
        return Replay(line, Verdict.UNREPLAYABLE, served, why=f"no release here knows {target}")
    return Replay(line, Verdict.REPRODUCED, served)


def _compared(
    line: LogLine,
    verdict: Verdict,
    source: VerifiedRelease,
    decision: Decision,
    *,
    assumed: tuple[str, ...],
    why: str | None = None,
) -> Replay:
    """The verdict, if no field that was logged contradicts the decision and the model is logged."""
    differences = _differences(line, decision, source)
    if differences:
        return _judged(line, Verdict.DIVERGED, source, decision, differences, assumed)
    if line.model is None:
        why, verdict = NO_MODEL_LOGGED, Verdict.UNREPLAYABLE
    return _judged(line, verdict, source, decision, (), assumed, why)


def _differences(
    line: LogLine, decision: Decision, source: VerifiedRelease
) -> tuple[Difference, ...]:
    """The logged fields that the decision does not repeat; what is not logged is not compared."""
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
        Difference(field, str(logged), None if replayed is None else str(replayed))
        for field, logged, replayed in pairs
        if logged is not None and logged != replayed
    )


def _judged(
    line: LogLine,
    verdict: Verdict,
    source: VerifiedRelease,
    decision: Decision | None = None,
    differences: tuple[Difference, ...] = (),
    assumed: tuple[str, ...] = (),
    why: str | None = None,
) -> Replay:
    # Without a request, which of the lower ranks a reason is of is not known.
    is_open = line.request is None and line.reason in (NEXT_AFTER_UNAVAILABLE, NEXT_MEETING_REQUEST)
    resolved = line.model or (None if is_open or decision is None else decision.model)
    facts = source.models.get(resolved) if resolved else None
    served = _served(line, resolved, facts, source.models.__contains__)
    return Replay(line, verdict, served, decision, source, differences, why, assumed)


def _unreplayable(line: LogLine, why: str, cause: ZumikError | None = None) -> Replay:
    served = _served(line, line.model, None, lambda _: False)
    return Replay(line, Verdict.UNREPLAYABLE, served, why=why, cause=cause)


def _is_known(model: ModelId, known_as: KnownAs | None) -> bool:
    """Whether any release knows a model."""
    return _newest(model, known_as) is not None


def _newest(model: ModelId, known_as: KnownAs | None) -> Model | None:
    """The newest facts of a model. What cannot be read decides no verdict, so it says nothing."""
    try:
        return None if known_as is None else next(iter(known_as(model)), None)
    except ZumikError:
        return None


def _served(
    line: LogLine,
    resolved: ModelId | None,
    facts: Model | None,
    is_known: Callable[[ModelId], bool],
) -> ServedVerdict:
    """What the provider said it served, beside what was resolved: as logged, else as replayed."""
    said = line.served_model
    if said is None:
        return ServedVerdict.NOT_LOGGED
    if line.reference.alias is not None and said in (line.reference.text, line.reference.alias):
        return ServedVerdict.ALIAS_ECHOED
    if resolved is None:
        return ServedVerdict.NOT_JUDGED
    # Imported here because its patterns take a while to compile, and few lines log what was served.
    from zumik.core.facts.model_identity import Identity, identity_of

    verdicts = {
        Identity.SAME: ServedVerdict.AS_RESOLVED,
        Identity.NO_REVISION: ServedVerdict.NOT_JUDGED,
        Identity.OTHER_REVISION: ServedVerdict.OTHER_REVISION,
        Identity.OTHER_MODEL: ServedVerdict.OTHER_MODEL,
    }
    return verdicts[identity_of(said, facts or Model(resolved), [line.revision], is_known)]
