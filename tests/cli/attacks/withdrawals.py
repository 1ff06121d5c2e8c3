"""A withdrawn release is used again, or a withdrawal is removed or changed."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import commit, frozen, land, write, write_pointer
from tests.cli.conversation import Desk

from zumik.core.basics.strict_json import to_canonical

MARK = "releases/withdrawn/alr_2026_01_10_001.json"


def withdraw_the_first(desk: Desk) -> None:
    """Withdraw the first release."""
    words = ("alr_2026_01_10_001", "--reason", "Not measured")
    done = desk.zumik("alias", "promote", "--all", "--latest")
    assert done.exit_code == 0, done
    done = desk.zumik("release", "withdraw", *words)
    assert done.exit_code == 0, done


def after_withdrawal(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    def do(desk: Desk) -> None:
        land(desk, withdraw_the_first)
        desk.git("reset", "--quiet", "--hard", "origin/main")
        work(desk)

    return do


def write_withdrawal(desk: Desk, place: int, **changed: object) -> None:
    """Write a withdrawal as zumik does, with these fields changed."""
    release, digest, _ = frozen(desk, place).name.split(".")
    tree = {
        "release": release,
        "sha256": digest,
        "reason": "By hand",
        "withdrawn_at": f"{desk.now:%Y-%m-%dT%H:%M:%SZ}",
    }
    path = desk.releases / "withdrawn" / f"{changed.get('release', release)}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(to_canonical(tree | changed))
    commit(desk, "Withdraw by hand")


def to_withdrawn(desk: Desk) -> None:
    release, digest, _ = frozen(desk).name.split(".")
    write_pointer(desk, release=release, sha256=digest, kind="rollback")


def withdrawn_and_restored(desk: Desk) -> None:
    desk.git("rm", "--quiet", MARK)
    commit(desk, "Not withdrawn")
    desk.git("revert", "--no-edit", "HEAD")


def promoted_meanwhile(desk: Desk) -> None:
    """The base withdraws a release while a branch moves a pointer back to it."""
    done = desk.zumik("alias", "rollback", "auto.balanced", "--to", "alr_2026_01_10_001")
    assert done.exit_code == 0, done
    land(desk, lambda desk: write_withdrawal(desk, 0))


CASES = {
    "pointer-to-withdrawn": Case(
        "a pointer is moved to a withdrawn release by hand",
        after_withdrawal(to_withdrawn),
        {"pointer-to-withdrawn"},
    ),
    "withdrawn-meanwhile": Case(
        "a pointer moves to a release that was withdrawn on the base meanwhile",
        promoted_meanwhile,
        {"pointer-to-withdrawn"},
    ),
    "withdrawn-while-live": Case(
        "a release is withdrawn by hand while a pointer names it",
        lambda desk: write_withdrawal(desk, -1),
        {"pointer-to-withdrawn"},
    ),
    "withdrawal-removed": Case(
        "a withdrawal is removed",
        after_withdrawal(lambda desk: (desk.git("rm", "-q", MARK), commit(desk))),
        {"withdrawal-changed"},
    ),
    "withdrawal-changed": Case(
        "the reason of a withdrawal is changed",
        after_withdrawal(lambda desk: write_withdrawal(desk, 0, reason="Not so bad")),
        {"withdrawal-changed"},
    ),
    "withdrawal-touched": Case(
        "a withdrawal is removed and put back",
        after_withdrawal(withdrawn_and_restored),
        {"withdrawal-changed"},
    ),
    "withdrawal-executable": Case(
        "a withdrawal becomes executable",
        after_withdrawal(
            lambda desk: (
                desk.git("update-index", "--chmod=+x", MARK),
                desk.git("commit", "--quiet", "--message", "Make it executable"),
            )
        ),
        {"withdrawal-changed", "foreign-entry"},
        5,
    ),
    "withdrawal-of-nothing": Case(
        "a missing release is withdrawn",
        lambda desk: write_withdrawal(desk, 0, release="alr_2026_02_10_777"),
        {"withdrawal-of-nothing"},
    ),
    "withdrawal-digest": Case(
        "a release is withdrawn under another digest",
        lambda desk: write_withdrawal(desk, 0, sha256="0" * 64),
        {"withdrawal-of-nothing", "pointer-to-withdrawn"},
    ),
    "unknown-in-withdrawn": Case(
        "a file in withdrawn/ is not a withdrawal",
        lambda desk: write(desk, "releases/withdrawn/README", "hello\n"),
        {"malformed-withdrawal"},
    ),
}
