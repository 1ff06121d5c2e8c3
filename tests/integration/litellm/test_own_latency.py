"""An alias that ranks by the latency that the team's own logs have, end to end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pytest
import yaml
from tests.integration.litellm.calls import MESSAGES
from tests.integration.litellm.gateway import (
    KEY,
    Gateway,
    bundle,
    git,
    make_workspace,
    run_zumik,
)
from tests.integration.litellm.recorded import recording
from tests.integration.litellm.upstream import Upstream

from zumik.core.traffic.logged_call import LoggedCall
from zumik.logs.calls import calls_in

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
if find_spec("litellm") is None:
    # Importing it here would look for a newer price list in the network.
    pytest.skip("needs the integration extra", allow_module_level=True)

SLOW, QUICK = "acme/fast-1", "acme/steady-1"
CALLS = 60
MEASURES = """
measures:
  latency: {first_token: own.first_token, tokens_per_second: own.tokens_per_second}
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


def observe(root: Path, log: Path) -> None:
    """Write what the log says of each model's speed into the catalog, as metrics."""
    calls = [call for call in calls_in([str(log)]) if isinstance(call, LoggedCall)]
    figures = {
        name: speeds([call for call in calls if call.called == name]) for name in (SLOW, QUICK)
    }
    said = {"better": "lower", "source": "our own logs", "observed_on": "2026-11-28"}
    declared = {
        "own.first_token": {"description": "Median.", "unit": "seconds", **said},
        "own.tokens_per_second": {
            "description": "Median.",
            "unit": "tokens_per_second",
            **said,
            "better": "higher",
        },
    }
    catalog = root / "releases" / "catalog"
    (catalog / "metrics.yaml").write_text(yaml.safe_dump({"metrics": declared}))
    acme = yaml.safe_load((catalog / "acme.yaml").read_text())
    for name, found in figures.items():
        acme["models"][name.removeprefix("acme/")]["metrics"] = found
    (catalog / "acme.yaml").write_text(yaml.safe_dump(acme))


def speeds(calls: list[LoggedCall]) -> dict[str, float]:
    """The median seconds to the first token, and tokens a second after it."""
    assert len(calls) == CALLS
    firsts = [call.first_token_seconds or 0 for call in calls]
    rates = [
        (call.output_tokens or 0) / ((call.seconds or 0) - first)
        for call, first in zip(calls, firsts, strict=True)
    ]
    return {
        "own.first_token": round(median(firsts), 4),
        "own.tokens_per_second": round(median(rates), 2),
    }


def test_the_quicker_model_wins_by_the_teams_own_logs(
    team: Path, upstream: Upstream, tmp_path: Path
) -> None:
    live = tmp_path / "live.json"
    bundle(team, live)
    upstream.delay = {"fast-1-2026-01-01": 0.3}
    upstream.pace = {"fast-1-2026-01-01": 0.05}
    with recording(team, live, upstream, tmp_path) as gateway:
        traffic(gateway)
        observe(team, tmp_path / "payloads.jsonl")
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
