"""A release that landed is changed, removed, renamed or retyped."""

from __future__ import annotations

from tests.cli.attacks.case import BRANCH, Case
from tests.cli.attacks.edits import append, commit, frozen, relative, write
from tests.cli.conversation import Desk

MODIFIED = {"frozen-modified", "ledger-mismatch", "pointer-to-nothing"}
MODE = {"frozen-mode-changed", "foreign-entry", "pointer-to-nothing"}


def replaced_by_symlink(desk: Desk) -> None:
    path = frozen(desk)
    copy = desk.repo / "elsewhere.json"
    path.rename(copy)
    path.symlink_to("../../elsewhere.json")
    commit(desk)


def replaced_by_submodule(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    head = desk.git("rev-parse", "HEAD").strip()
    desk.git("rm", "--quiet", name)
    desk.git("update-index", "--add", "--cacheinfo", f"160000,{head},{name}")
    desk.git("commit", "--quiet", "--message", "A submodule")


def replaced_by_lfs(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    oid, size = "0" * 64, 12345
    write(
        desk, name, f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"
    )


def executable(desk: Desk) -> None:
    desk.git("update-index", "--chmod=+x", relative(desk, frozen(desk)))
    desk.git("commit", "--quiet", "--message", "Make it executable")


def renamed(desk: Desk) -> None:
    name = relative(desk, frozen(desk))
    desk.git("mv", name, name.replace("alr_2026_01_10_001", "alr_2026_01_10_007"))
    desk.git("commit", "--quiet", "--message", "Rename")


def moved_away(desk: Desk) -> None:
    desk.git("mv", "releases/frozen", "releases/old")
    desk.git("commit", "--quiet", "--message", "Tidy up")


def removed(desk: Desk) -> None:
    desk.git("rm", "--quiet", relative(desk, frozen(desk)))
    desk.git("commit", "--quiet", "--message", "Remove")


def removed_and_added_again(desk: Desk) -> None:
    removed(desk)
    desk.git("revert", "--no-edit", "HEAD")


def edited_and_reverted(desk: Desk) -> None:
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("revert", "--no-edit", "HEAD")


def edited_in_a_merge(desk: Desk) -> None:
    """The edit is in a merge commit alone, where no parent has it, and undone after it."""
    desk.git("switch", "--quiet", "--create", "side")
    write(desk, "notes.txt", "a side\n")
    desk.git("switch", "--quiet", BRANCH)
    write(desk, "more.txt", "another side\n")
    desk.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    path = frozen(desk)
    before = path.read_bytes()
    path.write_bytes(before + b" ")
    commit(desk, "Merge")
    path.write_bytes(before)
    commit(desk, "Mend")


CASES = {
    "frozen-edited": Case(
        "a release is edited",
        lambda desk: append(desk, relative(desk, frozen(desk)), " "),
        MODIFIED | {"digest-mismatch"},
        5,
    ),
    "frozen-removed": Case(
        "a release is removed", removed, {"frozen-deleted", "ledger-gap", "pointer-to-nothing"}, 5
    ),
    "frozen-renamed": Case(
        "a release is renamed, with the same bytes",
        renamed,
        {
            "frozen-renamed",
            "digest-mismatch",
            "ledger-gap",
            "pointer-to-nothing",
            "stale-parent",
        },
        5,
    ),
    "frozen-moved": Case(
        "frozen/ is moved away",
        moved_away,
        {"frozen-renamed", "ledger-gap", "pointer-to-nothing"},
        5,
    ),
    "frozen-added-again": Case(
        "a release is removed and added again", removed_and_added_again, {"frozen-touched"}
    ),
    "frozen-reverted": Case(
        "a release is edited and the edit reverted", edited_and_reverted, {"frozen-touched"}
    ),
    "frozen-edited-in-merge": Case(
        "a release is edited in a merge commit alone, and mended",
        edited_in_a_merge,
        {"frozen-touched"},
    ),
    "frozen-executable": Case("a release becomes executable", executable, MODE, 5),
    "frozen-symlink": Case("a release becomes a symlink", replaced_by_symlink, MODE, 5),
    "frozen-submodule": Case("a release becomes a submodule", replaced_by_submodule, MODE, 5),
    "frozen-lfs": Case(
        "a release becomes a Git LFS pointer", replaced_by_lfs, MODIFIED | {"lfs-pointer"}, 5
    ),
    "unknown-in-frozen": Case(
        "a file in frozen/ is not a release",
        lambda desk: write(desk, "releases/frozen/notes.txt", "hello\n"),
        {"not-a-release-file"},
        5,
    ),
}
