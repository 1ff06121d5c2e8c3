"""The merge of a price file into a catalog that people wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from zumik.core.basics.findings import Location
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog, Figure, Model, read_provider
from zumik.core.facts.price import Price, Tier
from zumik.core.reviews.import_changes import RETIRED
from zumik.core.reviews.outcomes import ImportedFacts
from zumik.errors import UsageError
from zumik.reports.import_report import import_report
from zumik.sources.litellm_prices import read_litellm
from zumik.sources.merge import ImportPlan, Update, plan_import
from zumik.sources.offers import Imported, Offer, Source
from zumik.sources.price_proposals import merged_charges
from zumik.yaml_text.document import Document
from zumik.yaml_text.editor import Edit, edit_yaml
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape
from zumik.yaml_text.writer import Block, provider_file

TODAY = date(2026, 11, 22)
DAYS = {"1.79.0": date(2025, 10, 26), "1.86.2": date(2026, 5, 27), "1.109.1": date(2026, 11, 12)}
M = ModelId("p/m")


def litellm(version: str) -> Imported:
    data = (Path(__file__).parent / "litellm" / f"{version}.json").read_bytes()
    return read_litellm(
        {"litellm.json": data}, source=f"litellm {version}", observed_on=DAYS[version]
    )


def rates(**usd: str | int) -> dict[str, Fraction]:
    return {name: Fraction(rate) for name, rate in usd.items()}


def offered(model: Model, *, denied: frozenset[str] = frozenset()) -> Imported:
    """An import of litellm 1.98.0 that has this model alone."""
    offer = Offer(model.id.partition("/")[2], model, denied)
    return Imported("litellm 1.98.0", date(2026, 8, 22), {model.id: offer}, {}, ())


def plan(
    known: Model, imported: Imported, *precedence: str, accept_questioned: bool = False
) -> ImportPlan:
    return plan_import(
        Catalog({known.id: known}, {}),
        imported,
        precedence=precedence,
        today=TODAY,
        accept=["*"] if accept_questioned else [],
    )


def update(known: Model, offer: Model, **options: bool) -> Update:
    (found,) = plan(known, offered(offer), "litellm", **options).updates
    return found


def codes(found: ImportPlan) -> list[str]:
    return [finding.code for finding in found.findings]


# What changes


def test_a_changed_price_is_replaced_whole_with_its_source() -> None:
    known = Model(M, price=Price(rates(input=1, output=6), source="litellm 1.86.2"))
    found = update(known, Model(M, price=Price(rates(input="0.2", output="1.2"))))
    assert [(c.path, c.before, c.after, c.kind) for c in found.changes] == [
        ("price.input", "1", "0.2", "price"),
        ("price.output", "6", "1.2", "price"),
    ]
    assert [(path, str(value)) for path, value in found.edits] == [
        (("price", "input"), "0.2"),
        (("price", "output"), "1.2"),
        (("price", "source"), "litellm 1.98.0"),
        (("price", "observed_on"), "2026-08-22"),
    ]


def test_the_same_price_in_a_newer_version_changes_nothing() -> None:
    known = Model(M, price=Price(rates(input=1, output=6), source="litellm 1.86.2"))
    assert plan(known, offered(Model(M, price=Price(rates(input=1, output=6))))).updates == ()


def test_rates_missing_from_the_source_stay_beside_an_unchanged_price() -> None:
    known = Model(M, price=Price(rates(input=1, batch_input="0.5"), source="litellm 1.86.2"))
    found = update(known, Model(M, price=Price(rates(input=1, output=6))))
    assert [change.path for change in found.changes] == ["price.output"]


def test_rates_missing_from_the_source_stay_beside_a_changed_price_and_are_reported() -> None:
    tier = Tier(200_000, rates(input=3))
    price = Price(rates(input=1, batch_input="0.5", cache_read=1), (tier,), "litellm 1.86.2")
    found = plan(Model(M, price=price), offered(Model(M, price=Price(rates(input=2)))), "litellm")
    assert [path for path, _ in found.updates[0].edits] == [
        ("price", "input"),
        ("price", "source"),
        ("price", "observed_on"),
    ]
    assert codes(found) == ["rate-not-stated", "tier-not-stated"]
    assert "batch input, cache_read, input above 200,000 tokens stays" in found.findings[0].message


def test_a_rate_of_a_tier_goes_with_its_threshold_only_where_a_person_accepts_it() -> None:
    tier = Tier(200_000, rates(input=3, batch_input=1))
    known = Model(M, price=Price(rates(input=1), (tier,), "litellm 1.86.2"))
    offer = Model(M, price=Price(rates(input=1), (Tier(272_000, rates(input=3)),)))
    found = plan(known, offered(offer))
    assert (codes(found), found.waiting) == (["rate-dropped"], ("p/m#price",))
    assert update(known, offer, accept_questioned=True).changes[0].path == "price.tiers"


def test_tiers_change_rate_by_rate_where_their_thresholds_stay() -> None:
    tier, moved = (Tier(200_000, rates(input=i, output=9)) for i in (3, 4))
    known = Model(M, price=Price(rates(input=1), (tier,), "litellm 1.86.2"))
    found = update(known, Model(M, price=Price(rates(input=1), (moved,))))
    assert [(c.path, c.before, c.after) for c in found.changes] == [
        ("price.tiers[0].input", "3", "4")
    ]
    assert found.edits[0] == (("price", "tiers", 0, "input"), 4)
    other = Price(rates(input=1), (Tier(272_000, rates(input=3, output=9)),))
    (change,) = update(known, Model(M, price=other)).changes
    assert change.path == "price.tiers"
    assert change.after == [{"above_input_tokens": 272_000, "input": "3", "output": "9"}]


def test_tiers_missing_from_the_source_stay_and_are_reported() -> None:
    known = Model(M, price=Price(rates(input=1), (Tier(200_000, rates(input=3)),), "litellm 1.0"))
    found = plan(known, offered(Model(M, price=Price(rates(input=1)))))
    assert found.updates == ()
    assert codes(found) == ["tier-not-stated"]


def test_limits_that_the_source_does_not_state_stay() -> None:
    known = Model(M, limits={"context_tokens": 400, "output_tokens": 9}, source="litellm 1.0")
    found = update(known, Model(M, limits={"input_tokens": 272, "output_tokens": 8}))
    assert [(c.path, c.before, c.after, c.kind) for c in found.changes] == [
        ("limits.input_tokens", None, 272, "limit"),
        ("limits.output_tokens", 9, 8, "limit"),
    ]
    assert (("sources", "limits"), "litellm 1.98.0, 2026-08-22") in found.edits


def test_capabilities_and_inputs_are_added() -> None:
    known = Model(
        M,
        input=frozenset({"text", "pdf"}),
        capabilities=frozenset({"tools", "magic"}),
        source="litellm 1.0",
    )
    offer = Model(
        M,
        input=frozenset({"text", "image"}),
        capabilities=frozenset({"reasoning", "prompt_caching"}),
    )
    found = plan(known, offered(offer, denied=frozenset({"audio"})))
    assert [(c.path, c.after) for c in found.updates[0].changes] == [
        ("input", ["image", "pdf", "text"]),
        ("capabilities", ["magic", "prompt_caching", "reasoning", "tools"]),
    ]
    assert found.updates[0].edits[0] == (("input", 2), "image")
    assert found.updates[0].edits[2:4] == (
        (("capabilities", 2), "prompt_caching"),
        (("capabilities", 3), "reasoning"),
    )
    assert codes(found) == []


def test_a_stated_no_is_taken_and_silence_takes_nothing() -> None:
    words = frozenset({"tools", "magic", "reasoning"})
    known = Model(M, capabilities=words, source="litellm 1.0")
    offer = Model(M, capabilities=frozenset({"reasoning"}))
    found = plan(known, offered(offer, denied=frozenset({"tools"})))
    assert found.updates[0].edits[0] == (("capabilities",), ["reasoning", "magic"])
    assert (codes(found), found.waiting) == (["capability-denied"], ())
    for source in (None, "the provider's page"):
        found = plan(known._replace(source=source), offered(offer, denied=frozenset({"tools"})))
        assert (codes(found), found.waiting) == (["source-conflict"], ("p/m#capabilities",))
    newer = plan(
        known._replace(source="litellm 1.109.1"), offered(offer, denied=frozenset({"tools"}))
    )
    assert (codes(newer), newer.updates) == (["older-source"], ())


def test_an_empty_list_of_capabilities_has_a_source_too() -> None:
    known = Model(M, capabilities=frozenset(), source="the provider's page")
    found = plan(known, offered(Model(M, capabilities=frozenset({"tools"}))), "litellm")
    assert (codes(found), found.changes_anything) == (["source-conflict"], False)


def test_a_stated_retirement_date_is_imported_and_an_unstated_one_stays() -> None:
    known = Model(M, retires_on=date(2027, 1, 1), source="litellm 1.79.0")
    (change,) = update(known, Model(M, retires_on=date(2026, 12, 1))).changes
    assert (change.before, change.after, change.kind) == ("2027-01-01", "2026-12-01", "lifecycle")
    assert plan(known, offered(Model(M))).updates == ()


def test_a_fact_whose_source_the_model_already_names_is_not_cited_twice() -> None:
    known = Model(M, source="litellm 1.98.0", observed_on=date(2026, 8, 22))
    offer = Model(M, limits={"output_tokens": 1}, price=Price(rates(input=1)))
    assert update(known, offer).edits == (
        (("price",), {"input": 1}),
        (("limits", "output_tokens"), 1),
    )


# What an older or lower source may do


@pytest.mark.parametrize(
    ("source", "day", "precedence", "outcome"),
    [
        ("litellm 1.86.2", None, (), "taken"),
        ("litellm 1.109.1", None, (), "older"),
        ("litellm 1.98.0", date(2026, 8, 22), (), "taken"),
        ("litellm 1.98.0", date(2026, 9, 1), (), "older"),
        ("LiteLLM", date(2026, 1, 1), (), "taken"),
        ("litellm, 2026-09-01", None, (), "older"),
        ("litellm 1.98", None, (), "taken"),
        ("litellm 1.98.0.0", date(2026, 9, 1), (), "older"),
        (None, None, (), "asked"),
        (None, date(2026, 9, 1), (), "asked"),
        ("models.dev", None, ("litellm", "models.dev"), "overruled"),
        ("models.dev, 2026-07-02", None, ("litellm", "models.dev"), "overruled"),
        ("models.dev, 2026-09-02", None, ("litellm", "models.dev"), "older"),
        ("models.dev", None, ("models.dev", "litellm"), "outranked"),
        ("models.dev", None, ("models.dev",), "asked"),
        ("models.dev", None, ("litellm",), "asked"),
        ("the provider's page", None, ("litellm",), "asked"),
        ("litellmish 1.0", None, ("litellm",), "asked"),
    ],
)
def test_a_source_outranks_by_version_date_and_precedence(
    source: str | None, day: date | None, precedence: tuple[str, ...], outcome: str
) -> None:
    price = Price(rates(input=1), source=source, observed_on=day)
    offer = offered(Model(M, price=Price(rates(input=2))))
    found = plan(Model(M, price=price), offer, *precedence)
    expected = {"taken": [], "older": ["older-source"]}
    assert codes(found) == expected.get(outcome, ["source-conflict"])
    assert found.changes_anything == (outcome in ("taken", "overruled"))
    assert found.waiting == (("p/m#price",) if outcome == "asked" else ())
    accepted = plan(Model(M, price=price), offer, *precedence, accept_questioned=True)
    assert accepted.changes_anything == (outcome != "older")


def test_versions_are_ordered_by_number() -> None:
    versions = [Source.parse(f"litellm {version}").version for version in ("1.98.0", "1.109.1")]
    assert versions == [(1, 98, 0), (1, 109, 1)]
    assert versions == sorted(versions, key=lambda version: version or ())


def test_an_older_file_changes_nothing_that_a_newer_one_brought() -> None:
    known: dict[ModelId, Model] = {i: o.model for i, o in litellm("1.109.1").offers.items()}
    for version in ("1.79.0", "1.86.2"):
        found = plan_import(Catalog(known, {}), litellm(version), today=TODAY)
        assert not found.changes_anything


def test_an_older_version_of_today_takes_no_value_of_a_source_below_it() -> None:
    price = Price(rates(input=1), source="models.dev, 2026-07-02")
    known = Model(M, price=price, limits={"input_tokens": 5}, source="litellm 1.109.1")
    offer = offered(Model(M, price=Price(rates(input=2))))
    found = plan(known, offer, "litellm", "models.dev")
    assert codes(found) == ["older-source"]
    assert (
        "'litellm 1.109.1' is newer than this import: price.input is 1, not 2"
        in found.findings[0].message
    )
    assert not found.changes_anything


# What is asked


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, rates(input=0, output=0), ["zero-price"]),
        (rates(input=1, output=2), rates(input=1, output=0), ["zero-price"]),
        (rates(input=0, output=0), rates(input=0, output=0, cache_read=0), []),
        (None, rates(input=1, output=1, cache_write=0), []),
        (None, rates(input="0.15", output="0.0375"), ["swapped-price"]),
        (rates(input=2, output=1), rates(input=2, output=1, cache_read=1), []),
        (rates(input=1, output=6), rates(input=5, output=6), []),
        (rates(input=1, output=6), rates(input="5.01", output=6), ["price-jump"]),
        (rates(input="5.01", output=6), rates(input=1, output=6), ["price-jump"]),
        (rates(input=0, output=6), rates(input=1, output=6), ["price-jump"]),
    ],
)
def test_a_doubtful_price_is_a_question_and_not_applied(
    before: Mapping[str, Fraction] | None, after: Mapping[str, Fraction], expected: list[str]
) -> None:
    known = Model(M, price=None if before is None else Price(before, source="litellm 1.0"))
    offer = offered(Model(M, price=Price(after), limits={"output_tokens": 5}))
    found = plan(known, offer, "litellm")
    assert codes(found) == expected
    (one,) = found.updates
    paths = {path[0] for path, _ in one.edits}
    assert ("price" in paths, bool(one.held)) == (not expected, bool(expected))
    assert "limits" in paths
    assert plan(known, offer, "litellm", accept_questioned=True).updates[0].held == ()


def test_a_retirement_in_the_past_is_taken_and_reported() -> None:
    found = plan(Model(M), offered(Model(M, retires_on=date(2026, 11, 21))))
    assert (codes(found), found.waiting) == (["already-retired"], ())
    assert found.updates[0].edits == (
        (("lifecycle", "retires_on"), "2026-11-21"),
        (("lifecycle", "source"), "litellm 1.98.0"),
        (("lifecycle", "observed_on"), "2026-08-22"),
    )
    assert codes(plan(Model(M), offered(Model(M, retires_on=TODAY)))) == []


@pytest.mark.parametrize(
    ("source", "before", "after", "outcome"),
    [
        ("litellm 1.0", "2027-01-01", "2026-11-01", "taken"),
        ("litellm 1.0", "2026-11-01", "2027-01-01", "waits"),
        ("models.dev", "2027-01-01", "2026-11-01", "taken"),
        ("models.dev", "2026-11-01", "2027-01-01", "held"),
        ("the provider's page", "2027-01-01", "2026-11-01", "waits"),
        (None, "2027-01-01", "2026-11-01", "waits"),
        ("litellm 1.109.1", "2027-01-01", "2026-11-01", "older"),
        ("litellm 1.109.1", None, "2026-11-01", "older"),
        ("the provider's page", None, "2026-11-01", "taken"),
        ("models.dev", None, "2026-11-01", "taken"),
    ],
)
def test_an_earlier_retirement_is_taken_and_a_later_one_questioned(
    source: str | None, before: str | None, after: str, outcome: str
) -> None:
    known = Model(M, retires_on=date.fromisoformat(before) if before else None, source=source)
    offer = offered(Model(M, retires_on=date.fromisoformat(after)))
    found = plan(known, offer, "models.dev", "litellm")
    assert found.changes_anything == (outcome == "taken")
    assert found.waiting == (("p/m#retires_on",) if outcome == "waits" else ())
    assert ("older-source" in codes(found)) == (outcome == "older")


def test_a_higher_limit_is_questioned_and_holds_back_no_lower_one() -> None:
    known = Model(M, limits={"input_tokens": 9, "output_tokens": 9}, source="litellm 1.0")
    found = plan(known, offered(Model(M, limits={"input_tokens": 8, "output_tokens": 10})))
    assert [c.path for c in found.updates[0].changes] == ["limits.input_tokens"]
    assert (codes(found), found.waiting) == (["fact-loosened"], ("p/m#limits",))


def test_another_revision_takes_the_figures_of_the_old_one_with_it_once_accepted() -> None:
    figures = {"bench.score": Figure(Fraction(1, 2))}
    known = Model(M, revision="m-1", metrics=figures, source="litellm 1.0")
    high = Model(ModelId("p/m:high"), variant_of=M, metrics=figures)
    catalog = Catalog({M: known, high.id: high}, {})
    new = offered(Model(M, revision="m-2"))
    found = plan_import(catalog, new, today=TODAY)
    assert (codes(found), found.waiting) == (["fact-loosened"], ("p/m#revision",))
    found = plan_import(catalog, new, today=TODAY, accept=["p/m#revision"])
    assert found.updates[0].edits[:3] == (
        (("revision",), "m-2"),
        (("metrics",), None),
        (("variants", "high", "metrics"), None),
    )


def test_figures_of_a_floating_id_whose_facts_moved_are_reported() -> None:
    figures = {"bench.score": Figure(Fraction(1, 2))}
    price = Price(rates(input=1), source="litellm 1.0")
    known = Model(M, pinned=False, metrics=figures, price=price)
    new = offered(Model(M, price=Price(rates(input=2))))
    assert codes(plan(known, new)) == ["metrics-may-be-old"]
    assert codes(plan(known._replace(pinned=True), new)) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (rates(input="0.003", output="0.015"), ["tiny-price", "tiny-price"]),
        (rates(input="0.15", output="0.6"), []),
        (rates(input="0.09", output="10"), ["tiny-price"]),
        (rates(input=3, output=15, cache_read="0.0003"), ["tiny-price"]),
        (rates(input=3, output=15, cache_read=0), ["zero-price"]),
        (rates(input=3, output=15, batch_input="0.0015"), ["tiny-price"]),
    ],
)
def test_a_first_price_is_held_against_the_others_of_its_provider(
    after: Mapping[str, Fraction], expected: list[str]
) -> None:
    other = Model(ModelId("p/other"), price=Price(rates(input="0.5", output="2")))
    new = offered(Model(M, price=Price(after)))
    found = plan_import(Catalog({other.id: other, M: Model(M)}, {}), new, today=TODAY)
    assert codes(found) == expected
    added = plan_import(Catalog({other.id: other}, {}), new, add=["*"], today=TODAY)
    assert codes(added) == expected
    assert ("price" in added.additions[0].facts) == (not expected)


def test_accept_names_models_and_fields() -> None:
    known = Model(M, price=Price(rates(input=1)), limits={"output_tokens": 9})
    new = offered(Model(M, price=Price(rates(input=2)), limits={"output_tokens": 8}))
    catalog = Catalog({M: known}, {})
    for accept, waiting in (
        ([], ("p/m#price", "p/m#limits")),
        (["p/m#price"], ("p/m#limits",)),
        (["p/*#limits"], ("p/m#price",)),
        (["p/m"], ()),
    ):
        assert plan_import(catalog, new, today=TODAY, accept=accept).waiting == waiting
    for accept, problem in (
        (["p/m#prices"], "names no field that an import can change"),
        (["q/m#price"], "matches no model"),
    ):
        with pytest.raises(UsageError, match=problem):
            plan_import(catalog, new, today=TODAY, accept=accept)


@pytest.mark.parametrize(
    ("source", "precedence", "output", "why"),
    [
        (None, ("litellm",), 5, "written by hand"),
        ("a page, 2026-01-02", ("litellm",), 5, "a page, 2026-01-02 goes first"),
        (
            "models.dev, 2026-01-02",
            ("models.dev", "litellm"),
            5,
            "models.dev, 2026-01-02 goes first",
        ),
        ("litellm 1.0", ("litellm",), 50, "price-jump"),
        ("litellm 1.0", ("litellm",), 0, "zero-price"),
    ],
)
def test_what_is_left_alone_says_why(
    source: str | None, precedence: tuple[str, ...], output: int, why: str
) -> None:
    known = Model(M, price=Price(rates(input=1, output=6), source=source))
    found = plan(known, offered(Model(M, price=Price(rates(input=1, output=output)))), *precedence)
    assert {held.why for held in found.updates[0].held} == {why}


def test_what_a_person_keeps_says_so() -> None:
    known = Model(M, price=Price(rates(input=1, output=6)))
    offer = offered(Model(M, price=Price(rates(input=1, output=5))))
    found = plan_import(
        Catalog({M: known}, {}), offer, precedence=["litellm"], today=TODAY, keep=[f"{M}#price"]
    )
    assert {held.why for held in found.updates[0].held} == {"kept by --keep"}


def test_two_entries_that_differ_are_a_question() -> None:
    deepseek = ModelId("deepseek/deepseek-chat")
    found = plan(Model(deepseek), litellm("1.79.0"))
    assert codes(found) == ["ambiguous-entry", "ambiguous-entry"]
    assert {held.change.path.split(".")[0] for held in found.updates[0].held} == {"price", "limits"}
    assert {path[0] for path, _ in found.updates[0].edits} >= {"capabilities", "input"}


def test_a_swapped_and_a_zero_price_are_held_back() -> None:
    found = plan_import(
        Catalog({}, {}), litellm("1.86.2"), add=["cohere/*", "zai/*"], today=DAYS["1.86.2"]
    )
    assert [(finding.code, finding.message.split(":")[0]) for finding in found.findings] == [
        ("swapped-price", "cohere/command-r7b-12-2024"),
        ("zero-price", "zai/glm-4.5-flash"),
    ]
    for addition in found.additions:
        assert (addition.held, "price" in addition.facts) == (("price",), False)


def test_a_question_points_at_the_catalog() -> None:
    known = Model(M, price=Price(rates(input=1)))
    found = plan_import(
        Catalog({M: known}, {}),
        offered(Model(M, price=Price(rates(input=9)))),
        today=TODAY,
        locate=lambda path: Location("catalog/p.yaml", len(path)),
    )
    assert str(found.findings[0].location) == "catalog/p.yaml:3:1"


# Which models


def test_a_model_is_found_under_the_id_that_it_sends_upstream() -> None:
    text = "provider: anthropic\nmodels:\n  haiku: {upstream: {model: claude-haiku-4-5-20251001}}\n"
    models = read_provider(read_yaml("x", text.encode()).document.value)  # type: ignore[union-attr]
    found = plan_import(Catalog({m.id: m for m in models}, {}), litellm("1.109.1"), today=TODAY)
    assert found.updates[0].offered_as == "anthropic/claude-haiku-4-5-20251001"
    exact = text.replace("haiku:", "claude-haiku-4-5:")
    models = read_provider(read_yaml("x", exact.encode()).document.value)  # type: ignore[union-attr]
    found = plan_import(Catalog({m.id: m for m in models}, {}), litellm("1.109.1"), today=TODAY)
    assert found.updates[0].offered_as == "anthropic/claude-haiku-4-5"


def test_new_models_are_added_only_where_asked_for() -> None:
    imported = litellm("1.109.1")
    found = plan_import(Catalog({}, {}), imported, today=TODAY)
    assert (found.additions, len(found.new)) == ((), len(imported.offers))
    assert found.findings == ()
    found = plan_import(Catalog({}, {}), imported, add=["openai/*"], today=TODAY)
    assert [addition.model for addition in found.additions] == ["openai/gpt-5", "openai/gpt-5.4"]
    found = plan_import(Catalog({}, {}), imported, add=["openai/*"], only=["*/gpt-5"], today=TODAY)
    assert [addition.name for addition in found.additions] == ["gpt-5"]


@pytest.mark.parametrize(
    ("glob", "providers"),
    [
        ("*", {"openai"}),
        ("*/*", {"openai"}),
        ("anthropic/*", {"anthropic"}),
    ],
)
def test_models_of_other_providers_are_added_only_where_the_glob_names_theirs(
    glob: str, providers: set[str]
) -> None:
    imported = litellm("1.109.1")
    found = plan_import(Catalog({}, {}), imported, add=[glob], providers=["openai"], today=TODAY)
    assert {addition.model.provider for addition in found.additions} == providers


def test_a_new_model_that_has_retired_is_not_added() -> None:
    add = ["anthropic/claude-3-opus-20240229"]
    found = plan_import(Catalog({}, {}), litellm("1.79.0"), add=add, today=TODAY)
    assert (found.additions, codes(found)) == ((), [])
    assert found.skipped[RETIRED] == ("claude-3-opus-20240229",)
    said = str(import_report(ImportedFacts(found, (), True)))
    assert f"{len(found.new) - 1} other models could be added" in said
    found = plan_import(Catalog({}, {}), litellm("1.79.0"), add=add, today=TODAY, accept=["*"])
    lifecycle = found.additions[0].facts["lifecycle"]
    assert isinstance(lifecycle, dict)
    assert lifecycle["retires_on"] == "2025-03-01"


def test_variants_and_models_missing_from_the_source_stay() -> None:
    variant = Model(ModelId("p/m:high"), variant_of=M)
    gone = Model(ModelId("p/gone"))
    known = Catalog({M: Model(M), variant.id: variant, gone.id: gone}, {})
    found = plan_import(known, offered(Model(M)), today=TODAY)
    assert (found.compared, found.unknown_to_source, found.new) == (1, ("p/gone",), ())


@pytest.mark.parametrize("where", ["only", "add"])
def test_a_glob_that_matches_nothing_is_refused(where: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan_import(
            Catalog({}, {}),
            litellm("1.109.1"),
            today=TODAY,
            only=["openai/gpt5"] if where == "only" else [],
            add=["openai/gpt5"] if where == "add" else [],
        )
    assert caught.value.hint == "did you mean openai/gpt-5?"


# From one file to the next

HAND_WRITTEN = """\
# Our models. Ask the platform team before you add one.
provider: anthropic
models:
  claude-haiku-4-5:             # the fast one
    revision: claude-haiku-4-5-20251001
    limits: {context_tokens: 200000, output_tokens: 32000}   # measured
    input: [text]
    price:
      input: 1.1     # USD
      output: 5      # USD
      source: litellm 1.79.0
    # Do not remove: the pager uses it.
  claude-sonnet-4-5-20250929: {source: litellm 1.86.2}
"""


def write(document: Document, found: ImportPlan) -> Document:
    edits: list[Edit] = []
    for one in found.updates:
        name = one.model.partition("/")[2]
        edits += [(("models", name, *path), value) for path, value in one.edits]
    edits += [(("models", addition.name), Block(addition.facts)) for addition in found.additions]
    return read(edit_yaml(document, edits))


def read(text: str) -> Document:
    reading = read_yaml("anthropic.yaml", text.encode())
    assert reading.findings == ()
    assert reading.document is not None
    assert check_shape(reading.document, "catalog") == []
    return reading.document


def catalog(document: Document) -> Catalog:
    return Catalog({model.id: model for model in read_provider(document.value)}, {})


def test_an_import_keeps_what_people_wrote_and_a_second_one_finds_nothing() -> None:
    before = read(HAND_WRITTEN)
    found = plan_import(
        catalog(before),
        litellm("1.109.1"),
        add=["anthropic/claude-haiku-5-5"],
        accept=["*"],
        today=TODAY,
    )
    after = write(before, found)
    assert (
        after.text
        == """\
# Our models. Ask the platform team before you add one.
provider: anthropic
models:
  claude-haiku-4-5:             # the fast one
    revision: claude-haiku-4-5-20251001
    limits: {context_tokens: 200000, output_tokens: 64000, input_tokens: 200000}   # measured
    input: [text, image, pdf]
    price:
      input: 1     # USD
      output: 5      # USD
      source: litellm 1.109.1
      cache_read: 0.1
      cache_write: 1.25
      cache_write_1h: 2
      services: {batch: {input: 0.5, output: 2.5, cache_read: 0.05, cache_write: 0.625}}
      observed_on: 2026-11-12
    sources: {limits.input_tokens: "litellm 1.109.1, 2026-11-12",
              limits.output_tokens: "litellm 1.109.1, 2026-11-12",
              input: "litellm 1.109.1, 2026-11-12", capabilities: "litellm 1.109.1, 2026-11-12",
              mode: "litellm 1.109.1, 2026-11-12",
              cacheable_from_tokens: "litellm 1.109.1, 2026-11-12"}
    capabilities: [tools, structured_output, prompt_caching, reasoning, computer_use]
    lacks: {capabilities: []}
    mode: chat
    cacheable_from_tokens: 4096
    # Do not remove: the pager uses it.
"""
        + after.text[after.text.index("  claude-sonnet-4-5-20250929: ") :]
    )
    assert after.text.count("#") == HAND_WRITTEN.count("#")
    again = plan_import(
        catalog(after), litellm("1.109.1"), add=["anthropic/claude-haiku-5-5"], today=TODAY
    )
    assert not again.changes_anything
    assert again.updates == ()


def test_files_written_from_one_version_follow_the_next() -> None:
    first = plan_import(Catalog({}, {}), litellm("1.79.0"), add=["*"], today=DAYS["1.79.0"])
    for provider in {addition.model.provider for addition in first.additions}:
        facts = {a.name: a.facts for a in first.additions if a.model.provider == provider}
        document = read(provider_file(provider, facts, header=["litellm 1.79.0"]))
        for version in ("1.86.2", "1.109.1"):
            found = plan_import(catalog(document), litellm(version), today=TODAY, accept=["*"])
            document = write(document, found)
            again = plan_import(catalog(document), litellm(version), today=TODAY, accept=["*"])
            assert not again.changes_anything
            newest = litellm(version).offers
            for model in catalog(document).models.values():
                price = newest[model.id].model.price if model.id in newest else None
                if price is not None and model.price is not None:
                    assert model.price.rates.items() >= price.rates.items()


CHARGES = ("input_cost_per_request 0.005", "x_cost_per_query")


def test_a_charge_that_is_left_out_is_named_in_the_price_and_said_once() -> None:
    price = Price(rates(input=1, output=2), source="by hand")
    model = Model(M, price=price)
    offer = Offer("m", Model(M, price=price._replace(also_charged=CHARGES, source=None)))
    imported = Imported("litellm 1.98.0", date(2026, 8, 22), {M: offer}, {"no mode": ("k",)}, ())
    found = plan(model, imported)
    assert [(f.code, f.severity.value) for f in found.findings] == [
        ("price-lacks-a-part", "warning")
    ]
    assert found.skipped == {"no mode": ("k",)}
    assert found.updates[0].edits == ((("price", "also_charged"), list(CHARGES)),)
    again = plan(model._replace(price=price._replace(also_charged=CHARGES)), imported)
    assert (again.findings, again.updates) == ((), ())
    (added,) = plan_import(Catalog({}, {}), imported, add=["p/*"], today=TODAY).additions
    assert added.facts["price"] == {"input": 1, "output": 2, "also_charged": list(CHARGES)}


def test_an_import_takes_no_charge_away_and_moves_its_amount() -> None:
    own = ("a fee for each search", "a fee for each hour", "input_cost_per_request 0.004")
    known = Price(rates(input=1, output=2), also_charged=own)
    assert merged_charges(known, Price({})) == own
    assert merged_charges(known, Price({}, also_charged=CHARGES)) == (*own[:2], *CHARGES)


def test_litellms_spelling_of_a_provider_is_met_with_ours() -> None:
    offer = Offer("m", Model(ModelId("vertex-ai/m")))
    imported = Imported("litellm 1.98.0", TODAY, {offer.model.id: offer}, {}, ())
    with pytest.raises(UsageError) as caught:
        plan_import(Catalog({}, {}), imported, add=["vertex_ai/*"], today=TODAY)
    assert caught.value.hint == "did you mean 'vertex-ai/*'?"


# What really happened to models, as far as a catalog can hold it

_DEEPSEEK = ModelId("deepseek/deepseek-v4-flash")
DRIFT: dict[str, tuple[Model, Model, list[str], tuple[str, ...], tuple[str, ...]]] = {
    # Case: before, after, codes, what changed, what waits for a person.
    "C01 an id is re-routed to another revision": (
        Model(
            _DEEPSEEK,
            pinned=False,
            input=frozenset({"text"}),
            price=Price(rates(input="0.14", output="0.28")),
            metrics={"bench.score": Figure(Fraction(1, 2))},
        ),
        Model(
            _DEEPSEEK,
            input=frozenset({"text", "image"}),
            price=Price(rates(input="0.3", output="1.2")),
        ),
        ["metrics-may-be-old"],
        ("price.input", "price.output", "input"),
        (),
    ),
    "C02 a floating alias is re-pointed": (
        Model(ModelId("mistral/large-latest"), price=Price(rates(input=2, output=6))),
        Model(ModelId("mistral/large-latest"), price=Price(rates(input="0.5", output="1.5"))),
        [],
        ("price.input", "price.output"),
        (),
    ),
    "C04 a dated snapshot is repriced": (
        Model(M, pinned=True, price=Price(rates(input=2, output=6))),
        Model(M, price=Price(rates(input="1.25", output="2.5"))),
        [],
        ("price.input", "price.output"),
        (),
    ),
    "C05 a dated snapshot is repriced by a factor of five": (
        Model(M, pinned=True, price=Price(rates(input=10, output=40))),
        Model(M, price=Price(rates(input=2, output=8))),
        [],
        ("price.input", "price.output"),
        (),
    ),
    "C06 a tier is not stated any more": (
        Model(M, price=Price(rates(input=5), (Tier(200_000, rates(input=10)),))),
        Model(M, price=Price(rates(input=5))),
        ["tier-not-stated"],
        (),
        (),
    ),
    "C12 a wrong cache rate is corrected": (
        Model(M, price=Price(rates(input=5, cache_read="1.5", cache_write="18.75"))),
        Model(M, price=Price(rates(input=5, cache_read="0.5", cache_write="6.25"))),
        [],
        ("price.cache_read", "price.cache_write"),
        (),
    ),
    "C15 a slip of unit": (
        Model(M, price=Price(rates(input="1.63"))),
        Model(M, price=Price(rates(input="0.163"))),
        ["price-jump"],
        (),
        ("price",),
    ),
    "C16 a retirement comes nearer": (
        Model(M, retires_on=date(2026, 12, 31)),
        Model(M, retires_on=date(2026, 1, 5)),
        ["already-retired"],
        ("retires_on",),
        (),
    ),
    "C16 a retirement is put off": (
        Model(M, retires_on=date(2025, 3, 1)),
        Model(M, retires_on=date(2026, 5, 1)),
        ["fact-loosened"],
        (),
        ("retires_on",),
    ),
    "C17 a retirement within the month": (
        Model(M),
        Model(M, retires_on=date(2026, 11, 30)),
        [],
        ("retires_on",),
        (),
    ),
    "C21 a capability is denied": (
        Model(M, capabilities=frozenset({"structured_output"})),
        Model(M, capabilities=frozenset({"tools"})),
        ["capability-denied"],
        ("capabilities",),
        (),
    ),
    "C24 a price is cut by four fifths": (
        Model(M, price=Price(rates(input=1, output=6))),
        Model(M, price=Price(rates(input="0.2", output="1.2"))),
        [],
        ("price.input", "price.output"),
        (),
    ),
}


@pytest.mark.parametrize("case", DRIFT)
def test_what_an_import_says_of_a_change_that_really_happened(case: str) -> None:
    before, after, expected, changed, waiting = DRIFT[case]
    denied = frozenset({"structured_output"}) if "denied" in case else frozenset[str]()
    known = before._replace(source="litellm 1.79.0", observed_on=date(2025, 10, 26))
    found = plan(known, offered(after, denied=denied))
    paths = tuple(change.path for one in found.updates for change in one.changes)
    waits = tuple(text.partition("#")[2] for text in found.waiting)
    assert (codes(found), paths, waits) == (expected, changed, waiting)


def test_a_conflict_of_two_sources_is_reported_in_both_orders() -> None:
    """C11: litellm 1.36/4.18 against 0.7/2.1 of genai-prices."""
    price = Price(rates(input="0.7", output="2.1"), source="genai-prices 0.2.3")
    new = offered(Model(M, price=Price(rates(input="1.36", output="4.18"))))
    theirs = "price.input is 1.36, not 0.7, price.output is 4.18, not 2.1"
    stays = "price.input is 0.7, not 1.36, price.output is 2.1, not 4.18"
    for order, taken, said in (
        (("litellm", "genai-prices"), True, theirs),
        (("genai-prices", "litellm"), False, stays),
    ):
        found = plan(Model(M, price=price), new, *order)
        assert (codes(found), found.changes_anything) == (["source-conflict"], taken)
        assert said in found.findings[0].message
        assert found.waiting == ()


def test_a_model_that_the_source_drops_stays_and_is_named() -> None:
    """C18: an entry is removed from the source, and releases still need its facts."""
    found = plan(Model(ModelId("p/gone"), source="litellm 1.79.0"), offered(Model(M)))
    assert (found.unknown_to_source, found.changes_anything) == (("p/gone",), False)


@pytest.mark.parametrize(
    ("known", "offer", "expected"),
    [
        (Model(M), Model(M, price=Price(rates(input=0))), "unknown; kept over litellm: price "),
        (
            Model(M, retires_on=date(2026, 12, 1), source="litellm 1.0"),
            Model(M, retires_on=date(2027, 12, 1)),
            "litellm 1.0; kept over litellm: retires_on 2027-12-01",
        ),
        (
            Model(M, limits={"input_tokens": 1, "output_tokens": 1}),
            Model(M, limits={"input_tokens": 2, "output_tokens": 2}),
            "by hand; kept over litellm: limits.input_tokens 2"
            "; kept over litellm: limits.output_tokens 2",
        ),
    ],
)
def test_a_kept_fact_says_in_its_source_what_was_refused(
    known: Model, offer: Model, expected: str
) -> None:
    found = plan_import(Catalog({M: known}, {}), offered(offer), today=TODAY, keep=["p/m"])
    ((path, text),) = found.updates[0].edits
    assert (path[0], found.waiting) == ("sources", ())
    assert str(text).startswith(expected)
    after = known._replace(sources={str(path[1]): str(text)})
    again = plan(after, offered(offer))
    assert (again.updates, codes(again)) == ((), [])


def test_a_long_refused_value_is_named_by_its_digest() -> None:
    def tiered(above: int, source: str | None = None) -> Price:
        tier = Tier(above, rates(input=4, output=12, cache_read=1))
        return Price(rates(input=2, output=6), (tier,), source=source)

    known = Model(M, price=tiered(200_000, "by hand"))
    offer = offered(Model(M, price=tiered(199_999)))
    found = plan_import(Catalog({M: known}, {}), offer, today=TODAY, keep=["p/m"])
    ((path, text),) = found.updates[0].edits
    assert path == ("price", "source")
    assert re.fullmatch(
        r"by hand; kept over litellm: price\.tiers \(sha256 [0-9a-f]{12}\)", str(text)
    )
    after = Model(M, price=tiered(200_000, str(text)))
    assert (plan(after, offer).updates, codes(plan(after, offer))) == ((), [])
    assert plan(after, offered(Model(M, price=tiered(199_998)))).waiting


@pytest.mark.parametrize("own", [True, False])
def test_what_was_refused_of_one_source_stays_answered_when_another_moves(own: bool) -> None:
    text = "litellm 1.0; kept over litellm: price.output 7; kept over genai-prices: price.output 9"
    price = Price(rates(input=2, output=8))
    known = (
        Model(M, price=price._replace(source=text, observed_on=TODAY))
        if own
        else Model(M, price=price, sources={"price": text})
    )
    moved = offered(Model(M, price=Price(rates(input=3, output=8))))
    found = plan(known, moved, "litellm", "genai-prices")
    assert found.waiting == ()
    cited = [text for _, text in found.updates[0].edits if isinstance(text, str) and "kept" in text]
    assert cited
    assert all(text.endswith("; kept over genai-prices: price.output 9") for text in cited)
    assert not any("over litellm" in text for text in cited)
