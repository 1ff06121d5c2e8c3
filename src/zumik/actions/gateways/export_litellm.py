"""Exporting to LiteLLM: saved options, the file that is written, and the owner's own file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from zumik.core.basics.findings import Invalid
from zumik.core.basics.tree import MARKER
from zumik.errors import CannotRun
from zumik.workspace.settings import LitellmOptions

if TYPE_CHECKING:
    from zumik.actions.session import Session
    from zumik.yaml_text.editor import Edit

WRITTEN_BY = "Written by zumik export litellm"
"""How the first line of an exported file begins, after its `# `."""

_LONGEST_PATH = 1000


def merged_options(saved: LitellmOptions, given: LitellmOptions) -> LitellmOptions:
    """The options that are given, and those of the settings for all others."""
    return LitellmOptions(
        bundle=given.bundle or saved.bundle,
        output=given.output or saved.output,
        config=given.config or saved.config,
        providers={**saved.providers, **given.providers},
        api_bases={**saved.api_bases, **given.api_bases},
    )


def require_own_output(output: Path) -> None:
    """Raises CannotRun for a file that this command did not write."""
    try:
        with output.open("rb") as file:
            first = file.readline(200)
    except OSError:
        return
    if first.strip() and not first.startswith(f"# {WRITTEN_BY}".encode()):
        raise CannotRun(
            f"{output} was not written by this command, and is left as it is",
            hint=f"zumik export litellm --config {output} -o zumik-models.yaml",
        )


def edits_to_save(saved: LitellmOptions, options: LitellmOptions) -> list[Edit]:
    """The edits of the settings that save the options; none where they have them already.

    A path is saved only where it stays below this folder: else a branch could name any file.
    """
    edits: list[Edit] = []
    for name in ("bundle", "output", "config"):
        value = getattr(options, name)
        if value and value != getattr(saved, name) and _stays_below(value):
            edits.append((("litellm", name), value))
    for name in ("providers", "api_bases"):
        known = getattr(saved, name)
        edits += [
            (("litellm", name, key), value)
            for key, value in getattr(options, name).items()
            if known.get(key) != value
        ]
    return edits


def save_options(session: Session, edits: list[Edit]) -> None:
    """Make the edits in the settings; all else in the file stays as it is.

    Raises Invalid, EditRefused and CannotRun.
    """
    from zumik.actions.authoring.authored_edit import write_edited
    from zumik.transaction.file_plan import NewBytes
    from zumik.workspace.settings import MAX_SETTINGS_BYTES
    from zumik.yaml_text.editor import edit_yaml
    from zumik.yaml_text.reader import read_yaml
    from zumik.yaml_text.schema_check import check_shape

    root = session.store.root
    reading = read_yaml(
        f"{root.name}/{MARKER}", session.store.tree.read(MARKER, MAX_SETTINGS_BYTES)
    )
    if reading.document is None:
        raise Invalid(f"{MARKER} is not valid", reading.findings)
    if reading.document.value is None:
        raise CannotRun(f"{MARKER} is empty", hint="write required_version in it")
    text = edit_yaml(reading.document, edits)
    edited = read_yaml(reading.document.file, text.encode()).document
    assert edited is not None, "an edit is read again before it is returned"
    if findings := list(check_shape(edited, "settings")):
        raise Invalid("the options cannot be saved, and are in no file", findings)
    write_edited(session, [NewBytes(root / MARKER, text.encode())], dry_run=False)


def _stays_below(path: str) -> bool:
    pure = PurePosixPath(path)
    plain = path.isascii() and path.isprintable() and len(path) <= _LONGEST_PATH
    return plain and not pure.is_absolute() and ".." not in pure.parts
