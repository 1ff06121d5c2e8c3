"""Upcoming days: each day once, its aliases, and the winner of a release of that day."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, alias, frozen, measures, metrics_of, model

from zumik.core.basics.names import ModelId
from zumik.core.basics.times import days_after
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.policy import Alias, Policy
from zumik.core.facts.price import Price
from zumik.core.live.live_retirement import live_retirement
from zumik.core.releases.freeze import derive_all
from zumik.core.reviews.upcoming_days import UpcomingDay, upcoming_days

TODAY = date(2026, 6, 9)
BEST = alias("maximize q")
X, Y, Z = ModelId("a/x"), ModelId("a/y"), ModelId("a/z")


def _of_now(item: Model) -> Price | None:
    return item.price and item.price._replace(dated=())


def looked(*models: Model, until: date, policy: Alias = BEST) -> list[UpcomingDay]:
    """The days up to one; what is live is of the models without their ends and plans."""
    endless = [item._replace(retires_on=None, price=_of_now(item)) for item in models]
    live = frozen(policy, models=endless).aliases
    catalog = Catalog({item.id: item for item in models}, metrics_of(models))
    written = Policy(measures(q="q"), {policy.name: policy})
    derivations = derive_all(catalog, written, TODAY, {})
    return list(upcoming_days(catalog, written, derivations, live, {}, TODAY, until))


def test_the_winner_then_is_the_best_that_is_still_served() -> None:
    models = (
        model("a/x", metrics={"q": "3"}, retires_on="2026-06-20"),
        model("a/y", metrics={"q": "2"}, retires_on="2026-06-20"),
        model("a/z", metrics={"q": "1"}),
    )
    (day,) = looked(*models, until=date(2026, 7, 1))
    assert (day.day, day.models) == (date(2026, 6, 20), (X, Y))
    (touched,) = day.aliases
    assert (touched.alias, touched.models) == (CODE_FAST, (X, Y))
    assert (touched.live, touched.now, touched.then) == (X, X, Z)
    assert touched.needs_release


def test_the_last_to_retire_leaves_an_alias_without_a_model() -> None:
    (day,) = looked(
        model("a/x", metrics={"q": "3"}, retires_on="2026-06-20"), until=date(2026, 7, 1)
    )
    assert [alias.then for alias in day.aliases] == [None]


def test_a_model_of_a_lower_rank_needs_no_release() -> None:
    models = (
        model("a/x", metrics={"q": "3"}),
        model("a/y", metrics={"q": "2"}, retires_on="2026-06-20"),
    )
    (day,) = looked(*models, until=date(2026, 7, 1))
    assert [alias.needs_release for alias in day.aliases] == [False]


def test_a_live_winner_needs_a_release_although_the_policy_leaves_it_out_today() -> None:
    outliving = alias("maximize q", require={"outlives_days": 30})
    models = (
        model("a/x", metrics={"q": "3"}, retires_on="2026-06-20"),
        model("a/y", metrics={"q": "2"}),
    )
    (day,) = looked(*models, until=date(2026, 7, 1), policy=outliving)
    (touched,) = day.aliases
    assert (touched.live, touched.now, touched.then) == (X, Y, Y)
    assert touched.needs_release


def test_today_and_what_lies_beyond_are_not_upcoming() -> None:
    days = [("a/x", "2026-06-09"), ("a/y", "2026-06-10"), ("a/z", "2026-07-02")]
    models = [model(name, metrics={"q": "1"}, retires_on=day) for name, day in days]
    assert [day.models for day in looked(*models, until=date(2026, 7, 1))] == [(Y,)]


PLAN = {"from": "2026-06-20", "input": "9", "output": "9", "source": "genai-prices 1"}


def priced(name: str, usd: str, **fields: object) -> Model:
    return model(name, price={"input": usd, "output": usd, **fields})


CHEAPEST = alias("minimize expected_cost", workload={"input_tokens": 1000, "output_tokens": 100})


def test_a_planned_price_changes_the_winner_from_its_day_on() -> None:
    models = (priced("a/x", "1", dated=[PLAN]), priced("a/y", "2"))
    (day,) = looked(*models, until=date(2026, 7, 1), policy=CHEAPEST)
    assert (day.day, day.models) == (date(2026, 6, 20), ())
    (step,) = day.prices
    assert (step.model, step.before.rates["input"], step.after.rates["input"]) == (X, 1, 9)
    assert step.after.is_planned
    (touched,) = day.aliases
    assert (touched.models, touched.priced) == ((), (X,))
    assert (touched.live, touched.now, touched.then) == (X, X, Y)
    assert touched.needs_release


def test_a_price_that_lets_a_candidate_in_touches_the_alias() -> None:
    cheap = {**PLAN, "input": "1", "output": "1"}
    wanted = alias(
        "minimize expected_cost",
        workload={"input_tokens": 1000, "output_tokens": 100},
        require={"price": {"input": {"at_most": "3"}}},
    )
    models = (priced("a/x", "5", dated=[cheap]), priced("a/y", "2"))
    (day,) = looked(*models, until=date(2026, 7, 1), policy=wanted)
    (touched,) = day.aliases
    assert (touched.priced, touched.now, touched.then) == ((X,), Y, X)


def test_a_day_has_its_retirements_and_its_prices_together() -> None:
    models = (
        priced("a/x", "1", dated=[PLAN, {**PLAN, "from": "2026-06-25", "input": "1"}]),
        priced("a/y", "2")._replace(retires_on=date(2026, 6, 20)),
    )
    days = looked(*models, until=date(2026, 7, 1), policy=CHEAPEST)
    assert [(day.models, len(day.prices)) for day in days] == [((Y,), 1), ((), 1)]
    assert days[1].prices[0].before.rates["input"] == 9


@given(st.dates(), st.integers(0, 10**9))
def test_no_count_of_days_leaves_the_calendar(day: date, count: int) -> None:
    later = days_after(day, count)
    assert later == date.max or (later - day).days == count


def test_a_successor_that_retires_soon_too_is_named_with_its_day() -> None:
    ends = {X: date(2026, 6, 20), Y: date(2026, 7, 1), Z: None}
    found = live_retirement(CODE_FAST, X, [X, Y, Z], ends.get, TODAY, 30)
    assert found is not None
    assert found.successor == "next in the ranking: a/y, which retires on 2026-07-01"
    far = live_retirement(CODE_FAST, X, [X, Y, Z], {**ends, Y: None}.get, TODAY, 30)
    assert far is not None
    assert far.successor == "next in the ranking: a/y"
    last = live_retirement(CODE_FAST, X, [X], ends.get, TODAY, 30)
    assert last is not None
    assert last.successor == "next in the ranking: none that is still served"
