"""Which model the provider says answered, and the log line that keeps it. LiteLLM is not imported.

LiteLLM writes the name that the client asked for over the provider's answer, in what it returns and
in what it logs, so another revision is invisible there. Seen before that, and recorded as
`served_model`: `/v1/chat/completions`, `/v1/responses` and `/v1/messages`, streamed or not,
`/v1/embeddings`, and `/v1/completions` where it is not streamed, after retries and fallbacks.

Not seen, and left out of the line: an answer from LiteLLM's cache, a stream of `/v1/completions`, a
model that takes over a `/v1/messages` stream after its first event, websockets, and every other
route. An adapter of
LiteLLM for a provider whose answers name no model (Bedrock's Converse) fills in the name that it
asked for, which looks as if the provider had confirmed it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from zumik.integrations.litellm_request import LOGGED

_KEPT = "provider_response_model"
"""LiteLLM's own private note of the model that the provider named."""

_LONGEST_NAME = 300
_LONGEST_EVENT = 64 * 1024


def provider_model(answer: object) -> str | None:
    """The model that an answer names. Only of use before LiteLLM overwrites it."""
    return kept_model(answer) or _name(_field(answer, "model"))


def kept_model(answer: object) -> str | None:
    """The model that the provider named, from where LiteLLM does not overwrite it.

    That is its own note (chat), or the response inside an event (`/v1/responses`).
    """
    noted = _field(getattr(answer, "_hidden_params", None), _KEPT)
    return _name(noted) or _name(_field(_field(answer, "response"), "model"))


def record_served(data: Mapping[str, object], model: str | None) -> None:
    """Write the provider's model into the log line of a request that LiteLLM has under way.

    The line is changed in place: LiteLLM copies the metadata around it, and every log that it
    writes refers to the one line.
    """
    line = None if model is None or _is_cached(data) else _line_in(data)
    if line is not None:
        line["served_model"] = model


class MessageStart:
    """Finds the model in the first event of a `/v1/messages` stream, which comes in any pieces."""

    def __init__(self, logging: object) -> None:
        self.looking = _field(logging, "call_type") == "anthropic_messages"
        # An adapter of LiteLLM writes this event itself, with the name that it asked for, and notes
        # the id that it made up. What the provider says comes to the other hooks then.
        self._made_up = _field(logging, "streamed_anthropic_message_id")
        self._begun = b""

    def model_in(self, chunk: object) -> str | None:
        """The provider's model, with the piece that completes the event; None for every other."""
        if not isinstance(chunk, bytes):
            self.looking = False
            return None
        self._begun += chunk
        *events, _ = self._begun.replace(b"\r\n", b"\n").split(b"\n\n")
        for message in map(_started, events):
            if message is not None:
                self.looking = False
                made_up = _field(message, "id") == self._made_up
                return None if made_up else _name(_field(message, "model"))
        self.looking = len(self._begun) < _LONGEST_EVENT
        return None


def _started(event: bytes) -> object:
    """The message that an event starts; None where it is another event."""
    data = [line.removeprefix(b"data:") for line in event.split(b"\n") if line.startswith(b"data:")]
    try:
        read = json.loads(b"".join(data))
    except (ValueError, RecursionError):
        return None
    return _field(read, "message") if _field(read, "type") == "message_start" else None


def _is_cached(data: Mapping[str, object]) -> bool:
    """Whether LiteLLM answers from its cache: what it replays looks like the answer of a provider.

    It notes that in different places, and not in each of them for each route.
    """
    logging = data.get("litellm_logging_obj")
    notes = (data, *(_field(logging, name) for name in ("model_call_details", "caching_details")))
    return any(_field(note, "cache_hit") is True for note in notes)


def _line_in(data: Mapping[str, object]) -> dict[str, object] | None:
    """The line of the attempt under way; None where no decision was logged.

    What LiteLLM is about to log comes first: after a fallback the request that the proxy holds has
    the line of the first attempt. A caller's own metadata has no `requested_model`: the callback
    removes that before it decides.
    """
    details = _field(data.get("litellm_logging_obj"), "model_call_details")
    for holder in (_field(details, "litellm_params"), data.get("litellm_params"), data):
        for name in ("litellm_metadata", "metadata"):
            line = _field(_field(holder, name), LOGGED)
            if isinstance(line, dict) and "requested_model" in line:
                return line
    return None


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME else None
