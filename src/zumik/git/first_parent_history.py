"""Landings: which versions of a file landed on a ref, when, and by whom.

The first-parent line of the ref counts: what a merge brought landed with the merge. The order of
the line is what happened; a committer's clock is only what somebody claims. So a commit that claims
an earlier time than the one before it counts as landed when that one did, and no earlier.

A shallow clone has the line from its boundary on. What the boundary holds was there by then; who
brought it and when is not known here, and nothing before it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from zumik.errors import CannotRun
from zumik.git.merge_result import shallow_commits
from zumik.git.repository import Repository

UNSHALLOW = "git fetch --unshallow"


@dataclass(frozen=True, slots=True)
class LandedVersion:
    """A commit that changed a file on the line; `blob` is None where it left no plain file.

    `landed_at` is never before the landing that precedes it; `committed_at` is what the commit
    claims. At the `boundary` of a shallow clone the version may be older than the commit.
    """

    commit: str
    committed_at: datetime
    landed_at: datetime
    author: str
    blob: str | None
    boundary: bool = False


@dataclass(frozen=True)
class FirstParentHistory:
    """The first-parent line of a ref, as far as it is here."""

    repository: Repository
    ref: str

    @property
    def _name(self) -> str:
        """The ref in full: a tag of the same name must not count for it."""
        return self.repository.qualified(self.ref)

    @cached_property
    def _landed_at(self) -> dict[str, int]:
        """When each commit of the line landed, in seconds; the newest commit first."""
        if not self.repository.has_ref(self.ref):
            return {}  # a repository without commits
        listed = self.repository.run(
            "rev-list", "--first-parent", "--timestamp", "--end-of-options", self._name, "--"
        )
        latest = 0
        found: dict[str, int] = {}
        for row in reversed(listed.splitlines()):
            claimed, commit = row.split()
            latest = max(latest, int(claimed))
            found[commit] = latest
        return dict(reversed(found.items()))

    @cached_property
    def _oldest(self) -> str | None:
        return next(reversed(self._landed_at), None)

    @cached_property
    def boundary(self) -> datetime | None:
        """When the oldest commit that is here landed, if the line goes on before it."""
        cut, oldest = shallow_commits(self.repository), self._oldest
        return _moment(self._landed_at[oldest]) if oldest and oldest in cut else None

    def versions_of(self, path: Path) -> tuple[LandedVersion, ...]:
        """Every landing of a file, newest first. Raises GitFailed."""
        if self._oldest is None:
            return ()
        # What a person's configuration could add to a log is switched off.
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
            "--format=%H%x00%ct%x00%an",
            "--end-of-options",
            self._name,
            "--",
            path.relative_to(self.repository.root).as_posix(),
        )
        # NUL is the one character that nobody can have in their name.
        fields = iter(log.split("\0"))
        versions = []
        while commit := next(fields).lstrip("\n"):
            seconds, author, raw, _ = (next(fields) for _ in range(4))
            _, mode, _, blob, _ = raw.split()
            versions.append(
                LandedVersion(
                    commit=commit[:10],
                    committed_at=_moment(int(seconds)),
                    landed_at=_moment(self._landed_at[commit]),
                    author=author,
                    blob=blob if mode.startswith("100") else None,
                    boundary=self.boundary is not None and commit == self._oldest,
                )
            )
        return tuple(versions)

    def require_reaches(self, moment: datetime) -> None:
        """Raises CannotRun for a moment before the boundary of a shallow clone."""
        if self.boundary is not None and moment < self.boundary:
            raise CannotRun(
                f"this is a shallow clone: what landed on {self.ref} before "
                f"{self.boundary:%Y-%m-%d %H:%M} is not here",
                hint=UNSHALLOW,
            )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
