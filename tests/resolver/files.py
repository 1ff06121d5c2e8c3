"""Bundles as files, and resolvers of them."""

from __future__ import annotations

from pathlib import Path

from zumik import Resolver
from zumik.core.live.bundle import Bundle, bundle_to_bytes


def put(path: Path, bundle: Bundle) -> None:
    """A bundle in the place of another, in one step."""
    beside = path.with_suffix(".new")
    beside.write_bytes(bundle_to_bytes(bundle))
    beside.replace(path)


def resolver_of(path: Path, bundle: Bundle, *, check_every: float = 1e9) -> Resolver:
    """A resolver of a file with this bundle, which looks at it only when it is told to."""
    put(path, bundle)
    return Resolver.from_bundle(path, check_every=check_every)
