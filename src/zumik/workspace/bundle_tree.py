"""A bundle as a workspace's files: its releases, live pointers and drains, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, LIVE, UNAVAILABLE
from zumik.core.live.bundle import MAX_BUNDLE_BYTES, Bundle, read_bundle
from zumik.core.live.drains import drains_to_bytes
from zumik.core.live.pointer import pointer_to_bytes
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store


def store_of_bundle(file: Path) -> Store:
    """The workspace that a bundle's file holds. Raises CannotRun and IntegrityError."""
    # A mounted file may be a link; the operator chose the path, so that following it is safe.
    target = Path(os.path.realpath(file))
    try:
        data = read_bounded(target, MAX_BUNDLE_BYTES)
    except ZumikError as error:
        raise CannotRun(error.message, hint="zumik bundle -o FILE makes one") from None
    return Store(target, BundleTree(file.name, read_bundle(data)))


class BundleTree:
    """The files of a bundle, each with the bytes that a workspace has of it."""

    def __init__(self, name: str, bundle: Bundle) -> None:
        self.name = name
        self._files = {
            **{f"{FROZEN}/{f.source.ref.file_name}": f.data for f in bundle.releases.values()},
            **{f"{LIVE}/{p.file_name}": pointer_to_bytes(p) for p in bundle.pointers.values()},
            UNAVAILABLE: drains_to_bytes(bundle.drains),
        }

    def entries(self, directory: str) -> Mapping[str, str]:
        """The files of a directory, by name."""
        places = (path.rpartition("/") for path in sorted(self._files))
        return {name: FILE for place, _, name in places if place == directory}

    def kind(self, path: str) -> str | None:
        """What is at a path: a file or a directory; None for nothing."""
        if path in self._files:
            return FILE
        return DIRECTORY if path in (FROZEN, LIVE) else None

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun."""
        found = self._files.get(path)
        if found is None:
            raise CannotRun(f"{path} is not in the bundle", hint="zumik bundle -o FILE makes one")
        return found

    def restore_command(self, path: str) -> str | None:
        """Nothing: a bundle is verified as a whole."""
        return None

    def is_committed(self, path: str) -> bool:
        """No: a bundle lies in no repository."""
        return False
