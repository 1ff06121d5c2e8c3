"""A team's own configuration of LiteLLM that includes exported models, in a real proxy."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.installed import require_litellm

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.calls import MESSAGES  # noqa: E402
from tests.integration.litellm.gateway import KEY, Gateway, bundle, run_zumik  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

OWN = """\
# The gateway of the platform team.
include: [zumik-models.yaml]
model_list:
  - model_name: house/small   # on our own machines
    litellm_params: {{model: openai/small, api_base: "{base}/v1", api_key: none}}
litellm_settings:
  drop_params: true
  callbacks: [keep.log, zumik.integrations.litellm.resolver]
  zumik: {{bundle: live.json, log: calls.jsonl}}
general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}
router_settings: {{num_retries: 0, timeout: 3}}
"""


def test_a_proxy_with_its_own_configuration_answers_aliases_and_its_own_models(
    workspace: Path, upstream: Upstream, tmp_path: Path
) -> None:
    desk, own = tmp_path / "desk", OWN.format(base=upstream.base)
    shutil.copytree(workspace, desk)
    (desk / "config.yaml").write_text(own)
    bundle(desk, desk / "live.json")
    run_zumik(
        desk,
        *("export", "litellm", "--config", "config.yaml", "-o", "zumik-models.yaml"),
        *("--bundle", "live.json"),
        *("--provider", "acme=openai", "--api-base", f"acme={upstream.base}/v1"),
        *("--provider", "claudish=anthropic", "--api-base", f"claudish={upstream.base}"),
    )
    written = (desk / "zumik-models.yaml").read_bytes()
    run_zumik(desk, "export", "litellm")
    assert (desk / "zumik-models.yaml").read_bytes() == written
    assert (desk / "config.yaml").read_text() == own
    running = Gateway(desk, own)
    try:
        running.wait()
        assert asked(running, "house/small").status_code == 200
        answer = asked(running, "code.fast")
        assert answer.headers["x-zumik-receipt"].startswith("code.fast@")
        asked_for = [model for _, model in upstream.asked if model]
        assert asked_for == ["small", "fast-1-2026-01-01"]
    finally:
        running.stop()


def asked(gateway: Gateway, model: str) -> Any:
    return httpx.post(
        f"{gateway.base}/v1/chat/completions",
        json={"model": model, "messages": MESSAGES},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=60,
    )
