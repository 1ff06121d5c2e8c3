"""Uncommitted sources: edited files that a new release or signature needs in the same commit.

A release that lands without the policy and catalog that it was frozen from cannot be derived again,
and the check refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zumik.actions.session import Session
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.tree import MARKER
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.errors import CannotRun
from zumik.workspace.settings_in_text import providers_setting


def uncommitted_policy_and_catalog(session: Session) -> tuple[Path, ...]:
    """The policy and catalog files that differ from HEAD, removed ones too.

    With them the file that marks a workspace and git's attributes, where HEAD does not have them
    yet, and the settings where they name other providers than HEAD's. None of all without
    a git repository. Raises CannotRun where git ignores one.
    """
    root = session.store.root
    sources = _uncommitted(session, [root / "policy", root / "catalog"])
    marks = _uncommitted(session, [root / MARKER, root / ".gitattributes"], only_new=True)
    if root / MARKER not in marks and _other_providers(session):
        marks = (root / MARKER, *marks)
    return (*sources, *marks)


def _other_providers(session: Session) -> bool:
    """Whether the settings name other providers than those of HEAD."""
    from zumik.git.commit_tree import CommitTree

    repository, root = session.repository_or_none, session.store.root
    here = providers_setting(session.store.tree)
    if repository is None or not (head := repository.parsed("HEAD^{commit}")):
        return False
    if not _uncommitted(session, [root / MARKER]):
        return False
    directory = root.relative_to(repository.root).as_posix()
    return providers_setting(CommitTree(repository, head, directory)) != here


def uncommitted_signing_setup(session: Session) -> tuple[Path, ...]:
    """`allowed_signers` and the settings, where they differ from HEAD. Raises as above."""
    root = session.store.root
    return _uncommitted(session, [root / ALLOWED_SIGNERS, root / MARKER])


def _uncommitted(
    session: Session, places: Sequence[Path], *, only_new: bool = False
) -> tuple[Path, ...]:
    repository = session.repository_or_none
    if repository is None:
        return ()
    found = []
    for change in repository.changes_in(places):
        path = repository.root / change.name
        # Other files, such as notes and what an editor left, stay where they are.
        is_source = path in places or (path.suffix == ".yaml" and not path.name.startswith("."))
        # Git names an ignored directory in place of the files in it.
        if change.is_ignored and (is_source or change.name.endswith("/")):
            raise CannotRun(
                f"git ignores {shown(change.name)}, which has to be committed with it",
                hint=f"git add --force {session.as_typed(path)}",
            )
        if is_source and (change.is_new or not only_new):
            found.append(path)
    return tuple(sorted(found))


def named(session: Session, paths: Sequence[Path]) -> tuple[str, ...]:
    """The files as the repository names them, fit to be shown."""
    repository = session.repository_or_none
    return tuple(neutral(name) for name in repository.names(paths)) if repository else ()
