"""Landing: files that a command made, committed exactly, and whether that makes them live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zumik.actions.session import Session
from zumik.errors import CannotRun, IntegrityError, UsageError, ZumikError

if TYPE_CHECKING:
    from zumik.git.remotes import PushFailed
    from zumik.git.repository import Repository
    from zumik.transaction.file_plan import NewBytes

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")]
NoCommitOption = Annotated[bool, typer.Option("--no-commit", help="Leave the commit to you.")]
BranchOption = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit to a new branch, and switch to it."),
]
PushOption = Annotated[
    bool, typer.Option("--push", help="Push the branch too, so that a pull request can be opened.")
]


class Landing(NamedTuple):
    """How far a command takes what it made: written, committed, on a new branch, pushed."""

    commit: bool = True
    branch: str | None = None
    push: bool = False

    def require_possible(self, session: Session) -> None:
        """Raises UsageError and CannotRun for what could not be done, before anything is."""
        if not self.commit and (self.branch is not None or self.push):
            raise UsageError(
                "--no-commit leaves nothing to put on a branch or to push",
                hint="leave --no-commit away, or --branch and --push",
            )
        if self.branch is not None:
            from zumik.git.remotes import require_new_branch

            require_new_branch(session.repository, self.branch)
        if self.push:
            self.remote(session)

    def remote(self, session: Session) -> str:
        """Where the branch is pushed to. Raises CannotRun where it cannot be."""
        from zumik.git.remotes import require_pushable

        branch = self.branch or session.repository.branch
        if branch is None:
            raise CannotRun("HEAD is detached: there is no branch to push", hint="--branch NAME")
        return require_pushable(session.repository, branch, session.settings.live_ref)


class Landed(NamedTuple):
    """How far it came: the commit, the new branch, where it was pushed, or why it was not."""

    commit: str | None = None
    branch: str | None = None
    pushed_to: str | None = None
    push_failed: PushFailed | None = None
    push_by: str = "git push"

    @property
    def next(self) -> str:
        """What a person does next, so that it becomes live."""
        if self.commit is None:
            return "git add releases && git commit, then git push, and open the pull request"
        if self.pushed_to is not None:
            return f"open the pull request for {self.pushed_to}"
        return f"{self.push_by}, and open the pull request"

    def to_json(self) -> dict[str, object]:
        """For machines."""
        return {"commit": self.commit, "branch": self.branch, "pushed_to": self.pushed_to}

    def require_pushed(self) -> None:
        """Raises PushFailed, once everything that was done is told."""
        if self.push_failed is not None:
            raise self.push_failed


def land(
    session: Session,
    files: Sequence[NewBytes],
    message: str,
    landing: Landing,
    *,
    relies_on: Sequence[Path] = (),
    remove: Sequence[Path] = (),
) -> Landed:
    """Write and remove the files, and commit them and nothing else, as far as `landing` says.

    `relies_on` are files that have to be committed before. Either all of it happens or nothing
    does; only a push may fail afterwards. Raises CannotRun, and IntegrityError where a hook changed
    what was committed.
    """
    from zumik.transaction import commit

    session.settings  # noqa: B018  # where they cannot be read, that is told before, not after
    landing.require_possible(session)
    writer, change = session.writer, commit.WriteSet(files, remove)
    assert writer is not None, "whoever writes is its command's writer"
    if not landing.commit:
        commit.write(writer, change)
        return Landed()
    repository, branch = session.repository, landing.branch
    repository.require_committable(change.paths, relies_on, on_new_branch=branch is not None)
    remote = landing.remote(session) if landing.push else None
    made = commit.commit(
        writer,
        repository,
        change,
        message,
        branch=branch,
        verify=lambda: require_as_written(repository, "HEAD", files, "was committed"),
    )
    done = Landed(made, branch, push_by=_push_by(session, branch))
    return done if remote is None else _pushed(repository, remote, done)


def _pushed(repository: Repository, remote: str, done: Landed) -> Landed:
    from zumik.git.remotes import PushFailed, push

    branch = done.branch or repository.branch or ""
    try:
        push(repository, remote, branch)
    except PushFailed as error:
        return done._replace(push_failed=error)
    return done._replace(pushed_to=f"{remote}/{branch}")


def _push_by(session: Session, branch: str | None) -> str:
    """What a person types to push; a new branch has to be told where to."""
    from zumik.git.remotes import push_command, remote_of

    if branch is None:
        return "git push"
    try:
        remote, _ = remote_of(session.repository, session.settings.live_ref)
    except CannotRun:
        remote = "origin"
    return push_command(remote, branch)


def require_as_written(
    repository: Repository,
    ref: str,
    files: Sequence[NewBytes],
    how: str,
    env: Mapping[str, str] | None = None,
) -> None:
    """Raises IntegrityError where a release has other bytes on a ref; no ref is the index."""
    for file in files:
        if file.must_be_new and not repository.holds(ref, file.path, file.data, env):
            raise IntegrityError(
                f"{file.path.name} {how} with other bytes: a hook or a filter changed them; "
                "nothing was changed",
                hint="exempt releases/frozen from it, and do it again",
            )


def where_it_stands(
    session: Session, path: Path, data: bytes, done: Landed, what: str = "LIVE"
) -> str:
    """Whether what was written has landed, in words for the person who wrote it.

    `what` is what it then is: LIVE, or another word for what counts.
    """
    live_ref, commit = session.settings.live_ref, done.commit
    if commit is None:
        return f"NOT {what}{_until(live_ref, 'committed and ') or ': not committed yet'}"
    where = f"committed as {commit}"
    if done.branch is not None:
        where += f" on the new branch {done.branch}"
    if done.pushed_to is not None:
        where += f", pushed to {done.pushed_to}"
    if live_ref is None:
        return f"{where}; no live_ref is set, so this branch is what counts"
    try:
        if landed(session.repository, live_ref, path, data):
            return f"{what} on {live_ref}, {where}"
        unknown = "" if session.repository.has_ref(live_ref) else f" ({live_ref} is not known here)"
    except CannotRun as error:  # what was done is done, and is told all the same
        return f"{where}; nobody can tell whether it is {what}: {error.message}"
    return f"NOT {what}{_until(live_ref)}{unknown}; {where}"


def landed(repository: Repository, live_ref: str, path: Path, data: bytes) -> bool:
    """Whether the live ref has exactly these bytes."""
    return repository.has_ref(live_ref) and repository.holds(live_ref, path, data)


def landed_or_unknown(session: Session, path: Path, data: bytes) -> bool | None:
    """As `landed`, and None where there is no git or no live ref to ask."""
    try:
        live_ref = session.settings.live_ref
        if live_ref is None or not session.repository.has_ref(live_ref):
            return None
        return landed(session.repository, live_ref, path, data)
    except ZumikError:
        return None


def _until(live_ref: str | None, first: str = "") -> str:
    return f" until {first}merged to {live_ref}" if live_ref else ""
