"""A branch: its base, what merging it gives, and all that lies between, read from git's objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath

from zumik.actions.gate.checked_workspace import against_schema, directory
from zumik.actions.session import Session
from zumik.checks.frozen_changes import new_releases
from zumik.checks.release_chain import ReleaseChain, Scope
from zumik.core.basics.display import shown
from zumik.core.basics.findings import Acknowledgement
from zumik.core.basics.names import AliasName
from zumik.core.basics.tree import FROZEN, LIVE, MARKER, WITHDRAWN, Tree
from zumik.core.live.pointer import MAX_POINTER_BYTES, Pointer, read_pointer
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.branch_changes import BranchChanges, BranchStep, FileChange, GitFile
from zumik.errors import CannotRun, ZumikError
from zumik.git.commit_tree import CommitTree
from zumik.git.merge_result import Merge, changes_between, require_first_parents, steps_of
from zumik.git.repository import Repository
from zumik.workspace.settings import Settings, read_settings, serves
from zumik.workspace.store import Store


@dataclass(frozen=True)
class Branch:
    """What a branch would make of its base. Nothing of it is read from the work tree.

    One commit on the way to the result of a branch is looked at like a branch: `whole` is then the
    branch, whose base has the rules and signers that count.
    """

    session: Session
    merge: Merge
    whole: Branch | None = None
    verified: dict[ReleaseRef, VerifiedRelease] = field(default_factory=dict)
    _trees: dict[tuple[str, str], CommitTree] = field(default_factory=dict)

    @property
    def repository(self) -> Repository:
        """Where it lies."""
        return self.session.repository

    @property
    def now(self) -> datetime:
        """When it is judged."""
        return self.session.now()

    @cached_property
    def directory(self) -> str:
        """The workspace's, in the repository."""
        return directory(self.session)

    @cached_property
    def before(self) -> CommitTree:
        """The base's files."""
        return self._tree(f"{self.merge.base}^{{tree}}", revision=self.merge.base_name)

    @cached_property
    def after(self) -> CommitTree:
        """The files that merging gives."""
        return self._tree(self.merge.tree, base=self.before)

    def _tree(
        self, tree: str, *, revision: str = "HEAD", base: CommitTree | None = None
    ) -> CommitTree:
        trees = self._trees if self.whole is None else self.whole._trees
        if (tree, revision) not in trees:
            found = self.repository.parsed(tree) or tree
            trees[tree, revision] = CommitTree(
                self.repository, found, self.directory, revision=revision, base=base
            )
        return trees[tree, revision]

    @cached_property
    def base(self) -> Store:
        """The workspace on the base."""
        return Store(self.session.store.root, self.before)

    @cached_property
    def merged(self) -> Store:
        """The workspace that merging gives."""
        return Store(self.session.store.root, self.after)

    @cached_property
    def settings(self) -> Settings:
        """The base's; the branch's own where it is what brings the workspace.

        Where the base's cannot be read there are only the strictest, so that a branch can mend
        them. Raises CannotRun where base and branch ask for another version of zumik.
        """
        if self.whole is not None:
            return self.whole.settings
        if self.before.kind(MARKER) is None:
            return read_settings(self.after)
        base = readable_settings(self.before)
        if base is None:
            return Settings(signatures_required=True, reasons_required=True)
        branch = readable_settings(self.after)
        mended = branch is not None and serves(branch.required_version)
        return base if mended else read_settings(self.before)

    @cached_property
    def acknowledged(self) -> tuple[Acknowledgement, ...]:
        """The result's, not the base's: a branch may accept a warning, and its review shows it."""
        after = readable_settings(self.after)
        return after.acknowledged if after else ()

    @property
    def acknowledged_before(self) -> tuple[Acknowledgement, ...]:
        """The base's; none where its settings cannot be read."""
        before = readable_settings(self.before)
        return before.acknowledged if before else ()

    @cached_property
    def changes(self) -> tuple[FileChange, ...]:
        """Every file of the repository that changes, the workspace's and others."""
        found = changes_between(self.repository, self.before.tree, self.after.tree, ".")
        return tuple(found)

    @cached_property
    def branch_changes(self) -> BranchChanges:
        """All that changes in the workspace."""
        prefix = "" if self.directory == "." else f"{self.directory}/"
        merge = self.merge
        return BranchChanges(
            base=self.before,
            merged=self.after,
            before=self.before.files,
            after=self.after.files,
            changes=tuple(
                change._replace(path=change.path.removeprefix(prefix))
                for change in self.changes
                if change.path.startswith(prefix)
            ),
            steps=tuple(steps_of(self.repository, merge.base, merge.head, self.directory)),
            was_live=self._was_live(prefix),
        )

    def _was_live(self, prefix: str) -> Mapping[str, frozenset[ReleaseRef]]:
        """What answered on the base before, of each pointer that goes back or says so.

        Raises CannotRun where a shallow clone leaves that open, and the rest cannot be fetched.
        """
        from zumik.git.first_parent_history import FirstParentHistory

        found: dict[str, frozenset[ReleaseRef]] = {}
        for change in self.changes:
            path = change.path.removeprefix(prefix)
            if not change.path.startswith(f"{prefix}{LIVE}/") or change.after is None:
                continue
            before, after = (self.pointer(file) for file in (change.before, change.after))
            if after is None or after.is_retired:
                continue
            older = before is not None and after.target.id.order < before.target.id.order
            if not older and after.kind != "rollback":
                continue
            require_first_parents(self.repository, self.merge.base)
            history = FirstParentHistory(self.repository, self.merge.base, self.now)
            versions = history.versions_of(self.repository.root / change.path)
            past = (self.pointer(GitFile("", v.blob)) for v in versions if v.blob is not None)
            live = (pointer for pointer in past if pointer and not pointer.is_retired)
            found[path] = frozenset(pointer.target for pointer in live)
        return found

    def pointer(self, file: GitFile | None) -> Pointer | None:
        """A pointer from git; None where it cannot be read."""
        try:
            if file is None or self.repository.size_of(file.blob) > MAX_POINTER_BYTES:
                return None
            return read_pointer(self.repository.blob(file.blob))
        except ZumikError:
            return None

    @cached_property
    def conflicts(self) -> list[str]:
        """The paths of the workspace that conflict; conflicts elsewhere are not ours to judge."""
        prefix = "" if self.directory == "." else f"{self.directory}/"
        return [path for path in self.merge.conflicts if path.startswith(prefix)]

    @cached_property
    def new(self) -> list[ReleaseRef]:
        """The releases that the branch brings."""
        return new_releases(self.branch_changes)

    def scope(self, *, full: bool) -> Scope:
        """What is the very object of the base is not read again, unless all is."""
        names = {*self.before.entries(FROZEN), *self.before.entries(WITHDRAWN)}
        changed = {change.path.removeprefix(f"{FROZEN}/") for change in self.branch_changes.changes}
        landed = names - changed
        moved = {change.path.removeprefix(f"{LIVE}/") for change in self.branch_changes.changes}
        unchanged = set[str]() if full else landed
        if self.whole is not None:
            # What the result has too is judged there.
            result = self.whole.after.files
            for path, file in self.after.files.items():
                if path.startswith(f"{FROZEN}/") and result.get(path) == file:
                    unchanged.add(path.removeprefix(f"{FROZEN}/"))
        return Scope(
            against_schema,
            self.now,
            unchanged=frozenset(unchanged),
            published=landed | (self.before.entries(LIVE).keys() - moved),
            verified=self.verified if self.whole is None else self.whole.verified,
        )

    def at(self, commit: str) -> Branch:
        """One commit of the branch, beside the commit of the base that it was made from.

        Raises CannotRun where it was made from none.
        """
        fork = self.repository.run_any("merge-base", self.merge.base, commit).text.split()
        if not fork:
            raise CannotRun(
                f"commit {commit[:10]} of this branch touches the workspace, and has no commit in "
                f"common with {shown(self.merge.base_name)}",
                hint="squash the branch: it merges a history that began elsewhere",
            )
        merge = Merge(self.merge.base_name, fork[0], commit, f"{commit}^{{tree}}", ())
        return Branch(self.session, merge, self)

    def is_in_result(self, path: str) -> bool:
        """Whether the result of the whole branch has a file as this commit has it."""
        whole = self.whole
        return whole is not None and whole.after.files.get(path) == self.after.files.get(path)

    @cached_property
    def attributes_steps(self) -> tuple[BranchStep, ...]:
        """What the commits of the branch change in the attributes above the workspace."""
        above = [str(path / ".gitattributes") for path in PurePosixPath(self.directory).parents]
        merge = self.merge
        return tuple(steps_of(self.repository, merge.base, merge.head, ".", above) if above else ())

    def brought(self, ref: ReleaseRef) -> CommitTree | None:
        """The files of the commit that brought a release, where it brought no other."""
        steps = [step for step in self.branch_changes.steps if step.change.before is None]
        path = f"{FROZEN}/{ref.file_name}"
        commits = {step.commit for step in steps if step.change.path == path}
        others = {f"{FROZEN}/{new.file_name}" for new in self.new if new != ref}
        commits -= {step.commit for step in steps if step.change.path in others}
        return self._tree(f"{min(commits)}^{{tree}}", base=self.before) if commits else None

    def incumbents(self, chain: ReleaseChain) -> Mapping[AliasName, set[Incumbent]]:
        """Who answered for each alias on the base, and by what the branch makes and promotes."""
        found = defaultdict(set)
        for pointer in self._pointers():
            source = chain.release(pointer.target.id)
            if source is not None and pointer.alias in source.aliases and not pointer.is_retired:
                winner = source.aliases[pointer.alias].winner
                found[pointer.alias].add(Incumbent(winner, source.ref.id))
        return found

    def _pointers(self) -> Iterator[Pointer]:
        live = {f.blob for path, f in self.before.files.items() if path.startswith(f"{LIVE}/")}
        moved = {
            step.change.after.blob
            for step in self.branch_changes.steps
            if step.change.after and step.change.path.startswith(f"{LIVE}/")
        }
        for blob in sorted(live | moved):
            pointer = self.pointer(GitFile("", blob))
            if pointer is not None and (blob in live or pointer.target in self.new):
                yield pointer

    def vanished(self) -> list[str]:
        """The workspaces of the base, elsewhere than here, that merging would leave unmarked."""
        if self.before.kind(MARKER) is not None:
            return []
        listed = self.repository.run("ls-tree", "-r", "-z", "--name-only", self.before.tree)
        markers = {path for path in listed.split("\0") if PurePosixPath(path).name == MARKER}
        gone = {change.path for change in self.changes if _is_no_file(change)}
        return sorted(markers & gone)

    def alike_above(self) -> Iterator[tuple[str, str]]:
        """What differs from a part of the workspace's own path by case alone."""
        for path in (PurePosixPath(self.directory), *PurePosixPath(self.directory).parents):
            if not path.name:
                continue
            place = f"{self.after.tree}:{'' if str(path.parent) == '.' else path.parent}"
            for name in self.repository.run("ls-tree", "-z", "--name-only", place).split("\0"):
                if name != path.name and name.casefold() == path.name.casefold():
                    yield str(path), str(path.with_name(name))


def readable_settings(tree: Tree) -> Settings | None:
    """The settings, even where they require another version; None where they cannot be read."""
    try:
        return read_settings(tree, any_version=True)
    except ZumikError:
        return None


def _is_no_file(change: FileChange) -> bool:
    return change.after is None or not change.after.mode.startswith("100")


def require_judgeable(repository: Repository, commit: str) -> None:
    """Raises CannotRun where git names objects by SHA-256: GitPython reads SHA-1 names alone."""
    if len(commit) != 40:
        raise CannotRun(
            "this repository names its objects by SHA-256, and zumik cannot read it yet",
            hint="check it in a clone of a SHA-1 repository, as forges have them",
        )
