"""The tables of .github/GATEWAYS.md, asked of a real proxy with a catch-all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.integration.litellm.installed import require_litellm

httpx = pytest.importorskip("httpx", reason="needs the integration extra")
require_litellm()

from tests.integration.litellm.calls import MESSAGES  # noqa: E402
from tests.integration.litellm.gateway import Gateway  # noqa: E402
from tests.integration.litellm.limited import BODIES, add_key, ask, statuses  # noqa: E402
from tests.integration.litellm.upstream import Upstream  # noqa: E402

PAGE = (Path(__file__).parents[3] / ".github" / "GATEWAYS.md").read_text()


class Form(NamedTuple):
    """A row of the table: a call form, and what it gets."""

    path: str
    sent_on: bool
    receipt: bool
    line: bool
    served: bool
    needs: bool
    limits: bool
    budgets: bool


ROWS = [
    Form(path, *(word == "yes" for word in words.split(" | ")))
    for path, words in re.findall(r"^\| `(/v1/[^`]+)` \| (.+) \|$", PAGE, re.M)
]


def test_the_table_has_every_form_once() -> None:
    assert [row.path for row in ROWS] == list(BODIES)


forms = pytest.mark.parametrize("form", ROWS, ids=[row.path for row in ROWS])


@forms
def test_each_call_form_gives_what_the_table_says(
    form: Form, limited: Gateway, upstream: Upstream, call: str
) -> None:
    answer = ask(limited, form.path, "code.other", call=call)
    assert answer.status_code == 200, answer.text
    assert ("x-zumik-receipt" in answer.headers) is form.receipt
    assert any("fast-1-2026-01-01" in asked for asked in upstream.names) is form.sent_on
    if not form.line:
        # What is not logged cannot be waited for: a later call that is logged is.
        assert ask(limited, "/v1/chat/completions", "code.other", call=f"{call}-b").is_success
        limited.logged(f"{call}-b")
        assert f'"{call}"' not in limited.log.read_text()
        return
    logged = limited.logged(call)["metadata"]["spend_logs_metadata"]
    assert logged["receipt"] == answer.headers["x-zumik-receipt"]
    assert logged["requested_model"] == "code.other"
    assert ("served_model" in logged) is form.served


@forms
def test_each_call_form_is_held_to_what_the_table_says(form: Form, limited: Gateway) -> None:
    refused = ask(limited, form.path, "code.other", max_tokens="1e9")
    assert ("no_candidate_meets_request" in refused.text) is form.needs
    if not form.sent_on:
        assert not form.limits
        assert not form.budgets
        return
    key = f"sk-form{form.path.replace('/', '-')}"
    add_key(limited, key, metadata={"model_rpm_limit": {"code.other": 1}})
    assert ask(limited, form.path, "code.other", key).status_code == 200
    assert (
        "1 requests in 60 seconds" in ask(limited, form.path, "code.other", key).text
    ) is form.limits
    spent = {"code.other": {"budget_limit": 0.0000001, "time_period": "1d"}}
    add_key(limited, f"{key}-budget", model_max_budget=spent)
    found = statuses(limited, f"{key}-budget", "code.other", form.path)
    assert found[0] == 200
    assert (found[-1] == 422) is form.budgets


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
