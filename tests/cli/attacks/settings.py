"""Unreadable settings, and a workspace that is moved or removed."""

from __future__ import annotations

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import append, commit, frozen, write
from tests.cli.conversation import Desk


def settings_linked(desk: Desk) -> None:
    path = desk.releases / "zumik.yaml"
    path.rename(desk.releases / "settings.yaml")
    path.symlink_to("settings.yaml")
    commit(desk)


def settings_removed(desk: Desk) -> None:
    desk.git("rm", "--quiet", "releases/zumik.yaml")
    commit(desk, "Not a workspace")
    # The check runs in the base's work tree, because the branch has no workspace to run it in.
    desk.git("switch", "--quiet", "main")


def linked_workspace(desk: Desk) -> None:
    """The workspace moves to a directory without history, and a symlink takes its place."""
    desk.git("mv", "releases", "other")
    (desk.repo / "releases").symlink_to("other")
    append(desk, "other/" + frozen(desk).relative_to(desk.releases).as_posix(), " ")


def moved_workspace(desk: Desk) -> None:
    for name in ("zumik.yaml", "frozen", "live", "policy", "catalog", "SHA256SUMS"):
        desk.git("mv", f"releases/{name}", name)
    desk.git("mv", "releases/.gitattributes", ".gitattributes")
    commit(desk)


CASES = {
    "settings-unreadable": Case(
        "the settings are malformed",
        lambda desk: write(desk, "releases/zumik.yaml", "live_ref: [\n"),
        {"yaml-syntax"},
        warnings=frozenset({"settings-changed"}),
    ),
    "settings-unknown": Case(
        "the settings have an unknown key",
        lambda desk: append(desk, "releases/zumik.yaml", "nonsense: 1\n"),
        {"unknown-key"},
        warnings=frozenset({"settings-changed"}),
    ),
    "settings-symlink": Case(
        "the settings become a symlink",
        settings_linked,
        {"foreign-entry", "unread-file"},
        5,
        frozenset({"settings-changed"}),
    ),
    "settings-version": Case(
        "the settings require a version that does not exist",
        lambda desk: append(desk, "releases/zumik.yaml", 'required_version: ">=99"\n'),
        set(),
        0,
        frozenset({"settings-changed", "other-version-required"}),
    ),
    "workspace-linked": Case(
        "the workspace is moved, and a link put in its place",
        linked_workspace,
        {
            "workspace-removed",
            "broken-line",
            "digest-mismatch",
            "incumbent-not-live",
            "ledger-mismatch",
            "pointer-to-nothing",
        },
        5,
    ),
    "workspace-moved": Case(
        "the workspace is moved to the top",
        moved_workspace,
        {"workspace-removed"},
        warnings=frozenset({"not-compared-with-policy"}),
    ),
    "workspace-removed": Case(
        "zumik.yaml, which marks the workspace, is removed", settings_removed, {"workspace-removed"}
    ),
}
