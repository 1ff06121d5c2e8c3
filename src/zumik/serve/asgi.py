"""The front: who asks, how much, how long; and the two routes that gateways call all day.

Plain ASGI, outermost: it takes one view for each request, and whatever goes wrong further in leaves
here in the one shape of an error. Neither keys nor bodies are logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from zumik.core.basics.display import neutral
from zumik.errors import ZumikError
from zumik.serve import openai_models, questions
from zumik.serve.answers import SECURITY, Answer, Headers, Refusal, refusal_of, told
from zumik.serve.api_keys import Keys
from zumik.serve.request_bodies import read_question
from zumik.serve.state import Served
from zumik.serve.view import View, now

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 1024 * 1024
BODY_SECONDS = 10.0
MAX_AT_ONCE = 256

CALL = "zumik.call"
"""Where in the scope a request's call is."""

_OPEN = frozenset({"/healthz", "/readyz"})
"""What a probe asks without a key, and is answered however busy it is."""
_UNCOUNTED = _OPEN | {"/metrics"}
_ASKED = frozenset({"/v2/explain", "/v2/replay"})

_log = logging.getLogger("zumik.serve")


class Gate(NamedTuple):
    """Who may ask: with no `keys` everybody; with `optional` ones everybody, who then sees less."""

    keys: Keys | None = None
    optional: bool = False


class Call(NamedTuple):
    """One request: the view that it was given, and whether its caller is known.

    `private` says that not everybody gets this answer.
    """

    view: View
    full: bool
    private: bool
    body: bytes = b""
    if_none_match: bytes | None = None


class Front:
    """The outermost application."""

    def __init__(self, served: Served, gate: Gate, inner: App) -> None:
        self.served = served
        self.gate = gate
        self.inner = inner
        self._busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        if method == "HEAD":
            # The server leaves the body out of what it was told is the answer to HEAD.
            scope = {**scope, "method": "GET"}
        status = 500
        self._busy += 1
        try:
            try:
                answer = await self._answered(scope, receive, path)
                if answer is None:
                    status = await self._inside(scope, receive, send)
                    return
            except Refusal as refusal:
                answer = refusal.answer(path)
            except ZumikError as error:
                answer = refusal_of(error).answer(path)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - the one funnel of bugs
                answer = broken(error, path)
            status = answer.status
            await self._send(answer, send)
        finally:
            self._busy -= 1
            self.served.meters.count(method, _route(scope, path), status)

    async def _answered(self, scope: Scope, receive: Receive, path: str) -> Answer | None:
        """The answer to what is asked most; None for what is left to the routes."""
        if self._busy > MAX_AT_ONCE and path not in _UNCOUNTED:
            raise Refusal(
                503,
                "busy",
                "too many requests at a time",
                hint="ask again in a moment",
                headers=((b"retry-after", b"1"),),
            )
        call = self._call(scope, path)
        method = scope["method"]
        if path == "/v1/models" and method == "GET":
            answer = openai_models.models(call.view, call.full, call.private)
            return answer.for_etags(call.if_none_match)
        if method == "POST" and path == "/v2/resolve":
            return self._resolved(call, await read_body(scope, receive))
        if method == "POST" and path in _ASKED:
            call = call._replace(body=await read_body(scope, receive))
        scope[CALL] = call
        return None

    def _call(self, scope: Scope, path: str) -> Call:
        """Raises Refusal for who may not ask."""
        key: bytes | None = None
        asked: bytes | None = None
        twice = False
        for name, value in scope["headers"]:
            if name == b"authorization":
                twice, key = key is not None, value
            elif name == b"if-none-match":
                asked = value if asked is None else asked + b"," + value
        full = self._known(key, twice, path)
        gate = self.gate
        private = gate.keys is not None and (full or not gate.optional)
        return Call(self.served.view, full, private, b"", asked)

    def _known(self, authorization: bytes | None, twice: bool, path: str) -> bool:
        keys = self.gate.keys
        if keys is None:
            return False
        open_to_all = self.gate.optional or path in _OPEN
        if authorization is None:
            if open_to_all:
                return False
            raise _no_key("an API key is needed")
        scheme, _, key = authorization.partition(b" ")
        if not twice and scheme.lower() == b"bearer" and keys.holder(key.strip()) is not None:
            return True
        if path in _OPEN:
            return False
        raise _no_key("this API key is not known here")

    def _resolved(self, call: Call, body: bytes) -> Answer:
        meters = self.served.meters
        try:
            decision = questions.decide(call.view, read_question(body), call.full)
        except ZumikError as error:
            refusal = refusal_of(error)
            meters.not_resolved(refusal.code)
            raise refusal from None
        except Refusal as refusal:
            meters.not_resolved(refusal.code)
            raise
        meters.resolved(call.view, decision)
        return told(questions.decision_to_json(decision, now()), questions.ends(decision))

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Through the routes; the status that was sent."""
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._headers(scope["path"])]
            await send(message)

        try:
            await self.inner(scope, receive, sent)
        except Exception:
            # A bug: its answer was sent, and then it is raised again for a server to log.
            if status == 0:
                raise
        return status

    def _headers(self, path: str) -> Headers:
        """What every answer has; the page of the docs loads scripts, and must be able to."""
        found = SECURITY
        if path == "/docs":
            found = tuple(pair for pair in SECURITY if pair[0] != b"content-security-policy")
        return (*found, (b"vary", b"authorization")) if self.gate.keys is not None else found

    async def _send(self, answer: Answer, send: Send) -> None:
        headers = [*answer.headers, *self._headers("")]
        if answer.status != 304:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _no_key(message: str) -> Refusal:
    return Refusal(
        401,
        "invalid_api_key",
        message,
        hint="Authorization: Bearer KEY",
        headers=((b"www-authenticate", b"Bearer"),),
    )


def _route(scope: Scope, path: str) -> str:
    """The template of the route: a label that nobody can invent."""
    if path in ("/v1/models", "/v2/resolve"):
        return str(path)
    template = getattr(scope.get("route"), "path_format", None)
    return str(template) if template else "none"


def broken(error: Exception, path: str) -> Answer:
    """A bug: told to the log whole, and to whoever asks not at all."""
    import traceback

    trace = "".join(traceback.format_exception(error))
    _log.error("a bug: %s", "\n".join(neutral(line) for line in trace.splitlines()))
    return Refusal(500, "bug", "the server failed; its log says how").answer(path)


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The body, bounded in size and time. Raises Refusal."""
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"application/json").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Refusal(415, "not_json", "the body has to be application/json", headers=_CLOSE)
    length = headers.get(b"content-length", b"")
    too_large = length.isdigit() and (len(length) > 18 or int(length) > MAX_BODY)
    if too_large and b"expect" in headers:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive, too_large)
    except TimeoutError:
        raise Refusal(
            408,
            "slow_body",
            f"the body took more than {BODY_SECONDS:.0f} seconds",
            headers=_CLOSE,
        ) from None


_CLOSE = ((b"connection", b"close"),)

_DRAINED = 16 * MAX_BODY
"""How much is read of a body that is refused: who still writes would not read the answer."""


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
            if not more or size > _DRAINED:
                raise _too_large()
        else:
            chunks.append(chunk)
            if not more:
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large() -> Refusal:
    return Refusal(413, "too_large", f"the body has more than {MAX_BODY:,} bytes", headers=_CLOSE)
