"""Input files: which files of a workspace are read as policy and catalog, and which are not.

One spelling is read: `policy/NAME.yaml` and `catalog/NAME.yaml`, not in a folder below. Any other
file that looks like input is refused, because an alias or a model that is passed over in silence
changes winners. Files of frozen/, live/ and withdrawn/ are for `checks` to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import (
    DIRECTORY,
    EXECUTABLE,
    FILE,
    FROZEN,
    LEDGER,
    LIVE,
    MARKER,
    WITHDRAWN,
    Tree,
    entries_of,
)
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.errors import ZumikError
from zumik.rules.authoring_rules import UNREAD_FILE

POLICY, CATALOG = "policy", "catalog"
_SUFFIX = ".yaml"
_FOLDERS = (CATALOG, FROZEN, LIVE, POLICY, WITHDRAWN)
_KNOWN = (*_FOLDERS, ALLOWED_SIGNERS, LEDGER, MARKER)

# What the last suffix says of a file: that it is YAML, or JSON, which YAML can hold.
_INPUT = re.compile(r".*\.(ya?ml|json)", re.IGNORECASE)
_YAML = re.compile(r".*\.ya?ml", re.IGNORECASE)
# What editors, merges and patches leave beside a file; `.#name` is Emacs's lock, a dead link.
_LEFTOVER = re.compile(r".*(~|\.(orig|rej|bak|backup|old|sw[a-p]|tmp))|#.*#|\.#.*", re.IGNORECASE)
# What people and git keep in any directory; these are never taken for policy or catalog.
_DOCUMENTS = re.compile(
    r"(readme|licen[cs]e|codeowners|owners|notice)(\..*)?|.*\.md", re.IGNORECASE
)

_MAX_DEPTH = 8
_NO_LINKS = "no link is followed, because it could lead anywhere: put the file itself there"


class DirectoryEntry(NamedTuple):
    """An entry of a directory: its path in the workspace, its name and its kind."""

    path: str
    name: str
    kind: str


def input_files(tree: Tree, folder: str, new_names: NewNames) -> Iterator[str | Finding]:
    """The files of `policy/` or `catalog/` to read, and a finding for each that is not read."""
    kind = tree.kind(folder)
    if kind not in (None, DIRECTORY):
        yield _unread(tree, folder, f"{folder} is a {kind}, not a directory", "make it a directory")
        return
    for entry in _entries(tree, folder):
        if entry.kind in (FILE, EXECUTABLE) and _is_read(entry.name):
            yield entry.path
        else:
            yield from _judged(tree, entry, new_names)


def unknown_entries(tree: Tree, new_names: NewNames) -> Iterator[Finding]:
    """What lies in the workspace's own directory and is no part of a workspace.

    Where that is the top of a repository, which has other files too, only what looks like a
    misspelt part counts.
    """
    shared = tree.name == "." or tree.kind(".git") is not None
    for entry in _entries(tree, ""):
        close = _close(entry.name)
        if entry.name in _KNOWN or (shared and close is None):
            continue
        if _LEFTOVER.fullmatch(entry.name):
            yield from _judged(tree, entry, new_names)
        elif close is not None and not entry.name.startswith(".") and _holds_input(tree, entry):
            hint = f"did you mean {close}? Rename it, or move it out of {tree.name}/"
            yield _unread(tree, entry.path, "no part of a workspace has this name", hint)
        elif entry.kind == DIRECTORY and not entry.name.startswith("."):
            lesser = not any(_YAML.fullmatch(below.name) for below in _below(tree, entry))
            hint = f"policy is read from policy/, facts from catalog/; move it out of {tree.name}/"
            yield _unread(tree, entry.path, "a directory that is not read", hint, lesser=lesser)
        elif entry.kind != DIRECTORY:
            yield from _judged(tree, entry, new_names)


def _entries(tree: Tree, folder: str) -> Iterator[DirectoryEntry]:
    for name, kind in tree.entries(folder).items():
        yield DirectoryEntry(f"{folder}/{name}" if folder else name, name, kind)


def _below(tree: Tree, entry: DirectoryEntry, depth: int = _MAX_DEPTH) -> Iterator[DirectoryEntry]:
    """Every file below a directory, but what is in hidden directories or very deep."""
    if entry.kind != DIRECTORY:
        yield entry
    elif depth and not entry.name.startswith("."):
        try:
            inside = list(_entries(tree, entry.path))
        except ZumikError:
            inside = [DirectoryEntry(f"{entry.path}/?", "?", FILE)]
        for below in inside:
            yield from _below(tree, below, depth - 1)


def _holds_input(tree: Tree, entry: DirectoryEntry) -> bool:
    return any(not _is_quiet(below.name) for below in _below(tree, entry))


def _judged(tree: Tree, entry: DirectoryEntry, new_names: NewNames) -> Iterator[Finding]:
    """A finding for an entry that is not read, unless it plainly is no input."""
    path, name, kind = entry
    folder = path.rpartition("/")[0]
    hidden = name.startswith(".")
    if kind == DIRECTORY and _INPUT.fullmatch(name):
        yield _unread(tree, path, "a directory, which is not read", "put a file in its place")
    elif kind == DIRECTORY:
        yield from _in_folder(tree, entry, new_names)
    elif _LEFTOVER.fullmatch(name):
        message = "an editor or a merge left this file; it is not read"
        yield _unread(tree, path, message, "remove it", lesser=True)
    elif kind not in (FILE, EXECUTABLE):
        lesser = hidden or not (folder or _INPUT.fullmatch(name))
        hint = _NO_LINKS if kind == "symlink" else "put a file there, or remove it"
        yield _unread(tree, path, f"a {kind}, which is not read", hint, lesser=lesser)
    elif hidden and _YAML.fullmatch(name):
        message = "a hidden file, which is not read"
        hint = f"rename it to {new_names.name(path, folder or POLICY)} if it is input"
        yield _unread(tree, path, message, hint, lesser=True)
    elif _YAML.fullmatch(name) if not folder else _INPUT.fullmatch(name):
        message = f"only names that end in {_SUFFIX} are read, in lower case"
        if not folder:
            message = "policy and catalog are not read from here"
        hint = f"rename it to {new_names.name(path, folder or POLICY)}"
        hint += " or move it to catalog/" if not folder else ""
        yield _unread(tree, path, message, f"{hint}; or move it out of {tree.name}/")
    elif not _is_quiet(name):
        hint = f"move it out of {tree.name}/ if it does not belong here"
        yield _unread(tree, path, "a file that is not read", hint, lesser=True)


def _in_folder(tree: Tree, entry: DirectoryEntry, new_names: NewNames) -> Iterator[Finding]:
    """Folders below `policy/` and `catalog/` are refused, each file of YAML with its new place."""
    top = entry.path.split("/", 1)[0]
    others = False
    for path, name, _ in _below(tree, entry):
        if _INPUT.fullmatch(name) and not name.startswith("."):
            message = f"a file in a folder of {top}/, which is not read"
            yield _unread(tree, path, message, f"move it to {new_names.name(path, top)}")
        else:
            others = others or not _is_quiet(name)
    if others:
        hint = f"{top}/ has no folders: move the files up, or out of {tree.name}/"
        yield _unread(tree, entry.path, "a folder that is not read", hint, lesser=True)


def _is_read(name: str) -> bool:
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _is_quiet(name: str) -> bool:
    """Whether a file of this name is plainly not meant to be read."""
    if _DOCUMENTS.fullmatch(name):
        return True
    return name.startswith(".") and not _INPUT.fullmatch(name) and not _LEFTOVER.fullmatch(name)


def _close(name: str) -> str | None:
    """The part of a workspace that a name was most likely meant to be; None for none."""
    from difflib import get_close_matches

    stem = name.casefold()
    same = {known.casefold(): known for known in _KNOWN} | {"zumik.yml": MARKER}
    if stem in same:
        return same[stem]
    close = get_close_matches(stem, same, n=1, cutoff=0.75)
    return same[close[0]] if close else None


@dataclass
class NewNames:
    """Names for files that are not read, where they would be: none is taken, and none given twice.

    A person who moves a file to its name then overwrites nothing.
    """

    tree: Tree
    given: set[str] = field(default_factory=set)

    def name(self, path: str, folder: str) -> str:
        """A name for the file at a path, in `policy/` or `catalog/`; below it, with its folders."""
        inside = path.removeprefix(f"{folder}/")
        *above, last = (part.lstrip(".") for part in inside.split("/"))
        stem = "-".join([*above, re.sub(r"\.(ya?ml|json)$", "", last, flags=re.IGNORECASE)])
        # Some file systems take Code.yaml and code.yaml for one file.
        there = {f"{folder}/{name}".casefold() for name in entries_of(self.tree, folder)}
        taken = (there - {path.casefold()}) | self.given
        free, number = f"{folder}/{stem}{_SUFFIX}", 2
        while free.casefold() in taken:
            free, number = f"{folder}/{stem}-{number}{_SUFFIX}", number + 1
        self.given.add(free.casefold())
        return neutral(f"{self.tree.name}/{free}")


def _unread(tree: Tree, path: str, message: str, hint: str, *, lesser: bool = False) -> Finding:
    return UNREAD_FILE.at(neutral(f"{tree.name}/{path}"), message, hint, lesser=lesser)
