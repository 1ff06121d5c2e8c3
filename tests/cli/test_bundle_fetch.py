"""`zumik bundle --fetch`: the newest bundle of a web server, verified, or the file of before."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Turn
from tests.schemas.test_output_schemas import check

from zumik import resolver
from zumik.actions.gateways import fetch_bundle

DeskAfter = Callable[[str], Desk]


class Web(ThreadingHTTPServer):
    """A server on loopback that answers as it is set to, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.etags = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/live.json"


class _Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        web = self.server
        web.asked.append({name.lower(): text for name, text in self.headers.items()})
        data = web.files.get(self.path.partition("?")[0], b"")
        etag = f'"{hash(data)}"'
        if web.status == 200 and web.etags and self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(web.status)
        for name, text in web.headers.items():
            self.send_header(name, text)
        if web.etags:
            self.send_header("ETag", etag)
        if "Content-Length" not in web.headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def desk(desk_after: DeskAfter, web: Web) -> Desk:
    """A bundle before and after a rollback; the server has the first."""
    desk = desk_after("february")
    assert desk.zumik("bundle", "--ref", "HEAD", "-o", "../old.json").exit_code == 0
    assert desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42").exit_code == 0
    assert desk.zumik("bundle", "--ref", "HEAD", "-o", "../new.json").exit_code == 0
    (desk.root / "gateway").mkdir()
    desk.below = "../gateway"
    web.files["/live.json"] = old(desk)
    return desk


def old(desk: Desk) -> bytes:
    return (desk.root / "old.json").read_bytes()


def new(desk: Desk) -> bytes:
    return (desk.root / "new.json").read_bytes()


def live(desk: Desk) -> bytes | None:
    path = desk.root / "gateway" / "live.json"
    return path.read_bytes() if path.exists() else None


def fetch(desk: Desk, url: str, *more: str, **env: str) -> Turn:
    return desk.zumik("bundle", "--fetch", url, "-o", "live.json", *more, **env)


def test_it_needs_no_workspace_and_replaces_the_file_only_by_a_newer_one(
    desk: Desk, web: Web
) -> None:
    first = fetch(desk, web.url)
    assert (first.exit_code, live(desk)) == (0, old(desk)), first
    assert first.out.startswith("live.json: 3 live aliases, 2 releases, ")
    again = fetch(desk, web.url)
    assert again.out == "live.json: not changed, made 2026-02-10T10:00:00Z\n"
    assert "if-none-match" in web.asked[-1]
    web.files["/live.json"] = new(desk)
    newer = fetch(desk, web.url)
    assert (newer.exit_code, live(desk)) == (0, new(desk)), newer
    assert "code.fast  globex/swift  acme/small" in newer.out
    assert resolver.Resolver.from_bundle(desk.root / "gateway" / "live.json")
    web.files["/live.json"] = old(desk)
    older = fetch(desk, web.url)
    assert (older.exit_code, live(desk)) == (3, new(desk)), older
    assert "is older than live.json: code.fast has generation 2 in it, and had 3" in older.err
    assert "hint: the file stays; --allow-older takes it all the same" in older.err
    taken = fetch(desk, web.url, "--allow-older", "--format", "json")
    assert (taken.exit_code, live(desk)) == (0, old(desk)), taken
    check("fetched-bundle", json.loads(taken.out))
    assert sorted(path.name for path in (desk.root / "gateway").iterdir()) == [
        ".live.json.etag",
        "live.json",
    ]


def test_an_older_line_is_explained_from_the_bundle_of_all_releases(desk: Desk, web: Web) -> None:
    desk.below = "."
    names = ("code.fast", "auto.balanced", "review.listed")
    promoted = desk.zumik("alias", "promote", *names, "--latest", "--reason", "mended")
    assert promoted.exit_code == 0, promoted
    desk.zumik("bundle", "--ref", "HEAD", "-o", "../new.json")
    desk.zumik("bundle", "--ref", "HEAD", "--all-releases", "-o", "../all.json")
    web.files["/live.json"], web.files["/all.json"] = (
        new(desk),
        (desk.root / "all.json").read_bytes(),
    )
    line = desk.zumik("resolve", "code.fast@alr_2026_01_10_001", "--format", "json").out
    desk.below = "../gateway"
    web.etags = False
    fetch(desk, web.url)
    lacking = desk.zumik("explain", line, "--bundle", "live.json")
    assert lacking.exit_code == 4, lacking
    assert "alr_2026_01_10_001 is not in this bundle, which holds 1 release\n" in lacking.err
    hint = lacking.err.partition("hint: ")[2].strip()
    every = f"{web.url.removesuffix('live.json')}all.json"
    again = "and run this again with --bundle all.json"
    assert hint == f"zumik bundle --fetch {every} -o all.json; {again}"
    assert desk.zumik("replay", line, "--bundle", "live.json").err == f"hint: {hint}\n"
    done = desk.zumik(*hint.partition(";")[0].split()[1:])
    assert done.exit_code == 0, done
    for command in ("explain", "replay"):
        assert desk.zumik(command, line, "--bundle", "all.json").exit_code == 0


def test_an_etag_counts_only_for_the_bytes_and_the_address_that_it_came_with(
    desk: Desk, web: Web
) -> None:
    fetch(desk, web.url)
    fetch(desk, f"{web.url}?key=1")
    assert "if-none-match" not in web.asked[-1]
    (desk.root / "gateway" / "live.json").write_bytes(new(desk))
    assert fetch(desk, web.url).exit_code == 3
    assert "if-none-match" not in web.asked[-1]
    (desk.root / "gateway" / "live.json").write_bytes(b"{")
    turn = fetch(desk, web.url)
    assert (turn.exit_code, live(desk)) == (0, old(desk))
    assert "warning: replaced a file that could not be compared with: not a bundle" in turn.err
    (desk.root / "gateway" / ".live.json.etag").write_text('{"etag": "a\\nb", "of": 1}')
    assert fetch(desk, web.url).exit_code == 0
    web.etags = False
    assert "not changed" in fetch(desk, web.url).out


def _whole(desk: Desk, web: Web) -> None:
    web.files["/live.json"] = new(desk)[:-100]


def _changed(desk: Desk, web: Web) -> None:
    web.files["/live.json"] = new(desk).replace(b"acme/small", b"acme/smoll")


def _page(desk: Desk, web: Web) -> None:
    web.files["/live.json"] = b"<html>log in</html>"


def _cut(desk: Desk, web: Web) -> None:
    web.headers["Content-Length"] = str(len(new(desk)) + 10)
    web.files["/live.json"] = new(desk)


def _absent(desk: Desk, web: Web) -> None:
    web.status = 404


def _closed(desk: Desk, web: Web) -> None:
    web.status = 401


def _broken(desk: Desk, web: Web) -> None:
    web.status = 503


def _to_file(desk: Desk, web: Web) -> None:
    web.status = 302
    web.headers["Location"] = f"file://{desk.root}/new.json?s3cret"


def _to_ftp(desk: Desk, web: Web) -> None:
    web.status = 302
    web.headers["Location"] = "ftp://127.0.0.1/s3cret"


def _around(desk: Desk, web: Web) -> None:
    web.status = 302
    web.headers["Location"] = web.url


def _unasked_304(desk: Desk, web: Web) -> None:
    web.status = 304
    (desk.root / "gateway" / ".live.json.etag").unlink()


def _packed(desk: Desk, web: Web) -> None:
    web.etags, web.headers["Content-Encoding"] = False, "gzip"


@pytest.mark.parametrize(
    ("fault", "code", "why"),
    [
        (_whole, 4, "not a bundle"),
        (_changed, 5, "its digest does not match"),
        (_page, 4, "not a bundle"),
        (_cut, 4, "bytes"),
        (_absent, 4, "answers 404 Not Found"),
        (_closed, 4, "set ZUMIK_BUNDLE_AUTHORIZATION"),
        (_broken, 4, "answers 503 Service Unavailable"),
        (_to_file, 4, "redirects to"),
        (_to_ftp, 4, "redirects to"),
        (_around, 4, "redirects to"),
        (_unasked_304, 4, "redirects to"),
        (_packed, 4, "sends the file encoded"),
    ],
)
def test_what_is_not_a_bundle_leaves_the_file_as_it_is(
    desk: Desk, web: Web, fault: Callable[[Desk, Web], None], code: int, why: str
) -> None:
    fetch(desk, web.url)
    fault(desk, web)
    turn = fetch(desk, web.url)
    assert (turn.exit_code, why in turn.err, live(desk)) == (code, True, old(desk)), turn
    assert "s3cret" not in turn.err


def test_it_is_bounded_in_size(desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_bundle, "MAX_BUNDLE_BYTES", 1000)
    turn = fetch(desk, web.url)
    assert (turn.exit_code, "sends more than 1,000 bytes" in turn.err) == (4, True), turn
    assert not (desk.root / "gateway" / "live.json").exists()


_HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (_HEAD, b"a"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (_HEAD + b"\r\n", b" "),
        (_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (_HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
        (b"", b""),
    ],
    ids=["head", "interim answers", "body", "chunks", "trailers", "nothing"],
)
def test_a_server_that_never_ends_is_left_in_time(first: bytes, again: bytes, desk: Desk) -> None:
    """A little, again and again: each read is quick, and the answer is never whole."""
    over = threading.Event()

    def answer(listener: socket.socket) -> None:
        with listener.accept()[0] as link, suppress(OSError):
            link.sendall(first)
            while not over.wait(0.01):
                link.sendall(again)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/live.json"
        start = time.monotonic()
        turn = fetch(desk, url, "--timeout", "1s")
        over.set()
        thread.join()
    assert turn.exit_code == 4, turn
    assert "is too slow: its answer was not whole after 1 s" in turn.err
    assert time.monotonic() - start < 10
    assert not (desk.root / "gateway" / "live.json").exists()


def test_what_logs_in_is_sent_to_that_host_alone_and_shown_nowhere(desk: Desk, web: Web) -> None:
    secret = web.url.replace("//", "//ada:s3cret@")
    assert fetch(desk, secret).exit_code == 0
    assert web.asked[-1]["authorization"] == "Basic YWRhOnMzY3JldA=="
    turn = fetch(desk, web.url, ZUMIK_BUNDLE_AUTHORIZATION="Bearer s3cret")
    assert web.asked[-1]["authorization"] == "Bearer s3cret", turn
    web.status, web.headers["Location"] = 302, f"http://localhost:{web.server_port}/other"
    turn = fetch(desk, secret)
    assert "authorization" not in web.asked[-1]
    web.status = 500
    for each in (turn, fetch(desk, f"{secret}?s3cret"), fetch(desk, "ftp://a:s3cret@b/c")):
        assert each.exit_code in (2, 4)
        assert "s3cret" not in each.out + each.err, each
    kept = (desk.root / "gateway" / ".live.json.etag").read_text()
    assert "s3cret" not in kept


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--fetch", "file:///etc/passwd", "-o", "live.json"), "not an address of http or https"),
        (("--fetch", "live.json", "-o", "live.json"), "not an address of http or https"),
        (("--fetch", "http://", "-o", "live.json"), "not an address of http or https"),
        (("--fetch", "http://a:b/", "-o", "live.json"), "not an address of http or https"),
        (("--fetch", "http://a b/", "-o", "live.json"), "not an address of http or https"),
        (("--fetch", "http://a/", "-o", "-"), "--fetch replaces a file"),
        (("--fetch", "http://a/", "-o", "x", "--ref", "HEAD"), "as it was published"),
        (("--fetch", "http://a/", "-o", "x", "--timeout", "soon"), "--timeout takes a span"),
    ],
)
def test_it_is_asked_in_a_way_that_can_be_meant(
    desk: Desk, words: tuple[str, ...], why: str
) -> None:
    turn = desk.zumik("bundle", *words)
    assert (turn.exit_code, why in turn.err) == (2, True), turn


def test_without_a_server_the_file_stays(desk: Desk, web: Web) -> None:
    fetch(desk, web.url)
    turn = fetch(desk, "http://127.0.0.1:9/live.json")
    assert (turn.exit_code, live(desk)) == (4, old(desk))
    assert "cannot fetch http://127.0.0.1:9/live.json: " in turn.err
    assert "hint: the file that was fetched before stays in use" in turn.err


def test_a_link_is_not_followed(desk: Desk, web: Web) -> None:
    (desk.root / "gateway" / "live.json").symlink_to(Path("..") / "old.json")
    before = old(desk)
    assert fetch(desk, web.url).exit_code == 4
    assert old(desk) == before
