"""What a request to LiteLLM needs of a model, and what is logged of it. LiteLLM is not imported.

Only certain needs are derived: tools, a JSON schema, kinds of input, the limit of the output.
Input tokens are not counted: that needs the model's own tokenizer, and takes longer than all the
rest. Not read either, because providers and LiteLLM differ in what they do with them: `thinking`
and `reasoning_effort`, which many models drop, audio as output, and files named by their id alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, MutableMapping

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.foreign_json import bent_count
from zumik.core.basics.names import ModelId
from zumik.core.decisions.decision import Decision, resolve
from zumik.core.decisions.log_line import LINE_FIELDS
from zumik.core.facts.request import Request

LOGGED = "spend_logs_metadata"
"""The one field of a request's metadata that LiteLLM passes to every logger."""

LOG_HEADER = "x-litellm-spend-logs-metadata"

OWN_FIELDS = frozenset((*LINE_FIELDS, "receipt"))
"""The fields of a log line. Only the resolver may write them."""

_OUTPUT_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_FUNCTION_TOOLS = (None, "function", "custom")
_KINDS = {
    "image_url": "image",
    "input_image": "image",
    "image": "image",
    "video_url": "video",
    "audio_url": "audio",
    "input_audio": "audio",
    "document": "pdf",
    "file": "pdf",
    "input_file": "pdf",
}
_PDF = "application/pdf"


def needs_of(data: Mapping[str, object]) -> Request:
    """The certain needs of a request in OpenAI's or Anthropic's format."""
    capabilities = []
    if _asks_tools(data):
        capabilities.append("tools")
    if _asks_schema(data):
        capabilities.append("structured_output")
    return Request(
        output_tokens=_output_tokens(data),
        capabilities=tuple(capabilities),
        input=_kinds(data.get("messages"), data.get("input")),
    )


def _output_tokens(data: Mapping[str, object]) -> int | None:
    for name in _OUTPUT_LIMITS:
        try:
            value = bent_count(data.get(name), ())
        except Malformed:
            continue
        if value > 0:
            return value
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
        if inner is not None and isinstance(found, dict):
            found = found.get(inner)
        if isinstance(found, dict) and found.get("type") == "json_schema":
            return True
    return False


def _kinds(*places: object) -> tuple[str, ...]:
    found = {
        kind
        for messages in places
        if isinstance(messages, list)
        for message in messages
        if isinstance(message, dict)
        for content in (message.get("content"), message.get("output"))
        for kind in _kinds_in(content, 2)
    }
    return tuple(sorted(found))


def _kinds_in(content: object, depth: int) -> Iterator[str]:
    """The kinds of a message's parts, and of the tool results in them."""
    if not isinstance(content, list):
        return
    for part in content:
        if not isinstance(part, dict):
            continue
        of = part.get("type")
        kind = _KINDS.get(of) if isinstance(of, str) else None
        if kind == "image" and _is_pdf_url(part.get("image_url")):
            yield "pdf"
        elif kind is not None and (kind != "pdf" or _is_pdf(part)):
            yield kind
        elif of == "tool_result" and depth:
            yield from _kinds_in(part.get("content"), depth - 1)


def _is_pdf_url(image: object) -> bool:
    """Whether an image is a PDF, by the type that its data URL names."""
    url = image.get("url") if isinstance(image, dict) else image
    return isinstance(url, str) and url[:40].lower().startswith(f"data:{_PDF}")


def _is_pdf(part: Mapping[str, object]) -> bool:
    """Whether a document says that it is a PDF. A file named by its id alone may be anything."""
    source = part.get("source")
    if isinstance(source, dict):
        return source.get("media_type") == _PDF or source.get("type") == "url"
    inner = part.get("file")
    data = (inner if isinstance(inner, dict) else part).get("file_data")
    return isinstance(data, str) and data.startswith(f"data:{_PDF}")


def after_failures(decision: Decision, served: ModelId) -> Decision:
    """The decision that names `served`: all that were ranked before it were unavailable.

    A model that the alias does not rank, or that cannot take the request, was not chosen here: the
    decision stays what it was.
    """
    if decision.source is None or decision.alias is None or served == decision.model:
        return decision
    ranking = decision.source.aliases[decision.alias].ranking
    if served not in ranking:
        return decision
    request = decision.request
    before = _able(decision, ranking[: ranking.index(served)])
    request = request._replace(unavailable=tuple(dict.fromkeys((*request.unavailable, *before))))
    if served in request.unavailable or not _able(decision, (served,)):
        return decision
    found = resolve(decision.source, decision.alias, request, requested=decision.requested)
    # A drain that was ignored stays ignored: without the failed models only drained ones are left.
    stayed = tuple(m for m in decision.drain_ignored if m not in request.unavailable)
    return found._replace(drain_ignored=stayed)


def fallbacks_of(decision: Decision) -> tuple[ModelId, ...]:
    """The models to try next, in order: those ranked lower that meet the request.

    Drained models are left out, unless the drain is ignored.
    """
    if decision.source is None or decision.alias is None:
        return ()
    return _able(decision, decision.source.aliases[decision.alias].ranking[decision.rank :])


def _able(decision: Decision, models: tuple[ModelId, ...]) -> tuple[ModelId, ...]:
    assert decision.source is not None
    if decision.request.asks_nothing:
        return models
    walk = decision.source.release.made_by.walk
    known = decision.source.models
    return tuple(m for m in models if walk((m,), known, decision.request)[0] is not None)


def line_of(decision: Decision, timestamp: str, served: str | None = None) -> dict[str, object]:
    """The log line with the receipt, and `served_model` where another model was tried."""
    line = decision.to_json(timestamp)
    receipt = decision.receipt
    if receipt is not None:
        line["receipt"] = str(receipt)
    if served is not None and served != decision.model:
        line["served_model"] = served
    return line


def headers_of(decision: Decision) -> dict[str, str]:
    """The response headers of a decision. A concrete target has no release."""
    found = {
        "x-zumik-resolved-model": str(decision.model),
        "x-zumik-resolution-reason": decision.reason,
    }
    receipt = decision.receipt
    if receipt is not None:
        found["x-zumik-alias-release"] = str(receipt.release)
        found["x-zumik-receipt"] = str(receipt)
    return found


def metadata_name(data: Mapping[str, object]) -> str:
    """The field in which LiteLLM keeps its own metadata of a request, and finds what to log.

    With `litellm_metadata` (responses, messages, files, batches) `metadata` is the caller's: it
    goes to the provider, which would refuse a log line in it.
    """
    return "litellm_metadata" if "litellm_metadata" in data else "metadata"


def without_claims(data: MutableMapping[str, object]) -> None:
    """Remove the log line's fields that a caller wrote, wherever LiteLLM would read them."""
    for name in ("metadata", "litellm_metadata"):
        metadata = data.get(name)
        if not isinstance(metadata, dict):
            continue
        _disclaim(metadata)
        for inner in ("requester_metadata", "headers"):
            if isinstance(metadata.get(inner), dict):
                _disclaim(metadata[inner])
    request = data.get("proxy_server_request")
    if isinstance(request, dict):
        for part in (request.get("headers"), request.get("body")):
            if isinstance(part, dict):
                _disclaim(part)
                for name in ("metadata", "litellm_metadata"):
                    if isinstance(part.get(name), dict):
                        _disclaim(part[name])


def _disclaim(holder: dict[str, object]) -> None:
    for name in [name for name in holder if name.lower() == LOG_HEADER]:
        del holder[name]
    logged = holder.get(LOGGED)
    if logged is None:
        return
    if isinstance(logged, str):
        logged = _from_text(logged)
    if not isinstance(logged, dict):
        del holder[LOGGED]
    elif not OWN_FIELDS.isdisjoint(logged):
        holder[LOGGED] = {name: value for name, value in logged.items() if name not in OWN_FIELDS}


def _from_text(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def with_line(metadata: MutableMapping[str, object], line: Mapping[str, object]) -> None:
    """Write a log line into LiteLLM's metadata, and keep what others log there."""
    logged = metadata.get(LOGGED)
    others = logged if isinstance(logged, dict) else {}
    metadata[LOGGED] = {**{k: v for k, v in others.items() if k not in OWN_FIELDS}, **line}
