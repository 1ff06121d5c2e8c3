"""The same needs give the same answer, whichever door they come in by."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openfeature", reason="needs the extra openfeature")
pytest.importorskip("starlette", reason="needs the extra serve")

from hypothesis import given, settings
from hypothesis import strategies as st
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import InvalidContextError, OpenFeatureError
from tests.core.bundles import bundled
from tests.documents.pages import block_with

from zumik import Resolver
from zumik.core.decisions.log_line import UnreadableLine, read_log_line
from zumik.errors import ZumikError
from zumik.integrations.openfeature import ZumikProvider
from zumik.integrations.request_needs import NEEDS, needs_of, prompts_of
from zumik.serve.answers import Refusal
from zumik.serve.release_source import BundleReleases
from zumik.serve.request_bodies import read_explain_body, read_replay_body, read_resolve_body
from zumik.serve.view import View

BUNDLE = bundled()
ALIAS = "code.fast"

counts = st.sampled_from([None, "", 0, 80, 80.0, "80", "80.0", 400, "4e2", -1, 1.5, True, [], "x"])
words = st.sampled_from([None, "", [], ["tools"], ["tools", "tools"], "tools", [1], {}])
models = st.sampled_from([None, "", [], ["acme/small"], ["acme/small"] * 2, ["no model"], [None]])
needs = st.fixed_dictionaries(
    {},
    optional={
        "input_tokens": counts,
        "output_tokens": counts,
        "capabilities": words,
        "input": words,
        "unavailable": models,
        "max_tokens": st.just(1),
    },
)


def resolver() -> Resolver:
    return Resolver(lambda _: BUNDLE, lambda: None, check_every=math.inf)


def asked_by_each(needs: dict[str, Any]) -> dict[str, object]:
    """The request that each door reads; None where it refuses it."""
    body = {"reference": ALIAS, "request": needs}
    line = {"requested_model": ALIAS, "request": needs}
    in_body = {"log_line": line}
    found: dict[str, object] = {}
    for name, read in {
        "resolve": lambda: read_resolve_body(json.dumps(body).encode()).request,
        "explain": lambda: read_explain_body(json.dumps(body).encode()).line.request,
        "explain a line": lambda: read_explain_body(json.dumps(in_body).encode()).line.request,
        "a log": lambda: read_log_line(json.dumps(line).encode()).request,
        "replay": lambda: replayed(line),
    }.items():
        try:
            found[name] = read()
        except (Refusal, UnreadableLine, ZumikError):
            found[name] = None
    return found


def replayed(line: dict[str, Any]) -> object:
    (read,) = read_replay_body(json.dumps({"log_lines": [line]}).encode())
    return None if isinstance(read, str) else read.request


def answer_of_resolver(needs: dict[str, Any]) -> object:
    try:
        decision = resolver().resolve(ALIAS, needs)
    except ZumikError as error:
        return type(error).__name__ == "NoCandidate"
    return decision.to_json()


def answer_of_openfeature(attributes: dict[str, Any]) -> object:
    provider = ZumikProvider(resolver)
    provider._resolver = resolver()
    try:
        found = provider.resolve_object_details(ALIAS, {}, EvaluationContext(None, attributes))
    except OpenFeatureError as error:
        return not isinstance(error, InvalidContextError)
    return {name: item for name, item in dict(found.value).items() if name != "timestamp"}


@settings(deadline=None, max_examples=200)
@given(needs)
def test_every_door_reads_the_same_needs(needs: dict[str, Any]) -> None:
    found = asked_by_each(needs)
    assert len(set(found.values())) == 1, found
    by_resolver = answer_of_resolver(needs)
    if found["resolve"] is None:
        assert by_resolver is False
    elif isinstance(by_resolver, dict):
        logged = by_resolver["request"]
        assert logged == found["resolve"].to_json()  # type: ignore[attr-defined]
        view = View(BUNDLE, BundleReleases(BUNDLE))
        served = view.resolver.resolve(ALIAS, found["resolve"])  # type: ignore[arg-type]
        assert served.to_json() == by_resolver
    prefixed = {f"zumik.{name}": value for name, value in needs.items()}
    assert answer_of_openfeature(prefixed) == by_resolver
    assert answer_of_openfeature({"zumik": needs}) == by_resolver


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"input_tokens": 3000}, "the context's 'input_tokens' is not read (zumik.input_tokens)"),
        ({"capabilities": ["tools"]}, "the context's 'capabilities' is not read"),
        ({"zumik": 3000}, "the context's 'zumik' is not an object"),
        ({"zumik": {"input_tokens": 1}, "zumik.input_tokens": 2}, "has 'zumik.input_tokens' twice"),
    ],
)
def test_a_need_is_never_ignored(attributes: dict[str, Any], words: str) -> None:
    provider = ZumikProvider(resolver)
    provider._resolver = resolver()
    with pytest.raises(InvalidContextError, match=re.escape(words)):
        provider.resolve_string_details(ALIAS, "", EvaluationContext(None, attributes))


def test_the_page_s_openfeature_snippet_answers_the_first_question(tmp_path: Path) -> None:
    from openfeature import api
    from tests.resolver.files import put

    (snippet,) = re.findall(
        r"^(api\.set_provider.*)$", block_with(".github/GATEWAYS.md", "api.set_provider").text, re.M
    )
    put(tmp_path / "live.json", BUNDLE)
    live = str(tmp_path / "live.json")
    try:
        exec(snippet.replace("live.json", live), {"api": api, "ZumikProvider": ZumikProvider})
        assert api.get_client().get_string_value(ALIAS, "the default") == "acme/small"
    finally:
        api.shutdown()


def part(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [fields]}]}


PDF = {"input": ["pdf"]}
SCREENSHOT = {"type": "computer_screenshot", "image_url": "u"}


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (part(type="video_url", video_url={"url": "u"}), {"input": ["video"]}),
        (part(type="audio_url", audio_url={"url": "u"}), {"input": ["audio"]}),
        (part(type="image_url", image_url={"url": "data:image/png;base64,"}), {"input": ["image"]}),
        (
            part(type="image_url", image_url={"url": "data:application/pdf;base64,JVBER"}),
            {"input": ["pdf"]},
        ),
        (
            {"input": [{"type": "function_call_output", "output": [{"type": "input_image"}]}]},
            {"input": ["image"]},
        ),
        *(
            ({"max_tokens": text}, {"output_tokens": count})
            for text, count in {
                "4096": 4096,
                " 4096 ": 4096,
                "4096.0": 4096,
                "5e3": 5000,
                "5E+3": 5000,
                "1.5e3": 1500,
                4096.0: 4096,
            }.items()
        ),
        *(
            ({"max_tokens": text}, {})
            for text in ("1.5", "5e99", "-5", "0", "NaN", "", "\u0665", "1_0")
        ),
        *(
            (data, {"capabilities": ["reasoning"]})
            for data in (
                {"reasoning_effort": "low"},
                {"reasoning_effort": {"effort": "high", "summary": "auto"}},
                {"reasoning": {"effort": "minimal"}},
                {"thinking": {"type": "enabled", "budget_tokens": 1024}},
                {"thinking": {"type": "adaptive"}},
            )
        ),
        *(
            (data, {})
            for data in (
                {"reasoning_effort": "none"},
                {"reasoning_effort": None, "reasoning": {}, "thinking": {"type": "disabled"}},
                {"reasoning": {"summary": "auto"}, "thinking": 1},
                {"modalities": ["text"], "audio": {"voice": "alloy"}},
            )
        ),
        ({"modalities": ["text", "audio"]}, {"capabilities": ["audio_output"]}),
        (part(type="input_video", video_url="u"), {"input": ["video"]}),
        (part(type="file", file={"file_id": "f", "format": "video/mp4"}), {"input": ["video"]}),
        (part(type="file", file={"file_data": "data:audio/mpeg;base64,"}), {"input": ["audio"]}),
        (part(type="input_file", file_data="data:image/png;base64,"), {"input": ["image"]}),
        (part(type="input_audio", input_audio={"data": "", "format": "wav"}), {"input": ["audio"]}),
        (part(type="image_url", image_url={"url": "u", "format": "Application/PDF"}), PDF),
        (
            {"messages": [{"role": "tool", "content": [{"type": "image_url", "image_url": "u"}]}]},
            {"input": ["image"]},
        ),
        (
            {
                "input": [
                    {"type": "computer_call_output", "output": {"type": "computer_screenshot"}}
                ]
            },
            {"input": ["image"]},
        ),
        ({"max_tokens": "many", "max_output_tokens": 0}, {}),
    ],
)
def test_what_a_gateway_s_request_says_for_certain_is_read(
    data: dict[str, Any], read: dict[str, Any]
) -> None:
    assert needs_of(data).to_json() == {"unavailable": [], **read}


EVERY_NEED = {
    **part(type="video_url"),
    "tools": [{"type": "function"}],
    "reasoning_effort": "high",
    "max_tokens": 9,
}


@pytest.mark.parametrize(
    ("ignored", "read"),
    [
        ((), {"output_tokens": 9, "capabilities": ["tools", "reasoning"], "input": ["video"]}),
        (("reasoning", "video"), {"output_tokens": 9, "capabilities": ["tools"]}),
        (("tools", "output_tokens"), {"capabilities": ["reasoning"], "input": ["video"]}),
        (NEEDS, {}),
    ],
)
def test_needs_that_are_ignored_are_not_read(ignored: Any, read: dict[str, Any]) -> None:
    assert needs_of(EVERY_NEED, frozenset(ignored)).to_json() == {"unavailable": [], **read}


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.mark.parametrize(
    ("data", "prompts"),
    [
        ({}, [((), 0)]),
        ({"messages": [{"role": "user", "content": "a"}]}, [(("a",), 0)]),
        (
            {"system": "s", "messages": [{"content": [{"type": "text", "text": "a"}, IMAGE]}]},
            [(("s", "a"), 0)],
        ),
        ({"instructions": "s", "input": "a"}, [(("s", "a"), 0)]),
        ({"input": [{"role": "user", "content": "a"}]}, [(("a",), 0)]),
        (
            {"input": [{"type": "function_call_output", "call_id": "c", "output": "o"}]},
            [(("o",), 0)],
        ),
        ({"input": ["a", "b"]}, [(("a",), 0), (("b",), 0)]),
        ({"input": [1, 2, 3]}, [((), 3)]),
        ({"prompt": [[1, 2], "a"]}, [((), 2), (("a",), 0)]),
        ({"prompt": "a", "tools": [{"name": "n"}]}, [(('[{"name": "n"}]', "a"), 0)]),
        ({"messages": 5, "input": {}, "prompt": 1.5}, [((), 0), ((), 0)]),
    ],
)
def test_the_texts_of_a_prompt_are_found_in_every_format(
    data: dict[str, Any], prompts: list[tuple[tuple[str, ...], int]]
) -> None:
    assert prompts_of(data) == prompts


def test_a_prompt_that_is_nested_without_end_is_read_to_a_bound() -> None:
    deep: Any = "a"
    for _ in range(1000):
        deep = [deep]
    assert prompts_of({"messages": deep}) == [((), 0)]
    assert needs_of({"messages": deep, "input": deep}).asks_nothing
