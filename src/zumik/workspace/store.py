"""The store: where a workspace is, and its frozen releases, live pointers and ledger.

Files in, verified values out. It needs neither git nor YAML, and no setting can influence it, so
that a decision can be explained with nothing but the files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zumik.core.canonical import MalformedJson
from zumik.core.names import AliasName, BadName, Digest, ReleaseId, shown
from zumik.core.pointer import MAX_POINTER_BYTES, Pointer, read_pointer
from zumik.core.reading import Malformed
from zumik.core.release import MAX_RELEASE_BYTES, ReleaseRef, VerifiedRelease, verify
from zumik.errors import CannotRun, IntegrityError, ZumikError

MARKER = "zumik.yaml"
DIRECTORY = "releases"
LEDGER = "SHA256SUMS"

MAX_LEDGER_BYTES = 64 * 1024 * 1024


def find_workspace(start: Path, chosen: Path | None = None) -> Store:
    """The workspace that `start` is in, looking upwards, or the `chosen` one.

    Raises CannotRun where there is none, or two in one directory.
    """
    if chosen is not None:
        return _chosen(chosen)
    start = start.resolve()
    for directory in (start, *start.parents):
        inside, below = directory / MARKER, directory / DIRECTORY / MARKER
        if inside.is_file() and below.is_file():
            raise CannotRun(
                f"two workspaces: {inside.parent} and {below.parent}",
                hint=f"say which: --workspace {below.parent}",
            )
        for marker in (inside, below):
            if marker.is_file():
                return Store(marker.parent.resolve())
    raise CannotRun(
        f"no workspace in {start} or above it",
        hint="make one with: zumik init; or point to one: --workspace PATH, ZUMIK_WORKSPACE",
    )


def _chosen(chosen: Path) -> Store:
    for directory in (chosen, chosen / DIRECTORY):
        if (directory / MARKER).is_file():
            return Store(directory.resolve())
    raise CannotRun(
        f"no workspace in {chosen}", hint=f"a workspace has a {MARKER}; make one with: zumik init"
    )


@dataclass(frozen=True)
class Store:
    """The files of one workspace directory."""

    root: Path

    @property
    def frozen(self) -> Path:
        """Where releases lie."""
        return self.root / "frozen"

    @property
    def live(self) -> Path:
        """Where live pointers lie."""
        return self.root / "live"

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
        for name in _names_in(self.frozen):
            try:
                ref = ReleaseRef.from_file_name(name)
            except ZumikError:
                continue
            if ref.id in found:
                raise IntegrityError(
                    f"{ref.id}: two files in frozen/ claim this id",
                    hint="git log -- releases/frozen shows which one was there first",
                )
            found[ref.id] = ref
        return dict(sorted(found.items(), key=lambda item: item[0].order))

    @property
    def newest(self) -> ReleaseRef | None:
        """The last release of the line."""
        *_, newest = [None, *self.releases.values()]
        return newest

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, verified. Raises CannotRun if it is missing, IntegrityError if not intact."""
        ref = self.releases.get(release)
        if ref is None:
            newest = self.newest
            raise CannotRun(
                f"no release {release} in {self.frozen}",
                hint="zumik release list shows what there is"
                + (f"; the newest is {newest.id}" if newest else "")
                + "; if it was released elsewhere, git pull",
            )
        return verify(ref.file_name, read_bounded(self.frozen / ref.file_name, MAX_RELEASE_BYTES))

    def pointer(self, alias: AliasName) -> Pointer | None:
        """The live pointer of an alias, or None where it never had one."""
        path = self.live / f"{alias}.json"
        if not os.path.lexists(path):
            return None
        return parse_pointer(path.name, read_bounded(path, MAX_POINTER_BYTES))

    def pointers(self) -> Iterator[Pointer]:
        """Every live pointer, by alias."""
        for name in _names_in(self.live):
            if name.endswith(".json"):
                try:
                    alias = AliasName(name.removesuffix(".json"))
                except BadName:
                    continue
                pointer = self.pointer(alias)
                if pointer is not None:
                    yield pointer

    def live_pointer(self, alias: AliasName) -> Pointer:
        """The live pointer of an alias. Raises CannotRun where it never had one."""
        pointer = self.pointer(alias)
        if pointer is None:
            raise self._not_live(alias)
        return pointer

    def live_release(self, alias: AliasName) -> VerifiedRelease:
        """The release that an alias stands for now.

        Raises CannotRun where it stands for none, IntegrityError where it names other bytes or a
        release that does not hold it.
        """
        pointer = self.live_pointer(alias)
        if pointer.kind == "retire":
            raise CannotRun(
                f"{alias} was retired: {shown(pointer.reason or 'no reason given')}",
                hint=f"an old decision still replays: zumik explain {alias}@{pointer.target.id}",
            )
        release = self.release(pointer.target.id)
        if release.ref != pointer.target:
            raise IntegrityError(
                f"{alias} points to {pointer.target.id} with digest "
                f"{pointer.target.sha256.short}…, the file has {release.ref.sha256.short}…",
                hint="zumik check shows what else differs; restore it: git checkout -- live",
            )
        if alias not in release.aliases:
            raise IntegrityError(
                f"{alias} points to {pointer.target.id}, which has no such alias",
                hint=f"it has {', '.join(release.aliases) or 'none'}; "
                f"zumik alias history {alias} shows where it was before",
            )
        return release

    def _not_live(self, alias: AliasName) -> CannotRun:
        from difflib import get_close_matches

        live = [pointer.alias for pointer in self.pointers()]
        close = get_close_matches(alias, live, n=1)
        newest = self.newest
        if close:
            hint = f"did you mean {close[0]}?"
        elif newest is not None:
            hint = f"promote a release that has it: zumik alias promote {alias} --to {newest.id}"
        else:
            hint = "freeze a release first: zumik release create"
        return CannotRun(f"{alias} has no live pointer", hint=hint)

    def ledger_bytes(self) -> bytes:
        """The ledger as it is; empty where there is none yet."""
        if not os.path.lexists(self.ledger_path):
            return b""
        return read_bounded(self.ledger_path, MAX_LEDGER_BYTES)

    def ledger(self) -> dict[str, Digest]:
        """File name to digest, as the ledger has it. Raises IntegrityError for a foreign line."""
        lines = self.ledger_bytes().decode("utf-8", "replace")
        entries: dict[str, Digest] = {}
        for number, line in enumerate(lines.splitlines(), 1):
            digest, gap, name = line.partition("  frozen/")
            try:
                if not gap or name in entries:
                    raise BadName("")
                entries[name] = Digest(digest)
            except BadName:
                raise IntegrityError(
                    f"{LEDGER}:{number}: not a line of the ledger: {shown(line)}",
                    hint=f"restore it: git checkout -- {LEDGER}; after a merge conflict, keep the "
                    "lines of the branch you merge into",
                ) from None
        return entries

    def vouches(self, ref: ReleaseRef) -> bool:
        """Whether the ledger has this release under this digest."""
        return self.ledger().get(ref.file_name) == ref.sha256


def parse_pointer(file_name: str, data: bytes) -> Pointer:
    """A live pointer from its bytes, checked against the name of its file.

    Raises CannotRun for what is no pointer, IntegrityError for another alias's.
    """
    try:
        pointer = read_pointer(data)
    except (Malformed, MalformedJson) as error:
        raise CannotRun(
            f"live/{file_name}: {error.message}", hint=f"restore it: git checkout -- {file_name}"
        ) from None
    if pointer.file_name != file_name:
        raise IntegrityError(
            f"live/{file_name} is the pointer of {pointer.alias}",
            hint="zumik alias promote makes pointers; restore it: git checkout -- live",
        )
    return pointer


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file, not followed through a symlink, up to a size. Raises CannotRun.

    The store never trusts a name more than it must: a link could lead anywhere, and a pipe never
    ends.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise IntegrityError(
                f"{path} is a symlink, where a file must be", hint="git checkout -- restores it"
            ) from None
        raise CannotRun(
            f"cannot read {path}: {error.strerror}", hint=f"ls -l {path.parent} shows what is there"
        ) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise IntegrityError(
                f"{path} is not a regular file", hint="move it away; git checkout -- restores files"
            )
        if status.st_size > max_bytes:
            raise CannotRun(
                f"{path} has {status.st_size:,} bytes, more than the {max_bytes:,} that are read",
                hint="git log shows who made it grow",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(max_bytes + 1)
    finally:
        os.close(descriptor)


def _names_in(directory: Path) -> list[str]:
    try:
        return sorted(path.name for path in directory.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CannotRun(
            f"cannot list {directory}: {error.strerror}", hint="it has to be a directory"
        ) from None
