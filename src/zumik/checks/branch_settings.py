"""Rules for what a branch does to the settings, to the signers and to the workspace itself.

Each would otherwise stop, or escape, the checks of every branch to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.checks.all_history import same_names
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location
from zumik.core.basics.tree import FILE, Tree
from zumik.core.releases.signature import (
    ALLOWED_SIGNERS,
    MAX_ALLOWED_SIGNERS_BYTES,
    read_allowed_signers,
)
from zumik.errors import ZumikError
from zumik.rules.authoring_rules import MALFORMED
from zumik.rules.branch_rules import OTHER_VERSION_REQUIRED, SETTINGS_CHANGED, WORKSPACE_REMOVED
from zumik.rules.integrity_rules import BAD_ALLOWED_SIGNERS


def unreadable_settings(file: str, error: ZumikError) -> Finding:
    """Settings that no check could read would stop every later branch."""
    return MALFORMED.at(file, error.message, error.hint)


def check_required_version(
    file: str, required: str | None, *, this_version: str, is_served: bool
) -> Iterator[Finding]:
    """The next check needs the version that the branch's settings require."""
    if not is_served:
        yield OTHER_VERSION_REQUIRED.at(
            file,
            f"this branch requires zumik {neutral(required or '')}; this is {this_version}",
            "make sure that this version can be installed before this lands",
        )


def check_demands(file: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Finding]:
    """What the base demands of a branch, and would not demand of the next one."""
    for demand in sorted(set(before) - set(after)):
        yield SETTINGS_CHANGED.at(
            file,
            f"{demand} would no longer be required; the base's settings judged this branch",
            "ask someone who may decide what is checked to review this",
        )


def check_allowed_signers(tree: Tree) -> Iterator[Finding]:
    """A line of allowed_signers that cannot be read allows no signer, though it was meant to."""
    if tree.kind(ALLOWED_SIGNERS) != FILE:
        return
    hint = 'as in: ada@example.org namespaces="zumik-release" ssh-ed25519 AAAA…'
    try:
        data = tree.read(ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES)
        unread = read_allowed_signers(data).unread
    except ZumikError as error:
        yield BAD_ALLOWED_SIGNERS.at(ALLOWED_SIGNERS, error.message, hint)
        return
    for number in unread:
        where = Location(ALLOWED_SIGNERS, number)
        yield BAD_ALLOWED_SIGNERS.at(where, "not a line of allowed signers", hint)


def check_workspace_path(
    vanished: Iterable[str], alike: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    """The workspace stays where it is, and no other directory has its name in another case.

    `vanished` are the markers of the base's workspaces that merging would remove; `alike` pairs a
    part of the workspace's path with one that differs from it by case alone. Paths are the
    repository's.
    """
    for path in vanished:
        yield WORKSPACE_REMOVED.at(
            neutral(path),
            "the workspace of the base would be removed, and its releases would not be checked",
            "keep it where it is; only those who may merge without this check can move a workspace",
        )
    for path, other in alike:
        yield same_names(path, other, other)
