"""The rules for the list of drains: each code, from a workspace that is otherwise in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.checks.test_integrity_rules import LATER, Workspace, no_schema
from tests.core.builders import CODE_FAST, MemoryTree, but

from zumik.checks.all_history import judge_history
from zumik.checks.allowed_changes import check_branch_changes
from zumik.checks.release_chain import SchemaCheck, Scope
from zumik.core.basics.findings import Finding, Severity
from zumik.core.basics.names import Digest
from zumik.core.basics.tree import UNAVAILABLE
from zumik.core.decisions.drained_decision import with_drain
from zumik.core.live.drains import LONGEST, MAX_DRAINS, Drain, Drains, drains_to_bytes
from zumik.core.live.pointer import pointer_to_bytes
from zumik.core.releases.release import MAX_TEXT, ReleaseRef
from zumik.core.reviews.branch_changes import BranchChanges, BranchStep, FileChange, GitFile

WORKSPACE = Workspace()
NEWEST = WORKSPACE.sources[-1].ref
SECRET = "ask with sk-" + "a1B2" * 8
HOUR = timedelta(hours=1)


def drain(
    models: str = "acme/a",
    since: datetime = LATER - HOUR,
    until: datetime = LATER + HOUR,
    reason: str = "INC-42",
) -> Drain:
    return Drain(models, since, until, reason)


def listed(*drains: Drain, generation: int = 3) -> bytes:
    return drains_to_bytes(Drains(generation, drains))


def tree(data: bytes | None, kinds: dict[str, str] | None = None, **live: bytes) -> MemoryTree:
    files = {**WORKSPACE.tree().files, **{f"live/{k}.json": v for k, v in live.items()}}
    return MemoryTree(files if data is None else {**files, UNAVAILABLE: data}, kinds or {})


def findings(
    data: bytes | None,
    kinds: dict[str, str] | None = None,
    schema: SchemaCheck = no_schema,
    **live: bytes,
) -> list[Finding]:
    return judge_history(tree(data, kinds, **live), Scope(schema, LATER)).findings


def codes(*drains: Drain) -> list[str]:
    return [item.code for item in findings(listed(*drains))]


@pytest.mark.parametrize("data", [None, listed(), listed(drain()), listed(drain("*?b"))])
def test_a_correct_list_of_drains_has_no_findings(data: bytes | None) -> None:
    assert findings(data) == []


def test_the_list_is_not_a_pointer() -> None:
    _, pointers, _ = judge_history(tree(listed(drain())), Scope(no_schema, LATER))
    assert [pointer.alias for pointer in pointers] == [CODE_FAST]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (listed(drain())[:-3], "not JSON"),
        (listed(drain()).replace(b'"until"', b'"till"'), "missing 'until'"),
        (listed(drain()).replace(b'"generation"', b'"version"'), "missing 'generation'"),
        (listed(drain()) + b" " * 2**17, "more than"),
        (listed(drain(until=LATER - HOUR)), "it ends before it begins"),
        (listed(*[drain(f"acme/{n}") for n in range(MAX_DRAINS + 1)]), f"more than {MAX_DRAINS}"),
        (b"<<<<<<< ours\n" + listed(drain()), "not JSON"),
        (pointer_to_bytes(WORKSPACE.pointer(NEWEST)), "missing 'drains'"),
    ],
    ids=["cut", "key", "generation", "long", "times", "many", "conflict", "pointer"],
)
def test_a_list_that_cannot_be_read_is_found(data: bytes, message: str) -> None:
    (found,) = findings(data)
    assert (found.code, found.severity) == ("malformed-drains", Severity.ERROR)
    assert found.location.file == UNAVAILABLE
    assert message in found.message


def test_bytes_that_are_not_canonical_are_found() -> None:
    (found,) = findings(listed(drain()).replace(b"  ", b"\t"))
    assert (found.code, found.location.file) == ("not-canonical", UNAVAILABLE)


def test_schema_faults_are_findings() -> None:
    found = findings(
        listed(drain()),
        schema=lambda schema, data: iter(["no"] if schema == "unavailable" else []),
    )
    assert [(item.code, item.message) for item in found] == [("against-schema", "no")]


@pytest.mark.parametrize("kind", ["symlink", "directory", "executable", "submodule"])
def test_an_entry_that_is_not_a_file_is_found_once(kind: str) -> None:
    (found,) = findings(listed(drain()), {UNAVAILABLE: kind})
    assert (found.code, found.location.file) == ("foreign-entry", UNAVAILABLE)


def test_another_case_of_its_file_name_is_found() -> None:
    other = "UNAVAILABLE"
    found = findings(listed(), **{other: listed()})
    assert sorted(item.code for item in found) == ["case-collision", "malformed-pointer"]


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"reason": SECRET}, "secret-in-text", Severity.ERROR),
        ({"reason": "x" * (MAX_TEXT + 1)}, "text-too-long", Severity.ERROR),
        (
            {"since": LATER + timedelta(minutes=11), "until": LATER + HOUR},
            "created-in-the-future",
            Severity.ERROR,
        ),
        (
            {"since": LATER - HOUR, "until": LATER - HOUR + LONGEST + timedelta(seconds=1)},
            "drain-too-long",
            Severity.ERROR,
        ),
        ({"models": "acme/c"}, "drain-matches-nothing", Severity.WARNING),
        ({"models": "Acme/*"}, "drain-matches-nothing", Severity.WARNING),
        ({"models": "acme/*"}, "drain-ignored", Severity.WARNING),
        ({"models": "*"}, "drain-ignored", Severity.WARNING),
        ({"until": LATER}, "drain-over", Severity.NOTICE),
        ({"models": "acme/c", "until": LATER}, "drain-over", Severity.NOTICE),
    ],
)
def test_faults_of_a_drain_are_found(
    changed: dict[str, Any], code: str, severity: Severity
) -> None:
    (found,) = findings(listed(drain(**changed)))
    assert (found.code, found.severity, found.location.file) == (code, severity, UNAVAILABLE)
    assert "a1B2" not in found.message
    assert found.hint


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "x" * MAX_TEXT},
        {"since": LATER + timedelta(minutes=10), "until": LATER + HOUR},
        {"since": LATER - HOUR, "until": LATER - HOUR + LONGEST},
        {"until": LATER + timedelta(seconds=1)},
    ],
)
def test_drains_at_their_limits_have_no_findings(changed: dict[str, Any]) -> None:
    assert codes(drain(**changed)) == []


def test_a_drain_extended_repeatedly_has_no_findings() -> None:
    """zumik drain writes no list that its check refuses."""
    drains, since = Drains(), LATER - 2 * LONGEST
    while since < LATER:
        drains = with_drain(drains, drain(since=since, until=since + LONGEST), since)
        since += timedelta(days=7)
    assert findings(drains_to_bytes(drains)) == []


def test_drains_that_together_cover_every_candidate_are_found() -> None:
    (found,) = findings(listed(drain("acme/a"), drain("acme/b")))
    assert found.code == "drain-ignored"
    assert found.message == (
        "DRAIN IGNORED for code.fast (acme/a goes on answering): every ranked model is drained"
    )
    assert codes(drain("acme/a"), drain("acme/b", until=LATER)) == ["drain-over"]


@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("acm/*", "did you mean 'acme/*'?"),
        ("globex/*", "zumik alias list shows who answers"),
    ],
)
def test_a_near_miss_gets_a_suggestion(glob: str, hint: str) -> None:
    (found,) = findings(listed(drain(glob)))
    assert found.hint
    assert found.hint.startswith(hint)


def test_a_drain_that_no_live_alias_ranks_is_found() -> None:
    retired = pointer_to_bytes(but(WORKSPACE.pointer(NEWEST), kind="retire"))
    (found,) = findings(listed(drain()), **{CODE_FAST: retired})
    assert found.code == "drain-matches-nothing"
    other = but(WORKSPACE.pointer(NEWEST), target=ReleaseRef(NEWEST.id, Digest("0" * 64)))
    found_too = findings(listed(drain()), **{CODE_FAST: pointer_to_bytes(other)})
    assert [item.code for item in found_too] == ["pointer-mismatch", "drain-matches-nothing"]


def test_a_model_name_cannot_steer_a_terminal() -> None:
    (found,) = findings(listed(drain("\x1b[31m\u202e")))
    assert found.message.isprintable()


# What a branch does


def changed(before: bytes | None, after: bytes | None, *, step: bool = False) -> list[str]:
    """What is told of a branch that makes one list another, or does so for a while."""
    sides = [tree(data) for data in (before, after)]
    files = [None if data is None else GitFile("100644", data.hex()) for data in (before, after)]
    change = FileChange(UNAVAILABLE, files[0], files[1])
    what = BranchChanges(
        base=sides[0],
        merged=sides[0] if step else sides[1],
        before={UNAVAILABLE: files[0]} if files[0] else {},
        after={},
        changes=() if step else (change,),
        steps=(BranchStep("0123456789abcdef", change),),
    )
    return [f"{item.code}: {item.message}" for item in check_branch_changes(what)]


THREE, FOUR = listed(drain(), generation=3), listed(generation=4)
SAME, LOWER = listed(generation=3), listed(generation=2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, listed(drain(), generation=1)),
        (THREE, FOUR),
        (THREE, listed(drain("acme/b"), generation=9)),
        (b"{}", listed(generation=1)),
        (b"{}", THREE),
        (b"{}", listed(generation=5000)),
    ],
    ids=["comes", "next", "later", "mended", "mended-too", "mended-late"],
)
def test_a_list_with_a_higher_generation_may_land(before: bytes | None, after: bytes) -> None:
    assert changed(before, after) == []


@pytest.mark.parametrize("after", [SAME, LOWER, listed(drain("*"), generation=0)])
def test_a_list_without_a_higher_generation_is_found(after: bytes) -> None:
    (found,) = changed(THREE, after)
    assert found.startswith("generation-not-above: generation ")
    assert "replaces 3: the list was changed on the base since, or edited by hand" in found


def test_the_first_list_has_a_generation_above_zero() -> None:
    (found,) = changed(None, listed(drain(), generation=0))
    assert found.startswith("generation-not-above: generation 0 replaces 0")


@pytest.mark.parametrize(("before", "most"), [(THREE, 1003), (None, 1000)])
def test_a_generation_that_jumps_is_found(before: bytes | None, most: int) -> None:
    assert changed(before, listed(generation=most)) == []
    (found,) = changed(before, listed(generation=most + 1))
    assert found.startswith("generation-jumps")


@pytest.mark.parametrize("before", [THREE, listed(), b"{}"])
def test_a_landed_list_may_not_be_removed(before: bytes) -> None:
    (found,) = changed(before, None)
    assert found.startswith("drains-removed: ")


def test_a_malformed_list_is_left_to_the_integrity_rules() -> None:
    assert changed(THREE, b"{}") == []


@pytest.mark.parametrize("during", [FOUR, None, b"{}"])
def test_a_list_changed_and_restored_is_found(during: bytes | None) -> None:
    (found,) = changed(THREE, during, step=True)
    assert found == (
        "drains-touched: 0123456789 changed the list of drains, and a later commit undid it"
    )
