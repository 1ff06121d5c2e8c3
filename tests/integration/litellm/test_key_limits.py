"""Limits and budgets of a key, of a real proxy: for the alias, and for the model that answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.integration.litellm.installed import require_litellm

pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.gateway import Gateway  # noqa: E402
from tests.integration.litellm.limited import add_key, ask, statuses  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

PAGE = (Path(__file__).parents[3] / ".github" / "GATEWAYS.md").read_text()
ROWS = re.findall(r"^\| `(model_\w+)` of a (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.M)
MODEL, ALIAS = "acme/fast-1", "code.other"
CHAT = "/v1/chat/completions"
LIMITS: dict[str, Any] = {
    "model_rpm_limit": 1,
    # An answer of the upstream has 1,010 tokens, and costs 0.00102 USD.
    "model_tpm_limit": 1500,
    "model_max_budget": {"budget_limit": 0.001, "time_period": "1d"},
}


def key_with(limit: str, holder: str, name: str) -> dict[str, Any]:
    """What LiteLLM knows of a key that has a limit for a name, or whose team has it."""
    written = {name: LIMITS[limit]}
    team = {"team_id": f"team-{limit}-{name}"} if holder == "team" else {}
    if limit == "model_max_budget":
        return {**team, "team_model_max_budget" if team else limit: written}
    return {**team, "team_metadata" if team else "metadata": {limit: written}}


def test_the_page_says_of_each_limit_which_names_it_meets() -> None:
    assert {(limit, holder) for limit, holder, *_ in ROWS} == {
        (limit, holder) for limit in LIMITS for holder in ("key", "team")
    }


@pytest.mark.parametrize("name", [MODEL, ALIAS])
@pytest.mark.parametrize(("limit", "holder", "of_model", "of_alias"), ROWS)
def test_a_limit_meets_the_names_that_the_page_says(
    limit: str, holder: str, of_model: str, of_alias: str, name: str, limited: Gateway
) -> None:
    key = f"sk-{limit}-{holder}-{name}".replace("/", "-")
    add_key(limited, key, **key_with(limit, holder, name))
    found = statuses(limited, key, ALIAS)
    assert found[0] == 200
    meets = (of_model if name == MODEL else of_alias) == "yes"
    # Its own status for a budget that is spent is 422.
    assert (found[-1] == (422 if limit == "model_max_budget" else 429)) is meets
    # What the limit is not written for is not refused.
    other = "code.claude" if name == MODEL else "code.fast"
    assert ask(limited, CHAT, other, key).status_code == 200


def test_a_pinned_alias_counts_as_its_alias(limited: Gateway) -> None:
    key = "sk-pinned"
    add_key(limited, key, metadata={"model_rpm_limit": {ALIAS: 1}})
    first = ask(limited, CHAT, ALIAS, key)
    pinned = f"{ALIAS}@{first.headers['x-zumik-alias-release']}"
    assert ask(limited, CHAT, pinned, key).status_code == 429


def test_a_refusal_for_the_alias_says_which_limit(limited: Gateway) -> None:
    key = "sk-words"
    add_key(limited, key, metadata={"model_rpm_limit": {ALIAS: 1}})
    assert ask(limited, CHAT, ALIAS, key).status_code == 200
    refused = ask(limited, CHAT, ALIAS, key)
    assert refused.status_code == 429
    said = refused.json()["error"]
    assert said["type"] == "rate_limit_error"
    assert said["message"].startswith("code.other: the limit of 1 requests in 60 seconds")
    assert refused.headers["retry-after"] == "60"


def test_a_fallback_whose_budget_is_spent_is_not_tried(
    limited: Gateway, upstream: Upstream
) -> None:
    key = "sk-fallback"
    spent = {"acme/text-1": {"budget_limit": 0, "time_period": "1d"}}
    add_key(limited, key, model_max_budget=spent)
    upstream.behave = {"fast-1-2026-01-01": "500"}
    answer = ask(limited, CHAT, "code.fast", key)
    assert answer.status_code == 200
    assert answer.headers["x-zumik-resolved-model"] == "acme/steady-1"
    assert "text-1-2026-01-01" not in [model for _, model in upstream.asked]
