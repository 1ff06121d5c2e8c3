"""The tables of .github/LITELLM.md, asked of a real proxy with a catch-all and limited keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
yaml = pytest.importorskip("yaml")
if find_spec("litellm") is None:
    pytest.skip("needs the integration extra", allow_module_level=True)

from tests.integration.litellm.calls import MESSAGES, marked  # noqa: E402
from tests.integration.litellm.gateway import Gateway, export  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

PAGE = (Path(__file__).parents[3] / ".github" / "LITELLM.md").read_text()
ROWS = [
    (path, *(word == "yes" for word in words.split(" | ")))
    for path, words in re.findall(r"^\| `(/v1/[^`]+)` \| (.+) \|$", PAGE, re.M)
]

AUTH = """
import json, os
from litellm.proxy._types import UserAPIKeyAuth

async def check(request, api_key):
    known = json.load(open(os.environ["KEYS_FILE"]))
    return UserAPIKeyAuth(api_key=api_key, token=api_key, **known[api_key])
"""

KEYS: dict[str, dict[str, Any]] = {
    "sk-any": {},
    "sk-key-model": {"metadata": {"model_rpm_limit": {"acme/fast-1": 1}}},
    "sk-key-alias": {"metadata": {"model_rpm_limit": {"code.other": 1}}},
    "sk-team-model": {"team_id": "a", "team_metadata": {"model_rpm_limit": {"acme/fast-1": 1}}},
    "sk-team-alias": {"team_id": "b", "team_metadata": {"model_rpm_limit": {"code.other": 1}}},
}

BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"json": {"messages": MESSAGES}},
    "/v1/responses": {"json": {"input": "hi"}},
    "/v1/messages": {"json": {"messages": MESSAGES, "max_tokens": 5}},
    "/v1/completions": {"json": {"prompt": "hi"}},
    "/v1/embeddings": {"json": {"input": "hi"}},
    "/v1/images/generations": {"json": {"prompt": "hi"}},
    "/v1/images/edits": {
        "data": {"prompt": "hi"},
        "files": {"image": ("a.png", b"\x89PNG", "image/png")},
    },
    "/v1/audio/speech": {"json": {"input": "hi", "voice": "alloy"}},
    "/v1/audio/transcriptions": {
        "data": {},
        "files": {"file": ("a.mp3", b"abc", "audio/mpeg")},
    },
    "/v1/moderations": {"json": {"input": "hi"}},
    "/v1/batches": {
        "json": {
            "input_file_id": "file-1",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
        }
    },
    "/v1/realtime/client_secrets": {
        "json": {"session": {"type": "realtime", "model": "code.other"}}
    },
}


@pytest.fixture(scope="module")
def limited(
    workspace: Path, live: Path, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    place = tmp_path_factory.mktemp("limited")
    (place / "auth.py").write_text(AUTH)
    (place / "keys.json").write_text(json.dumps(KEYS))
    config = yaml.safe_load(export(workspace, upstream.base, "--bundle", str(live)))
    catch_all = {"model": "openai/*", "api_base": f"{upstream.base}/v1", "api_key": "sk-x"}
    config["model_list"].append({"model_name": "*", "litellm_params": catch_all})
    config["general_settings"] |= {
        "custom_auth": "auth.check",
        "custom_auth_run_common_checks": True,
    }
    running = Gateway(place, yaml.safe_dump(config), KEYS_FILE=str(place / "keys.json"))
    try:
        yield running.wait()
    finally:
        running.stop()


def ask(gateway: Gateway, path: str, model: str, key: str = "sk-any", call: str = "-") -> Any:
    how = {**BODIES[path]}
    for name in ("json", "data"):
        if name in how:
            how[name] = {"model": model, **how[name]}
    headers = {"authorization": f"Bearer {key}", **marked(call)}
    return httpx.post(f"{gateway.base}{path}", headers=headers, timeout=60, **how)


def test_the_table_has_every_form_once() -> None:
    assert [row[0] for row in ROWS] == list(BODIES)


@pytest.mark.parametrize(
    ("path", "sent_on", "receipt", "line", "served"), ROWS, ids=[row[0] for row in ROWS]
)
def test_each_call_form_gives_what_the_table_says(
    path: str,
    sent_on: bool,
    receipt: bool,
    line: bool,
    served: bool,
    limited: Gateway,
    upstream: Upstream,
    call: str,
) -> None:
    answer = ask(limited, path, "code.other", call=call)
    assert answer.status_code == 200, answer.text
    assert ("x-zumik-receipt" in answer.headers) is receipt
    assert any("fast-1-2026-01-01" in asked for asked in upstream.names) is sent_on
    if not line:
        # What is not logged cannot be waited for: a later call that is logged is.
        assert ask(limited, "/v1/chat/completions", "code.other", call=f"{call}-b").is_success
        limited.logged(f"{call}-b")
        assert f'"{call}"' not in limited.log.read_text()
        return
    logged = limited.logged(call)["metadata"]["spend_logs_metadata"]
    assert logged["receipt"] == answer.headers["x-zumik-receipt"]
    assert logged["requested_model"] == "code.other"
    assert ("served_model" in logged) is served


@pytest.mark.parametrize("reference", ["code.fats", "code.fast@alr_2000_01_01_001", "gpt-4o"])
def test_a_catch_all_gets_no_name_that_may_be_an_alias(
    reference: str, limited: Gateway, upstream: Upstream
) -> None:
    answer = ask(limited, "/v1/chat/completions", reference)
    assert answer.status_code == 404
    assert "x-zumik-receipt" not in answer.headers
    assert not upstream.asked


def test_a_catch_all_gets_no_alias_that_no_model_can_answer(
    limited: Gateway, upstream: Upstream
) -> None:
    answer = httpx.post(
        f"{limited.base}/v1/chat/completions",
        headers={"authorization": "Bearer sk-any"},
        json={"model": "code.fast", "messages": MESSAGES, "max_tokens": 10**9},
        timeout=60,
    )
    assert answer.status_code == 400
    assert not upstream.asked


def test_a_catch_all_still_gets_targets(limited: Gateway, upstream: Upstream) -> None:
    assert ask(limited, "/v1/chat/completions", "other/model").status_code == 200
    assert upstream.asked


@pytest.mark.parametrize(
    ("holder", "model", "alias"),
    [
        (holder, *(word == "yes" for word in words))
        for holder, *words in re.findall(
            r"^\| `model_rpm_limit` of a (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.M
        )
    ],
)
def test_a_rate_limit_counts_the_name_that_the_table_says(
    holder: str, model: bool, alias: bool, limited: Gateway
) -> None:
    def statuses(key: str) -> list[int]:
        path = "/v1/chat/completions"
        return [ask(limited, path, "code.other", key).status_code for _ in range(3)]

    # Above the limit of the model that is ranked first, LiteLLM refuses: it does not fall back.
    assert (429 in statuses(f"sk-{holder}-model")) is model
    assert (429 in statuses(f"sk-{holder}-alias")) is alias
