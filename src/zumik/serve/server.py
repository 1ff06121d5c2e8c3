"""The process: a socket that is bound before the start is reported, and an end by signal."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
from types import FrameType

import uvicorn

from zumik.errors import CannotRun
from zumik.serve.asgi import App
from zumik.serve.connections import (
    BACKLOG,
    IDLE_SECONDS,
    BoundedHttp,
    descriptor_limit,
    most_connections,
)

_GRACE_SECONDS = 5


def bound(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CannotRun."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotRun(f"{host!a} is not an address: {error}", hint="--host 127.0.0.1") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotRun(
            f"cannot listen on {host!a}, port {port}: {reason}",
            hint="--port 0 takes any free one",
        ) from None
    return listening


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can connect, by the bound address and not by the host's name."""
    return ipaddress.ip_address(listening.getsockname()[0].split("%")[0]).is_loopback


def url_of(listening: socket.socket) -> str:
    """The URL at which the socket listens."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(app: App, listening: socket.socket) -> int:
    """Serve until a signal; 0 after SIGTERM, 130 after SIGINT."""
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    # uvicorn shuts down, and then raises the signal again for the handler before its own: ours.
    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    BoundedHttp.most = most_connections(descriptor_limit())
    server = uvicorn.Server(_config(app))

    async def sweep() -> None:
        now = asyncio.get_running_loop().time()
        for connection in list(server.server_state.connections):
            if isinstance(connection, BoundedHttp):
                connection.close_if_late(now)

    server.config.callback_notify = sweep
    try:
        server.run(sockets=[listening])
    except SystemExit:
        raise CannotRun("the server did not start") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listening.close()
    return 130 if signal.SIGINT in received else 0


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        backlog=BACKLOG,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=int(IDLE_SECONDS),
        timeout_notify=0,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
