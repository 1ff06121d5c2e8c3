"""Live spans: what was live when, from the pointers that landed."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.core.builders import CODE_FAST, CREATED

from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.live.commit_clocks import CommitClock
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.live_spans import LiveSpan, ServedSpan, live_spans, served_spans
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef

ONE, TWO, THREE = (ReleaseId(f"alr_2026_06_09_00{number}") for number in (1, 2, 3))


def at(day: int) -> datetime:
    return datetime(2026, 7, day, tzinfo=UTC)


def landed(
    day: int, release: ReleaseId | None, winner: str = "a/x", *, kind: str = "promote"
) -> LandedPointer:
    """A pointer that landed on a day of July; None: it was removed."""
    seconds = int(at(day).timestamp())
    clock = CommitClock(seconds, seconds, seconds, holds=True)
    pointer = release and Pointer(
        CODE_FAST, ReleaseRef(release, Digest("0" * 64)), day, kind, CREATED
    )
    return LandedPointer(f"c{day}", clock, "Ada", pointer or None, winner)


def test_each_release_is_live_until_the_next_pointer_lands() -> None:
    history = [landed(3, TWO, "a/y"), landed(1, ONE)]
    assert live_spans(history) == (
        LiveSpan(TWO, "a/y", at(3), None),
        LiveSpan(ONE, "a/x", at(1), at(3)),
    )


def test_a_retired_alias_is_live_no_more() -> None:
    history = [landed(5, ONE, kind="retire"), landed(1, ONE)]
    assert live_spans(history) == (LiveSpan(ONE, "a/x", at(1), at(5)),)


def test_a_removed_pointer_leaves_a_gap() -> None:
    history = [landed(5, ONE), landed(3, None), landed(1, ONE)]
    assert live_spans(history) == (
        LiveSpan(ONE, "a/x", at(5), None),
        LiveSpan(ONE, "a/x", at(1), at(3)),
    )


def test_the_same_release_again_is_one_span() -> None:
    history = [landed(4, TWO), landed(3, ONE), landed(1, ONE)]
    assert live_spans(history)[1] == LiveSpan(ONE, "a/x", at(1), at(4))


def test_where_history_begins_with_the_pointer_its_start_is_unknown() -> None:
    (span,) = live_spans([landed(1, ONE)._replace(commit=None)])
    assert span.since is None


def test_a_model_serves_over_releases_that_it_wins() -> None:
    history = [landed(6, THREE, "a/y"), landed(4, TWO), landed(1, ONE)]
    assert served_spans(live_spans(history)) == (
        ServedSpan("a/y", at(6), None),
        ServedSpan("a/x", at(1), at(6)),
    )


def test_a_gap_or_another_model_parts_what_a_model_served() -> None:
    history = [
        landed(7, ONE),
        landed(6, None),
        landed(4, ONE),
        landed(3, TWO, "a/y"),
        landed(1, ONE),
    ]
    assert served_spans(live_spans(history)) == (
        ServedSpan("a/x", at(7), None),
        ServedSpan("a/x", at(4), at(6)),
        ServedSpan("a/y", at(3), at(4)),
        ServedSpan("a/x", at(1), at(3)),
    )
