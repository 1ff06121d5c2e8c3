"""What one run works with: the workspace, its settings and repository, the environment, the clock.

Everything from outside enters here, so that the other rooms never read the environment themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from zumik.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from zumik.git.repository import Repository
    from zumik.transaction.single_writer import Writer
    from zumik.workspace.settings import Settings
    from zumik.workspace.store import Store


Waiting = Callable[[str], AbstractContextManager[None]]
"""Shows, where a person watches, what work inside it does; nothing inside may ask or print."""


@dataclass
class Session:
    """One run of the command line. `writer` is there while a command may write.

    `checkout` is the session where the person stands, for one in a work tree of its own.
    `bundle` is a bundle's file to answer from, in place of a workspace. `progress` shows what is
    waited for, where a person watches.
    """

    chosen_workspace: Path | None = None
    writer: Writer | None = None
    checkout: Session | None = None
    bundle: Path | None = None
    progress: Callable[[str], None] = field(default=lambda text: None)

    @cached_property
    def store(self) -> Store:
        """The workspace's files. Raises CannotRun where there is no workspace."""
        if self.bundle is not None:
            from zumik.workspace.bundle_tree import store_of_bundle

            return store_of_bundle(self.bundle)
        from zumik.workspace.store import find_workspace

        return find_workspace(Path.cwd(), self.chosen_workspace)

    @cached_property
    def settings(self) -> Settings:
        """The workspace's settings. Raises Invalid and CannotRun."""
        from zumik.workspace.settings import read_settings

        return read_settings(self.store.tree)

    @cached_property
    def repository(self) -> Repository:
        """The git repository around the workspace. Raises CannotRun."""
        from zumik.git.repository import Repository

        return Repository.containing(self.store.root)

    @property
    def repository_or_none(self) -> Repository | None:
        """The git repository around the workspace, if there is one that can be asked.

        Raises CannotRun for one with objects that zumik does not read.
        """
        try:
            return self.repository
        except CannotRun as error:
            from zumik.git.repository import UnreadObjects

            if isinstance(error, UnreadObjects):
                raise
            return None

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of the programs that are started, such as where ssh-agent listens."""
        return os.environ

    def as_typed(self, path: Path) -> str:
        """A path as a person types it in a command, from the directory where they are.

        The whole path where that is outside of the repository: `git -C` then needs it so.
        """
        from zumik.core.basics.display import neutral

        name = str(path)
        # Without a current directory, or on another drive, only the whole path can be typed.
        with suppress(OSError, ValueError):
            if repository_elsewhere(self.store.root) is None:
                name = min(os.path.relpath(path), name, key=len)
        return quote(neutral(name))

    def now(self, as_of: str | None = None, *, ahead: bool = False) -> datetime:
        """The time in UTC, to the second; `as_of` instead where it is given.

        Only where a command looks `ahead` may that lie in the future. Raises UsageError.
        """
        now = utc_now()
        if as_of is None:
            return now
        from zumik.core.basics.times import utc_from_iso

        try:
            asked = utc_from_iso(as_of)
        except ValueError:
            raise UsageError(
                "--as-of takes a date or a UTC time", hint="--as-of 2026-06-09T08:00:00Z"
            ) from None
        if asked > now and not ahead:
            raise UsageError("--as-of lies in the future", hint="--as-of takes a time up to now")
        return asked.replace(microsecond=0)


def repository_elsewhere(path: Path) -> Path | None:
    """The root of the repository around a path, where the person stands outside of it."""
    with suppress(OSError):
        here, whole = Path.cwd().resolve(), path.resolve()
        for root in (whole, *whole.parents):
            if (root / ".git").exists():
                return None if here.is_relative_to(root) else root
    return None


def utc_now() -> datetime:
    """The one clock of the command line, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
