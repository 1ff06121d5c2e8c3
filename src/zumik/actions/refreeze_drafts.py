"""`zumik release refreeze`: a draft on a stale branch, frozen again on what landed meanwhile.

What is there is looked at in `cli/drafts`. Here it is decided, written, and staged or committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.draft_scene import Scene, frozen_here, look
from zumik.actions.publish import DryRunOption, Landing, NoCommitOption
from zumik.actions.session import Session
from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.core.basics.display import neutral
from zumik.core.basics.tree import LEDGER, LIVE
from zumik.core.live.pointer import Pointer, pointer_to_bytes
from zumik.core.live.pointer_move import already_there, draft_side, follow
from zumik.core.releases.refreeze import note_of, winners_changed
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun

if TYPE_CHECKING:
    from zumik.core.releases.release import ReleaseRef
    from zumik.core.reviews.refrozen import Refrozen
    from zumik.transaction.file_plan import NewBytes
    from zumik.workspace.store import Store

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="TIME", help="Freeze as of then; a backfilled draft's own."),
]


@dataclass
class Outcome:
    """The files that settle it, and what is told of them."""

    told: Refrozen
    files: list[NewBytes] = field(default_factory=list)
    remove: list[Path] = field(default_factory=list)


def refreeze(
    context: typer.Context,
    as_of: AsOfOption = None,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Freeze the drafts of a stale branch again, on the release that landed meanwhile.

    Merge or rebase onto live_ref first: it conflicts in SHA256SUMS, on purpose, and this settles
    it. All drafts make way for one new release from policy and catalog as merged, with the newest
    draft's note; pointers that named them follow. Shows which winners changed since the review.
    """
    from zumik.reports.refreeze_report import refrozen_report, refrozen_to_json

    session = writer(context, "release refreeze", dry_run=dry_run)
    scene = look(session, as_of)
    outcome = _outcome(scene)
    if not outcome.files and not outcome.remove:
        return _nothing_to_do(scene, outcome.told, form)
    stands, step = "dry run: nothing was written", None
    if not dry_run:
        stands, step = _settle(session, outcome, Landing(not no_commit))
    emit(
        form,
        lambda: refrozen_report(outcome.told),
        lambda: {"status": stands, "dry_run": dry_run, **refrozen_to_json(outcome.told)},
    )
    tell(f"\n{stands}")
    if step is not None:
        tell(f"next: {step}")
    return None


def _nothing_to_do(scene: Scene, told: Refrozen, form: Format) -> None:
    from zumik.reports.refreeze_report import refrozen_to_json

    why = "there is no draft here"
    if scene.drafts:
        newest = f"{told.onto.id}, the newest" if told.onto else "nothing yet"
        why = f"{scene.drafts[0].ref.id} follows {newest} on {told.live_ref}"
    emit(
        form,
        lambda: f"nothing to refreeze: {why}",
        lambda: {"status": "nothing to refreeze", "dry_run": False, **refrozen_to_json(told)},
    )
    for path in told.in_conflict:
        tell(f"\nstill in conflict: {path} names no draft on either side")


def _outcome(scene: Scene) -> Outcome:
    from zumik.core.reviews.refrozen import Refrozen

    outcome = Outcome(Refrozen(scene.live_ref, scene.landed.newest, (), None, ()))
    target: VerifiedRelease | None = scene.drafts[-1] if scene.drafts else None
    if scene.stale or scene.ledger_in_conflict:
        _require_merged(scene)
    if scene.stale:
        target = _refrozen(scene, outcome)
    if scene.stale or scene.ledger_in_conflict:
        _keep_ledger(scene, outcome)
    for proposed in _proposed(scene, outcome):
        _follow(scene, outcome, proposed, target)
    return outcome


def _require_merged(scene: Scene) -> None:
    here = set(frozen_here(scene.session.store))
    missing = [ref.id for ref in scene.landed.releases.values() if ref not in here]
    if missing:
        raise CannotRun(
            f"{scene.live_ref} has {', '.join(missing[-3:])}, and this branch does not have it yet",
            hint=f"git merge {scene.live_ref}; it will conflict in {LEDGER}, and then: "
            "zumik release refreeze",
        )


def _refrozen(scene: Scene, outcome: Outcome) -> VerifiedRelease:
    """The release that takes the place of all drafts; the newest landed one if that says it all."""
    from zumik.actions.proposal import propose
    from zumik.core.releases.draft import draft
    from zumik.core.releases.freeze import freeze
    from zumik.core.releases.release import verify
    from zumik.core.reviews.changes import unchanged
    from zumik.transaction.file_plan import NewBytes

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
        outcome.remove += _files_of(item.ref, scene.session.store)
    told = outcome.told._replace(
        dropped=tuple(item.ref for item in scene.drafts),
        changed=winners_changed(latest.content, content),
    )
    stands = parent is not None and landed.withdrawal(parent.ref.id) is None
    if parent is not None and stands and unchanged(parent.release.content, content):
        outcome.told = told
        return parent
    ref, data = draft(
        content,
        parent.ref if parent else None,
        parent.release.created_at if parent else None,
        now,
        note=note_of(scene.drafts),
        backfilled=latest.backfilled or scene.as_of is not None,
    )
    outcome.files.append(NewBytes(frozen / ref.file_name, data, must_be_new=True))
    outcome.told = told._replace(made=ref)
    return verify(ref.file_name, data)


def _files_of(ref: ReleaseRef, store: Store) -> Iterator[Path]:
    """A draft's file, and its signature and the mark that withdrew it, where there are any."""
    yield store.frozen / ref.file_name
    if (store.frozen / ref.signature_name).exists():
        yield store.frozen / ref.signature_name
    mark = store.withdrawal(ref.id)
    if mark is not None and mark.target == ref:  # a release that landed may have had its id
        yield store.withdrawn / mark.file_name


def _keep_ledger(scene: Scene, outcome: Outcome) -> None:
    """The ledger of `live_ref`, and the lines of what is not there yet."""
    from zumik.core.releases.ledger import LedgerLine
    from zumik.transaction.file_plan import NewBytes

    new = [draft.ref for draft in scene.drafts]
    if scene.stale:
        new = [outcome.told.made] if outcome.told.made else []
    ledger = (
        scene.landed.ledger_bytes() + "".join(LedgerLine.of(ref).to_text() for ref in new).encode()
    )
    outcome.files.append(NewBytes(scene.session.store.ledger_path, ledger))


def _proposed(scene: Scene, outcome: Outcome) -> Iterator[Pointer]:
    """The moves of this branch that cannot stay as they are: they name a draft that goes or is
    gone, or were made from a pointer that is no longer the live one.
    """
    store, landed = scene.session.store, scene.landed_refs
    for path, sides in scene.conflicts.items():
        chosen = draft_side(sides, landed)
        if chosen is None:
            name = neutral(str(path.relative_to(scene.session.repository.root)))
            told = outcome.told
            outcome.told = told._replace(in_conflict=(*told.in_conflict, name))
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
    scene: Scene, outcome: Outcome, proposed: Pointer, target: VerifiedRelease | None
) -> None:
    """Move an alias on to the release that took the place of the draft it was to have.

    Raises CannotRun where the draft is gone and nothing took its place.
    """
    from zumik.actions.landed_pointers import winner_of
    from zumik.core.live.pointer_move import MovedPointer
    from zumik.transaction.file_plan import NewBytes

    if target is None:
        file = f"{LIVE}/{proposed.file_name}"
        restore = scene.landed.tree.restore_command(file) or f"remove {file}"
        raise CannotRun(
            f"{proposed.alias} points to {proposed.target.id}, which has not landed and is missing",
            hint=f"{restore}; then promote it again with zumik alias promote",
        )
    if not scene.stale:
        # A draft that stays is what the move was reviewed for.
        own = (draft for draft in scene.drafts if draft.ref == proposed.target)
        target = next(own, target)
    path = scene.session.store.live / proposed.file_name
    live = scene.landed.pointer(proposed.alias)
    if proposed.alias not in target.aliases:
        return _as_landed(scene, outcome, proposed, f"{target.ref.id} does not hold it")
    if already_there(live, target.ref):
        return _as_landed(scene, outcome, proposed, f"it stands for {target.ref.id} there")
    pointer = follow(proposed, live, target.ref, scene.now)
    outcome.files.append(NewBytes(path, pointer_to_bytes(pointer)))
    before, after = winner_of(scene.landed, live), target.aliases[proposed.alias].winner
    move = MovedPointer(pointer, before, after, live)
    outcome.told = outcome.told._replace(moves=(*outcome.told.moves, move))
    return None


def _as_landed(scene: Scene, outcome: Outcome, proposed: Pointer, why: str) -> None:
    """Leave an alias where it is on `live_ref`."""
    from zumik.core.live.pointer import MAX_POINTER_BYTES
    from zumik.transaction.file_plan import NewBytes

    name = f"{LIVE}/{proposed.file_name}"
    path, tree = scene.session.store.root / name, scene.landed.tree
    if tree.kind(name) is None:
        outcome.remove.append(path)
    else:
        outcome.files.append(NewBytes(path, tree.read(name, MAX_POINTER_BYTES)))
    told = outcome.told
    outcome.told = told._replace(staying=(*told.staying, (proposed.alias, why)))


# Settling.


def _settle(session: Session, outcome: Outcome, landing: Landing) -> tuple[str, str]:
    """Write it all, and commit or stage it; where it stands then, and the next command."""
    from zumik.actions.publish import land, where_it_stands
    from zumik.git.conflicts import unmerged

    repository = session.repository
    if repository.in_progress is not None or unmerged(repository):
        return _stage(session, outcome)
    told = outcome.told
    new = told.made.id if told.made else told.onto.id if told.onto else "nothing"
    message = f"Refreeze {', '.join(ref.id for ref in told.dropped)} as {new}"
    if not told.dropped:
        message = f"Move {', '.join(move.pointer.alias for move in told.moves)} on to {new}"
    done = land(session, outcome.files, message, landing, remove=outcome.remove)
    first = outcome.files[0]
    return where_it_stands(session, first.path, first.data, done), done.next


def _stage(session: Session, outcome: Outcome) -> tuple[str, str]:
    """Within a merge or rebase the commit is git's to make."""
    from zumik.actions.publish import require_as_written
    from zumik.git.conflicts import unmerged
    from zumik.transaction import commit

    repository, files, writer = session.repository, outcome.files, session.writer
    assert writer is not None, "whoever writes is its command's writer"
    commit.stage(
        writer,
        repository,
        commit.WriteSet(files, outcome.remove),
        lambda env: require_as_written(repository, "", files, "was staged", env),
    )
    in_progress = repository.in_progress
    step = in_progress.continue_command if in_progress else "git commit"
    left: list[str] = []
    with suppress(CannotRun):  # it is staged, whether git says what else there is or not
        left += [neutral(str(path.relative_to(repository.root))) for path in unmerged(repository)]
    if left:
        step = f"settle {', '.join(left)} and git add it, then {step}"
    if "rebase" in step:
        step += "; and once it is through, zumik release refreeze again, for pointers that follow"
        if outcome.told.dropped:
            step += f"\nthe message of this commit may still name {outcome.told.dropped[-1].id}"
    return f"staged; NOT LIVE until merged to {outcome.told.live_ref}", step
