"""The table, first part: zumik's own line, and the logs that gateways write.

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
    at_any,
    at_path,
    http_outcomes,
)

ZUMIK = LogFormat(
    name="zumik",
    writer="zumik's own line",
    marks=((("requested_model",),),),
    decision=((),),
    served=at_path("served_model"),
    at=at_path("timestamp"),
)

_TOOLS_AND_FILES = ("*mcp*", "*_file*", "*vector_store*")
_USAGE = ("metadata", "usage_object")
# An answer from LiteLLM's cache says nothing of the model's speed.
_NOT_CACHED = (Condition(("cache_hit",), ("true",), is_not=True),)

SPEND_LOGS = LogFormat(
    name="litellm-spendlogs",
    writer="LiteLLM, rows of LiteLLM_SpendLogs",
    marks=(
        (("request_duration_ms",), ("call_type",)),
        (("spend",), ("call_type",), ("request_id",)),
    ),
    calls=(Condition(("call_type",), _TOOLS_AND_FILES, is_not=True),),
    decision=(
        ("metadata", "spend_logs_metadata"),
        ("metadata", "requester_metadata"),
        ("request_tags",),
    ),
    called=at_any(("model_group",), ("model_id",), ("model",)),
    at=at_path("startTime"),
    input_tokens=at_path("prompt_tokens"),
    output_tokens=at_path("completion_tokens"),
    cached_tokens=at_any(
        (*_USAGE, "prompt_tokens_details", "cached_tokens"),
        (*_USAGE, "cache_read_input_tokens"),
        ("metadata", "additional_usage_values", "cache_read_input_tokens"),
    ),
    reasoning_tokens=at_path(*_USAGE, "completion_tokens_details", "reasoning_tokens"),
    cost_usd=at_path("spend"),
    seconds=(
        FieldSource(("endTime",), since=("startTime",), where=_NOT_CACHED),
        FieldSource(("request_duration_ms",), unit="ms", where=_NOT_CACHED),
    ),
    # A row does not say whether its answer was streamed; only a stream has a first token before
    # its end.
    first_token_seconds=(
        FieldSource(
            ("completionStartTime",), since=("startTime",), before=("endTime",), where=_NOT_CACHED
        ),
    ),
    outcomes=(
        Outcome(Condition(("status",), ("failure",)), True),
        Outcome(Condition(("metadata", "status"), ("failure",)), True),
        Outcome(Condition(("status",), ("success",)), False),
    ),
    error=at_any(
        ("metadata", "error_information", "error_class"),
        ("metadata", "error_information", "error_code"),
    ),
    call_id=at_any(("litellm_call_id",), ("metadata", "litellm_call_id"), ("request_id",)),
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
        FieldSource(
            ("response", "model"),
            where=(
                Condition(("call_type",), ANTHROPIC_ROUTE),
                Condition(("custom_llm_provider",), ("anthropic",)),
                Condition(("stream",), ("true",), is_not=True),
            ),
        ),
    ),
    called=SPEND_LOGS.called,
    at=at_path("startTime"),
    input_tokens=SPEND_LOGS.input_tokens,
    output_tokens=SPEND_LOGS.output_tokens,
    cached_tokens=SPEND_LOGS.cached_tokens,
    reasoning_tokens=SPEND_LOGS.reasoning_tokens,
    cost_usd=at_path("response_cost"),
    # Its `response_time` is not used: for a stream it is the time to the first token.
    seconds=(FieldSource(("endTime",), since=("startTime",), where=_NOT_CACHED),),
    first_token_seconds=(
        FieldSource(
            ("completionStartTime",),
            since=("startTime",),
            where=(Condition(("stream",), ("true",)), *_NOT_CACHED),
        ),
    ),
    outcomes=(
        Outcome(Condition(("status",), ("failure",)), True),
        Outcome(Condition(("status",), ("success",)), False),
    ),
    error=at_any(("error_information", "error_class"), ("error_information", "error_code")),
    call_id=at_any(("litellm_call_id",), ("trace_id",), ("id",)),
)

ENVOY = LogFormat(
    name="envoy",
    writer="Envoy AI Gateway, access log in JSON",
    marks=((("gen_ai.request.model",),),),
    decision=tuple((key,) for key in RECEIPT_KEYS),
    served=at_path("gen_ai.response.model"),
    called=at_any(("gen_ai.request.model_override",), ("gen_ai.request.model",)),
    at=at_path("start_time"),
    input_tokens=at_path("gen_ai.usage.input_tokens"),
    output_tokens=at_path("gen_ai.usage.output_tokens"),
    cached_tokens=at_any(
        ("gen_ai.usage.cached_input_tokens",), ("gen_ai.usage.cache_read.input_tokens",)
    ),
    reasoning_tokens=at_path("gen_ai.usage.reasoning_tokens"),
    seconds=(FieldSource(("duration",), unit="ms"),),
    first_token_seconds=(FieldSource(("token_latency_ttft",), unit="ms"),),
    outcomes=http_outcomes("response_code"),
    error=at_path("response_code"),
    call_id=at_path("x-request-id"),
)

OPENROUTER = LogFormat(
    name="openrouter",
    writer="OpenRouter, generations",
    marks=((("native_tokens_prompt",),),),
    entries=("data",),
    decision=(("external_user",), ("metadata",), ("trace", "metadata")),
    called=at_path("model"),
    at=at_path("created_at"),
    # The provider's own counts, by which it bills; `tokens_prompt` is another tokenizer's.
    input_tokens=at_path("native_tokens_prompt"),
    output_tokens=at_path("native_tokens_completion"),
    cached_tokens=at_path("native_tokens_cached"),
    reasoning_tokens=at_path("native_tokens_reasoning"),
    cost_usd=at_any(("total_cost",), ("usage",)),
    # `latency` is said to be the whole, and is less than `generation_time` in its own example:
    # neither is verified, so both stay unknown.
    outcomes=(
        Outcome(Condition(("cancelled",), ("true",)), None),
        Outcome(Condition(("finish_reason",), ("error",)), True),
        Outcome(Condition(("finish_reason",), ("*",)), False),
        Outcome(Condition(("finish_reason",)), True),
    ),
    call_id=at_path("id"),
)

OPENROUTER_ACTIVITY = LogFormat(
    name="openrouter-activity",
    writer="OpenRouter, activity of a day",
    marks=((("model_permaslug",), ("requests",)),),
    entries=("data",),
    calls=(Condition(("requests",), ("0",), is_not=True),),
    called=at_path("model"),
    at=at_path("date"),
    input_tokens=at_path("prompt_tokens"),
    output_tokens=at_path("completion_tokens"),
    reasoning_tokens=at_path("reasoning_tokens"),
    cost_usd=at_path("usage"),
    number=at_path("requests"),
)

PORTKEY = LogFormat(
    name="portkey",
    writer="Portkey, logs export",
    marks=((("req_units",),), (("ai_org",), ("ai_model",))),
    decision=(("metadata",),),
    called=(FieldSource(("ai_model",), under=("ai_org",)),),
    at=at_path("created_at"),
    input_tokens=at_path("req_units"),
    output_tokens=at_path("res_units"),
    # Portkey documents cents where the currency is the US dollar, and nothing of any other.
    cost_usd=(
        FieldSource(
            ("cost",), unit="cents", where=(Condition(("cost_currency",), ("usd", "cents")),)
        ),
    ),
    seconds=(FieldSource(("response_time",), unit="ms"),),
    outcomes=(
        Outcome(Condition(("is_success",), ("true", "1")), False),
        Outcome(Condition(("is_success",), ("false", "0")), True),
        *http_outcomes("response_status_code"),
    ),
    error=at_path("response_status_code"),
    call_id=(
        FieldSource(("trace_id",), where=(Condition(("mode",), ("fallback",)),)),
        FieldSource(("id",)),
    ),
)

SEMANTIC_ROUTER = LogFormat(
    name="vllm-semantic-router",
    writer="vLLM Semantic Router, replay",
    marks=((("selected_model",), ("original_model",)), (("selected_model",), ("signals",))),
    entries=("data",),
    # An answer from the router's cache called no model.
    calls=(Condition(("from_cache",), ("true",), is_not=True),),
    decision=(("signals", "metadata"), ("route_diagnostics", "annotations")),
    called=at_path("selected_model"),
    at=at_path("timestamp"),
    input_tokens=at_path("prompt_tokens"),
    output_tokens=at_path("completion_tokens"),
    cached_tokens=at_path("cached_prompt_tokens"),
    cost_usd=(FieldSource(("actual_cost",), where=(Condition(("currency",), ("usd",)),)),),
    seconds=(FieldSource(("duration_ms",), unit="ms"),),
    outcomes=(
        Outcome(Condition(("response_status",)), None),
        Outcome(Condition(("response_status",), ("2??",), is_not=True), True),
        # HTTP may say success of an answer that was not completed; older versions say no more.
        Outcome(Condition(("lifecycle_state",)), False),
        Outcome(Condition(("lifecycle_state",), ("completed",)), False),
        Outcome(Condition(("lifecycle_state",), ("*",)), True),
    ),
    error=at_path("response_status"),
    call_id=at_any(("request_id",), ("id",)),
)
