"""The use of a model: what it answers now comes first, and what it served before is not lost."""

from __future__ import annotations

from tests.core.builders import CODE_FAST, CREATED, alias, frozen, model

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import rederive
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.live_spans import ServedSpan
from zumik.core.live.pointer import Pointer
from zumik.core.releases.rank_index import RankSpan
from zumik.core.reviews.model_use import LivePlace, live_places, model_uses

X, Y = ModelId("a/x"), ModelId("a/y")
AUTO, BATCH, VISION = (AliasName(name) for name in ("auto", "batch", "vision"))
ONE, TWO = ReleaseId("alr_2026_06_09_001"), ReleaseId("alr_2026_06_09_002")

SOURCE = frozen(
    alias("listed", candidates=[X, Y], require={"floating_allowed": True}),
    models=[model(X), model(Y)],
)
POINTER = Pointer(CODE_FAST, SOURCE.ref, 1, "promote", CREATED)


def test_live_places_are_the_ranks_of_what_is_live() -> None:
    live = {CODE_FAST: LiveAlias(POINTER, rederive(SOURCE, CODE_FAST).table)}
    assert live_places(live) == {
        X: {CODE_FAST: LivePlace(ONE, 1, 2, True)},
        Y: {CODE_FAST: LivePlace(ONE, 2, 2, False)},
    }


def test_a_retired_alias_or_an_unknown_table_has_no_live_places() -> None:
    retired = LiveAlias(POINTER._replace(kind="retire"), rederive(SOURCE, CODE_FAST).table)
    assert live_places({CODE_FAST: retired}) == {}
    assert live_places({CODE_FAST: LiveAlias(POINTER, Unknown("not intact"))}) == {}


def test_what_a_model_answers_comes_first_and_what_it_lost_last() -> None:
    live = {AUTO: LivePlace(TWO, 3, 4, False), BATCH: LivePlace(TWO, 1, 4, True)}
    first, second, third = (RankSpan(rank, ONE, ONE, 1) for rank in (1, 2, 3))
    ranks = {AUTO: (third,), BATCH: (first,), CODE_FAST: (second,), VISION: (first,)}
    served = {VISION: (ServedSpan(Y, CREATED, None), ServedSpan(X, None, CREATED))}
    uses = model_uses(X, live, served, ranks)
    assert [use.alias for use in uses] == [BATCH, AUTO, VISION, CODE_FAST]
    assert [use.answers for use in uses] == [True, False, False, False]
    assert [use.served_before for use in uses] == [False, False, True, False]
    assert uses[2].served == (ServedSpan(X, None, CREATED),)


def test_where_nothing_is_known_of_what_was_live_a_first_rank_counts() -> None:
    (use,) = model_uses(X, {}, {}, {AUTO: (RankSpan(1, ONE, TWO, 2),)})
    assert use.served_before


def test_a_first_rank_that_was_never_live_is_no_service() -> None:
    served = {AUTO: (ServedSpan(Y, None, None),)}
    (use,) = model_uses(X, {}, served, {AUTO: (RankSpan(1, ONE, TWO, 2),)})
    assert not use.served_before
