"""Resolving: a walk along the stored ranking. The conformance vectors hold the single cases."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, alias, frozen, limited, model, scored
from tests.core.strategies import model_ids, ranked_releases, requests_of

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.decisions.decision import NoCandidate, resolve, resolve_target
from zumik.core.facts.request import NOTHING_ASKED, Request, read_request
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun

SOURCE = frozen(
    alias("listed", candidates=["a/small", "b/big", "c/unknown"]),
    models=[
        limited("a/small", 100, 100, 50, takes=["text"], capabilities=["tools"]),
        limited("b/big", 1000, 1000, 500, takes=["text", "image"], capabilities=[], revision="b-1"),
        model("c/unknown"),
    ],
)


def can_take(source: VerifiedRelease, name: ModelId, request: Request) -> bool:
    """The design's sentence: each limit, the sum, capabilities and input; unknown fails."""
    known = source.models[name]
    tokens_in, tokens_out = request.input_tokens or 0, request.output_tokens or 0
    needs = {
        "input_tokens": tokens_in,
        "output_tokens": tokens_out,
        "context_tokens": tokens_in + tokens_out,
    }
    return (
        all(n == 0 or (f in known.limits and n <= known.limits[f]) for f, n in needs.items())
        and set(request.capabilities) <= (known.capabilities or set())
        and set(request.input) <= (known.input or set())
        and name not in request.unavailable
    )


@given(ranked_releases(), st.data())
def test_the_first_ranked_model_that_can_take_the_request_answers(
    source: VerifiedRelease, data: st.DataObject
) -> None:
    for name, stored in source.aliases.items():
        request = data.draw(requests_of(source))
        able = [m for m in stored.ranking if can_take(source, m, request)]
        if not able:
            with pytest.raises(NoCandidate) as failed:
                resolve(source, name, request)
            assert [passed for passed, _ in failed.value.passed] == list(stored.ranking)
            continue
        decision = resolve(source, name, request)
        higher = stored.ranking[: stored.ranking.index(able[0])]
        assert decision.model == able[0]
        assert decision.rank == len(higher) + 1
        assert [passed for passed, _ in decision.passed] == list(higher)
        assert decision.candidates_considered == len(stored.ranking)
        assert decision.revision == source.models[able[0]].revision
        if not higher:
            assert decision.reason == stored.reason
        elif set(higher) & set(request.unavailable):
            assert decision.reason == "next_ranked_after_unavailable"
        else:
            assert decision.reason == "next_ranked_meeting_request"


@given(ranked_releases(), st.data())
def test_asking_for_more_never_raises_the_rank(
    source: VerifiedRelease, data: st.DataObject
) -> None:
    for name in source.aliases:
        request, more = data.draw(requests_of(source)), data.draw(requests_of(source))
        both = Request(
            max(request.input_tokens or 0, more.input_tokens or 0),
            max(request.output_tokens or 0, more.output_tokens or 0),
            request.capabilities + more.capabilities,
            request.input + more.input,
            request.unavailable + more.unavailable,
        )
        assert rank_of(source, name, both) >= rank_of(source, name, request)


def rank_of(source: VerifiedRelease, name: AliasName, request: Request) -> float:
    try:
        return resolve(source, name, request).rank
    except NoCandidate:
        return float("inf")


@given(ranked_releases(), st.data())
def test_a_request_reads_back_from_its_log_line(
    source: VerifiedRelease, data: st.DataObject
) -> None:
    request = data.draw(requests_of(source) if source.aliases else st.just(NOTHING_ASKED))
    assert read_request(json.loads(json.dumps(request.to_json())), ()) == request


def test_the_log_line_begins_with_the_public_contract() -> None:
    decision = resolve(SOURCE, CODE_FAST, Request(input_tokens=101))
    assert decision.to_json("2026-06-09T10:00:00Z") == {
        "requested_model": "code.fast",
        "alias_release": "alr_2026_06_09_001",
        "resolved_model": "b/big",
        "candidates_considered": 3,
        "resolution_reason": "next_ranked_meeting_request",
        "alias_release_sha256": SOURCE.ref.sha256,
        "resolved_revision": "b-1",
        "request": {"unavailable": [], "input_tokens": 101},
        "timestamp": "2026-06-09T10:00:00Z",
    }
    assert list(decision.to_json())[:5] == [
        "requested_model",
        "alias_release",
        "resolved_model",
        "candidates_considered",
        "resolution_reason",
    ]
    assert "timestamp" not in decision.to_json()


def test_the_reference_is_logged_as_requested() -> None:
    pinned = f"code.fast@{SOURCE.ref.id}"
    assert resolve(SOURCE, CODE_FAST, requested=pinned).to_json()["requested_model"] == pinned


def test_the_receipt_names_the_release_and_its_digest() -> None:
    receipt = resolve(SOURCE, CODE_FAST).receipt
    assert receipt == Receipt(CODE_FAST, SOURCE.ref.id, SOURCE.ref.sha256[:12], ModelId("a/small"))
    assert str(receipt) == f"code.fast@{SOURCE.ref.id}:{SOURCE.ref.sha256[:12]}=a/small"


@given(model_ids, st.none() | st.text(max_size=5))
def test_a_concrete_target_is_itself(target: ModelId, revision: str | None) -> None:
    decision = resolve_target(Reference.parse(target), target, revision)
    assert decision.receipt is None
    assert decision.to_json() == {
        "requested_model": target,
        "alias_release": None,
        "resolved_model": target,
        "candidates_considered": 1,
        "resolution_reason": "pinned_target",
        "alias_release_sha256": None,
        "resolved_revision": revision,
        "request": {"unavailable": []},
    }


def test_without_an_eligible_model_each_has_its_reason() -> None:
    request = Request(
        input_tokens=60, output_tokens=600, input=("image",), unavailable=(ModelId("c/unknown"),)
    )
    with pytest.raises(NoCandidate, match="no_candidate_meets_request") as failed:
        resolve(SOURCE, CODE_FAST, request)
    assert failed.value.exit_code == 3
    assert failed.value.passed == (
        ("a/small", "output_tokens 50, asked 600"),
        ("b/big", "output_tokens 500, asked 600"),
        ("c/unknown", "unavailable"),
    )
    for passed, why in failed.value.passed:
        assert f"{passed}: {why}" in failed.value.message


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(input_tokens=101), "input_tokens 100, asked 101"),
        (Request(output_tokens=51), "output_tokens 50, asked 51"),
        (Request(input_tokens=60, output_tokens=50), "context_tokens 100, asked 110"),
        (Request(capabilities=("vision",)), "capabilities without vision"),
        (Request(input=("image",)), "input without image"),
        (Request(unavailable=(ModelId("a/small"),)), "unavailable"),
    ],
)
def test_why_a_model_was_passed_over(request_: Request, why: str) -> None:
    only = frozen(alias("listed", candidates=["a/*"]), models=list(SOURCE.models.values()))
    with pytest.raises(NoCandidate) as failed:
        resolve(only, CODE_FAST, request_)
    assert failed.value.passed == (("a/small", why),)


def test_an_unknown_alias_and_no_eligible_model_are_different_errors() -> None:
    with pytest.raises(CannotRun, match=r"has no alias code\.fats") as failed:
        resolve(SOURCE, AliasName("code.fats"))
    assert failed.value.hint == "did you mean code.fast?"
    with pytest.raises(CannotRun) as failed:
        resolve(SOURCE, AliasName("x"))
    assert failed.value.hint == "it has code.fast"


def test_resolving_ranks_nothing() -> None:
    """The dearest is stored first, and stays first."""
    source = frozen(alias("maximize c"), models=[scored("a/x", c="1"), scored("a/y", c="9")])
    assert source.models[resolve(source, CODE_FAST).model].metrics["c"].value == Fraction(9)


def test_an_empty_request_gets_the_first_rank() -> None:
    assert NOTHING_ASKED.asks_nothing
    assert Request(input_tokens=0, output_tokens=0).asks_nothing
    for request in (
        Request(input_tokens=1),
        Request(output_tokens=1),
        Request(capabilities=("x",)),
        Request(input=("x",)),
        Request(unavailable=(ModelId("a/b"),)),
    ):
        assert not request.asks_nothing
