"""The pages that a server shows: those of the live state, to whom it answers, with its headers."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")
pytest.importorskip("jinja2", reason="needs the extra pages")

from starlette.testclient import TestClient
from tests.cli.conversation import Desk
from tests.core.builders import verified
from tests.core.bundles import BEST, NOON, SECOND, bundled, pointed, release
from tests.integration.serve.server import KEY, ONE, TWO, Server, both_at, until, write_bundle

from zumik.actions.live.landed_pointers import LandedPointers
from zumik.actions.session import Session
from zumik.actions.site.pages_source import PagesSource
from zumik.pages.html import CONTENT_POLICY
from zumik.pages.site import Site
from zumik.resolver import Resolver
from zumik.serve import page_routes
from zumik.serve.asgi import Authentication
from zumik.serve.live_pages import LivePages
from zumik.serve.routes import new_application
from zumik.serve.state import ServeState
from zumik.serve.view_source import ViewSource

ALIAS = "/aliases/code.fast/"


def basic(key: str, user: str = "ada") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()}


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    """A server of a workspace in this process."""
    state = ServeState(
        Resolver.from_workspace(desk.releases),
        root=desk.releases,
        histories=lambda: LandedPointers(Session(desk.releases)),
    )
    with TestClient(new_application(state, Authentication())) as found:
        yield found


def test_every_page_of_the_site_is_served(desk: Desk, client: TestClient) -> None:
    site = Site(PagesSource(Session(desk.releases)))
    for address in site.addresses():
        answer, built = client.get(f"/{address}"), site.rendered(address)
        assert (answer.status_code == 200) == (built is not None), (address, answer.text)
        if built is not None and not address.startswith("data/"):
            kind = answer.headers["content-type"]
            assert kind.startswith("text/html") == (built[:9] == b"<!doctype"), address


@pytest.mark.parametrize("address", ["feeds/releases.atom", "badges/review.listed.svg"])
def test_served_page_is_the_page_that_is_built(
    desk: Desk, client: TestClient, address: str
) -> None:
    built = Site(PagesSource(Session(desk.releases))).rendered(address)
    assert client.get(f"/{address}").content == built


def test_page_has_the_headers_of_a_page(example: Server) -> None:
    answer = example.get(ALIAS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers.get_list("content-security-policy") == [
        f"{CONTENT_POLICY}; frame-ancestors 'none'"
    ]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"


def test_page_that_a_browser_has_is_not_sent_again(example: Server) -> None:
    etag = example.get(ALIAS).headers["etag"]
    again = example.get(ALIAS, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


def test_badge_may_stand_in_a_page_of_another_site(example: Server) -> None:
    badge = example.get("/badges/code.fast.svg")
    assert badge.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert example.get(ALIAS).headers["cross-origin-resource-policy"] == "same-origin"


def test_address_without_its_slash_leads_to_the_page(example: Server) -> None:
    for path in (ALIAS, "/models/anthropic/claude-opus-5-5:xhigh/"):
        moved = example.get(path.rstrip("/"))
        last = path.rstrip("/").rpartition("/")[2].replace(":", "%3A")
        assert (moved.status_code, moved.headers["location"]) == (308, f"./{last}/")
        assert example.get(path.rstrip("/"), follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/aliases/no.such/",
        "/aliases/no.such",
        "/aliases/code.fast/alr_2020_01_01_001/",
        "/aliases/code.fast/alr_2026_13_99_000/",
        "/models/no/such/",
        "/models/../../etc/passwd/",
        "/models/%2e%2e/%2e%2e/etc/passwd/",
        "/releases/alr_2020_01_01_001/",
        "/data/releases/alr_2026_06_09_003." + "0" * 64 + ".json",
        "/badges/no.such.svg",
        "/browser/../pages.py",
        "/browser/no.js",
        "//aliases/",
        "/index.html",
    ],
)
def test_what_is_not_there_is_not_found(example: Server, path: str) -> None:
    answer = example.get(path)
    assert answer.status_code == 404
    if answer.headers["content-type"].startswith("application/json"):
        assert answer.json()["error"]["hint"]
    else:
        assert "No page is at this address." in answer.text


def test_a_person_with_a_wrong_link_gets_a_page_that_leads_on(example: Server) -> None:
    answer = example.get("/aliases/no.such/")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert '<a href="../../releases/">releases</a>' in answer.text
    assert "no.such" not in answer.text


def test_pages_change_no_answer_of_the_api(example: Server) -> None:
    assert example.get("/nothing").json()["error"]["code"] == "unknown_route"
    assert example.post("/nothing", {}).status_code == 404
    assert example.get("/v2/nothing").json()["error"]["code"] == "unknown_route"
    wrong = example.post("/", {})
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert "/" not in example.get("/openapi.json").json()["paths"]
    assert example.get("/docs").status_code == 404


def test_keys_are_needed_for_pages_too(start: Callable[..., Server], keys: Path) -> None:
    server = start("--api-keys", str(keys), cwd=Path(__file__).parents[3])
    for path in ("/", ALIAS, "/badges/code.fast.svg", "/style.css"):
        assert server.get(path).status_code == 401
        assert server.get(path, headers=basic("wrong" + KEY)).status_code == 401
        assert server.get(path, headers={"authorization": "Basic %%%"}).status_code == 401
        for headers in (basic(KEY), basic(KEY, ""), {"authorization": f"Bearer {KEY}"}):
            answer = server.get(path, headers=headers)
            assert answer.status_code == 200, path
            assert answer.headers["cache-control"] == "private, no-cache"
            assert answer.headers["vary"] == "authorization"


def test_browser_asks_its_user_for_the_key(start: Callable[..., Server], keys: Path) -> None:
    server = start("--api-keys", str(keys), cwd=Path(__file__).parents[3])
    asked = server.get("/", headers={"accept": "text/html,*/*;q=0.8"})
    assert asked.headers.get_list("www-authenticate") == [
        "Bearer",
        'Basic realm="zumik", charset="UTF-8"',
    ]
    assert server.get("/").headers.get_list("www-authenticate") == ["Bearer"]


def test_pages_follow_a_promotion(start: Callable[..., Server], tmp_path: Path) -> None:
    place = tmp_path / "live.json"
    write_bundle(place, both_at(ONE))
    server = start("--bundle", str(place))
    winners = [source.aliases["code.fast"].winner for source in (ONE, TWO)]  # type: ignore[index]
    assert winners[0] in server.get("/badges/code.fast.svg").text
    before = server.get("/").headers["etag"]
    write_bundle(place, both_at(TWO, 2))
    until(lambda: winners[1] in server.get("/badges/code.fast.svg").text)
    assert server.get("/").headers["etag"] != before


def test_bundle_that_lacks_a_parent_has_every_page_and_no_dead_link(tmp_path: Path) -> None:
    """A bundle holds what is live, so that a parent, or where an alias was retired, may be away."""
    later = verified(release(id=SECOND).release._replace(parent=ONE.ref))
    place = tmp_path / "live.json"
    retired = pointed(ONE, BEST, kind="retire")
    write_bundle(place, bundled(pointed(later), retired, releases=[later]))
    state = ServeState(Resolver.from_bundle(place))
    site = Site(ViewSource(state.view, None, {}, NOON))
    with TestClient(new_application(state, Authentication())) as client:
        for address in site.addresses():
            answer = client.get(f"/{address}")
            assert answer.status_code == 200, (address, answer.text)
            for link in re.findall(r'href="([^"#:?]+)', answer.text):
                way = urljoin(f"/{address}", link)
                assert client.get(way).status_code == 200, (address, link)
        said = "its parent alr_2026_06_09_001 is not on this site, so what changed is not shown"
        page = client.get(f"/releases/{SECOND}/").text
        assert said in page
        assert "the first of its line" not in page
        assert said in client.get("/feeds/releases.atom").text
        for text in (client.get("/releases/").text, client.get(ALIAS).text):
            assert "unknown" in text


def test_pages_follow_what_lands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are the same, and so is the view; only git has moved on."""
    desk.git("update-ref", "refs/remotes/origin/main", "HEAD~1")
    root = desk.releases
    monkeypatch.setattr("zumik.serve.live_pages._ASK_GIT_EVERY", 0.0)
    state = ServeState(Resolver.from_workspace(root), root=root)
    pages = LivePages(lambda: LandedPointers(Session(root), "origin/main"))

    def moves() -> bytes:
        found = pages.page(state.view, "feeds/moves.json", private=False)
        assert found is not None
        return found.body

    before = moves()
    assert moves() == before
    desk.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert moves() != before


def test_pages_follow_the_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from zumik.serve import live_pages

    state = ServeState(Resolver.from_workspace(desk.releases), root=desk.releases)
    pages, now = LivePages(None), live_pages.now()
    pages.page(state.view, "", private=False)
    first = pages._site
    pages.page(state.view, "", private=False)
    assert pages._site is first
    monkeypatch.setattr(live_pages, "now", lambda: now.replace(year=now.year + 1))
    pages.page(state.view, "", private=False)
    assert pages._site is not first
    assert now.date() > date(2026, 1, 1)


def test_what_is_kept_of_pages_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zumik.serve.live_pages._MOST_BYTES", 5_000)
    state = ServeState(Resolver.from_workspace(desk.releases), root=desk.releases)
    pages = LivePages(None)
    for _ in range(3):
        for address in ("", "style.css", "browser/json.js", "feeds/releases.json"):
            assert pages.page(state.view, address, private=False) is not None
    assert pages._size == sum(len(kept.body) for kept in pages._kept.values()) <= 5_000


def test_server_without_the_extra_says_how_to_get_pages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_routes, "has_pages", lambda: False)
    state = ServeState(Resolver.from_workspace(desk.releases), root=desk.releases)
    with TestClient(new_application(state, Authentication())) as client:
        answer = client.get("/")
        assert answer.status_code == 404
        assert "pip install 'zumik[pages]'" in answer.json()["error"]["hint"]
        assert client.get("/aliases/").json()["error"]["code"] == "unknown_route"
