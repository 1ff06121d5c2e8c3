"""An upstream that behaves like a provider, in OpenAI's and Anthropic's forms, well or badly."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Upstream:
    """A server on a free loopback port. `behave` says how a model answers: by default, well.

    `429`, `500`: that status; `hang`: nothing, until the caller leaves; `cut`: headers and half a
    body, then the connection is closed; `once 500`: that status, and well from then on. `serves`
    has the model that an answer names, where that is another than the one asked; `delay` the
    seconds before an answer, `pace` those between the events of a stream.
    """

    def __init__(self) -> None:
        import uvicorn

        self.behave: dict[str, str] = {}
        self.serves: dict[str, str] = {}
        self.delay: dict[str, float] = {}
        self.pace: dict[str, float] = {}
        self.asked: list[tuple[str, str]] = []
        self.names: list[str] = []
        """Every body as text, also one that is a form."""
        self.bodies: list[dict[str, Any]] = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(self._app, interface="asgi3", log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Upstream:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
        self._socket.close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.behave.clear()
        self.serves.clear()
        self.delay.clear()
        self.pace.clear()
        self.asked.clear()
        self.bodies.clear()
        self.names.clear()

    async def _app(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        asked = _read(body)
        model = asked.get("model", "")
        self.names.append(body.decode("utf-8", "replace"))
        self.asked.append((scope["path"], model))
        self.bodies.append(asked)
        await asyncio.sleep(self.delay.get(model, 0))
        how = self.behave.get(model, "well")
        if how.startswith("once "):
            how = how.removeprefix("once ")
            del self.behave[model]
        if how.isdigit():
            fault = {"error": {"message": f"asked to be {how}", "type": "x", "code": how}}
            await _respond(send, int(how), "application/json", [json.dumps(fault)])
        elif how == "hang":
            while (await receive())["type"] != "http.disconnect":
                await asyncio.sleep(0)
        elif how == "cut":
            await send(_start(200, "application/json"))
            await send({"type": "http.response.body", "body": b'{"id": "', "more_body": True})
        else:
            served = self.serves.get(model, model)
            kind, parts = answer(scope["path"], {**asked, "model": served})
            await _respond(send, 200, kind, parts, self.pace.get(model, 0))


def _start(status: int, kind: str) -> dict[str, Any]:
    headers = [(b"content-type", kind.encode()), (b"x-zumik-receipt", b"forged-by-the-upstream")]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _respond(send: Send, status: int, kind: str, parts: list[str], pace: float = 0) -> None:
    await send(_start(status, kind))
    for part in parts:
        await asyncio.sleep(pace)
        await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def answer(path: str, asked: dict[str, Any]) -> tuple[str, list[str]]:
    """The content type and the parts of a good answer."""
    make = {
        "/v1/chat/completions": _chat,
        "/v1/responses": _responses,
        "/v1/embeddings": _embeddings,
        "/v1/messages": _messages,
        "/v1/completions": _completions,
    }.get(path)
    found = OTHERS[path] if make is None else make(asked)
    if isinstance(found, dict):
        return "application/json", [json.dumps(found)]
    return "text/event-stream", found


def _chat(asked: dict[str, Any]) -> dict[str, Any] | list[str]:
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}
    head = {"id": "c1", "created": 1, "model": asked["model"]}
    if not asked.get("stream"):
        message = {"role": "assistant", "content": "hello"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
    chunks = [
        {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}
        for choice in (
            {"delta": {"role": "assistant", "content": "hel"}, "finish_reason": None},
            {"delta": {"content": "lo"}, "finish_reason": None},
            {"delta": {}, "finish_reason": "stop"},
        )
    ]
    chunks.append({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    return [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"]


def _responses(asked: dict[str, Any]) -> dict[str, Any] | list[str]:
    part = {"type": "output_text", "text": "hello", "annotations": []}
    item = {"type": "message", "id": "m1", "status": "completed", "role": "assistant"}
    whole = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": asked["model"],
        "output": [{**item, "content": [part]}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 1000,
            "output_tokens": 10,
            "total_tokens": 1010,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }
    if not asked.get("stream"):
        return whole
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    delta = {"item_id": "m1", "output_index": 0, "content_index": 0, "delta": "hello"}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_text.delta", **delta},
        {"type": "response.completed", "response": whole},
    ]
    return [
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': n})}\n\n"
        for n, event in enumerate(events)
    ]


def _read(body: bytes) -> dict[str, Any]:
    """A body of JSON; a form or a file has none of it."""
    try:
        found: dict[str, Any] = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found


OTHERS: dict[str, dict[str, Any]] = {
    "/v1/moderations": {
        "id": "m",
        "model": "moderator-1",
        "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
    },
    "/v1/images/generations": {"created": 1, "data": [{"b64_json": "AA=="}]},
    "/v1/images/edits": {"created": 1, "data": [{"b64_json": "AA=="}]},
    "/v1/audio/transcriptions": {"text": "hello"},
    "/v1/audio/speech": {"sound": "hello"},
    "/v1/batches": {
        "id": "batch_1",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "input_file_id": "file-1",
        "completion_window": "24h",
        "status": "validating",
        "created_at": 1,
    },
    "/v1/realtime/client_secrets": {"value": "ek_1", "expires_at": 1},
}
"""Answers that name no model, or that nothing here looks at."""


def _completions(asked: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "text": "hello", "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}
    head = {"id": "c1", "object": "text_completion", "created": 1, "model": asked["model"]}
    return {**head, "choices": [choice], "usage": usage}


def _embeddings(asked: dict[str, Any]) -> dict[str, Any]:
    one = {"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}
    usage = {"prompt_tokens": 1000, "total_tokens": 1000}
    return {"object": "list", "data": [one], "model": asked["model"], "usage": usage}


def _messages(asked: dict[str, Any]) -> dict[str, Any] | list[str]:
    whole = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": "hello"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 10},
    }
    if not asked.get("stream"):
        return whole
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "hello"},
        },
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 10},
        },
        {"type": "message_stop"},
    ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
