"""The callback in a real LiteLLM proxy, asked by the stock clients."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.installed import require_litellm

anthropic = pytest.importorskip("anthropic", reason="needs the integration extra")
openai = pytest.importorskip("openai", reason="needs the integration extra")
httpx = pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.calls import (  # noqa: E402
    MESSAGES,
    Ask,
    asks,
    chat,
    marked,
    messages_stream,
    responses_stream,
)
from tests.integration.litellm.gateway import (  # noqa: E402
    ALIASES,
    KEY,
    Gateway,
    bundle,
    export,
    judged,
    model,
    release,
    run_zumik,
    write_policy,
)
from tests.integration.litellm.upstream import Upstream  # noqa: E402

RECEIPT = "x-zumik-receipt"
FORGED = {
    "requested_model": "forged",
    "receipt": "forged",
    "served_model": "forged",
    "note": "kept",
}
FIRST = ("fast-1-2026-01-01", "embed-1-2026-01-01", "haiku-1-2026-01-01")


@asks
def test_an_alias_is_answered_with_its_receipt_in_headers_and_log(
    ask: Ask, open_ai: Any, claude: Any, gateway: Gateway, workspace: Path, call: str
) -> None:
    headers = ask(open_ai, claude, "code.fast", marked(call))
    logged = gateway.logged(call)
    line = logged["metadata"]["spend_logs_metadata"]
    assert headers[RECEIPT] == line["receipt"]
    assert headers["x-zumik-alias-release"] == line["alias_release"]
    assert headers["x-zumik-resolved-model"] == line["resolved_model"] == logged["model_group"]
    assert headers["x-zumik-resolution-reason"] == "first_listed_under_policy"
    assert line["candidates_considered"] == len(ALIASES[line["requested_model"]])
    assert judged(workspace, line) == ("reproduced", [])
    text = run_zumik(workspace, "explain", "-", stdin=json.dumps(line))
    assert "reproduced" in text
    assert line["resolved_model"] in text


@asks
def test_a_pinned_alias_is_answered_from_its_release(
    ask: Ask, open_ai: Any, claude: Any, gateway: Gateway, workspace: Path, call: str
) -> None:
    pinned = json.loads(run_zumik(workspace, "resolve", "code.fast", "--format", "json"))
    reference = f"code.fast@{pinned['alias_release']}"
    headers = ask(open_ai, claude, reference, marked(call))
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert headers["x-zumik-alias-release"] == pinned["alias_release"]
    assert line["requested_model"].endswith(f"@{pinned['alias_release']}")
    assert judged(workspace, line) == ("reproduced", [])


@asks
def test_a_concrete_target_is_itself_and_has_no_release(
    ask: Ask, open_ai: Any, claude: Any, gateway: Gateway, workspace: Path, call: str
) -> None:
    headers = ask(open_ai, claude, "acme/fast-1", marked(call))
    assert headers["x-zumik-resolution-reason"] == "pinned_target"
    assert RECEIPT not in headers
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert line["resolved_model"] == line["requested_model"]
    assert line["alias_release"] is None
    assert judged(workspace, line) == ("reproduced", [])


@asks
@pytest.mark.parametrize("how", ["429", "500", "hang", "cut"])
def test_a_fallback_is_in_the_receipt_and_replays(
    ask: Ask,
    how: str,
    open_ai: Any,
    claude: Any,
    gateway: Gateway,
    workspace: Path,
    upstream: Upstream,
    call: str,
) -> None:
    upstream.behave = dict.fromkeys(FIRST, how)
    headers = ask(open_ai, claude, "code.fast", marked(call))
    logged = gateway.logged(call)
    line = logged["metadata"]["spend_logs_metadata"]
    ranking = ALIASES[line["requested_model"]]
    assert line["resolved_model"] == ranking[1]
    assert line["resolution_reason"] == "next_ranked_after_unavailable"
    if how == "cut" and ask in (responses_stream, messages_stream):
        # LiteLLM has taken the headers of a stream that breaks later: the log knows better.
        assert headers["x-zumik-resolved-model"] == ranking[0]
    else:
        assert headers["x-zumik-resolution-reason"] == "next_ranked_after_unavailable"
        assert headers["x-zumik-resolved-model"] == ranking[1]
        assert headers[RECEIPT] == line["receipt"]
    assert line["request"]["unavailable"] == ranking[:1]
    assert line["served_model"] == upstream.asked[-1][1]
    assert judged(workspace, line) == ("reproduced", [])
    assert upstream.asked[-1][1].startswith(ranking[1].split("/")[1])


def test_a_second_fallback_names_both_that_failed(
    open_ai: Any, gateway: Gateway, workspace: Path, upstream: Upstream, call: str
) -> None:
    upstream.behave = {"fast-1-2026-01-01": "500", "text-1-2026-01-01": "429"}
    headers = chat(open_ai, None, "code.fast", marked(call))
    assert headers["x-zumik-resolved-model"] == "acme/steady-1"
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert line["request"]["unavailable"] == ["acme/fast-1", "acme/text-1"]
    assert judged(workspace, line) == ("reproduced", [])


def test_fallbacks_follow_the_requested_alias(open_ai: Any, upstream: Upstream, call: str) -> None:
    upstream.behave = {"fast-1-2026-01-01": "500"}
    headers = chat(open_ai, None, "code.other", marked(call))
    assert headers["x-zumik-resolved-model"] == "acme/steady-1"


def test_a_fallback_skips_models_that_cannot_take_the_request(
    open_ai: Any, gateway: Gateway, workspace: Path, upstream: Upstream, call: str
) -> None:
    upstream.behave = {"fast-1-2026-01-01": "500"}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    raw = open_ai.chat.completions.with_raw_response.create(
        model="code.fast",
        extra_headers=marked(call),
        messages=[{"role": "user", "content": [picture]}],
    )
    assert raw.headers["x-zumik-resolved-model"] == "acme/steady-1"
    assert [model for _, model in upstream.asked] == ["fast-1-2026-01-01", "steady-1-2026-01-01"]
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert line["request"] == {"unavailable": ["acme/fast-1"], "input": ["image"]}
    assert judged(workspace, line) == ("reproduced", [])


def test_a_concrete_target_does_not_fall_back(open_ai: Any, upstream: Upstream, call: str) -> None:
    upstream.behave = {"fast-1-2026-01-01": "500"}
    with pytest.raises(openai.InternalServerError) as refused:
        open_ai.chat.completions.create(
            model="acme/fast-1",
            messages=MESSAGES,
            extra_headers=marked(call),
            extra_body={"fallbacks": ["acme/steady-1"]},
        )
    assert [model for _, model in upstream.asked] == ["fast-1-2026-01-01"]
    assert refused.value.response.headers["x-zumik-resolved-model"] == "acme/fast-1"


def test_when_all_fail_the_error_names_the_last_model(
    open_ai: Any, upstream: Upstream, call: str
) -> None:
    upstream.behave = dict.fromkeys(
        (f"{n}-1-2026-01-01" for n in ("fast", "text", "steady")), "500"
    )
    with pytest.raises(openai.InternalServerError) as refused:
        open_ai.chat.completions.create(
            model="code.fast", messages=MESSAGES, extra_headers=marked(call)
        )
    headers = refused.value.response.headers
    assert headers["x-zumik-resolved-model"] == "acme/steady-1"
    assert headers["x-zumik-alias-release"].startswith("alr_")


@pytest.mark.parametrize("path", ["chat/completions", "responses", "embeddings", "messages"])
def test_what_a_caller_writes_into_the_log_line_is_overwritten(
    path: str, gateway: Gateway, workspace: Path, upstream: Upstream, call: str
) -> None:
    said = {"call": call, **FORGED}
    body = {
        "model": {"embeddings": "search.embed", "messages": "code.claude"}.get(path, "code.fast"),
        "messages": MESSAGES,
        "input": "hi",
        "max_tokens": 50,
        "metadata": {"user_id": "u", "spend_logs_metadata": json.dumps(FORGED)},
        "litellm_metadata": {"spend_logs_metadata": said, "receipt": "forged"},
    }
    if path in ("responses", "embeddings"):
        del body["messages"], body["max_tokens"]
    else:
        del body["input"]
    answered = httpx.post(
        f"{gateway.base}/v1/{path}",
        json=body,
        timeout=60,
        headers={"authorization": f"Bearer {KEY}", **marked(call, **FORGED)},
    )
    assert answered.status_code == 200, answered.text
    logged = gateway.logged(call)
    line = logged["metadata"]["spend_logs_metadata"]
    assert line["note"] == "kept"
    assert line["receipt"] == answered.headers[RECEIPT]
    assert line["requested_model"] == body["model"]
    assert line["served_model"] == upstream.asked[-1][1]
    kept = {name: value for name, value in logged["metadata"].items() if name != "receipt"}
    assert "forged" not in json.dumps(kept["spend_logs_metadata"])
    assert "forged" not in json.dumps(kept.get("requester_custom_headers"))
    assert "forged" not in json.dumps(
        (kept.get("requester_metadata") or {}).get("spend_logs_metadata")
    )
    assert judged(workspace, line) == ("reproduced", [])
    assert "forged" not in json.dumps(upstream.bodies)


@pytest.mark.parametrize("reference", ["code.fats", "code.fast@alr_2000_01_01_001", "NOT AN ALIAS"])
def test_an_unknown_alias_is_a_404_in_openais_dialect(open_ai: Any, reference: str) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        open_ai.chat.completions.create(model=reference, messages=MESSAGES)
    assert refused.value.body["type"] == "invalid_request_error"
    assert refused.value.body["param"] == "model"
    assert "Traceback" not in refused.value.response.text


def test_an_unknown_alias_is_a_404_in_anthropics_dialect(claude: Any) -> None:
    with pytest.raises(anthropic.NotFoundError) as refused:
        claude.messages.create(model="code.fats", messages=MESSAGES, max_tokens=5)
    assert refused.value.body["error"]["type"] == "not_found_error"
    assert "did you mean code.fast?" in refused.value.body["error"]["message"]


def test_a_request_that_no_model_can_take_is_a_400_with_the_reasons(claude: Any) -> None:
    with pytest.raises(anthropic.BadRequestError) as refused:
        claude.messages.create(model="code.claude", messages=MESSAGES, max_tokens=10**6, timeout=60)
    assert "no_candidate_meets_request" in refused.value.body["error"]["message"]


def test_a_need_of_the_request_selects_a_lower_rank(
    claude: Any, upstream: Upstream, gateway: Gateway, workspace: Path, call: str
) -> None:
    upstream.behave = {"haiku-1-2026-01-01": "500"}
    raw = claude.messages.with_raw_response.create(
        model="code.claude", messages=MESSAGES, max_tokens=5000, extra_headers=marked(call)
    )
    assert raw.headers["x-zumik-resolved-model"] == "acme/steady-1"
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert line["request"] == {"unavailable": ["claudish/haiku-1"], "output_tokens": 5000}
    assert judged(workspace, line) == ("reproduced", [])


def test_prices_reach_litellm_exactly(open_ai: Any, gateway: Gateway, call: str) -> None:
    chat(open_ai, None, "acme/steady-1", marked(call))
    # 1000 tokens in at 0.3 and 10 out at 2 USD per million.
    assert gateway.logged(call)["cost"] == pytest.approx(0.00032, rel=1e-12)


def test_the_callback_logs_no_prompts_and_no_keys(gateway: Gateway) -> None:
    said = gateway.said.read_text()
    ours = [line for line in said.splitlines() if "zumik" in line]
    assert not [line for line in ours if "private-prompt" in line or "sk-" in line]
    assert not [line for line in said.splitlines() if "zumik/" in line and "Traceback" in line]


def until(true: Callable[[], bool], gateway: Gateway, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, gateway.said.read_text()[-3000:]
        time.sleep(0.05)


def answered(gateway: Gateway, model: str = "code.fast", call: str = "-") -> Any:
    return httpx.post(
        f"{gateway.base}/v1/chat/completions",
        json={"model": model, "messages": MESSAGES},
        headers={"authorization": f"Bearer {KEY}", **marked(call)},
        timeout=60,
    )


BAD: list[Callable[[bytes], bytes]] = [
    lambda good: b"",
    lambda good: good[:-100],
    lambda good: good.replace(b"fast-1", b"fast-2"),
    lambda good: b"\x00" * 100,
]


@pytest.mark.parametrize("spoil", BAD)
def test_after_a_bad_bundle_the_last_good_one_answers(
    gateway: Gateway, live: Path, spoil: Callable[[bytes], bytes]
) -> None:
    good, before = live.read_bytes(), answered(gateway).headers[RECEIPT]
    bad, mended = times(gateway, "the last good files"), times(gateway, "newest files again")
    try:
        _replace(live, spoil(good))
        until(
            lambda: (
                answered(gateway).headers[RECEIPT] == before
                and times(gateway, "the last good files") > bad
            ),
            gateway,
        )
    finally:
        _replace(live, good)
    until(
        lambda: (
            answered(gateway).headers[RECEIPT] == before
            and times(gateway, "newest files again") > mended
        ),
        gateway,
    )


def times(gateway: Gateway, words: str) -> int:
    return gateway.said.read_text().count(words)


def _replace(file: Path, data: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(data)
    new.replace(file)


@pytest.fixture
def promoted(workspace: Path, live: Path) -> Iterator[Callable[..., None]]:
    """Lists other models for code.fast, freezes, promotes and bundles; at the end, as it was."""

    def promote(*listed: str) -> None:
        write_policy(workspace, {**ALIASES, "code.fast": list(listed)})
        release(workspace)
        bundle(workspace, live)

    catalog = workspace / "releases" / "catalog" / "acme.yaml"
    before = catalog.read_text()
    catalog.write_text(before + model("new-1"))
    yield promote
    catalog.write_text(before)
    promote(*ALIASES["code.fast"])


def test_a_promotion_while_running_takes_effect_and_loses_no_request(
    gateway: Gateway, promoted: Callable[..., None]
) -> None:
    before = answered(gateway).headers["x-zumik-alias-release"]
    promoted("acme/steady-1", "acme/new-1")
    seen: list[str] = []

    def moved() -> bool:
        found = answered(gateway)
        assert found.status_code == 200, found.text
        seen.append(found.headers["x-zumik-alias-release"])
        return bool(seen[-1] != before)

    until(moved, gateway)
    assert len(set(seen)) <= 2
    assert answered(gateway).headers["x-zumik-resolved-model"] == "acme/steady-1"
    pinned = answered(gateway, f"code.fast@{before}")
    assert pinned.headers["x-zumik-resolved-model"] == "acme/fast-1"


def test_a_promoted_model_without_a_deployment_is_unavailable_and_reported_once(
    gateway: Gateway, promoted: Callable[..., None], workspace: Path, call: str
) -> None:
    promoted("acme/new-1", "acme/steady-1")
    reason = "x-zumik-resolution-reason"
    until(
        lambda: answered(gateway).headers[reason] == "next_ranked_after_unavailable",
        gateway,
    )
    found = answered(gateway, call=call)
    assert found.headers["x-zumik-resolved-model"] == "acme/steady-1"
    line = gateway.logged(call)["metadata"]["spend_logs_metadata"]
    assert line["request"]["unavailable"] == ["acme/new-1"]
    assert judged(workspace, line) == ("reproduced", [])
    assert times(gateway, "acme/new-1 is ranked, but this proxy has no deployment") == 1


@pytest.fixture
def drained(workspace: Path, live: Path) -> Iterator[Callable[..., None]]:
    """Drains models and bundles that; at the end nothing is drained."""

    def drain(*globs: str) -> None:
        for glob in globs:
            run_zumik(workspace, "drain", glob, "--until", "4h", "--reason", "INC-42")
        bundle(workspace, live)

    yield drain
    run_zumik(workspace, "undrain", "--all")
    bundle(workspace, live)


def test_a_drain_while_running_takes_effect_and_every_line_replays(
    gateway: Gateway, drained: Callable[..., None], workspace: Path, live: Path, upstream: Upstream
) -> None:
    calls: list[str] = []

    def asked() -> str:
        calls.append(uuid.uuid4().hex)
        found = answered(gateway, call=calls[-1])
        assert found.status_code == 200, found.text
        return str(found.headers["x-zumik-resolved-model"])

    def logged() -> dict[str, Any]:
        line: dict[str, Any] = gateway.logged(calls[-1])["metadata"]["spend_logs_metadata"]
        return line

    until(lambda: asked() == "acme/fast-1", gateway)
    drained("acme/fast-1", "acme/steady-1")
    until(lambda: asked() == "acme/text-1", gateway)
    assert logged()["request"]["unavailable"] == ["acme/fast-1", "acme/steady-1"]
    # Its only fallback is drained: the error goes to the caller, and not the request to that.
    upstream.behave = {"text-1-2026-01-01": "500"}
    upstream.asked.clear()
    assert answered(gateway).status_code == 500
    assert {model for _, model in upstream.asked} == {"text-1-2026-01-01"}
    upstream.forget()
    drained("acme/*")
    until(lambda: asked() == "acme/fast-1", gateway)
    assert logged()["drain_ignored"] == ["acme/fast-1", "acme/text-1", "acme/steady-1"]
    until(lambda: times(gateway, "code.fast: the drain of acme/fast-1") == 1, gateway)
    assert answered(gateway, "acme/steady-1").status_code == 200, "its own name is not drained"
    run_zumik(workspace, "undrain", "--all")
    bundle(workspace, live)
    until(lambda: asked() == "acme/fast-1" and "drain_ignored" not in logged(), gateway)
    lines = [gateway.logged(call)["metadata"]["spend_logs_metadata"] for call in calls]
    assert {judged(workspace, line) == ("reproduced", []) for line in lines} == {True}


@pytest.fixture
def early(
    workspace: Path, live: Path, upstream: Upstream, tmp_path: Path
) -> Iterator[tuple[Gateway, Path]]:
    """A gateway that starts before there is a bundle."""
    file = tmp_path / "later.json"
    running = Gateway(
        tmp_path, export(workspace, upstream.base, "--bundle", str(live)), ZUMIK_BUNDLE=str(file)
    )
    try:
        yield running.wait(), file
    finally:
        running.stop()


def test_without_a_bundle_only_aliases_are_refused(early: tuple[Gateway, Path], live: Path) -> None:
    gateway, file = early
    assert "aliases are refused" in gateway.said.read_text()
    refused = answered(gateway)
    assert refused.status_code == 503
    assert "no releases to answer from" in refused.json()["error"]["message"]
    assert answered(gateway, "acme/fast-1").status_code == 200
    file.write_bytes(b"{}")
    assert answered(gateway).status_code == 503
    _replace(file, live.read_bytes())
    until(lambda: answered(gateway).status_code == 200, gateway)
    assert answered(gateway).headers[RECEIPT].startswith("code.fast@")


def test_the_log_holds_no_secret(gateway: Gateway) -> None:
    assert "spend_logs_metadata" in gateway.log.read_text()
    assert "sk-secret" not in gateway.log.read_text()
