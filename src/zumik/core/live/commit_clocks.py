"""When each commit of a line landed: the order is a fact, a commit's own clock is a claim.

A claim cannot be true before git was there, or after now. Where claims contradict the order of the
commits by more than clocks differ, the fewest are taken to be wrong; of as many, the later ones. So
one wrong clock moves no other commit. A commit whose clock is wrong is dated like the one before
it, because it cannot have landed earlier.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple

from zumik.core.basics.times import CLOCK_TOLERANCE

_FIRST_GIT = int(datetime(2005, 4, 7, tzinfo=UTC).timestamp())
"""The day of git's first commit: no pointer landed before."""

_NEVER = 2**63

_TOLERANCE = int(CLOCK_TOLERANCE.total_seconds())


class CommitClock(NamedTuple):
    """What a commit claims of its time, and when it landed, in seconds since 1970.

    `holds` is False for a claim that cannot be true. `latest` is not before any claim of an earlier
    commit that is possible in itself: who judges a signature takes the latest time, so that later
    commits with clocks of their own choice cannot make it older.
    """

    claimed: int
    landed: int
    latest: int
    holds: bool

    @property
    def landed_at(self) -> datetime:
        """Never before the landing that precedes it, and never after now."""
        return datetime.fromtimestamp(self.landed, UTC)

    @property
    def latest_at(self) -> datetime:
        """The latest that it can have landed."""
        return datetime.fromtimestamp(self.latest, UTC)

    @property
    def claimed_at(self) -> datetime | None:
        """The claim; None where it is beyond the years 1 to 9999."""
        return moment_claimed(self.claimed)


def moment_claimed(seconds: int) -> datetime | None:
    """A commit's time; None beyond the years 1 to 9999, where git goes on and Python does not."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_possible(claimed: int, now: datetime) -> bool:
    """Whether a commit can have been made then, apart from the commits around it."""
    return _FIRST_GIT <= claimed <= (now + CLOCK_TOLERANCE).timestamp()


def landings(claims: Sequence[int], now: datetime) -> list[CommitClock]:
    """When each commit of a line landed, from what each claims; the first commit first."""
    latest = int(now.timestamp())
    # What has landed has landed by now, also where another machine's clock is a little ahead.
    possible = [min(claim, latest) if is_possible(claim, now) else None for claim in claims]
    believed = list(_not_far_off(possible, _longest_forward(possible)))
    # What comes before the first clock that is believed landed by then; more is not known. Where
    # no clock is believed, all that landed counts at any time.
    first = next((time for time in believed if time is not None), _FIRST_GIT)
    landed = accumulate((time or first for time in believed), max)
    bounds = accumulate(_filled(possible, latest), max)
    return [
        CommitClock(claim, at, by, time is not None)
        for claim, at, by, time in zip(claims, landed, bounds, believed, strict=True)
    ]


def _filled(times: Sequence[int | None], latest: int) -> list[int]:
    """The times, and in the place of one that is impossible the next that is not, or `latest`."""
    filled, following = list[int](), latest
    for time in reversed(times):
        following = following if time is None else time
        filled.append(following)
    return filled[::-1]


def _longest_forward(times: Sequence[int | None]) -> list[int | None]:
    """The longest run of times that never go back, each in its place; of several the earliest."""
    # How many times can follow each, itself included. It is found from the end by patience sorting,
    # which keeps the negated tail of the best run of each length: n log n for a long history.
    lengths, tails = [0] * len(times), list[int]()
    for place in range(len(times) - 1, -1, -1):
        time = times[place]
        if time is not None:
            length = bisect_right(tails, -time)
            tails[length : length + 1] = [-time]
            lengths[place] = length + 1
    kept: list[int | None] = [None] * len(times)
    wanted, last = len(tails), 0
    for place, time in enumerate(times):
        if time is not None and wanted > 0 and lengths[place] == wanted and time >= last:
            kept[place], last, wanted = time, time, wanted - 1
    return kept


def _not_far_off(
    times: Sequence[int | None], forward: Sequence[int | None]
) -> Iterator[int | None]:
    """The run that goes forward, and what contradicts it by no more than clocks differ."""
    latest = accumulate((time or 0 for time in forward), max)
    later = list(accumulate((time or _NEVER for time in reversed(forward)), min))
    for time, lower, upper in zip(times, latest, reversed(later), strict=True):
        near = time is not None and lower - _TOLERANCE <= time <= upper + _TOLERANCE
        yield time if near else None
