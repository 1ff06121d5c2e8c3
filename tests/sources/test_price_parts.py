"""Prices by their parts: services, fees, groups of rates and days, each with its own source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from zumik.actions.authoring.imported_files import KEYS
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog, Lacks, Lifecycle, Model, read_provider
from zumik.core.facts.price import Fee, Origin, Price, Service, Tier
from zumik.core.reviews.import_changes import ImportPlan
from zumik.sources.merge import plan_import
from zumik.sources.offers import Imported, Offer
from zumik.sources.price_merge import merged_price
from zumik.yaml_text.editor import edit_yaml
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape

M = ModelId("p/m")
TODAY = date(2026, 11, 22)
DAY = date(2026, 8, 22)


def rates(**usd: str | int) -> dict[str, Fraction]:
    return {name: Fraction(rate) for name, rate in usd.items()}


def plan(
    known: Model,
    offer: Model,
    source: str = "litellm 1.98.0",
    *,
    day: date = DAY,
    order: tuple[str, ...] = ("litellm", "genai-prices"),
    accept: tuple[str, ...] = (),
    settled: frozenset[str] = frozenset(),
) -> ImportPlan:
    imported = Imported(source, day, {M: Offer("m", offer, settled=settled)}, {}, ())
    known = known if known.price is None or known.source else known._replace(source="litellm 1.0")
    return plan_import(
        Catalog({M: known}, {}),
        imported,
        precedence=order,
        today=TODAY,
        accept=accept,
    )


def codes(found: ImportPlan) -> list[str]:
    return [finding.code for finding in found.findings]


def edited(text: str, found: ImportPlan) -> str:
    """A catalog of the one model `m`, after the edits of a plan; it has the shape of a catalog."""
    reading = read_yaml("p.yaml", f"provider: p\nmodels:\n  m: {text}\n".encode())
    assert reading.document is not None
    edits = [(("models", "m", *path), value) for one in found.updates for path, value in one.edits]
    after = edit_yaml(reading.document, edits, KEYS)
    again = read_yaml("p.yaml", after.encode())
    assert again.document is not None
    assert check_shape(again.document, "catalog") == []
    return after.partition("  m: ")[2].rstrip()


def model_of(text: str) -> Model:
    reading = read_yaml("p.yaml", f"provider: p\nmodels:\n  m: {text}\n".encode())
    assert reading.document is not None
    (model,) = read_provider(reading.document.value)
    return model


# Batch rates: by name, or as a service

BATCH = Service(rates(input="0.4", output=2))


def test_batch_rates_keep_their_form_where_it_can_hold_what_the_source_says() -> None:
    text = "{price: {input: 1, output: 5, batch_input: 0.5, source: litellm 1.0}}"
    offer = Model(M, price=Price(rates(input=1, output=5), services={"batch": BATCH}))
    assert edited(text, plan(model_of(text), offer)) == (
        "{price: {input: 1, output: 5, batch_input: 0.4, batch_output: 2, source: litellm 1.98.0,\n"
        "              observed_on: 2026-08-22}}"
    )


def test_batch_rates_become_a_service_where_their_names_cannot_hold_one() -> None:
    text = "{price: {input: 1, batch_input: 0.5, batch_cache_read: 0.1, source: litellm 1.0}}"
    batch = Service(rates(input="0.5", cache_write="0.6"))
    found = plan(model_of(text), Model(M, price=Price(rates(input=1), services={"batch": batch})))
    after = edited(text, found)
    assert model_of(after).price == Price(
        rates(input=1),
        services={"batch": Service(rates(input="0.5", cache_read="0.1", cache_write="0.6"))},
        source="litellm 1.98.0",
        observed_on=DAY,
    )
    assert codes(found) == []


def test_an_empty_tier_of_batch_rates_stays_unknown_as_a_service() -> None:
    tier = Tier(200_000, rates(input=2))
    known = Price(rates(input=1, batch_input="0.5"), (tier,), source="litellm 1.0")
    offered = Price({}, services={"batch": Service(rates(cache_write=1))})
    (step,) = merged_price(known, offered).services["batch"].tiers
    assert step == Tier(200_000, {}, origin=Origin("litellm 1.0"))


def test_batch_rates_of_a_list_of_ones_own_meet_the_service_of_the_catalog() -> None:
    known = Price(rates(input=1), services={"batch": BATCH})
    merged = merged_price(known, Price(rates(batch_input="0.3")))
    assert merged.services == {"batch": Service(rates(input="0.3", output=2))}
    assert merged.rates == rates(input=1)


def test_a_tier_from_a_length_on_is_the_one_that_a_source_calls_above_it() -> None:
    text = (
        "{price: {input: 1, tiers: [{from_input_tokens: 200000, input: 2}], source: a page,\n"
        "     services: {flex: {input: 1, tiers: [{from_input_tokens: 200000, input: 2}]}}}}"
    )
    tier = Tier(200_000, rates(input=2))
    price = Price(rates(input=1), (tier,), services={"flex": Service(rates(input=1), (tier,))})
    assert plan(model_of(text), Model(M, price=price)).updates == ()
    moved = price._replace(tiers=(Tier(200_000, rates(input=3)),))
    (update,) = plan(model_of(text), Model(M, price=moved)).updates
    assert [held.change.path for held in update.held] == ["price.tiers[0].input"]


# Services, fees and groups


def test_services_and_fees_are_added_with_the_source_of_the_price() -> None:
    text = "{price: {input: 1, output: 5, source: litellm 1.0}}"
    price = Price(
        rates(input=1, output=5, cache_write_1h=2, input_audio=3),
        services={"flex": Service(rates(input="0.5"), (Tier(9, rates(input=1)),))},
        fees={"search": Fee(Fraction("0.01"))},
        basis="peak",
    )
    found = plan(model_of(text), Model(M, price=price))
    assert edited(text, found) == (
        "{price: {input: 1, output: 5, cache_write_1h: 2, input_audio: 3,\n"
        "              services: {flex: {input: 0.5, tiers: [{above_input_tokens: 9, input: 1}]}}"
        ",\n"
        "              fees: {search: 0.01}, basis: peak, source: litellm 1.98.0,"
        " observed_on: 2026-08-22}}"
    )
    assert plan(model_of(edited(text, found)), Model(M, price=price)).updates == ()


@pytest.mark.parametrize("source", ["source: litellm 1.110.0", "source: contract of May", ""])
def test_a_lower_source_adds_what_no_source_states_under_its_own_name(source: str) -> None:
    text = f"{{price: {{input: 1, output: 5{', ' if source else ''}{source}}}}}"
    price = Price(
        rates(input=2, output=9, cache_read="0.1"),
        services={"flex": Service(rates(input="0.5"))},
        fees={"search": Fee(Fraction("0.01"))},
    )
    known = model_of(text)
    found = plan(known, Model(M, price=price), "genai-prices 0.2.3")
    assert codes(found) == ["source-conflict"]
    after = model_of(edited(text, found)).price
    origin = Origin("genai-prices 0.2.3", DAY)
    assert after is not None
    assert dict(after.rates) == rates(input=1, output=5, cache_read="0.1")
    assert after.origins == {"cache": origin}
    assert after.services == {"flex": Service(rates(input="0.5"), origin=origin)}
    assert after.fees == {"search": Fee(Fraction("0.01"), origin)}
    assert known.price is not None
    assert after.source == known.price.source


def test_a_group_is_ranked_by_its_own_source_and_moves_with_it() -> None:
    text = (
        "{price: {input: 1, output: 5, cache_read: 0.1, source: contract of May,\n"
        "     origins: {cache: {source: litellm 1.0, observed_on: 2026-01-01}}}}"
    )
    offer = Model(M, price=Price(rates(input=2, output=5, cache_read="0.2")))
    found = plan(model_of(text), offer)
    assert found.waiting == ("p/m#price",)
    after = model_of(edited(text, found)).price
    assert after is not None
    assert dict(after.rates) == rates(input=1, output=5, cache_read="0.2")
    assert after.origins == {"cache": Origin("litellm 1.98.0", DAY)}


def test_a_group_that_a_person_cited_is_not_overwritten_beside_a_price_that_moves() -> None:
    text = (
        "{price: {input: 1, cache_read: 0.1, source: litellm 1.0,\n"
        "     origins: {cache: {source: contract of May}}}}"
    )
    offer = Model(M, price=Price(rates(input=2, cache_read="0.2")))
    found = plan(model_of(text), offer)
    assert (codes(found), found.waiting) == (["source-conflict"], ("p/m#price",))
    after = model_of(edited(text, found)).price
    assert after is not None
    assert dict(after.rates) == rates(input=2, cache_read="0.1")
    assert after.origins == {"cache": Origin("contract of May")}


def test_what_a_new_source_of_a_price_does_not_state_keeps_the_old_one() -> None:
    text = (
        "{price: {input: 1, output: 5, batch_input: 0.5, source: genai-prices 0.2,\n"
        "     observed_on: 2026-01-02}}"
    )
    found = plan(model_of(text), Model(M, price=Price(rates(input=2, output=5))))
    after = model_of(edited(text, found)).price
    assert after is not None
    assert (after.source, after.origins) == (
        "litellm 1.98.0",
        {"batch": Origin("genai-prices 0.2", date(2026, 1, 2))},
    )


def test_the_day_from_which_a_price_holds_goes_with_the_price() -> None:
    text = "{price: {input: 1, source: litellm 1.0, from: 2026-01-02, confirmed_on: 2026-02-02}}"
    found = plan(model_of(text), Model(M, price=Price(rates(input=2))))
    after = model_of(edited(text, found)).price
    assert after == Price(rates(input=2), source="litellm 1.98.0", observed_on=DAY)
    dated = Price(rates(input=2), effective_from=date(2026, 8, 1))
    after = model_of(edited(text, plan(model_of(text), Model(M, price=dated)))).price
    assert after == dated._replace(source="litellm 1.98.0", observed_on=DAY)
    adds = plan(model_of(text), Model(M, price=Price(rates(input=1, output=5))))
    after = model_of(edited(text, adds)).price
    assert after is not None
    assert after.effective_from == date(2026, 1, 2)


def test_a_charge_goes_once_the_price_holds_it() -> None:
    text = (
        "{price: {input: 1, source: litellm 1.0,\n"
        "     also_charged: [search_context_cost_per_query, a fee of our reseller]}}"
    )
    offer = Model(M, price=Price(rates(input=1), fees={"search": Fee(Fraction("0.01"))}))
    settled = frozenset({"search_context_cost_per_query"})
    after = model_of(edited(text, plan(model_of(text), offer, settled=settled))).price
    assert after is not None
    assert after.also_charged == ("a fee of our reseller",)
    assert after.fees == {"search": Fee(Fraction("0.01"))}


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (rates(input=0, output=4), ["zero-price"]),
        (rates(input="0.0005", output=4), ["tiny-price"]),
        (rates(input=4, output=1), ["swapped-price"]),
        (rates(input="0.5", output=2), []),
    ],
)
def test_a_doubtful_service_holds_back_that_service_alone_of_a_new_model(
    service: Mapping[str, Fraction], expected: list[str]
) -> None:
    price = Price(rates(input=1, output=5), services={"flex": Service(service)})
    imported = Imported("litellm 1", DAY, {M: Offer("m", Model(M, price=price))}, {}, ())
    found = plan_import(Catalog({}, {}), imported, add=["*"], today=TODAY)
    assert codes(found) == expected
    facts = found.additions[0].facts["price"]
    assert isinstance(facts, dict)
    assert ("services" in facts, facts["input"]) == (not expected, 1)
    assert found.waiting == (("p/m#price",) if expected else ())


# Prices of other days

PLANNED = (
    "{price: {input: 2, output: 10, source: litellm 1.0, dated: [{from: 2026-09-01, input: 3,\n"
    "     output: 15, source: genai-prices 0.1.0, observed_on: 2026-07-01}]}}"
)
_LATER = Price(rates(input=3, output=15), effective_from=date(2026, 9, 1))


def test_a_price_of_a_day_to_come_is_added_with_its_source() -> None:
    text = "{price: {input: 2, output: 10, source: litellm 1.0}}"
    offer = Model(M, price=Price(rates(input=2, output=10), dated=(_LATER,)))
    found = plan(model_of(text), offer, "genai-prices 0.1.0")
    (change,) = found.updates[0].changes
    assert (change.path, change.before) == ("price.dated[0]", None)
    after = model_of(edited(text, found)).price
    assert after is not None
    cited = _LATER._replace(source="genai-prices 0.1.0", observed_on=DAY)
    assert (after.source, after.dated) == ("litellm 1.0", (cited,))
    assert plan(model_of(edited(text, found)), offer, "genai-prices 0.1.0").updates == ()


def test_c07_a_plan_that_its_source_states_no_more_waits_for_a_person() -> None:
    """C07: a rise planned for 2026-09-01 by genai-prices 0.1.0, and removed in 0.1.5."""
    offer = Model(M, price=Price(rates(input=2, output=10)))
    found = plan(model_of(PLANNED), offer, "genai-prices 0.1.5")
    assert (codes(found), found.waiting) == (["plan-withdrawn"], ("p/m#price",))
    assert not found.changes_anything
    accepted = plan(model_of(PLANNED), offer, "genai-prices 0.1.5", accept=("p/m#price",))
    after = model_of(edited(PLANNED, accepted)).price
    assert after == Price(rates(input=2, output=10), source="litellm 1.0")
    for source in ("genai-prices 0.0.9", "litellm 1.98.0"):
        silent = plan(model_of(PLANNED), offer, source)
        assert (silent.changes_anything, silent.waiting) == (False, ())


def test_c07_a_source_that_contradicts_a_plan_in_force_waits_for_a_person() -> None:
    offer = Model(M, price=Price(rates(input=2, output=10)))
    found = plan(model_of(PLANNED), offer, day=date(2026, 9, 2))
    assert codes(found) == ["planned-price-differs"]
    assert "price.input is 3, not 2" in found.findings[0].message
    assert (found.changes_anything, found.waiting) == (False, ("p/m#price",))
    accepted = plan(model_of(PLANNED), offer, day=date(2026, 9, 2), accept=("p/m#price",))
    after = model_of(edited(PLANNED, accepted)).price
    assert after == Price(
        rates(input=2, output=10), source="litellm 1.98.0", observed_on=date(2026, 9, 2)
    )


@pytest.mark.parametrize("source", ["genai-prices 0.1.9", "litellm 1.98.0"])
def test_any_source_that_says_the_same_confirms_a_planned_price(source: str) -> None:
    offer = Model(M, price=Price(rates(input=3, output=15)))
    found = plan(model_of(PLANNED), offer, source, day=date(2026, 9, 2))
    assert codes(found) == []
    after = model_of(edited(PLANNED, found)).price
    assert after is not None
    assert after.dated[0].confirmed_on == date(2026, 9, 2)
    assert not after.dated[0].is_planned
    again = plan(model_of(edited(PLANNED, found)), offer, source, day=date(2026, 9, 3))
    assert again.updates == ()


def test_a_plan_of_its_own_that_the_source_moves_is_replaced() -> None:
    moved = _LATER._replace(rates=rates(input=4, output=15))
    offer = Model(M, price=Price(rates(input=2, output=10), dated=(moved,)))
    found = plan(model_of(PLANNED), offer, "genai-prices 0.1.5")
    after = model_of(edited(PLANNED, found)).price
    assert after is not None
    assert after.dated == (moved._replace(source="genai-prices 0.1.5", observed_on=DAY),)


def test_two_plans_withdrawn_at_once_leave_what_a_person_planned() -> None:
    text = (
        "{price: {input: 2, source: litellm 1.0, dated: [\n"
        "     {from: 2026-09-01, input: 3, source: genai-prices 0.1.0},\n"
        "     {from: 2026-10-01, input: 4, source: contract of May},\n"
        "     {from: 2026-11-01, input: 5, source: genai-prices 0.1.0}]}}"
    )
    offer = Model(M, price=Price(rates(input=2)))
    found = plan(model_of(text), offer, "genai-prices 0.1.5", accept=("p/m",))
    after = model_of(edited(text, found)).price
    assert after is not None
    assert [price.source for price in after.dated] == ["contract of May"]
    block = (
        "\n    price:\n      input: 2\n      source: litellm 1.0\n      dated:\n"
        "        - {from: 2026-09-01, input: 3, source: genai-prices 0.1.0}\n"
        "        - {from: 2026-10-01, input: 4, source: contract of May}\n"
        "        - from: 2026-11-01\n          input: 5\n          source: genai-prices 0.1.0"
    )
    assert model_of(edited(block, found)).price == after
    mine = text.replace("contract of May", "genai-prices 0.1.0")
    after = model_of(edited(mine, plan(model_of(mine), offer, "genai-prices 0.1.5", accept=("*",))))
    assert after.price == Price(rates(input=2), source="litellm 1.0")


def test_two_plans_are_added_at_once_where_there_was_none() -> None:
    later = [Price(rates(input=n), effective_from=date(2027, n, 1)) for n in (3, 4)]
    offer = Model(M, price=Price(rates(input=2), dated=tuple(later)))
    for text in ("{price: {input: 2, source: litellm 1.0}}", "\n    price:\n      input: 2"):
        after = model_of(edited(text, plan(model_of(text), offer, "genai-prices 0.1.5"))).price
        assert after is not None
        assert [price.effective_from for price in after.dated] == [
            date(2027, 3, 1),
            date(2027, 4, 1),
        ]


def test_a_price_that_takes_the_place_of_a_plan_keeps_the_days_to_come() -> None:
    text = PLANNED.replace("2026-07-01}]", "2026-07-01}, {from: 2027-01-01, input: 7}]")
    later = Price(rates(input=8), effective_from=date(2027, 2, 1))
    offer = Model(M, price=Price(rates(input=2, output=10), dated=(later,)))
    found = plan(model_of(text), offer, day=date(2026, 9, 2), accept=("p/m",))
    after = model_of(edited(text, found)).price
    assert after is not None
    assert (dict(after.rates), [p.effective_from for p in after.dated]) == (
        rates(input=2, output=10),
        [date(2027, 1, 1), date(2027, 2, 1)],
    )
    assert plan(model_of(edited(text, found)), offer, day=date(2026, 9, 2)).updates == ()


def test_a_plan_far_from_the_price_of_today_is_questioned() -> None:
    far = _LATER._replace(rates=rates(input="0.3", output=15))
    offer = Model(M, price=Price(rates(input=2, output=10), dated=(far,)))
    known = Model(M, price=Price(rates(input=2, output=10), source="litellm 1.0"))
    assert codes(plan(known, offer, "genai-prices 0.1.5")) == ["price-jump"]


# What a model lacks, and its end


def test_silence_of_a_source_is_no_no_in_a_new_list() -> None:
    offer = Model(M, input=frozenset({"text"}), lacks=Lacks(input=frozenset({"pdf"})))
    after = model_of(edited("{source: litellm 1.0}", plan(Model(M), offer)))
    assert after.has_word("input", "image") is None
    assert after.has_word("input", "pdf") is False
    complete = Model(M, input=frozenset({"text"}), source="litellm 1.0")
    listed = offer._replace(input=frozenset({"text", "image"}))
    (update,) = plan(complete, listed).updates
    assert [change.path for change in update.changes] == ["input"]


def test_a_stated_no_that_turns_into_a_yes_is_questioned() -> None:
    text = "{input: [text], lacks: {input: [image]}, source: litellm 1.0}"
    offer = Model(M, input=frozenset({"text", "image"}), lacks=Lacks(input=frozenset()))
    found = plan(model_of(text), offer)
    assert (codes(found), found.waiting) == (["fact-loosened"], ("p/m#input",))
    after = model_of(edited(text, plan(model_of(text), offer, accept=("p/m",))))
    assert (after.input, after.lacks.input) == ({"text", "image"}, frozenset())


END = Lifecycle(date(2026, 12, 1), "litellm 1.98.0, https://p.example", DAY, ModelId("p/new"))


def test_an_end_is_written_as_a_record_or_where_the_catalog_has_it() -> None:
    offer = Model(M, retires_on=END.retires_on, lifecycle=END)
    after = model_of(edited("{source: litellm 1.0}", plan(Model(M), offer)))
    assert after.lifecycle == END
    assert plan(after, offer).updates == ()
    text = "{retires_on: 2027-01-01, source: litellm 1.0}"
    after = model_of(edited(text, plan(model_of(text), offer)))
    assert (after.retires_on, after.sources) == (
        date(2026, 12, 1),
        {"retires_on": "litellm 1.98.0, 2026-08-22"},
    )
    assert after.lifecycle == END._replace(retires_on=None)


def test_an_end_that_a_person_wrote_as_a_record_is_not_overwritten() -> None:
    text = "{source: litellm 1.0, lifecycle: {retires_on: 2027-01-01, source: their mail}}"
    found = plan(model_of(text), Model(M, retires_on=END.retires_on, lifecycle=END))
    assert not [path for one in found.updates for path, _ in one.edits if "retires_on" in path]
    assert "p/m#retires_on" in found.waiting


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, "chat", []),
        (None, "responses", []),
        ("chat", "responses", []),
        ("responses", "chat", ["fact-loosened"]),
    ],
)
def test_a_mode_that_lets_a_model_in_is_questioned(
    before: str | None, after: str, expected: list[str]
) -> None:
    known = Model(M, mode=before, source="litellm 1.0")
    assert codes(plan(known, Model(M, mode=after))) == expected


def test_prices_of_other_hours_are_not_compared() -> None:
    known = Model(M, price=Price(rates(input=2), source="litellm 1.0", basis="peak"))
    offer = Model(M, price=Price(rates(input=1), basis="off_peak"))
    found = plan(known, offer, "genai-prices 1")
    assert (codes(found), found.updates) == (["price-of-other-hours"], ())


@pytest.mark.parametrize(("rate", "taken"), [(2, True), (1, False)])
def test_a_basis_is_taken_only_with_the_rates_that_it_is_of(rate: int, taken: bool) -> None:
    """A source of a lower rank whose rates are not taken does not name the hours of others."""
    known = Model(M, price=Price(rates(input=2), source="litellm 1.0"))
    offer = Model(M, price=Price(rates(input=rate), basis="off_peak"))
    found = plan(known, offer, "genai-prices 1")
    edits = [edit for update in found.updates for edit in update.edits]
    assert ((("price", "basis"), "off_peak") in edits) is taken
