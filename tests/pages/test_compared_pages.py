"""Comparisons: what decides between two models, and what changed between two releases."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from tests.core.builders import CODE_FAST, alias, frozen, model
from tests.pages.sources import MemorySource

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.releases.release import VerifiedRelease
from zumik.pages.addresses import compared_models_address, compared_releases_address, data_address
from zumik.pages.compared_models_page import CLOSE, FAR, compared_with
from zumik.pages.site import Site

X, Y, Z = (ModelId(f"a/{name}") for name in "xyz")
AUTO = AliasName("auto")
ANY = {"floating_allowed": True}
LOAD = {"input_tokens": 1000, "output_tokens": 0}


def made(number: int, *models: Model, parent: VerifiedRelease | None = None) -> VerifiedRelease:
    """A release in which code.fast takes the first of the list, and auto the cheapest."""
    names = [str(item.id) for item in models]
    return frozen(
        alias("listed", candidates=names, require=ANY),
        alias("minimize expected_cost", name=AUTO, candidates=names, require=ANY, workload=LOAD),
        models=models,
        id=f"alr_2026_06_09_{number:03}",
        parent=parent.ref if parent else None,
    )


DEAR = model(X, input="2", output="2", limits={"context_tokens": 200000}, capabilities=["tools"])
CHEAP = model(Y, input="1", output="4", pinned=False, takes=["text"])
ONE = made(1, DEAR, CHEAP)
TWO = made(2, CHEAP, DEAR, parent=ONE)
THREE = made(3, CHEAP, DEAR, parent=TWO)
LIVE = MemorySource(ONE, moves=[(10, CODE_FAST, ONE), (10, AUTO, ONE)])


def page(source: MemorySource, address: str) -> str:
    found = Site(source).rendered(address)
    assert found is not None
    return unescape(found.decode().replace("<wbr>", ""))


def rows(html: str, table: str) -> dict[str, list[str]]:
    """The texts of a table's cells, by that of the first."""
    body = html.split(f'<table id="{table}">')[1].split("</table>")[0].split("<tbody>")[1]
    found = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in body.split("<tr")[1:]
    ]
    return {first: rest for first, *rest in found}


def test_it_begins_with_what_decides_in_each_alias() -> None:
    html = page(LIVE, compared_models_address(X, Y))
    assert "</a> in one of the two live aliases that rank both.</h1>" in html
    first, second = re.findall(r"<li>(.*?)</li>", html)
    assert first == (
        "auto ranks a/y (rank 1) before a/x (rank 2): expected_cost $0.001 against $0.002."
    )
    assert second == (
        "code.fast ranks a/x (rank 1) before a/y (rank 2): it comes earlier in the list."
    )


def test_all_facts_stand_side_by_side_and_the_unknown_says_so() -> None:
    html = page(LIVE, compared_models_address(X, Y))
    prices = rows(html, "price")
    assert prices["input"] == ["$2", "$1", "-50 %"]
    assert prices["cache read"] == ["unknown", "unknown", "unknown"]
    assert rows(html, "limits")["context tokens"] == ["200,000", "unknown", "unknown"]
    abilities = rows(html, "abilities")
    assert abilities["capability tools differs"] == ["yes", "unknown"]
    assert abilities["takes text differs"] == ["unknown", "yes"]
    assert rows(html, "identity")["pinned or floating differs"] == ["pinned", "floating"]


def test_above_a_tier_the_rates_that_apply_are_compared() -> None:
    tiered = model(Y, input="1", tiers=[{"above_input_tokens": 1000, "input": "3"}])
    source = MemorySource(release := made(1, DEAR, tiered), moves=[(10, CODE_FAST, release)])
    prices = rows(page(source, compared_models_address(X, Y)), "price-1000")
    assert prices == {"input": ["$2", "$3", "+50 %"], "output": ["$2", "unknown", "unknown"]}


def test_a_price_of_zero_has_no_percentage() -> None:
    free = model(Y, input="0")
    source = MemorySource(release := made(1, free, DEAR), moves=[(10, CODE_FAST, release)])
    prices = rows(page(source, compared_models_address(X, Y)), "price")
    assert prices["input"] == ["$0", "$2", "more"]


def test_the_one_that_is_ahead_more_often_comes_first() -> None:
    source = MemorySource(release := made(1, CHEAP, DEAR), moves=[(10, CODE_FAST, release)])
    html = page(source, compared_models_address(X, Y))
    assert re.search(
        r"<h1><a [^>]+>a/y</a> comes before <a [^>]+>a/x</a> in the one live alias that ranks both",
        html,
    )


def test_only_close_pairs_of_live_rankings_are_compared() -> None:
    many = [model(f"a/m{number:02}") for number in range(FAR + 3)]
    release = frozen(alias("listed", require=ANY), models=many)
    source = MemorySource(release, moves=[(10, CODE_FAST, release)])
    ranked = [item.id for item in many]
    assert list(compared_with(source, ranked[0])) == ranked[1:FAR]
    assert list(compared_with(source, ranked[1])) == [ranked[0], *ranked[2:CLOSE]]
    assert compared_with(source, ranked[FAR]) == []


def test_pair_that_is_no_longer_live_keeps_its_page() -> None:
    both = frozen(alias("listed", require=ANY), models=[model(X), model(Y)])
    alone = frozen(
        alias("listed", require=ANY), models=[model(X)], id="alr_2026_06_09_002", parent=both.ref
    )
    source = MemorySource(both, alone, moves=[(10, CODE_FAST, both), (11, CODE_FAST, alone)])
    address = compared_models_address(X, Y)
    assert address in [*Site(source).addresses()]
    html = page(source, address)
    assert re.search(r"<h1><a [^>]+>a/x</a> is ranked by no live alias beside <a", html)
    assert 'aliases/code.fast/alr_2026_06_09_001/">alr_2026_06_09_001, in code.fast' in html
    assert "What decides first" not in html
    tree = json.loads(page(source, data_address(address)))
    assert tree["sentence"] == "a/x is ranked by no live alias beside a/y."
    assert tree["last_close"] == {"release": both.ref.id, "alias": CODE_FAST}
    assert tree["decided"] == []
    assert compared_with(source, X) == []


def test_the_data_of_two_models_has_exact_figures() -> None:
    tree = json.loads(page(LIVE, "data/compare/a/x/with/a/y.json"))
    assert tree["models"] == ["a/x", "a/y"]
    assert [item["measure"] for item in tree["decided"]] == ["expected_cost", "listed"]
    assert tree["decided"][0]["better"] == {"model": "a/y", "rank": 1, "figure": "0.001"}


@pytest.mark.parametrize(
    "address",
    [
        "compare/a/y/with/a/x/",
        "compare/a/x/with/a/x/",
        "compare/a/x/with/a/z/",
        "compare/a/x/with/nothing/",
        "data/compare/a/x/with/a/y/",
    ],
)
def test_there_is_no_page_for_what_no_release_ranks_together(address: str) -> None:
    assert Site(LIVE).rendered(address) is None


def test_models_whose_names_look_like_an_address_have_their_own_page() -> None:
    odd = [ModelId("a/x/with/b/y"), ModelId("with/with"), ModelId("releases/alr_2026_06_09_001")]
    release = frozen(alias("listed", require=ANY), models=[model(name) for name in odd])
    source = MemorySource(release, moves=[(10, CODE_FAST, release)])
    for one, other in ((odd[0], odd[1]), (odd[1], odd[2]), (odd[0], odd[2])):
        html = page(source, compared_models_address(one, other))
        assert f"<title>{one} with {other}" in html or f"<title>{other} with {one}" in html
    addresses = list(Site(source).addresses())
    assert len(addresses) == len(set(addresses))


def test_each_release_is_compared_with_its_neighbour_and_what_was_live_with_the_next() -> None:
    source = MemorySource(
        ONE, TWO, THREE, moves=[(10, CODE_FAST, ONE), (11, CODE_FAST, THREE), (12, CODE_FAST, ONE)]
    )
    compared = [item for item in Site(source).addresses() if item.startswith("compare/releases/")]
    ids = [ONE.ref.id, TWO.ref.id, THREE.ref.id]
    assert compared == [
        compared_releases_address(ids[0], ids[1]),
        compared_releases_address(ids[1], ids[2]),
        compared_releases_address(ids[0], ids[2]),
    ]


def test_a_comparison_of_releases_says_who_answers_instead_and_never_changes() -> None:
    source = MemorySource(ONE, TWO)
    address = compared_releases_address(ONE.ref.id, TWO.ref.id)
    html = page(source, address)
    assert (
        "From alr_2026_06_09_001 to alr_2026_06_09_002 one winner changed: "
        "code.fast answers with a/y instead of a/x." in html
    )
    assert rows(html, "winners") == {"code.fast": ["a/x", "a/y"]}
    assert rows(html, "heads")["models"] == ["2", "2"]
    later = MemorySource(ONE, TWO, THREE, moves=[(10, CODE_FAST, TWO)])
    assert page(later, address) == html
    assert Site(later).inputs(address) == Site(source).inputs(address)


def test_releases_that_differ_in_nothing_say_so() -> None:
    address = compared_releases_address(TWO.ref.id, THREE.ref.id)
    html = page(MemorySource(ONE, TWO, THREE), address)
    assert "From alr_2026_06_09_002 to alr_2026_06_09_003 nothing changed." in html


def test_every_address_has_a_page() -> None:
    site = Site(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO), (10, AUTO, ONE)]))
    for address in site.addresses():
        assert site.rendered(address) is not None, address


def test_every_link_leads_to_a_page() -> None:
    site = Site(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO), (10, AUTO, ONE)]))
    addresses = set(site.addresses())
    for address in addresses:
        if not address.endswith("/"):
            continue
        html = (site.rendered(address) or b"").decode()
        depth = address.count("/")
        for link in re.findall(r'(?:href|src)="([^"#]+)"', html):
            assert link.startswith("../" * depth), (address, link)
            target = link.removeprefix("../" * depth)
            assert not target or target in addresses, (address, link)


def test_what_a_model_lacks_is_no_and_what_it_does_not_say_is_unknown() -> None:
    price = {"input": "1", "services": {"flex": {"input": "0.5"}}, "fees": {"search": "0.02"}}
    models = [
        model(X, capabilities=["tools"], lacks={"capabilities": ["vision"]}, price=price),
        model(Y, capabilities=["code"], input="2"),
    ]
    policy = alias("listed", candidates=[str(item.id) for item in models], require=ANY)
    source = MemorySource(
        release := frozen(policy, models=models, made_by=2), moves=[(10, CODE_FAST, release)]
    )
    html = page(source, compared_models_address(X, Y))
    assert rows(html, "abilities") == {
        "capability code differs": ["unknown", "yes"],
        "capability tools differs": ["yes", "no"],
        "capability vision": ["no", "no"],
    }
    assert rows(html, "price-flex") == {"input": ["$0.5", "unknown", "unknown"]}
    assert rows(html, "fees") == {"search": ["$0.02", "unknown", "unknown"]}
