"""Rules for the clone that a check runs in: what makes it show other bytes than other clones."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.reviews.clone_settings import CloneSettings
from zumik.rules.clone_rules import AUTOCRLF, GRAFTS, INTERRUPTED, REPLACE_REFS

_GIT = ".git"
"""Where the findings point: none of these settings is in a file of the workspace."""


def check_clone(settings: CloneSettings) -> Iterator[Finding]:
    """Settings that zumik ignores and that other tools in this clone obey."""
    if settings.replaced:
        yield REPLACE_REFS.at(
            _GIT,
            f"{settings.replaced} objects are replaced in this clone; zumik reads the real ones",
            "git replace -l lists them; remove each with its name; no other clone has them",
        )
    if settings.grafted:
        yield GRAFTS.at(
            _GIT,
            "this clone has a grafts file; zumik reads the real history",
            "remove .git/info/grafts",
        )
    if settings.autocrlf in ("true", "input"):
        yield AUTOCRLF.at(
            _GIT,
            f"core.autocrlf is {neutral(settings.autocrlf)}: only releases/.gitattributes keeps "
            "line ends as they are",
            "git config core.autocrlf false",
        )


def check_interrupted(command: str | None) -> Iterator[Finding]:
    """A command that was killed, and whose changes are neither complete nor undone."""
    if command is not None:
        yield INTERRUPTED.at(
            _GIT,
            f"{command} was interrupted before it was done",
            "zumik recover finishes it, or undoes it",
        )
