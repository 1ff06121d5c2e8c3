"""The laws of the resolver: what it answers, to what is asked."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.builders import FIRST, but, verified
from tests.core.bundles import (
    BEST,
    FOREVER,
    LONG_AGO,
    NOON,
    ONE,
    SECOND,
    TWO,
    bundled,
    drain,
    draining,
    pointed,
)
from tests.core.strategies import ranked_releases, requests_of
from tests.resolver.files import put, resolver_of

from zumik import Resolver
from zumik.core.basics.names import BadName, ModelId
from zumik.core.decisions.decision import NoCandidate
from zumik.core.decisions.log_line import read_log_line
from zumik.core.decisions.replay import Verdict, replay
from zumik.core.facts.request import Request
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import UsageError
from zumik.resolver import UnknownReference


def test_an_alias_is_answered_from_the_release_that_is_live(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE), pointed(TWO, BEST)))
    fast, best = resolver.resolve("code.fast"), resolver.resolve("reasoning.best")
    assert (fast.model, fast.revision) == ("acme/small", "small-1")
    assert str(fast.receipt) == f"code.fast@{FIRST}:{ONE.ref.sha256.short}=acme/small"
    assert best.model == "bolt/big"
    assert best.source is not None
    assert best.source.ref == TWO.ref


def test_a_pinned_alias_is_answered_from_that_release(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)))
    decision = resolver.resolve(f"code.fast@{SECOND}")
    assert (decision.model, decision.requested) == ("bolt/big", f"code.fast@{SECOND}")


def test_a_target_is_itself_with_the_revision_of_the_newest_release(file: Path) -> None:
    newer = TWO.release.content
    models = {
        **newer.models,
        ModelId("bolt/big"): but(newer.models[ModelId("bolt/big")], revision="big-2"),
    }
    changed = verified(but(TWO.release, content=but(newer, models=models)))
    resolver = resolver_of(file, bundled(pointed(ONE), releases=[changed, ONE]))
    decision = resolver.resolve("bolt/big")
    assert (decision.model, decision.revision) == ("bolt/big", "big-2")
    assert (decision.receipt, decision.reason) == (None, "pinned_target")


UNKNOWN = {
    "an alias": ("code.slow", "code.slow has no live pointer", "did you mean code.fast?"),
    "an alias like none": ("gpt-4o", "gpt-4o has no live pointer", "zumik alias list"),
    "a retired alias": ("reasoning.best", "reasoning.best was retired", "zumik alias list"),
    "a release": ("code.fast@alr_2026_06_09_009", "not in the files in use", "--all-releases"),
    "an alias of a release": (f"code.slow@{FIRST}", "has no alias code.slow", "it has code.fast"),
    "a model": ("acme/huge", "no release knows acme/huge", "zumik catalog list"),
}


@pytest.mark.parametrize(("reference", "words", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_model_is_unknown(file: Path, reference: str, words: str, hint: str) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE), pointed(TWO, BEST, kind="retire")))
    with pytest.raises(UnknownReference, match=words) as unknown:
        resolver.resolve(reference)
    assert unknown.value.hint is not None
    assert hint in unknown.value.hint


def test_a_mistyped_release_id_is_not_blamed_on_its_alias(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)))
    with pytest.raises(BadName, match="is not a release id") as refused:
        resolver.resolve("code.fast@alr_2026_06_09")
    assert refused.value.hint == "alr_YYYY_MM_DD_NNN, as in alr_2026_06_09_003"
    with pytest.raises(BadName, match="is not an alias name") as refused:
        resolver.resolve("Code.Fast@alr_2026_06_09")
    assert refused.value.hint == "did you mean code.fast?"


def test_suggestions_are_skipped_where_aliases_are_many(file: Path) -> None:
    listed = [f"code.fast{n}" for n in range(101)]
    retired = [pointed(ONE, name, kind="retire") for name in listed]
    few = resolver_of(file, bundled(*retired[:99], pointed(ONE)))
    with pytest.raises(UnknownReference) as unknown:
        few.resolve("code.fest")
    assert unknown.value.hint == "did you mean code.fast?"
    many = resolver_of(file, bundled(*retired, pointed(ONE)))
    with pytest.raises(UnknownReference) as unknown:
        many.resolve("code.fest")
    assert unknown.value.hint == "zumik alias list shows the live aliases"


@pytest.mark.parametrize(
    "reference", ["", "Code.Fast", "code.fast@", "a/", "code.fast\n", "@", "é"]
)
def test_a_malformed_reference_is_refused(file: Path, reference: str) -> None:
    with pytest.raises(BadName):
        resolver_of(file, bundled()).resolve(reference)


# Requests


def test_a_request_may_be_a_request_or_a_mapping(file: Path) -> None:
    resolver = resolver_of(file, bundled())
    needs = {"input_tokens": 500, "capabilities": ["tools"], "unavailable": ["bolt/none"]}
    as_mapping = resolver.resolve("code.fast", needs)
    as_request = resolver.resolve(
        "code.fast", Request(500, capabilities=("tools",), unavailable=(ModelId("bolt/none"),))
    )
    assert as_mapping == as_request
    assert (as_mapping.model, as_mapping.rank) == ("bolt/big", 2)
    assert resolver.resolve("code.fast", {}) == resolver.resolve("code.fast")


BAD_REQUESTS: list[Any] = [
    {"input_tokens": -1},
    {"input_tokens": "many"},
    {"input_tokens": True},
    {"input_tokens": 1.5},
    {"capabilities": "tools"},
    {"unavailable": ["Acme"]},
    {"temperature": 1},
    {7: 1},
]


@pytest.mark.parametrize("needs", BAD_REQUESTS, ids=str)
def test_a_malformed_request_is_refused(file: Path, needs: Any) -> None:
    with pytest.raises(UsageError, match="'request") as refused:
        resolver_of(file, bundled()).resolve("code.fast", needs)
    assert refused.value.hint


def test_a_request_that_no_model_can_take_is_an_error(file: Path) -> None:
    with pytest.raises(NoCandidate) as no:
        resolver_of(file, bundled()).resolve("code.fast", {"input_tokens": 5000})
    assert [model for model, _ in no.value.passed] == ["acme/small", "bolt/big"]


# Drains


def test_a_drained_model_is_skipped_and_logged(file: Path) -> None:
    resolver = resolver_of(file, bundled(drains=draining("acme/*")))
    decision = resolver.resolve("code.fast")
    assert (decision.model, decision.reason) == ("bolt/big", "next_ranked_after_unavailable")
    assert decision.to_json()["request"] == {"unavailable": ["acme/small"]}


def test_an_expired_drain_has_no_effect(file: Path) -> None:
    resolver = resolver_of(file, bundled(drains=draining(drain("acme/*", NOON))))
    assert resolver.resolve("code.fast").model == "acme/small"


class Clock:
    """The time module as the resolver sees it, at a moment of the test's."""

    def __init__(self) -> None:
        self.moment = NOON
        self.asked = 0

    def time(self) -> float:
        self.asked += 1
        return self.moment.timestamp()

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("zumik.resolver.time", made)
    return made


TICK = timedelta(seconds=1)


def test_drains_begin_and_end_on_the_second(file: Path, clock: Clock) -> None:
    first = drain("acme/*", NOON + 20 * TICK, since=NOON + 10 * TICK)
    then = drain("bolt/*", NOON + 30 * TICK, since=NOON + 15 * TICK)
    resolver = resolver_of(file, bundled(drains=draining(first, then)))
    seen = []
    # Back again, too: clocks are set.
    for seconds in [9, 10, 14, 15, 19, 20, 29, 30, 12, 0, 99]:
        clock.moment = NOON + seconds * TICK
        found = resolver.resolve("code.fast")
        assert resolver.resolve("code.fast") is found, "it is kept"
        seen.append((seconds, found.model, found.request.unavailable, found.drain_ignored))
    gone, both = (ModelId("acme/small"),), (ModelId("acme/small"), ModelId("bolt/big"))
    assert seen == [
        (9, "acme/small", (), ()),
        (10, "bolt/big", gone, ()),
        (14, "bolt/big", gone, ()),
        (15, "acme/small", (), both),
        (19, "acme/small", (), both),
        (20, "acme/small", both[1:], ()),
        (29, "acme/small", both[1:], ()),
        (30, "acme/small", (), ()),
        (12, "bolt/big", gone, ()),
        (0, "acme/small", (), ()),
        (99, "acme/small", (), ()),
    ]


def test_the_clock_is_not_read_without_drains(file: Path, clock: Clock) -> None:
    resolver = resolver_of(file, bundled())
    before = clock.asked
    resolver.resolve("code.fast")
    assert clock.asked == before


def test_an_ignored_drain_is_warned_about_once_for_each_alias_and_list(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    both = [pointed(ONE), pointed(ONE, BEST)]
    resolver = resolver_of(file, bundled(*both, drains=draining("*")))
    for _ in range(3):
        resolver.resolve("code.fast")
        resolver.resolve("code.fast", {"capabilities": ["tools"]})
        resolver.resolve("reasoning.best")
    put(file, bundled(*both, drains=draining("*"), made_at=FOREVER))
    assert resolver.refresh()
    resolver.resolve("code.fast")
    put(file, bundled(*both, drains=draining("*", "acme/*", generation=2)))
    assert resolver.refresh()
    resolver.resolve("code.fast")
    told = [(record.name, record.levelname, record.message) for record in caplog.records]
    words = "the drain of acme/small, bolt/big is IGNORED: no other candidate could answer"
    assert told == [
        ("zumik", "WARNING", f"zumik: code.fast: {words}"),
        ("zumik", "WARNING", f"zumik: reasoning.best: {words}"),
        ("zumik", "WARNING", f"zumik: code.fast: {words}"),
    ]


def test_an_older_list_of_drains_is_not_used(file: Path) -> None:
    resolver = resolver_of(file, bundled(drains=draining("acme/*", generation=2)))
    put(file, bundled(drains=draining(generation=1)))
    assert not resolver.refresh()
    assert resolver.problem is not None
    assert "the list of drains has generation 1 in it, and had 2" in resolver.problem.message
    assert resolver.resolve("code.fast").model == "bolt/big"
    put(file, bundled(drains=draining(generation=3)))
    assert resolver.refresh()
    assert resolver.resolve("code.fast").model == "acme/small"


def test_drains_never_leave_an_alias_without_an_answer(file: Path) -> None:
    resolver = resolver_of(file, bundled(drains=draining("*")))
    assert resolver.resolve("code.fast").model == "acme/small"
    assert resolver.resolve("code.fast").drain_ignored == ("acme/small", "bolt/big")
    after = resolver.resolve("code.fast", {"unavailable": ["acme/small"]})
    assert (after.model, after.request.unavailable) == ("bolt/big", ("acme/small",))


def test_a_drain_adds_to_what_the_request_excludes(file: Path) -> None:
    """Both are gone then, and between the two the drain is what may not leave nobody."""
    resolver = resolver_of(file, bundled(drains=draining("bolt/*")))
    assert resolver.resolve("code.fast", {"unavailable": ["acme/small"]}).model == "bolt/big"


def test_a_drain_does_not_lower_what_a_request_needs(file: Path) -> None:
    """Only the drained model can take the request, and so it does."""
    resolver = resolver_of(file, bundled(drains=draining("bolt/*")))
    assert resolver.resolve("code.fast", {"input_tokens": 500}).model == "bolt/big"


def test_a_drain_does_not_change_a_concrete_model(file: Path) -> None:
    resolver = resolver_of(file, bundled(drains=draining("*")))
    assert resolver.resolve("acme/small").model == "acme/small"


def test_a_drain_in_a_new_bundle_counts_at_once(file: Path) -> None:
    resolver = resolver_of(file, bundled())
    assert resolver.resolve("code.fast").model == "acme/small"
    put(file, bundled(drains=draining("acme/*")))
    assert resolver.refresh()
    assert resolver.resolve("code.fast").model == "bolt/big"


# Every decision replays


@settings(max_examples=60)
@given(st.data(), ranked_releases())
def test_every_log_line_replays_as_reproduced(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, source: VerifiedRelease
) -> None:
    globs = st.sampled_from(["*", "a/*", "*b*", "?/*"])
    ends = st.sampled_from([FOREVER, NOON])
    listed = st.lists(st.builds(Drain, globs, st.just(LONG_AGO), ends, st.just("")))
    drains = data.draw(st.builds(Drains, st.integers(1, 9), listed.map(tuple)))
    bundle = bundled(pointed(source), releases=[source], drains=drains)
    resolver = Resolver(lambda _: bundle, lambda: 0)
    references = ["code.fast", f"code.fast@{source.ref.id}", *source.models]
    for _ in range(3):
        reference, request = data.draw(st.sampled_from(references)), data.draw(requests_of(source))
        try:
            decision = resolver.resolve(reference, request)
        except NoCandidate:
            continue
        line = read_log_line(json.dumps(decision.to_json("2026-06-09T12:00:00Z")).encode())
        found = replay(
            line,
            lambda release: bundle.releases[release].source,
            known_as=lambda model: [
                frozen.source.models[model]
                for frozen in bundle.releases.values()
                if model in frozen.source.models
            ],
        )
        assert found.verdict is Verdict.REPRODUCED, found.differences
