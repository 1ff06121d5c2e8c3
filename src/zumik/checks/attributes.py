"""Rules for git attributes: no checkout, archive or merge may change a byte of a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, LEDGER
from zumik.rules.integrity_rules import ATTRIBUTES_CHANGE_BYTES

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


def _rules(path: str) -> Mapping[str, frozenset[str]]:
    if path.startswith(f"{FROZEN}/"):
        return _FROZEN
    return _LEDGER if path == LEDGER else _TEXT


def _line_ends_vary(found: Mapping[str, str]) -> bool:
    return found.get("text") != "unset" and found.get("eol") != "lf"
