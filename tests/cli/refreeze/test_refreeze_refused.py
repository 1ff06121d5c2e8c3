"""What refreeze refuses, and what it leaves to people: conflicts outside what zumik writes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk
from tests.cli.refreeze.branches import (
    CHEAPER,
    FASTER,
    OLDER,
    REFREEZE,
    Stale,
    expect_refusal,
    land,
    list_releases,
    make_branch,
    ok,
    read_pointer,
    require_in_line,
)


def test_an_unmerged_stale_branch_gets_the_hint_to_merge(
    stale: Stale,
) -> None:
    desk = stale()
    refused = expect_refusal(
        desk, 4, "origin/main has alr_2026_01_10_002, and this branch does not"
    )
    assert "hint: git merge origin/main; it will conflict in SHA256SUMS" in refused.err


def test_nothing_to_refreeze_is_reported(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    before = desk.holds()
    assert "nothing to refreeze" in ok(desk.zumik(*REFREEZE)).out
    assert desk.holds() == before
    make_branch(desk, "faster", FASTER, ("code.fast",))
    before = desk.holds()
    assert "nothing to refreeze" in ok(desk.zumik(*REFREEZE)).out
    told = json.loads(ok(desk.zumik(*REFREEZE, "--format", "json")).out)
    assert told["status"] == "nothing to refreeze"
    assert desk.holds() == before


@pytest.mark.parametrize("file", ["policy/aliases.yaml", "catalog/acme.yaml", "zumik.yaml"])
def test_conflicts_in_authored_files_are_refused(
    file: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    for name in ("faster", "cheaper"):
        make_branch(desk, name, FASTER if name == "faster" else CHEAPER)
        ok(desk.do(["sed", "-i", f"1i # {name}", f"releases/{file}"]))
        desk.git("commit", "--quiet", "--all", "-m", "Comment")
    land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    refused = expect_refusal(desk, 4, f"in conflict: releases/{file}")
    assert "SHA256SUMS" not in refused.err
    desk.git("checkout", "--quiet", "--theirs", f"releases/{file}")
    desk.git("add", f"releases/{file}")
    if file == "catalog/acme.yaml":  # that side has the old price: nothing is left to release
        assert "no release is needed" in ok(desk.zumik(*REFREEZE)).out
    else:
        assert "alr_2026_01_10_003" in ok(desk.zumik(*REFREEZE)).out
    desk.git("commit", "--quiet", "-m", "Merge")
    require_in_line(desk, 2 if file == "catalog/acme.yaml" else 3)


def test_a_conflict_outside_the_workspace_stays_and_is_reported(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    for name, edit in (("faster", FASTER), ("cheaper", CHEAPER)):
        make_branch(desk, name, edit)
        (desk.repo / "README.md").write_text(f"{name}\n")
        desk.git("add", "README.md")
        desk.git("commit", "--quiet", "-m", "Readme")
    land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = ok(desk.zumik(*REFREEZE))
    assert "next: resolve README.md and git add it, then git commit" in done.err
    assert desk.git("diff", "--name-only", "--diff-filter=U") == "README.md\n"


def test_a_pointer_conflict_without_a_draft_stays_and_is_reported(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    make_branch(desk, "faster", FASTER, ("code.fast",))
    make_branch(desk, "cheaper", CHEAPER)
    ok(desk.zumik("alias", "rollback", "code.fast", "--reason", "Slow"))
    land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = ok(desk.zumik(*REFREEZE))
    assert "still in conflict: releases/live/code.fast.json names no draft on either" in done.out
    assert "resolve releases/live/code.fast.json and git add it, then git commit" in done.err
    assert desk.git("diff", "--name-only", "--diff-filter=U") == "releases/live/code.fast.json\n"
    again = ok(desk.zumik(*REFREEZE))
    assert "still in conflict" in again.err
    desk.git("checkout", "--quiet", "--theirs", "releases/live/code.fast.json")
    desk.git("add", "releases/live/code.fast.json")
    desk.git("commit", "--quiet", "-m", "Merge")
    require_in_line(desk, 4)


@pytest.mark.parametrize("by_hand", [True, False], ids=["by-hand", "in-conflict"])
def test_a_move_overtaken_by_another_gets_the_next_generation(
    by_hand: bool, desk_after: Callable[[str], Desk]
) -> None:
    """No release landed meanwhile, so the drafts stay: the older of the two is what was chosen."""
    desk = desk_after("february")
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",))
    ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    ok(desk.zumik("release", "create"))
    desk.git("switch", "--quiet", "--create", "back", "--no-track", "origin/main")
    ok(desk.zumik("alias", "rollback", "code.fast", "--reason", "Slow"))
    land(desk, "back")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    if by_hand:
        desk.git("checkout", "--quiet", "--ours", "releases/live")
        desk.git("add", "releases")
        desk.git("commit", "--quiet", "-m", "Merge")
        assert read_pointer(desk, "code.fast")["generation"] == 3
    done = ok(desk.zumik(*REFREEZE))
    assert "replaces" not in done.out
    if by_hand:
        assert desk.git("log", "-1", "--format=%s").startswith("Move code.fast on to alr_")
    else:
        desk.git("commit", "--quiet", "-m", "Merge")
    pointer = read_pointer(desk, "code.fast")
    assert (pointer["generation"], pointer["kind"], pointer["reason"]) == (
        4,
        "promote",
        "By cheaper",
    )
    assert pointer["release"] == list_releases(desk)[-2]["id"]
    require_in_line(desk, 4)
    ok(desk.zumik("check", "--base", "origin/main"))
