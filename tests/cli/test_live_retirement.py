"""A live model that has retired, or soon will, is named wherever the alias is shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk


@pytest.fixture
def announce(desk_after: Callable[[str], Desk]) -> Callable[[str], Desk]:
    """A desk whose catalog says when globex/swift, live for code.fast, retires."""

    def announced(day: str) -> Desk:
        desk = desk_after("february")
        catalog = desk.releases / "catalog" / "globex.yaml"
        text = catalog.read_text()
        assert "  swift:\n" in text
        catalog.write_text(text.replace("  swift:\n", f"  swift:\n    retires_on: {day}\n", 1))
        desk.git("commit", "--quiet", "-am", "globex/swift retires")
        desk.git("push", "--quiet", "origin", "main")
        return desk

    return announced


@pytest.mark.parametrize(("day", "verb"), [("2026-02-01", "retired"), ("2026-03-01", "retires")])
def test_a_live_model_that_retires_is_named(
    announce: Callable[[str], Desk], day: str, verb: str
) -> None:
    desk = announce(day)
    said = f"globex/swift {verb} on {day}; next in the ranking: acme/small"
    for command in (("status",), ("alias", "list"), ("alias", "show", "code.fast")):
        shown = desk.zumik(*command)
        assert said in shown.out, shown
    resolved = desk.zumik("resolve", "code.fast", "--format", "json")
    assert f"warning: code.fast: {said}" in resolved.err, resolved
    for base in ([], ["--base", "origin/main", "--all"]):
        checked = desk.zumik("check", *base)
        assert checked.exit_code == 0, checked
        assert "[live-model-retires]" in checked.out
        assert "releases/live/code.fast.json" in checked.out
    assert f"code.fast: {said}" in checked.out
    (told,) = (
        item
        for item in json.loads(desk.zumik("alias", "list", "--format", "json").out)["aliases"]
        if item["alias"] == "code.fast"
    )
    assert told["retirement"] == {
        "model": "globex/swift",
        "retires_on": day,
        "retired": verb == "retired",
        "next_ranked": "acme/small",
    }


@pytest.mark.parametrize(
    "entry",
    [
        "lifecycle: {retires_on: 2026-02-01, source: a page}",
        "lifecycle: {not_served_since: 2026-02-01}",
        "lifecycle:\n      source: a page\n      not_served_since: 2026-02-01",
        "lifecycle: {retires_on: 2027-01-01, not_served_since: 2026-02-01}",
    ],
)
def test_the_end_in_a_record_is_read_as_one_beside_it(
    announce: Callable[[str], Desk], entry: str
) -> None:
    desk = announce("2026-02-01")
    catalog = desk.releases / "catalog" / "globex.yaml"
    catalog.write_text(catalog.read_text().replace("retires_on: 2026-02-01", entry, 1))
    assert desk.zumik("validate").exit_code in (0, 3)
    said = "globex/swift retired on 2026-02-01; next in the ranking: acme/small"
    for command in (("status",), ("alias", "show", "code.fast")):
        assert said in desk.zumik(*command).out
    assert desk.zumik("resolve", "code.fast").err == f"warning: code.fast: {said}\n"


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        ("[{from: 2026-03-01, input: 9, output: 9}]", "2026-03-01"),
        ("[{from: 2027-03-01, input: 9}, {input: 9, from: 2026-03-02}]", "2026-03-02"),
        ("\n        - from: 2026-03-01\n          input: 9", "2026-03-01"),
        ("\n        - input: 9\n          from: 2026-03-01", "2026-03-01"),
        ("[{from: 2027-03-01, input: 9}]", None),
        ("[{from: 2026-01-01, input: 9, confirmed_on: 2026-01-01}]", None),
    ],
)
def test_a_price_that_changes_soon_is_named(
    desk_after: Callable[[str], Desk], dated: str, expected: str | None
) -> None:
    desk = desk_after("february")
    catalog = desk.releases / "catalog" / "globex.yaml"
    price = f"price:\n      input: 1\n      from: 2026-01-02\n      dated: {dated}\n"
    text = catalog.read_text()
    before, _, rest = text.partition("  swift:\n")
    lines = [line for line in rest.splitlines(keepends=True) if "price:" not in line]
    catalog.write_text(f"{before}  swift:\n    {price}{''.join(lines)}")
    shown = desk.zumik("status")
    assert (f"its price changes on {expected}" in shown.out) == (expected is not None), shown
    listed = json.loads(desk.zumik("alias", "list", "--format", "json").out)
    (row,) = (item for item in listed["aliases"] if item["alias"] == "code.fast")
    assert row["price_changes_on"] == expected


def test_a_retirement_beyond_the_horizon_is_not_reported(announce: Callable[[str], Desk]) -> None:
    desk = announce("2026-12-01")
    assert "next in the ranking" not in desk.zumik("status").out
    assert not desk.zumik("resolve", "code.fast").err
    assert "live-model-retires" not in desk.zumik("check").out


GONE = "globex/swift retired on 2026-02-01"


def test_a_target_that_retired_is_named(announce: Callable[[str], Desk]) -> None:
    desk = announce("2026-02-01")
    resolved = desk.zumik("resolve", "globex/swift", "--format", "json")
    assert resolved.err == f"warning: {GONE}\n"
    assert f"  {GONE}\n" in desk.zumik("explain", "globex/swift").out
    assert not desk.zumik("resolve", "acme/small").err


def test_a_pinned_reference_whose_model_retired_is_named(
    announce: Callable[[str], Desk],
) -> None:
    desk = announce("2026-02-01")
    pinned = "code.fast@alr_2026_02_10_001"
    warning = f"warning: {pinned}: {GONE}; next in the ranking: acme/small\n"
    assert desk.zumik("resolve", pinned).err == warning


def test_explain_says_that_what_answers_today_retired(announce: Callable[[str], Desk]) -> None:
    desk = announce("2026-02-01")
    today = desk.zumik("explain", "code.fast").out.splitlines()[-1]
    assert today.startswith("Today  ")
    assert today.endswith(f"; {GONE}; next in the ranking: acme/small")
    told = json.loads(desk.zumik("explain", "code.fast", "--format", "json").out)
    assert told["live_now_retirement"]["next_ranked"] == "acme/small"
    told = json.loads(desk.zumik("explain", "auto.balanced", "--format", "json").out)
    assert told["live_now_retirement"] is None


def test_a_bundle_says_which_winners_retired(announce: Callable[[str], Desk]) -> None:
    desk = announce("2026-02-01")
    made = desk.zumik("bundle", "-o", "live.json", "--format", "json")
    assert f"warning: code.fast: {GONE}; next in the ranking: acme/small" in made.err
    (told,) = (it for it in json.loads(made.out)["retirements"] if it["alias"] == "code.fast")
    assert (told["model"], told["retired"]) == ("globex/swift", True)


def test_a_move_onto_a_winner_that_retired_says_so(announce: Callable[[str], Desk]) -> None:
    """By the catalog: no release was frozen after the retirement was announced."""
    desk = announce("2026-02-01")
    said = f"warning: code.fast: {GONE}; next in the ranking: acme/small"
    back = desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42")
    assert back.exit_code == 0, back
    assert GONE not in back.err
    for command in ("promote", "rollback"):
        moved = desk.zumik(
            "alias", command, "code.fast", "--to", "alr_2026_02_10_001", "--format", "json"
        )
        assert moved.exit_code == 0, moved
        if command == "promote":
            assert said in moved.err, moved
            (told,) = json.loads(moved.out)["retirements"]
            assert (told["alias"], told["model"]) == ("code.fast", "globex/swift")


def test_promote_all_leaves_a_retired_alias_out(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    ended = desk.zumik("alias", "retire", "code.fast", "--reason", "not needed")
    assert ended.exit_code == 0, ended
    desk.git("push", "--quiet", "origin", "main")
    for more in (["--dry-run"], []):
        moved = desk.zumik("alias", "promote", "--all", "--latest", "--format", "json", *more)
        assert moved.exit_code == 0, moved
        assert "code.fast is left out: it was retired on 2026-02-10: not needed" in moved.err
        told = json.loads(moved.out)
        assert told["left_retired"] == [{"alias": "code.fast", "reason": "not needed"}]
        assert "code.fast" not in [move["alias"] for move in told["moves"]]
    assert desk.zumik("resolve", "code.fast").exit_code != 0
    way = next(
        line for line in moved.err.splitlines() if line.startswith("to move it all the same")
    )
    named = desk.say(way.partition(": ")[2])
    assert named.exit_code == 0, named
    assert desk.zumik("resolve", "code.fast").exit_code == 0
