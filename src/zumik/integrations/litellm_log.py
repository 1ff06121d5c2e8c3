"""A log of LiteLLM's calls as lines of JSON, for a proxy without a database.

LiteLLM gives every logger the same payload, with the decision in `metadata.spend_logs_metadata`,
but none of its own loggers writes a file. A line here is that payload without prompts, answers,
keys and other callers' data, so a reader of LiteLLM's payloads reads this too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

_KEPT = (
    "id",
    "litellm_call_id",
    "trace_id",
    "call_type",
    "status",
    "model",
    "model_group",
    "custom_llm_provider",
    "stream",
    "cache_hit",
    "startTime",
    "completionStartTime",
    "endTime",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "response_cost",
)
_KEPT_METADATA = ("spend_logs_metadata", "usage_object")
_KEPT_ERROR = ("error_class", "error_code")


def line_of_call(payload: Mapping[str, Any]) -> bytes:
    """A call as a line: what it was, when, how long, how much, and the decision."""
    line = {name: payload[name] for name in _KEPT if name in payload}
    for name, kept in (("metadata", _KEPT_METADATA), ("error_information", _KEPT_ERROR)):
        found = payload.get(name)
        if isinstance(found, Mapping):
            line[name] = {key: found[key] for key in kept if found.get(key) is not None}
    return json.dumps(line, default=str).encode() + b"\n"


def append_line(path: str, line: bytes) -> None:
    """Append a line at once: processes that share the file do not mix theirs. Raises OSError.

    The file is opened for each line, so it may be moved away at any time.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        while line:
            line = line[os.write(descriptor, line) :]
    finally:
        os.close(descriptor)
