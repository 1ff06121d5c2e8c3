"""Rules for the list of drains: that it can be read, what it says, and what it does now.

They do not judge whether a drain is wanted; they say where a drain does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from shlex import quote

from zumik.checks.release_chain import (
    ReleaseChain,
    foreign_entry,
    malformed_hint,
)
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.secret_keys import secret_in
from zumik.core.basics.times import CLOCK_TOLERANCE, moment_text
from zumik.core.basics.tree import DIRECTORY, FILE, LIVE, UNAVAILABLE
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.live.drains import LONGEST, Drain, Drains, drained, drains_to_bytes, read_drains
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import MAX_RELEASE_BYTES, MAX_TEXT, VerifiedRelease
from zumik.errors import ZumikError
from zumik.rules.integrity_rules import (
    AGAINST_SCHEMA,
    CREATED_IN_THE_FUTURE,
    DRAIN_IGNORED,
    DRAIN_MATCHES_NOTHING,
    DRAIN_OVER,
    DRAIN_TOO_LONG,
    MALFORMED_DRAINS,
    NOT_CANONICAL,
    SECRET_IN_TEXT,
    TEXT_TOO_LONG,
)

_MOST_NAMED = 20

LiveReleases = list[tuple[AliasName, VerifiedRelease]]
"""The aliases that answer, each with its release."""


def check_drains(chain: ReleaseChain, pointers: Iterable[Pointer]) -> Iterator[Finding]:
    """The list of drains, and what it takes away from the releases that the pointers name."""
    tree = chain.tree
    if tree.kind(LIVE) not in (None, DIRECTORY):
        return
    kind = tree.entries(LIVE).get(UNAVAILABLE.removeprefix(f"{LIVE}/"))
    if kind is None:
        return
    if kind != FILE:
        yield foreign_entry(tree, kind, UNAVAILABLE)
        return
    # Read up to the larger bound: a list that is too long is malformed, and not unreadable.
    data = tree.read(UNAVAILABLE, MAX_RELEASE_BYTES)
    restore = restore_hint(tree, UNAVAILABLE)
    try:
        drains = read_drains(data)
    except ZumikError as error:
        yield MALFORMED_DRAINS.at(UNAVAILABLE, error.message, malformed_hint(error, restore))
        return
    if drains_to_bytes(drains) != data:
        yield NOT_CANONICAL.at(UNAVAILABLE, "the bytes are not the canonical ones", restore)
    for message in chain.scope.schema("unavailable", data):
        yield AGAINST_SCHEMA.at(UNAVAILABLE, message, restore)
    for drain in drains.drains:
        yield from _check_texts(chain, drain)
    live = list(_live_releases(chain, pointers))
    for drain in drains.drains:
        yield from _check_effect(chain, drain, live)
    yield from _check_ignored(chain, drains, live)


def _check_texts(chain: ReleaseChain, drain: Drain) -> Iterator[Finding]:
    """The reason, which is published, and the times."""
    name = shown(drain.models)
    secret = secret_in(drain.reason)
    if secret is not None:
        # An error even where it has landed: the next change of the list drops the drain, so that
        # this blocks no branch for long. Git keeps the text all the same.
        yield SECRET_IN_TEXT.at(UNAVAILABLE, f"the reason for {name} holds {secret}", _REVOKE)
    size = len(drain.reason)
    if size > MAX_TEXT:
        message = f"the reason for {name} has {size:,} characters, more than {MAX_TEXT:,}"
        yield TEXT_TOO_LONG.at(UNAVAILABLE, message, "link to the discussion instead")
    if drain.since > chain.scope.now + CLOCK_TOLERANCE:
        yield CREATED_IN_THE_FUTURE.at(
            UNAVAILABLE,
            f"{name} is drained since {moment_text(drain.since)}, which is in the future",
            "set the clock of the machine that drained it, and drain it again",
            lesser=chain.scope.has_landed(UNAVAILABLE.removeprefix(f"{LIVE}/")),
        )
    if drain.until - drain.since > LONGEST:
        yield DRAIN_TOO_LONG.at(
            UNAVAILABLE,
            f"{name} is drained until {moment_text(drain.until)}, for more than "
            f"{LONGEST.days} days",
            f"{_undrain(drain)}, then drain it for less; to exclude it for longer, edit the policy",
        )


def _live_releases(
    chain: ReleaseChain, pointers: Iterable[Pointer]
) -> Iterator[tuple[AliasName, VerifiedRelease]]:
    """Each live alias and its release; a pointer to anything else has its own findings."""
    for pointer in pointers:
        source = None if pointer.is_retired else chain.release(pointer.target.id)
        if source is None or source.ref != pointer.target:
            continue
        if pointer.alias in source.aliases:
            yield pointer.alias, source


def _check_effect(chain: ReleaseChain, drain: Drain, live: LiveReleases) -> Iterator[Finding]:
    """A drain that takes nothing away: it is over, or no live alias ranks what it names."""
    name = shown(drain.models)
    if drain.until <= chain.scope.now:
        yield DRAIN_OVER.at(
            UNAVAILABLE,
            f"{name} was drained until {moment_text(drain.until)}, which is over",
            "nothing has to be done: the next change of the list drops it",
        )
        return
    ranked = {model for alias, source in live for model in source.aliases[alias].ranking}
    # Asked at its first moment: a drain that begins later has an effect too.
    if not drained([drain], ranked, drain.since):
        yield DRAIN_MATCHES_NOTHING.at(
            UNAVAILABLE,
            f"{name} is drained, and no live alias ranks a model like that",
            _closest(drain, ranked),
            about=(drain.models,),
        )


def _undrain(drain: Drain) -> str:
    return f"zumik undrain {quote(neutral(drain.models))}"


def _closest(drain: Drain, ranked: Iterable[ModelId]) -> str:
    """A model, or a whole provider, that may have been meant."""
    known = {str(name) for model in ranked for name in (model, f"{model.provider}/*")}
    otherwise = f"zumik alias list shows who answers; {_undrain(drain)} takes it off the list"
    return did_you_mean(drain.models, sorted(known), otherwise)


def _check_ignored(chain: ReleaseChain, drains: Drains, live: LiveReleases) -> Iterator[Finding]:
    """Aliases that the drains would leave without a model, and that ignore them therefore."""
    ignored: dict[AliasName, ModelId] = {}
    for alias, source in live:
        try:
            decision = resolve_under(drains, source, alias, NOTHING_ASKED, chain.scope.now)
        except ZumikError:
            continue  # its release needs a newer resolver, and has its own finding
        if decision.drain_ignored:
            ignored[alias] = decision.model
    if ignored:
        said = [f"{alias} ({model} goes on answering)" for alias, model in ignored.items()]
        more = len(said) - _MOST_NAMED
        names = ", ".join(said[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield DRAIN_IGNORED.at(
            UNAVAILABLE,
            f"DRAIN IGNORED for {names}: every ranked model is drained",
            "promote a release that ranks others, or drain fewer",
            # One name of them all, so that another alias is not acknowledged along with these.
            about=(", ".join(ignored),),
        )


_REVOKE = "revoke it, and drain again with a reason that can be published"
