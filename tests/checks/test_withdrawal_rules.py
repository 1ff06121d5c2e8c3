"""The rules for withdrawn releases: each code, from a workspace that is otherwise in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.checks.test_integrity_rules import LATER, NOW, Workspace, no_schema
from tests.core.builders import CODE_FAST, MemoryTree, but

from zumik.checks.all_history import judge_history
from zumik.checks.allowed_changes import check_branch_changes
from zumik.checks.release_chain import SchemaCheck, Scope
from zumik.core.basics.findings import Finding, Severity
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.tree import DIRECTORY
from zumik.core.live.pointer import pointer_to_bytes
from zumik.core.releases.release import MAX_TEXT
from zumik.core.releases.withdrawal import Withdrawal, withdrawal_to_bytes
from zumik.core.reviews.branch_changes import BranchChanges, BranchStep, FileChange, GitFile

WORKSPACE = Workspace()
FIRST, SECOND, NEWEST = (source.ref for source in WORKSPACE.sources)
MARK = Withdrawal(SECOND, "wrong price", NOW)
PATH = f"withdrawn/{MARK.file_name}"
SECRET = "ask with sk-" + "a1B2" * 8


def tree(files: dict[str, bytes], kinds: dict[str, str] | None = None) -> MemoryTree:
    base = WORKSPACE.tree()
    return MemoryTree({**base.files, **files}, {"withdrawn": DIRECTORY} | (kinds or {}))


def findings(
    files: dict[str, bytes],
    kinds: dict[str, str] | None = None,
    schema: SchemaCheck = no_schema,
    landed: frozenset[str] = frozenset(),
    unchanged: frozenset[str] = frozenset(),
) -> list[Finding]:
    scope = Scope(schema, LATER, landed=landed, unchanged=unchanged)
    return judge_history(tree(files, kinds), scope).findings


def codes(mark: Withdrawal, path: str = PATH) -> list[str]:
    return [item.code for item in findings({path: withdrawal_to_bytes(mark)})]


def test_a_withdrawal_of_a_release_without_live_pointers_has_no_findings() -> None:
    assert codes(MARK) == []


def test_a_live_pointer_to_a_withdrawn_release_is_found() -> None:
    mark = but(MARK, target=NEWEST)
    (found,) = findings({f"withdrawn/{mark.file_name}": withdrawal_to_bytes(mark)})
    assert (found.code, found.severity) == ("pointer-to-withdrawn", Severity.ERROR)
    assert found.location.file == "live/code.fast.json"
    assert "code.fast points to alr_2026_06_11_001, which is withdrawn: 'wrong price'" in str(found)


def test_a_retired_alias_may_name_a_withdrawn_release() -> None:
    mark = but(MARK, target=NEWEST)
    retired = but(WORKSPACE.pointer(NEWEST), kind="retire")
    files = {
        f"withdrawn/{mark.file_name}": withdrawal_to_bytes(mark),
        f"live/{CODE_FAST}.json": pointer_to_bytes(retired),
    }
    assert findings(files) == []


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda data: data[:-3], "not JSON"),
        (lambda data: data.replace(b"  ", b"\t"), "the bytes are not the canonical ones"),
        (lambda data: data.replace(b'"reason"', b'"because"'), "missing 'reason'"),
        (lambda data: data + b" " * 2**17, "more than"),
    ],
)
def test_a_malformed_withdrawal_is_found(spoil: Callable[[bytes], bytes], message: str) -> None:
    (found,) = findings({PATH: spoil(withdrawal_to_bytes(MARK))})
    assert (found.code, found.location.file) == ("malformed-withdrawal", PATH)
    assert message in found.message


@pytest.mark.parametrize("name", ["alr_2026_06_09_001.json", "notes.txt", "ALR_2026_06_10_001"])
def test_a_withdrawal_under_another_name_is_found(name: str) -> None:
    assert codes(MARK, f"withdrawn/{name}") == ["malformed-withdrawal"]


def test_schema_faults_are_findings() -> None:
    found = findings(
        {PATH: withdrawal_to_bytes(MARK)},
        schema=lambda schema, data: iter(["no"] if schema == "withdrawal" else []),
    )
    assert [(item.code, item.message) for item in found] == [("malformed-withdrawal", "no")]


@pytest.mark.parametrize("kind", ["symlink", "directory", "executable", "submodule"])
def test_an_entry_that_is_not_a_file_is_found(kind: str) -> None:
    assert [item.code for item in findings({}, {PATH: kind})] == ["foreign-entry"]


def test_a_file_in_place_of_the_withdrawn_directory_is_found() -> None:
    (found,) = findings({}, {"withdrawn": "symlink"})
    assert (found.code, found.location.file) == ("foreign-entry", "withdrawn")


def test_withdrawals_whose_names_differ_only_in_case_are_found() -> None:
    data = withdrawal_to_bytes(MARK)
    found = findings({PATH: data, PATH.replace("/alr", "/ALR"): data})
    assert [item.code for item in found] == ["malformed-withdrawal", "case-collision"]


def test_a_withdrawal_of_a_missing_release_is_found() -> None:
    gone = but(SECOND, id=ReleaseId("alr_2030_01_01_001"))
    other = but(SECOND, sha256=Digest("0" * 64))
    assert codes(but(MARK, target=gone), f"withdrawn/{gone.id}.json") == ["withdrawal-of-nothing"]
    assert codes(but(MARK, target=other)) == ["withdrawal-of-nothing"]


SAID = [
    (but(MARK, reason=SECRET), "secret-in-text"),
    (but(MARK, reason="x" * (MAX_TEXT + 1)), "text-too-long"),
    (but(MARK, withdrawn_at=LATER + timedelta(hours=1)), "created-in-the-future"),
]


@pytest.mark.parametrize(("mark", "code"), SAID)
def test_a_secret_in_the_reason_is_found(mark: Withdrawal, code: str) -> None:
    (found,) = findings({PATH: withdrawal_to_bytes(mark)})
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert "a1B2" not in found.message


@pytest.mark.parametrize("how", ["landed", "unchanged"])
@pytest.mark.parametrize(("mark", "code"), SAID)
def test_faults_of_a_landed_withdrawal_are_warnings(mark: Withdrawal, code: str, how: str) -> None:
    landed = frozenset({mark.file_name})
    (found,) = findings({PATH: withdrawal_to_bytes(mark)}, **{how: landed})  # type: ignore[arg-type]
    assert (found.code, found.severity) == (code, Severity.WARNING)


def test_a_long_reason_and_a_clock_slightly_ahead_have_no_findings() -> None:
    assert codes(but(MARK, reason="x" * MAX_TEXT)) == []
    assert codes(but(MARK, withdrawn_at=LATER + timedelta(minutes=9))) == []


# What a branch does


def changed(
    before: bytes | None, after: bytes | None, path: str = PATH, *, step: bool = False
) -> list[str]:
    """What is told of a branch that makes one file another, or does so for a while."""
    sides = [tree({path: data} if data is not None else {}) for data in (before, after)]
    files = [None if data is None else GitFile("100644", data.hex()) for data in (before, after)]
    change = FileChange(path, files[0], files[1])
    what = BranchChanges(
        base=sides[0],
        merged=sides[0] if step else sides[1],
        before={path: files[0]} if files[0] else {},
        after={},
        changes=() if step else (change,),
        steps=(BranchStep("0123456789abcdef", change),),
    )
    return [f"{item.code}: {item.message}" for item in check_branch_changes(what)]


GOOD, OTHER = withdrawal_to_bytes(MARK), withdrawal_to_bytes(but(MARK, reason="another"))


def test_a_withdrawal_may_be_added() -> None:
    assert changed(None, GOOD) == []


@pytest.mark.parametrize(("after", "word"), [(None, "removed"), (OTHER, "changed"), (b"", "chan")])
def test_a_landed_withdrawal_may_not_be_removed_or_changed(after: bytes | None, word: str) -> None:
    (found,) = changed(GOOD, after)
    assert found.startswith(f"withdrawal-changed: a withdrawal that landed was {word}")


def test_a_withdrawal_removed_and_restored_is_found() -> None:
    (found,) = changed(GOOD, None, step=True)
    assert found == (
        "withdrawal-changed: 0123456789 changed a withdrawal that landed, and a later commit "
        "undid it"
    )


@pytest.mark.parametrize(
    ("before", "path"),
    [
        (b"{}", PATH),
        (GOOD, "withdrawn/alr_2026_06_09_001.json"),
        (withdrawal_to_bytes(but(MARK, target=but(SECOND, sha256=Digest("0" * 64)))), PATH),
    ],
)
def test_a_malformed_withdrawal_may_be_mended(before: bytes, path: str) -> None:
    assert changed(before, None, path) == []
    assert changed(before, GOOD, path) == []
    assert changed(before, GOOD, path, step=True) == []
