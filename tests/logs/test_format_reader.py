"""One entry of a gateway's log, read by the table of its format."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zumik.core.basics.foreign_json import ForeignJson, foreign_json
from zumik.core.traffic.logged_call import (
    NO_DECISION,
    LoggedCall,
    NotACall,
    Place,
    ReadEntry,
    UnreadEntry,
)
from zumik.errors import UsageError
from zumik.logs.calls import calls_in
from zumik.logs.files.entry import Entry
from zumik.logs.formats.format_reader import read_entry
from zumik.logs.formats.gateway_formats import LITELLM, SPEND_LOGS
from zumik.logs.formats.known_formats import FORMATS, log_format_named

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> list[LoggedCall]:
    calls = list(calls_in([str(SAMPLES / name)]))
    assert all(isinstance(call, LoggedCall) for call in calls)
    return [call for call in calls if isinstance(call, LoggedCall)]


def read(value: Any) -> list[ReadEntry]:
    entry = Entry(Place("log", 1), foreign_json(json.dumps(value).encode()))
    return list(read_entry(entry))


def test_a_streamed_call_of_litellm_has_a_first_token_and_its_own_length() -> None:
    stream, whole = sample("litellm-payload.jsonl")[:2]
    assert stream.decision is not None
    assert (stream.decision.reference.text, stream.decision.model) == ("code.fast", "acme/fast-1")
    assert stream.at == datetime(2026, 11, 28, 3, 29, 36, 644218, tzinfo=UTC)
    assert (stream.input_tokens, stream.output_tokens, stream.cached_tokens) == (6159, 885, 0)
    assert stream.cost_usd == Decimal("0.007928999999999999")
    assert (stream.seconds, stream.first_token_seconds) == (0.780496, 0.741343)
    assert (whole.seconds, whole.first_token_seconds) == (0.050509, None)


def test_what_litellm_stamped_over_the_answer_is_not_taken_as_served() -> None:
    calls = sample("litellm-payload.jsonl")
    served = [call.decision.served_model for call in calls if call.decision]
    assert served == [None] * 7 + ["haiku-1-2026-01-01"]


def test_attempts_of_one_request_share_its_id() -> None:
    failed, answered = sample("litellm-payload.jsonl")[2:4]
    assert failed.call_id == answered.call_id is not None
    assert (failed.failed, failed.error, failed.input_tokens) == (True, "RateLimitError", None)
    assert (answered.failed, answered.error, answered.input_tokens) == (False, None, 5505)


def test_a_call_without_a_decision_says_so() -> None:
    unknown = sample("litellm-payload.jsonl")[5]
    assert (unknown.decision, unknown.fault) == (None, NO_DECISION)
    assert unknown.called == "nosuch.alias"


def test_a_row_of_spend_logs_reads_alike_in_every_form() -> None:
    payload = sample("litellm-spendlogs-payload.jsonl")
    database = sample("litellm-spendlogs-postgresql.jsonl")
    with (SAMPLES / "litellm-spendlogs-copy.csv").open(newline="") as file:
        rows = [
            call
            for row in csv.DictReader(file)
            for call in read_entry(Entry(Place("log", 1), ForeignJson(row, {}, [])))
        ]

    def content(call: object) -> tuple[object, ...]:
        assert isinstance(call, LoggedCall)
        tokens = (call.input_tokens, call.output_tokens, call.cached_tokens, call.reasoning_tokens)
        return (call.decision, call.called, *tokens, call.cost_usd, call.failed, call.call_id)

    assert [*map(content, payload)] == [*map(content, database)] == [*map(content, rows)]
    first = database[0]
    assert (first.seconds, first.first_token_seconds) == (0.781, 0.742)
    assert database[1].first_token_seconds is None


def test_a_damaged_line_inside_a_payload_keeps_the_verdict_of_the_line() -> None:
    text = (
        '{"response_cost": 1, "call_type": "x", "metadata": {"spend_logs_metadata":'
        ' {"requested_model": "a.b", "requested_model": "c.d"}}}'
    )
    (call,) = read_entry(Entry(Place("log", 1), foreign_json(text.encode())))
    assert isinstance(call, LoggedCall)
    assert call.fault == "the log line: has the key 'requested_model' twice"


def test_an_entry_of_no_known_format_is_said_in_the_words_of_the_line() -> None:
    (entry,) = read({"level": "info"})
    assert isinstance(entry, UnreadEntry)
    assert "requested_model" in entry.why


def test_a_call_of_a_tool_is_no_call_of_a_model() -> None:
    (entry,) = read({"response_cost": 0.0, "call_type": "call_mcp_tool"})
    assert entry == NotACall(Place("log", 1), LITELLM.name)


def test_a_named_format_takes_only_its_own_entries() -> None:
    entry = Entry(Place("log", 1), foreign_json(b'{"requested_model": "a.b"}'))
    (unread,) = read_entry(entry, SPEND_LOGS)
    assert unread == UnreadEntry(Place("log", 1), "not an entry of the format 'litellm-spendlogs'")


def test_formats_are_found_by_name_and_a_slip_is_named() -> None:
    assert [log_format_named(form.name) for form in FORMATS] == list(FORMATS)
    with pytest.raises(UsageError) as caught:
        log_format_named("litelm")
    assert caught.value.hint == "did you mean litellm?"


def test_tokens_from_a_cache_that_were_counted_apart_are_added_to_the_input() -> None:
    usage = {"inputTokenCount": 20, "cacheReadInputTokenCount": 9, "cacheWriteInputTokenCount": 1}
    (call,) = read({"schemaType": "ModelInvocationLog", "modelId": "m", "input": usage})
    assert isinstance(call, LoggedCall)
    assert (call.input_tokens, call.cached_tokens) == (30, 9)
    helicone = {"delay_ms": 1, "request_id": "r", "request_created_at": None, "prompt_tokens": 20}
    (call,) = read({**helicone, "prompt_cache_read_tokens": 9000})
    assert isinstance(call, LoggedCall)
    assert (call.input_tokens, call.cached_tokens) == (9020, 9000)


def test_a_page_of_an_api_gives_its_entries() -> None:
    records = [{"selected_model": "a", "original_model": "b", "request_id": id} for id in "xy"]
    first, second = read({"object": "list", "data": records})
    assert isinstance(second, LoggedCall)
    assert (str(second.place), second.call_id) == ("log:1 (entry 2)", "y")
    assert isinstance(first, LoggedCall)


def test_spans_of_datadog_are_found_in_the_body_of_its_intake() -> None:
    span = {"span_id": "s", "start_ns": 1, "duration": 5_000_000, "meta": {"kind": "llm"}}
    other = {**span, "meta": {"kind": "tool"}}
    call, tool = read({"data": {"type": "span", "attributes": {"spans": [span, other]}}})
    assert isinstance(call, LoggedCall)
    assert call.seconds == 0.005
    assert tool == NotACall(Place("log", 1, 2), "datadog")


def test_each_call_of_a_day_has_the_mean_of_its_tokens_and_cost() -> None:
    row = {"model_permaslug": "m", "requests": 3, "prompt_tokens": 9, "usage": 0.9}
    (call,) = read(row)
    assert isinstance(call, LoggedCall)
    assert (call.calls, call.input_tokens, call.cost_usd) == (3, 3, Decimal("0.3"))


def test_the_calls_of_a_day_sum_to_what_the_row_says() -> None:
    row = {
        "model_permaslug": "m",
        "requests": 7,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "usage": 0.1,
    }
    calls = [call for call in read(row) if isinstance(call, LoggedCall)]
    assert sum(call.calls for call in calls) == 7
    assert sum(call.calls * (call.input_tokens or 0) for call in calls) == 100
    assert sum(call.calls * (call.output_tokens or 0) for call in calls) == 10
    assert sum(call.calls * (call.cost_usd or 0) for call in calls) == Decimal("0.1")
    assert {call.input_tokens for call in calls} == {14, 15}


@pytest.mark.parametrize("requests", [-3, 1.5, 10**30, "many"])
def test_a_day_without_a_readable_number_of_calls_is_listed(requests: object) -> None:
    (found,) = read({"model_permaslug": "m", "requests": requests, "prompt_tokens": 9})
    assert isinstance(found, UnreadEntry)
    assert found.why == "the number of calls in 'requests' cannot be read"


def test_a_receipt_may_stand_in_a_tag_behind_its_name() -> None:
    receipt = "code.fast@alr_2026_06_09_003:1a2b3c4d5e6f=acme/fast-1"
    entry = {
        "type": "GENERATION",
        "provided_model_name": "m",
        "tags": ["a", f"zumik_receipt:{receipt}"],
    }
    (call,) = read(entry)
    assert isinstance(call, LoggedCall)
    assert call.decision is not None
    assert (call.decision.model, call.decision.digest_prefix) == ("acme/fast-1", "1a2b3c4d5e6f")


@pytest.mark.parametrize("user", ["{abc", "[1", "u@example.com", "a=b", "", 7, None, ["x"]])
def test_an_ordinary_value_in_a_slot_is_no_damaged_decision(user: object) -> None:
    (call,) = read({"native_tokens_prompt": 1, "external_user": user})
    assert isinstance(call, LoggedCall)
    assert call.fault == NO_DECISION


def test_a_damaged_receipt_is_named_as_one() -> None:
    (call,) = read({"native_tokens_prompt": 1, "external_user": "code.fast@alr_2026_06_09_003"})
    assert isinstance(call, LoggedCall)
    assert call.fault is not None
    assert call.fault.startswith("the receipt: ")
