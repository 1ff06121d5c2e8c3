"""Impact: which requests another release would move, at what cost, computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, alias, frozen, limited, model
from tests.core.traffic import call_of, judged, line_of

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.releases.release import VerifiedRelease
from zumik.core.traffic.attempts import MAX_OPEN
from zumik.core.traffic.impact import Impact, Move, Outcome, Side, SideOf
from zumik.core.traffic.logged_call import LoggedCall
from zumik.errors import CannotRun
from zumik.reports.impact_report import impact_report
from zumik.reports.plain import plain

SECOND = "alr_2026_06_10_001"
LATENCY = {"first_token": "ttft", "tokens_per_second": "tps"}
TIER = [{"above_input_tokens": 1000, "input": "4", "output": "20"}]


def priced(name: str, **fields: Any) -> Any:
    return limited(name, 100_000, 100_000, 1000, **fields)


OLD = priced("a/old", input="2", output="10", cache_read="0.5", tiers=TIER,
             metrics={"ttft": "0.5", "tps": "100"})  # fmt: skip
NEW = priced("b/new", input="1", output="4", metrics={"ttft": "1", "tps": "50"})
BATCH = priced("c/batch", input="8", output="8", batch_input="1", batch_output="2")


def release(*order: str, id: str | None = None, name: str = "code.fast", **policy: Any) -> Any:
    """A release that lists models in an order."""
    workload = policy.pop("workload", {"input_tokens": 10, "output_tokens": 10})
    chosen = alias("listed", name=name, candidates=order, workload=workload, **policy)
    known = {"latency": LATENCY}
    extra = {"id": id} if id else {}
    return frozen(chosen, models=[OLD, NEW, BATCH, UNSURE, SMALL], **known, **extra)


UNSURE = model("d/unsure")
SMALL = limited("e/small", 100, 100, 100)
THEN = release("a/old")
NOW = release("b/new", id=SECOND)


def of(source: VerifiedRelease) -> SideOf:
    return lambda name: Side.of_release(source, name)


TO_NOW, FROM_THEN = of(NOW), of(THEN)


def impact(*calls: LoggedCall, now: SideOf = TO_NOW, then: VerifiedRelease = THEN) -> Impact:
    found = Impact("now", now)
    for call in calls:
        found.add(judged(then, call))
    found.end()
    return found


def only(found: Impact) -> tuple[Move, Any]:
    """The one move, and its sums."""
    ((move, moved),) = found.moves.items()
    return move, moved


def usd(tokens_in: int, tokens_out: int, rate_in: str, rate_out: str) -> Fraction:
    return (tokens_in * Fraction(rate_in) + tokens_out * Fraction(rate_out)) / 1_000_000


def test_a_moved_request_has_the_cost_and_latency_of_its_own_tokens_on_both_sides() -> None:
    found = impact(call_of(line_of("a/old"), input_tokens=800, output_tokens=200))
    move, moved = only(found)
    assert move == Move(CODE_FAST, ModelId("a/old"), ModelId("b/new"), Outcome.MOVED)
    assert (moved.requests, moved.measured, moved.timed) == (1, 1, 1)
    assert moved.cost_before == usd(800, 200, "2", "10") == Fraction("0.0036")
    assert moved.cost_after == usd(800, 200, "1", "4") == Fraction("0.0016")
    assert moved.seconds_before == Fraction("0.5") + Fraction(200, 100)
    assert moved.seconds_after == 1 + Fraction(200, 50)


def test_a_long_request_costs_what_its_tier_costs() -> None:
    _, moved = only(impact(call_of(line_of("a/old"), input_tokens=2000, output_tokens=100)))
    assert moved.cost_before == usd(2000, 100, "4", "20")
    assert moved.cost_after == usd(2000, 100, "1", "4")


def test_cached_input_costs_what_reading_the_cache_costs_else_the_whole_price() -> None:
    call = call_of(line_of("a/old"), input_tokens=800, output_tokens=0, cached_tokens=600)
    _, moved = only(impact(call))
    assert moved.cost_before == usd(200, 600, "2", "0.5")
    assert moved.cost_after == usd(800, 0, "1", "0")


def test_more_cached_tokens_than_input_count_as_the_input() -> None:
    call = call_of(line_of("a/old"), input_tokens=100, output_tokens=0, cached_tokens=900)
    assert only(impact(call))[1].cost_before == usd(100, 0, "0.5", "0")


def test_a_batch_alias_pays_batch_prices_on_both_sides() -> None:
    workload = {"input_tokens": 10, "output_tokens": 10, "tier": "batch"}
    then = release("c/batch", workload=workload)
    call = call_of(line_of("c/batch"), input_tokens=1000, output_tokens=1000)
    _, moved = only(impact(call, then=then, now=of(then)))
    assert moved.cost_before == moved.cost_after == usd(1000, 1000, "1", "2")


@pytest.mark.parametrize("tokens", [{}, {"input_tokens": 5}, {"output_tokens": 5}])
def test_a_request_without_tokens_moves_and_its_cost_stays_unknown(tokens: dict[str, int]) -> None:
    move, moved = only(impact(call_of(line_of("a/old"), **tokens)))
    assert move.outcome is Outcome.MOVED
    assert (moved.requests, moved.measured, moved.timed) == (1, 0, 0)


def test_a_value_counts_for_as_many_calls_as_it_says() -> None:
    _, moved = only(impact(call_of(line_of("a/old"), input_tokens=1, output_tokens=1, calls=7)))
    assert (moved.requests, moved.measured) == (7, 7)
    assert moved.cost_after == 7 * usd(1, 1, "1", "4")


NOT_THERE = release("b/new", name="other.alias", id=SECOND)


def fails(name: AliasName) -> Side | None:
    raise CannotRun(f"{name} has no live pointer")


@pytest.mark.parametrize(
    ("now", "tokens", "after", "outcome"),
    [
        (of(THEN), 10, "a/old", Outcome.SAME),
        (of(NOW), 10, "b/new", Outcome.MOVED),
        (of(release("e/small", id=SECOND)), 10, "e/small", Outcome.MOVED),
        (of(release("e/small", id=SECOND)), 5000, None, Outcome.UNSERVED),
        (of(release("d/unsure", id=SECOND)), 5000, None, Outcome.ONLY_UNKNOWN),
        (of(release("e/small", "d/unsure", id=SECOND)), 5000, None, Outcome.ONLY_UNKNOWN),
        (of(NOT_THERE), 10, None, Outcome.NOT_THERE),
        (fails, 10, None, Outcome.NOT_THERE),
    ],
)
def test_each_outcome(now: SideOf, tokens: int, after: str | None, outcome: Outcome) -> None:
    line = line_of("a/old", request={"input_tokens": tokens})
    found = impact(call_of(line), now=now)
    assert only(found)[0] == Move(
        CODE_FAST, ModelId("a/old"), ModelId(after) if after else None, outcome
    )
    assert found.count([outcome]) == found.requests == 1


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("code", Outcome.ONLY_UNKNOWN), ("vision", Outcome.UNSERVED), ("tools", Outcome.MOVED)],
)
def test_what_a_model_is_said_to_lack_gives_no_hope_and_silence_does(
    word: str, outcome: Outcome
) -> None:
    known = limited("f/x", 9000, 9000, 9000, capabilities=["tools"],
                    lacks={"capabilities": ["vision"]})  # fmt: skip
    source = frozen(alias("listed"), models=[known], id=SECOND, made_by=2)
    line = line_of("a/old", request={"capabilities": (word,)})
    move, _ = only(impact(call_of(line), now=of(source)))
    assert move.outcome is outcome


def test_a_model_that_the_request_may_not_use_is_passed_over() -> None:
    line = line_of("a/old", request={"unavailable": (ModelId("b/new"),)})
    now = of(release("b/new", "a/old", id=SECOND))
    assert only(impact(call_of(line), now=now))[0].outcome is Outcome.SAME


def test_what_no_alias_decided_moves_nowhere() -> None:
    found = impact(
        call_of(line_of("a/old", alias="a/old", release=None)),
        call_of(line_of("x/y", alias="other.team")),
        call_of(line_of("x/y", release="alr_2020_01_01_001")),
        call_of(None),
    )
    assert not found.moves
    assert (found.targets, found.unknown) == (1, 2)


# Two releases: who answered by the log does not count.


def both(*calls: LoggedCall, before: SideOf = FROM_THEN, now: SideOf = TO_NOW) -> Impact:
    found = Impact("now", now, "then", before)
    for call in calls:
        found.add(judged(THEN, call))
    found.end()
    return found


def test_two_releases_are_asked_and_not_the_log() -> None:
    line = line_of("x/spoofed", release="alr_2020_01_01_001")
    move, moved = only(both(call_of(line, input_tokens=800, output_tokens=200)))
    assert move == Move(CODE_FAST, ModelId("a/old"), ModelId("b/new"), Outcome.MOVED)
    assert moved.cost_before == usd(800, 200, "2", "10")


def test_an_alias_that_only_one_side_has_counts_and_one_of_neither_does_not() -> None:
    move, _ = only(both(call_of(line_of("a/old")), before=of(NOT_THERE)))
    assert (move.before, move.after, move.outcome) == (None, "b/new", Outcome.MOVED)
    move, _ = only(both(call_of(line_of("a/old")), now=of(NOT_THERE)))
    assert (move.before, move.after, move.outcome) == ("a/old", None, Outcome.NOT_THERE)
    found = both(call_of(line_of("a/old", alias="made.up")))
    assert (found.moves, found.unknown) == ({}, 1)


def test_a_hundred_thousand_made_up_names_keep_nothing() -> None:
    found = both(*(call_of(line_of("a/old", alias=f"made.up{n}")) for n in range(100_000)))
    assert (found.moves, found.unknown) == ({}, 100_000)
    assert found._now.side.cache_info().currsize <= 10_000


# Requests and their attempts


def attempt(failed: bool, id: str | None = "one", **fields: Any) -> LoggedCall:
    return call_of(line_of("a/old"), failed=failed, call_id=id, **fields)


def done(**fields: Any) -> LoggedCall:
    return attempt(False, input_tokens=800, output_tokens=200, **fields)


@pytest.mark.parametrize(
    "calls",
    [
        [attempt(True), attempt(True), done()],
        [done(), attempt(True), attempt(True)],
        [attempt(True), done(), attempt(True)],
    ],
)
def test_attempts_of_one_request_move_once_with_the_tokens_of_the_one_that_succeeded(
    calls: list[LoggedCall],
) -> None:
    found = impact(*calls)
    _, moved = only(found)
    assert (moved.requests, moved.measured, found.attempts) == (1, 1, 2)
    assert moved.cost_before == usd(800, 200, "2", "10")


def test_a_request_of_which_every_attempt_failed_is_one_request() -> None:
    found = impact(attempt(True), attempt(True), attempt(True, id="two"))
    assert (found.requests, found.attempts) == (2, 1)


def test_one_id_for_what_succeeded_twice_hides_no_request() -> None:
    """A client may choose its call ids."""
    found = impact(done(), done(), done())
    assert (found.requests, found.attempts) == (3, 0)


def test_a_call_that_was_logged_twice_is_one_request() -> None:
    eight, nine = (datetime(2026, 11, 3, hour, tzinfo=UTC) for hour in (8, 9))
    found = impact(done(at=eight), done(at=eight), done(at=nine))
    assert (found.requests, found.attempts) == (2, 1)


def test_a_failure_of_another_release_or_alias_is_a_request_of_its_own() -> None:
    other = call_of(line_of("x/y", release=SECOND), failed=True, call_id="one")
    assert both(done(), other).requests == 2


def test_calls_without_an_id_are_requests() -> None:
    assert impact(attempt(True, id=None), attempt(False, id=None)).requests == 2


def test_attempts_are_joined_among_the_latest_requests_only() -> None:
    near = [attempt(False, id=f"n{n}") for n in range(MAX_OPEN - 1)]
    assert impact(attempt(True), *near, done()).attempts == 1
    far = [attempt(False, id=f"n{n}") for n in range(MAX_OPEN)]
    found = impact(attempt(True), *far, done())
    assert (found.attempts, found.requests) == (0, MAX_OPEN + 2)
    assert len(found._attempts._seen) <= MAX_OPEN


calls = st.builds(
    lambda id, failed, model, tokens, times: call_of(
        line_of(model, request={"input_tokens": tokens}),
        call_id=id,
        failed=failed,
        calls=times,
        input_tokens=tokens,
        output_tokens=10,
    ),
    st.sampled_from([None, "one", "two"]),
    st.sampled_from([None, False, True]),
    st.sampled_from(["a/old", "b/new", None]),
    st.sampled_from([0, 10, 500, 200_000]),
    st.integers(1, 3),
)


@given(st.lists(calls, max_size=12))
def test_requests_and_joined_attempts_sum_to_the_calls(made: list[LoggedCall]) -> None:
    found = impact(*made)
    assert found.requests + found.attempts == sum(call.calls for call in made)
    assert sum(found.count([outcome]) for outcome in Outcome) == found.requests
    sums = [moved for outcomes in found.by_alias().values() for moved in outcomes.values()]
    assert sum(moved.requests for moved in sums) == found.requests
    assert sum(moved.cost_after for moved in sums) == sum(
        moved.cost_after for moved in found.moves.values()
    )


def test_a_cost_is_an_upper_bound_where_the_log_does_not_say_what_came_from_a_cache() -> None:
    unknown = impact(call_of(line_of("a/old"), input_tokens=10, output_tokens=1))
    (moved,) = unknown.moves.values()
    assert (moved.cost_before, moved.gaps_before) == (
        Fraction(30, 10**6),
        {CostGap.CACHED_AT_INPUT_PRICE},
    )
    text = plain(impact_report(unknown))
    assert "cost ≤ $0.00003 → ≤ $0.000014" in text
    assert "cost: ≤ an upper bound" in text
    known = impact(call_of(line_of("a/old"), input_tokens=10, output_tokens=1, cached_tokens=0))
    assert "≤" not in plain(impact_report(known))
