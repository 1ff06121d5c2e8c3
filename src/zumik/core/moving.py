"""Moving a pointer: which release an alias may go to, and where a rollback goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter

from zumik.core.catalog import Model
from zumik.core.names import AliasName, ReleaseId
from zumik.core.pointer import Pointer
from zumik.core.release import ReleaseRef, VerifiedRelease
from zumik.errors import AnswerIsNo, CannotRun


def promotable(source: VerifiedRelease, alias: AliasName) -> None:
    """Raises CannotRun where the release does not hold the alias."""
    if alias not in source.aliases:
        raise CannotRun(
            f"{source.ref.id} has no alias {alias}", hint=f"it has {', '.join(source.aliases)}"
        )


def already_there(previous: Pointer | None, target: ReleaseRef) -> bool:
    """Whether an alias stands for this release already, so that a move would move nothing."""
    return previous is not None and previous.target == target and previous.kind != "retire"


def rollback_target(
    alias: AliasName,
    current: Pointer,
    was_live: Iterable[ReleaseRef],
    lookup: Callable[[ReleaseId], VerifiedRelease],
    today: date,
    retirement: Callable[[Model], date | None] = attrgetter("retires_on"),
) -> VerifiedRelease:
    """The newest release that was live before the current one and whose winner is still served.

    `was_live` are the alias's earlier targets, latest first. `retirement` says when a model
    retires, where more is known by now than its release knew. Raises AnswerIsNo where none is left.
    """
    skipped: list[str] = []
    for ref in was_live:
        if ref.id.order >= current.target.id.order:
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
    reasons = f" ({'; '.join(skipped)})" if skipped else ""
    raise AnswerIsNo(
        f"{alias}: no release before {current.target.id} to go back to{reasons}",
        hint=f"name one: zumik alias rollback {alias} --to RELEASE; zumik release list shows them",
    )
