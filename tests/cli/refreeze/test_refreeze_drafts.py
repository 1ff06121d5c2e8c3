"""What is committed, and what becomes of several, dropped, backfilled and signed drafts."""

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
    bring_up_to_date,
    expect_refusal,
    land,
    list_releases,
    make_branch,
    merged_by_hand,
    ok,
    read_pointer,
    require_in_line,
)
from tests.core.test_signature import BLOB, armoured


def test_a_dry_run_shows_all_and_changes_nothing(stale: Stale) -> None:
    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    before = desk.holds()
    told = ok(desk.zumik(*REFREEZE, "--dry-run"))
    assert told.err == "\ndry run: nothing was written\n"
    data = json.loads(ok(desk.zumik(*REFREEZE, "--dry-run", "--format", "json")).out)
    assert data["winners_changed"] == [
        {"alias": "code.fast", "winner_before": "acme/small", "winner_after": "globex/steady"}
    ]
    assert data["release"]["id"] == "alr_2026_01_10_003"
    assert [item["id"] for item in data["dropped"]] == ["alr_2026_01_10_002"]
    assert [move["generation"] for move in data["moves"]] == [3]
    assert desk.holds() == before


@pytest.mark.parametrize("second", [(), ("code.fast",), ("review.listed",)], ids=str)
def test_outside_a_merge_exactly_these_files_are_committed(
    second: tuple[str, ...], stale: Stale
) -> None:
    desk = stale(*second)
    merged_by_hand(desk)
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    done = ok(desk.zumik(*REFREEZE))
    assert "NOT LIVE until merged to origin/main; committed as" in done.err
    assert desk.git("status", "--porcelain") == "A  staged.txt\n"
    changed = desk.git("show", "--format=%s", "--name-status", "--no-renames", "HEAD").split("\n")
    assert changed[0] == "Refreeze alr_2026_01_10_002 as alr_2026_01_10_003"
    kinds = sorted(line.split("\t")[0] for line in changed[2:] if line)
    assert kinds == sorted(["A", "D", "M", *("M" for _ in second)])
    require_in_line(desk, 3)


def test_no_commit_leaves_the_commit_and_the_index(stale: Stale) -> None:
    desk = stale()
    merged_by_hand(desk)
    head = desk.git("rev-parse", "HEAD")
    done = ok(desk.zumik(*REFREEZE, "--no-commit"))
    assert "NOT LIVE until committed and merged" in done.err
    assert desk.git("rev-parse", "HEAD") == head
    assert desk.git("diff", "--cached", "--name-only") == ""
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "By hand")
    require_in_line(desk, 3)


def test_several_drafts_become_one_release(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER)
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",), note="First")
    ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    ok(desk.zumik("release", "create", "--note", "Second"))
    ok(desk.zumik("alias", "promote", "review.listed", "--latest"))
    land(desk, "faster")
    (done,) = bring_up_to_date(desk, "cheaper", "merge")
    assert done.out.count("replaces  the draft ") == 2
    require_in_line(desk, 3)
    newest = list_releases(desk)[-1]
    assert newest["note"] == "Second"
    for alias in ("code.fast", "review.listed"):
        assert read_pointer(desk, alias)["sha256"] == newest["sha256"]


def test_several_rebased_drafts_become_one_release(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER, ("code.fast",))
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",))
    ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    ok(desk.zumik("release", "create", "--note", "Second"))
    land(desk, "faster")
    bring_up_to_date(desk, "cheaper", "rebase")
    require_in_line(desk, 3)
    assert list_releases(desk)[-1]["note"] == "Second"
    assert read_pointer(desk, "code.fast")["generation"] == 3


def test_a_dropped_draft_leaves_the_ledger_of_the_live_ref(stale: Stale) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    (draft,) = desk.git("diff", "--name-only", "HEAD~1", "HEAD", "--", "releases/frozen").split()
    desk.git("rm", "--quiet", draft)
    ok(desk.zumik(*REFREEZE))
    desk.git("commit", "--quiet", "-m", "Merge")
    assert desk.git("diff", "origin/main", "--", "releases/SHA256SUMS", "releases/frozen") == ""


def test_drafts_in_line_are_kept(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "cheaper", CHEAPER)
    ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    ok(desk.zumik("release", "create"))
    assert "nothing to refreeze" in ok(desk.zumik(*REFREEZE)).out


@pytest.mark.parametrize("promoted", [(), ("code.fast", "review.listed")], ids=["no", "yes"])
def test_a_branch_whose_content_landed_needs_no_release(
    promoted: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER, ("code.fast",), note="One")
    make_branch(desk, "again", FASTER, promoted, note="The same once more")
    land(desk, "faster")
    (done,) = bring_up_to_date(desk, "again", "merge")
    assert "no release is needed: alr_2026_01_10_002 of origin/main says what policy" in done.out
    require_in_line(desk, 2)
    newest = list_releases(desk)[-1]
    assert read_pointer(desk, "code.fast")["reason"] == "By faster"
    if promoted:
        assert "code.fast stays as it is on origin/main: it points to" in done.out
        moved = read_pointer(desk, "review.listed")
        assert (moved["sha256"], moved["generation"]) == (newest["sha256"], 2)
        assert moved["reason"] == "By again"


def test_an_alias_missing_from_the_new_release_keeps_its_landed_pointer(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "cheaper", CHEAPER, ("review.listed",))
    desk.git("switch", "--quiet", "--create", "less", "--no-track", "origin/main")
    ok(desk.do(["sed", "-i", "/review.listed/,$d", "releases/policy/aliases.yaml"]))
    desk.git("commit", "--quiet", "--all", "-m", "Fewer aliases")
    ok(desk.zumik("release", "create"))
    land(desk, "less")
    (done,) = bring_up_to_date(desk, "cheaper", "merge")
    assert "review.listed stays as it is on origin/main: alr_2026_01_10_003 does not" in done.out
    assert "review.listed: acme/large:deep → none" in done.out
    require_in_line(desk, 3)
    assert desk.git("diff", "origin/main", "--", "releases/live") == ""


def test_a_backfilled_draft_keeps_its_time_where_the_line_allows(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER)
    desk.now = desk.now.replace(day=20)
    desk.git("switch", "--quiet", "--create", "late", "--no-track", "origin/main")
    ok(desk.do(["sed", "-i", CHEAPER[1], f"releases/catalog/{CHEAPER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "Edit")
    ok(desk.zumik("release", "create", "--as-of", "2026-01-15"))
    land(desk, "faster")
    bring_up_to_date(desk, "late", "merge")
    newest = list_releases(desk)[-1]
    assert (newest["id"], newest["backfilled"]) == ("alr_2026_01_15_001", True)
    require_in_line(desk, 3)


def test_a_backfilled_draft_from_before_what_landed_needs_another_time(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    desk.now = desk.now.replace(day=20)
    make_branch(desk, "faster", FASTER)
    desk.git("switch", "--quiet", "--create", "late", "--no-track", "origin/main")
    ok(desk.do(["sed", "-i", CHEAPER[1], f"releases/catalog/{CHEAPER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "Edit")
    ok(desk.zumik("release", "create", "--as-of", "2026-01-15"))
    land(desk, "faster")
    desk.git("switch", "--quiet", "late")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    refused = expect_refusal(desk, 2, "2026-01-15T00:00:00Z is before the newest release")
    assert "later --as-of" in refused.err
    ok(desk.zumik(*REFREEZE, "--as-of", "2026-01-20T10:00:00Z"))
    desk.git("commit", "--quiet", "-m", "Merge")
    require_in_line(desk, 3)


def test_the_first_release_of_two_branches(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("small")
    make_branch(desk, "faster", FASTER, ("code.fast",))
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",))
    land(desk, "faster")
    bring_up_to_date(desk, "cheaper", "merge")
    require_in_line(desk, 2)
    assert read_pointer(desk, "code.fast")["generation"] == 2


def test_a_move_to_a_missing_draft_is_not_guessed(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",))
    desk.git("rm", "--quiet", "-r", "releases/frozen/alr_2026_01_10_002.*")
    desk.git("checkout", "--quiet", "origin/main", "--", "releases/SHA256SUMS")
    desk.git("commit", "--quiet", "-m", "Drop")
    refused = expect_refusal(
        desk, 4, "code.fast points to alr_2026_01_10_002, which has not landed"
    )
    assert "hint: git checkout origin/main -- :/releases/live/code.fast.json" in refused.err


def test_a_signature_is_removed_with_its_draft(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER)
    make_branch(desk, "cheaper", CHEAPER)
    (draft,) = (desk.releases / "frozen").glob("alr_2026_01_10_002.*.json")
    signature = draft.with_name(f"{draft.name}.sig")
    signature.write_bytes(armoured(BLOB))
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "Sign")
    land(desk, "faster")
    bring_up_to_date(desk, "cheaper", "merge")
    assert not signature.exists()
    assert desk.git("ls-files", "*.sig") == ""
    require_in_line(desk, 3)


def test_within_a_merge_edits_that_are_not_staged_are_staged_with_the_release(stale: Stale) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    file, change = OLDER
    ok(desk.do(["sed", "-i", change, f"releases/catalog/{file}"]))
    done = ok(desk.zumik(*REFREEZE))
    assert f"your edits were staged along: releases/catalog/{file}\n" in done.err
    desk.git("commit", "--quiet", "-m", "Update")
    assert desk.git("status", "--porcelain") == ""
    ok(desk.zumik("check", "--base", "origin/main"))
