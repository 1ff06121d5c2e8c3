"""The list of releases: what is live, withdrawn and new, also where there are very many."""

from __future__ import annotations

import json
from html import unescape

from tests.core.builders import CODE_FAST, alias, frozen, model
from tests.pages.sources import MemorySource, at

from zumik.core.releases.release import VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.pages.releases_page import MAX_RELEASES
from zumik.pages.site import Site

ANY = {"floating_allowed": True}


def made(
    number: int, winner: str = "a/x", parent: VerifiedRelease | None = None
) -> VerifiedRelease:
    return frozen(
        alias("listed", candidates=[winner], require=ANY),
        models=[model(winner)],
        id=f"alr_2026_06_09_{number:03}",
        parent=parent.ref if parent else None,
    )


ONE = made(1)
TWO = made(2, "a/y", ONE)


def page(source: MemorySource, address: str = "releases/") -> str:
    found = Site(source).rendered(address)
    assert found is not None
    return unescape(found.decode())


def test_the_first_sentence_says_how_many_and_the_newest() -> None:
    source = MemorySource(ONE, TWO, moves=[(10, CODE_FAST, TWO)])
    expected = "Two releases, the newest alr_2026_06_09_002 of 9 June 2026; "
    assert f"{expected}aliases are live at one of them." in page(source)
    assert f"{expected}none is live." in page(MemorySource(ONE, TWO))
    assert "There are no releases yet." in page(MemorySource())


def test_newest_first_with_what_changed_and_what_is_live() -> None:
    html = page(MemorySource(ONE, TWO, moves=[(10, CODE_FAST, ONE)]))
    assert html.index("alr_2026_06_09_002</a>") < html.index("alr_2026_06_09_001</a>")
    assert '<td class="number">1</td><td class="number">the first</td><td>code.fast</td>' in html
    assert '<td class="number">1</td><td class="number">1</td><td>none</td>' in html


def test_a_withdrawn_release_is_marked_by_a_word() -> None:
    mark = Withdrawal(ONE.ref, "wrong price", at(20))
    html = page(MemorySource(ONE, withdrawals={ONE.ref.id: mark}))
    assert '<span class="mark">withdrawn</span>' in html
    assert "Withdrawn on 2026-06-20 12:00 UTC: wrong price" in html


def test_very_many_releases_are_bounded_and_the_data_has_all() -> None:
    count = MAX_RELEASES + 50
    source = MemorySource(*(made(number) for number in range(1, count + 1)))
    html = page(source)
    assert len(html) < 100_000
    assert "And 50 releases more: all are in the data of this page." in html
    assert len(json.loads(page(source, "data/releases.json"))["releases"]) == count


def test_latest_leads_to_the_newest_without_a_script() -> None:
    html = page(MemorySource(ONE, TWO), "releases/latest/")
    assert 'content="0; url=../../releases/alr_2026_06_09_002/"' in html
    assert '<a href="../../releases/alr_2026_06_09_002/">' in html
    assert Site(MemorySource()).rendered("releases/latest/") is None
