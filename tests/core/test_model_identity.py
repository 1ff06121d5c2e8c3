"""Which texts name a model: many spellings of one, and no two models for one."""

from __future__ import annotations

from datetime import date

import pytest

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model, Upstream
from zumik.core.facts.model_identity import Identity, identity_of

HAIKU = Model(
    ModelId("anthropic/claude-haiku-5-5"),
    revision="claude-haiku-5-5",
    pinned=True,
    released_on=date(2026, 10, 7),
)
DATED = Model(
    ModelId("anthropic/claude-haiku-4-5"),
    revision="claude-haiku-4-5-20251001",
    pinned=True,
    upstream=Upstream("claude-haiku-4-5-20251001"),
)
MINI = Model(ModelId("openai/gpt-5.4-mini"), revision="gpt-5.4-mini-2026-03-17", pinned=True)
FLOATING = Model(ModelId("openai/gpt-6-sol"))
OPEN = Model(ModelId("groq/openai/gpt-oss-120b"))
EFFORT = Model(
    ModelId("anthropic/claude-opus-5:xhigh"),
    revision="claude-opus-5",
    variant_of=ModelId("anthropic/claude-opus-5"),
)
CODESTRAL = Model(ModelId("mistral/codestral-2508"), revision="codestral-2508", pinned=True)
GEMINI = Model(ModelId("google/gemini-3.5-flash"))


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (HAIKU, "claude-haiku-5-5"),
        (HAIKU, "anthropic/claude-haiku-5-5"),
        (HAIKU, "us.anthropic.claude-haiku-5-5-v1:0"),
        (HAIKU, "us-gov.anthropic.claude-haiku-5-5-20261007-v1:0"),
        (HAIKU, "anthropic.claude-haiku-5-5-v1:0:200k"),
        (HAIKU, "claude-haiku-5-5@20261007"),
        (HAIKU, "claude-haiku-5-5@default"),
        (HAIKU, "models/claude-haiku-5-5"),
        (HAIKU, "publishers/anthropic/models/claude-haiku-5-5"),
        (HAIKU, "Claude-Haiku-5-5"),
        (HAIKU, "claude-haiku-5-5[1m]"),
        (HAIKU, "claude-haiku-5-5-latest"),
        (DATED, "claude-haiku-4-5"),
        (DATED, "claude-haiku-4-5-20251001"),
        (DATED, "claude-haiku-4-5@20251001"),
        (DATED, "claude-haiku-4-5-2025-10-01"),
        (DATED, "anthropic/claude-haiku-4-5-20251001"),
        (MINI, "openai/gpt-5.4-mini-2026-03-17"),
        (MINI, "gpt-5.4-mini-20260317"),
        (MINI, "gpt-5.4-mini"),
        (FLOATING, "gpt-6-sol-2026-09-01"),
        (OPEN, "openai/gpt-oss-120b"),
        (OPEN, "groq/openai/gpt-oss-120b"),
        (EFFORT, "claude-opus-5"),
        (EFFORT, "claude-opus-5:xhigh"),
        (GEMINI, "gemini/gemini-3.5-flash"),
        (GEMINI, "models/gemini-3.5-flash"),
        (GEMINI, "gemini-3.5-flash-001"),
        (CODESTRAL, "mistral/codestral-2508"),
    ],
)
def test_one_model_has_many_spellings(model: Model, text: str) -> None:
    assert identity_of(text, model) is Identity.SAME


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (HAIKU, "claude-haiku-5-5-20261101"),
        (DATED, "claude-haiku-4-5-20260101"),
        (DATED, "us.anthropic.claude-haiku-4-5-20260101-v1:0"),
        (MINI, "openai/gpt-5.4-mini-2026-05-01"),
        (CODESTRAL, "codestral-2501"),
        (CODESTRAL, "codestral-latest"),
    ],
)
def test_another_date_is_another_revision(model: Model, text: str) -> None:
    assert identity_of(text, model) is Identity.OTHER_REVISION


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (HAIKU, "openai/gpt-4.1"),
        (HAIKU, "gpt-4.1"),
        (HAIKU, "claude-haiku-4-5"),
        (HAIKU, "claude-haiku-4-5-20251001"),
        (HAIKU, "amazon-bedrock/claude-haiku-5-5"),
        (MINI, "gpt-5.4"),
        (MINI, "gpt-5.4-nano-2026-03-17"),
        (MINI, "azure/gpt-5.4-mini"),
        (OPEN, "gpt-oss-20b"),
        (EFFORT, "claude-opus-5-5"),
        (HAIKU, ""),
        (HAIKU, "/"),
        (HAIKU, "models/"),
    ],
)
def test_another_name_is_another_model(model: Model, text: str) -> None:
    assert identity_of(text, model) is Identity.OTHER_MODEL


def test_what_the_line_logs_as_revision_is_a_name_too() -> None:
    assert identity_of("sol-8", FLOATING, ["sol-8"]) is Identity.SAME
