"""Rules for the list of drains: that it can be read, what it says, and what comes of it now.

It does not judge whether a drain is wanted; it says where one does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from zumik.checks.release_chain import CLOCK_TOLERANCE, RESTORE, Line
from zumik.checks.secret_keys import secret_in
from zumik.core.basics.display import shown
from zumik.core.basics.findings import Severity
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import moment_text
from zumik.core.basics.tree import DIRECTORY, FILE, LIVE, UNAVAILABLE
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.live.drains import LONGEST, Drain, Drains, drained, drains_to_bytes, read_drains
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import MAX_RELEASE_BYTES, MAX_TEXT, VerifiedRelease
from zumik.errors import ZumikError

_MOST_NAMED = 20

Live = list[tuple[AliasName, VerifiedRelease]]
"""The aliases that answer, each with its release."""


def check_drains(line: Line, pointers: Iterable[Pointer]) -> None:
    """The list of drains, and what it takes away from what the pointers stand for."""
    if line.tree.kind(LIVE) not in (None, DIRECTORY):
        return
    kind = line.tree.entries(LIVE).get(UNAVAILABLE.removeprefix(f"{LIVE}/"))
    if kind is None:
        return
    if kind != FILE:
        line.foreign(kind, UNAVAILABLE)
        return
    data = line.tree.read(UNAVAILABLE, MAX_RELEASE_BYTES)  # what is too long is malformed
    try:
        drains = read_drains(data)
    except ZumikError as error:
        line.found("malformed-drains", error.message, UNAVAILABLE, RESTORE)
        return
    if drains_to_bytes(drains) != data:
        line.found("not-canonical", "the bytes are not the canonical ones", UNAVAILABLE, _MAKE)
    for message in line.scope.schema("unavailable", data):
        line.found("against-schema", message, UNAVAILABLE, _MAKE)
    for drain in drains.drains:
        _check_said(line, drain)
    live = list(_live(line, pointers))
    for drain in drains.drains:
        _check_use(line, drain, live)
    _check_ignored(line, drains, live)


def _check_said(line: Line, drain: Drain) -> None:
    """The reason, which is published, and the times."""
    name = shown(drain.models)
    secret = secret_in(drain.reason)
    if secret is not None:
        # The next change of the list may leave it out, but git keeps it.
        message = f"the reason for {name} holds {secret}"
        line.found("secret-in-text", message, UNAVAILABLE, _REVOKE)
    size = len(drain.reason)
    if size > MAX_TEXT:
        message = f"the reason for {name} has {size:,} characters, more than {MAX_TEXT:,}"
        line.found("text-too-long", message, UNAVAILABLE, "link to the discussion instead")
    if drain.since > line.scope.now + CLOCK_TOLERANCE:
        line.found(
            "created-in-the-future",
            f"{name} is drained since {moment_text(drain.since)}, which is to come",
            UNAVAILABLE,
            "set the clock of the machine that drained it, and drain it again",
        )
    if drain.until - drain.since > LONGEST:
        line.found(
            "drain-too-long",
            f"{name} is drained until {moment_text(drain.until)}, for more than "
            f"{LONGEST.days} days",
            UNAVAILABLE,
            "zumik drain it again, for less; what is to stay away is the policy's to exclude",
        )


def _live(line: Line, pointers: Iterable[Pointer]) -> Iterator[tuple[AliasName, VerifiedRelease]]:
    """What answers; a pointer to anything else has its own findings."""
    for pointer in pointers:
        source = None if pointer.kind == "retire" else line.release(pointer.target.id)
        if source is None or source.ref != pointer.target:
            continue
        if pointer.alias in source.aliases:
            yield pointer.alias, source


def _check_use(line: Line, drain: Drain, live: Live) -> None:
    """A drain that takes nothing away: it is over, or nobody ranks what it names."""
    name, now = shown(drain.models), line.scope.now
    if drain.until <= now:
        line.found(
            "drain-over",
            f"{name} was drained until {moment_text(drain.until)}, which is over",
            UNAVAILABLE,
            "nothing has to be done: the next change of the list leaves it out",
            Severity.NOTICE,
        )
        return
    ranked = {model for alias, source in live for model in source.aliases[alias].ranking}
    if not _named(drain, ranked):
        line.found(
            "drain-matches-nothing",
            f"{name} is drained, and no live alias ranks a model like that",
            UNAVAILABLE,
            _close(drain.models, ranked)
            or "zumik alias show ALIAS says who is ranked; zumik undrain takes it off the list",
            Severity.WARNING,
        )


def _close(glob: str, ranked: Iterable[ModelId]) -> str | None:
    """A model, or a whole provider, that may have been meant."""
    known = {str(name) for model in ranked for name in (model, f"{model.provider}/*")}
    close = get_close_matches(glob, sorted(known), n=1)
    return f"did you mean {close[0]}?" if close else None


def _named(drain: Drain, models: Iterable[ModelId]) -> bool:
    """Whether a drain names any of these models, whenever it is in force."""
    return bool(drained([drain], models, drain.since))


def _check_ignored(line: Line, drains: Drains, live: Live) -> None:
    """Aliases that the drains would leave with nobody, and that go on as if there were none."""
    ignored = []
    for alias, source in live:
        try:
            decision = resolve_under(drains, source, alias, NOTHING_ASKED, line.scope.now)
        except ZumikError:
            continue  # by a resolver that is not known here, which has its finding
        if decision.drain_ignored:
            ignored.append(f"{alias} ({decision.model} goes on answering)")
    if ignored:
        more = len(ignored) - _MOST_NAMED
        names = ", ".join(ignored[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        line.found(
            "drain-ignored",
            f"DRAIN IGNORED for {names}: nobody else is ranked who is not drained",
            UNAVAILABLE,
            "promote a release that ranks others, or drain fewer",
            Severity.WARNING,
        )


_MAKE = "the list is made by zumik drain and undrain, never by hand"
_REVOKE = "revoke it, and drain again with a reason that can be published"
