"""Git: commits of exactly the files that were written, and what has landed where.

GitPython finds the repository and runs git. Commits are made by `git commit` itself, so that hooks
and signing apply and what else is staged stays staged. No text of a user reaches git where it could
be read as an option.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.names import neutral
from zumik.errors import CannotRun

if TYPE_CHECKING:
    from git import Repo

HEADS = "refs/heads/"

# An empty file of grafts would do too, but git warns of any that it can open.
_NO_FILE = f"{os.devnull}/none"

# A name that could be a branch's: no hash, and neither HEAD nor a name in full.
_NAME = re.compile(r"(?!HEAD\b|refs/|[0-9a-f]{40,64}\b)[^~^:@{]+")

_NO_COMMIT = "commit it yourself: add --no-commit"


class GitFailed(CannotRun):
    """Git could not do what it was asked to, in its own words."""


_NOT_FOUND = CannotRun("git was not found on this machine", hint="install git, or use --no-commit")


class Unfinished(NamedTuple):
    """Something that git is in the middle of, and the command that goes on with it."""

    what: str
    go_on: str


# In this order: a rebase picks commits one by one, and may stop at any.
_UNFINISHED = {
    "rebase-merge": Unfinished("a rebase", "git rebase --continue"),
    "rebase-apply": Unfinished("a rebase", "git rebase --continue"),
    "MERGE_HEAD": Unfinished("a merge", "git commit"),
    "CHERRY_PICK_HEAD": Unfinished("a cherry-pick", "git cherry-pick --continue"),
    "REVERT_HEAD": Unfinished("a revert", "git revert --continue"),
}


class Answer(NamedTuple):
    """A command's exit status and what it said."""

    status: int
    text: str
    error: str


class Repository:
    """The git repository that a workspace lies in."""

    def __init__(self, repo: Repo) -> None:
        # A directory's name may hold characters that git would take for a pattern.
        repo.git.update_environment(GIT_LITERAL_PATHSPECS="1", GIT_TERMINAL_PROMPT="0")
        # What is looked at is what was committed: `git replace` and grafts put other objects in the
        # place of those that everybody else sees.
        repo.git.update_environment(GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE=_NO_FILE)
        self._repo = repo
        self._qualified: dict[str, str] = {}
        self.root = Path(str(repo.working_tree_dir)).resolve()

    @classmethod
    def containing(cls, directory: Path) -> Repository:
        """Raises CannotRun where git is missing, or there is no repository with a work tree."""
        try:
            import git
        except ImportError:
            raise _NOT_FOUND from None
        if shutil.which(git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git") is None:
            raise _NOT_FOUND  # GitPython can be told not to look for it
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

    def require_committable(
        self, paths: Sequence[Path], relies_on: Sequence[Path] = (), *, on_new_branch: bool = False
    ) -> None:
        """Find out before anything is written whether a commit of `paths` can be made.

        Raises CannotRun for a detached head, unless the commit goes to a new branch, an unfinished
        merge or rebase, no identity, other changes to the same paths, which the commit would take
        along, and changes to what it `relies_on`, which it would leave behind.
        """
        unfinished = self.unfinished
        if unfinished is not None:
            raise CannotRun(
                f"{unfinished.what} is in progress in this repository",
                hint=f"finish or abort it first; or {_NO_COMMIT}",
            )
        if self.branch is None and not on_new_branch:
            raise CannotRun(
                "HEAD is detached: a commit here would be on no branch",
                hint=f"name a new one: --branch NAME; or {_NO_COMMIT}",
            )
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
        with self.index_kept() as kept:
            try:
                self._repo.git.add("--", *names)
                self._repo.git.commit("--only", "--quiet", f"--message={message}", "--", *names)
            except BaseException as error:
                self.unstage(names, kept)
                if isinstance(error, self._failure):
                    raise _failed("git commit", error) from None
                raise
        return str(self._repo.git.rev_parse("--short", "HEAD"))

    @property
    def branch(self) -> str | None:
        """The branch that HEAD is on, without `refs/heads/`; None where it is detached."""
        try:
            found = str(self._repo.git.symbolic_ref("-q", "HEAD"))
        except self._failure as error:
            if getattr(error, "status", None) != 1:
                raise _failed("git symbolic-ref", error) from None
            return None
        return found.removeprefix(HEADS)

    @property
    def unfinished(self) -> Unfinished | None:
        """The merge, rebase or the like that is under way."""
        for name, unfinished in _UNFINISHED.items():
            if (Path(self._repo.git_dir) / name).exists():
                return unfinished
        return None

    def uncommitted(self, paths: Sequence[Path]) -> list[str]:
        """Those of `paths`, or files in them, that differ from the last commit."""
        names = [str(path.relative_to(self.root)) for path in paths]
        status = self.run("status", "--porcelain", "-z", "--no-renames", "--", *names)
        return [neutral(entry[3:]) for entry in status.split("\0") if entry]

    def has_ref(self, ref: str) -> bool:
        """Whether a ref is known here. Raises GitFailed."""
        return self.parsed(f"{ref}^{{commit}}") is not None

    def holds(self, ref: str, path: Path, data: bytes) -> bool:
        """Whether `path` has exactly these bytes on a ref. Raises GitFailed."""
        found = self.parsed(f"{ref}:{path.relative_to(self.root).as_posix()}")
        return found is not None and self.blob(found) == data

    def qualified(self, revision: str) -> str:
        """A revision whose name is a branch's in full, so that no tag of that name counts for it.

        Git takes tags before branches, and more people may push tags than may merge.
        """
        match = _NAME.match(revision)
        name = match[0] if match else ""
        if name not in self._qualified:
            self._qualified[name] = name
            for full in (f"refs/remotes/{name}", f"{HEADS}{name}") if match else ():
                if self.run_any("show-ref", "--verify", "--quiet", "--", full).status == 0:
                    self._qualified[name] = full
                    break
        return self._qualified[name] + revision.removeprefix(name)

    def parsed(self, revision: str) -> str | None:
        """The object that a revision names, or None where it names nothing."""
        asked = self.qualified(revision)
        try:
            return str(self._repo.git.rev_parse("--verify", "--quiet", "--end-of-options", asked))
        except self._failure as error:
            if getattr(error, "status", None) != 1:
                raise _failed("git rev-parse", error) from None
            return None

    def run_any(self, *arguments: str) -> Answer:
        """What a git command answers, where its status is one. Raises GitFailed without git."""
        try:
            status, text, said = self._repo.git.execute(
                ["git", *arguments],
                with_extended_output=True,
                with_exceptions=False,
                strip_newline_in_stdout=False,
            )
        except self._failure as error:  # there is no git
            raise _failed(f"git {arguments[0]}", error) from None
        return Answer(int(status), str(text), str(said))

    def size_of(self, sha: str) -> int:
        """How many bytes an object has. Raises GitFailed where it is not here."""
        try:
            return int(self._repo.git.get_object_header(sha)[2])
        except (self._failure, ValueError) as error:
            raise _failed("git cat-file", error) from None

    def blob(self, sha: str) -> bytes:
        """The bytes of a blob; one process serves them all. Raises GitFailed."""
        try:
            *_, data = self._repo.git.get_object_data(sha)
        except (self._failure, ValueError) as error:
            raise _failed("git cat-file", error) from None
        return bytes(data)

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """What a git command says. Raises GitFailed, in git's own words."""
        with TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            try:
                said = self._repo.git.execute(
                    ["git", *arguments], given, strip_newline_in_stdout=False, env=dict(env or {})
                )
            except self._failure as error:
                raise _failed(f"git {arguments[0]}", error) from None
        return str(said)

    @contextmanager
    def index_kept(self) -> Iterator[Path | None]:
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

    def unstage(self, names: list[str], kept: Path | None) -> None:
        """Take back `git add` of paths that had nothing staged before.

        `require_committable` saw to that.
        """
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
