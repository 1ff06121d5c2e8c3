"""The laws of deciding under drains, and of changing their list."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST
from tests.core.bundles import FOREVER, LONG_AGO, NOON, ONE, drain, draining
from tests.core.strategies import few_examples, ranked_releases, requests_of

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.decision import Decision, NoCandidate, resolve
from zumik.core.decisions.drained_decision import (
    answered,
    effects,
    in_force,
    resolve_under,
    steady,
    taking,
    with_drain,
    without_drains,
)
from zumik.core.decisions.log_line import read_log_line
from zumik.core.decisions.replay import Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.live.drains import LONGEST, NO_DRAINS, Drain, Drains, drained
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun

HOUR = timedelta(hours=1)
SMALL, BIG = ModelId("acme/small"), ModelId("bolt/big")


def decided(drains: Drains, request: Request = NOTHING_ASKED, at: datetime = NOON) -> Decision:
    return resolve_under(drains, ONE, CODE_FAST, request, at)


def test_a_drained_model_is_skipped_and_logged_as_unavailable() -> None:
    found = decided(draining("acme/*"))
    assert (found.model, found.reason) == (BIG, "next_ranked_after_unavailable")
    assert found.request.unavailable == (SMALL,)
    assert "drain_ignored" not in found.to_json()


def test_a_lower_rank_that_is_drained_is_logged_and_the_winner_keeps_its_reason() -> None:
    found = decided(draining("bolt/*"))
    assert (found.model, found.reason) == (SMALL, "first_listed_under_policy")
    assert found.request.unavailable == (BIG,)


def test_a_drain_of_every_eligible_model_is_ignored_and_logged() -> None:
    found = decided(draining("*"))
    assert (found.model, found.request) == (SMALL, NOTHING_ASKED)
    assert found.drain_ignored == (SMALL, BIG)
    line = found.to_json("2026-06-09T12:00:00Z")
    assert list(line)[-3:] == ["request", "drain_ignored", "timestamp"]
    assert line["drain_ignored"] == [SMALL, BIG]


def test_an_ignored_drain_does_not_lift_the_request_s_own_exclusions() -> None:
    found = decided(draining("*"), Request(unavailable=(SMALL,)))
    assert (found.model, found.request.unavailable) == (BIG, (SMALL,))
    assert found.drain_ignored == (BIG,), "the other one did not stay"


def test_a_drain_that_the_request_excludes_already_is_not_logged() -> None:
    found = decided(draining("acme/*"), Request(unavailable=(SMALL,)))
    assert found == resolve(ONE, CODE_FAST, Request(unavailable=(SMALL,)))


def test_drained_models_are_listed_after_the_request_s_own() -> None:
    other = ModelId("bolt/none")
    found = decided(draining("acme/*"), Request(unavailable=(other,)))
    assert found.request.unavailable == (other, SMALL)


def test_a_request_that_no_model_can_take_is_refused_as_without_a_drain() -> None:
    request = Request(input_tokens=10**9)
    with pytest.raises(NoCandidate) as plain:
        resolve(ONE, CODE_FAST, request)
    with pytest.raises(NoCandidate) as under:
        decided(draining("*"), request)
    assert under.value.passed == plain.value.passed


def test_an_unknown_alias_is_refused_as_without_a_drain() -> None:
    with pytest.raises(CannotRun, match=r"has no alias code\.slow"):
        resolve_under(draining("*"), ONE, AliasName("code.slow"), NOTHING_ASKED, NOON)


globs = st.sampled_from(["*", "a/*", "*b*", "?/*", "*/*", "nobody/*", ""])
instants = st.integers(0, 6).map(lambda hours: NOON + hours * HOUR)
some_drains = st.lists(
    st.builds(
        lambda glob, since, hours: drain(glob, since + hours * HOUR, since=since),
        globs,
        instants,
        st.integers(1, 3),
    ),
    max_size=4,
).map(lambda listed: Drains(len(listed), tuple(listed)))


@few_examples
@given(st.data(), ranked_releases(), some_drains, instants)
def test_a_drain_removes_candidates_but_never_all_and_every_decision_replays(
    data: st.DataObject, source: VerifiedRelease, drains: Drains, now: datetime
) -> None:
    request = data.draw(requests_of(source))
    alias = data.draw(st.sampled_from(sorted(source.aliases)))
    gone = drained(drains.drains, source.aliases[alias].ranking, now)
    try:
        plain = resolve(source, alias, request)
    except NoCandidate:
        with pytest.raises(NoCandidate):
            resolve_under(drains, source, alias, request, now)
        return
    found = resolve_under(drains, source, alias, request, now)
    assert found.model not in request.unavailable
    assert (found.model in gone) == (found.model in found.drain_ignored)
    assert set(found.drain_ignored) <= set(gone)
    assert found.rank >= plain.rank, "it can only take away"
    if found.drain_ignored:
        assert found._replace(drain_ignored=()) == plain
    else:
        assert set(gone) <= set(found.request.unavailable)
        assert found == resolve(source, alias, found.request)
    line = read_log_line(json.dumps(found.to_json("2026-06-09T12:00:00Z")).encode())
    assert line.drain_ignored == found.drain_ignored
    judged = replay(line, {source.ref.id: source}.__getitem__)
    assert judged.verdict is Verdict.REPRODUCED, judged.differences


@given(some_drains, instants, instants)
def test_drains_in_force_are_constant_within_a_steady_span(
    drains: Drains, now: datetime, other: datetime
) -> None:
    since, until = steady(drains, now)
    inside = (since is None or since <= other) and (until is None or other < until)
    if inside:
        assert in_force(drains, other) == in_force(drains, now)
        assert steady(drains, other) == (since, until)
    bounds = {moment for d in drains.drains for moment in (d.since, d.until)}
    assert {since, until} - {None} <= bounds
    assert not [moment for moment in bounds if (since or LONG_AGO) < moment < (until or FOREVER)]


def test_an_alias_s_drains_are_those_that_match_its_ranking() -> None:
    drains = draining("acme/*", "nobody/*", drain("*", NOON))
    found = answered(drains, ONE, CODE_FAST, NOON)
    assert found.decision.model == BIG
    assert found.drains == drains.drains[:1]
    assert taking(drains, [BIG], NOON) == ()
    assert taking(drains, [BIG], NOON - HOUR) == drains.drains[2:]


def test_effects_name_the_winner_before_and_after() -> None:
    (effect,) = effects([(CODE_FAST, ONE)], draining("acme/*"), draining("*"), NOON)
    assert (effect.alias, effect.before.model, effect.after.model) == (CODE_FAST, BIG, SMALL)
    assert effect.after.drain_ignored


# The list


def test_draining_a_glob_again_replaces_its_drain_and_keeps_its_beginning() -> None:
    before = with_drain(NO_DRAINS, Drain("a/*", NOON, NOON + HOUR, "INC-1"), NOON)
    before = with_drain(before, Drain("b/*", NOON, NOON + HOUR, "INC-2"), NOON)
    later = NOON + HOUR / 2
    after = with_drain(before, Drain("a/*", later, later + HOUR, "INC-3"), later)
    assert after.generation == 3
    assert after.drains == (
        Drain("b/*", NOON, NOON + HOUR, "INC-2"),
        Drain("a/*", NOON, later + HOUR, "INC-3"),
    )


def test_a_drain_extended_beyond_the_limit_begins_again() -> None:
    before = with_drain(NO_DRAINS, Drain("a/*", NOON, NOON + HOUR, "INC-1"), NOON)
    later = NOON + HOUR / 2
    for until, since in ((NOON + LONGEST, NOON), (later + LONGEST, later)):
        (again,) = with_drain(before, Drain("a/*", later, until, "INC-1"), later).drains
        assert (again.since, again.until) == (since, until)


def test_an_expired_drain_leaves_with_the_next_change_and_lends_no_beginning() -> None:
    since = NOON - HOUR
    over = draining(drain("a/*", NOON, since=since), drain("b/*", NOON), generation=4)
    again = Drain("a/*", NOON, NOON + HOUR, "INC-2")
    assert with_drain(over, again, NOON) == Drains(5, (again,))
    assert without_drains(over, "c/*", NOON) == Drains(5, ())


def test_only_the_named_glob_is_undrained() -> None:
    drains = draining("a/*", "a/b", "*", generation=7)
    assert without_drains(drains, "a/*", NOON) == Drains(8, drains.drains[1:])
    assert without_drains(drains, "*", NOON) == Drains(8, drains.drains[:2])
    assert without_drains(drains, None, NOON) == Drains(8, ())
