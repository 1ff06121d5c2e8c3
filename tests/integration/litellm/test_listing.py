"""What the callback does only where its settings ask for it: listing, counting, a log file."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.installed import require_litellm

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.gateway import ALIASES, Gateway, judged, run_zumik  # noqa: E402
from tests.integration.litellm.limited import CHAT, add_key, ask, limited_gateway  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

from zumik.core.basics.names import AliasName  # noqa: E402
from zumik.core.live.bundle import bundle_to_bytes, read_bundle  # noqa: E402
from zumik.integrations.litellm_listing import ListedAliases  # noqa: E402

# Pydantic warns of types of LiteLLM that are first needed when a router is made.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    # Newer routers have another way to their names, which the oldest supported one has not.
    pytest.mark.filterwarnings("ignore:Router:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def bundle_file(live: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("listed") / "live.json"
    file.write_bytes(live.read_bytes())
    return file


@pytest.fixture(scope="module")
def listing(
    workspace: Path,
    bundle_file: Path,
    upstream: Upstream,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Gateway]:
    running = limited_gateway(
        tmp_path_factory.mktemp("listing"),
        workspace,
        bundle_file,
        upstream,
        list_aliases=True,
        count_input=True,
        log="calls.jsonl",
    )
    try:
        yield running.wait()
    finally:
        running.stop()


def listed(gateway: Gateway, key: str) -> set[str]:
    """The names that LiteLLM lists for a key, without those that a wildcard stands for."""
    answer = httpx.get(
        f"{gateway.base}/v1/models", headers={"authorization": f"Bearer {key}"}, timeout=60
    )
    found = {model["id"] for model in answer.json()["data"]}
    return found & {*MODELS, *ALIASES} if key == "sk-any" else found


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


MODELS = {model for ranking in ALIASES.values() for model in ranking}


def test_the_first_list_of_an_unrestricted_key_has_the_aliases(listing: Gateway) -> None:
    until(lambda: listed(listing, "sk-any") == {*MODELS, *ALIASES})
    assert ask(listing, CHAT, "code.fast").headers["x-zumik-receipt"]


def test_aliases_are_not_listed_unless_asked(limited: Gateway) -> None:
    assert listed(limited, "sk-any") == MODELS


@pytest.mark.parametrize("allowed", ["code.fast", "acme/fast-1"])
def test_a_restricted_key_sees_and_calls_only_what_it_may(
    allowed: str, listing: Gateway, upstream: Upstream
) -> None:
    key = f"sk-only-{allowed}".replace("/", "-")
    add_key(listing, key, models=[allowed])
    assert listed(listing, key) == {allowed}
    pinned = ask(listing, CHAT, "code.fast").headers["x-zumik-alias-release"]
    upstream.forget()
    others = {*ALIASES, *MODELS, f"code.fast@{pinned}", "openai/gpt-4o", "code.fats"} - {allowed}
    assert {ask(listing, CHAT, name, key).status_code for name in others} == {403}
    assert not upstream.asked
    assert ask(listing, CHAT, allowed, key).status_code == 200


def test_a_key_that_lists_an_alias_alone_falls_back(listing: Gateway, upstream: Upstream) -> None:
    add_key(listing, "sk-falls-back", models=["code.fast"])
    upstream.behave = {"fast-1-2026-01-01": "500"}
    answer = ask(listing, CHAT, "code.fast", "sk-falls-back")
    assert answer.status_code == 200
    assert answer.headers["x-zumik-resolved-model"] == "acme/text-1"
    assert ask(listing, CHAT, "acme/text-1", "sk-falls-back").status_code == 403


def test_an_alias_that_stops_to_be_live_is_neither_listed_nor_called(
    listing: Gateway, bundle_file: Path, upstream: Upstream
) -> None:
    good = bundle_file.read_bytes()
    bundle = read_bundle(good)
    pointers = {**bundle.pointers}
    del pointers[AliasName("code.other")]
    try:
        replace(bundle_file, bundle_to_bytes(bundle._replace(pointers=pointers)))
        until(lambda: "code.other" not in listed(listing, "sk-any"))
        assert ask(listing, CHAT, "code.other").status_code == 404
        assert not upstream.asked
    finally:
        replace(bundle_file, good)
    until(lambda: "code.other" in listed(listing, "sk-any"))
    assert ask(listing, CHAT, "code.other").status_code == 200


def replace(file: Path, data: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(data)
    new.replace(file)


def router(*deployed: str) -> Any:
    from litellm import Router

    return Router(
        model_list=[
            {"model_name": name, "litellm_params": {"model": "openai/x", "api_key": "k"}}
            for name in deployed
        ]
    )


def test_a_listed_alias_cannot_be_called_past_the_callback() -> None:
    found = router("acme/fast-1")
    ListedAliases().show(found, ["code.fast"])
    with pytest.raises(Exception, match="Connection error"):
        asyncio.run(
            found.acompletion(model="code.fast", messages=[{"role": "user", "content": "a"}])
        )


def test_a_listed_alias_is_not_free_of_charge() -> None:
    """LiteLLM checks no budget of a request for a model whose cost is zero."""
    from litellm.proxy.auth.auth_checks import is_model_cost_zero

    found = router("acme/fast-1")
    ListedAliases().show(found, ["code.fast"])
    assert not is_model_cost_zero("code.fast", found)


def test_a_name_that_is_deployed_stays_as_it_is() -> None:
    found = router("acme/fast-1", "code.fast")
    listed_aliases = ListedAliases()
    listed_aliases.show(found, ["code.fast", "code.other"])
    assert listed_aliases.names == {"code.other"}
    assert len(found.get_model_list(model_name="code.fast")) == 1
    listed_aliases.show(found, [])
    assert found.model_names == {"acme/fast-1", "code.fast"}


def test_a_router_that_litellm_made_again_lists_them_again() -> None:
    listed_aliases = ListedAliases()
    listed_aliases.show(router("acme/fast-1"), ["code.fast"])
    again = router("acme/fast-1")
    listed_aliases.show(again, ["code.fast"])
    assert "code.fast" in again.model_names


def test_a_counted_prompt_is_in_the_line_and_replays(
    listing: Gateway, workspace: Path, call: str
) -> None:
    assert ask(listing, CHAT, "code.fast", call=call).status_code == 200
    line = listing.logged(call)["metadata"]["spend_logs_metadata"]
    # "hi, this is private-prompt" by the tokenizer of LiteLLM's own counter.
    assert line["request"] == {"unavailable": [], "input_tokens": 7}
    assert judged(workspace, line) == ("reproduced", [])


@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/v1/messages", "/v1/completions"])
def test_a_prompt_that_is_too_long_for_every_model_is_refused(
    path: str, listing: Gateway, upstream: Upstream
) -> None:
    field = {"/v1/responses": "input", "/v1/completions": "prompt"}.get(path, "messages")
    long = " word" * 200_001
    content: Any = [{"role": "user", "content": long}] if field == "messages" else long
    refused = ask(listing, path, "code.other", **{field: content})
    assert refused.status_code == 400
    assert "no_candidate_meets_request" in json.dumps(refused.json())
    assert not upstream.asked


def test_the_log_file_has_every_decision_without_a_database_or_other_code(
    listing: Gateway, workspace: Path, upstream: Upstream, tmp_path: Path, call: str
) -> None:
    log = listing.place / "calls.jsonl"

    def asked(path: str) -> str:
        return str(ask(listing, path, "code.other", call=call).headers["x-zumik-receipt"])

    paths = (CHAT, "/v1/responses", "/v1/messages", "/v1/embeddings", "/v1/images/edits")
    receipts = [asked(path) for path in paths]
    upstream.behave = {"fast-1-2026-01-01": "429"}
    receipts.append(asked(CHAT))
    assert ask(listing, CHAT, "code.fats").status_code == 404

    def lines() -> list[str]:
        every = log.read_text().splitlines() if log.exists() else []
        return [line for line in every if call in line]

    def logged() -> list[tuple[str, str]]:
        found = [json.loads(line) for line in lines()]
        return [
            (one["call_type"], one["metadata"]["spend_logs_metadata"]["receipt"])
            for one in found
            if one["status"] == "success"
        ]

    until(lambda: len(logged()) >= len(receipts))
    assert sorted(receipt for _, receipt in logged()) == sorted(receipts), logged()
    text = "\n".join(lines()) + "\n"
    assert "private-prompt" not in text
    assert "sk-" not in text
    copy = tmp_path / "calls.jsonl"
    copy.write_text(text)
    verdicts = run_zumik(workspace, "replay", str(copy), "--format", "json")
    # The try that failed is a line of its own.
    assert json.loads(verdicts)["verdicts"]["reproduced"] == len(lines()) == len(receipts) + 1
    last = next(line for line in lines() if receipts[-1] in line and '"success"' in line)
    explained = run_zumik(workspace, "explain", "-", stdin=last)
    assert "reproduced" in explained
    assert "acme/steady-1" in explained
    assert "code.other" in run_zumik(workspace, "logs", "mix", str(copy))
