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

from zumik import Resolver
from zumik.core.decisions.log_line import UnreadableLine, read_log_line
from zumik.errors import ZumikError
from zumik.integrations.litellm_request import needs_of
from zumik.integrations.openfeature import ZumikProvider
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


def test_the_readme_s_openfeature_snippet_answers_the_first_question(tmp_path: Path) -> None:
    from openfeature import api
    from tests.resolver.files import put

    readme = (Path(__file__).parents[2] / "README.md").read_text()
    (snippet,) = re.findall(r"`(api\.set_provider[^`]*)`", readme)
    put(tmp_path / "live.json", BUNDLE)
    live = str(tmp_path / "live.json")
    try:
        exec(snippet.replace("live.json", live), {"api": api, "ZumikProvider": ZumikProvider})
        assert api.get_client().get_string_value(ALIAS, "the default") == "acme/small"
    finally:
        api.shutdown()


def part(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [fields]}]}


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
        ({"max_tokens": "4096"}, {"output_tokens": 4096}),
        ({"max_tokens": 4096.0}, {"output_tokens": 4096}),
        ({"max_tokens": "many", "max_output_tokens": 0}, {}),
        ({"thinking": {"type": "enabled"}, "reasoning_effort": "high"}, {}),
    ],
)
def test_what_a_gateway_s_request_says_for_certain_is_read(
    data: dict[str, Any], read: dict[str, Any]
) -> None:
    assert needs_of(data).to_json() == {"unavailable": [], **read}
