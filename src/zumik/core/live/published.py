"""How far a change to a workspace has come: shown, written, committed, pushed, live.

A value only: `actions/publish` does it, and `reports/published_report` words it.
"""

from __future__ import annotations

from typing import NamedTuple

from zumik.errors import ZumikError


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

    def require_pushed(self) -> None:
        """Raises the error of a push that failed; called once all that was done is shown."""
        if self.push_failed is not None:
            raise self.push_failed
