"""Feeds are valid whatever people wrote, and an entry keeps its id for ever."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from tests.core.builders import CODE_FAST, CREATED, alias, but, frozen, model, verified

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.commit_clocks import CommitClock
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.outline import OutlineReader, ReleaseOutline
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, release_to_bytes
from zumik.core.releases.withdrawal import Withdrawal
from zumik.pages.feeds import KINDS, MOST_ENTRIES
from zumik.pages.site_source import SiteSource

ATOM = "{http://www.w3.org/2005/Atom}"
URL = "https://example.org/aliases/"
SLOW = AliasName("code.slow")

HOSTILE = (
    "</content><script>alert(1)</script>",
    "]]> & &amp; <!-- \" '",
    "\x1b[31mred\x00\x08\ufffe\ud800",
    "two\nlines\u202e\u2028reversed",
)


class Source:
    """The parts of a SiteSource that feeds show."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self.line: dict[ReleaseId, VerifiedRelease] = {}
        self.is_bundle = False
        self.marks: dict[ReleaseId, Withdrawal] = {}
        self.landed: dict[AliasName, list[LandedPointer]] = {}

    @property
    def releases(self) -> list[ReleaseId]:
        return [*self.line]

    @property
    def live(self) -> dict[AliasName, None]:
        return dict.fromkeys(self.landed)

    def release(self, release: ReleaseId) -> VerifiedRelease:
        return self.line[release]

    @property
    def outlines(self) -> dict[ReleaseId, ReleaseOutline]:
        reader = OutlineReader(lambda _: True)
        return {
            name: reader.outline(found.ref, release_to_bytes(found.release))
            for name, found in self.line.items()
        }

    def ref(self, release: ReleaseId) -> ReleaseRef:
        return self.line[release].ref

    def vouched(self, release: ReleaseId) -> bool | None:
        return None if self.is_bundle else True

    def withheld(self, release: ReleaseId) -> list[AliasName]:
        return []

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        return self.marks.get(release)

    def history(self, alias: AliasName) -> list[LandedPointer]:
        return self.landed[alias]

    def freeze(self, number: int, *listed: str, note: str | None = None) -> VerifiedRelease:
        policies = [
            alias("listed", name=name, candidates=(listed[0],)) for name in (CODE_FAST, SLOW)
        ]
        policies[1] = alias("listed", name=SLOW, candidates=("a/slow",))
        id_ = f"alr_2026_06_09_{number:03}"
        source = frozen(*policies, models=map(model, {*listed, "a/slow"}), id=id_)
        parent = self.line[self.releases[-1]].ref if self.line else None
        made = verified(but(source.release, note=note, parent=parent))
        self.line[made.release.id] = made
        return made

    def move(
        self, day: int, to: VerifiedRelease | None, kind: str = "promote", reason: str = ""
    ) -> None:
        seconds = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp()) + day * 86_400
        clock = CommitClock(seconds, seconds, seconds, holds=True)
        pointer = to and Pointer(CODE_FAST, to.ref, day, kind, CREATED, reason or None)
        winner = str(to.aliases[CODE_FAST].winner) if to else None
        past = LandedPointer(f"c{day}", clock, HOSTILE[0], pointer or None, winner)
        self.landed.setdefault(CODE_FAST, []).insert(0, past)


def bytes_of(source: Source, address: str) -> bytes:
    (kind,) = KINDS
    found = kind.pattern.fullmatch(address)
    assert found is not None
    data = kind.rendered(cast(SiteSource, source), found)
    assert data is not None
    return data


def atom(source: Source, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(bytes_of(source, f"feeds/{name}.atom"))


def items(source: Source, name: str) -> list[dict[str, str]]:
    tree = json.loads(bytes_of(source, f"feeds/{name}.json"))
    found: list[dict[str, str]] = tree["items"]
    return found


@pytest.fixture
def source() -> Source:
    made = Source(URL)
    first = made.freeze(1, "a/one", note="The first")
    second = made.freeze(2, "a/two", note=HOSTILE[0])
    made.move(1, first, reason="Go")
    made.move(2, second, reason=HOSTILE[1])
    return made


def test_release_says_whose_winner_changed(source: Source) -> None:
    newest, first = items(source, "releases")
    assert newest["title"] == (
        "alr_2026_06_09_002 freezes two aliases; "
        "one winner changed: code.fast answers with a/two instead of a/one"
    )
    assert "code.fast: a/one → a/two\nSHA-256 " in newest["content_text"]
    assert "code.slow" not in newest["content_text"]
    assert first["title"] == "alr_2026_06_09_001 freezes two aliases, the first of its line"
    assert first["content_text"].startswith("The first\nSHA-256 ")


def test_move_says_who_answers_and_why(source: Source) -> None:
    newest, first = items(source, "moves")
    assert (newest["title"], first["title"]) == ("code.fast → a/two", "code.fast → a/one")
    assert first["content_text"].startswith("promote 1: alr_2026_06_09_001\nGo\n")


def test_retired_and_removed_pointers_are_moves_too(source: Source) -> None:
    source.move(3, source.line[source.releases[0]], "retire")
    source.move(4, None)
    titles = [item["title"] for item in items(source, "moves")]
    assert titles[:2] == ["code.fast: its pointer was removed or broken", "code.fast was retired"]


@pytest.mark.parametrize("name", ["releases", "moves"])
@pytest.mark.parametrize("url", [None, URL])
def test_atom_has_what_it_must_have(source: Source, name: str, url: str | None) -> None:
    source.url = url
    feed = atom(source, name)
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for tag in ("id", "title", "updated"):
            assert len(part.findall(ATOM + tag)) == 1
        assert moment.fullmatch(part.findtext(f"{ATOM}updated", ""))
        (alternate,) = (
            link for link in part.findall(f"{ATOM}link") if link.get("rel") == "alternate"
        )
        # A reader takes a relative link from the feed's own address.
        here = urljoin(f"{URL}feeds/{name}.atom", alternate.get("href"))
        assert here.startswith(URL)
        assert here.endswith("/")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "zumik"
    ids = [entry.findtext(f"{ATOM}id", "") for entry in feed.findall(f"{ATOM}entry")]
    assert len({feed.findtext(f"{ATOM}id"), *ids}) == 1 + len(ids) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", found) for found in ids)
    selves = [x.get("href") for x in feed.findall(f"{ATOM}link") if x.get("rel") == "self"]
    assert selves == ([f"{URL}feeds/{name}.atom"] if url else [])


@pytest.mark.parametrize("name", ["releases", "moves"])
def test_feeds_of_both_forms_say_the_same(source: Source, name: str) -> None:
    entries = atom(source, name).findall(f"{ATOM}entry")
    assert [
        (
            entry.findtext(f"{ATOM}id"),
            entry.findtext(f"{ATOM}title"),
            entry.findtext(f"{ATOM}content"),
            entry.findtext(f"{ATOM}updated"),
        )
        for entry in entries
    ] == [
        (item["id"], item["title"], item["content_text"], item["date_modified"])
        for item in items(source, name)
    ]


@pytest.mark.parametrize("name", ["releases", "moves"])
def test_ids_stay_when_a_bundle_lacks_its_oldest_release(source: Source, name: str) -> None:
    source.is_bundle = True
    before = items(source, name), atom(source, name).findtext(f"{ATOM}id")
    del source.line[source.releases[0]]
    assert atom(source, name).findtext(f"{ATOM}id") == before[1]
    ids = [item["id"] for item in items(source, name)]
    assert ids
    assert {*ids} <= {item["id"] for item in before[0]}


@pytest.mark.parametrize("name", ["releases", "moves"])
def test_ids_stay_when_the_site_moves_and_the_line_goes_on(source: Source, name: str) -> None:
    before = [item["id"] for item in items(source, name)]
    source.url = None
    source.move(3, source.freeze(3, "a/two"))
    source.marks[source.releases[1]] = Withdrawal(
        source.line[source.releases[1]].ref, "bad", datetime(2026, 7, 9, tzinfo=UTC)
    )
    assert [item["id"] for item in items(source, name)][1:] == before


def test_json_feed_has_no_address_where_the_site_has_none(source: Source) -> None:
    source.url = None
    assert b"url" not in bytes_of(source, "feeds/releases.json").replace(b"urn:uuid", b"")
    source.url = URL
    assert items(source, "releases")[0]["url"] == f"{URL}releases/alr_2026_06_09_002/"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_stays_text(text: str) -> None:
    source = Source()
    made = source.freeze(1, "a/one", note=text.replace("\ud800", ""))
    source.move(1, made, reason=text.replace("\ud800", ""))
    for name in ("releases", "moves"):
        feed = atom(source, name)
        tags = {element.tag.removeprefix(ATOM) for element in feed.iter()}
        assert tags <= {
            *("feed", "entry", "id", "title", "updated", "published"),
            *("author", "name", "link", "content"),
        }
        whole = "".join(feed.itertext())
        assert all(char.isprintable() or char == "\n" for char in whole)
        (item,) = items(source, name)
        assert item["content_text"] in whole


def test_withdrawn_release_is_news(source: Source) -> None:
    newest = source.line[source.releases[-1]]
    later = datetime(2026, 8, 1, tzinfo=UTC)
    source.marks[newest.release.id] = Withdrawal(newest.ref, "wrong price", later)
    entry = items(source, "releases")[0]
    assert entry["title"] == "alr_2026_06_09_002 was withdrawn"
    assert entry["content_text"].startswith("Withdrawn: wrong price\n")
    assert (entry["date_published"], entry["date_modified"]) == (
        "2026-06-09T09:00:00Z",
        "2026-08-01T00:00:00Z",
    )


def test_only_the_newest_are_in_a_feed() -> None:
    source = Source()
    made = source.freeze(1, "a/one")
    for number in range(2, MOST_ENTRIES + 20):
        source.line[ReleaseId(f"alr_2026_06_10_{number:03}")] = made
        source.move(number, made)
    for name in ("releases", "moves"):
        assert len(items(source, name)) == MOST_ENTRIES
    assert items(source, "moves")[0]["content_text"].startswith(f"promote {MOST_ENTRIES + 19}: ")


def test_empty_workspace_has_empty_feeds() -> None:
    for name in ("releases", "moves"):
        assert items(Source(), name) == []
        assert atom(Source(), name).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_no_feed_names_who_moved_a_pointer(source: Source) -> None:
    for form in ("atom", "json"):
        assert b"alert(1)" not in bytes_of(source, f"feeds/moves.{form}")
    assert b"In commit " in bytes_of(source, "feeds/moves.atom")
