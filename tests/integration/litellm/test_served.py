"""The model that the provider says answered, in the logs of a real LiteLLM proxy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.installed import require_litellm

pytest.importorskip("anthropic", reason="needs the integration extra")
pytest.importorskip("openai", reason="needs the integration extra")
pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.calls import (  # noqa: E402
    Ask,
    asks,
    marked,
)
from tests.integration.litellm.gateway import Gateway, run_zumik  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

ASKED, DRIFTED = "2026-01-01", "2026-03-01"
MODELS = ("fast-1", "text-1", "embed-1", "embed-2", "haiku-1", "haiku-2")


@pytest.fixture
def drifting(upstream: Upstream) -> Upstream:
    """The upstream, where each model answers with another revision than the one asked."""
    upstream.serves = {f"{name}-{ASKED}": f"{name}-{DRIFTED}" for name in MODELS}
    return upstream


def served(workspace: Path, line: dict[str, Any]) -> str:
    """What `zumik replay` says of the model that answered, for a line that is reproduced."""
    (workspace / "one.jsonl").write_text(json.dumps(line) + "\n")
    found = json.loads(run_zumik(workspace, "replay", "one.jsonl", "--each", "--format", "json"))
    assert found["verdict"] == "reproduced"
    return str(found["served_model"])


def line_of(gateway: Gateway, call: str, status: str = "success") -> dict[str, Any]:
    line: dict[str, Any] = gateway.logged(call, status)["metadata"]["spend_logs_metadata"]
    return line


@asks
def test_the_model_that_was_asked_is_logged_as_served(
    ask: Ask, open_ai: Any, claude: Any, gateway: Gateway, workspace: Path, call: str
) -> None:
    ask(open_ai, claude, "code.fast", marked(call))
    line = line_of(gateway, call)
    assert line["served_model"].endswith(ASKED)
    assert served(workspace, line) == "as_resolved"


@asks
@pytest.mark.parametrize("reference", ["code.fast", "acme/fast-1"])
def test_another_revision_is_logged_and_judged(
    ask: Ask,
    reference: str,
    open_ai: Any,
    claude: Any,
    gateway: Gateway,
    workspace: Path,
    drifting: Upstream,
    call: str,
) -> None:
    ask(open_ai, claude, reference, marked(call))
    line = line_of(gateway, call)
    assert line["served_model"].endswith(DRIFTED)
    if "/" not in reference:
        assert served(workspace, line) == "other_revision"
        text = run_zumik(workspace, "explain", "-", stdin=json.dumps(line))
        assert "another revision of it, " in text


@asks
def test_another_revision_is_logged_after_a_fallback(
    ask: Ask,
    open_ai: Any,
    claude: Any,
    gateway: Gateway,
    workspace: Path,
    drifting: Upstream,
    call: str,
) -> None:
    drifting.behave = dict.fromkeys(
        ("fast-1-" + ASKED, "embed-1-" + ASKED, "haiku-1-" + ASKED), "429"
    )
    ask(open_ai, claude, "code.fast", marked(call))
    line = line_of(gateway, call)
    assert line["resolution_reason"] == "next_ranked_after_unavailable"
    assert line["served_model"] == drifting.serves[drifting.asked[-1][1]]
    assert served(workspace, line) == "other_revision"
    assert "served_model" not in line_of(gateway, call, "failure")
