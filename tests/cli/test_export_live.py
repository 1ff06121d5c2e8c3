"""An exported configuration says where it is not what is live, and which model retires."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.conversation import Desk

PROVIDERS = ("acme", "globex", "initech", "umbrella")
NAMED = [word for name in PROVIDERS for word in ("--provider", f"{name}=openai")]
EXPORT = ("export", "litellm", "--output", "config.yaml", *NAMED)


def test_an_export_of_what_has_not_landed_says_so(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    assert "NOT LIVE" not in desk.zumik(*EXPORT).err
    moved = desk.zumik("alias", "rollback", "code.fast", "--reason", "slow", "--branch", "back")
    assert moved.exit_code == 0, moved
    exported = desk.zumik(*EXPORT)
    assert exported.exit_code == 0, exported
    assert "warning: code.fast: NOT LIVE yet (here: not landed); origin/main has" in exported.err


def test_an_export_names_a_model_that_retires(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    moved = desk.zumik("alias", "rollback", "code.fast", "--reason", "slow")
    assert moved.exit_code == 0, moved
    exported = desk.zumik(*EXPORT)
    assert exported.exit_code == 0, exported
    assert "warning: code.fast: globex/swift retires on 2026-04-01" in exported.err


def test_an_export_ends_with_the_command_that_starts_the_proxy(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    start = "next: litellm --config config.yaml, with these keys and LITELLM_MASTER_KEY\n"
    assert desk.zumik(*EXPORT).err.endswith(start)
    assert start not in desk.zumik(*EXPORT, "--dry-run").err
