"""What saves time in the server changes no answer: held writes, bodies and decisions kept."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

from tests.core.bundles import ONE, TWO, bundled, pointed
from tests.integration.serve.server import Server, serving, until, write_bundle

from zumik.serve import connections


class Sent:
    """A transport that notes what it is given."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        return name


def one_write(sent: Sent) -> Any:
    return connections._OneWrite(sent, asyncio.get_running_loop())  # type: ignore[arg-type]


def test_a_head_and_its_body_are_one_write() -> None:
    async def run() -> Sent:
        sent = Sent()
        transport = one_write(sent)
        transport.write(b"head")
        transport.write(b"body")
        assert sent.writes == []
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)
        assert transport.get_extra_info("peername") == "peername"
        return sent

    assert asyncio.run(run()).writes == [b"headbody", b"next"]


def test_what_is_held_is_sent_before_closing_and_never_after() -> None:
    async def run() -> Sent:
        sent = Sent()
        transport = one_write(sent)
        transport.write(b"last")
        transport.close()
        transport.write(b"too late")
        await asyncio.sleep(0)
        return sent

    assert asyncio.run(run()).writes == [b"last"]


def test_a_long_answer_is_not_held() -> None:
    async def run() -> Sent:
        sent = Sent()
        transport = one_write(sent)
        transport.write(b"x" * 50_000)
        transport.write(b"y" * 50_000)
        assert len(sent.writes) == 1
        await asyncio.sleep(0)
        return sent

    assert asyncio.run(run()).writes == [b"x" * 50_000 + b"y" * 50_000]


def ask(server: Server, *pieces: bytes) -> bytes:
    """All that comes back to a request that is sent in pieces."""
    with socket.create_connection(("127.0.0.1", server.port), 10) as link:
        for piece in pieces:
            link.sendall(piece)
            time.sleep(0.05)
        found = b""
        while data := link.recv(65536):
            found += data
        return found


@pytest.mark.parametrize("cut", [0, 10, 60, 115, 130])
def test_a_request_in_pieces_gets_the_same_answer(of_bundle: Server, cut: int) -> None:
    body = b'{"reference": "code.fast"}'
    head = b"POST /v2/resolve HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    whole = (
        head + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    )
    answer = ask(of_bundle, *(piece for piece in (whole[:cut], whole[cut:]) if piece))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"requested_model":"code.fast"' in answer


def test_pipelined_requests_are_answered_in_their_order(of_bundle: Server) -> None:
    paths = [b"/healthz", b"/v1/models", b"/v2/alias-releases", b"/healthz"]
    asked = b"".join(b"GET %s HTTP/1.1\r\nhost: localhost\r\n\r\n" % path for path in paths[:-1])
    asked += b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    answer = ask(of_bundle, asked)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert answer.index(b'"alive"') < answer.index(b'"owned_by"') < answer.index(b"alias_release")
    assert answer.endswith(b'{"status":"alive"}')


def test_a_kept_decision_has_the_time_and_the_release_of_its_request(tmp_path: Path) -> None:
    place = tmp_path / "live.json"
    write_bundle(place, bundled(pointed(ONE)))
    asked = {"reference": "code.fast"}
    with serving(tmp_path, "--bundle", str(place)) as server:
        first = server.post("/v2/resolve", asked).json()
        until(lambda: server.post("/v2/resolve", asked).json()["timestamp"] > first["timestamp"])
        write_bundle(place, bundled(pointed(TWO, generation=2)))
        new = until(
            lambda: (
                (found := server.post("/v2/resolve", asked).json())["alias_release"]
                != first["alias_release"]
                and found
            )
        )
        assert new["alias_release"] == TWO.ref.id
        assert TWO.ref.id in new["receipt"]
        with_needs = server.post("/v2/resolve", {**asked, "request": {"input_tokens": 1}}).json()
        assert with_needs["request"]["input_tokens"] == 1
        assert "input_tokens" not in server.post("/v2/resolve", asked).json()["request"]
