"""Live spans: from when to when an alias was live at a release, and which model served it.

Both come from the pointers that landed, so their times are when things landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.names import ReleaseId
from zumik.core.live.landed_pointer import LandedPointer


class LiveSpan(NamedTuple):
    """A release, and from when to when an alias was live at it, without a break.

    `since` is None where the history that is known begins with it; `until` is None while it is
    live. `winner` is None where the release is missing or not intact.
    """

    release: ReleaseId
    winner: str | None
    since: datetime | None
    until: datetime | None


class ServedSpan(NamedTuple):
    """A model, and from when to when it was first in what an alias was live at: as in LiveSpan."""

    model: str
    since: datetime | None
    until: datetime | None


def live_spans(history: Sequence[LandedPointer]) -> tuple[LiveSpan, ...]:
    """The releases that an alias was live at, from its pointers that landed; both newest first."""
    spans: list[LiveSpan] = []
    until: datetime | None = None
    for landed in history:
        since = landed.landed_at if landed.commit else None
        if landed.release is not None:
            span = LiveSpan(landed.release, landed.winner, since, until)
            if spans and spans[-1].release == span.release and spans[-1].since == until:
                span = span._replace(until=spans.pop().until)
            spans.append(span)
        until = landed.landed_at
    return tuple(spans)


def served_spans(spans: Sequence[LiveSpan]) -> tuple[ServedSpan, ...]:
    """The models that served an alias; its live spans are newest first, and so are these."""
    return tuple(_merged(spans))


def _merged(spans: Sequence[LiveSpan]) -> Iterator[ServedSpan]:
    waiting: ServedSpan | None = None
    for span in spans:
        if waiting is not None and waiting.model == span.winner and waiting.since == span.until:
            waiting = waiting._replace(since=span.since)
            continue
        if waiting is not None:
            yield waiting
        waiting = ServedSpan(span.winner, span.since, span.until) if span.winner else None
    if waiting is not None:
        yield waiting
