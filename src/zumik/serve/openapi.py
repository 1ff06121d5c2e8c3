"""How `/openapi.json` describes routes: answers, refusals, who may ask."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from zumik.serve import body_schemas
from zumik.serve.asgi import Gate

Obj = dict[str, Any]

_WORDS = {
    304: "What the caller has is what there is",
    400: "What was asked cannot be read",
    401: "No key, or none that is known here",
    403: "It rests on confidential facts, and the caller is not known",
    404: "There is no such thing here",
    405: "This is asked in another way",
    408: "The body came too slowly",
    409: "Understood, and without an answer: no candidate meets it, or it cannot be replayed",
    413: "The body is too large",
    415: "The body is not JSON",
    500: "The server failed",
    503: "Not now: too busy, stale, or not intact",
}
_ALWAYS = (401, 500, 503)

_IF_NONE_MATCH: Obj = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
}


def errors(*codes: int, openai: bool = False) -> dict[int | str, Obj]:
    """The refusals of a route."""
    model = body_schemas.OpenAIError if openai else body_schemas.Error
    return {code: {"model": model, "description": _WORDS[code]} for code in sorted(codes)}


def kept(model: type[BaseModel], *codes: int, openai: bool = False) -> Obj:
    """A route whose answer may be kept."""
    return {
        "response_model": None,
        "responses": {
            200: {"model": model},
            304: {"description": _WORDS[304]},
            **errors(*codes, *_ALWAYS, openai=openai),
        },
        "openapi_extra": {"parameters": [_IF_NONE_MATCH]},
        "tags": ["openai" if openai else "aliases"],
    }


def posted(model: type[BaseModel], body: Obj, example: Obj) -> Obj:
    """A question."""
    return {
        "response_model": None,
        "response_class": Response,
        "responses": {
            200: {"content": {"application/json": {}}, "model": model},
            **errors(400, 403, 404, 408, 409, 413, 415, *_ALWAYS),
        },
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": body, "example": example}},
            }
        },
        "tags": ["questions"],
    }


def described(app: FastAPI, gate: Gate) -> None:
    """Let the application describe itself, with its keys, once."""

    def openapi() -> Obj:
        if app.openapi_schema is None:
            found = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            app.openapi_schema = _finished(found, gate)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _finished(found: Obj, gate: Gate) -> Obj:
    """Without the refusals that FastAPI would have made, and with the security scheme."""
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            if gate.keys is None:
                continue
            open_to_all = path in ("/healthz", "/readyz") or gate.optional
            operation["security"] = [{"key": []}, *([{}] if open_to_all else [])]
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    if gate.keys is not None:
        found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return found
