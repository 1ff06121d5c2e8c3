"""Two branches that each make a release end, through git's own conflict, as two in a line."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played, Turn

FASTER = ("globex.yaml", "s/bench.seconds: 2.4/bench.seconds: 1.2/")
CHEAPER = ("acme.yaml", "s/input: 1,/input: 0.5,/")
OLDER = ("initech.yaml", "s/open-7$/open-7b/")
REFREEZE = ("release", "refreeze")

LANDINGS = {
    "merge": (("merge", "--quiet", "--no-ff", "-m", "Merge", "{0}"),),
    "squash": (("merge", "--quiet", "--squash", "{0}"), ("commit", "--quiet", "-m", "Squash")),
    "fast-forward": (("merge", "--quiet", "--ff-only", "{0}"),),
}
UPDATES = ("merge", "rebase")


def _ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def _branch(
    desk: Desk, name: str, edit: tuple[str, str], promoted: tuple[str, ...] = (), note: str = ""
) -> None:
    """A branch from main as it is on the remote, with a draft, and maybe with promotions."""
    desk.git("switch", "--quiet", "--create", name, "--no-track", "origin/main")
    file, change = edit
    _ok(desk.do(["sed", "-i", change, f"releases/catalog/{file}"]))
    desk.git("commit", "--quiet", "--all", "-m", f"Edit for {name}")
    _ok(desk.zumik("release", "create", "--note", note or f"For {name}"))
    if promoted:
        _ok(desk.zumik("alias", "promote", *promoted, "--latest", "--reason", f"By {name}"))


def _land(desk: Desk, name: str, how: str = "merge") -> None:
    desk.git("switch", "--quiet", "main")
    desk.git("reset", "--quiet", "--hard", "origin/main")
    for command in LANDINGS[how]:
        desk.git(*(word.format(name) for word in command))
    desk.git("push", "--quiet", "origin", "main")


def _update(desk: Desk, name: str, how: str) -> list[Turn]:
    """Bring a stale branch up to date, the way that the command's own hints go."""
    desk.git("switch", "--quiet", name)
    turns = []
    if how == "rebase":
        assert desk.do(["git", "rebase", "--quiet", "origin/main"]).exit_code == 1
        while (desk.repo / ".git" / "rebase-merge").exists():
            turns.append(_ok(desk.zumik(*REFREEZE)))
            desk.do(["git", "-c", "core.editor=true", "rebase", "--continue"])
        turns.append(_ok(desk.zumik(*REFREEZE)))
    else:
        words = ["--squash"] if how == "squash" else []
        assert desk.do(["git", "merge", "--quiet", *words, "origin/main"]).exit_code == 1
        turns.append(_ok(desk.zumik(*REFREEZE)))
        desk.git("commit", "--quiet", "-m", "Update")
    assert desk.git("status", "--porcelain") == ""
    if how != "squash":  # where git no longer sees what was taken in, and conflicts once more
        _ok(desk.zumik("check", "--base", "origin/main"))
    return turns


@pytest.fixture(scope="module")
def two_branches(
    played: Played, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[tuple[str, ...], tuple[str, ...]], Desk]:
    """Desks with both branches, for what each promotes; made once each, and not to be touched."""

    @cache
    def made(first: tuple[str, ...], second: tuple[str, ...]) -> Desk:
        desk = played.desk("promoted").copy(tmp_path_factory.mktemp("two") / "desk")
        _branch(desk, "faster", FASTER, first)
        _branch(desk, "cheaper", CHEAPER, second, note="acme is cheaper")
        return desk

    return made


Stale = Callable[..., Desk]


@pytest.fixture
def stale(two_branches: Callable[..., Desk], tmp_path: Path) -> Stale:
    """A desk on the second branch, the first having landed with a promotion of code.fast."""

    def made(*second: str) -> Desk:
        desk = two_branches(("code.fast",), second).copy(tmp_path / "stale")
        _land(desk, "faster")
        desk.git("switch", "--quiet", "cheaper")
        return desk

    return made


def _releases(desk: Desk) -> list[dict[str, object]]:
    listed = json.loads(_ok(desk.zumik("release", "list", "--format", "json")).out)
    return list(reversed(listed))


def _pointer(desk: Desk, alias: str) -> dict[str, object]:
    found = json.loads((desk.releases / "live" / f"{alias}.json").read_bytes())
    assert isinstance(found, dict)
    return found


def _require_in_line(desk: Desk, count: int) -> None:
    """So many releases, each the parent of the next, and nothing that a check finds."""
    checked = _ok(desk.zumik("check"))
    assert "error" not in checked.out, checked
    releases = _releases(desk)
    assert [item["parent"] for item in releases] == [None, *(i["id"] for i in releases)][:count]
    assert len(releases) == count
    assert len((desk.releases / "SHA256SUMS").read_text().splitlines()) == count
    proven = desk.do(["git", "diff", "--exit-code", "HEAD", "--", "releases/frozen"])
    assert proven.exit_code == 0


PROMOTIONS = {
    "without": ((), ()),
    "same": (("code.fast",), ("code.fast",)),
    "other": (("code.fast",), ("auto.balanced",)),
    "first-only": (("code.fast",), ()),
    "second-only": ((), ("code.fast", "review.listed")),
}


@pytest.mark.parametrize(
    ("promotions", "update", "landing"),
    [
        *((promotions, update, "merge") for promotions in PROMOTIONS for update in UPDATES),
        *(("same", update, landing) for landing in [*LANDINGS][1:] for update in UPDATES),
    ],
)
def test_two_branches_become_two_releases_in_line(
    promotions: str,
    update: str,
    landing: str,
    two_branches: Callable[..., Desk],
    tmp_path: Path,
) -> None:
    first, second = PROMOTIONS[promotions]
    desk = two_branches(first, second).copy(tmp_path / "desk")
    _land(desk, "faster", landing)
    turns = _update(desk, "cheaper", update)
    assert any("code.fast: acme/small → globex/steady" in turn.out for turn in turns)
    _require_in_line(desk, 3)
    newest = _releases(desk)[-1]
    assert newest["note"] == "acme is cheaper"
    for alias in second:
        pointer = _pointer(desk, alias)
        assert pointer["release"] == newest["id"]
        assert pointer["sha256"] == newest["sha256"]
        assert pointer["generation"] == (3 if alias in first else 2)
        assert (pointer["kind"], pointer["reason"]) == ("promote", "By cheaper")
    for alias in set(first) - set(second):
        assert _pointer(desk, alias)["reason"] == "By faster"
    _land(desk, "cheaper", landing)
    _require_in_line(desk, 3)
    assert "nothing to refreeze" in _ok(desk.zumik(*REFREEZE)).out


def test_a_branch_that_squashed_main_in_can_refreeze(
    stale: Stale,
) -> None:
    desk = stale("code.fast")
    _update(desk, "cheaper", "squash")
    _require_in_line(desk, 3)
    assert _pointer(desk, "code.fast")["generation"] == 3


def test_three_branches_land_in_turn(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER, ("code.fast",))
    _branch(desk, "cheaper", CHEAPER, ("code.fast",))
    _branch(desk, "older", OLDER, ("code.fast",))
    _land(desk, "faster")
    for count, (name, how) in enumerate((("cheaper", "merge"), ("older", "rebase")), 3):
        _update(desk, name, how)
        _require_in_line(desk, count)
        _land(desk, name)
        _require_in_line(desk, count)
    assert _pointer(desk, "code.fast")["generation"] == 4
    assert "promote 4" in desk.zumik("alias", "history", "code.fast").out


def test_a_branch_stale_twice_refreezes_twice(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER, ("code.fast",))
    _branch(desk, "cheaper", CHEAPER)
    _branch(desk, "older", OLDER, ("code.fast",))
    _land(desk, "faster")
    _update(desk, "older", "merge")
    _update(desk, "cheaper", "merge")
    _land(desk, "cheaper")
    _update(desk, "older", "merge")
    _require_in_line(desk, 4)
    assert _pointer(desk, "code.fast")["generation"] == 3


def _refused(desk: Desk, code: int, words: str, **env: str) -> Turn:
    before = desk.holds()
    refused = desk.zumik(*REFREEZE, **env)
    assert refused.exit_code == code, refused
    assert refused.err.startswith("error: "), refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before
    return refused


def test_an_unmerged_stale_branch_gets_the_hint_to_merge(
    stale: Stale,
) -> None:
    desk = stale()
    refused = _refused(desk, 4, "origin/main has alr_2026_01_10_002, and this branch does not")
    assert "hint: git merge origin/main; it will conflict in SHA256SUMS" in refused.err


def test_nothing_to_refreeze_is_reported(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    before = desk.holds()
    assert "nothing to refreeze" in _ok(desk.zumik(*REFREEZE)).out
    assert desk.holds() == before
    _branch(desk, "faster", FASTER, ("code.fast",))
    before = desk.holds()
    assert "nothing to refreeze" in _ok(desk.zumik(*REFREEZE)).out
    told = json.loads(_ok(desk.zumik(*REFREEZE, "--format", "json")).out)
    assert told["status"] == "nothing to refreeze"
    assert desk.holds() == before


@pytest.mark.parametrize("file", ["policy/aliases.yaml", "catalog/acme.yaml", "zumik.yaml"])
def test_conflicts_in_authored_files_are_refused(
    file: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    for name in ("faster", "cheaper"):
        _branch(desk, name, FASTER if name == "faster" else CHEAPER)
        _ok(desk.do(["sed", "-i", f"1i # {name}", f"releases/{file}"]))
        desk.git("commit", "--quiet", "--all", "-m", "Comment")
    _land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    refused = _refused(desk, 4, f"in conflict: releases/{file}")
    assert "SHA256SUMS" not in refused.err
    desk.git("checkout", "--quiet", "--theirs", f"releases/{file}")
    desk.git("add", f"releases/{file}")
    if file == "catalog/acme.yaml":  # that side has the old price: nothing is left to release
        assert "no release is needed" in _ok(desk.zumik(*REFREEZE)).out
    else:
        assert "alr_2026_01_10_003" in _ok(desk.zumik(*REFREEZE)).out
    desk.git("commit", "--quiet", "-m", "Merge")
    _require_in_line(desk, 2 if file == "catalog/acme.yaml" else 3)


def test_a_conflict_outside_the_workspace_stays_and_is_reported(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    for name, edit in (("faster", FASTER), ("cheaper", CHEAPER)):
        _branch(desk, name, edit)
        (desk.repo / "README.md").write_text(f"{name}\n")
        desk.git("add", "README.md")
        desk.git("commit", "--quiet", "-m", "Readme")
    _land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = _ok(desk.zumik(*REFREEZE))
    assert "next: settle README.md and git add it, then git commit" in done.err
    assert desk.git("diff", "--name-only", "--diff-filter=U") == "README.md\n"


def test_a_pointer_conflict_without_a_draft_stays_and_is_reported(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    _branch(desk, "faster", FASTER, ("code.fast",))
    _branch(desk, "cheaper", CHEAPER)
    _ok(desk.zumik("alias", "rollback", "code.fast", "--reason", "Slow"))
    _land(desk, "faster")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = _ok(desk.zumik(*REFREEZE))
    assert "still in conflict: releases/live/code.fast.json names no draft on either" in done.out
    assert "settle releases/live/code.fast.json and git add it, then git commit" in done.err
    assert desk.git("diff", "--name-only", "--diff-filter=U") == "releases/live/code.fast.json\n"
    again = _ok(desk.zumik(*REFREEZE))
    assert "still in conflict" in again.err
    desk.git("checkout", "--quiet", "--theirs", "releases/live/code.fast.json")
    desk.git("add", "releases/live/code.fast.json")
    desk.git("commit", "--quiet", "-m", "Merge")
    _require_in_line(desk, 4)


@pytest.mark.parametrize("by_hand", [True, False], ids=["by-hand", "in-conflict"])
def test_a_move_overtaken_by_another_gets_the_next_generation(
    by_hand: bool, desk_after: Callable[[str], Desk]
) -> None:
    """No release landed meanwhile, so the drafts stay: the older of the two is what was chosen."""
    desk = desk_after("february")
    _branch(desk, "cheaper", CHEAPER, ("code.fast",))
    _ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    _ok(desk.zumik("release", "create"))
    desk.git("switch", "--quiet", "--create", "back", "--no-track", "origin/main")
    _ok(desk.zumik("alias", "rollback", "code.fast", "--reason", "Slow"))
    _land(desk, "back")
    desk.git("switch", "--quiet", "cheaper")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    if by_hand:
        desk.git("checkout", "--quiet", "--ours", "releases/live")
        desk.git("add", "releases")
        desk.git("commit", "--quiet", "-m", "Merge")
        assert _pointer(desk, "code.fast")["generation"] == 3
    done = _ok(desk.zumik(*REFREEZE))
    assert "replaces" not in done.out
    if by_hand:
        assert desk.git("log", "-1", "--format=%s").startswith("Move code.fast on to alr_")
    else:
        desk.git("commit", "--quiet", "-m", "Merge")
    pointer = _pointer(desk, "code.fast")
    assert (pointer["generation"], pointer["kind"], pointer["reason"]) == (
        4,
        "promote",
        "By cheaper",
    )
    assert pointer["release"] == _releases(desk)[-2]["id"]
    _require_in_line(desk, 4)
    _ok(desk.zumik("check", "--base", "origin/main"))


def test_a_dry_run_shows_all_and_changes_nothing(stale: Stale) -> None:
    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    before = desk.holds()
    told = _ok(desk.zumik(*REFREEZE, "--dry-run"))
    assert told.err == "\ndry run: nothing was written\n"
    data = json.loads(_ok(desk.zumik(*REFREEZE, "--dry-run", "--format", "json")).out)
    assert data["winners_changed"] == [
        {"alias": "code.fast", "winner_before": "acme/small", "winner_after": "globex/steady"}
    ]
    assert data["release"]["id"] == "alr_2026_01_10_003"
    assert [item["id"] for item in data["dropped"]] == ["alr_2026_01_10_002"]
    assert [move["generation"] for move in data["moves"]] == [3]
    assert desk.holds() == before


def _merged_by_hand(desk: Desk) -> None:
    """Somebody kept both lines of the ledger and committed that."""
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    ledger = desk.releases / "SHA256SUMS"
    lines = [line for line in ledger.read_text().splitlines() if line[0] not in "<=>"]
    ledger.write_text("".join(f"{line}\n" for line in lines))
    if desk.git("diff", "--name-only", "--diff-filter=U", "--", "releases/live"):
        desk.git("checkout", "--quiet", "--ours", "releases/live")
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "Merge")


@pytest.mark.parametrize("second", [(), ("code.fast",), ("review.listed",)], ids=str)
def test_outside_a_merge_exactly_these_files_are_committed(
    second: tuple[str, ...], stale: Stale
) -> None:
    desk = stale(*second)
    _merged_by_hand(desk)
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    done = _ok(desk.zumik(*REFREEZE))
    assert "NOT LIVE until merged to origin/main; committed as" in done.err
    assert desk.git("status", "--porcelain") == "A  staged.txt\n"
    changed = desk.git("show", "--format=%s", "--name-status", "--no-renames", "HEAD").split("\n")
    assert changed[0] == "Refreeze alr_2026_01_10_002 as alr_2026_01_10_003"
    kinds = sorted(line.split("\t")[0] for line in changed[2:] if line)
    assert kinds == sorted(["A", "D", "M", *("M" for _ in second)])
    _require_in_line(desk, 3)


def test_no_commit_leaves_the_commit_and_the_index(stale: Stale) -> None:
    desk = stale()
    _merged_by_hand(desk)
    head = desk.git("rev-parse", "HEAD")
    done = _ok(desk.zumik(*REFREEZE, "--no-commit"))
    assert "NOT LIVE until committed and merged" in done.err
    assert desk.git("rev-parse", "HEAD") == head
    assert desk.git("diff", "--cached", "--name-only") == ""
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "By hand")
    _require_in_line(desk, 3)


def test_several_drafts_become_one_release(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER)
    _branch(desk, "cheaper", CHEAPER, ("code.fast",), note="First")
    _ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    _ok(desk.zumik("release", "create", "--note", "Second"))
    _ok(desk.zumik("alias", "promote", "review.listed", "--latest"))
    _land(desk, "faster")
    (done,) = _update(desk, "cheaper", "merge")
    assert done.out.count("replaces  the draft ") == 2
    _require_in_line(desk, 3)
    newest = _releases(desk)[-1]
    assert newest["note"] == "Second"
    for alias in ("code.fast", "review.listed"):
        assert _pointer(desk, alias)["sha256"] == newest["sha256"]


def test_several_rebased_drafts_become_one_release(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER, ("code.fast",))
    _branch(desk, "cheaper", CHEAPER, ("code.fast",))
    _ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "More")
    _ok(desk.zumik("release", "create", "--note", "Second"))
    _land(desk, "faster")
    _update(desk, "cheaper", "rebase")
    _require_in_line(desk, 3)
    assert _releases(desk)[-1]["note"] == "Second"
    assert _pointer(desk, "code.fast")["generation"] == 3


def test_a_dropped_draft_leaves_the_ledger_of_the_live_ref(stale: Stale) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    (draft,) = desk.git("diff", "--name-only", "HEAD~1", "HEAD", "--", "releases/frozen").split()
    desk.git("rm", "--quiet", draft)
    _ok(desk.zumik(*REFREEZE))
    desk.git("commit", "--quiet", "-m", "Merge")
    assert desk.git("diff", "origin/main", "--", "releases/SHA256SUMS", "releases/frozen") == ""


def test_drafts_in_line_are_kept(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "cheaper", CHEAPER)
    _ok(desk.do(["sed", "-i", OLDER[1], f"releases/catalog/{OLDER[0]}"]))
    _ok(desk.zumik("release", "create"))
    assert "nothing to refreeze" in _ok(desk.zumik(*REFREEZE)).out


@pytest.mark.parametrize("promoted", [(), ("code.fast", "review.listed")], ids=["no", "yes"])
def test_a_branch_whose_content_landed_needs_no_release(
    promoted: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER, ("code.fast",), note="One")
    _branch(desk, "again", FASTER, promoted, note="The same once more")
    _land(desk, "faster")
    (done,) = _update(desk, "again", "merge")
    assert "no release is needed: alr_2026_01_10_002 of origin/main says what policy" in done.out
    _require_in_line(desk, 2)
    newest = _releases(desk)[-1]
    assert _pointer(desk, "code.fast")["reason"] == "By faster"
    if promoted:
        assert "code.fast stays as it is on origin/main: it stands for" in done.out
        moved = _pointer(desk, "review.listed")
        assert (moved["sha256"], moved["generation"]) == (newest["sha256"], 2)
        assert moved["reason"] == "By again"


def test_an_alias_missing_from_the_new_release_keeps_its_landed_pointer(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    _branch(desk, "cheaper", CHEAPER, ("review.listed",))
    desk.git("switch", "--quiet", "--create", "less", "--no-track", "origin/main")
    _ok(desk.do(["sed", "-i", "/review.listed/,$d", "releases/policy/aliases.yaml"]))
    desk.git("commit", "--quiet", "--all", "-m", "Fewer aliases")
    _ok(desk.zumik("release", "create"))
    _land(desk, "less")
    (done,) = _update(desk, "cheaper", "merge")
    assert "review.listed stays as it is on origin/main: alr_2026_01_10_003 does not" in done.out
    assert "review.listed: acme/large:deep → none" in done.out
    _require_in_line(desk, 3)
    assert desk.git("diff", "origin/main", "--", "releases/live") == ""


def test_a_backfilled_draft_keeps_its_time_where_the_line_allows(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER)
    desk.now = desk.now.replace(day=20)
    desk.git("switch", "--quiet", "--create", "late", "--no-track", "origin/main")
    _ok(desk.do(["sed", "-i", CHEAPER[1], f"releases/catalog/{CHEAPER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "Edit")
    _ok(desk.zumik("release", "create", "--as-of", "2026-01-15"))
    _land(desk, "faster")
    _update(desk, "late", "merge")
    newest = _releases(desk)[-1]
    assert (newest["id"], newest["backfilled"]) == ("alr_2026_01_15_001", True)
    _require_in_line(desk, 3)


def test_a_backfilled_draft_from_before_what_landed_needs_another_time(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    desk.now = desk.now.replace(day=20)
    _branch(desk, "faster", FASTER)
    desk.git("switch", "--quiet", "--create", "late", "--no-track", "origin/main")
    _ok(desk.do(["sed", "-i", CHEAPER[1], f"releases/catalog/{CHEAPER[0]}"]))
    desk.git("commit", "--quiet", "--all", "-m", "Edit")
    _ok(desk.zumik("release", "create", "--as-of", "2026-01-15"))
    _land(desk, "faster")
    desk.git("switch", "--quiet", "late")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    refused = _refused(desk, 2, "2026-01-15T00:00:00Z is before the newest release")
    assert "later --as-of" in refused.err
    _ok(desk.zumik(*REFREEZE, "--as-of", "2026-01-20T10:00:00Z"))
    desk.git("commit", "--quiet", "-m", "Merge")
    _require_in_line(desk, 3)


def test_the_first_release_of_two_branches(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("small")
    _branch(desk, "faster", FASTER, ("code.fast",))
    _branch(desk, "cheaper", CHEAPER, ("code.fast",))
    _land(desk, "faster")
    _update(desk, "cheaper", "merge")
    _require_in_line(desk, 2)
    assert _pointer(desk, "code.fast")["generation"] == 2


def test_a_move_to_a_missing_draft_is_not_guessed(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "cheaper", CHEAPER, ("code.fast",))
    desk.git("rm", "--quiet", "-r", "releases/frozen/alr_2026_01_10_002.*")
    desk.git("checkout", "--quiet", "origin/main", "--", "releases/SHA256SUMS")
    desk.git("commit", "--quiet", "-m", "Drop")
    refused = _refused(desk, 4, "code.fast is to move to alr_2026_01_10_002, which has not landed")
    assert "hint: git checkout origin/main -- releases/live/code.fast.json" in refused.err


def test_a_signature_is_removed_with_its_draft(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _branch(desk, "faster", FASTER)
    _branch(desk, "cheaper", CHEAPER)
    (draft,) = (desk.releases / "frozen").glob("alr_2026_01_10_002.*.json")
    signature = draft.with_name(f"{draft.name}.sig")
    signature.write_text("signed\n")
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "Sign")
    _land(desk, "faster")
    _update(desk, "cheaper", "merge")
    assert not signature.exists()
    assert desk.git("ls-files", "*.sig") == ""
    _require_in_line(desk, 3)


@pytest.mark.parametrize(
    ("settings", "words"),
    [("{}", "no live_ref is set"), ("live_ref: upstream/main", "upstream/main is not known here")],
)
def test_without_a_known_live_ref_it_is_refused(
    settings: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    (desk.releases / "zumik.yaml").write_text(f"{settings}\n")
    _refused(desk, 4, words)


def _git_that_fails(desk: Desk, pattern: str) -> dict[str, str]:
    git = desk.root / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        "#!/bin/sh\n"
        f'case "$*" in {pattern}) echo "No space left on device" >&2; exit 128;; esac\n'
        f'PATH="{os.environ["PATH"]}" exec git "$@"\n'
    )
    git.chmod(0o755)
    return {"PATH": f"{git.parent}:{os.environ['PATH']}"}


@pytest.mark.parametrize("command", ["add", "rm"])
def test_an_index_that_cannot_be_written_leaves_the_merge_as_it_was(
    command: str, stale: Stale
) -> None:
    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    _refused(desk, 4, "No space left", **_git_that_fails(desk, f'*" {command} "*'))
    assert not (desk.repo / ".git" / "zumik").exists()


def test_a_hook_that_refuses_leaves_the_branch_as_it_was(
    stale: Stale,
) -> None:
    desk = stale("code.fast")
    _merged_by_hand(desk)
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no way >&2; exit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    _refused(desk, 4, "git commit failed: no way")


@pytest.mark.parametrize("allowed", range(3))
def test_a_disk_that_is_full_leaves_the_merge_as_it_was(allowed: int, stale: Stale) -> None:
    from tests.cli.test_disk import _fail_to_create

    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    with pytest.MonkeyPatch.context() as patch:
        _fail_to_create(patch, 28, allowed)
        _refused(desk, 4, "the disk is full; nothing was changed")


def test_a_filter_that_changes_a_release_is_noticed_before_it_is_committed(
    stale: Stale,
) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    desk.git("config", "filter.spoil.clean", "sed s/alr/ALR/")
    info = desk.repo / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("releases/frozen/** filter=spoil\n")
    refused = _refused(desk, 5, "was staged with other bytes: a hook or a filter changed them")
    assert "exempt releases/frozen" in refused.err


def test_a_tampered_draft_exits_5(stale: Stale) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    for path in (desk.releases / "frozen").glob("alr_2026_01_10_002.*"):
        path.write_bytes(path.read_bytes() + b" ")
    _refused(desk, 5, "the bytes hash to")


def test_refreeze_works_in_a_subdirectory_and_a_linked_worktree(
    stale: Stale, tmp_path: Path
) -> None:
    desk = stale("code.fast")
    desk.git("switch", "--quiet", "--detach")
    desk.git("worktree", "add", "--quiet", "../linked", "cheaper")
    desk.below = "../linked"
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = _ok(desk.zumik(*REFREEZE))
    assert "next: git commit" in done.err
    desk.git("commit", "--quiet", "-m", "Merge")
    assert desk.git("status", "--porcelain") == ""
    assert _ok(desk.zumik("check"))
