"""A fetched bundle: what took the place of the one before, and who answers by it. A value only."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.live.bundle import Bundle
from zumik.core.live.published import AnswerChange


class FetchedBundle(NamedTuple):
    """A bundle that was fetched, or the one that was there and has not changed.

    `before` is the bundle that it replaced; `unread` says why there is none to compare with,
    although there was a file.
    """

    bundle: Bundle
    size: int
    changed: bool
    url: str
    before: Bundle | None = None
    unread: str | None = None

    @property
    def answers(self) -> tuple[AnswerChange, ...]:
        """The aliases that rank another model first, or came, or went."""
        old = _winners(self.before)
        new = _winners(self.bundle)
        names = sorted({*old, *new})
        found = (AnswerChange(name, old.get(name), new.get(name)) for name in names)
        return tuple(each for each in found if each.before != each.after)


def _winners(bundle: Bundle | None) -> dict[str, str]:
    live = bundle.live_releases if bundle is not None else {}
    return {alias: source.aliases[alias].winner for alias, source in live.items()}
