"""A snapshot: the files of a workspace that checks look at, wherever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """One directory entry: `kind` is file, symlink, directory or other; `data` only of a file."""

    kind: str
    data: bytes = b""


class Snapshot(NamedTuple):
    """What lies in `frozen/` and `live/`, and the ledger; names are relative to each."""

    frozen: Mapping[str, Entry]
    live: Mapping[str, Entry]
    ledger: Entry | None
