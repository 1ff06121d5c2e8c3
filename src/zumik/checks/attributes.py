"""Rules for git attributes: no checkout, archive or merge may change a byte of a workspace."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from unicodedata import category, normalize

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, LEDGER
from zumik.rules.integrity_rules import ATTRIBUTES_CHANGE_BYTES

ATTRIBUTES = ".gitattributes"
_PLAIN = ("100644", "100755")

_OFF = frozenset({"unset", "unspecified"})
_ALWAYS = {
    "filter": _OFF,
    "ident": _OFF,
    "export-subst": _OFF,
    "export-ignore": _OFF,
    "working-tree-encoding": _OFF,
}
_FROZEN = {"text": frozenset({"unset"}), **_ALWAYS, "merge": frozenset({"binary", "unset"})}
# The built-in merge makes two branches that both add a release conflict, and that is wanted.
_MERGED = frozenset({"unspecified", "set", "unset", "text", "binary"})
_LEDGER = {"text": frozenset({"unset"}), **_ALWAYS, "merge": _MERGED}
_TEXT = {**_ALWAYS, "merge": _MERGED}

_HINT = (
    "give releases/.gitattributes the lines that a new workspace has, and remove this attribute "
    "from every other attributes file that covers releases/"
)


def check_attributes(attributes: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """What git would do to the files of a workspace, by path and attribute; one finding a rule.

    Many files that one line of attributes changes make one finding.
    """
    affected: dict[tuple[str, str], list[str]] = {}
    for path, found in attributes.items():
        for attribute, allowed in _rules(path).items():
            value = found.get(attribute, "unspecified")
            if value not in allowed:
                affected.setdefault((attribute, value), []).append(path)
        if not path.startswith(FROZEN) and path != LEDGER and _line_ends_vary(found):
            affected.setdefault(("eol", found.get("eol", "unspecified")), []).append(path)
    for (attribute, value), paths in affected.items():
        others = f" and of {len(paths) - 1} more" if len(paths) > 1 else ""
        yield ATTRIBUTES_CHANGE_BYTES.at(
            neutral(paths[0]),
            f"git may change the bytes of this file{others}: {attribute} is {neutral(value)}",
            _HINT,
        )


def is_attributes_file(name: str) -> bool:
    """Whether some file system takes a name for that of an attributes file."""
    visible = "".join(letter for letter in name if category(letter) != "Cf")
    return normalize("NFC", visible).casefold() == ATTRIBUTES


def check_attributes_file(path: str, mode: str, start: bytes) -> Iterator[Finding]:
    """An attributes file that git reads in one clone, and not or otherwise in another.

    `path` is the repository's, and `start` its first bytes.
    """
    why = None
    if path.rpartition("/")[2] != ATTRIBUTES:
        why = f"is {ATTRIBUTES} where a file system ignores upper and lower case"
    elif mode not in _PLAIN:
        why = "is no plain file, which git reads from the index and not from a work tree"
    elif start.startswith(BOM_UTF8):
        why = "begins with a byte order mark, so that git reads its first line in a work tree alone"
    if why is not None:
        yield ATTRIBUTES_CHANGE_BYTES.at(
            ATTRIBUTES,
            f"git may change bytes in one clone and not in another: {neutral(path)} {why}",
            f"remove it, or make it a plain file called {ATTRIBUTES} without a byte order mark",
        )


def _rules(path: str) -> Mapping[str, frozenset[str]]:
    if path.startswith(f"{FROZEN}/"):
        return _FROZEN
    return _LEDGER if path == LEDGER else _TEXT


def _line_ends_vary(found: Mapping[str, str]) -> bool:
    return found.get("text") != "unset" and found.get("eol") != "lf"
