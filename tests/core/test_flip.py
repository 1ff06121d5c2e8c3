"""The laws of flips: what is said of a changed figure is what choosing again gives."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.core.builders import alias, but, derived, facts, model, scored
from tests.core.strategies import World, eligible_worlds, values

from zumik.core.basics.names import ModelId
from zumik.core.facts.policy import Bound, Goal, Requirements
from zumik.core.resolvers.derivation import Flip
from zumik.core.resolvers.latest import LATEST

# Finer than any two different values, edges of bands and margins that the strategies can make.
HAIR = Fraction(1, 10**12)
FAR = Fraction(10**6)


def worse_by(world: World, word: str, value: Fraction, by: Fraction) -> Fraction:
    """A value that is worse by so much, as the last preference that uses the word sees it."""
    goal = next(p.goal for p in reversed(world.alias.prefer) if p.word == word)
    return value + by if goal is Goal.MINIMIZE else value - by


def winner_with(world: World, word: str, value: Fraction) -> ModelId | None:
    """Who wins when the winner's figure is another."""
    winner = world.derive().winner
    assert winner is not None
    return world.with_figure(winner, word, value).derive().winner


def preference_flips(world: World) -> dict[str, Flip]:
    return {flip.word: flip for flip in LATEST.flips(world.derive()) if not flip.bound}


def a_band_in_a_band() -> World:
    """The winner w loses to x by a worse q, and by a still worse one wins again.

    At q 100 w is alone in its band. From 98.9 down it lets in x (89), who is cheaper. From 94.4
    down it lets in y (85), whose r of 25 leaves only those from 20 up: w, and not x.
    """
    models = (
        scored("a/w", q="100", r="20", c="5"),
        scored("a/x", q="89", r="19", c="1"),
        scored("a/y", q="85", r="25", c="9"),
    )
    policy = alias("maximize q within 10%", "maximize r within 20%", "minimize c")
    return World(policy, facts(*models))


@given(eligible_worlds(repeats=True))
@example(a_band_in_a_band())
def test_the_winner_changes_exactly_at_the_flip(world: World) -> None:
    winner = world.derive().winner
    for word, flip in preference_flips(world).items():
        assert flip.now == world.facts.models[winner or ModelId("")].metrics[word].value
        at = winner_with(world, word, flip.at)
        beyond = winner_with(world, word, worse_by(world, word, flip.at, HAIR))
        assert at == (flip.to if flip.inclusive else winner)
        assert (at if flip.inclusive else beyond) == flip.to
        assert flip.to != winner


@given(eligible_worlds())
def test_just_beyond_a_flip_the_winner_loses(world: World) -> None:
    winner = world.derive().winner
    for word, flip in preference_flips(world).items():
        assert winner_with(world, word, worse_by(world, word, flip.at, HAIR)) != winner


@given(eligible_worlds(bands=3, repeats=True))
@example(a_band_in_a_band())
def test_up_to_its_flip_the_winner_wins(world: World) -> None:
    winner = world.derive().winner
    for word, flip in preference_flips(world).items():
        for part in (Fraction(step, 8) for step in range(8)):
            assert winner_with(world, word, flip.now + (flip.at - flip.now) * part) == winner
        if flip.inclusive:
            just_before = worse_by(world, word, flip.at, -HAIR)
            assert winner_with(world, word, just_before) == winner


@given(eligible_worlds(bands=3, repeats=True), values)
def test_a_figure_without_a_flip_never_loses(world: World, by: Fraction) -> None:
    winner = world.derive().winner
    lost = preference_flips(world)
    for word in {preference.word for preference in world.alias.prefer} - set(lost):
        assert winner is not None
        now = world.facts.models[winner].metrics[word].value
        for worse in (HAIR, abs(by), FAR):
            assert winner_with(world, word, worse_by(world, word, now, worse)) == winner


@given(eligible_worlds())
def test_the_deciding_preference_comes_first(world: World) -> None:
    words = [flip.word for flip in LATEST.flips(world.derive())]
    order = [preference.word for preference in reversed(world.alias.prefer)]
    assert words == [word for word in order if word in words]


@given(eligible_worlds(), values, st.booleans(), st.sampled_from(["q", "r", "c"]))
def test_beyond_a_bound_the_named_model_wins(
    world: World, edge: Fraction, at_least: bool, word: str
) -> None:
    bound = Bound(at_least=edge) if at_least else Bound(at_most=edge)
    world = world.with_alias(require=Requirements(measures={word: bound}))
    derivation = world.derive()
    assume(derivation.winner is not None)
    (flip,) = (flip for flip in LATEST.flips(derivation) if flip.bound)
    assert (flip.word, flip.at, flip.inclusive) == (word, edge, False)
    beyond = edge - HAIR if at_least else edge + HAIR
    assert winner_with(world, word, beyond) == flip.to
    assert flip.to != derivation.winner


def test_a_flip_names_its_figure_and_the_next_winner() -> None:
    policy = alias("minimize latency", require={"measures": {"q": {"at_least": "0.5"}}})
    derivation = derived(
        policy,
        scored("a/fast", s="1.68", q="0.6"),
        scored("a/slow", s="4.31", q="0.7"),
        latency="s",
    )
    flip, bound = LATEST.flips(derivation)
    assert flip == Flip("latency", Fraction("1.68"), Fraction("4.31"), False, ModelId("a/slow"))
    assert flip.by == Fraction("2.63")
    assert bound == Flip(
        "q", Fraction("0.6"), Fraction("0.5"), False, ModelId("a/slow"), bound=True
    )


def test_a_tie_flips_at_the_current_figure() -> None:
    """Ids decide between equals, so the winner loses by the least that it gets worse."""
    (flip,) = LATEST.flips(derived(alias("minimize c"), scored("a/x", c="1"), scored("a/y", c="1")))
    assert flip == Flip("c", Fraction(1), Fraction(1), False, ModelId("a/y"))
    assert flip.by == 0


def test_a_third_model_does_not_hide_a_tie() -> None:
    models = (scored("a/x", c="1"), scored("a/y", c="1"), scored("a/z", c="2"))
    (flip,) = LATEST.flips(derived(alias("minimize c"), *models))
    assert (flip.at, flip.inclusive, flip.to) == (1, False, "a/y")


def test_losing_at_the_value_itself_is_inclusive() -> None:
    """At 2 both are equal, and the other has the lower id."""
    (flip,) = LATEST.flips(derived(alias("minimize c"), scored("b/x", c="1"), scored("a/y", c="2")))
    assert flip == Flip("c", Fraction(1), Fraction(2), True, ModelId("a/y"))


def test_the_edge_of_a_band_is_the_last_that_stays() -> None:
    """q may fall to 90, which is within 10 % of 100, and no further."""
    models = (scored("a/x", q="95", c="1"), scored("a/y", q="100", c="2"))
    flips = LATEST.flips(derived(alias("maximize q within 10%", "minimize c"), *models))
    assert [(flip.word, flip.at, flip.inclusive, flip.to) for flip in flips] == [
        ("c", 2, True, "a/y"),
        ("q", 90, False, "a/y"),
    ]


def test_in_nested_bands_the_first_loss_is_the_flip() -> None:
    flips = {flip.word: flip for flip in LATEST.flips(a_band_in_a_band().derive())}
    assert (flips["q"].at, flips["q"].inclusive, flips["q"].to) == (Fraction(890, 9), True, "a/x")
    assert winner_with(a_band_in_a_band(), "q", Fraction(94)) == "a/w"


def test_an_incumbent_may_fall_to_its_margin() -> None:
    models = (scored("a/live", c="101"), scored("a/best", c="100"))
    policy = alias("minimize c", incumbent_margin="5%")
    (flip,) = LATEST.flips(derived(policy, *models, live="a/live"))
    assert flip == Flip("c", Fraction(101), Fraction(105), False, ModelId("a/best"))


def test_a_measure_used_twice_moves_as_one_figure() -> None:
    """From c 1.1 on a/x leaves the band that a/y draws, whatever the last preference says."""
    models = (scored("a/x", c="1", q="5"), scored("a/y", c="1", q="5"), scored("a/z", c="3", q="9"))
    policy = alias("minimize c within 10%", "maximize q", "minimize c")
    flips = {flip.word: flip for flip in LATEST.flips(derived(policy, *models))}
    assert (flips["c"].at, flips["c"].inclusive, flips["c"].to) == (1, False, "a/y")


def test_a_single_candidate_has_no_flip() -> None:
    assert LATEST.flips(derived(alias("minimize c"), scored("a/x", c="1"))) == ()


def test_flip_without_other_candidates_names_no_winner() -> None:
    policy = alias("minimize c", require={"measures": {"c": {"at_most": "5"}}})
    (flip,) = LATEST.flips(derived(policy, scored("a/x", c="1")))
    assert (flip.at, flip.to, flip.bound) == (5, None, True)


def test_an_alias_without_a_winner_has_no_flips() -> None:
    assert LATEST.flips(derived(alias("minimize c"), model("a/x"))) == ()


def test_the_listed_preference_has_no_flip() -> None:
    models = (model("a/x"), model("a/y"))
    assert LATEST.flips(derived(alias("listed", candidates=["a/y", "a/x"]), *models)) == ()


@given(eligible_worlds(incumbents=False))
def test_would_win_means_winning_with_its_failures_waived(world: World) -> None:
    derivation = world.derive()
    would = {candidate.model for candidate in LATEST.would_win(derivation)}
    for candidate in derivation.candidates:
        if not candidate.eligible:
            waived = but(world.facts.models[candidate.model], pinned=True)
            wins = world.with_models(waived).derive().winner == candidate.model
            assert (candidate.model in would) == wins
    assert not would & set(derivation.ranking)


def test_an_unknown_fact_is_not_waived() -> None:
    models = (
        scored("a/x", c="2"),
        model("a/floats", metrics={"c": "1"}, pinned=False),
        model("a/unknown", metrics={"c": "0"}, pinned=None),
        model("a/none", pinned=False),
    )
    found = LATEST.would_win(derived(alias("minimize c"), *models))
    assert [candidate.model for candidate in found] == ["a/floats"]
