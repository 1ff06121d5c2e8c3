"""A winner that people took back is remembered, and does not come back without a word."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk

NEW = "alr_2026_02_10_001"
SWIFT = "globex/swift was rolled back on 2026-02-10, from alr_2026_02_10_001: INC-42"


def _landed(desk: Desk) -> None:
    desk.git("push", "--quiet", "origin", "main")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """code.fast was rolled back to January, that landed, and another alias's policy changes."""
    desk = desk_after("february")
    _landed(desk)
    assert desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42").exit_code == 0
    _landed(desk)
    return desk


def test_plan_create_and_promote_say_that_a_winner_was_rolled_back(desk: Desk) -> None:
    assert SWIFT in desk.zumik("plan", "code.fast").out
    told = json.loads(desk.zumik("plan", "--format", "json").out)["plans"]
    back = {item["alias"]: item["taken_back"] for item in told}
    assert back["code.fast"]["reason"] == "INC-42"
    assert back["auto.balanced"] is None
    made = desk.zumik("release", "create", "--allow-unchanged", "--dry-run")
    assert f"warning: code.fast: {SWIFT}" in made.err, made
    for more in (["--dry-run"], []):
        moved = desk.zumik("alias", "promote", "code.fast", "--to", NEW, *more)
        assert moved.exit_code == 0, moved
        assert f"warning: code.fast: {SWIFT}" in moved.err
        assert "globex/swift" in moved.out
    checked = desk.zumik("check", "--base", "origin/main")
    assert f"comes back: {SWIFT}" in checked.out, checked


@pytest.mark.parametrize("withdrawn", [False, True])
def test_promote_all_leaves_it_out(desk: Desk, withdrawn: bool) -> None:
    said = SWIFT
    if withdrawn:
        assert desk.zumik("release", "withdraw", NEW, "--reason", "INC-43").exit_code == 0
        _landed(desk)
        said = "globex/swift was withdrawn on 2026-02-10, with alr_2026_02_10_001: INC-43"
    made = desk.zumik("release", "create", "--allow-unchanged")
    assert made.exit_code == 0, made
    assert f"warning: code.fast: {said}; promote --all leaves it out" in made.err
    for more in (["--dry-run"], []):
        moved = desk.zumik("alias", "promote", "--all", "--latest", *more)
        assert moved.exit_code == 0, moved
        assert f"code.fast is left out: {said}" in moved.err
        assert "code.fast" not in moved.out
        assert "auto.balanced" in moved.out
    way = next(
        line for line in moved.err.splitlines() if line.startswith("to move it all the same")
    )
    named = desk.say(way.partition(": ")[2])
    assert named.exit_code == 0, named
    assert f"warning: code.fast: {said}" in named.err


def test_a_winner_that_was_promoted_again_is_remembered_no_more(desk: Desk) -> None:
    assert desk.zumik("alias", "promote", "code.fast", "--to", NEW).exit_code == 0
    _landed(desk)
    assert "rolled back" not in desk.zumik("plan", "code.fast").out
    made = desk.zumik("release", "create", "--allow-unchanged")
    assert "rolled back" not in made.err
    moved = desk.zumik("alias", "promote", "--all", "--latest")
    assert "code.fast" in moved.out
    assert "left out" not in moved.err


def test_a_rollback_that_has_not_landed_is_called_so(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    _landed(desk)
    assert desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42").exit_code == 0
    here = SWIFT.replace("2026-02-10, from", "2026-02-10 (here: not landed), from")
    assert here in desk.zumik("plan", "code.fast").out
    moved = desk.zumik("alias", "promote", "code.fast", "--to", NEW, "--dry-run")
    assert f"warning: code.fast: {here}" in moved.err
    told = json.loads(desk.zumik("plan", "code.fast", "--format", "json").out)["plans"]
    assert told[0]["taken_back"]["landed"] is False
    _landed(desk)
    assert SWIFT in desk.zumik("plan", "code.fast").out


def test_a_clone_that_lacks_the_rollback_says_what_is_unknown(desk: Desk) -> None:
    (desk.repo / "README.md").write_text("later\n")
    desk.git("add", "README.md")
    desk.git("commit", "--quiet", "-m", "Later")
    _landed(desk)
    url = (desk.root / "origin.git").as_uri()
    desk.git("clone", "--quiet", "--depth=1", url, "../shallow")
    (desk.root / "clone").mkdir()
    (desk.root / "shallow").rename(desk.root / "clone" / "repo")
    clone = Desk(desk.root / "clone", desk.now)
    said = "history is cut off at 2026-02-10 10:00, so an earlier rollback is not known here"
    assert f"{said}: git fetch --unshallow" in clone.zumik("plan", "code.fast").out
    told = json.loads(clone.zumik("plan", "code.fast", "--format", "json").out)["plans"]
    assert told[0]["history_from"] == "2026-02-10T10:00:00Z"
    moved = clone.zumik("alias", "promote", "code.fast", "--to", NEW, "--dry-run")
    assert f"warning: code.fast: {said}" in moved.err
    made = clone.zumik("release", "create", "--allow-unchanged", "--dry-run")
    assert f"warning: code.fast: {said}" in made.err
    clone.git("fetch", "--quiet", "--unshallow")
    assert SWIFT in clone.zumik("plan", "code.fast").out
    assert "cut off" not in clone.zumik("plan").out


def test_create_does_not_propose_to_promote_all_where_all_leaves_out_what_changed(
    desk: Desk,
) -> None:
    made = desk.zumik("release", "create", "--allow-unchanged")
    assert made.exit_code == 0, made
    assert "next: zumik alias promote --all" not in made.err, made
    (line,) = (line for line in made.err.splitlines() if line.startswith("to move it all the same"))
    assert desk.say(line.partition(": ")[2]).exit_code == 0
    assert "globex/swift" in desk.zumik("alias", "show", "code.fast").out
