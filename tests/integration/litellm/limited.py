"""A proxy with a catch-all deployment, whose keys have limits by LiteLLM's custom auth."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import yaml
from tests.integration.litellm.calls import MESSAGES, marked
from tests.integration.litellm.gateway import Gateway, export
from tests.integration.litellm.upstream import Upstream

AUTH = """
import json, os
from litellm.proxy._types import UserAPIKeyAuth

async def check(request, api_key):
    known = json.load(open(os.environ["KEYS_FILE"]))
    return UserAPIKeyAuth(api_key=api_key, token=api_key, **known[api_key])
"""

CHAT = "/v1/chat/completions"

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


def limited_gateway(
    place: Path, workspace: Path, live: Path, upstream: Upstream, **zumik: object
) -> Gateway:
    """The proxy; `zumik` has more settings of the callback."""
    (place / "auth.py").write_text(AUTH)
    (place / "keys.json").write_text(json.dumps({"sk-any": {}}))
    config = yaml.safe_load(export(workspace, upstream.base, "--bundle", str(live)))
    config["litellm_settings"]["zumik"] |= zumik
    catch_all = {"model": "openai/*", "api_base": f"{upstream.base}/v1", "api_key": "sk-x"}
    config["model_list"].append({"model_name": "*", "litellm_params": catch_all})
    config["general_settings"] |= {
        "custom_auth": "auth.check",
        "custom_auth_run_common_checks": True,
    }
    config["litellm_settings"]["enable_post_custom_auth_checks"] = True
    return Gateway(place, yaml.safe_dump(config), KEYS_FILE=str(place / "keys.json"))


def add_key(gateway: Gateway, key: str, **facts: object) -> None:
    """A key that the proxy takes from now on, with what LiteLLM knows of it."""
    file = gateway.place / "keys.json"
    known = json.loads(file.read_text())
    new = file.with_suffix(".new")
    new.write_text(json.dumps({**known, key: facts}))
    new.replace(file)


def ask(
    gateway: Gateway, path: str, model: str, key: str = "sk-any", call: str = "-", **more: object
) -> Any:
    """What the proxy answers to a good call of a form, with more in its body."""
    import httpx

    how = {**BODIES[path]}
    for name in ("json", "data"):
        if name in how:
            how[name] = {"model": model, **how[name], **more}
    headers = {"authorization": f"Bearer {key}", **marked(call)}
    return httpx.post(f"{gateway.base}{path}", headers=headers, timeout=60, **how)


def statuses(gateway: Gateway, key: str, model: str, path: str = CHAT) -> list[int]:
    """Of calls one after the other, until one is refused: LiteLLM counts a little later."""
    found: list[int] = []
    for _ in range(6):
        found.append(ask(gateway, path, model, key).status_code)
        if found[-1] != 200:
            break
        time.sleep(0.4)
    return found
