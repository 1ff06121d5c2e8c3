"""Reading the body of a request: bounded in size, in time, and in how many are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from zumik.serve.answers import Refusal

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

MAX_BODY = 1024 * 1024
"""Bytes. A replay of 1,000 log lines needs about half of it."""
BODY_SECONDS = 10.0
MOST = 256
"""Bodies that are waited for at a time."""


class WaitingBodies:
    """The requests whose bodies are still to come, at most `MOST` of them.

    One more takes the place of the one that has waited longest: callers who send nothing would
    otherwise keep those out who send their bodies at once.
    """

    def __init__(self) -> None:
        self._timers: dict[asyncio.Timeout, None] = {}

    async def read(self, receive: Receive, too_large: bool) -> bytes:
        """The body. Raises Refusal where it comes too slowly."""
        try:
            async with asyncio.timeout(BODY_SECONDS) as timer:
                self._timers[timer] = None
                if len(self._timers) > MOST:
                    longest = next(iter(self._timers))
                    del self._timers[longest]
                    if not longest.expired():
                        longest.reschedule(0)
                try:
                    return await _read(receive, too_large)
                finally:
                    self._timers.pop(timer, None)
        except TimeoutError:
            raise Refusal(
                408,
                "slow_body",
                f"the body came too slowly; at most {BODY_SECONDS:.0f} seconds are waited for it",
                hint="send it at once",
                headers=_CLOSE,
            ) from None


async def read_body(scope: Scope, receive: Receive, waiting: WaitingBodies | None = None) -> bytes:
    """The body, bounded in size and time; without `waiting` all of it is there. Raises Refusal."""
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"application/json").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Refusal(415, "not_json", "the body must be application/json", headers=_CLOSE)
    length = headers.get(b"content-length", b"")
    too_large = length.isdigit() and (len(length) > 18 or int(length) > MAX_BODY)
    if too_large and b"expect" in headers:
        raise _too_large()
    if waiting is None:
        return await _read(receive, too_large)  # A timer would cost more than all of the reading.
    return await waiting.read(receive, too_large)


_CLOSE = ((b"connection", b"close"),)

_MOST_DISCARDED = 16 * MAX_BODY
"""How much of a refused body is read: a client that still writes does not read the answer."""


async def _read(receive: Receive, too_large: bool) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "cut", "the body was cut off", headers=_CLOSE)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        too_large = too_large or size > MAX_BODY
        more = message.get("more_body", False)
        if too_large:
            chunks.clear()
            if not more or size > _MOST_DISCARDED:
                raise _too_large()
        else:
            chunks.append(chunk)
            if not more:
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large() -> Refusal:
    return Refusal(413, "too_large", f"the body has more than {MAX_BODY:,} bytes", headers=_CLOSE)
