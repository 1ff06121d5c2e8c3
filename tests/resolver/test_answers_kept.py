"""An answer depends on the question alone, and not on what was asked before or at the same time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.bundles import BEST, ONE, TWO, bundled, draining, pointed

from zumik import Resolver
from zumik.core.decisions.decision import NoCandidate
from zumik.core.facts.request import Request
from zumik.core.live.bundle import Bundle

Question = tuple[str, "Request | Mapping[str, object]"]

BUNDLES = [
    bundled(pointed(ONE), pointed(TWO, BEST)),
    bundled(pointed(ONE), pointed(TWO, BEST), drains=draining("acme/*")),
    bundled(pointed(ONE), pointed(TWO, BEST), drains=draining("*")),
]
REFERENCES = ["code.fast", "reasoning.best", f"code.fast@{TWO.ref.id}", "acme/small", "bolt/big"]

# 0, and an empty list, ask nothing of a model. A log line still shows the 0. These meet often.
NOTHING = [{}, {"input_tokens": 0}, {"output_tokens": 0.0}, {"input": []}, Request(output_tokens=0)]

counts = st.sampled_from([0, 0.0, "0", None, 1, 80, 400, 10**6])
needs = st.fixed_dictionaries(
    {},
    optional={
        "input_tokens": counts,
        "output_tokens": counts,
        "capabilities": st.sampled_from([[], ["tools"], ["tools", "tools"], ["vision"]]),
        "input": st.sampled_from([[], ["image"]]),
        "unavailable": st.sampled_from([[], ["acme/small"], ["acme/small", "bolt/big"]]),
    },
)
asked = st.sampled_from(NOTHING) | needs
questions = st.tuples(st.sampled_from(REFERENCES), asked)


def fresh(bundle: Bundle) -> Resolver:
    """A resolver that was asked nothing yet."""
    return Resolver(lambda _: bundle, lambda: None, check_every=math.inf)


def answer(resolver: Resolver, question: Question) -> object:
    """All that a caller can see of the answer, or why there is none."""
    reference, request = question
    try:
        decision = resolver.resolve(reference, request)
    except NoCandidate as error:
        return error.message
    return decision, decision.to_json(), str(decision.receipt)


@settings(deadline=None)
@given(st.sampled_from(BUNDLES), st.lists(questions, min_size=4, max_size=20))
def test_an_answer_does_not_depend_on_earlier_questions(
    bundle: Bundle, asked: list[Question]
) -> None:
    resolver = fresh(bundle)
    for question in [*asked, *reversed(asked)]:
        assert answer(resolver, question) == answer(fresh(bundle), question)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(BUNDLES), st.lists(questions, min_size=4, max_size=20))
def test_an_answer_does_not_depend_on_other_threads(bundle: Bundle, asked: list[Question]) -> None:
    resolver, expected = fresh(bundle), [answer(fresh(bundle), question) for question in asked]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda question: answer(resolver, question), asked * 4)
        assert list(found) == expected * 4


@pytest.mark.parametrize("zero", ["input_tokens", "output_tokens"])
def test_zero_tokens_and_no_request_log_their_own_request(zero: str) -> None:
    resolver = fresh(BUNDLES[0])
    assert resolver.resolve("code.fast", {zero: 0}).request.to_json()[zero] == 0
    assert zero not in resolver.resolve("code.fast").request.to_json()
    assert resolver.resolve("code.fast", {zero: 0}).request.to_json()[zero] == 0
