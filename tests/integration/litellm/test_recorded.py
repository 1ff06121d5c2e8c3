"""The logs of a real LiteLLM proxy, read as logs: each decision is found, and has its verdict."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.integration.litellm.gateway import run_zumik
from tests.integration.litellm.installed import require_litellm
from tests.integration.litellm.recorded import CACHED, DRIFTED, HAS_OTEL, SCENES, Recorded, Said

from zumik.core.traffic.logged_call import LoggedCall, NotACall
from zumik.logs.calls import calls_in

pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

FILES = {
    "payloads.jsonl": "litellm",
    "generic.jsonl": "litellm",
    "spend.jsonl": "litellm-spendlogs",
    "spans.jsonl": "opentelemetry",
}
ANSWERED = {scene.name: scene.said for scene in SCENES if scene.said is not None}
_SERVED = r"""(['"\\]+)served_model\1: \1[^'"\\]*\1"""
needs_otel = pytest.mark.skipif(not HAS_OTEL, reason="needs the packages of OpenTelemetry")
files = pytest.mark.parametrize(
    "file", [pytest.param(f, marks=needs_otel) if f == "spans.jsonl" else f for f in FILES]
)


def calls_of(recorded: Recorded, file: str) -> dict[str, list[LoggedCall]]:
    """The calls that a file lists, by the scene that they belong to."""
    scenes = {call_id: name for name, call_id in recorded.ids.items()}
    found: dict[str, list[LoggedCall]] = {name: [] for name in recorded.ids}
    for call in calls_in([str(recorded.place / file)]):
        if not isinstance(call, NotACall):
            assert isinstance(call, LoggedCall), call
            found[scenes[call.call_id or ""]].append(call)
    return found


@files
def test_each_answer_is_logged_once_with_its_verdict(
    file: str, recorded: Recorded, workspace: Path
) -> None:
    log = str(recorded.place / file)
    listed = run_zumik(workspace, "replay", log, "--each", "--format", "json").splitlines()
    verdicts = {found["place"]: found for found in map(json.loads, listed)}
    said = {}
    for name, calls in calls_of(recorded, file).items():
        for call in calls:
            assert call.format == FILES[file]
            if call.failed is False:
                assert name not in said
                found = verdicts[str(call.place)]
                said[name] = Said(found["verdict"], found["served_model"])
    assert said == ANSWERED


@files
def test_the_totals_show_the_drift(file: str, recorded: Recorded, workspace: Path) -> None:
    text = run_zumik(workspace, "replay", str(recorded.place / file))
    drifted = sum(said == DRIFTED for said in ANSWERED.values())
    assert f" {drifted} another revision" in text
    assert "fast-1-2026-03-01" in text
    assert "private-prompt" not in text


@pytest.mark.parametrize("file", ["payloads.jsonl", "spend.jsonl"])
def test_one_entry_explains_itself(file: str, recorded: Recorded, workspace: Path) -> None:
    """A person pastes the whole entry of a call whose provider has moved on."""
    entries = (recorded.place / file).read_text().splitlines()
    (entry,) = [entry for entry in entries if f'"{recorded.ids["drifting stream"]}"' in entry]
    text = run_zumik(workspace, "explain", "-", stdin=entry)
    assert "reproduced" in text
    assert "another revision of it, 'fast-1-2026-03-01'" in text
    assert "private-prompt" not in text


@files
def test_without_the_callback_a_log_says_nothing_false_of_the_model(
    file: str, recorded: Recorded, tmp_path: Path
) -> None:
    """LiteLLM's own fields are believed only where they say what the provider said."""
    text = (recorded.place / file).read_text()
    bare = recorded._replace(place=tmp_path)
    (tmp_path / file).write_text(re.sub(_SERVED, r"\1a\1: 0", text))
    served = {name: calls[-1].served for name, calls in calls_of(recorded, file).items() if calls}
    said = {name: calls[-1].served for name, calls in calls_of(bare, file).items() if calls}
    assert {name: served[name] for name, model in said.items() if model} == {
        name: model for name, model in said.items() if model
    }
    assert said["chat"] is None
    assert file == "spend.jsonl" or said["drifting messages"] == served["drifting messages"]


@files
def test_tokens_cost_and_times_are_read(file: str, recorded: Recorded) -> None:
    for scene in SCENES:
        for call in calls_of(recorded, file)[scene.name]:
            assert call.at is not None
            if call.failed:
                continue
            assert call.called == str(call.decision and call.decision.model)
            assert (call.input_tokens, call.calls) == (1000, 1)
            if scene.said != CACHED:
                assert call.cost_usd
                assert call.seconds is not None
                assert 0 < call.seconds < 60
                timed = scene.stream and file != "spans.jsonl"
                assert (call.first_token_seconds is not None) == timed
            elif file != "spans.jsonl":
                # A span does not say that its answer came from the cache.
                assert not call.cost_usd
                assert (call.seconds, call.first_token_seconds) == (None, None)


@files
def test_attempts_that_failed_are_logged_without_an_answer(file: str, recorded: Recorded) -> None:
    failed = {
        name: [call for call in calls if call.failed]
        for name, calls in calls_of(recorded, file).items()
    }
    if file == "spend.jsonl":
        # This recorder keeps the rows of answers alone.
        assert not any(failed.values())
        return
    for scene in SCENES:
        assert bool(failed[scene.name]) == (scene.failed or scene.said is None)
        for call in failed[scene.name]:
            assert call.error
            assert call.served is None
            assert call.decision is None or call.decision.served_model is None


@files
def test_an_unknown_alias_has_no_decision(file: str, recorded: Recorded) -> None:
    calls = calls_of(recorded, file)["unknown"]
    assert [call.decision for call in calls] == [None] * len(calls)
    assert len(calls) == (file != "spend.jsonl")


@files
def test_what_is_read_has_no_prompt_and_no_key(file: str, recorded: Recorded) -> None:
    text = str(list(calls_in([str(recorded.place / file)])))
    assert "private-prompt" not in text
    assert "sk-" not in text


def test_the_prompts_are_in_the_logs_that_were_read(recorded: Recorded) -> None:
    held = Counter(
        file for file in FILES if "private-prompt" in (recorded.place / file).read_text()
    )
    assert set(held) >= {"payloads.jsonl", "generic.jsonl"}
