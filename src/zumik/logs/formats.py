"""The formats of logs: for each writer, how it is recognised and where it keeps our fields.

A field that a writer does not log, or whose unit is not verified, is not in its table, and so
unknown. What each format has is shown in schemas/LOG-FORMATS.md, from real and documented samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.errors import UsageError
from zumik.logs.log_format import Condition, FieldSource, KeyPath, LogFormat, Outcome, Sources


def _path(*keys: str) -> Sources:
    return (FieldSource(keys),)


def _any(*paths: KeyPath) -> Sources:
    return tuple(map(FieldSource, paths))


ZUMIK = LogFormat(
    name="zumik",
    writer="zumik's own line",
    marks=((("requested_model",),),),
    decision=((),),
    at=_path("timestamp"),
)

# LiteLLM writes the name that the client asked for over the provider's answer, on every route but
# that of Anthropic: `response.model` says what was served only there.
_ANTHROPIC_ROUTE = ("anthropic_messages",)
_TOOLS_AND_FILES = ("*mcp*", "*_file*", "*vector_store*")
_USAGE = ("metadata", "usage_object")

SPEND_LOGS = LogFormat(
    name="litellm-spendlogs",
    writer="LiteLLM, rows of LiteLLM_SpendLogs",
    marks=(
        (("request_duration_ms",), ("call_type",)),
        (("spend",), ("call_type",), ("request_id",)),
    ),
    calls=(Condition(("call_type",), _TOOLS_AND_FILES, is_not=True),),
    decision=(("metadata", "spend_logs_metadata"), ("metadata", "requester_metadata")),
    called=_any(("model_group",), ("model_id",), ("model",)),
    at=_path("startTime"),
    input_tokens=_path("prompt_tokens"),
    output_tokens=_path("completion_tokens"),
    cached_tokens=_any(
        (*_USAGE, "prompt_tokens_details", "cached_tokens"),
        (*_USAGE, "cache_read_input_tokens"),
        ("metadata", "additional_usage_values", "cache_read_input_tokens"),
    ),
    reasoning_tokens=_path(*_USAGE, "completion_tokens_details", "reasoning_tokens"),
    cost_usd=_path("spend"),
    seconds=(
        FieldSource(("endTime",), since=("startTime",)),
        FieldSource(("request_duration_ms",), unit="ms"),
    ),
    # A row does not say whether its answer was streamed; only a stream has a first token before
    # its end.
    first_token_seconds=(
        FieldSource(("completionStartTime",), since=("startTime",), before=("endTime",)),
    ),
    outcomes=(
        Outcome(Condition(("status",), ("failure",)), True),
        Outcome(Condition(("metadata", "status"), ("failure",)), True),
        Outcome(Condition(("status",), ("success",)), False),
    ),
    error=_any(
        ("metadata", "error_information", "error_class"),
        ("metadata", "error_information", "error_code"),
    ),
    call_id=_any(("litellm_call_id",), ("metadata", "litellm_call_id"), ("request_id",)),
)

LITELLM = LogFormat(
    name="litellm",
    writer="LiteLLM, StandardLoggingPayload",
    marks=(
        (("model_map_information",), ("litellm_call_id",)),
        (("response_cost",), ("call_type",)),
        (("metadata", "spend_logs_metadata"), ("call_type",)),
    ),
    calls=SPEND_LOGS.calls,
    decision=SPEND_LOGS.decision,
    served=(
        FieldSource(("response", "model"), where=(Condition(("call_type",), _ANTHROPIC_ROUTE),)),
    ),
    called=SPEND_LOGS.called,
    at=_path("startTime"),
    input_tokens=SPEND_LOGS.input_tokens,
    output_tokens=SPEND_LOGS.output_tokens,
    cached_tokens=SPEND_LOGS.cached_tokens,
    reasoning_tokens=SPEND_LOGS.reasoning_tokens,
    cost_usd=_path("response_cost"),
    # Its `response_time` is not used: for a stream it is the time to the first token.
    seconds=(FieldSource(("endTime",), since=("startTime",)),),
    first_token_seconds=(
        FieldSource(
            ("completionStartTime",),
            since=("startTime",),
            where=(Condition(("stream",), ("true",)),),
        ),
    ),
    outcomes=(
        Outcome(Condition(("status",), ("failure",)), True),
        Outcome(Condition(("status",), ("success",)), False),
    ),
    error=_any(("error_information", "error_class"), ("error_information", "error_code")),
    call_id=_any(("litellm_call_id",), ("trace_id",), ("id",)),
)

FORMATS: tuple[LogFormat, ...] = (ZUMIK, SPEND_LOGS, LITELLM)
"""In the order in which an entry is compared with them: the ones with the surest marks first."""


def recognised(value: object) -> LogFormat | None:
    """The format of an entry, by its content; None where no format here is like it."""
    for form in FORMATS:
        if has_marks(value, form):
            return form
    for form in FORMATS:
        wrapped = wrapped_entries(value, form) if form.entries else None
        if wrapped and has_marks(wrapped[0], form):
            return form
    return None


def has_marks(value: object, form: LogFormat) -> bool:
    """Whether an entry has the keys that mark the format; a format without marks takes any."""
    return not form.marks or any(all(_has(value, path) for path in group) for group in form.marks)


def wrapped_entries(value: object, form: LogFormat) -> list[Any] | None:
    """The entries that an object wraps around, as a page of an API does; None for an entry."""
    if not form.entries or (form.marks and has_marks(value, form)):
        return None
    for key in form.entries:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict)]
    return [value] if isinstance(value, dict) else None


def _has(value: Any, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def log_format_named(text: str, known: Iterable[LogFormat] = FORMATS) -> LogFormat:
    """The format of that name. Raises UsageError."""
    names = {form.name: form for form in known}
    if text not in names:
        every = ", ".join(sorted(names))
        raise UsageError(
            f"no log format {shown(text)}",
            hint=did_you_mean(text, names, f"one of {every}, or a file that maps the fields"),
        )
    return names[text]
