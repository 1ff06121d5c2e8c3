"""Git: commits of exactly the files that were written, and what has landed where.

GitPython finds the repository and runs git. Commits are made by `git commit` itself, so that hooks
and signing apply and what else is staged stays staged. No text of a user reaches git where it could
be read as an option.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zumik.core.names import neutral
from zumik.errors import CannotRun

if TYPE_CHECKING:
    from git import Repo

_NO_COMMIT = "commit it yourself: add --no-commit"


class GitFailed(CannotRun):
    """Git could not do what it was asked to, in its own words."""


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version of a file in history: the commit that brought it, and its bytes."""

    commit: str
    committed_at: datetime
    author: str
    data: bytes | None


class Repository:
    """The git repository that a workspace lies in."""

    def __init__(self, repo: Repo) -> None:
        # A directory's name may hold characters that git would take for a pattern.
        repo.git.update_environment(GIT_LITERAL_PATHSPECS="1")
        self._repo = repo
        self.root = Path(str(repo.working_tree_dir)).resolve()

    @classmethod
    def containing(cls, directory: Path) -> Repository:
        """Raises CannotRun where git is missing, or there is no repository with a work tree."""
        try:
            import git
        except ImportError:
            raise CannotRun(
                "git was not found on this machine", hint="install git, or use --no-commit"
            ) from None
        try:
            repo = git.Repo(directory, search_parent_directories=True)
        except git.InvalidGitRepositoryError:
            raise CannotRun(
                f"{directory} is not in a git repository", hint="git init, or use --no-commit"
            ) from None
        except git.NoSuchPathError:
            raise CannotRun(f"no directory {directory}") from None
        if repo.bare or repo.working_tree_dir is None:
            raise CannotRun(
                f"{directory} is in a bare repository, which has no files to work on",
                hint="clone it and run zumik in the clone",
            )
        return cls(repo)

    def require_committable(self, paths: Sequence[Path], relies_on: Sequence[Path] = ()) -> None:
        """Find out before anything is written whether a commit of `paths` can be made.

        Raises CannotRun for a detached head, an unfinished merge or rebase, no identity, other
        changes to the same paths, which the commit would take along, and changes to what it
        `relies_on`, which it would leave behind.
        """
        self._refuse_unfinished()
        try:
            self._repo.git.symbolic_ref("-q", "HEAD")
        except self._failure as error:
            if getattr(error, "status", None) != 1:
                raise _failed("git symbolic-ref", error) from None
            raise CannotRun(
                "HEAD is detached: a commit here would be on no branch",
                hint=f"git switch -c NAME; or {_NO_COMMIT}",
            ) from None
        for identity in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            try:
                self._repo.git.var(identity)
            except self._failure:
                raise CannotRun(
                    "git does not know who commits here",
                    hint="git config user.name 'Your Name' && "
                    f"git config user.email you@example.com; or {_NO_COMMIT}",
                ) from None
        changed = self.uncommitted([*paths, *relies_on])
        if changed:
            raise CannotRun(
                f"uncommitted changes in {', '.join(changed)}",
                hint=f"commit them first, or restore them; or {_NO_COMMIT}",
            )

    def commit(self, paths: Sequence[Path], message: str) -> str:
        """Commit `paths` as they are, and nothing else; the commit's short hash.

        Raises GitFailed, with the index as it was.
        """
        names = [str(path.relative_to(self.root)) for path in paths]
        with self._index_kept() as kept:
            try:
                self._repo.git.add("--", *names)
                self._repo.git.commit("--only", "--quiet", f"--message={message}", "--", *names)
            except BaseException as error:
                self._unstage(names, kept)
                if isinstance(error, self._failure):
                    raise _failed("git commit", error) from None
                raise
        return str(self._repo.git.rev_parse("--short", "HEAD"))

    def uncommitted(self, paths: Sequence[Path]) -> list[str]:
        """Those of `paths`, or files in them, that differ from the last commit."""
        names = [str(path.relative_to(self.root)) for path in paths]
        status = self._run("status", "--porcelain", "-z", "--no-renames", "--", *names)
        return [neutral(entry[3:]) for entry in status.split("\0") if entry]

    def has_ref(self, ref: str) -> bool:
        """Whether a ref is known here. Raises GitFailed."""
        return self._parsed(f"{ref}^{{commit}}") is not None

    def holds(self, ref: str, path: Path, data: bytes) -> bool:
        """Whether `path` has exactly these bytes on a ref. Raises GitFailed."""
        found = self._parsed(f"{ref}:{path.relative_to(self.root).as_posix()}")
        return found is not None and self._blob(found) == data

    def versions(self, path: Path, ref: str = "HEAD") -> Iterator[PastVersion]:
        """Every version of a file on the first-parent line of a ref, newest first."""
        if not self.has_ref(ref):
            return  # a repository without commits
        name = path.relative_to(self.root).as_posix()
        log = self._run(
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--no-renames",
            "--raw",
            "--no-abbrev",
            "-z",
            "--format=%H%x00%ct%x00%an",
            "--end-of-options",
            ref,
            "--",
            name,
        )
        # NUL is the one character that nobody can have in their name.
        fields = iter(log.split("\0"))
        while commit := next(fields).lstrip("\n"):
            seconds, author, raw, _ = (next(fields) for _ in range(4))
            _, mode, _, blob, _ = raw.split()
            yield PastVersion(
                commit=commit[:10],
                committed_at=datetime.fromtimestamp(int(seconds), UTC),
                author=author,
                data=self._blob(blob) if mode.startswith("100") else None,
            )

    def _parsed(self, revision: str) -> str | None:
        """The object that a revision names, or None where it names nothing."""
        try:
            return str(
                self._repo.git.rev_parse("--verify", "--quiet", "--end-of-options", revision)
            )
        except self._failure as error:
            if getattr(error, "status", None) != 1:
                raise _failed("git rev-parse", error) from None
            return None

    def _blob(self, sha: str) -> bytes:
        *_, data = self._repo.git.get_object_data(sha)
        return bytes(data)

    def _run(self, *arguments: str) -> str:
        try:
            return str(self._repo.git.execute(["git", *arguments], strip_newline_in_stdout=False))
        except self._failure as error:
            raise _failed(f"git {arguments[0]}", error) from None

    def _refuse_unfinished(self) -> None:
        states = {
            "MERGE_HEAD": "a merge",
            "CHERRY_PICK_HEAD": "a cherry-pick",
            "REVERT_HEAD": "a revert",
            "rebase-merge": "a rebase",
            "rebase-apply": "a rebase",
        }
        for name, what in states.items():
            if (Path(self._repo.git_dir) / name).exists():
                raise CannotRun(
                    f"{what} is in progress in this repository",
                    hint=f"finish or abort it first; or {_NO_COMMIT}",
                )

    @contextmanager
    def _index_kept(self) -> Iterator[Path | None]:
        """The index as it is now under another name, which takes no space; None if there is none.

        Git replaces its index and never writes into it.
        """
        index = Path(self._repo.git_dir) / "index"
        if not index.exists():
            yield None
            return
        kept = index.with_name(f"index.{secrets.token_hex(8)}.zumik")
        os.link(index, kept)
        try:
            yield kept
        finally:
            kept.unlink(missing_ok=True)

    def _unstage(self, names: list[str], kept: Path | None) -> None:
        """Take back `git add`, which nothing else had staged: `require_committable` saw to that."""
        head = ["reset", "--quiet", "--", *names]
        unborn = ["rm", "--cached", "--quiet", "--ignore-unmatch", "--", *names]
        try:
            self._repo.git.execute(["git", *(head if self.has_ref("HEAD") else unborn)])
        except (GitFailed, self._failure):
            # On a full disk git cannot write an index, but one can still be renamed.
            if kept is not None:
                kept.replace(kept.with_name("index"))

    @property
    def _failure(self) -> type[Exception]:
        from git import CommandError

        return CommandError


def _failed(what: str, error: Exception) -> GitFailed:
    """Git's own words, without GitPython's: the command line is ours and helps nobody."""
    text = str(getattr(error, "stderr", "") or error)
    words = text.strip().removeprefix("stderr: ").strip("'").strip()
    lines = [neutral(line) for line in words.splitlines() if line.strip()]
    return GitFailed(
        f"{what} failed: {'; '.join(lines[:5])[:500]}",
        hint="nothing was changed; run it again once git can",
    )
