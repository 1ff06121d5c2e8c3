"""What a request in OpenAI's or Anthropic's format needs of a model. LiteLLM is not imported.

Read is what a request holds for certain: tools, a JSON schema, reasoning, sound as output, kinds of
input, the limit of the output. Not read: files that are named by their id alone, and how much of
its output a model may think. The length of the prompt is counted by another program, so only the
texts that it consists of are found here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.foreign_json import bent_count
from zumik.core.facts.request import Request

TOOLS, SCHEMA, REASONING, SOUND = "tools", "structured_output", "reasoning", "audio_output"

NEEDS = frozenset(
    {TOOLS, SCHEMA, REASONING, SOUND, "audio", "image", "pdf", "video", "output_tokens"}
)
"""Every need that is read here, by the word that a catalog or a logged request has for it."""

_OUTPUT_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_NUMBER = re.compile(r"\s*\+?[0-9]{1,18}(\.[0-9]{0,18})?([eE]\+?[0-9]{1,2})?\s*")
_MOST_TOKENS = 10**12
_FUNCTION_TOOLS = (None, "function", "custom")
_NO_EFFORT = ("", "none", "disable", "disabled")
_THINKS = ("enabled", "adaptive")
_KINDS = {
    "image_url": "image",
    "input_image": "image",
    "image": "image",
    "computer_screenshot": "image",
    "video_url": "video",
    "input_video": "video",
    "video": "video",
    "audio_url": "audio",
    "input_audio": "audio",
    "audio": "audio",
}
_FILES = ("document", "file", "input_file")
_DEPTH = 2
_CONTENTS = ("messages", "input")


def needs_of(data: Mapping[str, object], ignored: frozenset[str] = frozenset()) -> Request:
    """The certain needs of a request, without those that are ignored."""
    asked = {
        TOOLS: _asks_tools,
        SCHEMA: _asks_schema,
        REASONING: _asks_reasoning,
        SOUND: _asks_sound,
    }
    return Request(
        output_tokens=None if "output_tokens" in ignored else _output_tokens(data),
        capabilities=tuple(
            word for word, asks in asked.items() if word not in ignored and asks(data)
        ),
        input=tuple(sorted(_kinds(*(data.get(name) for name in _CONTENTS)) - ignored)),
    )


def _output_tokens(data: Mapping[str, object]) -> int | None:
    for name in _OUTPUT_LIMITS:
        value = _count(data.get(name))
        if value:
            return value
    return None


def _count(value: object) -> int | None:
    """A whole number of tokens, also as a text that providers read: "4096", "5e3", "4096.0"."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = Decimal(value.strip())
        return int(number) if number <= _MOST_TOKENS and number == int(number) else None
    try:
        return bent_count(value, ())
    except Malformed:
        return None


def _asks_tools(data: Mapping[str, object]) -> bool:
    """Whether the model may call functions. A tool that the provider runs is another capability."""
    if data.get("functions"):
        return True
    tools = data.get("tools")
    return isinstance(tools, list) and any(
        isinstance(tool, dict) and tool.get("type") in _FUNCTION_TOOLS for tool in tools
    )


def _asks_schema(data: Mapping[str, object]) -> bool:
    for outer, inner in (
        ("response_format", None),
        ("text", "format"),
        ("output_config", "format"),
        ("output_format", None),
    ):
        found = data.get(outer)
        if inner is not None:
            found = _field(found, inner)
        if _field(found, "type") == "json_schema":
            return True
    return False


def _asks_reasoning(data: Mapping[str, object]) -> bool:
    """Whether an effort or thinking is asked for. An effort of `none` asks for less, not more."""
    for said in (data.get("reasoning_effort"), data.get("reasoning")):
        effort = said if isinstance(said, str) else _field(said, "effort")
        if isinstance(effort, str) and effort.lower() not in _NO_EFFORT:
            return True
    return _field(data.get("thinking"), "type") in _THINKS


def _asks_sound(data: Mapping[str, object]) -> bool:
    modalities = data.get("modalities")
    return isinstance(modalities, list) and "audio" in modalities


def _kinds(*contents: object) -> set[str]:
    return {
        kind
        for messages in contents
        if isinstance(messages, list)
        for message in messages
        if isinstance(message, dict)
        for content in ([message], message.get("content"), message.get("output"))
        for kind in _kinds_in(content, _DEPTH)
    }


def _kinds_in(content: object, depth: int) -> Iterator[str]:
    """The kinds of a message's parts, and of the results of tools in them."""
    for part in content if isinstance(content, list) else [content]:
        if not isinstance(part, dict):
            continue
        of = part.get("type")
        if of == "tool_result" and depth:
            yield from _kinds_in(part.get("content"), depth - 1)
        elif isinstance(of, str) and (of in _KINDS or of in _FILES):
            kind = _kind_of_media_type(_media_type(part)) or _KINDS.get(of)
            if kind is None and _field(part.get("source"), "type") == "url":
                # Anthropic takes no other document by its address.
                kind = "pdf"
            if kind is not None:
                yield kind


def _media_type(part: Mapping[str, object]) -> str:
    """The media type that a part names, or that its data URL begins with; else empty.

    A file that is named by its id or its address alone may be anything.
    """
    holders = [part, *(part.get(name) for name in ("source", "file", str(part.get("type"))))]
    for holder in holders:
        for name in ("media_type", "format", "mime_type"):
            found = _field(holder, name)
            if isinstance(found, str) and "/" in found:
                return found.lower()
        for name in ("file_data", "url", "image_url", "video_url", "audio_url", "data", "file_id"):
            found = _field(holder, name)
            if isinstance(found, str) and found[:5].lower() == "data:":
                return found[5:60].lower()
    return ""


def _kind_of_media_type(media_type: str) -> str | None:
    if media_type.startswith("application/pdf"):
        return "pdf"
    kind = media_type.partition("/")[0]
    return kind if kind in ("image", "audio", "video") else None


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


class Prompt(NamedTuple):
    """What a model reads at once: texts, and how many tokens came as numbers."""

    texts: tuple[str, ...]
    tokens: int = 0


_INSTRUCTIONS = ("system", "instructions")
_DEFINITIONS = ("tools", "functions", "response_format", "output_format")
_SEVERAL = ("input", "prompt")
_NO_TEXT = frozenset(
    (
        *("type", "role", "id", "call_id", "tool_call_id", "tool_use_id", "item_id", "status"),
        *("media_type", "format", "mime_type", "detail", "url", "data", "file_data", "file_id"),
        *("image_url", "video_url", "audio_url", "input_audio", "source", "cache_control"),
        *("signature", "encrypted_content"),
    )
)
_MOST_NESTED = 20


def prompts_of(data: Mapping[str, object]) -> list[Prompt]:
    """The prompts of a request: one, or as many as `input` or `prompt` lists by themselves.

    Pictures, sound and files are no text, and are left out.
    """
    common = [
        *(text for name in _INSTRUCTIONS for text in _texts(data.get(name), 0)),
        *_texts(data.get("messages"), 0),
        *(json.dumps(data[name], default=str) for name in _DEFINITIONS if data.get(name)),
    ]
    found = []
    for name in _SEVERAL:
        value = data.get(name)
        if isinstance(value, list) and value and all(_is_prompt(item) for item in value):
            found += [_prompt(item) for item in value]
        elif value is not None:
            found.append(_prompt(value))
    return [Prompt((*common, *one.texts), one.tokens) for one in found or [Prompt(())]]


def _is_prompt(item: object) -> bool:
    return isinstance(item, str) or (isinstance(item, list) and _are_tokens(item))


def _are_tokens(items: list[object]) -> bool:
    return bool(items) and all(type(item) is int for item in items)


def _prompt(value: object) -> Prompt:
    if isinstance(value, list) and _are_tokens(value):
        return Prompt((), len(value))
    return Prompt(tuple(_texts(value, 0)))


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < _MOST_NESTED:
        for item in value:
            yield from _texts(item, depth + 1)
    elif isinstance(value, dict) and depth < _MOST_NESTED:
        for name, item in value.items():
            if name not in _NO_TEXT:
                yield from _texts(item, depth + 1)
