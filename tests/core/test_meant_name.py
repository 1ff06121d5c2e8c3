"""What a person meant by a name that does not exist: never a write, never another model."""

from __future__ import annotations

import pytest

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.meant_name import meant_name

ALIASES = ("code.fast", "code.balanced")
MODELS = {
    model.id: model
    for model in (
        Model(ModelId("anthropic/claude-haiku-4-5"), revision="claude-haiku-4-5-20251001"),
        Model(ModelId("anthropic/claude-haiku-5-5")),
        Model(ModelId("openai/gpt-4.1")),
        Model(ModelId("openai/gpt-4.1-mini")),
        Model(ModelId("openai/gpt-4.1:high"), variant_of=ModelId("openai/gpt-4.1")),
        Model(ModelId("openai/o3")),
        Model(ModelId("anthropic/claude-opus-5")),
        Model(ModelId("groq/openai/gpt-oss-120b")),
        Model(ModelId("together/openai/gpt-oss-120b")),
        Model(ModelId("mistral/mistral-large-2411"), revision="mistral-large-2411"),
        Model(ModelId("mistral/mistral-large-2512"), revision="mistral-large-2512"),
        Model(ModelId("mistral/mistral-large-latest")),
    )
}
MEANT = {
    "gpt-4.1": "did you mean openai/gpt-4.1?",
    "GPT-4.1": "did you mean openai/gpt-4.1?",
    "claude-haiku-5-5": "did you mean anthropic/claude-haiku-5-5?",
    "us.anthropic.claude-haiku-5-5": "did you mean anthropic/claude-haiku-5-5?",
    "claude-haiku-4-5-20251001": "did you mean anthropic/claude-haiku-4-5?",
    "anthropic/claude-haiku-4-5-20251001": "did you mean anthropic/claude-haiku-4-5?",
    "anthropic/claude-haiku-4-5@20251001": "did you mean anthropic/claude-haiku-4-5?",
    "anthropic/claude-haiku-4-5-20260101": (
        "did you mean anthropic/claude-haiku-4-5? This is another revision of it."
    ),
    "anthropic/claude-haiku-6-5": "otherwise",
    "anthropic/claude-haikuu-4-5": "did you mean anthropic/claude-haiku-4-5?",
    "gpt-5": "otherwise",
    "CODE.FAST": "did you mean code.fast?",
    "code.fast:latest": "did you mean code.fast?",
    "Code.Fast@latest": "did you mean code.fast?",
    "code.fats": "did you mean code.fast?",
    "code.fast2": "otherwise",
    "gpt4.1": "did you mean openai/gpt-4.1?",
    "gpt-4.1-mni": "did you mean openai/gpt-4.1-mini?",
    "openai/gpt-4.1-nano": "otherwise",
    "openai/gpt-4.1-pro": "otherwise",
    "O3": "did you mean openai/o3?",
    "o3-mini": "otherwise",
    "anthropic/claude-haiku-5": "otherwise",
    "anthropic/claude-sonnet-5": "otherwise",
    "anthropic/claude-haiku-5.5": "did you mean anthropic/claude-haiku-5-5?",
    "anthropc/claude-haiku-5-5": "did you mean anthropic/claude-haiku-5-5?",
    "google/claude-haiku-5-5": "did you mean anthropic/claude-haiku-5-5?",
    "anthropic/gpt-4.1": "did you mean openai/gpt-4.1?",
    "azure/gpt-4.1": "did you mean openai/gpt-4.1?",
    "openrouter/openai/gpt-4.1": "did you mean openai/gpt-4.1?",
    "gpt-oss-120b": "did you mean groq/openai/gpt-oss-120b or together/openai/gpt-oss-120b?",
    "openai/gpt-oss-120b": (
        "did you mean groq/openai/gpt-oss-120b or together/openai/gpt-oss-120b?"
    ),
    "mistral-large-latest": "did you mean mistral/mistral-large-latest?",
    "mistral-large-2411": "did you mean mistral/mistral-large-2411?",
    "gpt-4.1:high": "did you mean openai/gpt-4.1:high?",
}


@pytest.mark.parametrize("text", MEANT)
def test_a_name_finds_what_it_means_and_never_another_model(text: str) -> None:
    assert meant_name(text, ALIASES, MODELS, "otherwise") == MEANT[text]
