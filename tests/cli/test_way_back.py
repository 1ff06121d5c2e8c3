"""The line `to undo:`: it names everything that moved, and pasting it puts everything back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk, Turn


def undo(desk: Desk, done: Turn) -> None:
    """Paste what the answer says after `to undo:`."""
    assert done.exit_code == 0, done
    assert "to undo: " in done.err, done
    for command in done.err.rpartition("to undo: ")[2].splitlines()[0].split(" && "):
        turn = desk.say(command.strip())
        assert turn.exit_code == 0, turn


def targets(desk: Desk) -> str:
    """What every alias points to and answers, whether that has landed or not."""
    listed = json.loads(desk.zumik("alias", "list", "--format", "json").out)["aliases"]
    kept = [(row["alias"], row["release"], row["answers"]) for row in listed]
    return json.dumps(kept)


@pytest.mark.parametrize("options", [(), ("--no-commit",)], ids=["committed", "not-committed"])
@pytest.mark.parametrize(
    "command",
    [
        ("alias", "rollback", "code.fast"),
        ("alias", "rollback", "code.fast", "review.listed", "--to", "alr_2026_01_10_001"),
        ("alias", "promote", "--all", "--to", "alr_2026_01_10_001"),
        ("alias", "retire", "code.fast", "review.listed", "--reason", "over"),
        ("drain", "acme/*", "--until", "4h", "--reason", "INC-42"),
    ],
    ids=["rollback", "rollback-to", "promote-to-older", "retire", "drain"],
)
def test_what_moved_is_undone(
    command: tuple[str, ...], options: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    before = targets(desk)
    done = desk.zumik(*command, *options)
    assert targets(desk) != before
    undo(desk, done)
    assert targets(desk) == before
    undo(desk, desk.zumik(*command, *options))
    assert targets(desk) == before


def test_a_promotion_to_an_older_release_is_a_rollback(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    done = desk.zumik("alias", "promote", "code.fast", "--to", "alr_2026_01_10_001")
    assert done.exit_code == 0, done
    assert "code.fast goes back to alr_2026_01_10_001, which is a rollback\n" in done.err
    assert "to undo: zumik alias promote code.fast --to alr_2026_03_10_001\n" in done.err
    assert '"kind": "rollback"' in (desk.releases / "live" / "code.fast.json").read_text()
    assert desk.git("log", "-1", "--format=%s") == "Roll back code.fast to alr_2026_01_10_001\n"


def test_an_alias_that_was_not_live_has_nothing_to_go_back_to(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("first-release")
    done = desk.zumik("alias", "promote", "--all", "--latest")
    assert done.exit_code == 0, done
    assert "to undo" not in done.err


def test_nothing_goes_back_to_what_was_never_live(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    for note in ("Never promoted", "The one that is promoted"):
        assert desk.zumik("release", "create", "--note", note, "--allow-unchanged").exit_code == 0
    assert desk.zumik("alias", "promote", "code.fast", "--latest").exit_code == 0
    desk.git("push", "--quiet", "origin", "main")
    never = sorted(path.name.split(".")[0] for path in (desk.releases / "frozen").glob("*"))[-2]
    for verb in ("rollback", "promote"):
        done = desk.zumik("alias", verb, "code.fast", "--to", never)
        assert done.exit_code == 3, done
        assert f"cannot go back to {never}: it was never live for it" in done.err


def test_a_draft_makes_way_for_an_older_draft_by_a_promotion(
    desk_after: Callable[[str], Desk],
) -> None:
    """Neither was ever live, so nothing goes back, and the check of the branch agrees."""
    desk = desk_after("march")
    desk.git("switch", "--quiet", "--create", "drafts")
    for note in ("First", "Second"):
        assert desk.zumik("release", "create", "--note", note, "--allow-unchanged").exit_code == 0
        done = desk.zumik("alias", "promote", "code.fast", "--latest")
        assert done.exit_code == 0, done
    undo(desk, done)
    assert '"kind": "promote"' in (desk.releases / "live" / "code.fast.json").read_text()
    checked = desk.zumik("check", "--base", "origin/main")
    assert checked.exit_code == 0, checked


def test_a_retired_alias_that_goes_to_an_older_release_is_rolled_back(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("march")
    assert desk.zumik("alias", "retire", "code.fast", "--reason", "over").exit_code == 0
    desk.git("push", "--quiet", "origin", "main")
    done = desk.zumik("alias", "promote", "code.fast", "--to", "alr_2026_01_10_001")
    assert done.exit_code == 0, done
    assert "which is a rollback" in done.err
    checked = desk.zumik("check", "--base", "origin/main")
    assert checked.exit_code == 0, checked
