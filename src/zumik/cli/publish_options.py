"""Options of the commands that publish: what becomes of a change once it is made."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.publishing.publish import PublishOptions
from zumik.cli.options import DryRunOption, shared_option, takes_shared

NoCommitOption = Annotated[bool, typer.Option("--no-commit", help="Leave the commit to you.")]
BranchOption = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit to a new branch, and switch to it."),
]
PushOption = Annotated[
    bool, typer.Option("--push", help="Push the branch too, so that a pull request can be opened.")
]
PullRequestOption = Annotated[
    bool,
    typer.Option(
        "--pr",
        help="Fetch, make the change from what is live now, push it and open the pull request; "
        "your checkout stays as it is.",
    ),
]


def _publish_options(
    *, dry_run: bool, no_commit: bool, branch: str | None, push: bool, pr: bool = False
) -> PublishOptions:
    return PublishOptions(not no_commit, branch, push, dry_run, pr)


_PUBLISH = (
    shared_option("dry_run", DryRunOption, default=False),
    shared_option("no_commit", NoCommitOption, default=False),
    shared_option("branch", BranchOption, default=None),
    shared_option("push", PushOption, default=False),
)

publishes = takes_shared("options", _PUBLISH, _publish_options)
"""A command that takes --dry-run, --no-commit, --branch and --push as its `options`."""

proposes = takes_shared(
    "options",
    (shared_option("pr", PullRequestOption, default=False), *_PUBLISH),
    _publish_options,
)
"""A command that moves what is live: it takes --pr too."""
