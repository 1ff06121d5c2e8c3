"""The ways in which stock clients call a model through the proxy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

MESSAGES: Any = [{"role": "user", "content": "hi, this is private-prompt"}]


def marked(call: str, **more: str) -> dict[str, str]:
    return {"x-litellm-spend-logs-metadata": json.dumps({"call": call, **more})}


def chat(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    raw = client.chat.completions.with_raw_response.create(
        model=model, messages=MESSAGES, extra_headers=headers
    )
    assert raw.parse().choices[0].message.content == "hello"
    return raw.headers


def chat_stream(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    with client.chat.completions.with_streaming_response.create(
        model=model, messages=MESSAGES, stream=True, extra_headers=headers
    ) as raw:
        text = "".join(
            chunk.choices[0].delta.content or "" for chunk in raw.parse() if chunk.choices
        )
        assert text == "hello"
        return raw.headers


def responses(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    raw = client.responses.with_raw_response.create(model=model, input="hi", extra_headers=headers)
    assert raw.parse().output_text == "hello"
    return raw.headers


def responses_stream(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    with client.responses.with_streaming_response.create(
        model=model, input="hi", stream=True, extra_headers=headers
    ) as raw:
        kinds = [event.type for event in raw.parse()]
        assert kinds[-1] == "response.completed"
        return raw.headers


def embeddings(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    raw = client.embeddings.with_raw_response.create(
        model=model.replace("code.fast", "search.embed").replace("fast-1", "embed-1"),
        input="hi",
        encoding_format="float",
        extra_headers=headers,
    )
    assert raw.parse().data[0].embedding == [0.5, 0.25]
    return raw.headers


def messages(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    raw = claude.messages.with_raw_response.create(
        model=claudish(model), messages=MESSAGES, max_tokens=50, extra_headers=headers
    )
    assert raw.parse().content[0].text == "hello"
    return raw.headers


def messages_stream(client: Any, claude: Any, model: str, headers: dict[str, str]) -> Any:
    with claude.messages.with_streaming_response.create(
        model=claudish(model), messages=MESSAGES, max_tokens=50, stream=True, extra_headers=headers
    ) as raw:
        text = "".join(
            event.delta.text for event in raw.parse() if event.type == "content_block_delta"
        )
        assert text == "hello"
        return raw.headers


def claudish(model: str) -> str:
    return model.replace("code.fast", "code.claude").replace("acme/fast-1", "claudish/haiku-1")


Ask = Callable[[Any, Any, str, dict[str, str]], Any]
ASKS: list[Ask] = [
    chat,
    chat_stream,
    responses,
    responses_stream,
    embeddings,
    messages,
    messages_stream,
]
asks = pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.__name__)
