"""Writing a bundle: all that a resolver needs, in one file that is replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from zumik.actions.live.live_retirements import live_retirements
from zumik.actions.session import Session
from zumik.core.live.bundle import Bundle, bundle_to_bytes
from zumik.core.live.live_retirement import LiveRetirement
from zumik.errors import CannotRun
from zumik.resolver import bundle_of_workspace
from zumik.transaction.file_plan import NewBytes
from zumik.transaction.output_files import write_outputs
from zumik.workspace.confidentiality import FrozenMarks
from zumik.workspace.store import Store


class WrittenBundle(NamedTuple):
    """A bundle that was written, and the size of its file in bytes.

    `retirements` are its live winners that have retired or soon will.
    """

    bundle: Bundle
    size: int
    retirements: tuple[LiveRetirement, ...]


def write_bundle(
    session: Session, file: Path, ref: str | None, *, every: bool, dry_run: bool = False
) -> WrittenBundle:
    """Write what is live on `ref`, else on `live_ref`, else in the work tree.

    With `every` the bundle holds all releases, and else those that are live and the newest. A dry
    run makes it, and writes nothing. Raises CannotRun and IntegrityError; the old file then stays.
    """
    store, commit = _on_ref(session, ref if ref is not None else session.settings.live_ref)
    bundle = bundle_of_workspace(store, session.now(), commit=commit, every=every)
    bundle = _with_confidential(bundle, store)
    data = bundle_to_bytes(bundle)
    if not dry_run:
        write_outputs([NewBytes(file, data)])
    retirements = tuple(live_retirements(store, session.now().date()))
    return WrittenBundle(bundle, len(data), retirements)


def _with_confidential(bundle: Bundle, store: Store) -> Bundle:
    """The bundle, with what is confidential where its own releases do not say the same."""
    hidden = FrozenMarks().hidden_in(store.tree, store.releases.values())
    return bundle if hidden == bundle.hidden else bundle._replace(confidential=hidden)


def _on_ref(session: Session, ref: str | None) -> tuple[Store, str | None]:
    """The workspace as a ref has it, and the ref's commit. Raises CannotRun where it has none."""
    from zumik.git.commit_tree import CommitTree
    from zumik.git.remotes import unknown_ref

    if ref is None:
        return session.store, None
    repository, root = session.repository, session.store.root
    commit = repository.parsed(f"{ref}^{{commit}}")
    if commit is None:
        problem, hint = unknown_ref(repository, ref)
        raise CannotRun(problem, hint=f"{hint}; --ref HEAD takes what is committed here")
    tree = CommitTree(repository, commit, root.relative_to(repository.root).as_posix())
    return Store(root, tree), commit
