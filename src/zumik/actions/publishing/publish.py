"""Publishing: the files of one change written, committed, put on a branch and pushed.

Every command that changes the workspace ends here. How the result is worded is in
`reports/published_report`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from zumik.actions.publishing.pull_request import branch_for, proposed
from zumik.actions.publishing.uncommitted_sources import named
from zumik.actions.session import Session
from zumik.core.basics.display import neutral
from zumik.core.live.published import AnswerChange, Published
from zumik.errors import CannotRun, IntegrityError, UsageError
from zumik.workspace.check_jobs import bundle_job_in

if TYPE_CHECKING:
    from zumik.git.repository import Repository
    from zumik.transaction.file_plan import NewBytes


class PublishOptions(NamedTuple):
    """How far a person wants a change to go: shown, written, committed, on a new branch, pushed.

    With `pull_request` it is made beside the checkout, and ends with an open pull request.
    """

    commit: bool = True
    branch: str | None = None
    push: bool = False
    dry_run: bool = False
    pull_request: bool = False

    def require_possible(self, session: Session) -> None:
        """Raises UsageError and CannotRun for what cannot be done, before anything is done."""
        if not self.commit and self.pull_request:
            raise UsageError(
                "--no-commit leaves nothing for a pull request",
                hint="drop --no-commit, or drop --pr",
            )
        if not self.commit and (self.branch is not None or self.push):
            raise UsageError(
                "--no-commit leaves nothing to put on a branch or to push",
                hint="drop --no-commit, or drop --branch and --push",
            )
        if self.branch is not None:
            from zumik.git.remotes import require_new_branch

            require_new_branch(session.repository, self.branch)
        if self.push and not self.pull_request:
            self.remote(session)

    def remote(self, session: Session) -> str:
        """The remote that the branch is pushed to. Raises CannotRun where it cannot be pushed."""
        from zumik.git.remotes import require_pushable

        branch = self.branch or session.repository.branch
        if branch is None:
            raise CannotRun("HEAD is detached: there is no branch to push", hint="--branch NAME")
        return require_pushable(session.repository, branch, session.settings.live_ref)


def publish(
    session: Session,
    files: Sequence[NewBytes],
    message: str,
    options: PublishOptions,
    *,
    relies_on: Sequence[Path] = (),
    remove: Sequence[Path] = (),
    along: Sequence[Path] = (),
    answers: Sequence[AnswerChange] = (),
) -> Published:
    """Write and remove the files, and commit them and nothing else, as far as `options` say.

    `relies_on` are files that have to be committed before; `along` are files that a person edited,
    which the commit takes along as they are; `answers` are what the change makes each alias
    answer. Either all of it happens or nothing
    does; only a push may fail afterwards, and the value then says so; for a pull request only its
    opening. The first file is the one
    that decides whether the change is live. Raises CannotRun, and IntegrityError where a hook
    changed what was committed.
    """
    from zumik.transaction import commit

    taken = named(session, along) if options.commit else ()
    # Settings that cannot be read are reported here: afterwards it would be too late to stop.
    live_ref = session.settings.live_ref
    start = Published(live_ref=live_ref, along=taken, answers=tuple(answers))
    start = start._replace(bundle_job=_bundle_job(session))
    if options.dry_run:
        return start._replace(dry_run=True)
    options.require_possible(session)
    writer, change = session.writer, commit.WriteSet(files, remove, along if options.commit else ())
    assert writer is not None, "a command that publishes opened its session as a writer"
    if not options.commit:
        commit.write(writer, change)
        return _with_next_step(session, start)
    repository, branch = session.repository, options.branch
    if options.pull_request and branch is None:
        branch = branch_for(message, session.now())
    repository.require_committable(change.written, relies_on, on_new_branch=branch is not None)
    pushes = options.push and not options.pull_request
    remote = options.remote(session) if pushes else None
    was_detached = repository.branch is None
    made = commit.commit(
        writer,
        repository,
        change,
        message,
        branch=branch,
        verify=lambda: require_as_written(repository, "HEAD", files, "was committed"),
    )
    done = start._replace(commit=made, branch=branch, was_detached=was_detached)
    if options.pull_request:
        return _with_live(repository, files, proposed(session, done, message))
    if remote is not None:
        done = _pushed(repository, remote, done)
    return _with_next_step(session, _with_live(repository, files, done))


def _bundle_job(session: Session) -> str | None:
    """The job that publishes a bundle after each merge; None where none is in the repository."""
    repository = session.repository_or_none
    return None if repository is None else bundle_job_in(repository.root)


def _pushed(repository: Repository, remote: str, done: Published) -> Published:
    from zumik.git.remotes import PushFailed, push

    branch = done.branch or repository.branch or ""
    try:
        push(repository, remote, branch)
    except PushFailed as error:
        return done._replace(push_failed=error)
    return done._replace(pushed_to=f"{remote}/{branch}")


def _with_live(repository: Repository, files: Sequence[NewBytes], done: Published) -> Published:
    """The same, with whether `live_ref` has the change."""
    if done.live_ref is None:
        return done
    try:
        # Read before the files are looked for: where the ref is missing, that is what to say.
        known = repository.has_ref(done.live_ref)
        live = bool(files) and is_on_live_ref(
            repository, done.live_ref, files[0].path, files[0].data
        )
    except CannotRun as error:
        # The commit was made, and that must be reported even if git now fails.
        return done._replace(problem=error.message)
    return done._replace(live_ref_is_known=known, is_live=live)


def _with_next_step(session: Session, done: Published) -> Published:
    """The same, with the command that takes the change further, as it works when pasted."""
    done = done._replace(directory=session.as_typed(session.store.root))
    repository = session.repository_or_none
    if repository is None:
        return done._replace(by_pull_request=False)
    try:
        branch = done.branch or repository.branch
        if branch is None:
            return done
        return _on_branch(repository, branch, done)
    except CannotRun:
        # The change is made; without an answer of git there is only no next step to name.
        return done


def _on_branch(repository: Repository, branch: str, done: Published) -> Published:
    from zumik.git.remotes import pull_command, push_command, pushes_by_default, remote_of

    live_ref = done.live_ref
    try:
        remote, live_branch = remote_of(repository, live_ref)
    except CannotRun:
        return _without_remote(repository, branch, done)
    is_pull_request = live_ref is not None and branch != live_branch
    command = push_command(remote, branch)
    if done.branch is None and pushes_by_default(repository):
        command = "git push"
    pull = pull_command(repository, remote, branch) if done.branch is None else None
    # The remote rejects a push of a branch that lacks what it has.
    command = f"{pull} && {command}" if pull else command
    return done._replace(next_command=command, by_pull_request=is_pull_request)


def _without_remote(repository: Repository, branch: str, done: Published) -> Published:
    """There is nowhere to push to: a local merge makes it live, or a remote is missing."""
    from zumik.git.remotes import push_command
    from zumik.git.repository import HEADS

    live_ref, command = done.live_ref, None
    if live_ref is None or done.is_live:
        return done._replace(by_pull_request=False)
    if repository.parsed(f"{HEADS}{live_ref.removeprefix(HEADS)}") is not None:
        if branch != live_ref.removeprefix(HEADS):
            command = neutral(f"git switch {quote(live_ref)} && git merge {quote(branch)}")
        return done._replace(next_command=command, by_pull_request=False)
    remote, _, live_branch = live_ref.removeprefix("refs/remotes/").partition("/")
    command = f"git remote add {quote(neutral(remote))} URL && {push_command(remote, branch)}"
    return done._replace(next_command=command, by_pull_request=branch != live_branch)


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
                hint=f"exempt {neutral(repository.names([file.path.parent])[0])} from it, and "
                "run the command again",
            )


def is_on_live_ref(repository: Repository, live_ref: str, path: Path, data: bytes) -> bool:
    """Whether `live_ref` has exactly these bytes."""
    return repository.has_ref(live_ref) and repository.holds(live_ref, path, data)
