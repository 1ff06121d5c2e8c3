"""How far a change to a workspace has come: shown, written, committed, pushed, live.

A value only: `actions/publishing/publish` does it, and `reports/published_report` words it.
"""

from __future__ import annotations

from typing import NamedTuple

from zumik.errors import ZumikError


class AnswerChange(NamedTuple):
    """Who answers for an alias before a change lands and after; None where no model does."""

    alias: str
    before: str | None
    after: str | None


class PullRequest(NamedTuple):
    """The pull request for a branch that was pushed, into the branch `base`.

    `url` is its page where it is open, and else the page on which a person opens it; None where
    that is not known, and `said` is then what the remote said of the push. `problem` is why it
    could not be opened, where a program for it is there.
    """

    base: str
    url: str | None
    is_open: bool
    said: tuple[str, ...] = ()
    problem: ZumikError | None = None


class Published(NamedTuple):
    """How far one change has come, and the commands that take it further.

    `commit` is a short hash, None where the commit was left to the person. `branch` is the new
    branch that was made for it, from a detached HEAD where `was_detached`, and `pushed_to` where it
    was pushed, as in `origin/fix-prices`.

    `is_live` says whether `live_ref` has the change; it is None where no `live_ref` is set, and
    where git cannot say: `problem` is then why. `next_command` takes it further, None where nothing
    is left to do; `by_pull_request` says that a pull request has to follow. `directory` is the
    workspace, as a person types it from where they stand. `along` are the edited files that the
    commit took along.

    `pull_request` is there for a change that was made beside the checkout, from what is live; a
    dry run of one has the base alone. `answers` says who answers once it is live, for each alias
    that it touches. `bundle_job` is the job that publishes a bundle after each merge, where the
    repository has one.
    """

    dry_run: bool = False
    commit: str | None = None
    branch: str | None = None
    was_detached: bool = False
    pushed_to: str | None = None
    push_failed: ZumikError | None = None
    live_ref: str | None = None
    live_ref_is_known: bool = True
    is_live: bool | None = None
    problem: str | None = None
    next_command: str | None = None
    by_pull_request: bool = True
    directory: str = "releases"
    along: tuple[str, ...] = ()
    pull_request: PullRequest | None = None
    answers: tuple[AnswerChange, ...] = ()
    bundle_job: str | None = None

    def require_pushed(self) -> None:
        """Raises the error of a push, or of a pull request, that failed.

        It is called once all that was done is shown.
        """
        failed = self.push_failed or (self.pull_request and self.pull_request.problem)
        if failed is not None:
            raise failed
