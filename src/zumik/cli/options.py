"""Options that several commands share, registered once, so that they read alike everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from zumik.actions.publishing.publish import PublishOptions

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")]
NoCommitOption = Annotated[bool, typer.Option("--no-commit", help="Leave the commit to you.")]
BranchOption = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Commit to a new branch, and switch to it."),
]
PushOption = Annotated[
    bool, typer.Option("--push", help="Push the branch too, so that a pull request can be opened.")
]
BundleOption = Annotated[
    Path | None,
    typer.Option("--bundle", metavar="FILE", help="Answer from a bundle; no workspace is needed."),
]
PullRequestOption = Annotated[
    bool,
    typer.Option(
        "--pr",
        help="Fetch, make the change from what is live now, push it and open the pull request; "
        "your checkout stays as it is.",
    ),
]


def shared_option(name: str, annotation: object, default: object) -> inspect.Parameter:
    """One of several options that make up one parameter of a command."""
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def takes_shared(
    into: str, options: Sequence[inspect.Parameter], value_of: Callable[..., object]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: the command takes these options, and gets `value_of` them as one parameter.

    Typer reads a command's options from its signature, so they take the place of the parameter
    `into` in the signature, and become its value in the call.
    """

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def registered(**given: Any) -> Any:
            value = value_of(**{option.name: given.pop(option.name) for option in options})
            return command(**{into: value}, **given)

        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command, eval_str=True).parameters.values():
            keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            parameters += options if parameter.name == into else (keyword,)
        registered.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        registered.__annotations__ = {item.name: item.annotation for item in parameters}
        return registered

    return decorated


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
