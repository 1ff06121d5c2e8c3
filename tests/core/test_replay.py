"""The laws of replay: what a line proves, and how little it takes to disprove it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, FIRST, alias, frozen, limited
from tests.core.strategies import model_ids, ranked_releases, requests_of

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.decisions.decision import Decision, NoCandidate, resolve, resolve_target
from zumik.core.decisions.log_line import LogLine, from_receipt, read_log_line
from zumik.core.decisions.replay import (
    TIME_IN_THE_FUTURE,
    LandedThen,
    Replay,
    ServedVerdict,
    Verdict,
    replay,
)
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, IntegrityError

ORDER = ["a/small", "b/big:beta@1", "c/huge", "d/least"]
SOURCE = frozen(
    alias("listed", candidates=ORDER, require={"floating_allowed": True}),
    models=[
        limited("a/small", 100, 100, 50, revision="small-1", upstream={"model": "small-up"}),
        limited("b/big:beta@1", 1000, 1000, 500, revision="big-1", capabilities=["tools"]),
        limited("c/huge", 9000, 9000, 900, revision=None, capabilities=["tools"]),
        limited("d/least", 10, 10, 5, revision="least-1"),
    ],
)
ALONE = frozen(alias("listed", candidates=["a/small"]), models=list(SOURCE.models.values()))
NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)


def looked_up(source: VerifiedRelease) -> Any:
    """A store that has one release."""

    def lookup(release: ReleaseId) -> VerifiedRelease:
        if release != source.ref.id:
            raise CannotRun(f"no release {release}")
        return source

    return lookup


def through_json(decision: Decision, **changed: object) -> LogLine:
    """A decision as it is logged and read back; `...` takes a field away."""
    fields = {**decision.to_json("2026-06-09T12:00:00Z"), **changed}
    kept = {key: value for key, value in fields.items() if value is not ...}
    return read_log_line(json.dumps(kept).encode())


def knows(*models: Model) -> Any:
    """What is known of targets: these models, the newest facts first."""

    def known_as(model: ModelId) -> list[Model]:
        return [known for known in models if known.id == model]

    return known_as


def replayed(line: LogLine, source: VerifiedRelease = SOURCE) -> Replay:
    return replay(line, looked_up(source), known_as=knows(*source.models.values()))


def decided(source: VerifiedRelease = SOURCE, **request: Any) -> Decision:
    return resolve(source, CODE_FAST, Request(**request))


def logged(**fields: object) -> LogLine:
    """A line that says only what is given, of the alias and its release."""
    known = {"requested_model": "code.fast", "alias_release": FIRST, **fields}
    return read_log_line(json.dumps({k: v for k, v in known.items() if v is not ...}).encode())


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """What some release answers to some request."""
    source = draw(ranked_releases())
    requested = draw(st.sampled_from([None, f"code.fast@{source.ref.id}"]))
    try:
        return resolve(source, CODE_FAST, draw(requests_of(source)), requested=requested)
    except NoCandidate:
        return resolve(source, CODE_FAST, requested=requested)


def source_of(decision: Decision) -> VerifiedRelease:
    assert decision.source is not None
    return decision.source


@given(decisions())
def test_replay_reproduces_what_resolve_answers(decision: Decision) -> None:
    found = replayed(through_json(decision), source_of(decision))
    assert found.verdict is Verdict.REPRODUCED
    assert found.decision == decision
    assert (found.differences, found.assumed, found.why) == ((), (), None)
    assert found.served is ServedVerdict.NOT_LOGGED


@given(model_ids, st.none() | st.text(st.characters(exclude_categories=["Cs"])))
def test_a_concrete_target_is_reproduced_where_it_is_known(
    target: ModelId, revision: str | None
) -> None:
    line = through_json(resolve_target(Reference.parse(target), target, revision))
    older = Model(target, revision="older")
    for known in ([Model(target, revision=revision)], [older, Model(target, revision=revision)]):
        assert replay(line, looked_up(SOURCE), None, knows(*known)).verdict is Verdict.REPRODUCED
    for known_as in (None, knows(Model(ModelId("un/known")))):
        found = replay(line, looked_up(SOURCE), None, known_as)
        assert found.verdict is Verdict.UNREPLAYABLE
        assert found.why == f"no release here knows {target}"


@given(decisions(), model_ids, st.integers(0, 9), st.text("ab_", min_size=1, max_size=5))
def test_any_single_changed_field_diverges(
    decision: Decision, other: ModelId, considered: int, text: str
) -> None:
    source = source_of(decision)
    changes: dict[str, object] = {
        "resolved_model": other,
        "candidates_considered": considered,
        "resolution_reason": text,
        "resolved_revision": text,
        "alias_release_sha256": "0" * 64,
    }
    line = decision.to_json()
    for field, value in changes.items():
        # A revision that nobody knows cannot be contradicted; it is told apart as a difference.
        if line[field] == value:
            continue
        found = replayed(through_json(decision, **{field: value}), source)
        assert found.verdict is Verdict.DIVERGED, field
        assert [difference.field for difference in found.differences] == [field]


@given(decisions())
def test_another_release_or_alias_is_never_reproduced(decision: Decision) -> None:
    source = source_of(decision)
    other = ReleaseId.next(source.ref.id.day, source.ref.id)
    for change in ({"alias_release": other}, {"requested_model": "no.such"}):
        found = replayed(through_json(decision, **change), source)
        assert found.verdict is Verdict.UNREPLAYABLE
        assert found.why


@given(decisions())
def test_a_lower_rank_without_its_request_is_at_best_consistent(decision: Decision) -> None:
    found = replayed(through_json(decision, request=...), source_of(decision))
    if decision.rank > 1:
        assert found.verdict is Verdict.CONSISTENT
        assert found.why is not None
        assert "no request" in found.why
    else:
        assert found.verdict is Verdict.REPRODUCED
        assert found.assumed == ("a request that asks for nothing special",)


@given(decisions(), model_ids, st.integers(0, 9))
def test_a_changed_field_diverges_without_a_request_too(
    decision: Decision, other: ModelId, considered: int
) -> None:
    source = source_of(decision)
    changes: dict[str, object] = {"candidates_considered": considered, "resolved_model": other}
    ranked = source.aliases[CODE_FAST].ranking
    for field, value in changes.items():
        lower = decision.rank > 1 and value in ranked[1:]
        if decision.to_json()[field] == value or lower:
            continue
        change = {field: value, "request": ..., "resolved_revision": ...}
        assert replayed(through_json(decision, **change), source).verdict is Verdict.DIVERGED


@given(decisions())
def test_a_receipt_replays_like_its_fields(decision: Decision) -> None:
    assert decision.receipt is not None
    line = from_receipt(Receipt.parse(str(decision.receipt)))
    found = replayed(line, source_of(decision))
    first = decision.rank == 1
    assert found.verdict is (Verdict.REPRODUCED if first else Verdict.CONSISTENT)
    # What was guessed first and did not fit is not told as an assumption.
    assert first == ("a request that asks for nothing special" in found.assumed)


@given(decisions(), st.integers(0, 11), st.sampled_from("0123456789abcdef"))
def test_a_mismatch_in_the_digest_s_start_diverges(
    decision: Decision, place: int, digit: str
) -> None:
    receipt = decision.receipt
    assert receipt is not None
    prefix = receipt.digest_prefix
    assume(prefix[place] != digit)
    wrong = receipt._replace(digest_prefix=prefix[:place] + digit + prefix[place + 1 :])
    found = replayed(from_receipt(wrong), source_of(decision))
    assert found.verdict is Verdict.DIVERGED
    assert [difference.field for difference in found.differences] == ["alias_release_sha256"]


def test_a_receipt_with_an_unranked_model_diverges() -> None:
    receipt = Receipt.parse(f"code.fast@{FIRST}:{SOURCE.ref.sha256.short}=z/other")
    found = replayed(from_receipt(receipt))
    assert found.verdict is Verdict.DIVERGED
    assert [difference.field for difference in found.differences] == ["resolved_model"]


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"resolved_model": "a/small"}, Verdict.REPRODUCED),
        (
            {"resolved_model": "a/small", "resolution_reason": "first_listed_under_policy"},
            Verdict.REPRODUCED,
        ),
        # Who answered is not said, so nothing is proved; but what is said can be wrong.
        ({}, Verdict.UNREPLAYABLE),
        ({"resolved_model": None}, Verdict.UNREPLAYABLE),
        ({"model": "openai/gpt-4"}, Verdict.UNREPLAYABLE),
        ({"request": {"unavailable": []}}, Verdict.UNREPLAYABLE),
        ({"resolution_reason": "first_listed_under_policy"}, Verdict.UNREPLAYABLE),
        ({"candidates_considered": 4, "resolved_revision": "small-1"}, Verdict.UNREPLAYABLE),
        ({"resolved_revision": "big-1"}, Verdict.UNREPLAYABLE),
        ({"resolved_revision": "nobody-1"}, Verdict.DIVERGED),
        ({"candidates_considered": 2}, Verdict.DIVERGED),
        ({"resolved_model": "c/huge"}, Verdict.CONSISTENT),
        ({"resolved_model": "z/other"}, Verdict.DIVERGED),
        (
            {"resolved_model": "c/huge", "resolution_reason": "first_listed_under_policy"},
            Verdict.DIVERGED,
        ),
        (
            {"resolved_model": "c/huge", "resolution_reason": "next_ranked_meeting_request"},
            Verdict.CONSISTENT,
        ),
        # The last one takes less than the first: no request fits it and passes over the first.
        (
            {"resolved_model": "d/least", "resolution_reason": "next_ranked_meeting_request"},
            Verdict.DIVERGED,
        ),
        (
            {"resolved_model": "d/least", "resolution_reason": "next_ranked_after_unavailable"},
            Verdict.CONSISTENT,
        ),
        (
            {"resolved_model": "a/small", "resolution_reason": "next_ranked_meeting_request"},
            Verdict.DIVERGED,
        ),
        (
            {"resolved_model": "z/other", "resolution_reason": "next_ranked_after_unavailable"},
            Verdict.DIVERGED,
        ),
        ({"resolution_reason": "next_ranked_after_unavailable"}, Verdict.UNREPLAYABLE),
        ({"resolution_reason": "pinned_target"}, Verdict.DIVERGED),
        (
            {"resolved_model": "c/huge", "request": {"unavailable": []}},
            Verdict.DIVERGED,
        ),
        (
            {"resolved_model": "c/huge", "request": {"input_tokens": 1001}},
            Verdict.REPRODUCED,
        ),
        ({"request": {"input_tokens": 9001}}, Verdict.UNREPLAYABLE),
        ({"resolved_model": "c/huge", "request": {"input_tokens": 9001}}, Verdict.DIVERGED),
        (
            {"resolved_model": "c/huge", "request": {"unavailable": ["a/small", "b/big:beta@1"]}},
            Verdict.REPRODUCED,
        ),
    ],
)
def test_the_verdict_follows_from_the_fields_of_a_line(
    fields: dict[str, Any], verdict: Verdict
) -> None:
    found = replayed(logged(**fields))
    assert found.verdict is verdict
    assert bool(found.differences) == (verdict is Verdict.DIVERGED)


def test_with_one_ranked_model_there_is_no_next_model() -> None:
    for reason in ("next_ranked_meeting_request", "next_ranked_after_unavailable"):
        line = logged(resolution_reason=reason)
        assert replayed(line, ALONE).verdict is Verdict.DIVERGED


def test_a_difference_says_both_sides() -> None:
    found = replayed(logged(resolved_model="b/big:beta@1", request={"unavailable": []}))
    assert found.differences == (("resolved_model", "b/big:beta@1", "a/small"),)
    assert found.decision is not None
    assert found.decision.model == "a/small"
    assert found.source == SOURCE


def test_a_request_that_no_model_can_take_diverges() -> None:
    found = replayed(logged(resolved_model="a/small", request={"capabilities": ["vision"]}))
    assert found.verdict is Verdict.DIVERGED
    assert found.differences == (("resolved_model", "a/small", "no candidate"),)


def test_a_pinned_reference_names_its_release() -> None:
    line = logged(requested_model=f"code.fast@{FIRST}", alias_release=..., resolved_model="a/small")
    assert replayed(line).verdict is Verdict.REPRODUCED
    other = logged(requested_model="code.fast@alr_2026_06_08_001")
    assert replayed(other).verdict is Verdict.UNREPLAYABLE


def test_alias_and_time_alone_take_the_release_that_had_landed() -> None:
    line = logged(
        alias_release=..., resolved_model="a/small", timestamp="2026-06-09T14:00:00+02:00"
    )
    asked: list[tuple[AliasName, datetime]] = []

    def landed_by(name: AliasName, moment: datetime) -> LandedThen:
        asked.append((name, moment))
        return LandedThen([FIRST])

    found = replay(line, looked_up(SOURCE), landed_by)
    assert found.verdict is Verdict.REPRODUCED
    assert found.assumed[0] == f"{FIRST}, the release that had landed by then"
    assert asked == [(CODE_FAST, NOON)]


def test_a_gateway_may_not_have_read_what_had_just_landed() -> None:
    """What only the release before gives is consistent; what none gives diverged."""
    second = ReleaseId("alr_2026_06_09_002")
    sources = {FIRST: SOURCE, second: ALONE}

    def replayed_at_noon(model: str) -> Replay:
        line = logged(alias_release=..., resolved_model=model, timestamp="2026-06-09T12:00:00Z")
        return replay(line, sources.__getitem__, lambda alias, moment: LandedThen([second, FIRST]))

    assert replayed_at_noon("a/small").verdict is Verdict.REPRODUCED
    found = replayed_at_noon("c/huge")
    assert found.verdict is Verdict.CONSISTENT
    assert found.why is not None
    assert found.why.startswith(f"{second} was live by then and does not give this line; {FIRST}")
    assert found.assumed[0].startswith(f"{FIRST}, live before")
    assert replayed_at_noon("z/other").verdict is Verdict.DIVERGED


def replayed_then(then: LandedThen, model: str) -> Replay:
    line = logged(alias_release=..., resolved_model=model, timestamp="2026-06-09T12:00:00Z")
    return replay(line, looked_up(SOURCE), lambda alias, moment: then)


def test_a_time_in_the_future_proves_no_release() -> None:
    found = replayed_then(LandedThen([FIRST], is_future=True), "a/small")
    assert found.verdict is Verdict.CONSISTENT
    assert found.why == TIME_IN_THE_FUTURE
    assert found.assumed[0] == f"{FIRST}, which is live now: the line's time is later than now"
    other = replayed_then(LandedThen([FIRST], is_future=True), "z/other")
    assert other.verdict is Verdict.DIVERGED


def test_what_is_assumed_says_that_a_commit_has_a_wrong_clock() -> None:
    found = replayed_then(LandedThen([FIRST], clock_holds=False), "a/small")
    assert found.verdict is Verdict.REPRODUCED
    doubt = "the clock of the commit that brought it cannot be right"
    assert found.assumed[0] == f"{FIRST}, the release that had landed by then; {doubt}"


def test_after_the_end_of_an_alias_no_release_was_live() -> None:
    found = replayed_then(LandedThen([None, FIRST]), "a/small")
    assert found.verdict is Verdict.CONSISTENT
    assert found.why == f"no release was live by then; {FIRST}, live before, gives this line"


def unknown_then(alias: AliasName, moment: datetime) -> LandedThen:
    raise CannotRun("this clone is shallow")


@pytest.mark.parametrize("landed", [None, lambda alias, moment: LandedThen([]), unknown_then])
def test_a_line_without_a_release_is_unreplayable(landed: Any) -> None:
    line = logged(alias_release=..., resolved_model="a/small", timestamp="2026-06-09T12:00:00Z")
    found = replay(line, looked_up(SOURCE), landed)
    assert found.verdict is Verdict.UNREPLAYABLE
    assert found.why is not None
    assert "names no release" in found.why


def test_without_a_time_history_is_not_read() -> None:
    def landed_by(name: AliasName, moment: datetime) -> LandedThen:
        raise AssertionError

    found = replay(logged(alias_release=...), looked_up(SOURCE), landed_by)
    assert found.verdict is Verdict.UNREPLAYABLE


def test_a_named_release_is_not_assumed() -> None:
    def landed_by(name: AliasName, moment: datetime) -> LandedThen:
        raise AssertionError

    line = logged(resolved_model="a/small", timestamp="2026-06-09T12:00:00Z")
    assert replay(line, looked_up(SOURCE), landed_by).verdict is Verdict.REPRODUCED


@pytest.mark.parametrize("error", [CannotRun("gone"), IntegrityError("changed")])
def test_a_release_that_cannot_be_trusted_is_no_verdict(error: CannotRun) -> None:
    def lookup(release: ReleaseId) -> VerifiedRelease:
        raise error

    found = replay(logged(), lookup)
    assert (found.verdict, found.why) == (Verdict.UNREPLAYABLE, error.message)
    assert found.cause is error


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"resolved_model": "a/small"}, Verdict.REPRODUCED),
        ({"resolved_model": "a/small", "resolved_revision": "small-1"}, Verdict.REPRODUCED),
        ({"resolved_model": "a/small", "resolved_revision": "small-9"}, Verdict.DIVERGED),
        ({"resolved_model": "a/small", "candidates_considered": 1}, Verdict.REPRODUCED),
        ({"resolved_model": "a/small", "resolution_reason": "pinned_target"}, Verdict.REPRODUCED),
        ({}, Verdict.UNREPLAYABLE),
        ({"candidates_considered": 1}, Verdict.UNREPLAYABLE),
        ({"resolved_model": "a/c"}, Verdict.DIVERGED),
        ({"candidates_considered": 2}, Verdict.DIVERGED),
        ({"resolution_reason": "first_listed_under_policy"}, Verdict.DIVERGED),
        ({"alias_release": FIRST}, Verdict.DIVERGED),
        ({"alias_release_sha256": "0" * 64}, Verdict.DIVERGED),
    ],
)
def test_a_concrete_target_has_no_release(fields: dict[str, Any], verdict: Verdict) -> None:
    found = replayed(logged(**{"requested_model": "a/small", "alias_release": ..., **fields}))
    assert found.verdict is verdict
    assert bool(found.differences) == (verdict is Verdict.DIVERGED)


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (None, ServedVerdict.NOT_LOGGED),
        ("code.fast", ServedVerdict.ALIAS_ECHOED),
        ("small-1", ServedVerdict.AS_RESOLVED),
        ("small-up", ServedVerdict.AS_RESOLVED),
        ("a/small", ServedVerdict.AS_RESOLVED),
        ("small", ServedVerdict.AS_RESOLVED),
        ("SMALL-1", ServedVerdict.AS_RESOLVED),
        ("models/small-1", ServedVerdict.AS_RESOLVED),
        ("a/small-1", ServedVerdict.AS_RESOLVED),
        ("small-2", ServedVerdict.OTHER_MODEL),
        ("big-1", ServedVerdict.OTHER_MODEL),
        ("b/small", ServedVerdict.OTHER_MODEL),
    ],
)
def test_the_served_model_has_its_own_verdict(served: str | None, expected: ServedVerdict) -> None:
    for fields in ({"resolved_model": "a/small"}, {"resolved_model": "a/small", "request": {}}):
        found = replayed(logged(served_model=served, **fields))
        assert (found.verdict, found.served) == (Verdict.REPRODUCED, expected)


def test_the_served_model_is_compared_with_the_logged_one() -> None:
    """A diverged line's service is judged by the line; so is one without its release."""
    diverged = logged(resolved_model="b/big:beta@1", served_model="big-1", request={})
    assert replayed(diverged).verdict is Verdict.DIVERGED
    assert replayed(diverged).served is ServedVerdict.AS_RESOLVED
    gone = logged(
        alias_release="alr_2020_01_01_001", resolved_model="b/big:beta@1", served_model="big:beta@1"
    )
    assert replayed(gone).verdict is Verdict.UNREPLAYABLE
    assert replayed(gone).served is ServedVerdict.AS_RESOLVED
    revision = logged(resolved_model="a/small", resolved_revision="x-1", served_model="x-1")
    assert replayed(revision).served is ServedVerdict.AS_RESOLVED


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (f"code.fast@{FIRST}", ServedVerdict.ALIAS_ECHOED),
        ("code.fast", ServedVerdict.ALIAS_ECHOED),
        ("small-1", ServedVerdict.AS_RESOLVED),
    ],
)
def test_a_pinned_alias_can_be_echoed_too(served: str, expected: ServedVerdict) -> None:
    line = logged(requested_model=f"code.fast@{FIRST}", served_model=served)
    assert replayed(line).served is expected


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ("a/b:c", ServedVerdict.AS_RESOLVED),
        ("b:c", ServedVerdict.AS_RESOLVED),
        ("b", ServedVerdict.OTHER_MODEL),
        (None, ServedVerdict.NOT_LOGGED),
    ],
)
def test_the_served_model_of_a_concrete_target(served: str | None, expected: ServedVerdict) -> None:
    line = logged(requested_model="a/b:c", alias_release=..., served_model=served)
    assert replayed(line).served is expected
