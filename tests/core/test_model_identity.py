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


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (HAIKU, "claude-haiku-5-5-latest"),
        (DATED, "anthropic/claude-haiku-4-5-latest"),
        (CODESTRAL, "codestral-latest"),
        (CODESTRAL, "codestral"),
    ],
)
def test_a_floating_name_shows_no_revision(model: Model, text: str) -> None:
    assert identity_of(text, model) is Identity.NO_REVISION


def test_what_the_line_logs_as_revision_is_a_name_too() -> None:
    assert identity_of("sol-8", FLOATING, ["sol-8"]) is Identity.SAME


def _dated(model: str, revision: str) -> Model:
    return Model(ModelId(model), revision=revision, pinned=True)


REAL = (
    (
        _dated("openai/gpt-4.1", "gpt-4.1-2025-04-14"),
        "gpt-4.1 gpt-4.1-2025-04-14 openai/gpt-4.1-2025-04-14 openai:gpt-4.1 models/openai/gpt-4.1"
        " openrouter/openai/gpt-4.1 vercel_ai_gateway/openai/gpt-4.1 litellm_proxy/gpt-4.1",
        "gpt-4.1-2026-01-01",
        "gpt-4.1-mini gpt-4.1-nano-2025-04-14 gpt-4-0613 azure/gpt-4.1 azure/eu/gpt-4.1-2025-04-14"
        " ft:gpt-4.1-2025-04-14 github_copilot/gpt-4.1 gpt-4 gpt-41",
    ),
    (
        _dated("openai/gpt-5-mini", "gpt-5-mini-2025-08-07"),
        "gpt-5-mini-2025-08-07 openai/gpt-5-mini eu.openai.gpt-5-mini-2025-08-07-v1:0",
        "",
        "gpt-5-mini-2025-08-07-b gpt-5-2025-08-07 gpt-5-nano azure/gpt-5-mini",
    ),
    (
        _dated("anthropic/claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        "claude-haiku-4.5 anthropic/claude-haiku-4.5 openrouter/anthropic/claude-haiku-4.5"
        " anthropic:claude-haiku-4-5 claude-haiku-4-5@20251001 anthropic.claude-haiku-4-5@20251001"
        " global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "claude-haiku-4-5-20260301 eu.anthropic.claude-haiku-4-5-20260301-v1:0",
        "bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0 vertex_ai/claude-haiku-4-5@20251001"
        " azure_ai/claude-haiku-4-5 bedrock/claude_platform/claude-haiku-4-5 claude-haiku-3.5"
        " claude-sonnet-4-5-20250929 openrouter/anthropic/claude-haiku-5.5",
    ),
    (
        _dated(
            "amazon-bedrock/anthropic.claude-haiku-4-5-20251001-v1:0",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0"
        " bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0"
        " bedrock/us-gov-east-1/anthropic.claude-haiku-4-5-20251001-v1:0"
        " bedrock_converse/jp.anthropic.claude-haiku-4-5-20251001-v1:0"
        " bedrock:anthropic.claude-haiku-4-5-20251001-v1:0"
        " "
        "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0"
        " "
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
        "au.anthropic.claude-haiku-4-5-20260301-v1:0",
        "anthropic/claude-haiku-4-5-20251001 vertex_ai/claude-haiku-4-5@20251001"
        " us.anthropic.claude-sonnet-4-5-20250929-v1:0 bedrock/amazon.nova-pro-v1:0",
    ),
    (
        Model(ModelId("amazon-bedrock/amazon.nova-2-lite-v1:0")),
        "us.amazon.nova-2-lite-v1:0 bedrock/global.amazon.nova-2-lite-v1:0 amazon.nova-2-lite-v1:0",
        "",
        "amazon.nova-pro-v1:0 us.amazon.nova-2-pro-preview-20251202-v1:0",
    ),
    (
        Model(ModelId("google/gemini-2.5-pro"), revision="gemini-2.5-pro"),
        "gemini/gemini-2.5-pro vertex_ai/gemini-2.5-pro models/gemini-2.5-pro"
        " google-gla:gemini-2.5-pro"
        " publishers/google/models/gemini-2.5-pro openrouter/google/gemini-2.5-pro"
        " gemini-2.5-pro-001"
        " projects/p/locations/europe-west1/publishers/google/models/gemini-2.5-pro@default",
        "",
        "gemini-2.5-flash gemini-2.5-pro-preview-06-05 models/gemini-2.5-pro-preview-tts",
    ),
    (
        _dated("mistral/mistral-large-2411", "mistral-large-2411"),
        "mistral/mistral-large-2411 mistralai/mistral-large-2411"
        " openrouter/mistralai/mistral-large-2411",
        "mistral-large-2512 mistral/mistral-large-2407",
        "bedrock/mistral.mistral-large-2402-v1:0 mistral-medium-2411 mistral-large-3",
    ),
    (
        Model(ModelId("groq/openai/gpt-oss-120b")),
        "openai/gpt-oss-120b gpt-oss-120b groq/openai/gpt-oss-120b groq:openai/gpt-oss-120b",
        "",
        "together_ai/openai/gpt-oss-120b bedrock/openai.gpt-oss-120b-1:0 openai/gpt-oss-20b",
    ),
    (
        Model(ModelId("together/meta-llama/Llama-3.3-70B-Instruct-Turbo")),
        "meta-llama/Llama-3.3-70B-Instruct-Turbo"
        " together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo"
        " meta-llama/llama-3.3-70b-instruct-turbo",
        "",
        "groq/llama-3.3-70b-versatile meta-llama/Llama-3.1-70B-Instruct-Turbo",
    ),
    (
        _dated("xai/grok-4.20-0309-reasoning", "grok-4.20-0309-reasoning"),
        "xai/grok-4.20-0309-reasoning x-ai/grok-4.20-0309-reasoning grok-4-20-0309-reasoning",
        "",
        "grok-4.20-0309-non-reasoning us.xai.grok-4.6 grok-4.20-beta-0309-reasoning",
    ),
    (
        _dated("cohere/command-a-03-2025", "command-a-03-2025"),
        "command-a-03-2025 cohere_chat/command-a-03-2025 cohere/command-a-03-2025",
        "command-a-05-2026",
        "command-a-plus-05-2026 command-r7b-12-2024",
    ),
    (
        Model(ModelId("moonshotai/kimi-k2.5")),
        "moonshot/kimi-k2.5 moonshotai/kimi-k2.5 moonshotai.kimi-k2.5 in.moonshotai.kimi-k2.5",
        "",
        "kimi-k2.6 kimi-k2-thinking bedrock/us-east-1/moonshotai.kimi-k2.5",
    ),
)
"""Names as LiteLLM, OpenRouter, Bedrock, Vertex AI and pydantic-ai write them, by what they are."""


@pytest.mark.parametrize(
    ("model", "text", "wanted"),
    [
        (model, text, wanted)
        for model, *columns in REAL
        for wanted, texts in zip(
            (Identity.SAME, Identity.OTHER_REVISION, Identity.OTHER_MODEL), columns, strict=True
        )
        for text in texts.split()
    ],
)
def test_real_spellings(model: Model, text: str, wanted: Identity) -> None:
    assert identity_of(text, model) is wanted


def test_a_revision_with_an_id_of_its_own_is_another_model() -> None:
    large = _dated("mistral/mistral-large-2411", "mistral-large-2411")
    known = {ModelId("mistral/mistral-large-2512"), ModelId("mistral/mistral-large-latest")}
    for text in ("mistral-large-2512", "mistral/mistral-large-2512", "mistral-large-latest"):
        found = identity_of(text, large, is_known=known.__contains__)
        assert found is Identity.OTHER_MODEL
    assert identity_of("mistral-large-2407", large, is_known=known.__contains__) is (
        Identity.OTHER_REVISION
    )


def test_a_long_text_costs_little() -> None:
    assert identity_of("models/" * 100_000 + "gpt-4.1", FLOATING) is Identity.OTHER_MODEL
