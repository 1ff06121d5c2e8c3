"""The index of ranks: what it holds of a line is what each release of the line says."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST
from tests.core.strategies import few_examples

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.rank_index import DEEPEST, RankIndex, RankSpan

MODELS = [ModelId(f"a/m{number}") for number in range(13)]
IDS = [ReleaseId(f"alr_2026_06_09_{number:03}") for number in range(1, 9)]
AUTO = AliasName("auto")

rankings = st.dictionaries(
    st.sampled_from([CODE_FAST, AUTO]), st.lists(st.sampled_from(MODELS), min_size=1, unique=True)
)
lines = st.lists(rankings, min_size=1, max_size=len(IDS))


def indexed(line: list[dict[AliasName, list[ModelId]]]) -> RankIndex:
    index = RankIndex()
    for release, ranked in zip(IDS, line, strict=False):
        index.add(release, ranked)
    return index


@few_examples
@given(lines)
def test_spans_are_the_ranks_of_each_release(line: list[dict[AliasName, list[ModelId]]]) -> None:
    index = indexed(line)
    for model in MODELS:
        found = {
            (alias, IDS[place]): span.rank
            for alias, spans in index.of(model).items()
            for span in spans
            for place in range(IDS.index(span.first), IDS.index(span.last) + 1)
        }
        expected = {
            (alias, release): rank if rank <= DEEPEST else None
            for release, ranked in zip(IDS, line, strict=False)
            for alias, ranking in ranked.items()
            for rank, name in enumerate(ranking, 1)
            if name == model
        }
        assert found == expected


@few_examples
@given(lines)
def test_spans_are_as_long_as_they_can_be(line: list[dict[AliasName, list[ModelId]]]) -> None:
    index = indexed(line)
    for model in MODELS:
        for spans in index.of(model).values():
            for later, earlier in pairwise(spans):
                follows = IDS.index(earlier.last) + 1 == IDS.index(later.first)
                assert not follows or earlier.rank != later.rank
            assert all(
                span.releases == IDS.index(span.last) - IDS.index(span.first) + 1 for span in spans
            )


def test_a_model_that_comes_back_has_a_span_for_each_time() -> None:
    first, second = MODELS[:2]
    line = [{AUTO: [first]}, {AUTO: [second, first]}, {}, {AUTO: [first]}, {AUTO: [first]}]
    assert indexed(line).of(first) == {
        AUTO: (
            RankSpan(1, IDS[3], IDS[4], 2),
            RankSpan(2, IDS[1], IDS[1], 1),
            RankSpan(1, IDS[0], IDS[0], 1),
        )
    }


def test_moves_below_the_tenth_rank_are_one_span() -> None:
    ranked, swapped = list(MODELS), list(MODELS)
    swapped[11], swapped[12] = swapped[12], swapped[11]
    line = [{AUTO: ranked}, {AUTO: swapped}, {AUTO: ranked}]
    assert indexed(line).of(MODELS[12]) == {AUTO: (RankSpan(None, IDS[0], IDS[2], 3),)}


def test_a_model_that_no_alias_ranks_has_no_spans() -> None:
    assert indexed([{AUTO: MODELS[:1]}]).of(MODELS[1]) == {}
