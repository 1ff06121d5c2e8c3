"""Addresses: where each page is, for as long as what it shows exists.

An address is a path below the site's root, as `aliases/code.fast/`; the home page's is empty. One
that ends in `/` is a directory, whose page is its `index.html`. Model ids may have segments that a
path cannot have, or that are another file's name; those get a `~`, which no id has.
"""

from __future__ import annotations

import re

from zumik.core.basics.names import AliasName, Digest, ModelId, ReleaseId

HOME = ""
ALIASES = "aliases/"
MODELS = "models/"
RELEASES = "releases/"
MIX = "mix/"
LATEST = "releases/latest/"
SEARCH = "search.json"
ICON = "icon.svg"
STYLE = "style.css"
MISSING = "404.html"

ALIAS_PART = r"(?P<alias>[a-z0-9.-]+)"
RELEASE_PART = r"(?P<release>alr_[0-9_]+)"
MODEL_PART = r"(?P<model>[A-Za-z0-9._:/@+~-]+)"

_TAKEN = re.compile(r"|\.|\.\.|with|index\.html|.*\.json|.*[.~]")
"""Segments of a model id that would not be a directory of their own."""


def alias_address(alias: AliasName, release: ReleaseId | None = None) -> str:
    """The page of an alias: as it is live, or as a release has it."""
    return f"{ALIASES}{alias}/{release}/" if release else f"{ALIASES}{alias}/"


def model_address(model: ModelId) -> str:
    """The page of a model."""
    return f"{MODELS}{path_of(model)}/"


def release_address(release: ReleaseId) -> str:
    """The page of a release."""
    return f"{RELEASES}{release}/"


def compared_models_address(model: ModelId, other: ModelId) -> str:
    """The page that compares two models. The order of the two does not matter."""
    first, second = sorted((model, other))
    return f"compare/{path_of(first)}/with/{path_of(second)}/"


def compared_releases_address(before: ReleaseId, after: ReleaseId) -> str:
    """The page that compares a release with a later one."""
    return f"compare/releases/{before}/with/{after}/"


def mix_address(month: str) -> str:
    """The page of a month's traffic: `2026-10`."""
    return f"{MIX}{month}/"


def badge_address(alias: AliasName) -> str:
    """The badge of an alias."""
    return f"badges/{alias}.svg"


def data_address(page: str) -> str:
    """The JSON that has the same content as a page."""
    return f"data/{page.removesuffix('/') or 'home'}.json"


def bytes_address(release: ReleaseId, digest: Digest) -> str:
    """The bytes of a release."""
    return f"data/releases/{release}.{digest}.json"


def path_of(model: ModelId) -> str:
    """A model id as a path."""
    segments = model.split("/")
    return "/".join(f"{part}~" if _TAKEN.fullmatch(part) else part for part in segments)


def model_at(path: str) -> ModelId:
    """The model of a path that `path_of` made. Raises BadName."""
    return ModelId("/".join(part.removesuffix("~") for part in path.split("/")))


def to_root(address: str) -> str:
    """The way from a page to the root of the site, for relative links: `../../` or nothing."""
    return "../" * address.count("/")


def file_of(address: str) -> str:
    """The file of an address, below the site's directory."""
    return f"{address}index.html" if not address or address.endswith("/") else address
