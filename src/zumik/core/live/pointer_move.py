"""A pointer move: the release that an alias may move to, and the target of a rollback."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.facts.catalog import Model
from zumik.core.live.pointer import Pointer
from zumik.core.live.published import AnswerChange
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.errors import AnswerIsNo, CannotRun

if TYPE_CHECKING:
    from zumik.core.releases.withdrawal import Withdrawal


class MovedPointer(NamedTuple):
    """A pointer that was moved, and the first in the ranking before and after, None for none.

    `answers` is who answers before and after, which is another model while a drain takes the first
    one away. `drain_ignored` says that no other model could answer.
    """

    pointer: Pointer
    winner_before: str | None
    winner_after: str | None
    previous: Pointer | None
    answers: AnswerChange
    drain_ignored: bool = False


def require_promotable(
    source: VerifiedRelease,
    alias: AliasName,
    withdrawal: Withdrawal | None = None,
    newest_usable: ReleaseId | None = None,
) -> None:
    """Raises CannotRun where the release does not hold the alias, AnswerIsNo where it is withdrawn.

    The hint then names `newest_usable`, the newest release that is not withdrawn.
    """
    if alias not in source.aliases:
        raise CannotRun(
            f"{source.ref.id} has no alias {alias}",
            hint=did_you_mean(alias, source.aliases, f"it has {', '.join(source.aliases)}"),
        )
    if withdrawal is not None:
        raise AnswerIsNo(
            f"{source.ref.id} is withdrawn: {shown(withdrawal.reason)}",
            hint=f"the newest usable release is {newest_usable}; or zumik release create"
            if newest_usable
            else "no release is usable; make one: zumik release create",
        )


def already_there(previous: Pointer | None, target: ReleaseRef) -> bool:
    """Whether an alias points to this release already, so that a move would change nothing."""
    return previous is not None and previous.target == target and not previous.is_retired


def rollback_target(
    alias: AliasName,
    current: Pointer,
    was_live: Iterable[ReleaseRef],
    lookup: Callable[[ReleaseId], VerifiedRelease],
    today: date,
    retirement: Callable[[Model], date | None] = attrgetter("ends_on"),
    withdrawn: Container[ReleaseId] = (),
) -> VerifiedRelease:
    """The newest release that was live before, is not withdrawn and whose winner is still served.

    `was_live` are the alias's earlier targets, latest first. `retirement` says when a model
    retires, where more is known by now than its release knew. Raises AnswerIsNo where none is left.
    """
    skipped: list[str] = []
    for ref in was_live:
        if ref.id.order >= current.target.id.order:
            continue
        if ref.id in withdrawn:
            skipped.append(f"{ref.id}: withdrawn")
            continue
        source = lookup(ref.id)
        frozen = source.aliases.get(alias)
        if source.ref != ref or frozen is None:
            skipped.append(f"{ref.id}: not the release that was live")
            continue
        retires = retirement(source.models[frozen.winner])
        if retires is not None and retires <= today:
            skipped.append(f"{ref.id}: {frozen.winner} retired on {retires}")
            continue
        return source
    reasons = f" ({'; '.join(dict.fromkeys(skipped))})" if skipped else ""
    raise AnswerIsNo(f"{alias}: no release before {current.target.id} to go back to{reasons}")


def other_release(current: ReleaseId, usable: Iterable[ReleaseId]) -> ReleaseId | None:
    """Where an alias can go from a release: the newest older one, else the newest; None for none.

    `usable` are the releases that hold the alias and are not withdrawn, oldest first.
    """
    others = [release for release in usable if release != current]
    older = [release for release in others if release.order < current.order]
    *_, found = [None, *(older or others)]
    return found


def command_to_move(alias: AliasName, current: ReleaseId, other: ReleaseId | None) -> str:
    """The command that moves an alias away from a release to another; without one, ends it."""
    if other is None:
        return f"zumik alias retire {alias} --reason '…'"
    verb = "rollback" if other.order < current.order else "promote"
    return f"zumik alias {verb} {alias} --to {other}"


def follow(proposed: Pointer, live: Pointer | None, target: ReleaseRef, now: datetime) -> Pointer:
    """The proposed move, to another release, as the one that follows what is live."""
    generation = 1 if live is None else live.generation + 1
    return proposed._replace(target=target, generation=generation, proposed_at=now)


def draft_side(sides: Iterable[Pointer], landed: Collection[ReleaseRef]) -> Pointer | None:
    """Of the pointers in a conflict the one that names a draft; None where none does.

    Where two do, the one with the newer draft: both make way for the same release.
    """
    drafts = [pointer for pointer in sides if pointer.target not in landed]
    return max(
        drafts, key=lambda pointer: (pointer.target.id.order, pointer.target.sha256), default=None
    )
