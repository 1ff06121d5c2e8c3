"""Two branches that each make a release become two releases in line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.cli.refreeze.branches import (
    CHEAPER,
    FASTER,
    LANDINGS,
    OLDER,
    REFREEZE,
    Stale,
    bring_up_to_date,
    land,
    list_releases,
    make_branch,
    ok,
    read_pointer,
    require_in_line,
)

UPDATES = ("merge", "rebase")


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
    land(desk, "faster", landing)
    turns = bring_up_to_date(desk, "cheaper", update)
    assert any("code.fast: acme/small → globex/steady" in turn.out for turn in turns)
    require_in_line(desk, 3)
    newest = list_releases(desk)[-1]
    assert newest["note"] == "acme is cheaper"
    for alias in second:
        pointer = read_pointer(desk, alias)
        assert pointer["release"] == newest["id"]
        assert pointer["sha256"] == newest["sha256"]
        assert pointer["generation"] == (3 if alias in first else 2)
        assert (pointer["kind"], pointer["reason"]) == ("promote", "By cheaper")
    for alias in set(first) - set(second):
        assert read_pointer(desk, alias)["reason"] == "By faster"
    land(desk, "cheaper", landing)
    require_in_line(desk, 3)
    assert "nothing to refreeze" in ok(desk.zumik(*REFREEZE)).out


def test_a_branch_that_squashed_main_in_can_refreeze(
    stale: Stale,
) -> None:
    desk = stale("code.fast")
    bring_up_to_date(desk, "cheaper", "squash")
    require_in_line(desk, 3)
    assert read_pointer(desk, "code.fast")["generation"] == 3


def test_three_branches_land_in_turn(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER, ("code.fast",))
    make_branch(desk, "cheaper", CHEAPER, ("code.fast",))
    make_branch(desk, "older", OLDER, ("code.fast",))
    land(desk, "faster")
    for count, (name, how) in enumerate((("cheaper", "merge"), ("older", "rebase")), 3):
        bring_up_to_date(desk, name, how)
        require_in_line(desk, count)
        land(desk, name)
        require_in_line(desk, count)
    assert read_pointer(desk, "code.fast")["generation"] == 4
    assert "promote 4" in desk.zumik("alias", "history", "code.fast").out


def test_a_branch_stale_twice_refreezes_twice(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    make_branch(desk, "faster", FASTER, ("code.fast",))
    make_branch(desk, "cheaper", CHEAPER)
    make_branch(desk, "older", OLDER, ("code.fast",))
    land(desk, "faster")
    bring_up_to_date(desk, "older", "merge")
    bring_up_to_date(desk, "cheaper", "merge")
    land(desk, "cheaper")
    bring_up_to_date(desk, "older", "merge")
    require_in_line(desk, 4)
    assert read_pointer(desk, "code.fast")["generation"] == 3


def test_another_note_is_a_reason_to_freeze_again(
    two_branches: Callable[..., Desk], tmp_path: Path
) -> None:
    desk = two_branches((), ("code.fast",)).copy(tmp_path / "desk")
    again = ok(desk.zumik(*REFREEZE, "--note", "acme/small halves its price"))
    assert "replaces  the draft alr_2026_01_10_002" in again.out, again
    newest = list_releases(desk)[-1]
    assert newest["note"] == "acme/small halves its price"
    assert desk.git("log", "-1", "--format=%b").strip() == "acme/small halves its price"
    assert read_pointer(desk, "code.fast")["release"] == newest["id"]
    same = ok(desk.zumik(*REFREEZE, "--note", "acme/small halves its price"))
    assert "nothing to refreeze" in same.out
    ok(desk.zumik("check", "--base", "origin/main"))
