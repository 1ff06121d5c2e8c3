"""The routes: which path is answered by which function.

A route takes its call from the application, and hands the work to a thread: an answer that is
rarely asked for may take milliseconds, and must not hold up `/v1/models` and `/v2/resolve`.
`schemas/http-api.openapi.json` describes every route; the tests hold the two together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from zumik.serve import (
    alias_routes,
    model_routes,
    openai_models,
    page_routes,
    questions,
    release_routes,
    request_bodies,
)
from zumik.serve.answers import JSON, NO_STORE, Answer, Refusal, uncached_json
from zumik.serve.api_document import api_document
from zumik.serve.asgi import CALL, Application, Authentication, Call, internal_error
from zumik.serve.docs_page import DOCS_PAGE
from zumik.serve.list_pages import read_page
from zumik.serve.live_pages import LivePages
from zumik.serve.metrics import CONTENT_TYPE
from zumik.serve.state import LOOK_EVERY, ServeState

_THREADS = 4

Endpoint = Callable[[Request], Awaitable[Response]]
MakeAnswer = Callable[[Call, Request], Answer]


def new_application(
    state: ServeState,
    authentication: Authentication,
    *,
    docs: bool = False,
    hosts: frozenset[str] | None = None,
) -> Application:
    """The whole server as one ASGI application. Raises CannotRun."""
    state.keys = authentication.keys
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="zumik-serve")

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        watching = asyncio.create_task(_watch(state, pool))
        try:
            yield
        finally:
            watching.cancel()
            pool.shutdown(wait=False, cancel_futures=True)

    routes = [
        *described_routes(state, pool),
        _fixed("/openapi.json", Answer(200, api_document(authentication), (JSON,))),
    ]
    routes += _page_routes(pool, state)
    if docs:
        page = (b"content-type", b"text/html; charset=utf-8")
        routes.append(_fixed("/docs", Answer(200, DOCS_PAGE, (page,))))
    router = Router(routes, redirect_slashes=False, lifespan=lifespan)
    return Application(state, authentication, router, hosts)


def described_routes(state: ServeState, pool: ThreadPoolExecutor) -> list[Route]:
    """Every route that `/openapi.json` describes."""
    return [
        *_model_routes(pool),
        *_alias_routes(pool, state),
        *_release_routes(pool),
        *_question_routes(pool, state),
        *_probe_routes(state),
    ]


async def _watch(state: ServeState, pool: ThreadPoolExecutor) -> None:
    """Look at the files again and again; a look that fails is logged, and is not the last."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await loop.run_in_executor(pool, state.look)
        except Exception as error:  # noqa: BLE001 - the last good view goes on answering
            internal_error(error, "/")


class _RenderedResponse(Response):
    """An answer whose bytes and headers are made already."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status_code=answer.status)
        self.body = answer.body
        headers = list(answer.headers)
        if answer.status != 304:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        self.raw_headers = headers


def _route(method: str, path: str, endpoint: Endpoint, kind: type[Route] = Route) -> Route:
    route = kind(path, endpoint, methods=[method])
    # Starlette adds HEAD to GET. The application turns HEAD into GET before a route is looked for,
    # and `Allow` names what the document describes.
    route.methods = {method}
    return route


def _get(path: str, pool: ThreadPoolExecutor, make: MakeAnswer) -> Route:
    return _route("GET", path, _in_thread(pool, make))


def _fixed(path: str, answer: Answer) -> Route:
    async def endpoint(_: Request) -> Response:
        return _RenderedResponse(answer)

    return _route("GET", path, endpoint)


def _in_thread(
    pool: ThreadPoolExecutor, make: MakeAnswer, *, is_searched: bool = False
) -> Endpoint:
    """`is_searched`: what is confidential was searched for already, as the site does."""

    async def endpoint(request: Request) -> Response:
        call: Call = request.scope[CALL]
        answer = await asyncio.get_running_loop().run_in_executor(pool, make, call, request)
        if not is_searched:
            answer = call.view.released(answer, call.authenticated)
        return _RenderedResponse(answer.for_etags(call.if_none_match))

    return endpoint


async def _never_called(_: Request) -> Response:
    """Of a route that the application answers itself; its methods are still to be known here."""
    raise AssertionError("the application answers this route")


def _model_routes(pool: ThreadPoolExecutor) -> list[Route]:
    def retrieve(c: Call, request: Request) -> Answer:
        return openai_models.model(c.view, request.path_params["model"], c.authenticated, c.private)

    def show(c: Call, request: Request) -> Answer:
        return model_routes.facts(c.view, request.path_params["model"], c.authenticated, c.private)

    return [
        _route("GET", "/v1/models", _never_called),
        _get("/v1/models/{model:path}", pool, retrieve),
        _get("/v2/models/{model:path}", pool, show),
    ]


def _alias_routes(pool: ThreadPoolExecutor, state: ServeState) -> list[Route]:
    def list_aliases(c: Call, request: Request) -> Answer:
        page = read_page(request.query_params)
        return alias_routes.aliases(c.view, page, c.authenticated, c.private)

    def show(c: Call, request: Request) -> Answer:
        return alias_routes.alias(c.view, request.path_params["alias"], c.authenticated, c.private)

    def list_candidates(c: Call, request: Request) -> Answer:
        alias, page = request.path_params["alias"], read_page(request.query_params)
        return alias_routes.candidates(c.view, alias, page, c.authenticated, c.private)

    def list_moves(c: Call, request: Request) -> Answer:
        alias, page = request.path_params["alias"], read_page(request.query_params)
        return alias_routes.history(c.view, alias, page, c.authenticated, state.histories)

    return [
        _get("/v2/model-aliases", pool, list_aliases),
        _get("/v2/model-aliases/{alias}", pool, show),
        _get("/v2/model-aliases/{alias}/candidates", pool, list_candidates),
        _get("/v2/model-aliases/{alias}/history", pool, list_moves),
    ]


def _release_routes(pool: ThreadPoolExecutor) -> list[Route]:
    def list_releases(c: Call, request: Request) -> Answer:
        page = read_page(request.query_params)
        return release_routes.releases(c.view, page, c.authenticated, c.private)

    def show(c: Call, request: Request) -> Answer:
        release = request.path_params["release"]
        return release_routes.release(c.view, release, c.authenticated, c.private)

    return [
        _get("/v2/alias-releases", pool, list_releases),
        _get("/v2/alias-releases/{release}", pool, show),
    ]


def _question_routes(pool: ThreadPoolExecutor, state: ServeState) -> list[Route]:
    def explain(c: Call, _: Request) -> Answer:
        given = request_bodies.read_explain_body(c.body)
        return questions.explained(c.view, given, c.authenticated, state.histories)

    def replay(c: Call, _: Request) -> Answer:
        lines = request_bodies.read_replay_body(c.body)
        return questions.replays(c.view, lines, c.authenticated, state.histories)

    return [
        _route("POST", "/v2/resolve", _never_called),
        _route("POST", "/v2/explain", _in_thread(pool, explain)),
        _route("POST", "/v2/replay", _in_thread(pool, replay)),
    ]


def _page_routes(pool: ThreadPoolExecutor, state: ServeState) -> list[Route]:
    """The pages, which no document describes: they are for people."""
    if not page_routes.has_pages():
        return [_get("/", pool, lambda call, request: page_routes.no_pages())]
    pages = LivePages(state.histories)

    def show(c: Call, request: Request) -> Answer:
        return page_routes.page(pages, c, request.scope["path"])

    endpoint = _in_thread(pool, show, is_searched=True)
    return [_route("GET", page_routes.PATH, endpoint, page_routes.PageRoute)]


def _probe_routes(state: ServeState) -> list[Route]:
    async def readiness(request: Request) -> Response:
        stale = state.not_ready()
        if stale is not None:
            raise Refusal(
                503, "stale", stale, hint="make the bundle again: zumik bundle; the log says more"
            )
        age = max(0, int(state.age.total_seconds()))
        body: dict[str, object] = {"status": "ready", "age_seconds": age}
        if state.problem is not None:
            call: Call = request.scope[CALL]
            # A message may name what is confidential, and a probe has no key.
            why = state.problem.message if call.authenticated else "the newest files cannot be used"
            message = f"answering from the last good files: {why}"
            body["status"] = "degraded"
            body["problem"] = {
                "code": "last_good",
                "message": message,
                "seconds": int(state.degraded.total_seconds()),
            }
        return _RenderedResponse(uncached_json(body))

    async def metrics(request: Request) -> Response:
        call: Call = request.scope[CALL]
        text = state.meters.text(
            call.view,
            state.age.total_seconds(),
            state.problem is not None,
            state.degraded.total_seconds(),
        )
        return _RenderedResponse(Answer(200, text, ((b"content-type", CONTENT_TYPE), NO_STORE)))

    return [
        _fixed("/healthz", uncached_json({"status": "alive"})),
        _route("GET", "/readyz", readiness),
        _route("GET", "/metrics", metrics),
    ]
