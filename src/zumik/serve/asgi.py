"""The application: who may ask, how much, how long; and the two routes that gateways call most.

Plain ASGI around a router of Starlette's. It gives each request one view, and every error that is
raised further in becomes one answer here. It logs neither keys nor bodies.
"""

from __future__ import annotations

import base64
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from starlette.exceptions import HTTPException

from zumik.core.basics.display import neutral, shown
from zumik.core.decisions.decision import Decision
from zumik.errors import ZumikError
from zumik.serve import openai_models, questions
from zumik.serve.answers import SECURITY, Answer, Headers, Refusal, refusal_of, uncached_json
from zumik.serve.api_keys import Keys
from zumik.serve.connections import BODY_IS_THERE
from zumik.serve.request_bodies import read_resolve_body
from zumik.serve.state import ServeState
from zumik.serve.view import View, now
from zumik.serve.waiting_bodies import Message, Receive, Scope, WaitingBodies, read_body

Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_AT_ONCE = 256

CALL = "zumik.call"
"""The key in the scope that holds a request's call."""

_PROBES = frozenset({"/healthz", "/readyz"})
"""A probe has no key, and gets its answer however busy the server is."""
_UNLIMITED = _PROBES | {"/metrics"}
_WITH_BODY = frozenset({"/v2/resolve", "/v2/explain", "/v2/replay"})

_log = logging.getLogger("zumik.serve")


class Authentication(NamedTuple):
    """Which API keys are accepted. `optional`: a caller without a key is answered, and sees less.

    Without `keys` everybody is answered as a caller without a key.
    """

    keys: Keys | None = None
    optional: bool = False


class Call(NamedTuple):
    """One request: its view, and whether its caller sent a key that is accepted.

    `private`: a cache that callers share must not keep the answer.
    """

    view: View
    authenticated: bool
    private: bool
    body: bytes = b""
    if_none_match: bytes | None = None


class Application:
    """The outermost application."""

    def __init__(
        self,
        state: ServeState,
        authentication: Authentication,
        router: App,
        hosts: frozenset[str] | None = None,
    ) -> None:
        """`hosts`: further names of a server on loopback; None where any name is good."""
        self.hosts = hosts
        self.state = state
        self.authentication = authentication
        self.router = router
        self._running = 0
        self._waiting = WaitingBodies()
        self._second = now()
        self._of_second: dict[str, tuple[Decision, Answer]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.router(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        if method == "HEAD":
            # uvicorn drops the body, by the method in its own scope: that must stay HEAD.
            scope = {**scope, "method": "GET"}
        # Starlette raises what it cannot route where the scope has an application, and else words
        # it itself.
        scope["app"] = self
        status = 500
        self._running += 1
        try:
            answer = await self._answer_or_error(scope, receive, send, path)
            if isinstance(answer, Answer):
                status = answer.status
                await self._send(answer, send)
            else:
                status = answer
        finally:
            self._running -= 1
            self.state.meters.count(method, _route_label(scope, path), status)

    async def _answer_or_error(
        self, scope: Scope, receive: Receive, send: Send, path: str
    ) -> Answer | int:
        """An answer that is still to be sent, or the status of one that a route has sent."""
        try:
            answer = await self._direct_answer(scope, receive, path)
            return await self._routed(scope, receive, send) if answer is None else answer
        except Refusal as refusal:
            return _released(refusal, scope).answer(path)
        except ZumikError as error:
            return _released(refusal_of(error), scope).answer(path)
        except HTTPException as error:
            return _unrouted(error).answer(path)
        except Exception as error:  # noqa: BLE001 - every bug is logged and answered here
            return internal_error(error, path)

    async def _direct_answer(self, scope: Scope, receive: Receive, path: str) -> Answer | None:
        """The answer of the two routes that are called most; None where the router is to answer."""
        if self._running > MAX_AT_ONCE and path not in _UNLIMITED:
            raise Refusal(
                503,
                "busy",
                "too many requests at a time",
                hint="ask again in a moment",
                headers=((b"retry-after", b"1"),),
            )
        if self.hosts is not None:
            require_loopback_host(scope, self.hosts)
        scope[CALL] = call = self._call(scope, path)
        method = scope["method"]
        if path == "/v1/models" and method == "GET":
            answer = openai_models.models(call.view, call.authenticated, call.private)
            return call.view.released(answer, call.authenticated).for_etags(call.if_none_match)
        if method == "POST" and path in _WITH_BODY:
            # What is there is read at once: most bodies come with their headers.
            read = read_body if scope.get(BODY_IS_THERE) else self._slow_body
            body = await read(scope, receive)
            scope[CALL] = call = Call(*call[:3], body, call.if_none_match)
            if path == "/v2/resolve":
                return call.view.released(self._resolved(call), call.authenticated)
        return None

    async def _slow_body(self, scope: Scope, receive: Receive) -> bytes:
        """A body that is still to come. A request that waits for it keeps no other one out."""
        self._running -= 1
        try:
            return await read_body(scope, receive, self._waiting)
        finally:
            self._running += 1

    def _call(self, scope: Scope, path: str) -> Call:
        """Raises Refusal where the caller may not ask."""
        authorization: bytes | None = None
        etags: bytes | None = None
        twice = reads_html = False
        for name, value in scope["headers"]:
            if name == b"authorization":
                twice, authorization = authorization is not None, value
            elif name == b"if-none-match":
                etags = value if etags is None else etags + b"," + value
            elif name == b"accept":
                reads_html = b"text/html" in value
        try:
            authenticated = self._is_authenticated(authorization, twice, path)
        except Refusal as refusal:
            if reads_html:
                # A browser then asks its user for the key, which it sends as the password.
                refusal.headers = (*refusal.headers, (b"www-authenticate", _BASIC))
            raise
        accepts = self.authentication
        private = accepts.keys is not None and (authenticated or not accepts.optional)
        return Call(self.state.view, authenticated, private, b"", etags)

    def _is_authenticated(self, authorization: bytes | None, twice: bool, path: str) -> bool:
        keys = self.authentication.keys
        if keys is None:
            return False
        if authorization is None:
            if self.authentication.optional or path in _PROBES:
                return False
            raise _no_key("an API key is needed")
        key = _key_in(authorization)
        if not twice and key is not None and keys.holder(key) is not None:
            return True
        if path in _PROBES:
            return False
        raise _no_key("this server does not know this API key")

    def _resolved(self, call: Call) -> Answer:
        meters = self.state.meters
        try:
            decision = questions.decide(call.view, read_resolve_body(call.body), call.authenticated)
        except ZumikError as error:
            refusal = refusal_of(error)
            meters.not_resolved(refusal.code)
            raise refusal from None
        except Refusal as refusal:
            meters.not_resolved(refusal.code)
            raise
        meters.resolved(call.view, decision)
        return self._rendered(decision)

    def _rendered(self, decision: Decision) -> Answer:
        """A decision as it is sent. Its time has no fractions, so it is the same for a second.

        A resolver gives the same object to who asks the same and needs nothing.
        """
        moment = now()
        if moment != self._second:
            self._second = moment
            self._of_second.clear()
        before = self._of_second.get(decision.requested)
        if before is not None and before[0] is decision:
            return before[1]
        headers = questions.deprecation_headers_of(decision)
        answer = uncached_json(questions.decision_to_json(decision, moment), headers)
        self._of_second[decision.requested] = decision, answer
        return answer

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> int:
        """Let the router answer; the status that it sent."""
        status = 0

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*message.get("headers", ())]
                named = {name for name, _ in own}
                more = (pair for pair in self._headers(scope["path"]) if pair[0] not in named)
                message["headers"] = [*own, *more]
            await send(message)

        try:
            await self.router(scope, receive, with_headers)
        except Exception as error:
            if status == 0:
                raise
            # The answer is under way: the error can only be logged.
            internal_error(error, scope["path"])
        return status

    def _headers(self, path: str) -> Headers:
        """The headers of every answer. `/docs` loads scripts, so it has no content policy."""
        found = SECURITY
        if path == "/docs":
            found = tuple(pair for pair in SECURITY if pair[0] != b"content-security-policy")
        if self.authentication.keys is None:
            return found
        return (*found, (b"vary", b"authorization"))

    async def _send(self, answer: Answer, send: Send) -> None:
        headers = [*answer.headers, *self._headers("")]
        if answer.status != 304:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


def _released(refusal: Refusal, scope: Scope) -> Refusal:
    """A refusal as its caller may see it; before there is a call, nothing was read."""
    call: Call | None = scope.get(CALL)
    if call is None or not call.view.hides:
        return refusal
    query = scope["query_string"].decode("latin-1")
    asked = f"{scope['path']} {unquote(query)} {call.body.decode('utf-8', 'replace')}"
    return call.view.released_refusal(refusal, asked, call.authenticated)


def _unrouted(error: HTTPException) -> Refusal:
    """The refusal where no route has the path, or the route has another method."""
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow")
        headers = ((b"allow", allow.encode()),) if allow else ()
        return Refusal(405, "wrong_method", "method not allowed", headers=headers)
    return Refusal(404, "unknown_route", "no such route", hint="/openapi.json lists the routes")


def require_loopback_host(scope: Scope, more: frozenset[str]) -> None:
    """Raises Refusal where a request to loopback names another host.

    The page of another site can make its own name point to 127.0.0.1, and would then read what
    this server answers; but its browser still sends that name.
    """
    for name, value in scope["headers"]:
        if name == b"host" and not _is_loopback_name(host := value.decode("latin-1"), more):
            raise Refusal(
                421,
                "wrong_host",
                f"this server is for this machine, and not {shown(host[:80])}",
                hint="ask http://127.0.0.1; or start it with --allow-host NAME",
            )


@lru_cache(maxsize=256)
def _is_loopback_name(host: str, more: frozenset[str]) -> bool:
    name = host.lower().strip()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    name = name.removesuffix(".")
    if name in more or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


_BASIC = b'Basic realm="zumik", charset="UTF-8"'


def _key_in(authorization: bytes) -> bytes | None:
    """The key that a header holds: as a bearer token, or as a password of any user's."""
    scheme, _, given = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return given.strip()
    if scheme.lower() != b"basic":
        return None
    try:
        return base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except ValueError:
        return None


def _no_key(message: str) -> Refusal:
    return Refusal(
        401,
        "invalid_api_key",
        message,
        hint="Authorization: Bearer KEY",
        headers=((b"www-authenticate", b"Bearer"),),
    )


def _route_label(scope: Scope, path: str) -> str:
    """The template of the route, so that a caller cannot add labels to the metrics."""
    if path in ("/v1/models", "/v2/resolve"):
        return str(path)
    template = getattr(scope.get("route"), "path_format", None)
    return str(template) if template else "none"


def internal_error(error: Exception, path: str) -> Answer:
    """The answer to a bug. The log gets all of it, and the caller nothing."""
    import traceback

    trace = "".join(traceback.format_exception(error))
    _log.error("a bug: %s", "\n".join(neutral(line) for line in trace.splitlines()))
    return Refusal(500, "bug", "the server failed; its log says why").answer(path)
