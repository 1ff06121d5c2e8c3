"""Each commit of a branch is held to what the result is held to, and the cost is bounded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.attacks.case import BRANCH, Answer, check, prepare
from tests.cli.attacks.commits import put_back
from tests.cli.attacks.edits import append, freeze, land, replace_text, write
from tests.cli.attacks.ledger import ledger_in_another_order
from tests.cli.conversation import Desk

import zumik.actions.gate.branch_commits

NOTHING = Answer(0, set(), set())


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return prepare(desk_after("february"))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commits that are judged beside the result."""
    found: list[str] = []
    judge = zumik.actions.gate.branch_commits._errors_at

    def seen(branch: object, commit: str) -> object:
        found.append(commit)
        return judge(branch, commit)  # type: ignore[arg-type]

    monkeypatch.setattr(zumik.actions.gate.branch_commits, "_errors_at", seen)
    return found


def test_commits_that_the_result_shows_are_not_judged_again(desk: Desk, judged: list[str]) -> None:
    """Releases one after another, edits between them, and files of others."""
    for round_ in range(3):
        text = f"description: Round {round_}. "
        replace_text("releases/policy/aliases.yaml", "description: ", text)(desk)
        freeze(desk, f"Round {round_}")
        write(desk, f"src/{round_}.txt", "mine\n")
    assert desk.zumik("alias", "promote", "--all", "--latest").exit_code == 0
    assert check(desk) == NOTHING
    assert judged == []


def test_each_move_but_the_last_is_judged(desk: Desk, judged: list[str]) -> None:
    for _ in range(3):
        freeze(desk)
        assert desk.zumik("alias", "promote", "--all", "--latest").exit_code == 0
    assert check(desk) == NOTHING
    assert len(judged) == 2


def test_what_one_commit_leaves_wrong_is_reported_once(desk: Desk) -> None:
    def twice(desk: Desk) -> None:
        ledger_in_another_order(desk)
        append(desk, "releases/zumik.yaml", "# x\n")

    put_back(twice)(desk)
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert turn.exit_code == 3
    assert turn.out.count("[ledger-rewritten]") == 1
    first = desk.git("rev-parse", "HEAD~2")[:10]
    assert f"error: at commit {first}, and not in the result: the ledger is not" in turn.out
    assert "squash the branch" in turn.out


def test_a_stale_branch_is_judged_by_where_it_began(desk: Desk) -> None:
    """What landed meanwhile is nothing that its older commits removed."""
    freeze(desk, "Ours")
    land(desk, lambda desk: freeze(desk, "Theirs, and first"))
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code != 0
    assert desk.zumik("release", "refreeze").exit_code == 0
    desk.git("commit", "--quiet", "--all", "--no-edit")
    assert check(desk) == Answer(0, set(), {"draft-removed"})


def test_the_bound_is_said_and_is_no_pass(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zumik.actions.gate.branch_commits, "MOST_COMMITS", 1)
    put_back(ledger_in_another_order)(desk)
    put_back(ledger_in_another_order)(desk)
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert turn.exit_code == 4
    assert "3 commits of this branch" in turn.err
    assert "at most 1 are judged" in turn.err
    assert "hint: squash the branch, or land it in parts" in turn.err


def test_a_history_that_began_elsewhere_is_not_judged_on_the_way(desk: Desk) -> None:
    """Its files lie where the workspace is, and no commit of the base is their start."""
    desk.git("switch", "--quiet", "--orphan", "elsewhere")
    write(desk, "releases/live/notes.txt", "hello\n")
    desk.git("rm", "--quiet", "releases/live/notes.txt")
    write(desk, "notes.txt", "hello\n")
    desk.git("switch", "--quiet", BRANCH)
    desk.git("merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "elsewhere")
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert turn.exit_code == 4
    assert "has no commit in common with 'origin/main'" in turn.err
    assert "squash the branch" in turn.err


def test_a_merge_that_takes_what_another_history_brings_is_no_change(desk: Desk) -> None:
    desk.git("switch", "--quiet", "--orphan", "elsewhere")
    write(desk, "vendor/notes.txt", "hello\n")
    desk.git("switch", "--quiet", BRANCH)
    desk.git("merge", "--quiet", "--allow-unrelated-histories", "--no-edit", "elsewhere")
    assert check(desk) == NOTHING


def test_a_merge_with_what_landed_since_is_no_change(desk: Desk, judged: list[str]) -> None:
    def move(desk: Desk) -> None:
        freeze(desk, "Theirs")
        assert desk.zumik("alias", "promote", "--all", "--latest").exit_code == 0

    for round_ in range(2):
        write(desk, "notes.txt", f"Round {round_}\n")
        land(desk, move)
        desk.git("merge", "--quiet", "--no-edit", "origin/main")
    freeze(desk, "Ours")
    assert check(desk) == NOTHING
    assert judged == []
