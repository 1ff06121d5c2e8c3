"""Connections: bounded in number, in the size of the request line and headers, and in time.

uvicorn leaves these bounds to a reverse proxy. A server on loopback has none.
"""

from __future__ import annotations

import asyncio
import math
import sys
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zumik.serve.answers import Refusal

MAX_CONNECTIONS = 1024
BACKLOG = 128
"""How many connections the system accepts before the server sees the first of them."""

_OWN_DESCRIPTORS = 64
"""Files, sockets and pipes of the process itself."""

MAX_HEAD = 16 * 1024
HEAD_SECONDS = 10.0
REQUEST_SECONDS = 30.0
IDLE_SECONDS = 30.0

BODY_IS_THERE = "zumik.body_is_there"
"""The key in the scope that says that all of a request was read from the connection."""

_MOST_HELD = 64 * 1024
"""Bytes of an answer that are held back for the rest of it."""

_REASONS = {400: b"Bad Request", 431: b"Request Header Fields Too Large", 503: b"Busy"}


def most_connections(descriptors: int) -> int:
    """How many connections fit into a limit of open files.

    The loop accepts a backlog at once, and closes a connection only after the next one: both need
    room, or accepting fails and the probes with it.
    """
    return max(8, min(MAX_CONNECTIONS, descriptors - _OWN_DESCRIPTORS - 2 * BACKLOG))


def descriptor_limit() -> int:
    """The limit of open files of this process; that of Windows is far away."""
    if sys.platform == "win32":
        return 2**16
    import resource

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 2**16 if soft == resource.RLIM_INFINITY else soft


class _OneWrite:
    """A transport that sends the head of an answer together with its body.

    uvicorn writes the two one after the other, uvloop sends each write at once, and sending is the
    dearest part of a short answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send when the loop goes on, or now where it is much."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size > _MOST_HELD:
            self._send()

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.write(b"".join(self._held))
        self._held.clear()
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's own."""
        return getattr(self._transport, name)


class _Refused(Exception):
    """Stops the parser. The connection holds the refusal."""


class BoundedHttp(HttpToolsProtocol):
    """One connection, with a deadline for its next event."""

    most = MAX_CONNECTIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline = math.inf
        self._in_head = True
        self._head = 0
        self._refusal = Refusal(400, "bad_http", "this is not valid HTTP")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a connection; where there are too many, in the place of one that waits.

        Connections that only wait, half open or idle, would otherwise keep a probe out. The one
        that would be cut first makes room; where each has a request, the new one is refused.
        """
        super().connection_made(_OneWrite(transport, self.loop))  # type: ignore[arg-type]
        self.deadline = self.loop.time() + HEAD_SECONDS
        if len(self.connections) > self.most and not self._make_room():
            self._refusal = Refusal(503, "busy", "too many connections")
            self.send_400_response("")

    def _make_room(self) -> bool:
        waiting = [
            other
            for other in self.connections
            if isinstance(other, BoundedHttp) and other is not self and other.is_waiting
        ]
        if not waiting:
            return False
        victim = min(waiting, key=lambda other: other.deadline)
        # It counts until the loop has closed it, and must not be chosen twice.
        self.connections.discard(victim)
        victim.transport.abort()
        return True

    @property
    def is_waiting(self) -> bool:
        """Whether it has no request: its head is incomplete, or its last answer is sent."""
        return self._in_head or (self.cycle is not None and self.cycle.response_complete)

    def data_received(self, data: bytes) -> None:
        """Read on. The request line and headers may come in pieces, up to MAX_HEAD bytes."""
        if self.transport.is_closing():
            return
        self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > MAX_HEAD and not self.transport.is_closing():
            self._refusal = _head_too_large()
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head, self._head = True, 0
        if self.cycle is None or self.cycle.response_complete:
            self.deadline = self.loop.time() + HEAD_SECONDS

    def on_headers_complete(self) -> None:
        """The request line and the headers are complete."""
        self._in_head = False
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MAX_HEAD:
            self._refusal = _head_too_large()
            raise _Refused
        self.deadline = self.loop.time() + REQUEST_SECONDS
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is complete too."""
        self.scope[BODY_IS_THERE] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is written. A client that does not read it is not waited for."""
        super().on_response_complete()
        self.deadline = self.loop.time() + IDLE_SECONDS + 1

    def send_400_response(self, msg: str) -> None:
        """Refuse before there is a request, and close."""
        answer = self._refusal.answer("/")
        lines = [b"HTTP/1.1 %d %s" % (answer.status, _REASONS[answer.status])]
        lines += [b"%s: %s" % pair for pair in answer.headers]
        lines += [b"content-length: %d" % len(answer.body), b"connection: close", b"", b""]
        self.transport.write(b"\r\n".join(lines) + answer.body)
        self.transport.close()

    def close_if_late(self, now: float) -> None:
        """Cut the connection where its deadline has passed."""
        if now > self.deadline and self.transport is not None:
            self.transport.abort()


def _head_too_large() -> Refusal:
    return Refusal(
        431, "head_too_large", f"the request line and headers have more than {MAX_HEAD:,} bytes"
    )
