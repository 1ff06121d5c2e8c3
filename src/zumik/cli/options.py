"""Options that several commands share, registered once, so that they read alike everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from zumik.actions.publish import PublishOptions

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")]
NoCommitOption = Annotated[bool, typer.Option("--no-commit", help="Leave the commit to you.")]
BranchOption = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit to a new branch, and switch to it."),
]
PushOption = Annotated[
    bool, typer.Option("--push", help="Push the branch too, so that a pull request can be opened.")
]

_SHARED = (
    inspect.Parameter(
        "dry_run", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=DryRunOption
    ),
    inspect.Parameter(
        "no_commit", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=NoCommitOption
    ),
    inspect.Parameter(
        "branch", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=BranchOption
    ),
    inspect.Parameter("push", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=PushOption),
)


def publishes(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes --dry-run, --no-commit, --branch and --push.

    It has a parameter `options: PublishOptions`. Typer reads a command's options from its
    signature, so the four take the place of that parameter in the signature, and become its value
    in the call.
    """

    @wraps(command)
    def registered(
        *, dry_run: bool, no_commit: bool, branch: str | None, push: bool, **others: Any
    ) -> None:
        options = PublishOptions(not no_commit, branch, push, dry_run)
        command(options=options, **others)

    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += _SHARED if parameter.name == "options" else (keyword,)
    registered.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    registered.__annotations__ = {item.name: item.annotation for item in parameters}
    return registered
