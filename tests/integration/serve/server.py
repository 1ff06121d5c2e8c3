"""A real `zumik serve` as a process of its own, started and stopped by a test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.core.builders import alias, but, frozen, limited
from tests.core.bundles import BEST, MODELS, NOON, ONE, TWO, bundled, pointed

from zumik.core.basics.names import AliasName
from zumik.core.live.bundle import Bundle, bundle_to_bytes

ROOT = Path(__file__).parents[3]
DEADLINE = 30.0

KEY = "a-key-that-nobody-would-guess-4711"
WRONG = "another-key-that-nobody-knows-0815"

SECRET = limited("hush/quiet", 500, 500, 250, revision="quiet-1", capabilities=["tools"])
CONFIDENTIAL = frozen(
    alias(
        "listed",
        candidates=["bolt/big", "acme/small", "hush/*"],
        require={"limits": {"context_tokens": 600}},
    ),
    alias("listed", name=BEST, candidates=["hush/quiet", "acme/small"]),
    models=[*MODELS, but(SECRET, confidential=True)],
)
"""`code.fast` ranks what everybody may see; `reasoning.best` does not."""


def write_bundle(place: Path, bundle: Bundle) -> None:
    """Put a bundle where another was, in one step."""
    write_bytes(place, bundle_to_bytes(bundle))


def write_bytes(place: Path, data: bytes) -> None:
    new = place.with_suffix(".new")
    new.write_bytes(data)
    new.replace(place)


def both_at(source: Any, generation: int = 1, **more: Any) -> Bundle:
    """Both aliases at one release."""
    return bundled(
        pointed(source, generation=generation),
        pointed(source, BEST, generation=generation),
        **more,
    )


def confidential_bundle() -> Bundle:
    return bundled(pointed(CONFIDENTIAL), pointed(CONFIDENTIAL, BEST), releases=(CONFIDENTIAL,))


@dataclass
class Server:
    """One that runs, and where to ask it."""

    process: subprocess.Popen[bytes]
    url: str
    logs: Path

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=DEADLINE, **more)

    def post(self, path: str, json: object, **more: Any) -> httpx.Response:
        return httpx.post(self.url + path, json=json, timeout=DEADLINE, **more)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def told(self) -> str:
        """All that it ever wrote."""
        return "".join((self.logs / name).read_text() for name in ("stdout", "stderr"))

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)


def until(found: Callable[[], Any]) -> Any:
    """What is there at last; the test fails where it never is."""
    last = time.monotonic() + DEADLINE
    while time.monotonic() < last:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it never came")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "zumik", "serve", *arguments]


@contextmanager
def serving(
    logs: Path,
    *arguments: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    descriptors: int | None = None,
) -> Iterator[Server]:
    """A server with these arguments at a free port; killed whatever happens."""
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / "stdout").open("wb") as out, (logs / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [*_limited(descriptors), *command("--port", "0", *arguments)],
            cwd=cwd or logs,
            stdout=out,
            stderr=err,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **(env or {})},
        )
    try:

        def url() -> str | None:
            text = (logs / "stderr").read_text()
            assert process.poll() is None, text
            _, found, rest = text.partition("zumik serve: http://")
            return "http://" + rest.split(",")[0] if found and "\n" in rest else None

        server = Server(process, until(url), logs)
        until(lambda: _alive(server))
        yield server
    finally:
        process.kill()
        process.wait()


def _limited(descriptors: int | None) -> list[str]:
    """The words before a command that give it a limit of open files."""
    if descriptors is None:
        return []
    return ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"]


def _alive(server: Server) -> bool:
    try:
        return server.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


__all__ = ["NOON", "ONE", "TWO", "AliasName", "Server", "serving", "until"]
