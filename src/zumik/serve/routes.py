"""The routes, and what `/openapi.json` says of them.

A route takes its call from the front, and hands the work to a thread: what is asked rarely may take
milliseconds, and must not hold up what is asked all day.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic.json_schema import SkipJsonSchema
from starlette.exceptions import HTTPException

from zumik import __version__
from zumik.errors import ZumikError
from zumik.serve import (
    alias_routes,
    body_schemas,
    model_routes,
    openai_models,
    questions,
    release_routes,
    request_bodies,
)
from zumik.serve.answers import NO_STORE, Answer, Refusal, refusal_of, told
from zumik.serve.asgi import CALL, Call, Front, Gate, broken
from zumik.serve.list_pages import DEFAULT_LIMIT, MAX_LIMIT, Page
from zumik.serve.metrics import CONTENT_TYPE
from zumik.serve.openapi import described, errors, kept, posted
from zumik.serve.state import LOOK_EVERY, Served

_THREADS = 4

_ASKED = {"reference": "code.fast", "request": {"input_tokens": 80}}
_LOGGED = {"log_lines": [{"requested_model": "code.fast"}]}


def front_of(served: Served, gate: Gate, *, docs: bool = False) -> Front:
    """The whole server as one ASGI application."""
    return Front(served, gate, _routed(served, gate, docs))


class _Rendered(Response):
    """An answer that is rendered already."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status_code=answer.status)
        self.body = answer.body
        headers = list(answer.headers)
        if answer.status != 304:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        self.raw_headers = headers


def _routed(served: Served, gate: Gate, docs: bool) -> FastAPI:
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="zumik-serve")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(_watch(served, pool))
        try:
            yield
        finally:
            watching.cancel()
            pool.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(
        title="zumik",
        version=__version__,
        description="What is live: OpenAI's list of models, and the aliases that stand for them.",
        docs_url="/docs" if docs else None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    _add_models(app, pool)
    _add_aliases(app, pool, served)
    _add_releases(app, pool)
    _add_questions(app, pool, served)
    _add_probes(app, served)
    _add_errors(app)
    described(app, gate)
    return app


async def _watch(served: Served, pool: ThreadPoolExecutor) -> None:
    """Look at the files, again and again; a look that fails is told and is not the last."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await loop.run_in_executor(pool, served.look)
        except Exception as error:  # noqa: BLE001 - the answers go on, whatever the files are
            broken(error, "/")


async def _shown(
    request: Request, pool: ThreadPoolExecutor, make: Callable[[Call], Answer]
) -> Response:
    call: Call = request.scope[CALL]
    answer = await asyncio.get_running_loop().run_in_executor(pool, make, call)
    return _Rendered(answer.for_etags(call.if_none_match))


def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    after: Annotated[str | SkipJsonSchema[None], Query(max_length=128)] = None,
    before: Annotated[str | SkipJsonSchema[None], Query(max_length=128)] = None,
    order: Annotated[Literal["asc", "desc"] | SkipJsonSchema[None], Query()] = None,
) -> Page:
    return Page(limit, after, before, order)


PageOf = Annotated[Page, Depends(_page)]
AliasOf = Annotated[str, Path(examples=["code.fast"])]


def _add_models(app: FastAPI, pool: ThreadPoolExecutor) -> None:
    @app.get("/v1/models", **kept(body_schemas.Models, openai=True))
    async def list_models(request: Request) -> Response:
        """List models, as OpenAI does."""
        return await _shown(
            request, pool, lambda c: openai_models.models(c.view, c.full, c.private)
        )

    @app.get("/v1/models/{model:path}", **kept(body_schemas.Model, 404, openai=True))
    async def retrieve_model(model: str, request: Request) -> Response:
        """Retrieve a model, as OpenAI does; its id may have slashes."""
        return await _shown(
            request, pool, lambda c: openai_models.model(c.view, model, c.full, c.private)
        )

    @app.get("/v2/models/{model:path}", **kept(body_schemas.Facts, 404))
    async def model_facts(model: str, request: Request) -> Response:
        """Every fact of a model with its source, and the live aliases that it answers."""
        return await _shown(
            request, pool, lambda c: model_routes.facts(c.view, model, c.full, c.private)
        )


def _add_aliases(app: FastAPI, pool: ThreadPoolExecutor, served: Served) -> None:
    @app.get("/v2/model-aliases", **kept(body_schemas.Aliases, 400, 404))
    async def list_aliases(request: Request, page: PageOf) -> Response:
        """The aliases by name, with what they answer now."""
        return await _shown(
            request, pool, lambda c: alias_routes.aliases(c.view, page, c.full, c.private)
        )

    @app.get("/v2/model-aliases/{alias}", **kept(body_schemas.AliasDetail, 403, 404))
    async def show_alias(alias: AliasOf, request: Request) -> Response:
        """One alias: its pointer, its policy as frozen, and the table behind it."""
        return await _shown(
            request, pool, lambda c: alias_routes.alias(c.view, alias, c.full, c.private)
        )

    @app.get("/v2/model-aliases/{alias}/candidates", **kept(body_schemas.Candidates, 400, 403, 404))
    async def list_candidates(alias: AliasOf, request: Request, page: PageOf) -> Response:
        """Every candidate by rank, and after them those that a requirement left out."""
        return await _shown(
            request, pool, lambda c: alias_routes.candidates(c.view, alias, page, c.full, c.private)
        )

    @app.get("/v2/model-aliases/{alias}/history", **kept(body_schemas.Moves, 400, 403, 404))
    async def list_moves(alias: AliasOf, request: Request, page: PageOf) -> Response:
        """Every move of an alias that landed, newest first; from a bundle nobody knows."""
        return await _shown(
            request,
            pool,
            lambda c: alias_routes.history(c.view, alias, page, c.full, served.histories),
        )


def _add_releases(app: FastAPI, pool: ThreadPoolExecutor) -> None:
    @app.get("/v2/alias-releases", **kept(body_schemas.Releases, 400, 404))
    async def list_releases(request: Request, page: PageOf) -> Response:
        """The releases, newest first."""
        return await _shown(
            request, pool, lambda c: release_routes.releases(c.view, page, c.full, c.private)
        )

    @app.get("/v2/alias-releases/{release}", **kept(body_schemas.ReleaseFile, 403, 404))
    async def show_release(release: str, request: Request) -> Response:
        """The exact bytes of a release; its ETag is their SHA-256."""
        return await _shown(
            request, pool, lambda c: release_routes.release(c.view, release, c.full, c.private)
        )


def _add_questions(app: FastAPI, pool: ThreadPoolExecutor, served: Served) -> None:
    @app.post("/v2/resolve", **posted(body_schemas.Decision, body_schemas.RESOLVE, _ASKED))
    async def resolve() -> None:
        """The model for a reference, as the fields of a log line, with its receipt.

        The headers Deprecation and Sunset are the alias's, and not this route's.
        """
        raise AssertionError("the front answers this")

    @app.post("/v2/explain", **posted(body_schemas.Explanation, body_schemas.EXPLAIN, _ASKED))
    async def explain(request: Request) -> Response:
        """Why a model answered, or would now: the table, the margin, what would flip it."""

        def answer(call: Call) -> Answer:
            line = request_bodies.read_told(call.body)
            return questions.explained(call.view, line, call.full, served.histories)

        return await _shown(request, pool, answer)

    @app.post("/v2/replay", **posted(body_schemas.Verdicts, body_schemas.REPLAY, _LOGGED))
    async def replay(request: Request) -> Response:
        """A verdict for each log line."""

        def answer(call: Call) -> Answer:
            lines = request_bodies.read_lines(call.body)
            return questions.replayed(call.view, lines, call.full, served.histories)

        return await _shown(request, pool, answer)


def _add_probes(app: FastAPI, served: Served) -> None:
    @app.get("/healthz", responses={200: {"model": body_schemas.Health}}, tags=["probes"])
    async def healthz() -> Response:
        """Alive."""
        return _Rendered(told({"status": "alive"}))

    @app.get(
        "/readyz",
        responses={200: {"model": body_schemas.Readiness}, **errors(503)},
        tags=["probes"],
    )
    async def readyz(request: Request) -> Response:
        """Whether this answers from the newest files, and they are not too old."""
        why = served.not_ready()
        if why is not None:
            code, message = why
            call: Call = request.scope[CALL]
            if not call.full:
                message = "the newest files cannot be used" if code == "last_good" else message
            raise Refusal(503, code, message, hint="make the bundle again: zumik bundle")
        return _Rendered(told({"status": "ready", "age_seconds": _whole(served)}))

    @app.get(
        "/metrics",
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **errors(401)},
        response_class=Response,
        tags=["probes"],
    )
    async def metrics(request: Request) -> Response:
        """What Prometheus collects."""
        call: Call = request.scope[CALL]
        text = served.meters.text(call.view, served.age.total_seconds(), served.has_problem)
        return _Rendered(Answer(200, text, ((b"content-type", CONTENT_TYPE), NO_STORE)))


def _whole(served: Served) -> int:
    return max(0, int(served.age.total_seconds()))


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        return _Rendered(broken(error, request.url.path))

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return _Rendered(error.answer(request.url.path))

    @app.exception_handler(ZumikError)
    async def failed(request: Request, error: ZumikError) -> Response:
        return _Rendered(refusal_of(error).answer(request.url.path))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first: dict[str, Any] = error.errors()[0]
        name = str(first["loc"][1])
        refusal = Refusal(
            400,
            "bad_request",
            f"{name}: {first['msg']}",
            hint="/openapi.json says what is taken",
            param=name,
        )
        return _Rendered(refusal.answer(request.url.path))

    @app.exception_handler(HTTPException)
    async def unrouted(request: Request, error: HTTPException) -> Response:
        allow = (error.headers or {}).get("Allow")
        if error.status_code == 405:
            headers = ((b"allow", allow.encode()),) if allow else ()
            refusal = Refusal(405, "wrong_method", "this is asked in another way", headers=headers)
        else:
            refusal = Refusal(
                404,
                "unknown_route",
                "there is nothing here",
                hint="/openapi.json says what there is",
            )
        return _Rendered(refusal.answer(request.url.path))
