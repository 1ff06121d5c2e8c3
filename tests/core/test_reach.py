"""The laws of reaching a rank: the walk confirms what it finds, no search beats it."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.resolvers.latest import LATEST

WORDS = ("pdf", "tools")
MOST = 5

limits = st.fixed_dictionaries(
    {},
    optional={
        name: st.integers(1, MOST) for name in ("input_tokens", "output_tokens", "context_tokens")
    },
)
words = st.none() | st.frozensets(st.sampled_from(WORDS))


@st.composite
def rankings(draw: st.DrawFn) -> dict[ModelId, Model]:
    ids = [ModelId(f"a/m{number}") for number in range(draw(st.integers(1, 4)))]
    return {
        id_: Model(id_, limits=draw(limits), capabilities=draw(words), input=draw(words))
        for id_ in ids
    }


def subsets(items: tuple[str, ...]) -> Any:
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


REQUESTS = [
    Request(input_tokens=inputs, output_tokens=outputs, capabilities=capabilities, input=kinds)
    for inputs, outputs, capabilities, kinds in product(
        range(MOST + 2), range(MOST + 2), subsets(WORDS), subsets(WORDS)
    )
]


@given(rankings())
def test_a_rank_is_reached_exactly_where_some_request_reaches_it(
    models: dict[ModelId, Model],
) -> None:
    ranking = tuple(models)
    by_search = {LATEST.walk(ranking, models, request)[0] for request in REQUESTS}
    for index in range(len(ranking)):
        found = LATEST.request_reaching(ranking, models, index)
        assert (found is not None) == (index in by_search)
        if found is not None:
            assert LATEST.walk(ranking, models, found)[0] == index
            assert found.unavailable == ()
