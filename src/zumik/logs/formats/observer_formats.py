"""The table, second part: what tracers, observers and clouds keep of calls.

A field that a writer does not log, or whose unit is not verified, is not in its table, and so
unknown.
"""

from __future__ import annotations

from zumik.logs.formats.log_format import (
    ANTHROPIC_ROUTE,
    RECEIPT_KEYS,
    Condition,
    FieldSource,
    LogFormat,
    Outcome,
    Sources,
    at_any,
    at_path,
    http_outcomes,
)

_ATTRIBUTE = "attributes"
_OF_LITELLM = (_ATTRIBUTE, "litellm.call_id")
_NO_MODEL = ("invoke_agent", "create_agent", "execute_tool", "invoke_workflow")
_SPAN_USAGE = (_ATTRIBUTE, "metadata.usage_object")


def _attributes(*names: str) -> Sources:
    return tuple(FieldSource((_ATTRIBUTE, name)) for name in names)


OPENTELEMETRY = LogFormat(
    name="opentelemetry",
    writer="OpenTelemetry GenAI spans",
    marks=(
        (("resourceSpans",),),
        (("resource_spans",),),
        ((_ATTRIBUTE,), ("startTimeUnixNano",)),
        ((_ATTRIBUTE,), ("context", "span_id"), ("start_time",)),
    ),
    spans=True,
    # Spans of routers, agents and tools stand beside those of calls, and some name a model too.
    calls=(
        Condition((_ATTRIBUTE, "gen_ai.request.model"), ("*",)),
        Condition((_ATTRIBUTE, "gen_ai.operation.name"), _NO_MODEL, is_not=True),
    ),
    python=((_ATTRIBUTE, "metadata.spend_logs_metadata"), _SPAN_USAGE),
    decision=(
        (_ATTRIBUTE, "metadata.spend_logs_metadata"),
        *((_ATTRIBUTE, name) for name in RECEIPT_KEYS),
        *((_ATTRIBUTE, f"metadata.{name}") for name in RECEIPT_KEYS),
    ),
    served=(
        FieldSource(
            (_ATTRIBUTE, "gen_ai.response.model"),
            where=(Condition(_OF_LITELLM),),
        ),
        FieldSource(
            (_ATTRIBUTE, "gen_ai.response.model"),
            where=(
                Condition((_ATTRIBUTE, "llm.request.type"), ANTHROPIC_ROUTE),
                Condition((_ATTRIBUTE, "litellm.provider.model"), ("anthropic/*",)),
                Condition((_ATTRIBUTE, "llm.is_streaming"), ("true",), is_not=True),
                # With a prefix it is LiteLLM's own name, of a stream that came from its cache.
                Condition((_ATTRIBUTE, "gen_ai.response.model"), ("*/*",), is_not=True),
            ),
        ),
    ),
    called=_attributes("litellm.model_group", "gen_ai.request.model"),
    at=at_any(("startTimeUnixNano",), ("start_time_unix_nano",), ("start_time",)),
    input_tokens=_attributes("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    output_tokens=_attributes("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    cached_tokens=(
        *_attributes("gen_ai.usage.cache_read.input_tokens"),
        *_attributes("gen_ai.usage.cache_read_input_tokens"),
        *at_any((*_SPAN_USAGE, "prompt_tokens_details", "cached_tokens")),
        *at_any((*_SPAN_USAGE, "cache_read_input_tokens")),
    ),
    reasoning_tokens=(
        *_attributes("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
        *at_any((*_SPAN_USAGE, "completion_tokens_details", "reasoning_tokens")),
    ),
    # The conventions have no cost; `gen_ai.usage.cost`, which some write, has no unit.
    cost_usd=_attributes("gen_ai.cost.total_cost"),
    seconds=(
        FieldSource(("endTimeUnixNano",), since=("startTimeUnixNano",)),
        FieldSource(("end_time_unix_nano",), since=("start_time_unix_nano",)),
        FieldSource(("end_time",), since=("start_time",)),
    ),
    first_token_seconds=_attributes("gen_ai.response.time_to_first_chunk"),
    outcomes=(
        Outcome(Condition(("status", "code"), ("2", "error", "status_code_error")), True),
        Outcome(Condition(("status", "status_code"), ("error",)), True),
        Outcome(Condition((_ATTRIBUTE, "error.type"), ("*",)), True),
        Outcome(Condition((_ATTRIBUTE, "gen_ai.request.model"), ("*",)), False),
    ),
    error=_attributes("error.type"),
    # A span covers the retries of its request, but for LiteLLM, which writes one for each attempt.
    call_id=(*_attributes("litellm.call_id"), *at_any(("spanId",), ("context", "span_id"))),
)

_MODEL_KINDS = ("generation", "embedding")


def _langfuse(name: str, writer: str, **keys: str) -> LogFormat:
    """Both exports have the same fields, in two spellings."""
    usage, start, end = keys["usage"], keys["start"], keys["end"]
    return LogFormat(
        name=name,
        writer=writer,
        marks=(((keys["model"],),),),
        entries=("data",),
        calls=(Condition(("type",), _MODEL_KINDS),),
        decision=(
            ("metadata", "spend_logs_metadata"),
            ("metadata",),
            ("release",),
            ("tags",),
        ),
        called=at_path(keys["model"]),
        at=at_path(start),
        # `input` may or may not include what came from a cache, `output` what was reasoning: the
        # total includes all of it.
        input_tokens=(
            FieldSource(
                (usage, "total"),
                minus=((usage, "output"), (usage, "output_reasoning_tokens")),
                where=(Condition((usage, "output"), ("*",)),),
            ),
        ),
        output_tokens=(FieldSource((usage, "output"), plus=((usage, "output_reasoning_tokens"),)),),
        cached_tokens=at_any((usage, "input_cached_tokens"), (usage, "cache_read_input_tokens")),
        reasoning_tokens=at_path(usage, "output_reasoning_tokens"),
        cost_usd=at_any((keys["cost"],), (keys["costs"], "total")),
        # The unit of `latency` is seconds or milliseconds, by a setting that the row does not say.
        seconds=(FieldSource((end,), since=(start,)),),
        first_token_seconds=(FieldSource((keys["first"],), since=(start,), before=(end,)),),
        outcomes=(
            Outcome(Condition(("level",), ("error",)), True),
            Outcome(Condition(("level",), ("*",)), False),
        ),
        error=at_path(keys["message"]),
        call_id=at_path("id"),
    )


LANGFUSE = _langfuse(
    "langfuse",
    "Langfuse, blob export",
    model="provided_model_name",
    usage="usage_details",
    start="start_time",
    end="end_time",
    first="completion_start_time",
    cost="total_cost",
    costs="cost_details",
    message="status_message",
)

LANGFUSE_BATCH = _langfuse(
    "langfuse-batch",
    "Langfuse, batch export",
    model="providedModelName",
    usage="usageDetails",
    start="startTime",
    end="endTime",
    first="completionStartTime",
    cost="totalCost",
    costs="costDetails",
    message="statusMessage",
)

HELICONE = LogFormat(
    name="helicone",
    writer="Helicone, export",
    marks=(
        (("delay_ms",), ("request_id",), ("request_properties",)),
        (("delay_ms",), ("request_id",), ("request_created_at",)),
    ),
    entries=("data",),
    decision=(("request_properties",), ("properties",)),
    served=at_path("response_model"),
    called=at_any(("model_override",), ("request_model",)),
    at=at_path("request_created_at"),
    input_tokens=at_path("prompt_tokens"),
    output_tokens=at_path("completion_tokens"),
    cached_tokens=at_path("prompt_cache_read_tokens"),
    cost_usd=at_any(("cost",), ("costUSD",)),
    seconds=(FieldSource(("delay_ms",), unit="ms"),),
    first_token_seconds=(FieldSource(("time_to_first_token",), unit="ms"),),
    outcomes=(
        # Its own codes below zero say that the caller broke off, or that no answer is there yet.
        Outcome(Condition(("response_status",), ("-*",)), None),
        *http_outcomes("response_status"),
    ),
    error=at_path("response_status"),
    call_id=at_path("request_id"),
)

DATADOG = LogFormat(
    name="datadog",
    writer="Datadog LLM Observability",
    marks=((("meta", "kind"), ("start_ns",)),),
    entries=("data", "attributes", "spans"),
    calls=(Condition(("meta", "kind"), ("llm", "embedding")),),
    decision=(
        ("meta", "metadata", "spend_logs_metadata"),
        ("meta", "metadata"),
        ("tags",),
    ),
    called=(
        FieldSource(
            ("meta", "metadata", "model_name"), under=("meta", "metadata", "model_provider")
        ),
        FieldSource(("meta", "model_name"), under=("meta", "model_provider")),
    ),
    at=at_path("start_ns"),
    input_tokens=at_path("metrics", "input_tokens"),
    output_tokens=at_path("metrics", "output_tokens"),
    cached_tokens=at_path("metrics", "cache_read_input_tokens"),
    reasoning_tokens=at_path("metrics", "reasoning_output_tokens"),
    # The unit of `time_to_first_token` is not verified.
    seconds=(FieldSource(("duration",), unit="ns"),),
    outcomes=(
        Outcome(Condition(("status",), ("error",)), True),
        Outcome(Condition(("status",), ("ok",)), False),
    ),
    error=at_any(("meta", "error", "type"), ("error", "type")),
    call_id=at_path("span_id"),
)

BEDROCK = LogFormat(
    name="bedrock",
    writer="Amazon Bedrock, model invocation log",
    marks=((("schemaType",), ("modelId",)),),
    decision=(("requestMetadata",),),
    called=at_path("modelId"),
    at=at_path("timestamp"),
    # Bedrock counts what it read from its cache, or wrote to it, apart from the input.
    input_tokens=(
        FieldSource(
            ("input", "inputTokenCount"),
            plus=(
                ("input", "cacheReadInputTokenCount"),
                ("input", "cacheWriteInputTokenCount"),
            ),
        ),
    ),
    output_tokens=at_path("output", "outputTokenCount"),
    cached_tokens=at_path("input", "cacheReadInputTokenCount"),
    outcomes=(
        Outcome(Condition(("errorCode",), ("*",)), True),
        Outcome(Condition(("errorCode",)), False),
    ),
    error=at_path("errorCode"),
    call_id=at_path("requestId"),
)
