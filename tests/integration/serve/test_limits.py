"""What is too much, too slow or no HTTP ends in a 4xx or a cut, and never in a stuck server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
import uvicorn
from tests.integration.serve.server import DEADLINE, ONE, Server, both_at, write_bundle
from uvicorn.server import ServerState

from zumik.resolver import Resolver
from zumik.serve import asgi, connections, waiting_bodies
from zumik.serve.asgi import MAX_AT_ONCE, Application, Authentication
from zumik.serve.connections import MAX_CONNECTIONS, MAX_HEAD, BoundedHttp, most_connections
from zumik.serve.routes import new_application
from zumik.serve.state import ServeState
from zumik.serve.waiting_bodies import MAX_BODY, MOST

POST = b"POST /v2/resolve HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


def raw(server: Server, *parts: bytes, end: bool = False) -> bytes:
    """All that comes back to these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as link:
        try:
            for part in parts:
                link.sendall(part)
            if end:
                link.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # who is refused may be cut off while writing
        found = b""
        try:
            while chunk := link.recv(65536):
                found += chunk
        except OSError:
            pass
        return found


@pytest.mark.parametrize("path", ["/v2/resolve", "/v2/explain", "/v2/replay"])
def test_a_huge_body_is_refused(of_bundle: Server, path: str) -> None:
    answer = httpx.post(of_bundle.url + path, content=b" " * (MAX_BODY + 1), timeout=DEADLINE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert answer.headers["connection"] == "close"


def test_a_huge_body_without_a_length_is_refused(of_bundle: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 65536

    answer = httpx.post(f"{of_bundle.url}/v2/resolve", content=chunks(), timeout=DEADLINE)
    assert answer.status_code == 413


def test_a_body_of_the_largest_size_is_read(of_bundle: Server) -> None:
    body = b'{"reference": "code.fast"}'
    answer = httpx.post(
        f"{of_bundle.url}/v2/resolve", content=body.ljust(MAX_BODY), timeout=DEADLINE
    )
    assert answer.status_code == 200


def test_expect_100_continue_for_a_huge_body_is_refused(of_bundle: Server) -> None:
    head = POST + b"expect: 100-continue\r\ncontent-length: 99999999\r\n\r\n"
    found = raw(of_bundle, head)
    assert found.startswith(b"HTTP/1.1 413")
    assert b"100 Continue" not in found


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: " + b"y" * MAX_HEAD + b"\r\n\r\n"],
        [b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n", *[b"x: " + b"y" * 4000 + b"\r\n"] * 40],
        [b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: ", *[b"y" * 65536] * 8],
        [b"GET /" + b"y" * (MAX_HEAD + 1) + b" HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    ],
    ids=["one", "many", "endless", "path"],
)
def test_a_huge_head_is_refused(of_bundle: Server, parts: list[bytes]) -> None:
    found = raw(of_bundle, *parts)
    # Who still writes when the connection is closed may lose the answer, and is cut off too.
    assert found == b"" or found.startswith(b"HTTP/1.1 431")
    if len(parts) == 1:
        assert b"head_too_large" in found


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /v1/models HTTP/9.9\r\n\r\n",
        b"GET \xff\xfe HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        POST + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    ],
)
def test_bytes_that_are_not_http_are_refused(of_bundle: Server, data: bytes) -> None:
    found = raw(of_bundle, data, end=True)
    assert found.startswith(b"HTTP/1.1 400"), found
    assert b"Traceback" not in found
    assert of_bundle.get("/healthz").status_code == 200


def test_a_cut_body_leaves_nothing_behind(of_bundle: Server) -> None:
    raw(of_bundle, POST + b"content-length: 100\r\n\r\n{", end=True)
    assert of_bundle.get("/healthz").status_code == 200


def test_a_websocket_upgrade_is_ignored(of_bundle: Server) -> None:
    head = b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\n"
    head += b"upgrade: websocket\r\nconnection: upgrade\r\n"
    key = b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    found = raw(of_bundle, head + key, end=True)
    assert b" 101 " not in found


@pytest.mark.parametrize("sent", [b"", b"GET /v1/models HTTP/1.1\r\nhost: loc"])
def test_half_open_connections_keep_no_probe_out(
    start: Callable[..., Server], tmp_path: Path, sent: bytes
) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    write_bundle(tmp_path / "live.json", both_at(ONE))
    server = start("--bundle", str(tmp_path / "live.json"), descriptors=1024)
    try:
        with ExitStack() as stack:
            for count in range(1100):
                link = stack.enter_context(
                    socket.create_connection(("127.0.0.1", server.port), DEADLINE)
                )
                link.sendall(sent)
                if count % 100 == 0:
                    assert server.get("/healthz").status_code == 200
            for path in ("/healthz", "/readyz", "/metrics", "/v1/models"):
                assert server.get(path).status_code == 200, path
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Traceback" not in server.told()
    assert "Too many open files" not in server.told()


@pytest.mark.parametrize(
    ("descriptors", "most"),
    [(65536, MAX_CONNECTIONS), (1344, MAX_CONNECTIONS), (1024, 704), (256, 8), (64, 8)],
)
def test_connections_are_bounded_by_the_limit_of_open_files(descriptors: int, most: int) -> None:
    assert most_connections(descriptors) == most


def test_where_each_connection_has_a_request_a_new_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[bytes] = []

    class Link:
        def write(self, data: bytes) -> None:
            sent.append(data)

        def get_extra_info(self, name: str) -> None:
            return None

        def is_closing(self) -> bool:
            return False

        def close(self) -> None:
            sent.append(b"closed")

        def abort(self) -> None:
            sent.append(b"aborted")

        def set_write_buffer_limits(self, **_: int) -> None: ...

    async def connect() -> None:
        config = uvicorn.Config(lambda *_: None, http=BoundedHttp, log_config=None)
        config.load()
        state = ServerState()
        monkeypatch.setattr(BoundedHttp, "most", 1)
        first = BoundedHttp(config=config, server_state=state, app_state={})
        first.connection_made(Link())  # type: ignore[arg-type]
        first._in_head = False
        second = BoundedHttp(config=config, server_state=state, app_state={})
        second.connection_made(Link())  # type: ignore[arg-type]
        assert sent[0].startswith(b"HTTP/1.1 503")
        assert sent[1:] == [b"closed"]
        state.connections.discard(second)
        first._in_head = True
        third = BoundedHttp(config=config, server_state=state, app_state={})
        third.connection_made(Link())  # type: ignore[arg-type]
        assert sent[2:] == [b"aborted"]
        assert state.connections == {third}

    asyncio.run(connect())


HOSTS = {
    "localhost": 200,
    "LOCALHOST:8642": 200,
    "app.localhost": 200,
    "localhost.:1": 200,
    "127.0.0.1": 200,
    "127.1.2.3:80": 200,
    "[::1]:8642": 200,
    "::1": 200,
    "gateway.internal:1": 200,
    "evil.example": 421,
    "evil.example:8642": 421,
    "localhost.evil.example": 421,
    "127.0.0.1.evil.example": 421,
    "notlocalhost": 421,
    "0.0.0.0": 421,
    "192.168.0.1": 421,
    "": 421,
}


@pytest.fixture(scope="module")
def rebound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    from tests.integration.serve.server import serving

    place = tmp_path_factory.mktemp("rebound")
    write_bundle(place / "live.json", both_at(ONE))
    words = ("--bundle", "live.json", "--allow-host", "Gateway.internal")
    with serving(place, *words) as running:
        yield running


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/v1/models", "/v2/alias-releases", "/healthz", "/nothing"])
def test_on_loopback_another_host_is_refused(rebound: Server, host: str, path: str) -> None:
    """The page of another site can point its own name to 127.0.0.1."""
    answer = rebound.get(path, headers={"host": host})
    expected = HOSTS[host] if HOSTS[host] == 421 or path != "/nothing" else 404
    assert answer.status_code == expected, answer.text
    if expected == 421:
        assert answer.json()["error"]["code"] == "wrong_host"


def test_for_other_machines_any_host_is_answered(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    words = ("--bundle", str(tmp_path / "live.json"), "--host", "0.0.0.0", "--no-auth")
    server = start(*words)
    assert server.get("/v1/models", headers={"host": "zumik.example"}).status_code == 200


# What takes time to happen is asked of the application and the connection themselves.


@pytest.fixture
def application(tmp_path: Any) -> Application:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    return new_application(
        ServeState(Resolver.from_bundle(tmp_path / "live.json")), Authentication()
    )


async def asked(
    app: Application, path: str, receive: Any, method: str = "POST"
) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
    }
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_a_slow_body_times_out(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_bodies, "BODY_SECONDS", 0.01)

    async def never() -> Any:
        await asyncio.Event().wait()

    status, body = asyncio.run(asked(application, "/v2/resolve", never))
    assert status == 408
    assert b"slow_body" in body


def test_too_many_requests_get_retry_after(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(application, "_running", MAX_AT_ONCE)
    status, body = asyncio.run(asked(application, "/v1/models", never, "GET"))
    assert status == 503
    assert b'"code":"busy"' in body
    assert asyncio.run(asked(application, "/healthz", never, "GET"))[0] == 200


def test_bodies_that_never_come_keep_no_quick_caller_out(application: Application) -> None:
    """The one that has waited longest makes room for one more."""

    async def run() -> tuple[int, list[int]]:
        going = asyncio.Event()

        async def held() -> Any:
            await going.wait()
            return {"type": "http.request", "body": b'{"reference":"code.fast"}'}

        waiting = []
        for _ in range(MOST + 2):
            waiting.append(asyncio.create_task(asked(application, "/v2/resolve", held)))
            await asyncio.sleep(0)
        quick, _ = await asked(application, "/v1/models", held, "GET")
        await asyncio.wait(waiting[:2], timeout=DEADLINE)
        going.set()
        return quick, [status for status, _ in await asyncio.gather(*waiting)]

    quick, answers = asyncio.run(run())
    assert quick == 200
    assert answers == [408, 408, *[200] * MOST]


def test_slow_bodies_keep_no_caller_out(of_bundle: Server) -> None:
    head = b"POST /v2/resolve HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(MAX_AT_ONCE + 50):
            link = stack.enter_context(
                socket.create_connection(("127.0.0.1", of_bundle.port), DEADLINE)
            )
            link.sendall(head)
        assert of_bundle.get("/v1/models").status_code == 200
        answer = of_bundle.post("/v2/resolve", {"reference": "code.fast"})
        assert answer.status_code == 200, answer.text


def test_a_bug_is_reported_only_in_the_log(
    application: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(asgi.openai_models, "models", broken)
    monkeypatch.setattr("zumik.serve.model_routes.facts", broken)

    async def nothing() -> Any:
        return {"type": "http.request", "body": b""}

    for path in ("/v1/models", "/v2/models/acme/small"):
        status, body = asyncio.run(asked(application, path, nothing, "GET"))
        assert status == 500
        assert b'"code":"bug"' in body
        assert b"inside" not in body
        assert "RuntimeError: inside" in caplog.text
        caplog.clear()


class Link(asyncio.Transport):
    """A transport that remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.gone = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.gone = True

    abort = close

    def is_closing(self) -> bool:
        return self.gone


def connected(link: Link) -> BoundedHttp:
    """A connection to an application that never answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    config = uvicorn.Config(app, http=BoundedHttp, ws="none", log_config=None)
    connection = BoundedHttp(config, ServerState(), {})
    connection.connection_made(link)
    return connection


def test_an_endless_head_is_not_kept_in_memory() -> None:
    async def run() -> None:
        link = Link()
        connection = connected(link)
        connection.data_received(b"GET / HTTP/1.1\r\nx: ")
        for _ in range(MAX_HEAD // 1024 + 1):
            assert not link.gone
            connection.data_received(b"y" * 1024)
        assert link.gone
        assert link.written.startswith(b"HTTP/1.1 431 ")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (b"", connections.HEAD_SECONDS),
        (b"GET /v1/models HTTP/1.1\r\nhost:", connections.HEAD_SECONDS),
        (POST + b"content-length: 9\r\n\r\n{", connections.REQUEST_SECONDS),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_an_idle_connection_is_closed(data: bytes, seconds: float) -> None:
    async def run() -> None:
        link = Link()
        connection = connected(link)
        begun = asyncio.get_running_loop().time()
        if data:
            connection.data_received(data)
        connection.close_if_late(begun + seconds - 1)
        assert not link.gone
        connection.close_if_late(begun + seconds + 1)
        assert link.gone
        for task in connection.tasks:
            task.cancel()

    asyncio.run(run())
