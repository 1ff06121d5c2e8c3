"""A file from a web server, read up to a size and within a time, and only where it has changed.

Only http and https, also after a redirect, and never from https back to http. What logs in is in no
message, and goes to no other host than the one that was named.
"""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    HTTPSConnection,
    responses,
)
from typing import IO, Any, NamedTuple, Self
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import (
    BaseHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.secret_keys import masked
from zumik.errors import CannotRun, UsageError, ZumikError

_SILENCE = 10.0
"""Seconds without a byte after which a server is given up."""

_AT_ONCE = 256 * 1024

_SCHEMES = ("http", "https")


class Downloaded(NamedTuple):
    """The bytes of a file and its ETag. `data` is None where it has not changed."""

    data: bytes | None
    etag: str | None


class Address(NamedTuple):
    """An address without what logs in there, and that as the header Authorization."""

    url: str
    authorization: str | None


def address_from(text: str) -> Address:
    """Raises UsageError for an address of another kind than http and https."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in _SCHEMES or not parts.hostname or not text.isascii() or " " in text:
        # The text itself may hold a password, wherever a person put it.
        raise UsageError(
            "not an address of http or https", hint="as in https://example.org/live.json"
        )
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode()}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    return Address(urlunsplit(bare), authorization)


def download(
    address: Address, etag: str | None, *, max_bytes: int, longest: float, agent: str
) -> Downloaded:
    """What is at an address now; nothing where it still has the ETag.

    Raises CannotRun where it cannot be had whole: within `longest` seconds, up to `max_bytes`.
    """
    headers = {"User-Agent": agent, "Accept": "application/json, application/octet-stream"}
    if etag is not None:
        headers["If-None-Match"] = etag
    request = Request(address.url, headers=headers)  # noqa: S310 - http or https, as checked
    if address.authorization is not None:
        # Unredirected: a redirect to another host does not take it along.
        request.add_unredirected_header("Authorization", address.authorization)
    where = shown_address(address.url)
    with _Deadline(longest) as deadline:
        try:
            return _downloaded(deadline, request, where, etag, max_bytes)
        except ZumikError:
            if deadline.is_over:
                raise _too_slow(where, longest) from None
            raise


def _downloaded(
    deadline: _Deadline, request: Request, where: str, etag: str | None, max_bytes: int
) -> Downloaded:
    """What the server answers. Raises CannotRun."""
    try:
        with _opener(deadline).open(request, timeout=deadline.silence) as response:
            data = _body(response, where, max_bytes)
            if deadline.is_over:
                raise CannotRun(f"{where} was cut off")
            return Downloaded(data, _etag(response.headers))
    except HTTPError as error:
        with error:
            if error.code == 304 and etag is not None:
                return Downloaded(None, etag)
            if 300 <= error.code < 400:
                # The reason would quote the target, which may hold a key.
                raise CannotRun(f"{where} redirects to what is not fetched", hint=_NAME) from None
            raise CannotRun(
                f"{where} answers {error.code} {responses.get(error.code, '')}".rstrip(),
                hint=_HINTS.get(error.code, "the file that was fetched before stays in use"),
            ) from None
    except (URLError, HTTPException, OSError, ssl.SSLError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise CannotRun(
            f"cannot fetch {where}: {masked(neutral(str(why)))[:200] or type(error).__name__}",
            hint="the file that was fetched before stays in use; run it again later",
        ) from None


_NAME = "name the address itself that has the file"

_HINTS = {
    401: "set ZUMIK_BUNDLE_AUTHORIZATION, as in: Bearer TOKEN",
    403: "set ZUMIK_BUNDLE_AUTHORIZATION, as in: Bearer TOKEN; or ask who may read it",
    404: "see whether the job that publishes the bundle ran, and whether the file may be read",
}


def shown_address(url: str) -> str:
    """An address as a message shows it: what follows the `?` may be a key to the file."""
    parts = urlsplit(url)
    query = "…" if parts.query else ""
    bare = urlunsplit(parts._replace(query=query, netloc=parts.netloc.rpartition("@")[2]))
    return masked(neutral(bare))


def _body(response: HTTPResponse, where: str, max_bytes: int) -> bytes:
    """All bytes of the answer. Raises CannotRun where it is too long, or cut off."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise CannotRun(f"{where} sends the file encoded", hint="switch that off on the server")
    promised = response.headers.get("Content-Length", "")
    parts, size = [], 0
    while chunk := response.read1(_AT_ONCE):
        size += len(chunk)
        if size > max_bytes:
            raise CannotRun(f"{where} sends more than {max_bytes:,} bytes", hint="see what it is")
        parts.append(chunk)
    if promised.isdecimal() and int(promised) != size:
        raise CannotRun(
            f"{where} ended after {size:,} of {int(promised):,} bytes", hint="run it again"
        )
    return b"".join(parts)


def _too_slow(where: str, longest: float) -> CannotRun:
    return CannotRun(
        f"{where} is too slow: its answer was not whole after {longest:,.0f} s",
        hint="run it again; --timeout 5m waits longer",
    )


class _Deadline:
    """Cuts the connections of a download when its time is over.

    A time for each read is not enough: one byte at a time, of a head, of one redirect after
    another or of what follows the body, a server could hold a client for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.silence = min(_SILENCE, seconds)
        self._links: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for link in self._links:
            link.close()

    def connection(self, kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
        """What makes connections of a kind, which this can cut."""

        def made(*arguments: Any, **options: Any) -> HTTPConnection:
            connection = kind(*arguments, **options)
            connection._create_connection = self._connected  # type: ignore[attr-defined]
            return connection

        return made

    def _connected(self, *arguments: Any) -> socket.socket:
        link = socket.create_connection(*arguments)
        # TLS takes the socket over, and a copy of it still cuts the connection.
        self._links.append(link.dup())
        if self.is_over:
            self._cut()
        return link

    def _cut(self) -> None:
        self.is_over = True
        for link in [*self._links]:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)


def _etag(headers: HTTPMessage) -> str | None:
    """The ETag, where it is one that can be sent back."""
    found = headers.get("ETag")
    is_usable = found is not None and len(found) <= 256 and found.isascii() and found.isprintable()
    return found if is_usable else None


class _SafeRedirects(HTTPRedirectHandler):
    """Redirects, few of them, to http and https only, and none that gives encryption up."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        target, before = urlsplit(newurl), urlsplit(req.full_url)
        if target.scheme not in _SCHEMES or (before.scheme == "https" != target.scheme):
            scheme = target.scheme or "no scheme"
            raise CannotRun(
                f"{shown_address(req.full_url)} redirects to {shown(scheme)}, "
                f"and was asked by {before.scheme}",
                hint=_NAME,
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Web(HTTPHandler):
    """Opens http and https, by connections that have a deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self._deadline.connection(HTTPConnection), req)

    def https_open(self, req: Request) -> HTTPResponse:
        kind = self._deadline.connection(HTTPSConnection)
        return self.do_open(kind, req, context=ssl.create_default_context())

    https_request = HTTPHandler.http_request


def _opener(deadline: _Deadline) -> OpenerDirector:
    """One that opens http and https alone: urllib's own reads files and ftp as well."""
    opener = OpenerDirector()
    handlers: list[BaseHandler] = [
        *(ProxyHandler(), _Web(deadline)),
        *(_SafeRedirects(), HTTPDefaultErrorHandler(), HTTPErrorProcessor()),
    ]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def with_authorization(address: Address, environment: Mapping[str, str], name: str) -> Address:
    """The address with the header from the environment, where that has one. Raises UsageError."""
    found = environment.get(name, "").strip()
    if not found:
        return address
    if not found.isascii() or not found.isprintable():
        raise UsageError(f"{name} is no value of a header", hint="as in: Bearer TOKEN")
    return address._replace(authorization=found)
