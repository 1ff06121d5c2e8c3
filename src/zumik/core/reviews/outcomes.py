"""Outcomes: what a command that writes did, as its action returns it and its report shows it.

In each, `published` is None where there was nothing to do.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from zumik.core.basics.findings import Finding
    from zumik.core.basics.names import AliasName, ModelId, ReleaseId
    from zumik.core.decisions.drained_decision import DrainEffect
    from zumik.core.live.drains import Drain, Drains
    from zumik.core.live.live_retirement import LiveRetirement
    from zumik.core.live.pointer import Pointer
    from zumik.core.live.pointer_move import MovedPointer
    from zumik.core.live.published import Published
    from zumik.core.live.taken_back import TakenBack
    from zumik.core.releases.release import ReleaseRef
    from zumik.core.releases.signature import Claim, SignatureVerdict
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.core.reviews.changes import Changes
    from zumik.core.reviews.import_changes import ImportPlan, Update
    from zumik.core.reviews.plan import AliasPlan
    from zumik.core.reviews.refrozen import Refrozen
    from zumik.core.reviews.team_policy import TeamAlias


class CreatedRelease(NamedTuple):
    """A new release; or the newest one, where that already holds policy and catalog.

    `size` is in bytes. `repeats` is the mark of the newest release where that is withdrawn and the
    new one holds the same. `digest_is_final` is false for a dry run whose real run would have
    another time, and so other bytes. With `needs_signature` it counts only once it is signed.
    `taken_back` are its winners that people took back before; `history_from` says from when on the
    history of an alias is here, where that is not known. `touched` are the aliases that a promotion
    to it changes in what they answer or by which policy; `untouched` it moves on as they are.
    """

    ref: ReleaseRef
    published: Published | None = None
    size: int = 0
    changes: Changes | None = None
    repeats: Withdrawal | None = None
    findings: tuple[Finding, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    history_from: Mapping[AliasName, datetime] = MappingProxyType({})
    digest_is_final: bool = True
    needs_signature: bool = False
    touched: tuple[AliasName, ...] = ()
    untouched: tuple[AliasName, ...] = ()


class NewAlias(NamedTuple):
    """A new alias: its policy file, and what freezing now would make of it.

    It is `written` unless that was a dry run, or no model would win it. `findings` are those on
    the file.
    """

    file: str
    text: str
    plan: AliasPlan
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False
    written: bool = False


class WithdrawnRelease(NamedTuple):
    """The mark of a withdrawn release, and whether that is the newest release."""

    mark: Withdrawal
    published: Published | None = None
    is_newest: bool = False


class SignedRelease(NamedTuple):
    """A signature beside a release: its key, and whether `allowed_signers` names that key.

    `verdict` is None where there is no `allowed_signers` yet; `signer_line` is the line that it
    would need for this key.
    """

    ref: ReleaseRef
    claim: Claim
    verdict: SignatureVerdict | None
    allowed_signers: str
    signer_line: str
    published: Published | None = None


class Staged(NamedTuple):
    """Files that were staged within a merge or rebase, whose commit is git's to make.

    `continue_command` goes on with it, once the `unmerged` files are resolved. `along` are the
    edited files that were staged too, because a release was frozen from them.
    """

    continue_command: str
    unmerged: tuple[str, ...] = ()
    along: tuple[str, ...] = ()

    @property
    def is_rebase(self) -> bool:
        """Whether more commits follow this one, which may need the same again."""
        return self.continue_command.startswith("git rebase")


class RefrozenDrafts(NamedTuple):
    """Drafts that were frozen again, and whether that is published or only staged.

    Both are None where there was nothing to do: `draft` is then the draft that stays, if there is
    one.
    """

    refrozen: Refrozen
    published: Published | None = None
    staged: Staged | None = None
    draft: ReleaseRef | None = None


class MovedAliases(NamedTuple):
    """Pointers that were moved together; `kind` is promote, rollback or retire.

    `unmoved` are the aliases that are there already, with the release that they point to. `returns`
    are the pointers that a person can go back to. `without_replacement` says of retired aliases why
    nothing can be used instead of them. `retiring` are the new winners that have retired or soon
    will. `taken_back` are the moves to a winner that was taken back from its alias; `left_out`
    those that were not made for that, and `left_retired` those that would have brought a retired
    alias back, each with the release that they name. `history_from` says from when on the history
    of an alias is here, where what was taken back is not known.
    """

    kind: str
    moves: tuple[MovedPointer, ...]
    published: Published | None = None
    dry_run: bool = False
    unmoved: tuple[tuple[AliasName, ReleaseId], ...] = ()
    returns: tuple[Pointer, ...] = ()
    retiring: tuple[LiveRetirement, ...] = ()
    without_replacement: Mapping[AliasName, str] | None = None
    taken_back: tuple[TakenBack, ...] = ()
    left_out: tuple[tuple[TakenBack, ReleaseId], ...] = ()
    left_retired: tuple[tuple[Pointer, ReleaseId], ...] = ()
    history_from: Mapping[AliasName, datetime] = MappingProxyType({})


class ChangedDrains(NamedTuple):
    """A list of drains that changed: one model glob was `drained`, or some were `undrained`.

    `drains` is the new list and `effects` what each live alias answers by it at the time `at`.
    `unread` says which aliases could not be looked at and why. `restores` are the drains to put
    back in order to undo it.
    """

    at: datetime
    drained: Drain | None = None
    undrained: tuple[Drain, ...] = ()
    published: Published | None = None
    drains: Drains | None = None
    effects: tuple[DrainEffect, ...] = ()
    unread: tuple[str, ...] = ()
    restores: tuple[Drain, ...] = ()


class ImportedFacts(NamedTuple):
    """What an import changes in the catalog, and the files that it changed, as the person's."""

    plan: ImportPlan
    files: tuple[str, ...]
    dry_run: bool


class MadeWorkspace(NamedTuple):
    """The files of a new workspace, relative to `directory`.

    `problem` says why there is no git repository to commit them to, None where there is one.
    `live_ref` is what its settings name. `providers` are the team's, none where it is the whole
    example, and `team` says how each alias chooses among their models. `notes` is what a person
    has to do about the job that checks pull requests, and `steps` are the next commands.
    """

    directory: str
    files: tuple[str, ...]
    empty: bool
    dry_run: bool
    problem: str | None = None
    live_ref: str | None = None
    providers: tuple[str, ...] = ()
    team: tuple[TeamAlias, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


class RecoveredWrite(NamedTuple):
    """A command that was interrupted while it wrote: what became of it, and its files.

    `holder` names the command and its process, None where nothing was interrupted. `interrupted` is
    the same for machines, and `outcome` is `finished` or `taken back`.
    """

    dry_run: bool
    holder: str | None = None
    interrupted: Mapping[str, object] | None = None
    outcome: str = ""
    files: tuple[str, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether the change was complete, so that only temporary files were removed."""
        return self.outcome == "finished"


class WrittenObservation(NamedTuple):
    """What an observation changes in the catalog: metrics declared, figures by model, files."""

    declared: tuple[str, ...]
    updates: tuple[Update, ...]
    not_in_catalog: tuple[ModelId, ...]
    files: tuple[str, ...]
    dry_run: bool
