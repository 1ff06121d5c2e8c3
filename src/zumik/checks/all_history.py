"""Rules for all history, always: everything that was released, and everything that is live."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple
from unicodedata import normalize

from zumik.checks.drain_list import check_drains
from zumik.checks.frozen_files import check_frozen
from zumik.checks.ledger_lines import check_ledger
from zumik.checks.live_pointers import check_pointers
from zumik.checks.release_chain import ReleaseChain, Scope, foreign_entry
from zumik.checks.withdrawal_marks import check_withdrawals
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, collected
from zumik.core.basics.tree import (
    DIRECTORY,
    FILE,
    FROZEN,
    LIVE,
    MARKER,
    WITHDRAWN,
    Tree,
    entries_of,
)
from zumik.core.live.pointer import Pointer
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.rules.integrity_rules import (
    CASE_COLLISION,
    DIGEST_MISMATCH,
    FOREIGN_ENTRY,
    LEDGER_GAP,
    LEDGER_MISMATCH,
    LFS_POINTER,
    MALFORMED_RELEASE,
    NEWER_FORMAT,
    NOT_A_RELEASE_FILE,
)

_BYTES_CODES = frozenset(
    rule.code
    for rule in (
        DIGEST_MISMATCH,
        FOREIGN_ENTRY,
        LEDGER_GAP,
        LEDGER_MISMATCH,
        LFS_POINTER,
        NOT_A_RELEASE_FILE,
    )
)


_UNREAD_CODES = (NEWER_FORMAT.code, MALFORMED_RELEASE.code)


class JudgedHistory(NamedTuple):
    """The chain of releases, the pointers that could be read, and everything that was found."""

    chain: ReleaseChain
    pointers: list[Pointer]
    findings: list[Finding]


def judge_history(tree: Tree, scope: Scope) -> JudgedHistory:
    """Check everything that was released, and keep what was read for the checks that follow."""
    (chain, pointers), findings = collected(_check_history(tree, scope))
    return JudgedHistory(chain, pointers, list(_each_newer_once(findings)))


def _each_newer_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; that this zumik is too old for a release is said once, however many name it.

    The first is kept: it is of the release itself.
    """
    said = set[str]()
    for finding in findings:
        if finding.code in _UNREAD_CODES:
            if finding.location.file in said:
                continue
            said.add(finding.location.file)
        yield finding


def are_bytes_wrong(finding: Finding) -> bool:
    """Whether a finding says that bytes are not those that a name or the ledger promises."""
    return finding.code in _BYTES_CODES


def _check_history(
    tree: Tree, scope: Scope
) -> Generator[Finding, None, tuple[ReleaseChain, list[Pointer]]]:
    chain = yield from check_frozen(tree, scope)
    yield from check_ledger(chain)
    pointers = yield from check_pointers(chain)
    yield from check_withdrawals(chain, pointers)
    yield from check_drains(chain, pointers)
    yield from _check_authored(tree)
    yield from _check_cases(tree)
    return chain, pointers


def _check_authored(tree: Tree) -> Iterator[Finding]:
    """Settings, signers, policy and catalog are plain files: a link can differ between clones."""
    paths = [MARKER, ALLOWED_SIGNERS]
    for directory in ("catalog", "policy"):
        kind = tree.kind(directory)
        if kind not in (None, DIRECTORY):
            yield foreign_entry(tree, str(kind), directory, DIRECTORY)
        names = entries_of(tree, directory)
        paths += [f"{directory}/{name}" for name in names if name.endswith(".yaml")]
    for path in paths:
        kind = tree.kind(path)
        if kind not in (None, FILE):
            yield foreign_entry(tree, str(kind), path)


def _check_cases(tree: Tree) -> Iterator[Finding]:
    """Names that are the same on a file system that ignores upper and lower case."""
    for directory in ("", "catalog", FROZEN, LIVE, "policy", WITHDRAWN):
        alike = defaultdict(list)
        for name in entries_of(tree, directory):
            alike[normalize("NFC", name).casefold()].append(name)
        for first, *others in alike.values():
            for other in others:
                yield same_names(first, other, f"{directory}/{other}" if directory else other)


def same_names(first: str, other: str, path: str) -> Finding:
    """Two names of which a file system that ignores case keeps only one."""
    message = f"{other!a} and {first!a} are the same name on some file systems"
    return CASE_COLLISION.at(neutral(path), message, "rename one of them")
