"""The laws of freezing: who is ranked where, and what that does and does not depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.builders import alias, but, derived, facts, frozen, model, scored
from tests.core.strategies import World, contents, eligible_worlds, few_examples, made, worlds

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import COST, Alias, Goal, Policy, Preference, Workload
from zumik.core.facts.price import RATES, Price, Tier
from zumik.core.releases.freeze import NoEligibleModel, derive_all, freeze
from zumik.core.releases.release import Content, content_to_json
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Incumbent
from zumik.core.resolvers.latest import LATEST


def within(preference: Preference, share: Fraction, value: Fraction, best: Fraction) -> bool:
    """`value >= best - p * |best|`, mirrored for minimize."""
    if preference.goal is Goal.MAXIMIZE:
        return value >= best - share * abs(best)
    return value <= best + share * abs(best)


def kept(
    left: Mapping[ModelId, Mapping[str, Fraction]], preference: Preference, share: Fraction
) -> dict[ModelId, Mapping[str, Fraction]]:
    """Those within a share of the best of those left."""
    pick = max if preference.goal is Goal.MAXIMIZE else min
    best = pick(values[preference.word] for values in left.values())
    return {
        model: values
        for model, values in left.items()
        if within(preference, share, values[preference.word], best)
    }


def selected_first(
    left: Mapping[ModelId, Mapping[str, Fraction]], policy: Alias, live: ModelId | None
) -> ModelId:
    """Among those left, apply the preferences in order; what still ties: values, then the id."""
    pool = dict(left)
    for preference in policy.prefer[:-1]:
        pool = kept(pool, preference, preference.within or Fraction(0))
    last = policy.prefer[-1]
    margin = policy.incumbent_margin
    if live is not None and margin is not None and live in kept(pool, last, margin):
        return live
    pool = kept(pool, last, Fraction(0))

    def tie(model: ModelId) -> tuple[list[Fraction], bytes]:
        turned = [
            -pool[model][p.word] if p.goal is Goal.MAXIMIZE else pool[model][p.word]
            for p in policy.prefer
        ]
        return turned, model.encode()

    return min(pool, key=tie)


def repeated_selection(derivation: Derivation) -> list[ModelId]:
    """The design's sentence, word by word: the winner takes the next rank and leaves."""
    left = {c.model: c.values for c in derivation.candidates if c.eligible}
    live = derivation.incumbent.model if derivation.incumbent else None
    ranking: list[ModelId] = []
    while left:
        ranking.append(selected_first(left, derivation.alias, live if not ranking else None))
        del left[ranking[-1]]
    return ranking


@given(worlds(repeats=True))
def test_ranking_is_repeated_selection(world: World) -> None:
    derivation = world.derive()
    assert list(derivation.ranking) == repeated_selection(derivation)


@given(worlds())
def test_all_eligible_models_are_ranked_and_no_other(world: World) -> None:
    derivation = world.derive()
    eligible = {c.model for c in derivation.candidates if c.eligible}
    assert len(derivation.ranking) == len(set(derivation.ranking))
    assert set(derivation.ranking) == eligible
    assert eligible == {model.id for model in world.facts.models.values() if model.pinned}


@given(eligible_worlds(bands=3))
def test_rank_two_wins_without_rank_one(world: World) -> None:
    derivation = world.derive()
    winner, *rest = derivation.ranking
    exclude = but(world.alias, exclude=(winner,))
    without = LATEST.derive(exclude, world.facts, None)
    assert list(without.ranking) == rest


@given(worlds())
def test_freeze_is_deterministic(world: World) -> None:
    first, second = world.derive(), world.derive()
    assert first == second
    if first.ranking:
        catalog = Catalog(world.facts.models, world.facts.metrics)
        policy = Policy(world.facts.measures, {world.alias.name: world.alias})
        once, again = (freeze(catalog, policy, {world.alias.name: d}) for d in (first, second))
        assert content_to_json(once) == content_to_json(again)


@given(worlds(), st.randoms(use_true_random=False))
def test_shuffled_candidates_rank_alike(world: World, random: object) -> None:
    models = list(world.facts.models.items())
    random.shuffle(models)  # type: ignore[attr-defined]
    shuffled = replace(world, facts=but(world.facts, models=dict(models)))
    assert shuffled.derive() == world.derive()


@given(worlds(), st.permutations(["*", "a/*", "b/*", "a-b/*"]))
def test_the_order_of_globs_counts_only_for_listed(world: World, globs: list[str]) -> None:
    other = world.with_alias(candidates=tuple(globs))
    assert other.derive().ranking == world.derive().ranking


def setters(derivation: Derivation) -> set[ModelId]:
    """Who alone is the best at a preference with a band, among those that the earlier ones left."""
    pool = {c.model: c.values for c in derivation.candidates if c.eligible}
    found: set[ModelId] = set()
    for preference in derivation.alias.prefer[:-1]:
        best = kept(pool, preference, Fraction(0))
        if preference.within and len(best) == 1:
            found |= set(best)
        pool = kept(pool, preference, preference.within or Fraction(0))
    return found


@given(eligible_worlds(incumbents=False), st.data())
def test_excluding_a_loser_that_sets_no_band_never_changes_the_winner(
    world: World, data: st.DataObject
) -> None:
    derivation = world.derive()
    losers = sorted(set(derivation.ranking[1:]) - setters(derivation))
    assume(losers)
    loser = data.draw(st.sampled_from(losers))
    without = world.with_alias(exclude=(loser,)).derive()
    assert without.winner == derivation.winner


# A kept incumbent is measured against the best, which is first or second.
@given(eligible_worlds(least=3, bands=0), st.data())
def test_without_bands_excluding_a_loser_leaves_the_others_in_order(
    world: World, data: st.DataObject
) -> None:
    derivation = world.derive()
    loser = data.draw(st.sampled_from(derivation.ranking[2:]))
    without = world.with_alias(exclude=(loser,)).derive()
    assert list(without.ranking) == [m for m in derivation.ranking if m != loser]


def test_excluding_a_loser_that_sets_a_band_can_change_the_winner() -> None:
    """Why the law above is not simpler: the band is a share of the best, whoever that is."""
    models = (scored("a/best", q="100", c="9"), scored("a/in", q="92", c="5"))
    cheap = scored("a/out", q="89", c="1")
    policy = alias("maximize q within 10%", "minimize c")
    assert derived(policy, *models, cheap).winner == "a/in"
    assert derived(but(policy, exclude=("a/best",)), *models, cheap).winner == "a/out"


amounts = st.sampled_from([Fraction(n, 4) for n in range(9)])
tier_lists = st.lists(
    st.builds(made(Tier), st.sampled_from([0, 99, 100, 101]), st.fixed_dictionaries({
        "input": amounts, "output": amounts, "batch_input": amounts, "batch_output": amounts,
    })),
    max_size=2,
    unique_by=lambda tier: tier.above_input_tokens,
).map(tuple)  # fmt: skip
full_prices = st.builds(
    made(Price), st.fixed_dictionaries(dict.fromkeys(RATES[:7], amounts)), tier_lists
)
priced_workloads = st.builds(
    made(Workload),
    st.sampled_from([0, 99, 100, 101]),
    st.sampled_from([0, 50]),
    st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)]),
    st.sampled_from(["standard", "batch"]),
)


@st.composite
def priced_worlds(draw: st.DrawFn) -> World:
    """Worlds that prefer low cost, with one band at most, and bounds from above alone."""
    world = draw(worlds(bands=1, incumbents=False))
    cost = Preference(Goal.MINIMIZE, COST, draw(st.none() | st.sampled_from([Fraction(1, 4)])))
    plain = [but(p, within=None) for p in world.alias.prefer]
    prefer = [cost, *plain] if draw(st.booleans()) else [*plain, but(cost, within=None)]
    if len(prefer) == 1:
        prefer = [but(cost, within=None)]
    world = world.with_alias(prefer=tuple(prefer), workload=draw(priced_workloads))
    models = [but(m, price=draw(full_prices)) for m in world.facts.models.values()]
    return world.with_models(*models)


def dearer(price: Price, rate: str, by: Fraction) -> Price:
    """A price of which one rate is higher, in the base and in every tier that has it."""
    raised = {rate: price.rates[rate] + by}
    tiers = tuple(
        Tier(t.above_input_tokens, {k: v + by if k == rate else v for k, v in t.rates.items()})
        for t in price.tiers
    )
    return but(price, rates={**price.rates, **raised}, tiers=tiers)


@given(priced_worlds(), st.data())
def test_a_worse_price_never_improves_a_rank(world: World, data: st.DataObject) -> None:
    before = world.derive()
    assume(before.ranking)
    who = data.draw(st.sampled_from(before.ranking))
    chosen = world.facts.models[who]
    assert chosen.price is not None
    rate = data.draw(st.sampled_from(RATES[:7]))
    by = data.draw(st.sampled_from([Fraction(1, 100), Fraction(1), Fraction(100)]))
    after = world.with_models(but(chosen, price=dearer(chosen.price, rate, by))).derive()
    assert after.ranking.index(who) >= before.ranking.index(who)


@few_examples
@given(contents())
def test_a_release_holds_every_fact_that_its_ranking_needs(content: Content) -> None:
    """Derived again from the release alone, the same candidates rank alike."""
    known = but(facts(), models=content.models, metrics=content.metrics, measures=content.measures)
    for stored in content.aliases.values():
        again = LATEST.derive(stored.policy, known, stored.incumbent)
        assert (again.ranking, again.reason) == (stored.ranking, stored.reason)


def test_an_alias_without_an_eligible_model_cannot_be_frozen() -> None:
    policy = alias("maximize q", require={"capabilities": ["tools"]})
    with pytest.raises(NoEligibleModel, match=r"code\.fast: none of 2 candidates") as failed:
        frozen(policy, models=[scored("a/x", q="1"), model("a/y", capabilities=[])])
    assert {c.model: [f.code for f in c.failures] for c in failed.value.derivation.candidates} == {
        "a/x": ["fact_unknown"],
        "a/y": ["capability_missing", "fact_unknown"],
    }


def test_exclusion_only_for_unknown_facts_is_marked_not_compared() -> None:
    policy = alias("maximize q", require={"capabilities": ["tools"]})
    derivation = derived(
        policy,
        model("a/winner", metrics={"q": "1"}, capabilities=["tools"]),
        model("a/unknown", capabilities=["tools"]),
        model("a/floating", metrics={"q": "1"}, capabilities=["tools"], pinned=None),
        model("a/cannot", metrics={"q": "1"}, capabilities=[]),
        model("a/both", capabilities=[]),
    )
    found = {c.model for c in derivation.candidates if c.not_compared}
    assert found == {"a/unknown", "a/floating"}


def test_an_incumbent_counts_only_where_its_alias_has_a_margin() -> None:
    models = {m.id: m for m in (scored("a/best", q="10"), scored("a/live", q="10"))}
    known = facts(*models.values())
    with_margin = alias("maximize q", name="with.margin", incumbent_margin="0%")
    without = alias("maximize q", name="without.margin")
    policy = Policy(known.measures, {a.name: a for a in (with_margin, without)})
    live = Incumbent(ModelId("a/live"), ReleaseId("alr_2026_06_01_001"))
    found = derive_all(
        Catalog(models, known.metrics), policy, known.day, dict.fromkeys(policy.aliases, live)
    )
    assert found[AliasName("with.margin")].incumbent == live
    assert found[AliasName("with.margin")].reason == "incumbent_within_margin_under_policy"
    assert found[AliasName("without.margin")].incumbent is None
    assert found[AliasName("without.margin")].winner == "a/best"


def test_only_what_candidates_need_is_frozen() -> None:
    source = frozen(
        alias("maximize q", candidates=["a/*"]),
        models=[scored("a/x", q="1"), scored("b/y", q="2", unused="1")],
        latency="q",
        other="q",
    )
    assert set(source.models) == {"a/x"}
    assert set(source.release.content.metrics) == {"q"}
    assert set(source.release.content.measures) == {"q", "latency"}
