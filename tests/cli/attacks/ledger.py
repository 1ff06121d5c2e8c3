"""The ledger is reordered, shortened or filled with something else."""

from __future__ import annotations

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import append, relative, write
from tests.cli.conversation import Desk


def ledger_in_another_order(desk: Desk) -> None:
    ledger = desk.releases / "SHA256SUMS"
    lines = ledger.read_text().splitlines(keepends=True)
    write(desk, relative(desk, ledger), "".join(reversed(lines)))


CASES = {
    "ledger-order": Case(
        "the ledger is put in another order", ledger_in_another_order, {"ledger-rewritten"}
    ),
    "ledger-line-gone": Case(
        "a line is taken out of the ledger",
        lambda desk: write(
            desk,
            "releases/SHA256SUMS",
            (desk.releases / "SHA256SUMS").read_text().split("\n", 1)[1],
        ),
        {"ledger-rewritten", "ledger-gap"},
        5,
    ),
    "ledger-digest": Case(
        "a digest in the ledger is changed",
        lambda desk: write(
            desk, "releases/SHA256SUMS", "0" * 64 + (desk.releases / "SHA256SUMS").read_text()[64:]
        ),
        {"ledger-rewritten", "ledger-mismatch"},
        5,
    ),
    "ledger-text": Case(
        "a malformed line is added to the ledger",
        lambda desk: append(desk, "releases/SHA256SUMS", "hello\n"),
        {"ledger-malformed"},
    ),
}
