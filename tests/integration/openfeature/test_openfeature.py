"""An alias as a flag, through the OpenFeature SDK as an application has it."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openfeature", reason="the extra zumik[openfeature] is not installed")

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import EventDetails, ProviderEvent
from openfeature.exception import ErrorCode, ProviderNotReadyError
from openfeature.flag_evaluation import Reason
from openfeature.provider import ProviderStatus
from openfeature.provider.no_op_provider import NoOpProvider
from tests.core.builders import FIRST
from tests.core.bundles import BEST, ONE, SECOND, TWO, bundled, draining, pointed
from tests.documents.pages import block_with
from tests.resolver.files import put

from zumik.core.decisions.log_line import read_log_line
from zumik.core.decisions.replay import Verdict, replay
from zumik.integrations.openfeature import ZumikProvider

PAGE = ".github/GATEWAYS.md"
DEFAULT = "openai/gpt-5"
Events = Callable[[], tuple[str, EventDetails]]


@pytest.fixture(autouse=True)
def _taken_down() -> Iterator[None]:
    yield
    api.clear_providers()
    api.clear_evaluation_context()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A bundle in which `code.fast` stands for acme/small."""
    put(tmp_path / "live.json", bundled())
    return tmp_path / "live.json"


@pytest.fixture
def provider(file: Path) -> ZumikProvider:
    """Registered and ready; it looks at the file only when it is told to."""
    made = ZumikProvider.from_bundle(file, check_every=1e6)
    api.set_provider_and_wait(made)
    return made


@pytest.fixture
def client(provider: ZumikProvider) -> Any:
    return api.get_client()


@pytest.fixture
def events() -> Iterator[Events]:
    """The next event that the SDK hands to its listeners."""
    seen: queue.Queue[tuple[str, EventDetails]] = queue.Queue()
    handlers = {
        event: lambda details, name=event.value: seen.put((name, details))
        for event in ProviderEvent
    }
    for event, handler in handlers.items():
        api.add_handler(event, handler)
    yield lambda: seen.get(timeout=60)
    for event, handler in handlers.items():
        api.remove_handler(event, handler)


def needing(**needs: Any) -> EvaluationContext:
    return EvaluationContext(
        "ada", {"plan": "of the application", **{f"zumik.{k}": v for k, v in needs.items()}}
    )


def test_an_alias_is_a_string_flag(client: Any) -> None:
    details = client.get_string_details("code.fast", DEFAULT)
    assert client.get_string_value("code.fast", DEFAULT) == details.value == "acme/small"
    assert (details.variant, details.reason) == (FIRST, Reason.STATIC)
    assert details.error_code is None
    line = details.flag_metadata["log_line"]
    assert {**details.flag_metadata, "log_line": ...} == {
        "requested_model": "code.fast",
        "alias_release": FIRST,
        "alias_release_sha256": ONE.ref.sha256,
        "resolved_model": "acme/small",
        "resolved_revision": "small-1",
        "candidates_considered": 2,
        "resolution_reason": "first_listed_under_policy",
        "receipt": f"code.fast@{FIRST}:{ONE.ref.sha256.short}=acme/small",
        "log_line": ...,
    }
    assert json.loads(line)["resolved_model"] == "acme/small"


def test_the_lines_of_the_page_answer_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    exec(block_with(PAGE, "api.set_provider").text, {})
    assert api.get_client().get_string_value("code.fast", DEFAULT) == "acme/small"


def test_async_evaluation_gives_the_same_answer(client: Any) -> None:
    found = asyncio.run(client.get_string_details_async("code.fast", DEFAULT))
    assert (found.value, found.variant) == ("acme/small", FIRST)


@pytest.mark.parametrize(
    "needs",
    [
        {},
        {"input_tokens": 500},
        {"output_tokens": 200, "capabilities": ("tools",)},
        {"unavailable": ["acme/small"]},
    ],
)
def test_every_log_line_replays_as_reproduced(client: Any, needs: dict[str, Any]) -> None:
    details = client.get_string_details("code.fast", DEFAULT, needing(**needs))
    assert details.value == ("bolt/big" if needs else "acme/small")
    assert details.reason is (Reason.TARGETING_MATCH if needs else Reason.STATIC)
    line = read_log_line(details.flag_metadata["log_line"].encode())
    assert line.timestamp is not None
    assert replay(line, {FIRST: ONE}.__getitem__).verdict is Verdict.REPRODUCED


def test_an_object_flag_is_the_log_line(client: Any) -> None:
    details = client.get_object_details("code.fast", {})
    assert json.loads(details.flag_metadata["log_line"]) == details.value
    assert details.value["request"] == {"unavailable": []}


def test_needs_are_read_from_every_level_of_the_context(client: Any) -> None:
    api.set_evaluation_context(needing(input_tokens=500))
    assert client.get_string_value("code.fast", DEFAULT) == "bolt/big"
    assert client.get_string_value("code.fast", DEFAULT, needing(input_tokens=5)) == "acme/small"


@pytest.mark.parametrize("value", [500, "500", ["tools"], None])
@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("input_tokens", "input_tokens"),
        ("inputTokens", "input_tokens"),
        ("output-tokens", "output_tokens"),
        ("CAPABILITIES", "capabilities"),
        ("input", "input"),
        ("Unavailable", "unavailable"),
    ],
)
def test_a_need_outside_zumik_is_refused_by_name(
    client: Any, name: str, need: str, value: Any
) -> None:
    context = EvaluationContext(None, {name: value})
    details = client.get_string_details("code.fast", DEFAULT, context)
    assert (details.value, details.error_code) == (DEFAULT, ErrorCode.INVALID_CONTEXT)
    assert details.error_message == f"the context's '{name}' is not read (zumik.{need})"
    other = EvaluationContext(None, {"tokens": 500})
    assert client.get_string_value("code.fast", DEFAULT, other) == "acme/small"


def test_a_pinned_alias_and_a_target_are_flags_too(client: Any) -> None:
    pinned = client.get_string_details(f"code.fast@{SECOND}", DEFAULT)
    assert (pinned.value, pinned.variant, pinned.reason) == ("bolt/big", SECOND, Reason.STATIC)
    target = client.get_string_details("bolt/big", DEFAULT)
    assert (target.value, target.variant, target.reason) == ("bolt/big", None, Reason.STATIC)
    assert "receipt" not in target.flag_metadata
    assert target.flag_metadata["resolution_reason"] == "pinned_target"


ERRORS: dict[str, tuple[str, dict[str, Any], ErrorCode, str]] = {
    "an unknown alias": ("code.slow", {}, ErrorCode.FLAG_NOT_FOUND, "did you mean code.fast"),
    "no alias": ("new-checkout-flow!", {}, ErrorCode.FLAG_NOT_FOUND, "not an alias name"),
    "an unknown model": ("acme/huge", {}, ErrorCode.FLAG_NOT_FOUND, "no release knows"),
    "a need of another type": (
        "code.fast", {"input_tokens": "many"}, ErrorCode.INVALID_CONTEXT, "request.input_tokens",
    ),
    "an unknown need": ("code.fast", {"price": 1}, ErrorCode.INVALID_CONTEXT, "request.price"),
    "too much": (
        "code.fast", {"input_tokens": 5000}, ErrorCode.GENERAL, "request);  acme/small: input_tok",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("flag", "needs", "code", "words"), ERRORS.values(), ids=ERRORS)
def test_an_unanswerable_flag_gives_the_default_and_the_reason(
    client: Any, flag: str, needs: dict[str, Any], code: ErrorCode, words: str
) -> None:
    details = client.get_string_details(flag, DEFAULT, needing(**needs))
    assert (details.value, details.reason) == (DEFAULT, Reason.ERROR)
    assert details.error_code == code
    assert words in details.error_message
    assert "\n" not in details.error_message


@pytest.mark.parametrize(
    ("ask", "default"),
    [("get_boolean_details", True), ("get_integer_details", 7), ("get_float_details", 0.5)],
)
def test_other_types_are_a_type_mismatch(client: Any, ask: str, default: object) -> None:
    details = getattr(client, ask)("code.fast", default)
    assert (details.value, details.error_code) == (default, ErrorCode.TYPE_MISMATCH)
    unknown = getattr(client, ask)("code.slow", default)
    assert (unknown.value, unknown.error_code) == (default, ErrorCode.FLAG_NOT_FOUND)


def test_a_drained_answer_has_reason_targeting(
    file: Path, client: Any, provider: ZumikProvider
) -> None:
    put(file, bundled(drains=draining("acme/*")))
    provider.refresh()
    details = client.get_string_details("code.fast", DEFAULT)
    assert (details.value, details.reason) == ("bolt/big", Reason.TARGETING_MATCH)


def test_a_drain_event_names_the_aliases_that_rank_a_drained_model(
    file: Path, client: Any, provider: ZumikProvider, events: Events
) -> None:
    assert events()[0] == "PROVIDER_READY"
    for generation, globs in enumerate((["acme/*"], ["acme/*", "nobody/*"], ["*"], []), 1):
        put(file, bundled(pointed(ONE), drains=draining(*globs, generation=generation)))
        provider.refresh()
        name, details = events()
        moved = [] if "nobody/*" in globs else ["code.fast"]
        assert (name, details.flags_changed) == ("PROVIDER_CONFIGURATION_CHANGED", moved)
    assert client.get_string_value("code.fast", DEFAULT) == "acme/small"


def test_a_drain_that_is_ignored_is_in_the_log_line(
    file: Path, client: Any, provider: ZumikProvider
) -> None:
    put(file, bundled(drains=draining("*")))
    provider.refresh()
    details = client.get_string_details("code.fast", DEFAULT)
    line = read_log_line(details.flag_metadata["log_line"].encode())
    assert (details.value, line.drain_ignored) == ("acme/small", ("acme/small", "bolt/big"))
    assert replay(line, {FIRST: ONE}.__getitem__).verdict is Verdict.REPRODUCED


# Files that change


def test_a_new_bundle_event_names_the_moved_aliases(
    file: Path, client: Any, provider: ZumikProvider, events: Events
) -> None:
    assert events()[0] == "PROVIDER_READY"
    put(file, bundled(pointed(TWO, generation=2), pointed(TWO, BEST)))
    provider.refresh()
    name, details = events()
    assert (name, details.flags_changed) == (
        "PROVIDER_CONFIGURATION_CHANGED",
        ["code.fast", "reasoning.best"],
    )
    assert client.get_string_value("code.fast", DEFAULT) == "bolt/big"
    put(file, bundled(pointed(TWO, generation=3), pointed(ONE, BEST, generation=2)))
    provider.refresh()
    assert events()[1].flags_changed == ["reasoning.best"]


def test_after_a_bad_bundle_the_state_is_stale_and_the_last_good_one_answers(
    file: Path, client: Any, provider: ZumikProvider, events: Events
) -> None:
    assert events()[0] == "PROVIDER_READY"
    good = file.read_bytes()
    file.write_bytes(good[:-9])
    provider.refresh()
    provider.refresh()
    name, details = events()
    assert name == "PROVIDER_STALE"
    assert "not a bundle" in details.message
    assert client.get_provider_status() is ProviderStatus.STALE
    stale = client.get_string_details("code.fast", DEFAULT)
    assert (stale.value, stale.reason, stale.error_code) == ("acme/small", Reason.STALE, None)
    file.write_bytes(good)
    provider.refresh()
    assert events()[0] == "PROVIDER_READY", "and STALE was told once"
    assert client.get_provider_status() is ProviderStatus.READY
    assert client.get_string_details("code.fast", DEFAULT).reason is Reason.STATIC


def test_without_a_bundle_the_provider_is_not_ready_until_there_is_one(
    tmp_path: Path, events: Events
) -> None:
    file = tmp_path / "live.json"
    provider = ZumikProvider.from_bundle(file, check_every=1e6)
    assert events()[0] == "PROVIDER_READY", "the SDK's own"
    with pytest.raises(ProviderNotReadyError):
        api.set_provider_and_wait(provider)
    name, told = events()
    assert (name, told.error_code) == ("PROVIDER_ERROR", ErrorCode.PROVIDER_NOT_READY)
    assert "No such file" in told.message
    client = api.get_client()
    details = client.get_string_details("code.fast", DEFAULT)
    assert (details.value, details.error_code) == (DEFAULT, ErrorCode.PROVIDER_NOT_READY)
    provider.refresh()
    file.write_bytes(b"{}")
    provider.refresh()
    provider.refresh()
    name, told = events()
    assert (name, told.error_code) == ("PROVIDER_ERROR", ErrorCode.PROVIDER_NOT_READY)
    assert "missing 'schema'" in told.message
    put(file, bundled())
    provider.refresh()
    assert events()[0] == "PROVIDER_READY", "and the error was told once"
    assert client.get_string_value("code.fast", DEFAULT) == "acme/small"


def test_a_thread_watches_the_files_until_shutdown(file: Path, events: Events) -> None:
    provider = ZumikProvider.from_bundle(file, check_every=0.001)
    assert events()[0] == "PROVIDER_READY", "the SDK's own"
    api.set_provider_and_wait(provider)
    assert events()[0] == "PROVIDER_READY"
    put(file, bundled(pointed(TWO, generation=2)))
    assert events()[0] == "PROVIDER_CONFIGURATION_CHANGED"
    api.set_provider_and_wait(NoOpProvider())
    assert provider._closed.wait(60), "the SDK shuts down what it lets go of"


def test_a_workspace_can_be_the_source(tmp_path: Path) -> None:
    with pytest.raises(ProviderNotReadyError):
        api.set_provider_and_wait(ZumikProvider.from_workspace(tmp_path, check_every=1e6))


def test_before_initialisation_it_raises_not_ready(file: Path) -> None:
    with pytest.raises(ProviderNotReadyError):
        ZumikProvider.from_bundle(file).resolve_string_details("code.fast", DEFAULT)
