"""What is read out of a request and written into its log line; no LiteLLM is needed for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.core.bundles import NOON, draining

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.decisions.log_line import read_log_line
from zumik.core.decisions.replay import Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.live.drains import drained
from zumik.integrations.litellm_request import (
    LOG_HEADER,
    OWN_FIELDS,
    after_failures,
    fallbacks_of,
    headers_of,
    line_of,
    metadata_name,
    with_line,
    without_claims,
)
from zumik.integrations.request_needs import needs_of
from zumik.resolver import Resolver

PART = {"type": "text", "text": "hi"}
PDF = "data:application/pdf;base64,AA=="
FORGED = {"receipt": "forged", "alias_release": "forged", "team": "a"}


def said(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [PART, *parts]}]}


@pytest.mark.parametrize(
    ("data", "needs"),
    [
        ({}, NOTHING_ASKED),
        ({"messages": [{"role": "user", "content": "hi"}], "input": "hi"}, NOTHING_ASKED),
        ({"max_tokens": 7}, Request(output_tokens=7)),
        ({"max_completion_tokens": 9, "max_tokens": 7}, Request(output_tokens=9)),
        ({"max_output_tokens": 8}, Request(output_tokens=8)),
        ({"max_tokens": True}, NOTHING_ASKED),
        ({"max_tokens": -1}, NOTHING_ASKED),
        ({"max_tokens": "7"}, Request(output_tokens=7)),
        ({"tools": []}, NOTHING_ASKED),
        ({"tools": [{"type": "function", "function": {}}]}, Request(capabilities=("tools",))),
        ({"tools": [{"name": "weather", "input_schema": {}}]}, Request(capabilities=("tools",))),
        ({"tools": [{"type": "web_search_20250305"}]}, NOTHING_ASKED),
        ({"functions": [{}]}, Request(capabilities=("tools",))),
        (
            {"response_format": {"type": "json_schema"}},
            Request(capabilities=("structured_output",)),
        ),
        ({"response_format": {"type": "json_object"}}, NOTHING_ASKED),
        (
            {"text": {"format": {"type": "json_schema"}}},
            Request(capabilities=("structured_output",)),
        ),
        (
            {"output_config": {"format": {"type": "json_schema"}}},
            Request(capabilities=("structured_output",)),
        ),
        (said({"type": "image_url"}), Request(input=("image",))),
        (said({"type": "image"}, {"type": "input_audio"}), Request(input=("audio", "image"))),
        (said({"type": "file", "file": {"file_data": PDF}}), Request(input=("pdf",))),
        (said({"type": "file", "file": {"file_id": "f"}}), NOTHING_ASKED),
        (said({"type": "document", "source": {"type": "url"}}), Request(input=("pdf",))),
        (said({"type": "document", "source": {"type": "text"}}), NOTHING_ASKED),
        (
            said({"type": "tool_result", "content": [{"type": "image"}]}),
            Request(input=("image",)),
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            Request(input=("image",)),
        ),
        ({"messages": 5, "input": [3, {"content": [None]}], "tools": {}, "text": 1}, NOTHING_ASKED),
        (said({"type": ["image"]}), NOTHING_ASKED),
    ],
)
def test_a_need_is_derived_only_where_it_is_certain(data: dict[str, Any], needs: Request) -> None:
    assert needs_of(data) == needs


@pytest.fixture
def decide(workspace: Path) -> Any:
    return Resolver.from_workspace(workspace).resolve


def test_fallbacks_are_the_lower_ranks_that_can_take_the_request(decide: Any) -> None:
    assert fallbacks_of(decide("code.fast")) == ("acme/text-1", "acme/steady-1")
    assert fallbacks_of(decide("code.fast", {"input": ["image"]})) == ("acme/steady-1",)
    assert fallbacks_of(decide("acme/fast-1")) == ()


def test_after_failures_the_decision_equals_resolving_without_the_failed_models(
    decide: Any,
) -> None:
    first: Decision = decide("code.fast", {"output_tokens": 5})
    again = after_failures(first, ModelId("acme/steady-1"))
    gone = {"output_tokens": 5, "unavailable": ["acme/fast-1", "acme/text-1"]}
    assert again == decide("code.fast", gone)


@pytest.mark.parametrize("served", ["acme/fast-1", "acme/embed-1", "other/model", "acme/text-1"])
def test_a_model_that_zumik_did_not_choose_has_no_decision(decide: Any, served: str) -> None:
    first: Decision = decide("code.fast", {"input": ["image"]})
    assert after_failures(first, ModelId(served)) is first
    line = line_of(first, "2026-01-01T00:00:00Z", served)
    assert line.get("served_model") == (None if served == first.model else served)


def test_no_field_of_the_line_comes_from_the_caller(decide: Any) -> None:
    ignored = decide("code.fast")._replace(drain_ignored=(ModelId("acme/fast-1"),))
    assert line_of(ignored, "2026-01-01T00:00:00Z", "x/y").keys() == OWN_FIELDS


ASKED = [
    NOTHING_ASKED,
    Request(input=("image",)),
    Request(output_tokens=5, capabilities=("tools",)),
    Request(unavailable=(ModelId("acme/steady-1"),)),
]


@pytest.mark.parametrize("request_", ASKED)
@pytest.mark.parametrize("glob", ["acme/fast-1", "acme/text-1", "acme/steady-1", "*t-1", "nobody"])
def test_a_drained_model_is_no_fallback(decide: Any, glob: str, request_: Request) -> None:
    plain: Decision = decide("code.fast", request_)
    assert plain.source is not None
    drains = draining(glob)
    found = resolve_under(drains, plain.source, AliasName("code.fast"), request_, NOON)
    if found.drain_ignored:
        assert fallbacks_of(found) == fallbacks_of(plain)
        return
    gone = drained(drains.drains, plain.source.aliases[AliasName("code.fast")].ranking, NOON)
    assert not {found.model, *fallbacks_of(found)} & {*gone}
    for served in fallbacks_of(found):
        assert after_failures(found, served).drain_ignored == ()


def test_after_failures_an_ignored_drain_is_still_ignored(decide: Any) -> None:
    plain: Decision = decide("code.fast")
    assert plain.source is not None
    source, alias = plain.source, AliasName("code.fast")
    found = resolve_under(draining("*"), source, alias, NOTHING_ASKED, NOON)
    assert fallbacks_of(found) == ("acme/text-1", "acme/steady-1")
    again = after_failures(found, ModelId("acme/text-1"))
    assert again.request.unavailable == ("acme/fast-1",)
    assert again.drain_ignored == ("acme/text-1", "acme/steady-1")
    line = read_log_line(json.dumps(line_of(again, "2026-01-01T00:00:00Z")).encode())
    assert replay(line, {source.ref.id: source}.__getitem__).verdict is Verdict.REPRODUCED


def test_a_concrete_target_has_no_receipt(decide: Any) -> None:
    assert headers_of(decide("acme/fast-1")).keys() == {
        "x-zumik-resolved-model",
        "x-zumik-resolution-reason",
    }


@pytest.mark.parametrize("form", [dict, json.dumps], ids=["object", "text"])
def test_claims_are_removed_wherever_litellm_reads_them(form: Any) -> None:
    claim = {"spend_logs_metadata": form(FORGED)}
    data: dict[str, Any] = {
        "metadata": {**claim, "requester_metadata": dict(claim), "headers": {LOG_HEADER: "forged"}},
        "litellm_metadata": dict(claim),
        "proxy_server_request": {
            "headers": {"X-LiteLLM-Spend-Logs-Metadata": "forged", "accept": "x"},
            "body": {"metadata": dict(claim), "model": "m"},
        },
    }
    without_claims(data)
    assert "forged" not in json.dumps(data)
    assert data["metadata"]["spend_logs_metadata"] == {"team": "a"}
    assert data["proxy_server_request"]["headers"] == {"accept": "x"}


@pytest.mark.parametrize("odd", ["{", "[" * 100_000, 5, [1], "null"])
def test_a_claim_that_is_not_a_mapping_is_removed(odd: object) -> None:
    data: dict[str, Any] = {"metadata": {"spend_logs_metadata": odd}}
    without_claims(data)
    assert data == {"metadata": {}}


def test_other_callbacks_keep_their_log_fields() -> None:
    metadata: dict[str, Any] = {"spend_logs_metadata": {"team": "a", "served_model": "forged"}}
    with_line(metadata, {"requested_model": "code.fast"})
    assert metadata["spend_logs_metadata"] == {"team": "a", "requested_model": "code.fast"}


def test_the_line_is_written_where_litellm_reads_it() -> None:
    assert metadata_name({"metadata": {}}) == "metadata"
    assert metadata_name({"metadata": {}, "litellm_metadata": {}}) == "litellm_metadata"
