"""Refreeze drafts: freeze those of a stale branch again, on what landed in the meantime.

`draft_scene` looks at what is there. Here it is decided, written, and staged or published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from zumik.actions.live.landed_pointers import winner_of
from zumik.actions.publishing.publish import PublishOptions, publish, require_as_written
from zumik.actions.publishing.uncommitted_sources import named, uncommitted_policy_and_catalog
from zumik.actions.releases.draft_scene import Scene, frozen_here, look
from zumik.actions.releases.proposal import propose
from zumik.actions.session import Session
from zumik.core.basics.display import neutral
from zumik.core.basics.tree import LEDGER, LIVE
from zumik.core.live.pointer import MAX_POINTER_BYTES, Pointer, pointer_to_bytes
from zumik.core.live.pointer_move import MovedPointer, already_there, draft_side, follow
from zumik.core.live.published import AnswerChange, Published
from zumik.core.releases.draft import draft, line_time
from zumik.core.releases.freeze import freeze
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.refreeze import note_of, winners_changed
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, verify
from zumik.core.reviews.changes import unchanged
from zumik.core.reviews.outcomes import RefrozenDrafts, Staged
from zumik.core.reviews.refrozen import Refrozen
from zumik.errors import CannotRun
from zumik.transaction.file_plan import NewBytes
from zumik.workspace.store import Store


@dataclass
class Resolution:
    """The files that resolve a stale branch, and what is reported of them."""

    refrozen: Refrozen
    files: list[NewBytes] = field(default_factory=list)
    remove: list[Path] = field(default_factory=list)


def refreeze_drafts(
    session: Session,
    as_of: str | None,
    options: PublishOptions,
    *,
    note: str | None = None,
    require_note: Callable[[str | None], None] = lambda _: None,
) -> RefrozenDrafts:
    """Replace the drafts of a branch by one release on the newest that landed; pointers follow.

    Another `note` than the newest draft's is a reason to freeze again. `require_note` raises for a
    note that a new release may not have. Within a merge or rebase the files are only staged: the
    commit is git's to make. Raises Invalid and AnswerIsNo where policy and catalog cannot be
    frozen, UsageError, CannotRun, IntegrityError.
    """
    scene = replace(look(session, as_of), note=note, require_note=require_note)
    scene = replace(scene, outdated=_is_outdated(scene))
    found = _resolution(scene)
    if not found.files and not found.remove:
        return RefrozenDrafts(found.refrozen, draft=scene.drafts[0].ref if scene.drafts else None)
    if not options.dry_run and _commit_is_git_s(session):
        return RefrozenDrafts(found.refrozen, staged=_stage(session, found))
    published = _publish(session, found, options, note)
    is_dated = as_of is not None or bool(scene.drafts and scene.drafts[-1].release.backfilled)
    is_final = is_dated or not options.dry_run
    return RefrozenDrafts(found.refrozen._replace(digest_is_final=is_final), published=published)


def _resolution(scene: Scene) -> Resolution:
    found = Resolution(Refrozen(scene.live_ref, scene.landed.newest, (), None, ()))
    target: VerifiedRelease | None = scene.drafts[-1] if scene.drafts else None
    if scene.stale or scene.ledger_in_conflict:
        _require_merged(scene)
    if scene.stale:
        target = _refrozen(scene, found)
    if scene.stale or scene.ledger_in_conflict:
        _keep_ledger(scene, found)
    for proposed in _proposed(scene, found):
        _follow(scene, found, proposed, target)
    return found


def _is_outdated(scene: Scene) -> bool:
    """Whether policy, catalog and note, as they are now, freeze to another than the last draft."""
    if not scene.drafts:
        return False
    latest = scene.drafts[-1].release
    if scene.note is not None and scene.note != latest.note:
        return True
    # By the draft's own day: a draft that only waited is still what was reviewed.
    proposal = propose(scene.session, latest.created_at.date(), scene.landed)
    proposal.require_freezable()
    content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
    return not unchanged(latest.content, content)


def _require_merged(scene: Scene) -> None:
    here = set(frozen_here(scene.session.store))
    missing = [ref.id for ref in scene.landed.releases.values() if ref not in here]
    if missing:
        raise CannotRun(
            f"{scene.live_ref} has {', '.join(missing[-3:])}, and this branch does not have it yet",
            hint=f"git merge {scene.live_ref}; it will conflict in {LEDGER}, and then: "
            "zumik release refreeze",
        )


def _refrozen(scene: Scene, found: Resolution) -> VerifiedRelease:
    """The release that replaces all drafts: a new one, or the newest landed one if it is equal."""
    latest = scene.drafts[-1].release
    # What was frozen for an earlier day is frozen for that day again, as long as the line allows.
    now = scene.as_of or (latest.created_at if latest.backfilled else scene.now)
    proposal = propose(scene.session, now.date(), scene.landed)
    proposal.require_freezable()
    content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
    landed = scene.landed
    parent = landed.release(landed.newest.id) if landed.newest else None
    frozen = scene.session.store.frozen
    for item in scene.drafts:
        found.remove += _files_of(item.ref, scene.session.store)
    found.refrozen = found.refrozen._replace(
        dropped=tuple(item.ref for item in scene.drafts),
        changed=winners_changed(latest.content, content),
    )
    usable = parent is not None and landed.withdrawal(parent.ref.id) is None
    if parent is not None and usable and unchanged(parent.release.content, content):
        return parent
    note = note_of(scene.drafts) if scene.note is None else scene.note
    scene.require_note(note)
    ref, data = draft(
        content,
        parent.ref if parent else None,
        line_time(landed.creation_times(), scene.now),
        now,
        note=note,
        backfilled=latest.backfilled or scene.as_of is not None,
    )
    found.files.append(NewBytes(frozen / ref.file_name, data, must_be_new=True))
    found.refrozen = found.refrozen._replace(made=ref)
    return verify(ref.file_name, data)


def _files_of(ref: ReleaseRef, store: Store) -> Iterator[Path]:
    """A draft's file, and its signature and the mark that withdrew it, where there are any."""
    yield store.frozen / ref.file_name
    if (store.frozen / ref.signature_name).exists():
        yield store.frozen / ref.signature_name
    mark = store.withdrawal(ref.id)
    if mark is not None and mark.target == ref:  # a release that landed may have had its id
        yield store.withdrawn / mark.file_name


def _keep_ledger(scene: Scene, found: Resolution) -> None:
    """The ledger of `live_ref`, and the lines of what is not there yet."""
    new = [draft.ref for draft in scene.drafts]
    if scene.stale:
        new = [found.refrozen.made] if found.refrozen.made else []
    lines = "".join(LedgerLine.of(ref).to_text() for ref in new)
    ledger = scene.landed.ledger_bytes() + lines.encode()
    found.files.append(NewBytes(scene.session.store.ledger_path, ledger))


def _proposed(scene: Scene, found: Resolution) -> Iterator[Pointer]:
    """The moves of this branch that cannot stay as they are: they name a draft that is removed or
    missing, or were made from a pointer that is no longer the live one.
    """
    store, landed = scene.session.store, scene.landed_refs
    for path, sides in scene.conflicts.items():
        chosen = draft_side(sides, landed)
        if chosen is None:
            name = neutral(str(path.relative_to(scene.session.repository.root)))
            names = (*found.refrozen.in_conflict, name)
            found.refrozen = found.refrozen._replace(in_conflict=names)
        else:
            yield chosen
    kept = () if scene.stale else {draft.ref for draft in scene.drafts}
    in_conflict = {path.name for path in scene.conflicts}
    for pointer in store.pointers(without=in_conflict):
        if pointer.target in landed:
            continue
        live = scene.landed.pointer(pointer.alias)
        if pointer.target not in kept or (live and live.generation >= pointer.generation):
            yield pointer


def _follow(
    scene: Scene, found: Resolution, proposed: Pointer, target: VerifiedRelease | None
) -> None:
    """Move an alias on to the release that replaced the draft which it was promoted to.

    Raises CannotRun where that draft is missing and nothing replaced it.
    """
    if target is None:
        raise _draft_missing(scene, proposed)
    if not scene.stale:
        # A draft that stays is what the move was reviewed for.
        own = (draft for draft in scene.drafts if draft.ref == proposed.target)
        target = next(own, target)
    path = scene.session.store.live / proposed.file_name
    live = scene.landed.pointer(proposed.alias)
    if proposed.alias not in target.aliases:
        return _as_landed(scene, found, proposed, f"{target.ref.id} does not hold it")
    if already_there(live, target.ref):
        return _as_landed(scene, found, proposed, f"it points to {target.ref.id} there")
    pointer = follow(proposed, live, target.ref, scene.now)
    found.files.append(NewBytes(path, pointer_to_bytes(pointer)))
    before, after = winner_of(scene.landed, live), target.aliases[proposed.alias].winner
    move = MovedPointer(pointer, before, after, live, AnswerChange(pointer.alias, before, after))
    found.refrozen = found.refrozen._replace(moves=(*found.refrozen.moves, move))
    return None


def _draft_missing(scene: Scene, proposed: Pointer) -> CannotRun:
    file = f"{LIVE}/{proposed.file_name}"
    restore = scene.landed.tree.restore_command(file)
    if scene.landed.tree.kind(file) is None or restore is None:
        restore = f"rm {scene.session.as_typed(scene.session.store.root / file)}"
    return CannotRun(
        f"{proposed.alias} points to {proposed.target.id}, which has not landed and is missing",
        hint=f"{restore} && zumik alias promote {proposed.alias} --latest",
    )


def _as_landed(scene: Scene, found: Resolution, proposed: Pointer, why: str) -> None:
    """Leave an alias where it is on `live_ref`."""
    name = f"{LIVE}/{proposed.file_name}"
    path, tree = scene.session.store.root / name, scene.landed.tree
    if tree.kind(name) is None:
        found.remove.append(path)
    else:
        found.files.append(NewBytes(path, tree.read(name, MAX_POINTER_BYTES)))
    staying = (*found.refrozen.staying, (proposed.alias, why))
    found.refrozen = found.refrozen._replace(staying=staying)


def _commit_is_git_s(session: Session) -> bool:
    """Whether a merge, rebase or the like is in progress, which makes the commit itself."""
    from zumik.git.conflicts import unmerged

    repository = session.repository
    return repository.in_progress is not None or bool(unmerged(repository))


def _publish(
    session: Session, found: Resolution, options: PublishOptions, note: str | None
) -> Published:
    refrozen = found.refrozen
    new = refrozen.made or refrozen.onto
    name = new.id if new else "nothing"
    message = f"Refreeze {', '.join(ref.id for ref in refrozen.dropped)} as {name}"
    if not refrozen.dropped:
        moved = ", ".join(move.pointer.alias for move in refrozen.moves)
        message = f"Move {moved} on to {name}"
    message = f"{message}\n\n{note or ''}".strip()
    # A merge or rebase commits what is staged, the merged policy and catalog among it.
    commits = options.commit and not _commit_is_git_s(session)
    along = uncommitted_policy_and_catalog(session) if commits else ()
    return publish(session, found.files, message, options, remove=found.remove, along=along)


def _stage(session: Session, found: Resolution) -> Staged:
    from zumik.git.conflicts import unmerged
    from zumik.transaction import commit

    repository, files, writer = session.repository, found.files, session.writer
    assert writer is not None, "a command that stages opened its session as a writer"
    along = _unstaged_sources(session) if found.refrozen.dropped else ()
    commit.stage(
        writer,
        repository,
        commit.WriteSet(files, found.remove, along),
        lambda env: require_as_written(repository, "", files, "was staged", env),
    )
    in_progress = repository.in_progress
    left: list[str] = []
    # The files are staged, whether or not git can say what else is unmerged.
    with suppress(CannotRun):
        left += [neutral(name) for name in repository.names(unmerged(repository))]
    step = in_progress.continue_command if in_progress else "git commit"
    return Staged(step, tuple(left), named(session, along))


def _unstaged_sources(session: Session) -> tuple[Path, ...]:
    """The policy and catalog files that the commit would hold otherwise than they were frozen."""
    return tuple(
        path
        for path in uncommitted_policy_and_catalog(session)
        if not path.is_file() or not session.repository.holds("", path, path.read_bytes())
    )
