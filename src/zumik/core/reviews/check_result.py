"""Checked: what a check came to, as plain data, for reporters to render."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.findings import Finding, has_errors

if TYPE_CHECKING:
    from zumik.core.reviews.review import Review
    from zumik.core.traffic.weighed_logs import WeighedLogs


class Checked(NamedTuple):
    """Everything that was found, how much was looked at, and what was not.

    `releases` are those in the line, `looked_at` those read and derived again this time, `pointers`
    the live ones. `base` and `head` are as the person named them; without a base nothing was
    compared, and there is no `review` of what landing this would change. `not_done` says in words
    what was left out; `unanswered`, that this includes something that the person asked for.
    `traffic` is what the change would do to logged requests, where logs were given.
    """

    findings: tuple[Finding, ...]
    releases: int
    looked_at: int
    pointers: int
    base: str | None = None
    head: str | None = None
    review: Review | None = None
    not_done: tuple[str, ...] = ()
    traffic: WeighedLogs | None = None
    unanswered: bool = False

    @property
    def clean(self) -> bool:
        """Whether the answer is yes: warnings and notices do not make it no."""
        return not has_errors(self.findings)
