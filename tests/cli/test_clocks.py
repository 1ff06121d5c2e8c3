"""Wrong clocks: found before they land, and no hindrance to what follows once they have landed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cli.attacks.case import BRANCH, check, prepare
from tests.cli.attacks.drains import a_drain, write_drains
from tests.cli.attacks.edits import forge, freeze, frozen, land, write_pointer
from tests.cli.conversation import Desk

from zumik.core.releases.draft import line_time

FUTURE = "2099-01-01T00:00:00Z"


def _dated(text: str) -> Callable[[dict[str, Any]], object]:
    """A release made by a machine whose clock says this."""
    day = text[:10].replace("-", "_")
    return lambda tree: tree.update(created_at=text, id=f"alr_{day}_001")


def _withdrawn(desk: Desk, at: str) -> None:
    (path,) = (desk.releases / "withdrawn").glob("*.json")
    text = path.read_text()
    tree = json.loads(text)
    path.write_text(text.replace(tree["withdrawn_at"], at))
    desk.git("commit", "--quiet", "--all", "--amend", "--no-edit")


def _withdraw(desk: Desk, at: str) -> None:
    freeze(desk)
    name = frozen(desk, -1).name.partition(".")[0]
    done = desk.zumik("release", "withdraw", name, "--reason", "Wrong prices")
    assert done.exit_code == 0, done
    _withdrawn(desk, at)


WRONG = {
    "release": lambda desk: forge(desk, _dated("2026-02-22T00:00:00Z")),
    "pointer": lambda desk: write_pointer(desk, proposed_at=FUTURE, generation=3),
    "drain": lambda desk: write_drains(
        desk, 1, a_drain(desk, since=FUTURE, until="2099-01-02T00:00:00Z")
    ),
    "withdrawal": lambda desk: _withdraw(desk, FUTURE),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_time_in_the_future_is_found_and_once_landed_stops_nothing(
    wrong: Callable[[Desk], object], desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    wrong(desk)
    assert check(desk).errors == {"created-in-the-future"}
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    desk.now += timedelta(hours=1)
    freeze(desk)
    newest = json.loads(frozen(desk, -1).read_text())
    assert newest["created_at"] == "2026-02-20T10:00:00Z"
    found = check(desk)
    assert (found.errors, found.exit_code) == (set(), 0), found
    for arguments in (
        ("check",),
        ("check", "--full"),
        ("check", "--full", "--base", "origin/main", "--all"),
    ):
        turn = desk.zumik(*arguments)
        assert (turn.exit_code, "created-in-the-future" in turn.out) == (0, True), turn
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    assert desk.zumik("alias", "promote", "--all", "--latest").exit_code == 0
    assert check(desk).errors == set()


@pytest.mark.parametrize("year", ["2099", "9999"])
def test_the_line_goes_on_behind_a_release_of_another_century(
    year: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    forge(desk, _dated(f"{year}-01-01T00:00:00Z"))
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    freeze(desk)
    freeze(desk)
    ids = [frozen(desk, place).name.partition(".")[0] for place in (-3, -2, -1)]
    assert ids == [f"alr_{year}_01_01_00{number}" for number in (1, 2, 3)]
    early = desk.zumik("release", "create", "--as-of", "2026-02-20T08:59:59Z", "--allow-unchanged")
    assert early.exit_code == 2, early
    assert "is before the newest release" in early.err


def test_a_release_before_its_landed_parent_only_warns_once_it_has_landed(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = prepare(desk_after("february"))
    forge(desk, lambda tree: tree.update(created_at="2026-02-01T00:00:00Z"))
    assert "time-goes-back" in check(desk).errors
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    turn = desk.zumik("check", "--full", "--format", "json")
    found = {item["code"]: item["severity"] for item in json.loads(turn.out)["findings"]}
    assert found["time-goes-back"] == "warning"


@pytest.mark.parametrize(
    ("seconds", "severity", "words"),
    [
        (253_402_300_800, "error", "claims to be of 253402300800 seconds after 1970"),
        (4_070_908_800, "error", "of 2099-01-01T00:00:00Z, which is in the future"),
        (2**63, "error", "which is in the future"),
        (0, "warning", "1970-01-01T00:00:00Z, when there was no git yet"),
        (1_500_000_000, "warning", "before its parent of 2026-"),
    ],
)
def test_a_commit_whose_clock_is_wrong_is_found_and_stops_nothing(
    seconds: int, severity: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    freeze(desk)
    _recommit(desk, seconds)
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH, "--format", "json")
    (found,) = (
        item for item in json.loads(turn.out)["findings"] if item["code"] == "commit-clock-wrong"
    )
    assert found["severity"] == severity
    assert words in found["message"]
    assert "git rebase --force-rebase origin/main" in found["hint"]
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    desk.now += timedelta(hours=1)
    freeze(desk)
    assert check(desk).errors == set()


def _recommit(desk: Desk, seconds: int) -> None:
    """The last commit again, with another clock, as no git command would make it."""
    lines = desk.git("cat-file", "commit", "HEAD").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith("committer "))
    name, _, _ = lines[place].rsplit(" ", 2)
    lines[place] = f"{name} {seconds} +0000\n"
    made = desk.do(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
        stdin="".join(lines).encode(),
    )
    desk.git("reset", "--quiet", "--hard", made.out.strip())


def test_the_hint_of_a_wrong_commit_clock_leads_out(desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    freeze(desk)
    _recommit(desk, 4_070_908_800)
    desk.git("rebase", "--quiet", "--force-rebase", "origin/main")
    assert check(desk).errors == set()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda desk: write_pointer(desk, proposed_at="1990-01-01T00:00:00Z", generation=3),
        lambda desk: _withdraw(desk, "2026-01-01T00:00:00Z"),
    ],
    ids=["pointer", "withdrawal"],
)
def test_a_move_or_a_withdrawal_before_its_release_is_found(
    wrong: Callable[[Desk], object], desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    wrong(desk)
    assert check(desk).errors == {"clock-goes-back"}


def test_a_move_after_one_of_another_century_is_no_fault(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = prepare(desk_after("february"))
    land(desk, lambda desk: write_pointer(desk, proposed_at=FUTURE, generation=3))
    desk.git("reset", "--quiet", "--hard", "origin/main")
    write_pointer(desk, proposed_at="2026-02-20T09:00:00Z", generation=4)
    assert check(desk).errors == set()


def test_the_time_of_a_line_is_the_newest_that_can_be_true() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 2, 20, tzinfo=UTC)
    times = [now + timedelta(days=days) for days in (900, -2, 3, -1)]
    assert line_time(times, now) == now - timedelta(days=2)
    assert line_time(times[:1], now) is None
