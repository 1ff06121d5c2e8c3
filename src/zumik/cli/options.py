"""Options that several commands share, registered once, so that they read alike everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and stop.")]
BundleOption = Annotated[
    Path | None,
    typer.Option("--bundle", metavar="FILE", help="Answer from a bundle; no workspace is needed."),
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
