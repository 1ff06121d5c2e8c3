"""A commit of exactly these files: they are written and committed together, or neither.

`zumik.transaction` describes the protocol. This module runs it from the journal to the moment that
decides; `recovery` finishes it or takes it back, in a command that failed as after one was killed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from zumik.core.basics.display import neutral, shown
from zumik.errors import CannotRun, ZumikError
from zumik.git.branch_sync import sync_branch
from zumik.git.index_copy import own_index
from zumik.git.repository import HEADS, GitFailed, Repository
from zumik.transaction import new_branch
from zumik.transaction.file_plan import (
    NewBytes,
    place_files,
    plan_files,
    remove_temporary,
    translated_errors,
)
from zumik.transaction.journal import (
    COMMIT,
    FILES,
    STAGE,
    Intent,
    Journal,
    remove_journal,
    write_journal,
)
from zumik.transaction.recovery import RecoveryOutcome, finish_or_take_back, remove_locks
from zumik.transaction.single_writer import Writer


class WriteSet(NamedTuple):
    """Files to write, files to remove, and files that a commit takes along as a person left them.

    Those are edited or removed already, so that nothing is written in their places.
    """

    files: Sequence[NewBytes]
    remove: Sequence[Path] = ()
    along: Sequence[Path] = ()

    @property
    def written(self) -> tuple[Path, ...]:
        """Those that are written or removed."""
        return (*(file.path for file in self.files), *self.remove)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        return (*self.written, *self.along)


def write(writer: Writer, write_set: WriteSet) -> None:
    """Write and remove the files, all or none. Raises CannotRun."""
    with _under_way(writer, write_set, Intent(FILES)):
        pass


def stage(
    writer: Writer,
    repository: Repository,
    write_set: WriteSet,
    verify: Callable[[Mapping[str, str]], None],
) -> None:
    """Write, remove and stage the files, all or none; what is taken along is staged as it is.

    `verify` may still refuse: it gets an environment in which git sees the files as staged. Raises
    CannotRun, and what `verify` raises.
    """
    with (
        _under_way(writer, write_set, Intent(STAGE)),
        own_index(repository, writer.state) as environment,
    ):
        written = [file.path for file in write_set.files]
        edited = [path for path in write_set.along if path.exists()]
        removed = [*write_set.remove, *(path for path in write_set.along if not path.exists())]
        for command, paths in (
            (("add",), [*written, *edited]),
            (("rm", "--cached", "--quiet", "--ignore-unmatch"), removed),
        ):
            if paths:
                repository.change(*command, "--", *repository.names(paths), env=environment)
        verify(environment)


def commit(
    writer: Writer,
    repository: Repository,
    write_set: WriteSet,
    message: str,
    *,
    branch: str | None,
    verify: Callable[[], None],
) -> str:
    """Write, remove and commit the files and nothing else; the commit's short hash.

    `branch` is the name of a new branch for it. `verify` runs once the commit is made; where it
    raises, the commit is taken back with everything else. Raises CannotRun where HEAD moved since
    the lock was taken, and GitFailed.
    """
    intent = _intent(writer, repository, branch)
    made = None
    with _under_way(writer, write_set, intent):
        if branch is not None:
            new_branch.create_and_switch(repository, intent)
        with own_index(repository, writer.state) as environment:
            made = _commit(writer, repository, write_set, message, intent, environment)
            try:
                verify()
            except BaseException:
                _forget(repository, made)
                raise
            if branch is not None:
                new_branch.log_switch(repository, intent)
        # The journal is removed after this, and what it could restore must not be lost.
        sync_branch(repository, intent.ref)
    try:
        return repository.run("rev-parse", "--short", made or "HEAD").strip()
    except GitFailed:  # the commit is made all the same
        return made[:12] if made else "HEAD"


def _commit(
    writer: Writer,
    repository: Repository,
    write_set: WriteSet,
    message: str,
    intent: Intent,
    environment: Mapping[str, str],
) -> str:
    """Have git commit; the new commit of HEAD. Raises GitFailed where none was made."""
    names = repository.names(write_set.paths)
    # Git refuses to add a file whose removal is staged; `commit` takes the removal all the same.
    there = [path for path in write_set.paths if os.path.lexists(path)]
    if there:
        repository.change("add", "--", *repository.names(there), env=environment)
    words = ("commit", "--only", "--quiet", f"--message={message}", "--", *names)
    failed = None
    try:
        repository.change(*words, env=environment)
    except GitFailed as error:
        failed = error
    if failed is not None:
        remove_locks(repository, intent, writer.holder.since)
    found = _commits_of(repository, intent.start, names)
    # Once the branch has moved, a later failure of git does not matter: recovery does the rest.
    if not found or (failed is not None and not _is_whole(repository, write_set)):
        raise _refusal(repository, failed)
    if len(found) > 1:
        _forget(repository, found[0])
        raise GitFailed(
            "someone else committed the same files at the same moment",
            hint="nothing was changed; run it again",
        )
    return found[0]


def _commits_of(repository: Repository, start: str | None, names: Sequence[str]) -> list[str]:
    """The commits since `start` that change the files, latest first.

    Others may commit other files meanwhile, and a hook may add a commit.
    """
    if repository.parsed("HEAD^{commit}") is None:
        return []
    since = "HEAD" if start is None else f"{start}..HEAD"
    return repository.run("rev-list", "--first-parent", since, "--", *names).split()


def _is_whole(repository: Repository, write_set: WriteSet) -> bool:
    """Whether the branch has every file with its planned bytes."""
    return all(repository.holds("HEAD", file.path, file.data) for file in write_set.files)


_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")

_SIGNING = ("failed to write commit object", "to sign", "signingkey", "signing key")


def _refusal(repository: Repository, failed: GitFailed | None) -> GitFailed:
    """The error for a commit that git did not make: why, and what to do."""
    if failed is None:
        return GitFailed("git commit made no commit", hint="nothing was changed; git status")
    if any(words in failed.message for words in _SIGNING):
        return GitFailed(
            failed.message,
            hint="nothing was changed; git could not sign: git config user.signingkey names the "
            "key, gpg.format its kind; is it there, and does its agent run?",
        )
    directory = repository.root / repository.run("rev-parse", "--git-path", "hooks").rstrip("\n")
    hooks = [name for name in _HOOKS if os.access(directory / name, os.X_OK)]
    if not hooks or "fatal: " in failed.message:
        return failed
    return GitFailed(
        failed.message,
        hint=f"nothing was changed; a hook refused it ({', '.join(hooks)} in "
        f"{neutral(str(directory))}): do what it asks for, and run this again; or add --no-commit, "
        "and commit with the message that it asks for",
    )


_DONE = {
    FILES: "the files were written",
    STAGE: "the files were staged",
    COMMIT: "the commit was made",
}


@contextmanager
def _under_way(writer: Writer, write_set: WriteSet, intent: Intent) -> Iterator[None]:
    """Write the journal and place the files; end with both finished or both taken back."""
    journal = Journal(writer.holder, plan_files(*write_set), intent)
    try:
        with translated_errors(write_set.files):
            writer.state.mkdir(exist_ok=True)
            write_journal(writer.state, writer.root, journal)
            place_files(journal.plan, write_set.files)
        yield
    except BaseException as error:
        happened = _settled(writer, journal, error) is RecoveryOutcome.FINISHED
        if not happened:
            raise
        if isinstance(error, ZumikError):
            raise CannotRun(
                f"{_DONE[intent.how]}, but a later step failed: {error.message}",
                hint="git log shows the commit; zumik check shows whether all is in order",
            ) from None
        # An interrupt that came after the moment that decides came too late: it is done.
    else:
        try:
            remove_temporary(journal.plan)
            remove_journal(writer.state)
        except OSError as error:
            raise CannotRun(
                f"{_DONE[intent.how]}, but temporary files could not be removed: "
                f"{error.strerror or error}",
                hint="zumik recover removes them",
            ) from None


def _settled(writer: Writer, journal: Journal, error: BaseException) -> RecoveryOutcome:
    """Raises CannotRun where it could neither be finished nor taken back."""
    # Without a commit the error says that nothing was changed, so files in place are removed.
    known = RecoveryOutcome.TAKEN_BACK if journal.intent.how == FILES else None
    try:
        return finish_or_take_back(writer.repository, writer.state, journal, known)
    except (OSError, CannotRun) as failed:
        first = error.message if isinstance(error, ZumikError) else str(error)
        raise CannotRun(
            f"{neutral(first)}; and it could not be taken back: {neutral(str(failed))}",
            hint="once that is fixed: zumik recover",
        ) from None


def _intent(writer: Writer, repository: Repository, branch: str | None) -> Intent:
    """Raises CannotRun where the branch moved since the lock was taken."""
    here = repository.branch
    start = repository.parsed("HEAD^{commit}")
    if start != writer.head:
        raise CannotRun(
            f"{shown(here or 'HEAD')} moved while this was prepared: someone committed or pulled",
            hint="run it again; nothing was changed",
        )
    head = start if here is None else f"{HEADS}{here}"
    ref = head if branch is None else f"{HEADS}{branch}"
    return Intent(COMMIT, ref, head, start)


def _forget(repository: Repository, made: str) -> None:
    """Move the branch of HEAD back before a commit, where no other has followed it."""
    before = repository.parsed(f"{made}^")
    why = ("-m", "zumik: commit taken back")
    if before is None:
        repository.change("update-ref", *why, "-d", "HEAD", made)
    else:
        repository.change("update-ref", *why, "HEAD", before, made)
