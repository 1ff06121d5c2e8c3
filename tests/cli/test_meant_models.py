"""A model by half its name: every command says which one was meant, and none names a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played

from zumik.workspace.store import Store
from zumik.workspace.target_facts import hint_of_meant

EXAMPLE = Path(__file__).parents[2] / "releases"
OLDER = {
    "gpt-4.1": "did you mean openai/gpt-4.1?",
    "o3": "did you mean openai/o3?",
    "claude-sonnet-4-5": "did you mean anthropic/claude-sonnet-4-5?",
    "claude-sonnet-4.5": "did you mean anthropic/claude-sonnet-4-5?",
    "openai:gpt-4.1": "did you mean openai/gpt-4.1?",
    "mistral-large-2411": "did you mean mistral/mistral-large-2411?",
    "kimi-k2-thinking": "did you mean moonshotai/kimi-k2-thinking?",
    "anthropic/claude-haiku-5": "",
    "anthropic/claude-haiku-4": "",
    "openai/gpt-5.4-pro": "",
    "xai/grok-4.7": "only the catalog has it, no release does: zumik catalog show xai/grok-4.7",
}
"""Names of models that the newest release does not have, or no release."""

NAMED = "hint: did you mean acme/small?\n"
NO_POINTER = "hint: did you mean acme/small? A model has no pointer: zumik alias list\n"

OWN_NAME = "hint: it is a model, and zumik alias list shows the aliases\n"


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("resolve small", NAMED),
        ("resolve Small", NAMED),
        ("resolve acme:small", NAMED),
        ("resolve globex/small", NAMED),
        ("resolve code.fast --unavailable small", NAMED),
        ("explain small", NAMED),
        ("drain small --until 4h --reason x", NAMED),
        ("catalog show small", NAMED),
        ("alias show small", NO_POINTER),
        ("alias history small", NO_POINTER),
        ("alias rollback small --reason x", NO_POINTER),
        ("alias retire small --reason x", NO_POINTER),
        ("alias show acme/small", OWN_NAME),
        ("alias rollback acme/small --reason x", OWN_NAME),
        ("alias history acme/small", OWN_NAME),
        ("replay - --against small", "hint: did you mean acme/small?\n"),
    ],
)
def test_a_model_without_its_provider_is_named(played: Played, command: str, hint: str) -> None:
    turn = played.desk("promoted").zumik(*command.split())
    assert (turn.exit_code, turn.out) == (4, ""), turn
    assert turn.err.endswith(hint), turn


@pytest.mark.parametrize("text", OLDER)
def test_a_model_of_an_older_release_is_named_and_none_of_another_family(text: str) -> None:
    assert hint_of_meant(Store.at(EXAMPLE), text, (), "") == OLDER[text]


def test_a_model_that_only_the_catalog_has_is_named(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    catalog = desk.releases / "catalog" / "acme.yaml"
    catalog.write_text(catalog.read_text() + "  vast-9:\n    revision: vast-9\n    pinned: true\n")
    turn = desk.zumik("resolve", "vast-9")
    assert turn.err.endswith(
        "hint: did you mean acme/vast-9? Only the catalog has it: zumik catalog list\n"
    ), turn
    turn = desk.zumik("resolve", "acme/vast-9")
    hint = "only the catalog has it, no release does: zumik catalog show acme/vast-9"
    assert turn.err.endswith(f"hint: {hint}\n"), turn
    assert desk.zumik("catalog", "show", "acme/vast-9").exit_code == 0


def test_a_drain_is_named_without_its_provider(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    drained = desk.zumik("drain", "acme/small", "--until", "4h", "--reason", "x")
    assert drained.exit_code == 0, drained
    assert desk.zumik("undrain", "small").err.endswith(NAMED)
