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
}


@pytest.mark.parametrize("text", MEANT)
def test_a_name_finds_what_it_means_and_never_another_model(text: str) -> None:
    assert meant_name(text, ALIASES, MODELS, "otherwise") == MEANT[text]
