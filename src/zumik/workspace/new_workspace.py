"""A new workspace: the files that `zumik init` writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from zumik.core.basics.tree import MARKER
from zumik.core.reviews.team_policy import TeamAlias
from zumik.errors import CannotRun
from zumik.resources import example_files, schema_bytes, schema_names
from zumik.transaction.file_plan import NewBytes
from zumik.workspace.store import BESIDE, DIRECTORY
from zumik.workspace.team_files import team_files

SCHEMAS = ".schemas"
"""Copies of the schemas, so that an editor completes and checks without a network."""

ATTRIBUTES = b"""\
# The last match wins. A release is named by the hash of its bytes, so no checkout, archive or
# merge driver may change one.
*.yaml text eol=lf
*.json text eol=lf
frozen/** -text -filter -ident -export-subst -export-ignore -working-tree-encoding
frozen/** merge=binary linguist-generated
SHA256SUMS -text -filter -ident -export-subst -export-ignore -working-tree-encoding
"""

LIVE_REF = "origin/main"
"""What new settings name where git does not say which branch the remote has."""

_EMPTY = {
    "zumik.yaml": """\
# yaml-language-server: $schema=.schemas/settings.schema.json
# Marks this directory as a zumik workspace.
live_ref: origin/main
""",
    "catalog/metrics.yaml": """\
# yaml-language-server: $schema=../.schemas/metrics.schema.json
# What each metric is: unit, direction, range, version, source and licence.
metrics: {}
""",
    "policy/aliases.yaml": """\
# yaml-language-server: $schema=../.schemas/policy.schema.json
# What the stable words mean, and how each alias chooses.
measures: {}
aliases: {}
""",
}


def free_place(directory: Path, elsewhere: str) -> Path:
    """Where a workspace is made: in `releases`, and beside it where that holds something else.

    `elsewhere` is the command that makes it in another directory. Raises CannotRun where there is a
    workspace already, or where both names are taken.
    """
    places = [directory / name for name in (DIRECTORY, BESIDE)]
    for taken in (*places, directory):
        if (taken / MARKER).exists():
            raise CannotRun(
                f"{taken} is a workspace already", hint="zumik status shows what is in it"
            )
    for place in places:
        if not os.path.lexists(place) or (place.is_dir() and not any(place.iterdir())):
            return place
    raise CannotRun(
        f"{places[0]} and {BESIDE} exist, and neither is a workspace of zumik",
        hint=f"make the workspace beside them: {elsewhere}",
    )


def new_workspace(
    directory: Path,
    *,
    empty: bool,
    live_ref: str = LIVE_REF,
    providers: Sequence[str] = (),
    team: Sequence[TeamAlias] = (),
    elsewhere: str = "zumik init ANOTHER_DIRECTORY",
) -> list[NewBytes]:
    """The files of a workspace in a directory: the example's policy and catalog, or an empty one's.

    `live_ref` is the branch of the remote that counts. With `providers` the example is kept to
    their models, and `team` says how each alias then chooses. `elsewhere` is the command for a
    person where the place is taken. Raises CannotRun there.
    """
    root = free_place(directory, elsewhere)
    files = {name: text.encode() for name, text in _EMPTY.items()}
    if not empty:
        example = team_files(example_files(), team, providers) if providers else example_files()
        files = {name: _rebased(data) for name, data in example.items()}
    settings = f"live_ref: {LIVE_REF}".encode()
    assert settings in files[MARKER], "the settings of a new workspace name the live ref"
    files[MARKER] = files[MARKER].replace(settings, f"live_ref: {live_ref}".encode())
    files[".gitattributes"] = ATTRIBUTES
    files |= {f"{SCHEMAS}/{name}.schema.json": schema_bytes(name) for name in schema_names()}
    return [NewBytes(root / name, data, must_be_new=True) for name, data in sorted(files.items())]


def _rebased(data: bytes) -> bytes:
    """An example file whose editor line points to the copies of the schemas beside it."""
    return data.replace(b"$schema=../../schemas/", b"$schema=../.schemas/").replace(
        b"$schema=../schemas/", b"$schema=.schemas/"
    )
