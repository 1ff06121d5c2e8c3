"""Rules for all history, always: everything that was released, and everything that is live."""

from __future__ import annotations

from collections import defaultdict
from unicodedata import normalize

from zumik.checks.drain_list import check_drains
from zumik.checks.frozen_files import check_frozen
from zumik.checks.ledger_lines import check_ledger
from zumik.checks.live_pointers import check_pointers
from zumik.checks.release_chain import Line, Scope
from zumik.checks.withdrawal_marks import check_withdrawals
from zumik.core.basics.display import neutral
from zumik.core.basics.tree import FILE, FROZEN, LIVE, MARKER, WITHDRAWN, Tree
from zumik.core.live.pointer import Pointer
from zumik.core.releases.signature import ALLOWED_SIGNERS

BYTES_CODES = frozenset(
    {
        "digest-mismatch",
        "foreign-entry",
        "ledger-gap",
        "ledger-mismatch",
        "lfs-pointer",
        "not-a-release-file",
    }
)
"""Findings that say that bytes are not what vouches for them."""


def check_released(tree: Tree, scope: Scope) -> tuple[Line, list[Pointer]]:
    """The line of releases with all that was found, and the pointers that could be read."""
    line = Line(tree, scope)
    check_frozen(line)
    check_ledger(line)
    pointers = check_pointers(line)
    check_withdrawals(line, pointers)
    check_drains(line, pointers)
    _check_written(line)
    _check_cases(line)
    return line, pointers


def _check_written(line: Line) -> None:
    """What people write is read as it lies there: by everybody the same, or not at all."""
    paths = [MARKER, ALLOWED_SIGNERS]
    for directory in ("catalog", "policy"):
        names = line.tree.entries(directory)
        paths += [f"{directory}/{name}" for name in names if name.endswith(".yaml")]
    for path in paths:
        kind = line.tree.kind(path)
        if kind not in (None, FILE):
            line.foreign(str(kind), neutral(path))


def _check_cases(line: Line) -> None:
    """Names that are one on a file system that does not tell upper from lower case."""
    for directory in ("", "catalog", FROZEN, LIVE, "policy", WITHDRAWN):
        alike = defaultdict(list)
        for name in line.tree.entries(directory):
            alike[normalize("NFC", name).casefold()].append(name)
        for first, *others in alike.values():
            for other in others:
                line.found(
                    "case-collision",
                    f"{other!a} and {first!a} are one name on some file systems",
                    "/".join(part for part in (directory, neutral(other)) if part),
                    "rename one of them",
                )
