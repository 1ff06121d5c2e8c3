"""What an answer says of its model, in the forms in which LiteLLM hands answers over."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from zumik.integrations.litellm_answer import (
    MessageStart,
    kept_model,
    provider_model,
    record_served,
)

LINE = {"requested_model": "code.fast"}


@pytest.mark.parametrize(
    ("answer", "kept", "provider"),
    [
        (SimpleNamespace(model="fast-1"), None, "fast-1"),
        ({"model": "fast-1", "content": []}, None, "fast-1"),
        (
            SimpleNamespace(
                model="code.fast", _hidden_params={"provider_response_model": "fast-1"}
            ),
            "fast-1",
            "fast-1",
        ),
        (
            SimpleNamespace(
                model="code.fast", _hidden_params=SimpleNamespace(provider_response_model="fast-1")
            ),
            "fast-1",
            "fast-1",
        ),
        (SimpleNamespace(response=SimpleNamespace(model="fast-1")), "fast-1", "fast-1"),
        (SimpleNamespace(model="", _hidden_params=None), None, None),
        (SimpleNamespace(model="m" * 301), None, None),
        ({"model": ["fast-1"]}, None, None),
        (None, None, None),
    ],
)
def test_the_model_is_read_where_the_provider_named_it(
    answer: object, kept: str | None, provider: str | None
) -> None:
    assert kept_model(answer) == kept
    assert provider_model(answer) == provider


def logging(**more: object) -> Any:
    return SimpleNamespace(
        call_type="anthropic_messages", streamed_anthropic_message_id=None, **more
    )


def started(model: object = "haiku-1", **more: object) -> bytes:
    message = {"type": "message_start", "message": {"id": "msg_1", "model": model, **more}}
    return f"event: message_start\ndata: {json.dumps(message)}\n\n".encode()


def read(start: MessageStart, *pieces: object) -> list[str]:
    """The models that are found in the pieces of a stream, which are read while it is looking."""
    return [found for piece in pieces if start.looking and (found := start.model_in(piece))]


def test_the_first_event_of_a_stream_is_read_in_any_pieces() -> None:
    event = started()
    for cut in range(len(event)):
        start = MessageStart(logging())
        assert read(start, event[:cut], event[cut:], started("other")) == ["haiku-1"]
        assert not start.looking
    assert read(MessageStart(logging()), event.replace(b"\n", b"\r\n")) == ["haiku-1"]
    assert read(MessageStart(logging()), b"event: ping\ndata: {}\n\n", event) == ["haiku-1"]


@pytest.mark.parametrize(
    "piece",
    [
        b"data: {\n\n",
        b"data: " + b"[" * 60_000 + b"\n\n",
        b"\xff\xfe\n\n",
        b"x" * 70_000,
        b": ping\n\n" * 9_000,
        started(model=None),
        started(model={"a": 1}),
        started(model="m" * 301),
        "text",
        None,
    ],
)
def test_a_stream_that_names_no_model_gives_none(piece: object) -> None:
    assert read(MessageStart(logging()), piece) == []


def test_an_event_that_litellm_wrote_itself_is_not_the_providers() -> None:
    made_up = logging()
    made_up.streamed_anthropic_message_id = "msg_1"
    assert read(MessageStart(made_up), started()) == []
    assert not MessageStart(SimpleNamespace(call_type="acompletion")).looking
    assert not MessageStart(None).looking


def test_long_streams_are_not_kept() -> None:
    start = MessageStart(logging())
    read(start, *[b"x" * 1000] * 1000)
    assert not start.looking


def test_the_line_about_to_be_logged_is_the_one_that_is_written() -> None:
    first, now = dict(LINE), dict(LINE)
    details = {"litellm_params": {"metadata": {"spend_logs_metadata": now}}}
    data = {
        "litellm_logging_obj": SimpleNamespace(model_call_details=details),
        "metadata": {"spend_logs_metadata": first},
    }
    record_served(data, "fast-2")
    assert (first, now) == (LINE, {**LINE, "served_model": "fast-2"})
    record_served({"litellm_metadata": {"spend_logs_metadata": first}}, "fast-3")
    assert first["served_model"] == "fast-3"


@pytest.mark.parametrize(
    "metadata",
    [None, "text", {}, {"spend_logs_metadata": None}, {"spend_logs_metadata": {"team": "a"}}],
)
def test_without_a_decision_nothing_is_written(metadata: object) -> None:
    data = {"metadata": metadata, "litellm_params": None, "litellm_logging_obj": None}
    before = json.dumps(data)
    record_served(data, "fast-1")
    record_served({"metadata": {"spend_logs_metadata": dict(LINE)}}, None)
    assert json.dumps(data) == before


@pytest.mark.parametrize(
    "noted",
    [
        {"cache_hit": True},
        {"litellm_logging_obj": SimpleNamespace(caching_details={"cache_hit": True})},
        {"litellm_logging_obj": SimpleNamespace(model_call_details={"cache_hit": True})},
    ],
)
def test_an_answer_from_the_cache_was_served_by_no_provider(noted: dict[str, object]) -> None:
    data = {"metadata": {"spend_logs_metadata": dict(LINE)}, **noted}
    record_served(data, "fast-1")
    assert data["metadata"] == {"spend_logs_metadata": LINE}
