"""Rules for the clone that a check runs in: what in it could show other bytes than everybody's."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.reviews.clone_settings import Place


def check_place(place: Place) -> Iterator[Finding]:
    """What zumik looks past and other tools in this clone do not."""
    if place.replaced:
        yield _found(
            "replace-refs",
            f"{place.replaced} objects are replaced in this clone; zumik reads the real ones",
            "git replace --delete takes one back; nobody else sees what git shows you here",
        )
    if place.grafted:
        yield _found(
            "grafts",
            "this clone has a grafts file; zumik reads the real history",
            "remove .git/info/grafts",
        )
    if place.autocrlf in ("true", "input"):
        yield _found(
            "autocrlf",
            f"core.autocrlf is {neutral(place.autocrlf)}: only releases/.gitattributes keeps line "
            "ends as they are",
            "git config core.autocrlf false",
        )


def check_interrupted(command: str) -> Finding:
    """A command that was killed, and is neither finished nor taken back."""
    return Finding(
        "interrupted",
        Severity.ERROR,
        f"{command} was interrupted before it was done",
        Location(".git"),
        "zumik recover finishes it, or takes it back",
    )


def _found(code: str, message: str, hint: str) -> Finding:
    return Finding(code, Severity.WARNING, message, Location(".git"), hint)
