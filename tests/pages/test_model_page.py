"""The page of a model: where it is used, what is known of it and since when, and what is not."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from tests.core.builders import CODE_FAST, alias, frozen, model
from tests.pages.sources import MemorySource

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.facts.catalog import Model
from zumik.core.releases.release import VerifiedRelease
from zumik.pages.addresses import data_address, model_address
from zumik.pages.known_models import known_models
from zumik.pages.models_page import MAX_MODELS, MAX_NAMES
from zumik.pages.site import Site

X, Y = ModelId("a/x"), ModelId("a/y")
AUTO = AliasName("auto")
ANY = {"floating_allowed": True}


def made(number: int, order: str, *models: Model, auto: str = "") -> VerifiedRelease:
    """A release in which code.fast ranks the models named in `order`, and auto those of `auto`."""
    ranked = {CODE_FAST: order, **({AUTO: auto} if auto else {})}
    aliases = [
        alias("listed", name=name, candidates=[f"a/{each}" for each in listed], require=ANY)
        for name, listed in ranked.items()
    ]
    return frozen(*aliases, models=models, id=f"alr_2026_06_09_{number:03}")


ONE = made(1, "xy", model(X, input="1"), model(Y))
TWO = made(2, "yx", model(X, input="0.5", source="a list"), model(Y), auto="x")
SOURCE = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE), (12, CODE_FAST, TWO), (12, AUTO, TWO)])


def page(source: MemorySource, name: ModelId) -> str:
    found = Site(source).rendered(model_address(name))
    assert found is not None
    return unescape(re.sub(r"<wbr>", "", found.decode()))


def rows(html: str, table: str) -> list[list[str]]:
    """The texts of a table's cells."""
    body = html.split(f'<table id="{table}">')[1].split("</table>")[0].split("<tbody>")[1]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in body.split("<tr")[1:]
    ]


def test_the_first_sentence_says_what_it_serves_now_and_before() -> None:
    assert (
        "<h1><strong>a/x</strong> serves one alias (auto) today and one before (code.fast).</h1>"
        in page(SOURCE, X)
    )
    assert "<h1><strong>a/y</strong> serves one alias (code.fast) today.</h1>" in page(SOURCE, Y)


def test_the_uses_have_rank_release_and_time() -> None:
    assert rows(page(SOURCE, X), "uses") == [
        ["auto", "answers, rank 1 of 1", "alr_2026_06_09_002", "since 2026-06-12"],
        ["code.fast", "rank 2 of 2", "alr_2026_06_09_002", "2026-06-10 to 2026-06-12"],
    ]
    assert rows(page(SOURCE, X), "ranks") == [
        ["auto", "1", "alr_2026_06_09_002", "alr_2026_06_09_002", "1"],
        ["code.fast", "2", "alr_2026_06_09_002", "alr_2026_06_09_002", "1"],
        ["code.fast", "1", "alr_2026_06_09_001", "alr_2026_06_09_001", "1"],
    ]


def test_without_a_history_what_it_served_is_unknown() -> None:
    source = MemorySource(ONE, TWO, moves=[(12, CODE_FAST, TWO)])
    source.history_is_known = False
    assert rows(page(source, X), "uses")[1] == [
        "auto",
        "not ranked",
        "alr_2026_06_09_002",
        "unknown",
    ]


def test_what_changed_names_the_release_the_values_and_by_how_much() -> None:
    assert rows(page(SOURCE, X), "changed") == [
        ["alr_2026_06_09_002", "prices", "changed", "input $1 → $0.5 (-50 %)"]
    ]
    assert "alr_2026_06_09_001</a> had them first" in page(SOURCE, Y)


def test_every_unknown_fact_says_unknown() -> None:
    html = page(MemorySource(made(1, "y", model(Y, revision=None, pinned=None))), Y)
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))
    assert {name for name, value in facts.items() if value != "<i>unknown</i>"} == {
        "pinned or floating",
        "retires",
        "parameters",
        "labels",
    }
    assert facts["pinned or floating"].startswith("unknown: no source says whether")
    assert "Its price is unknown." in html
    assert "No measured figure is known." in html


def test_a_model_that_newer_releases_lack_keeps_its_page_and_says_so() -> None:
    source = MemorySource(ONE, made(2, "y", model(Y)))
    html = page(source, X)
    assert "newer releases do not have this model" in html
    assert rows(html, "changed")[0][1:] == [
        "model",
        "removed",
        "no longer in the release: no alias selects it",
    ]


def test_base_and_variants_lead_to_each_other() -> None:
    base = model("a/x")
    variant = model("a/x:high", variant_of="a/x", upstream={"params": {"reasoning_effort": "high"}})
    source = MemorySource(
        frozen(alias("listed", candidates=["a/x", "a/x:high"], require=ANY), models=[base, variant])
    )
    assert rows(page(source, X), "variants") == [["a/x:high", "reasoning_effort=high", "0"]]
    assert rows(page(source, ModelId("a/x:high")), "variants") == [
        ["a/x base", "the provider's defaults", "0"]
    ]


def test_hostile_texts_are_escaped() -> None:
    hostile = "<script>alert(1)</script>\x1b[31m"
    source = MemorySource(made(1, "x", model(X, note=hostile, source=hostile, owned_by=hostile)))
    found = Site(source).rendered(model_address(X))
    assert found is not None
    assert b"<script>" not in found
    assert b"\x1b" not in found


def test_long_texts_and_tables_make_no_page_too_large() -> None:
    long = "x" * 20_000
    figures = {f"m{number:03}": {"value": "1", "source": long} for number in range(300)}
    hostile = model(
        X, note=long, source=long, owned_by=long, also_charged=[long[:200]] * 3, metrics=figures
    )
    source = MemorySource(made(1, "x", hostile), made(2, "x", hostile._replace(revision=long)))
    found = Site(source).rendered(model_address(X))
    assert found is not None
    assert len(found) < 100_000
    whole = Site(source).rendered(data_address(model_address(X)))
    assert whole is not None
    assert long.encode() in whole


def test_the_data_has_what_the_page_has() -> None:
    found = Site(SOURCE).rendered(data_address(model_address(X)))
    assert found is not None
    tree = json.loads(found)
    assert tree["sentence"] == "a/x serves one alias (auto) today and one before (code.fast)."
    assert tree["facts_from"] == "alr_2026_06_09_002"
    assert tree["facts"]["price"] == {"input": "0.5"}
    assert [use["alias"] for use in tree["uses"]] == ["auto", "code.fast"]
    assert tree["changes"][0]["release"] == "alr_2026_06_09_002"


@pytest.mark.parametrize(
    "address", ["models/a/z/", "models/a/", "models/A x/", "data/models/a/x/", "models/a/x.json"]
)
def test_there_is_no_page_for_what_no_release_knows(address: str) -> None:
    assert Site(SOURCE).rendered(address) is None


def test_the_list_has_what_serves_first_and_each_unknown_by_its_word() -> None:
    found = Site(SOURCE).rendered("models/")
    assert found is not None
    html = unescape(found.decode().replace("<wbr>", ""))
    assert "The releases know two models; two of them serve an alias today." in html
    assert rows(html, "models") == [
        ["a/x", "auto", "$0.5", "unknown", "unknown", "pinned", "not announced"],
        ["a/y", "code.fast", "unknown", "unknown", "unknown", "pinned", "not announced"],
    ]


def test_a_list_of_very_many_models_stays_small_and_names_them_all() -> None:
    names = [f"provider-{n % 40:02}/a-model-with-a-long-name-{n:04}" for n in range(500)]
    listed = alias("listed", candidates=names, require=ANY)
    source = MemorySource(
        frozen(listed, models=[model(name) for name in names], id=ReleaseId("alr_2026_06_09_001"))
    )
    found = Site(source).rendered("models/")
    assert found is not None
    assert len(found) < 100_000
    text = found.decode().replace("<wbr>", "")
    assert all(name in text for name in names)
    assert len(names) < MAX_MODELS + MAX_NAMES


def test_every_address_has_a_page() -> None:
    site = Site(SOURCE)
    for address in site.addresses():
        assert site.rendered(address) is not None, address


class CountingSource(MemorySource):
    """A source that counts which releases are read."""

    def __init__(self, *releases: VerifiedRelease, **said: Any) -> None:
        super().__init__(*releases, **said)
        self.read: list[str] = []

    def release(self, release: ReleaseId) -> VerifiedRelease:
        self.read.append(release)
        return super().release(release)


def test_a_source_with_one_more_release_reads_that_alone() -> None:
    line = [made(number, "xy", model(X, input=str(number)), model(Y)) for number in range(31, 36)]
    assert known_models(CountingSource(*line[:4])).known(X).newest == line[3].ref.id
    longer = CountingSource(*line)
    assert known_models(longer).known(X).newest == line[4].ref.id
    assert longer.read == [line[4].ref.id]


def test_another_line_is_read_from_its_first_release() -> None:
    one, other = (
        [made(number, "xy", model(X, input=str(price + number)), model(Y)) for number in (41, 42)]
        for price in (0, 100)
    )
    assert len(known_models(CountingSource(*one)).known(X).changes) == 1
    source = CountingSource(*other)
    price = known_models(source).known(X).model.price
    assert price is not None
    assert price.rates["input"] == 142
    assert source.read == [release.ref.id for release in other]


def test_what_may_be_shown_is_never_taken_from_a_source_that_shows_more() -> None:
    assert "auto" in page(SOURCE, X)
    hidden = MemorySource(ONE, TWO, hidden_aliases={TWO.ref.id: [AUTO]})
    assert "auto" not in page(hidden, X).split("<main")[1]


@pytest.mark.parametrize("address", ["models/", "models/a/x/", "data/models/a/x.json"])
def test_the_inputs_follow_the_line_what_is_live_and_the_day(address: str) -> None:
    before = Site(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)])).inputs(address)
    assert before == Site(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)])).inputs(address)
    later = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)])
    later.today = later.today.replace(day=29)
    others = [
        later,
        MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO)]),
        MemorySource(ONE, moves=[(10, CODE_FAST, ONE)]),
    ]
    assert before not in [Site(source).inputs(address) for source in others]


RICH = model(
    X,
    price={
        "input": "3",
        "output": "15",
        "batch_input": "1.5",
        "services": {"flex": {"input": "2", "source": "flex page"}},
        "fees": {"search": "0.01"},
        "basis": "peak",
        "dated": [
            {"from": "2026-12-15", "input": "2", "source": "news", "observed_on": "2026-11-01"}
        ],
    },
    capabilities=["tools"],
    lacks={"capabilities": ["vision"]},
    region="eu-west-1",
    lifecycle={"retires_on": "2027-03-01", "successor": "a/y", "source": "end page"},
)


def test_services_fees_and_a_planned_price_stand_by_each_other() -> None:
    html = page(MemorySource(made_by_2(RICH)), X)
    assert rows(html, "price") == [
        ["all", "$3", "$15", "unknown", "unknown"],
        ["batch", "$1.5", "unknown", "unknown", "unknown"],
        ["flex", "$2", "unknown", "unknown", "unknown"],
    ]
    assert "Price before 2026-12-15 in USD per million tokens" in html
    assert "Fees in USD: $0.01 for each search. It is the price of peak hours." in html
    assert "Source of flex: flex page." in html
    planned = "Price from 2026-12-15 on (planned: no source has confirmed it on that day or later)"
    assert f"{planned} in USD per million tokens, from news, 2026-11-01." in html
    assert rows(html, "price-1") == [["all", "$2", "unknown", "unknown", "unknown"]]


def test_a_planned_price_that_holds_today_comes_first() -> None:
    source = MemorySource(made_by_2(RICH))
    source.today = date(2026, 12, 15)
    html = page(source, X)
    assert rows(html, "price")[0][:2] == ["all", "$2"]
    assert rows(html, "price-1")[0][:2] == ["all", "$3"]


def test_no_and_unknown_differ_and_an_end_names_its_source() -> None:
    html = page(MemorySource(made_by_2(RICH)), X)
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))
    assert facts["capabilities"] == "tools; no vision; any other unknown"
    assert facts["retires"].startswith("2027-03-01 <span")
    assert "end page" in facts["successor, by its provider"]
    assert facts["region"] == "eu-west-1"
    assert facts["data residency"] == "<i>unknown</i>"


def made_by_2(*models: Model) -> VerifiedRelease:
    policy = alias("listed", candidates=["a/*"], require=ANY)
    return frozen(policy, models=models, made_by=2)


def test_the_list_has_modes_where_a_model_has_another_than_chat() -> None:
    def listed(*models: Model) -> str:
        found = Site(MemorySource(made_by_2(*models))).rendered("models/")
        assert found is not None
        return found.decode()

    other = model(Y, mode="embedding")
    policy = alias("listed", candidates=["a/*"], require={**ANY, "mode": ["chat", "embedding"]})
    release = frozen(policy, models=[model(X, mode="chat"), other], made_by=2)
    html = Site(MemorySource(release)).rendered("models/")
    assert html is not None
    assert {row[0]: row[1] for row in rows(html.decode().replace("<wbr>", ""), "models")} == {
        "a/x": "chat",
        "a/y": "embedding",
    }
    assert ">mode<" not in listed(model(X, mode="chat"))
