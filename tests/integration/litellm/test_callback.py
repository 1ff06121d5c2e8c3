"""The callback's corners that a proxy reaches seldom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from tests.core.bundles import draining
from tests.integration.litellm.installed import require_litellm

from zumik.core.live.bundle import bundle_to_bytes, read_bundle
from zumik.errors import UsageError

require_litellm()

from litellm.proxy._types import ProxyException  # noqa: E402

from zumik.integrations.litellm import ZumikResolver  # noqa: E402
from zumik.integrations.litellm_log import line_of_call  # noqa: E402
from zumik.integrations.litellm_settings import CallbackSettings, settings_of  # noqa: E402


class Router:
    """As much of LiteLLM's router as is asked."""

    def __init__(self, *names: str) -> None:
        self.model_names = set(names)
        self.model_group_alias: dict[str, str] = {}

    def get_model_list(self, model_name: str) -> None:
        return None


ALL = ("acme/fast-1", "acme/text-1", "acme/steady-1")


def asked(callback: ZumikResolver, *all_data: dict[str, Any]) -> list[dict[str, Any]]:
    """What the callback makes of requests that one task sends."""

    async def run() -> None:
        for data in all_data:
            await callback.async_pre_call_hook(None, None, data, "completion")

    asyncio.run(run())
    return list(all_data)


def test_requests_that_come_while_the_files_are_opened_wait_for_them(live: Path) -> None:
    # LiteLLM has not read its settings when it imports the callback, so the first request opens.
    begun, may_end, opened = Event(), Event(), []

    def slow() -> CallbackSettings:
        opened.append(live)
        begun.set()
        assert may_end.wait(60)
        return CallbackSettings(str(live))

    callback = ZumikResolver(slow, lambda: Router(*ALL))

    async def run() -> list[object]:
        def call() -> asyncio.Task[object]:
            data: dict[str, Any] = {"model": "code.other", "metadata": {}}
            return asyncio.create_task(
                callback.async_pre_call_hook(None, None, data, "completion")  # type: ignore[arg-type]
            )

        first = call()
        await asyncio.to_thread(begun.wait, 60)
        others = [call() for _ in range(20)]
        first.cancel()
        await asyncio.sleep(0)
        may_end.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    cancelled, *answers = asyncio.run(run())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert {data["model"] for data in answers} == {"acme/fast-1"}  # type: ignore[index]
    assert len(opened) == 1


def test_a_bundle_that_is_missing_is_looked_for_once_a_second(tmp_path: Path) -> None:
    opened: list[int] = []

    def missing() -> CallbackSettings:
        opened.append(1)
        return CallbackSettings(str(tmp_path / "none.json"))

    callback = ZumikResolver(missing, lambda: Router(*ALL))

    async def run() -> list[object]:
        calls = [
            callback.async_pre_call_hook(None, None, {"model": "code.other"}, "completion")
            for _ in range(20)
        ]
        return await asyncio.gather(*calls, return_exceptions=True)

    refused = asyncio.run(run())
    assert {getattr(error, "code", None) for error in refused} == {"503"}
    assert len(opened) == 1


class CatchAll(Router):
    """A router with `model_name: "*"`, which has a deployment for every name."""

    def get_model_list(self, model_name: str) -> Any:
        return [{"model_name": "*"}]


@pytest.mark.parametrize(
    ("reference", "passes"),
    [
        ("code.fats", False),
        ("code.fast@alr_2000_01_01_001", False),
        ("CODE_FAST", False),
        ("code.fast", False),  # live; the request below is too large for every candidate
        ("*", False),
        ("openai/any", True),
        ("gpt-4o", False),
        ("gpt-4.1", True),
        ("our-name", True),
    ],
)
def test_a_catch_all_does_not_switch_refusal_off(live: Path, reference: str, passes: bool) -> None:
    router = CatchAll(*ALL, "*", "gpt-4.1", "code.fast")
    router.model_group_alias = {"our-name": "gpt-4.1"}
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: router)
    data: dict[str, Any] = {"model": reference, "max_tokens": 10**9, "metadata": {}}
    if passes:
        asked(callback, data)
        assert data["model"] == reference
    else:
        with pytest.raises(ProxyException):
            asked(callback, data)


def test_litellms_own_rate_limit_keeps_the_alias_in_the_line(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))
    first, second = asked(
        callback,
        {"model": "code.other", "litellm_call_id": "1", "metadata": {}},
        {"model": "acme/steady-1", "litellm_call_id": "1", "metadata": {}},
    )
    line = second["metadata"]["spend_logs_metadata"]
    assert first["model"] != second["model"]
    assert line["requested_model"] == "code.other"
    assert line["request"]["unavailable"] == [first["model"]]


def test_each_call_in_a_task_is_its_own_request(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))
    _, second = asked(
        callback,
        {"model": "code.other", "litellm_call_id": "1", "metadata": {}},
        {"model": "acme/steady-1", "litellm_call_id": "2", "metadata": {}},
    )
    assert second["metadata"]["spend_logs_metadata"]["requested_model"] == "acme/steady-1"


def test_a_caller_may_disable_fallbacks_but_not_choose_them(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))
    elsewhere = [{"*": ["acme/embed-1"]}]
    (data,) = asked(
        callback,
        {
            "model": "code.other",
            "disable_fallbacks": True,
            "fallbacks": elsewhere,
            "context_window_fallbacks": elsewhere,
            "content_policy_fallbacks": elsewhere,
        },
    )
    assert "embed" not in str(data)
    assert data["disable_fallbacks"] is True
    assert data["fallbacks"] == ["acme/steady-1"]


def test_a_refused_request_has_no_headers_of_an_earlier_one(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))

    async def run() -> list[object]:
        found: list[object] = []
        for model in ("code.other", "code.typo"):
            data = {"model": model, "litellm_call_id": "1"}
            with suppress(ProxyException):
                await callback.async_pre_call_hook(None, None, data, "completion")
            found.append(await callback.async_post_call_response_headers_hook(data, None, None))
        return found

    told, none = asyncio.run(run())
    assert told
    assert none is None


def test_an_alias_without_deployments_is_a_400(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router("acme/other"))
    with pytest.raises(ProxyException, match="no_candidate_meets_request") as refused:
        asked(callback, {"model": "code.other", "metadata": {}})
    assert refused.value.code == "400"


@pytest.fixture
def drained(live: Path, tmp_path: Path) -> Any:
    """The bundle with models drained."""

    def make(glob: str) -> Path:
        bundle = read_bundle(live.read_bytes())._replace(drains=draining(glob))
        (tmp_path / "drained.json").write_bytes(bundle_to_bytes(bundle))
        return tmp_path / "drained.json"

    return make


def test_a_drained_model_is_neither_chosen_nor_a_fallback(drained: Any) -> None:
    callback = ZumikResolver(
        lambda: CallbackSettings(str(drained("acme/text-1"))), lambda: Router(*ALL)
    )
    (data,) = asked(callback, {"model": "code.fast", "metadata": {}})
    assert (data["model"], data["fallbacks"]) == ("acme/fast-1", ["acme/steady-1"])
    line = data["metadata"]["spend_logs_metadata"]
    assert line["request"] == {"unavailable": ["acme/text-1"]}
    assert "drain_ignored" not in line


def test_a_drain_is_ignored_where_the_proxy_has_no_other_deployment(drained: Any) -> None:
    file = drained("acme/steady-1")
    callback = ZumikResolver(lambda: CallbackSettings(str(file)), lambda: Router("acme/steady-1"))
    (data,) = asked(callback, {"model": "code.fast", "metadata": {}})
    line = data["metadata"]["spend_logs_metadata"]
    assert (data["model"], line["drain_ignored"]) == ("acme/steady-1", ["acme/steady-1"])
    assert line["request"] == {"unavailable": ["acme/fast-1", "acme/text-1"]}


def test_a_caller_cannot_set_ignored_drains(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))
    claim = {"spend_logs_metadata": {"drain_ignored": ["acme/fast-1"], "team": "a"}}
    (data,) = asked(callback, {"model": "code.fast", "metadata": claim})
    line = data["metadata"]["spend_logs_metadata"]
    assert "drain_ignored" not in line
    assert line["team"] == "a"


def test_pass_changes_nothing_but_removes_claims(live: Path) -> None:
    callback = ZumikResolver(
        lambda: CallbackSettings(str(live), on_error="pass"), lambda: Router(*ALL)
    )
    claim = {"spend_logs_metadata": {"receipt": "forged", "team": "a"}}
    (data,) = asked(callback, {"model": "code.typo", "metadata": claim, "fallbacks": ["x"]})
    assert data == {
        "model": "code.typo",
        "metadata": {"spend_logs_metadata": {"team": "a"}},
        "fallbacks": ["x"],
    }


def test_without_a_bundle_litellms_own_models_pass(tmp_path: Path) -> None:
    callback = ZumikResolver(
        lambda: CallbackSettings(str(tmp_path / "none")), lambda: Router("acme/fast-1")
    ).start()
    (data,) = asked(callback, {"model": "acme/fast-1", "metadata": {}})
    assert data == {"model": "acme/fast-1", "metadata": {}}
    with pytest.raises(ProxyException, match="no releases to answer from") as refused:
        asked(callback, {"model": "code.fast", "metadata": {}})
    assert refused.value.code == "503"


@pytest.mark.parametrize(
    ("environment", "written", "settings"),
    [
        ({"ZUMIK_BUNDLE": "a"}, None, CallbackSettings("a")),
        ({}, {"bundle": "a", "on_error": "pass"}, CallbackSettings("a", on_error="pass")),
        ({"ZUMIK_BUNDLE": "b"}, {"bundle": "a"}, CallbackSettings("b")),
        ({"ZUMIK_BUNDLE": "b", "ZUMIK_WORKSPACE": "w"}, None, CallbackSettings("b")),
        ({"ZUMIK_WORKSPACE": "w"}, {}, CallbackSettings(None, "w")),
        ({"ZUMIK_ON_ERROR": "pass"}, {"bundle": "a"}, CallbackSettings("a", on_error="pass")),
        ({"ZUMIK_LOG": "b"}, {"bundle": "a", "log": "c"}, CallbackSettings("a", log="b")),
        (
            {"ZUMIK_LIST_ALIASES": "true"},
            {"bundle": "a", "count_input": True, "list_aliases": False},
            CallbackSettings("a", count_input=True, list_aliases=True),
        ),
        (
            {},
            {"bundle": "a", "ignore_needs": ["reasoning", "pdf"]},
            CallbackSettings("a", ignore_needs=frozenset({"reasoning", "pdf"})),
        ),
        (
            {"ZUMIK_IGNORE_NEEDS": "tools, video"},
            {"bundle": "a", "ignore_needs": "pdf"},
            CallbackSettings("a", ignore_needs=frozenset({"tools", "video"})),
        ),
    ],
)
def test_the_environment_overrides_the_settings(
    environment: dict[str, str], written: object, settings: CallbackSettings
) -> None:
    assert settings_of(environment, written) == settings


@pytest.mark.parametrize(
    ("environment", "written"),
    [
        ({}, None),
        ({}, "live.json"),
        ({}, {"bundel": "a"}),
        ({"ZUMIK_BUNDLE": "a", "ZUMIK_ON_ERROR": "crash"}, None),
        ({}, {"bundle": "a", "count_input": "yes"}),
        ({}, {"bundle": "a", "ignore_needs": ["speed"]}),
    ],
)
def test_invalid_settings_are_errors(environment: dict[str, str], written: object) -> None:
    with pytest.raises(UsageError):
        settings_of(environment, written)


class Hostile:
    """An answer of which nothing can be read."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


def test_no_fault_of_reading_an_answer_ends_a_request(live: Path) -> None:
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))

    async def run() -> list[object]:
        data: dict[str, Any] = {"model": "code.fast", "metadata": {}}
        await callback.async_pre_call_hook(None, None, data, "completion")
        answer = Hostile()
        await callback.async_post_call_success_deployment_hook(data, answer, None)
        await callback.async_post_call_streaming_deployment_hook(data, answer, None)
        assert await callback.async_logging_hook(data, answer, "completion") == (data, answer)
        assert "served_model" not in data["metadata"]["spend_logs_metadata"]

        async def stream() -> AsyncIterator[object]:
            for chunk in (answer, b"{", None, "text"):
                yield chunk

        logging = SimpleNamespace(call_type="anthropic_messages")
        asking = {**data, "litellm_logging_obj": logging}
        passed = callback.async_post_call_streaming_iterator_hook(None, stream(), asking)
        return [chunk async for chunk in passed]

    assert [type(chunk) for chunk in asyncio.run(run())] == [Hostile, bytes, type(None), str]


def test_a_try_after_a_failed_one_has_a_line_of_its_own(live: Path) -> None:
    """A logger that writes in batches still holds the line of the try that failed."""
    callback = ZumikResolver(lambda: CallbackSettings(str(live)), lambda: Router(*ALL))

    async def run() -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {"model": "code.fast", "metadata": {"model_group": "acme/fast-1"}}
        await callback.async_pre_call_hook(None, None, data, "completion")
        await callback.async_pre_call_deployment_hook(data, None)
        failed = data["metadata"]["spend_logs_metadata"]
        await callback.async_post_call_failure_deployment_hook(data, OSError(), None)
        await callback.async_pre_call_deployment_hook(data, None)
        answer = {"model": "fast-1-2026-03-01"}
        await callback.async_post_call_success_deployment_hook(data, answer, None)
        return failed, data["metadata"]["spend_logs_metadata"]

    failed, answered = asyncio.run(run())
    assert "served_model" not in failed
    assert answered["served_model"] == "fast-1-2026-03-01"
    assert answered["receipt"] == failed["receipt"]


def test_a_log_that_cannot_be_written_ends_no_request(live: Path, tmp_path: Path) -> None:
    settings = CallbackSettings(str(live), log=str(tmp_path / "none" / "calls.jsonl"))
    callback = ZumikResolver(lambda: settings, lambda: Router(*ALL)).start()

    async def run() -> None:
        kwargs = {"standard_logging_object": {"id": "1"}}
        await callback.async_log_success_event(kwargs, None, None, None)
        await callback.async_log_failure_event({}, None, None, None)

    asyncio.run(run())


def test_a_line_of_a_call_has_no_prompt_no_answer_and_no_key() -> None:
    secret = "private"
    payload = {
        "id": "c1",
        "status": "failure",
        "messages": secret,
        "response": secret,
        "model_parameters": secret,
        "error_str": secret,
        "error_information": {
            "error_class": "Timeout",
            "error_message": secret,
            "traceback": secret,
        },
        "metadata": {
            "user_api_key_hash": secret,
            "requester_ip_address": secret,
            "spend_logs_metadata": {"requested_model": "code.fast"},
        },
    }
    assert json.loads(line_of_call(payload)) == {
        "id": "c1",
        "status": "failure",
        "error_information": {"error_class": "Timeout"},
        "metadata": {"spend_logs_metadata": {"requested_model": "code.fast"}},
    }
