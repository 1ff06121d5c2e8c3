"""The store: where a workspace is, and its frozen releases, live pointers and ledger.

Files in, verified values out. It needs neither git nor YAML, and no setting can influence it, so
that a decision can be explained with nothing but the files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, TypeVar

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.field_readers import Malformed, UnknownKey, newer_format
from zumik.core.basics.names import AliasName, BadName, Digest, ReleaseId
from zumik.core.basics.restore_hint import BRINGS_ALL, restore_hint
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.basics.tree import (
    FROZEN,
    LEDGER,
    LIVE,
    MARKER,
    MAX_LEDGER_BYTES,
    UNAVAILABLE,
    WITHDRAWN,
    Tree,
)
from zumik.core.live.drains import MAX_DRAINS_BYTES, NO_DRAINS, Drains, read_drains
from zumik.core.live.live_release import LiveRelease
from zumik.core.live.pointer import MAX_POINTER_BYTES, Pointer, read_pointer
from zumik.core.releases.ledger import LedgerLine, restore_ledger_hint
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef, VerifiedRelease, verify
from zumik.errors import CannotRun, IntegrityError, ZumikError
from zumik.workspace.sparse_checkout import is_sparse
from zumik.workspace.work_tree import WorkTree

if TYPE_CHECKING:
    from datetime import datetime

    from zumik.core.releases.release_head import VerifiedHead
    from zumik.core.releases.withdrawal import Withdrawal

DIRECTORY = "releases"

BESIDE = "aliases"
"""What the directory of a workspace is called where `releases` holds something else."""

_T = TypeVar("_T")
_KEPT = 16
"""How many releases are kept once they were read: few are live at a time, and each is large."""


def find_workspace(start: Path, chosen: Path | None = None) -> Store:
    """The workspace that `start` is in, looking upwards, or the `chosen` one.

    Raises CannotRun where none is found, or two in one directory.
    """
    if chosen is not None:
        return _chosen(chosen)
    start = start.resolve()
    for directory in (start, *start.parents):
        found = workspaces_at(directory)
        if len(found) > 1:
            raise CannotRun(
                f"two workspaces: {found[0]} and {found[1]}",
                hint=f"say which: --workspace {found[1]}",
            )
        if found:
            return Store.at(found[0].resolve())
    raise CannotRun(
        f"no workspace in {start} or above it",
        hint=(f"this checkout is sparse: {BRINGS_ALL}; or " if is_sparse(start) else "")
        + "make one with: zumik init; or point to one: --workspace PATH, ZUMIK_WORKSPACE",
    )


def workspaces_at(directory: Path) -> list[Path]:
    """The workspaces that a directory is, or has under the name of one."""
    places = (directory, directory / DIRECTORY, directory / BESIDE)
    return [place for place in places if (place / MARKER).is_file()]


def _chosen(chosen: Path) -> Store:
    for directory in workspaces_at(chosen):
        return Store.at(directory.resolve())
    raise CannotRun(
        f"no workspace in {neutral(str(chosen))}",
        hint=f"make one there: zumik init {quote(neutral(str(chosen)))}"
        if chosen.is_dir()
        else f"--workspace and ZUMIK_WORKSPACE take a directory that has a {MARKER}",
    )


@dataclass(frozen=True)
class Store:
    """One workspace: where it is written to, and the tree that it is read from.

    The two are one place, except where a commit is looked at.
    """

    root: Path
    tree: Tree

    @classmethod
    def at(cls, root: Path) -> Store:
        """The workspace in a directory of the disk."""
        return cls(root, WorkTree(root))

    @property
    def frozen(self) -> Path:
        """Where releases lie."""
        return self.root / FROZEN

    @property
    def live(self) -> Path:
        """Where live pointers lie."""
        return self.root / LIVE

    @property
    def ledger_path(self) -> Path:
        """The ledger of `frozen/`."""
        return self.root / LEDGER

    @cached_property
    def releases(self) -> Mapping[ReleaseId, ReleaseRef]:
        """The releases that `frozen/` holds, in the order of their line.

        What is no release file is left to `zumik check`. Raises IntegrityError where two files
        claim one id.
        """
        found: dict[ReleaseId, ReleaseRef] = {}
        for name in self.tree.entries(FROZEN):
            try:
                ref = ReleaseRef.from_file_name(name)
            except ZumikError:
                continue
            if ref.id in found:
                raise IntegrityError(
                    f"{ref.id}: two files in frozen/ claim this id",
                    hint=f"git log -- {quote(str(self.root / FROZEN))} shows which one was there "
                    "first",
                )
            found[ref.id] = ref
        return dict(sorted(found.items(), key=lambda item: item[0].order))

    @property
    def newest(self) -> ReleaseRef | None:
        """The last release of the line."""
        *_, newest = [None, *self.releases.values()]
        return newest

    def creation_times(self) -> Iterator[datetime]:
        """When each release says that it was created, the newest of the line first.

        Raises CannotRun and IntegrityError.
        """
        return (self.release(name).release.created_at for name in reversed([*self.releases]))

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, verified. Raises CannotRun if it is missing, IntegrityError if not intact."""
        return self._verified(self._ref(release))

    def head(self, release: ReleaseId) -> VerifiedHead:
        """The head of a release: its bytes are hashed, and no more is read. Raises as `release`."""
        from zumik.core.releases.release_head import verified_head

        return self._frozen(self._ref(release), verified_head)

    def _frozen(self, ref: ReleaseRef, verified: Callable[[str, bytes], _T]) -> _T:
        """What is verified of a release's file. Raises IntegrityError with a way to restore it."""
        path = f"{FROZEN}/{ref.file_name}"
        data = self.tree.read(path, MAX_RELEASE_BYTES)
        try:
            return verified(ref.file_name, data)
        except IntegrityError as error:
            raise IntegrityError(error.message, hint=self._restore_hint(path)) from None

    def _ref(self, release: ReleaseId) -> ReleaseRef:
        ref = self.releases.get(release)
        if ref is None:
            newest = self.newest
            sparse = isinstance(self.tree, WorkTree) and self.tree.leaves_out_files
            raise CannotRun(
                f"no release {release} in {self.frozen}",
                hint=(f"{BRINGS_ALL}; " if sparse else "")
                + "zumik release list shows what there is"
                + (f"; the newest is {newest.id}" if newest else "")
                + "; if it was released elsewhere, git pull",
            )
        return ref

    @cached_property
    def _verified(self) -> Callable[[ReleaseRef], VerifiedRelease]:
        """Reads a release once, and keeps it: hundreds of aliases may point to the same one."""

        def read(ref: ReleaseRef) -> VerifiedRelease:
            return self._frozen(ref, verify)

        return lru_cache(maxsize=_KEPT)(read)

    def pointer(self, alias: AliasName) -> Pointer | None:
        """The live pointer of an alias, or None where it never had one."""
        name = f"{alias}.json"
        path = f"{LIVE}/{name}"
        if self.tree.kind(path) is None:
            self._require_folder(LIVE)
            return None
        data = self.tree.read(path, MAX_POINTER_BYTES)
        try:
            return parse_pointer(name, data)
        except ZumikError:
            # Git is asked only for a pointer that cannot be read.
            return parse_pointer(name, data, self._restore_hint(path))

    def _require_folder(self, folder: str) -> None:
        """Raises CannotRun where a sparse checkout leaves out a folder that is not here."""
        if self.tree.kind(folder) is None:
            self.tree.entries(folder)

    def pointers(self, without: Collection[str] = ()) -> Iterator[Pointer]:
        """Every live pointer, by alias; `without` some files, which are not to be read.

        The list of drains beside them is not a pointer, and no alias can have its name. Raises
        CannotRun where a sparse checkout leaves out the releases that they name.
        """
        self._require_folder(FROZEN)
        for name in self.tree.entries(LIVE):
            if name.endswith(".json") and name not in without:
                try:
                    alias = AliasName(name.removesuffix(".json"))
                except BadName:
                    continue
                pointer = self.pointer(alias)
                if pointer is not None:
                    yield pointer

    def unread_pointers(self) -> dict[str, ZumikError]:
        """The files of live pointers that cannot be read, by name, and why."""
        unread: dict[str, ZumikError] = {}
        for name in self.tree.entries(LIVE):
            try:
                alias = AliasName(name.removesuffix(".json"))
            except BadName:
                continue
            try:
                self.pointer(alias)
            except ZumikError as error:
                unread[name] = error
        return unread

    def live_releases(self) -> Iterator[LiveRelease]:
        """What every alias that is not retired points to, by alias.

        Raises CannotRun and IntegrityError for a pointer that cannot be read.
        """
        for pointer in self.pointers():
            if pointer.is_retired:
                continue
            try:
                yield LiveRelease(pointer, self.live_release(pointer.alias))
            except ZumikError as error:
                yield LiveRelease(pointer, error)

    def live_pointer(self, alias: AliasName) -> Pointer:
        """The live pointer of an alias. Raises CannotRun where it never had one."""
        pointer = self.pointer(alias)
        if pointer is None:
            raise self._not_live(alias, " A model has no pointer: zumik alias list")
        return pointer

    def live_release(self, alias: AliasName) -> VerifiedRelease:
        """The release that an alias points to now.

        Raises CannotRun where it points to none, IntegrityError where it names other bytes or a
        release that does not hold it.
        """
        pointer = self.pointer(alias)
        if pointer is None:
            raise self._not_live(alias)
        if pointer.is_retired:
            raise CannotRun(
                f"{alias} was retired: {shown(pointer.reason or 'no reason given')}",
                hint=f"an old decision still replays: zumik explain {alias}@{pointer.target.id}",
            )
        release = self.release(pointer.target.id)
        if release.ref != pointer.target:
            raise IntegrityError(
                f"{alias} points to {pointer.target.id} with digest "
                f"{pointer.target.sha256.short}…, the file has {release.ref.sha256.short}…",
                hint=f"zumik check shows what else differs; "
                f"{self._restore_hint(f'{LIVE}/{pointer.file_name}')}",
            )
        if alias not in release.aliases:
            raise IntegrityError(
                f"{alias} points to {pointer.target.id}, which has no such alias",
                hint=f"it has {', '.join(release.aliases) or 'none'}; "
                f"zumik alias history {alias} shows where it was before",
            )
        return release

    def _not_live(self, alias: AliasName, of_model: str = "") -> CannotRun:
        """The error, with the alias or model that was meant; `of_model` follows on a model."""
        newest = self.newest_usable
        otherwise = "freeze a release first: zumik release create"
        if newest is not None:
            otherwise = "zumik alias list shows those that have one"
            # A release that cannot be read proposes nothing.
            with suppress(ZumikError):
                if alias in self.release(newest.id).aliases:
                    promote = f"zumik alias promote {alias} --to {newest.id}"
                    otherwise = f"promote a release that has it: {promote}"
        live = [pointer.alias for pointer in self.pointers()]
        hint = did_you_mean(alias, live, otherwise)
        if hint == otherwise and "promote a release" not in hint:
            from zumik.workspace.target_facts import hint_of_meant  # only an error needs it

            hint = hint_of_meant(self, alias, live, otherwise)
            hint += of_model if "/" in hint and hint.endswith("?") else ""
        return CannotRun(f"{alias} has no live pointer", hint=hint)

    def _restore_hint(self, path: str) -> str:
        return restore_hint(self.tree, path, then="")

    @property
    def drains_path(self) -> Path:
        """Where the list of drains lies."""
        return self.root / UNAVAILABLE

    @property
    def drains(self) -> Drains:
        """What is drained; nothing where there is no list.

        Raises CannotRun where it cannot be read, IntegrityError where it is no file: what must not
        be used must not look as if it could.
        """
        if self.tree.kind(UNAVAILABLE) is None:
            return NO_DRAINS
        try:
            return read_drains(self.tree.read(UNAVAILABLE, MAX_DRAINS_BYTES))
        except UnknownKey as error:
            raise newer_format(UNAVAILABLE, error) from None
        except ZumikError as error:
            message = error.message
            if isinstance(error, Malformed | MalformedJson):
                message = f"{UNAVAILABLE}: {message}"
            kind = IntegrityError if isinstance(error, IntegrityError) else CannotRun
            raise kind(message, hint=self._restore_hint(UNAVAILABLE)) from None

    @property
    def withdrawn(self) -> Path:
        """Where the marks of withdrawn releases lie."""
        return self.root / WITHDRAWN

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        """The mark of a withdrawn release; None where it stands. Looks at that one file alone.

        Raises CannotRun and IntegrityError where that cannot be known.
        """
        name = f"{release}.json"
        path = f"{WITHDRAWN}/{name}"
        if self.tree.kind(path) is None:
            return None
        from zumik.core.releases.withdrawal import MAX_WITHDRAWAL_BYTES

        data = self.tree.read(path, MAX_WITHDRAWAL_BYTES)
        return parse_withdrawal(name, data, self._restore_hint(path))

    @cached_property
    def withdrawals(self) -> Mapping[ReleaseId, Withdrawal]:
        """The withdrawn releases with their marks, in the order of the line.

        What is no mark of a release is left to `zumik check`. Raises CannotRun and IntegrityError
        for one that cannot be read: a release that must not be used must not look as if it stood.
        """
        found = {}
        for name in self.tree.entries(WITHDRAWN):
            try:
                release = ReleaseId(name.removesuffix(".json"))
            except BadName:
                continue
            mark = self.withdrawal(release) if name.endswith(".json") else None
            if mark is not None:
                found[release] = mark
        return dict(sorted(found.items(), key=lambda item: item[0].order))

    @property
    def newest_usable(self) -> ReleaseRef | None:
        """The newest release that is not withdrawn."""
        refs = (ref for ref in self.releases.values() if ref.id not in self.withdrawals)
        *_, newest_usable = [None, *refs]
        return newest_usable

    def ledger_bytes(self) -> bytes:
        """The ledger as it is; empty before the first release."""
        if self.tree.kind(LEDGER) is None:
            return b""
        return self.tree.read(LEDGER, MAX_LEDGER_BYTES)

    def ledger(self) -> dict[str, Digest]:
        """File name to digest, as the ledger has it. Raises IntegrityError for a foreign line."""
        lines = self.ledger_bytes().decode("utf-8", "replace")
        entries: dict[str, Digest] = {}
        for number, line in enumerate(lines.splitlines(), 1):
            try:
                digest, name = LedgerLine.from_text(line)
                if name in entries:
                    raise BadName("a second line for one file")
                entries[name] = digest
            except BadName:
                restore = restore_ledger_hint(self.tree, self.releases.values())
                raise IntegrityError(
                    f"{LEDGER}:{number}: not a line of the ledger: {shown(line)}",
                    hint=f"{restore}; after a merge conflict, keep the lines of the branch you "
                    "merge into",
                ) from None
        return entries

    def is_signed(self, ref: ReleaseRef) -> bool:
        """Whether a signature lies beside a release, good or not."""
        return self.tree.kind(f"{FROZEN}/{ref.signature_name}") is not None

    def vouches(self, ref: ReleaseRef) -> bool:
        """Whether the ledger has this release under this digest."""
        return self.ledger().get(ref.file_name) == ref.sha256


def parse_pointer(file_name: str, data: bytes, hint: str | None = None) -> Pointer:
    """A live pointer from its bytes, checked against the name of its file.

    Raises CannotRun for what is no pointer, IntegrityError for another alias's; `hint` says how to
    restore the file.
    """
    try:
        pointer = read_pointer(data)
    except UnknownKey as error:
        raise newer_format(f"{LIVE}/{file_name}", error) from None
    except (Malformed, MalformedJson) as error:
        raise CannotRun(f"{LIVE}/{file_name}: {error.message}", hint=hint) from None
    if pointer.file_name != file_name:
        message = f"{LIVE}/{file_name} is the pointer of {pointer.alias}"
        raise IntegrityError(message, hint=hint)
    return pointer


def parse_withdrawal(file_name: str, data: bytes, hint: str | None = None) -> Withdrawal:
    """A withdrawal from its bytes, checked against the name of its file.

    Raises CannotRun for what is no withdrawal, IntegrityError for another release's; `hint` says
    how to restore the file.
    """
    from zumik.core.releases.withdrawal import read_withdrawal

    try:
        mark = read_withdrawal(data)
    except UnknownKey as error:
        raise newer_format(f"{WITHDRAWN}/{file_name}", error) from None
    except (Malformed, MalformedJson) as error:
        raise CannotRun(f"{WITHDRAWN}/{file_name}: {error.message}", hint=hint) from None
    if mark.file_name != file_name:
        message = f"{WITHDRAWN}/{file_name} is the withdrawal of {mark.target.id}"
        raise IntegrityError(message, hint=hint)
    return mark
