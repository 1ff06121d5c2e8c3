"""A key or token in a text that is published."""

from __future__ import annotations

from tests.cli.attacks.case import Case
from tests.cli.attacks.drains import a_drain, write_drains
from tests.cli.attacks.edits import forge, freeze, replace_text, write_pointer
from tests.cli.attacks.withdrawals import write_withdrawal
from tests.cli.conversation import Desk


def with_secret(desk: Desk) -> None:
    forge(desk, lambda tree: tree.update(note="use sk-" + "a1B2" * 8 + " for it"))


def secret_description(desk: Desk) -> None:
    secret = "sk-" + "a1B2" * 8
    replace_text("releases/policy/aliases.yaml", "Low-latency coding tasks.", secret)(desk)
    freeze(desk)


def secret_reason(desk: Desk) -> None:
    write_pointer(desk, reason="ask with ghp_" + "a1B2" * 9)


def secret_drain(desk: Desk) -> None:
    write_drains(desk, 1, a_drain(desk, reason="ask with ghp_" + "a1B2" * 9))


CASES = {
    "secret-description": Case(
        "the description of an alias holds a key", secret_description, {"secret-in-text"}
    ),
    "secret-note": Case("the note of a new release holds a key", with_secret, {"secret-in-text"}),
    "secret-withdrawal": Case(
        "the reason of a withdrawal holds a key",
        lambda desk: (freeze(desk), write_withdrawal(desk, -1, reason="not sk-" + "a1B2" * 8))[1],
        {"secret-in-text"},
    ),
    "secret-drain": Case("the reason of a drain holds a key", secret_drain, {"secret-in-text"}),
    "secret-reason": Case("the reason of a move holds a token", secret_reason, {"secret-in-text"}),
}
