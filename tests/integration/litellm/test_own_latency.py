"""An alias that ranks by the latency that the team's own logs have, end to end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.integration.litellm.calls import MESSAGES
from tests.integration.litellm.gateway import (
    KEY,
    Gateway,
    bundle,
    git,
    make_workspace,
    run_zumik,
)
from tests.integration.litellm.installed import require_litellm
from tests.integration.litellm.recorded import recording
from tests.integration.litellm.upstream import Upstream

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
pytest.importorskip("duckdb", reason="needs the logs extra")
pytest.importorskip("ibis", reason="needs the logs extra")
require_litellm()

SLOW, QUICK = "acme/fast-1", "acme/steady-1"
CALLS = 60
MEASURES = """
measures:
  latency: {first_token: team.first_token_p50, tokens_per_second: team.tokens_per_second_p50}
"""
POLICY = """
aliases:
  code.fast:
    candidates: [acme/fast-1, acme/steady-1]
    workload: {input_tokens: 1000, output_tokens: 10}
    prefer: [PREFERENCE]
"""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose alias takes the first model listed, because no latency is known."""
    root = tmp_path_factory.mktemp("team") / "repo"
    make_workspace(root)
    choose(root, "listed")
    return root


def choose(root: Path, preference: str, measures: str = "") -> str:
    """The model that the alias's new release answers, once it is planned, frozen and live."""
    policy = root / "releases" / "policy" / "all.yaml"
    policy.write_text(measures + POLICY.replace("PREFERENCE", preference))
    planned = run_zumik(root, "plan", "code.fast")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Choose by " + preference)
    run_zumik(root, "release", "create", "--note", "Choose by " + preference)
    run_zumik(root, "alias", "promote", "code.fast", "--latest", "--reason", "measured")
    found = json.loads(run_zumik(root, "resolve", "code.fast", "--format", "json"))
    model = str(found["resolved_model"])
    assert model in planned
    return model


def traffic(gateway: Gateway) -> None:
    """Streams of the alias, and as many of the model that it does not choose."""
    asked = ["code.fast", QUICK] * CALLS
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda model: streamed(gateway, model), asked)) == {200}


def streamed(gateway: Gateway, model: str) -> int:
    answered = httpx.post(
        f"{gateway.base}/v1/chat/completions",
        json={"model": model, "messages": MESSAGES, "stream": True},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=60,
    )
    return int(answered.status_code)


def test_the_quicker_model_wins_by_the_teams_own_logs(
    team: Path, upstream: Upstream, tmp_path: Path
) -> None:
    live = tmp_path / "live.json"
    bundle(team, live)
    upstream.delay = {"fast-1-2026-01-01": 0.3}
    upstream.pace = {"fast-1-2026-01-01": 0.05}
    with recording(team, live, upstream, tmp_path) as gateway:
        traffic(gateway)
        run_zumik(team, "logs", "observe", str(tmp_path / "payloads.jsonl"), "--write")
        assert choose(team, "{minimize: expected_latency}", MEASURES) == QUICK
        bundle(team, live)
        deadline = time.monotonic() + 30
        while (now := resolved(gateway)) == SLOW and time.monotonic() < deadline:
            time.sleep(0.1)
        assert now == QUICK


def resolved(gateway: Gateway) -> str:
    answered = httpx.post(
        f"{gateway.base}/v1/chat/completions",
        json={"model": "code.fast", "messages": MESSAGES},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=60,
    )
    return str(answered.headers["x-zumik-resolved-model"])
