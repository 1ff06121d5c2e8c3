"""First-parent history: which versions of a file landed on a ref, when, and by whom.

A merged branch lands with its merge commit, so only first parents count. Their order is a fact; the
time in a commit is only its committer's claim, and `core/live/commit_clocks` says when it landed.

In a shallow clone the history begins at a boundary commit. Its files existed by then; who added
them and when is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from zumik.core.live.commit_clocks import CommitClock, landings
from zumik.core.live.landed_pointer import UNSHALLOW
from zumik.errors import CannotRun
from zumik.git.merge_result import shallow_commits
from zumik.git.repository import Repository


@dataclass(frozen=True, slots=True)
class LandedVersion:
    """A file as one commit of the history left it; `blob` is None where it left no plain file.

    At the `boundary` of a shallow clone the version may be older than the commit. `commit` is the
    short form of `full`, and `left` is the mode and the object that the commit left there.
    """

    full: str
    left: str
    clock: CommitClock
    author: str
    blob: str | None
    boundary: bool = False

    @property
    def commit(self) -> str:
        """The commit as it is shown."""
        return self.full[:10]


@dataclass(frozen=True)
class FirstParentHistory:
    """The first-parent history of a ref, as far as this clone has it, read at the time `now`."""

    repository: Repository
    ref: str
    now: datetime

    @property
    def _name(self) -> str:
        """The ref in full, so that a tag of the same name does not count for it."""
        return self.repository.qualified(self.ref)

    @cached_property
    def _clocks(self) -> dict[str, CommitClock]:
        """When each commit landed; the newest commit first."""
        if not self.repository.has_ref(self.ref):
            return {}  # a repository without commits
        listed = self.repository.run(
            "rev-list", "--first-parent", "--timestamp", "--end-of-options", self._name, "--"
        )
        # Git gives a number for every commit, 0 for a time that it cannot read.
        rows = [row.split() for row in reversed(listed.splitlines())]
        clocks = landings([int(claimed) for claimed, _ in rows], self.now)
        found = {commit: clock for (_, commit), clock in zip(rows, clocks, strict=True)}
        return dict(reversed(found.items()))

    @cached_property
    def _oldest(self) -> str | None:
        return next(reversed(self._clocks), None)

    @cached_property
    def boundary(self) -> datetime | None:
        """When the oldest commit of this shallow clone landed; None in a whole clone."""
        cut, oldest = shallow_commits(self.repository), self._oldest
        return self._clocks[oldest].landed_at if oldest and oldest in cut else None

    def versions_of(self, path: Path) -> tuple[LandedVersion, ...]:
        """Every landed version of a file, newest first. Raises GitFailed."""
        if self._oldest is None:
            return ()
        # The options switch off everything that a person's configuration could add to a log.
        log = self.repository.run(
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--no-renames",
            "--no-follow",
            "--no-show-signature",
            "--encoding=UTF-8",
            "--raw",
            "--no-abbrev",
            "-z",
            "--format=%H%x00%an",
            "--end-of-options",
            self._name,
            "--",
            path.relative_to(self.repository.root).as_posix(),
        )
        # A name can hold any character except NUL.
        fields = iter(log.split("\0"))
        versions = []
        while commit := next(fields).lstrip("\n"):
            author, raw, _ = (next(fields) for _ in range(3))
            _, mode, _, blob, _ = raw.split()
            versions.append(
                LandedVersion(
                    full=commit,
                    left=f"{mode} {blob}",
                    clock=self._clocks[commit],
                    author=author,
                    blob=blob if mode.startswith("100") else None,
                    boundary=self.boundary is not None and commit == self._oldest,
                )
            )
        return tuple(versions)

    def commit_at(self, moment: datetime) -> tuple[str, datetime] | None:
        """The commit that had landed last by a moment, and when; None where none had.

        Raises CannotRun for a moment before the boundary of a shallow clone.
        """
        self.require_reaches(moment)
        by_then = (
            (commit, clock.landed_at)
            for commit, clock in self._clocks.items()
            if clock.landed_at <= moment
        )
        return next(by_then, None)

    def require_reaches(self, moment: datetime) -> None:
        """Raises CannotRun for a moment before the boundary of a shallow clone."""
        if self.boundary is not None and moment < self.boundary:
            raise CannotRun(
                f"this is a shallow clone: what landed on {self.ref} before "
                f"{self.boundary:%Y-%m-%d %H:%M} is not here",
                hint=UNSHALLOW,
            )
