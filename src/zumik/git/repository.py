"""The repository: GitPython finds it and runs git in it, in an environment that git cannot misread.

No text of a user reaches git where git could read it as an option, a pattern or a tag. Errors are
in git's own words.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.display import neutral
from zumik.core.basics.secret_keys import without_credentials
from zumik.errors import CannotRun

if TYPE_CHECKING:
    from git import Repo

HEADS = "refs/heads/"

# A path that cannot be opened: git warns of every graft file that it can open, even an empty one.
_NO_FILE = f"{os.devnull}/none"

# A name that may be a branch's: not a hash, not HEAD, and not a full name.
_NAME = re.compile(r"(?!HEAD\b|refs/|[0-9a-f]{40,64}\b)[^~^:@{]+")

# A commit is on the disk before the branch names it. Git starts nothing in the background: that
# would inherit the writers' lock and keep it after the command ended.
_SETTINGS = ("-c", "core.fsync=all", "-c", "maintenance.auto=false", "-c", "core.fsmonitor=false")

_NO_COMMIT = "commit it yourself: add --no-commit"


class GitFailed(CannotRun):
    """Git failed; the message is in its own words."""


class UnreadObjects(CannotRun):
    """The repository has objects of a kind that zumik reads nowhere."""


_NOT_FOUND = CannotRun("git was not found on this machine", hint="install git, or use --no-commit")


class OperationInProgress(NamedTuple):
    """A git operation of several steps that has not ended, and the command that continues it."""

    what: str
    continue_command: str


# In this order: a rebase makes its commits by cherry-pick, so a stopped one shows both files.
_IN_PROGRESS = {
    "rebase-merge": OperationInProgress("a rebase", "git rebase --continue"),
    "rebase-apply": OperationInProgress("a rebase", "git rebase --continue"),
    "MERGE_HEAD": OperationInProgress("a merge", "git commit"),
    "CHERRY_PICK_HEAD": OperationInProgress("a cherry-pick", "git cherry-pick --continue"),
    "REVERT_HEAD": OperationInProgress("a revert", "git revert --continue"),
}


class ChangedPath(NamedTuple):
    """A file that git sees as changed since the last commit, as git names it.

    A file that git ignores counts as changed. `is_new` says that the last commit does not have it.
    """

    name: str
    is_new: bool
    is_ignored: bool


class GitResult(NamedTuple):
    """What a git command returned: exit status, standard output and standard error."""

    status: int
    text: str
    error: str


class Repository:
    """The git repository that a workspace lies in.

    `lock` is the descriptor of the writers' lock while this process holds it.
    """

    def __init__(self, repo: Repo) -> None:
        # A directory's name may hold characters that git would read as a pattern.
        repo.git.update_environment(GIT_LITERAL_PATHSPECS="1", GIT_TERMINAL_PROMPT="0")
        repo.git.update_environment(GIT_GLOB_PATHSPECS="0", GIT_ICASE_PATHSPECS="0")
        # A command that only reads takes no lock: if it were killed, the lock would stay.
        repo.git.update_environment(GIT_OPTIONAL_LOCKS="0")
        # `git replace` and grafts show this clone other objects than every other clone sees.
        repo.git.update_environment(GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE=_NO_FILE)
        self._repo = repo
        self.lock: int | None = None
        self._qualified: dict[str, str] = {}
        self.root = Path(str(repo.working_tree_dir)).resolve()
        # From core.worktree or the environment git would name files from another directory, and
        # find none of a workspace.
        repo.git.update_environment(GIT_WORK_TREE=str(self.root))

    @classmethod
    def containing(cls, directory: Path) -> Repository:
        """Raises CannotRun where git is missing, or there is no repository with a work tree."""
        try:
            import git
        except ImportError as error:
            raise _not_started(str(error)) from None
        if shutil.which(git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git") is None:
            raise _NOT_FOUND  # GitPython's own search can be switched off
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
                f"{directory} is in a bare repository, which has no work tree",
                hint="clone it and run zumik in the clone",
            )
        if _objects_of(repo) != "sha1":
            raise UnreadObjects(
                f"the repository at {repo.working_tree_dir} has SHA-256 objects, which zumik does "
                "not read",
                hint="use one with SHA-1 objects, as git init makes it: "
                "git init --object-format=sha1",
            )
        return cls(repo)

    def require_committable(
        self, paths: Sequence[Path], relies_on: Sequence[Path] = (), *, on_new_branch: bool = False
    ) -> None:
        """Find out before anything is written whether a commit of `paths` can be made.

        Raises CannotRun for a detached HEAD, unless the commit goes to a new branch; a merge or
        rebase in progress; no identity; other changes to the same paths, which the commit would
        include; and changes to what it `relies_on`, which it would not.
        """
        operation = self.in_progress
        if operation is not None:
            raise CannotRun(
                f"{operation.what} is in progress in this repository",
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
    def in_progress(self) -> OperationInProgress | None:
        """The merge, rebase, cherry-pick or revert that has not ended; None where none is open."""
        for name, operation in _IN_PROGRESS.items():
            if (Path(self._repo.git_dir) / name).exists():
                return operation
        return None

    def names(self, paths: Iterable[Path]) -> list[str]:
        """Paths of the work tree as git names them: relative to its root, with `/`."""
        return [path.relative_to(self.root).as_posix() for path in paths]

    def uncommitted(self, paths: Sequence[Path]) -> list[str]:
        """Those of `paths`, or files in them, that differ from the last commit."""
        names = self.names(paths)
        if not names:
            return []  # Without a path git takes all of them.
        status = self.run("status", "--porcelain", "-z", "--no-renames", "--", *names)
        return [neutral(entry[3:]) for entry in status.split("\0") if entry]

    def changes_in(self, places: Sequence[Path]) -> list[ChangedPath]:
        """The files at `places`, or in them, that differ from the last commit in the work tree.

        Git may have another opinion where only the index or a file's mode differs.
        """
        every = ("--untracked-files=all", "--ignored=traditional")
        words = ("status", "--porcelain", "-z", "--no-renames", *every)
        entries = self.run(*words, "--", *self.names(places)).split("\0")
        ignored = {entry[3:]: entry.startswith("!!") for entry in entries if entry}
        found = []
        for name, is_ignored in ignored.items():
            path, committed = self.root / name, self.parsed(f"HEAD:{name}")
            data = path.read_bytes() if path.is_file() else None
            before = None if committed is None else self.blob(committed)
            if is_ignored or data != before:
                found.append(ChangedPath(name, committed is None, is_ignored))
        return found

    def has_ref(self, ref: str) -> bool:
        """Whether a ref is known here. Raises GitFailed."""
        return self.parsed(f"{ref}^{{commit}}") is not None

    def holds(
        self, ref: str, path: Path, data: bytes, env: Mapping[str, str] | None = None
    ) -> bool:
        """Whether `path` has exactly these bytes on a ref, or in the index where that is empty.

        Raises GitFailed.
        """
        found = self.parsed(f"{ref}:{path.relative_to(self.root).as_posix()}", env)
        return found is not None and self.blob(found) == data

    def qualified(self, revision: str) -> str:
        """A revision with its branch's name in full, so that a tag of that name does not count.

        Git prefers tags to branches, and more people may push tags than may merge.
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

    def parsed(self, revision: str, env: Mapping[str, str] | None = None) -> str | None:
        """The object that a revision names, or None where it names nothing."""
        words = ("--verify", "--quiet", "--end-of-options", self.qualified(revision))
        try:
            return str(self._repo.git.rev_parse(*words, env=dict(env or {})))
        except self._failure as error:
            if getattr(error, "status", None) != 1:
                raise _failed("git rev-parse", error) from None
            return None

    def run_any(self, *arguments: str) -> GitResult:
        """The result of a git command whose failure is an answer. Raises GitFailed without git."""
        try:
            status, text, said = self._repo.git.execute(
                ["git", *arguments],
                with_extended_output=True,
                with_exceptions=False,
                strip_newline_in_stdout=False,
            )
        except self._failure as error:  # there is no git
            raise _failed(f"git {arguments[0]}", error) from None
        return GitResult(int(status), str(text), str(said))

    def size_of(self, sha: str) -> int:
        """How many bytes an object has. Raises GitFailed where it is not here."""
        try:
            return int(self._repo.git.get_object_header(sha)[2])
        except self._failure as error:
            raise self._unread(sha, error) from None

    def blob(self, sha: str) -> bytes:
        """The bytes of a blob; one `git cat-file` process reads them all. Raises GitFailed."""
        try:
            *_, data = self._repo.git.get_object_data(sha)
        except self._failure as error:
            raise self._unread(sha, error) from None
        return bytes(data)

    def _unread(self, sha: str, error: Exception) -> GitFailed:
        """Why an object cannot be read. GitPython only says that its git ended.

        In a partial clone git has to bring it, and the remote may not answer.
        """
        said = self.run_any("cat-file", "-s", sha)
        if said.status == 0:
            return _failed("git cat-file", error)
        return _in_git_words("git cat-file", said.error)

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """The output of a git command. Raises GitFailed."""
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

    def change(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """The output of a git command that changes the repository.

        It inherits the writers' lock, so that no other zumik writes before it has ended, even when
        this one is killed. An interrupt ends it with zumik. Raises GitFailed.
        """
        handed_down = () if self.lock is None else (self.lock,)
        process = self._repo.git.execute(
            ["git", *_SETTINGS, *arguments],
            as_process=True,
            env=dict(env or {}),
            pass_fds=handed_down,
        )
        try:
            said, complaint = process.communicate()
        except BaseException:
            # This waits for git alone. GitPython's wait would wait for its hooks too.
            child = process.proc
            if child is not None:
                child.terminate()
                child.wait()
            raise
        if process.returncode != 0:
            raise _in_git_words(f"git {arguments[0]}", complaint.decode("utf-8", "replace"))
        return str(said.decode("utf-8", "replace"))

    @property
    def git_dir(self) -> Path:
        """Git's directory of this work tree alone, which has its index and HEAD."""
        return Path(self._repo.git_dir)

    @property
    def common_dir(self) -> Path:
        """Git's directory that all work trees share, which has the branches and objects."""
        return Path(self._repo.common_dir).resolve()

    @property
    def _failure(self) -> tuple[type[Exception], ...]:
        """What GitPython raises where git fails, cannot start, ends early or answers nonsense."""
        from git import CommandError

        return CommandError, OSError, ValueError


def _not_started(error: str) -> CannotRun:
    """Why GitPython found no git that runs: none is there, or the user's settings stop it."""
    said = re.search(r"stderr: '(.+)'", error)
    if said is None:
        return _NOT_FOUND
    return CannotRun(
        f"git does not start: {neutral(said[1][:300])}", hint="fix that, or use --no-commit"
    )


def _objects_of(repo: Repo) -> str:
    """The hash that names the repository's objects."""
    reader = repo.config_reader("repository")
    return str(reader.get_value("extensions", "objectformat", "sha1")).lower()


def _failed(what: str, error: Exception) -> GitFailed:
    """Git's own words, without the command line that GitPython adds, which no user typed."""
    text = str(getattr(error, "stderr", "") or error)
    return _in_git_words(what, text.strip().removeprefix("stderr: ").strip("'"))


def _in_git_words(what: str, words: str) -> GitFailed:
    lines = [without_credentials(neutral(line)) for line in words.splitlines() if line.strip()]
    return GitFailed(
        f"{what} failed: {'; '.join(lines[:5])[:500] or 'git said nothing'}",
        hint="nothing was changed; fix that and run the command again",
    )
