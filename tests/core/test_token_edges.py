"""The law of the token edges: equal ranks never get two answers, on any models."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from tests.core.test_reach import REQUESTS, rankings

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.resolvers.latest import LATEST
from zumik.core.traffic.token_edges import TokenEdges, token_edges


@given(rankings())
def test_requests_of_equal_ranks_get_the_same_answer(models: dict[ModelId, Model]) -> None:
    edges = token_edges(models.values())
    answers = defaultdict(set)
    for request in REQUESTS:
        ranks = edges.ranks(request.input_tokens or 0, request.output_tokens or 0)
        rest = request._replace(input_tokens=None, output_tokens=None)
        answers[ranks, rest].add(LATEST.walk(tuple(models), models, request)[0])
    assert all(len(answer) == 1 for answer in answers.values())


@given(rankings())
def test_a_count_that_is_not_given_ranks_as_zero(models: dict[ModelId, Model]) -> None:
    for tokens in (None, 0):
        request = Request(input_tokens=tokens, output_tokens=tokens)
        assert LATEST.walk(tuple(models), models, request)[0] == 0
    assert token_edges(models.values()).ranks(0, 0) == (0, 0, 0)


def test_a_count_that_equals_a_limit_is_within_it() -> None:
    edges = TokenEdges((0, 100), (0, 10), (0, 105))
    assert edges.ranks(100, 10) == (1, 1, 2)
    assert edges.ranks(101, 4) == (2, 1, 1)
