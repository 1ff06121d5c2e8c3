"""When commits landed: their order is a fact, and a clock moves none but its own commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.live.commit_clocks import CommitClock, landings, moment_claimed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
START = 1_770_000_000  # 2026-02-02T02:40:00Z
HOUR = 3600
YEAR_2099 = 4_070_908_800
WILD = [0, -1, -5, 2**31, 2**63, 2**64 - 5, 253_402_300_800, YEAR_2099, 99, -(2**63)]

wild = st.one_of(
    st.sampled_from(WILD),
    st.integers(-(2**65), 2**65),
    st.integers(START, START + 9 * HOUR),
    st.integers(START, START + 9),
)


def _landed(*claims: int) -> list[int]:
    return [clock.landed for clock in landings(claims, NOW)]


def _doubted(*claims: int) -> list[int]:
    return [place for place, clock in enumerate(landings(claims, NOW)) if not clock.holds]


@given(st.lists(wild))
def test_landings_never_go_back_and_never_lie_in_the_future(claims: list[int]) -> None:
    found = landings(claims, NOW)
    landed = [clock.landed for clock in found]
    assert [clock.claimed for clock in found] == claims
    assert landed == sorted(landed)
    assert all(clock.landed_at <= clock.latest_at <= NOW for clock in found)
    assert all(clock.claimed_at == moment_claimed(clock.claimed) for clock in found)


@given(st.lists(st.integers(START, START + 9), min_size=1))
def test_clocks_that_differ_a_little_are_all_believed(claims: list[int]) -> None:
    latest = [max(claims[: place + 1]) for place in range(len(claims))]
    assert landings(claims, NOW) == [
        CommitClock(claim, at, at, holds=True) for claim, at in zip(claims, latest, strict=True)
    ]


@given(st.lists(st.integers(0, 9).map(lambda hours: START + hours * HOUR), max_size=8))
def test_as_few_clocks_as_possible_are_taken_to_be_wrong(claims: list[int]) -> None:
    assert len(claims) - len(_doubted(*claims)) == _longest(claims)


def _longest(times: Sequence[int]) -> int:
    """The length of the longest run that never goes back, by trying all."""
    return max(
        size
        for size in range(len(times) + 1)
        for run in combinations(times, size)
        if list(run) == sorted(run)
    )


@given(st.integers(0, 5), st.sampled_from([*WILD, START - 9 * HOUR, START + 90 * HOUR]))
def test_one_wrong_clock_moves_no_other_commit(place: int, claim: int) -> None:
    right = [START + HOUR * number for number in range(6)]
    wrong = [*right[:place], claim, *right[place + 1 :]]
    # The first commit may be long before the others, the last long after them; and of the last two
    # the later one is doubted.
    ends = {START - 9 * HOUR: (0,), START + 90 * HOUR: (4, 5)}
    if place not in ends.get(claim, ()):
        assert _doubted(*wrong) == [place]
        others = _landed(*wrong)
        assert others[place] == (right[place - 1] if place else right[1])
        del others[place], right[place]
        assert others == right


@pytest.mark.parametrize("claim", WILD)
def test_a_line_of_one_wrong_clock_has_landed(claim: int) -> None:
    (clock,) = landings([claim], NOW)
    assert not clock.holds
    assert clock.landed_at < NOW


def test_of_two_clocks_the_later_commit_is_wrong() -> None:
    assert _doubted(START, START + 9 * HOUR, START + HOUR) == [2]
    assert _doubted(START, START + 9 * HOUR, START + HOUR, START + 2 * HOUR) == [1]


def test_no_later_clock_makes_a_signature_older() -> None:
    honest = [START, START + 9 * HOUR]
    for wrong in (START + HOUR, YEAR_2099, -5):
        for later in ([], [START + HOUR], [START + HOUR, START + 2 * HOUR]):
            signed = landings([*honest, wrong, *later], NOW)[2]
            assert signed.latest >= START + 9 * HOUR


def test_a_clock_a_little_ahead_of_ours_has_landed_by_now() -> None:
    now = int(NOW.timestamp())
    assert landings([now + 60], NOW) == [CommitClock(now + 60, now, now, holds=True)]
    assert not landings([now + 601], NOW)[0].holds


def test_a_long_history_is_read_at_once() -> None:
    found = landings([START + number % 1000 for number in range(100_000)], NOW)
    assert len(found) == 100_000
