"""How the process begins and ends, and what it never says."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("httpx", reason="needs the extra integration")
pytest.importorskip("starlette", reason="needs the extra serve")

import httpx
from tests.integration.serve.server import (
    DEADLINE,
    KEY,
    ONE,
    WRONG,
    Server,
    both_at,
    command,
    until,
    write_bundle,
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "live.json", both_at(ONE))
    return tmp_path / "live.json"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_server_ends_on_a_signal(
    start: Callable[..., Server], place: Path, number: int, code: int
) -> None:
    server = start("--bundle", str(place))
    with httpx.Client() as idle:
        idle.get(f"{server.url}/v1/models")
        assert server.end(number) == code
    assert server.told().count("\n") == (2 if code else 1)
    with pytest.raises(httpx.ConnectError):
        server.get("/healthz")


def test_open_requests_are_answered_before_the_end(
    start: Callable[..., Server], place: Path
) -> None:
    server = start("--bundle", str(place))
    body = b'{"reference":"code.fast"}'
    head = b"POST /v2/resolve HTTP/1.1\r\nhost: localhost\r\n"
    head += b"expect: 100-continue\r\ncontent-length: %d"
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as link:
        link.sendall(head % len(body) + b"\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 100 ")
        server.process.send_signal(signal.SIGTERM)
        until(lambda: _refuses(server))
        link.sendall(body)
        assert link.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(DEADLINE) == 0


def _refuses(server: Server) -> bool:
    try:
        server.get("/healthz")
    except httpx.TransportError:
        return True
    return False


def test_a_taken_port_is_an_error(of_bundle: Server, place: Path) -> None:
    done = subprocess.run(
        command("--bundle", str(place), "--port", str(of_bundle.port)),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert done.returncode == 4
    assert "cannot listen on '127.0.0.1', port" in done.stderr
    assert "hint: --port 0 takes any free one" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--bundle", "none.json"], 4, "cannot read"),
        (["--bundle", "bad.json"], 4, "not a bundle"),
        (["--bundle", "live.json", "--max-age", "soon"], 2, "--max-age takes a span"),
        (["--bundle", "live.json", "--host", "no.such.host.invalid"], 4, "is not an address"),
        (["--bundle", "live.json", "--api-keys", "none"], 4, "cannot read"),
        (["--port", "99999"], 2, "99999"),
    ],
)
def test_a_failed_start_gives_the_reason(
    place: Path, arguments: list[str], code: int, words: str
) -> None:
    (place.parent / "bad.json").write_text("{}")
    done = subprocess.run(
        command(*arguments),
        cwd=place.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_output_holds_no_secret(start: Callable[..., Server], place: Path, keys: Path) -> None:
    server = start("--bundle", str(place), "--api-keys", str(keys))
    prompt = "what-somebody-wrote"
    for key in (KEY, WRONG):
        headers = {"authorization": f"Bearer {key}", "x-api-key": key}
        bodies = [{"reference": "code.fast", "prompt": prompt}, {"reference": prompt}, [prompt]]
        for path in ("/v2/resolve", "/v2/explain", "/v2/replay"):
            for body in bodies:
                server.post(path, body, headers=headers)
        server.get(f"/v1/models?api_key={key}", headers=headers)
        server.get(f"/v1/models/{prompt}", headers=headers)
    metrics = server.get("/metrics", headers={"authorization": f"Bearer {KEY}"}).text
    assert server.end() == 0
    for secret in (KEY, WRONG, prompt):
        assert secret not in server.told()
        assert secret not in metrics
