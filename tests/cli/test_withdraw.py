"""Withdrawing a release: what is refused, what is left alone, and what holds ever after."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.cli.attacks.edits import commit, freeze, frozen, relative, write
from tests.cli.attacks.withdrawals import write_withdrawal
from tests.cli.conversation import Desk, Turn

DeskAfter = Callable[[str], Desk]
FIRST, LIVE, NEWEST = "alr_2026_01_10_001", "alr_2026_02_10_001", "alr_2026_02_20_001"
WITHDRAW = ("release", "withdraw", NEWEST, "--reason", "wrong price")
MARK = f"releases/withdrawn/{NEWEST}.json"
SECRET = "sk-" + "a1B2" * 8


@pytest.fixture
def desk(desk_after: DeskAfter) -> Desk:
    """A release that landed and that no alias is live at: it can be withdrawn."""
    desk = desk_after("february")
    desk.now = desk.now.replace(day=20)
    freeze(desk)
    desk.git("push", "--quiet", "origin", "main")
    return desk


def _ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def _refused(desk: Desk, code: int, words: str, *command: str) -> Turn:
    before = desk.holds()
    refused = desk.zumik(*command)
    assert refused.exit_code == code, refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before
    return refused


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("release", "create", "--allow-unchanged"), "--note"),
        (("alias", "promote", "--all", "--latest"), "--reason"),
        (("alias", "rollback", "code.fast"), "--reason"),
        (("release", "withdraw", NEWEST), "--reason"),
    ],
)
def test_a_text_with_a_key_is_refused_before_any_write(
    command: tuple[str, ...], option: str, desk: Desk
) -> None:
    refused = _refused(
        desk, 2, f"{option} holds what looks like an API key", *command, option, f"ask {SECRET}"
    )
    assert SECRET not in refused.out + refused.err
    _ok(desk.zumik(*command, option, "ask for the key"))


@pytest.mark.parametrize("arguments", [(), ("--reason", ""), ("--reason", " \n\t")])
def test_a_withdrawal_needs_a_reason(arguments: tuple[str, ...], desk: Desk) -> None:
    before = desk.holds()
    refused = desk.zumik("release", "withdraw", NEWEST, *arguments)
    assert refused.exit_code == 2
    assert "--reason" in refused.err
    assert desk.holds() == before


def test_a_live_release_is_not_withdrawn(desk: Desk) -> None:
    refused = _refused(
        desk, 3, f"{LIVE} is live for code.fast", "release", "withdraw", LIVE, "--reason", "x"
    )
    assert "hint: move them first: zumik alias rollback code.fast" in refused.err


def test_a_retired_alias_does_not_stop_a_withdrawal(desk: Desk) -> None:
    path = desk.releases / "live" / "code.fast.json"
    text = path.read_text().replace('"promote"', '"retire"')
    write(desk, relative(desk, path), text.replace('"generation": 2', '"generation": 3'))
    _ok(desk.zumik("release", "withdraw", LIVE, "--reason", "x"))
    assert "error" not in _ok(desk.zumik("check")).out


def test_only_the_withdrawal_is_committed(desk: Desk) -> None:
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    before = {path: path.read_bytes() for path in desk.releases.rglob("*") if path.is_file()}
    done = _ok(desk.zumik(*WITHDRAW))
    assert "NOT WITHDRAWN until merged to origin/main; committed as" in done.err
    assert desk.git("show", "--format=", "--name-only", "HEAD").split() == [MARK]
    assert desk.git("status", "--porcelain") == "A  staged.txt\n"
    assert {path: path.read_bytes() for path in before} == before


def test_withdrawing_twice_changes_nothing(desk: Desk) -> None:
    _ok(desk.zumik(*WITHDRAW))
    before = desk.holds()
    again = _ok(desk.zumik("release", "withdraw", NEWEST, "--reason", "another"))
    assert again.out == f"{NEWEST} is withdrawn already, on 2026-02-20 10:00 UTC: wrong price\n"
    assert desk.holds() == before


def test_json_says_what_was_done(desk: Desk) -> None:
    told = json.loads(_ok(desk.zumik(*WITHDRAW, "--format", "json", "--dry-run")).out)
    assert (told["id"], told["reason"], told["dry_run"]) == (NEWEST, "wrong price", True)
    assert told["commit"] is None
    told = json.loads(_ok(desk.zumik(*WITHDRAW, "--format", "json")).out)
    assert told["sha256"] == frozen(desk, -1).name.split(".")[1]
    assert told["withdrawn_at"] == "2026-02-20T10:00:00Z"
    assert desk.git("rev-parse", "HEAD").startswith(told["commit"])


def test_a_pushed_branch_is_ready_for_a_pull_request(desk: Desk) -> None:
    done = _ok(desk.zumik(*WITHDRAW, "--branch", "bad-price", "--push"))
    assert "on the new branch bad-price, pushed to origin/bad-price" in done.err
    assert "next: open the pull request for origin/bad-price where you host it" in done.err
    assert desk.git("diff", "--name-only", "origin/main", "origin/bad-price") == f"{MARK}\n"
    _ok(desk.zumik("check", "--base", "origin/main"))


def test_a_failed_push_is_reported_after_the_commit(desk: Desk) -> None:
    desk.git("remote", "set-url", "origin", str(desk.root / "nowhere.git"))
    done = desk.zumik(*WITHDRAW, "--branch", "bad-price", "--push")
    assert done.exit_code == 4
    assert f"withdraws {NEWEST}: wrong price" in done.out
    assert "NOT WITHDRAWN" in done.err
    assert desk.git("show", "--format=", "--name-only", "HEAD").split() == [MARK]


def test_without_a_live_ref_the_branch_counts(desk: Desk) -> None:
    write(desk, "releases/zumik.yaml", "{}\n")
    done = _ok(desk.zumik(*WITHDRAW))
    assert "no live_ref is set, so this branch is what counts" in done.err


def test_an_uncommitted_release_is_not_withdrawn(desk: Desk) -> None:
    _ok(desk.zumik("release", "create", "--allow-unchanged", "--no-commit"))
    release = frozen(desk, -1).name.split(".")[0]
    _refused(desk, 4, "commit", "release", "withdraw", release, "--reason", "x")


def test_a_release_counts_as_withdrawn_once_the_withdrawal_landed(desk: Desk) -> None:
    desk.git("switch", "--quiet", "--create", "other")
    _ok(desk.zumik(*WITHDRAW))
    desk.git("push", "--quiet", "origin", "HEAD:main")
    told = json.loads(_ok(desk.zumik("release", "list", "--format", "json")).out)
    assert [item["withdrawn"] is None for item in told["releases"]] == [False, True, True]
    told = json.loads(_ok(desk.zumik("status", "--format", "json")).out)
    assert told["newest_withdrawn"]["reason"] == "wrong price"


# What was decided


def _line(desk: Desk) -> str:
    done = desk.zumik("resolve", f"code.fast@{NEWEST}", "--format", "json")
    return _ok(done).out


def test_decisions_of_a_withdrawn_release_replay_and_are_explained_as_before(desk: Desk) -> None:
    line = _line(desk)
    before = _ok(desk.zumik("explain", line)).out
    _ok(desk.zumik(*WITHDRAW))
    assert _line(desk) == line
    after = _ok(desk.zumik("explain", line)).out
    told = "  withdrawn on 2026-02-20 10:00 UTC: wrong price\n"
    assert told in after
    assert after.replace(told, "") == before
    assert "reproduced" in after
    assert _ok(desk.zumik("replay", "-", stdin=line.encode())).exit_code == 0
    release = json.loads(_ok(desk.zumik("explain", line, "--format", "json")).out)["release"]
    assert release["withdrawn"]["reason"] == "wrong price"


@pytest.mark.parametrize("text", ["", "{}", '{"reason": "\x1b[31m'])
def test_an_unreadable_withdrawal_does_not_stop_explain(text: str, desk: Desk) -> None:
    line = _line(desk)
    write(desk, MARK, text)
    done = _ok(desk.zumik("explain", line))
    assert f"withdrawn not known: withdrawn/{NEWEST}.json" in done.out
    release = json.loads(_ok(desk.zumik("explain", line, "--format", "json")).out)["release"]
    assert release["withdrawn"] is None
    assert f"{NEWEST}.json" in release["withdrawn_why_not_known"]
    # What would move an alias does not go on.
    _refused(desk, 4, f"withdrawn/{NEWEST}.json", "alias", "promote", "code.fast", "--to", NEWEST)
    _refused(desk, 4, f"withdrawn/{NEWEST}.json", "alias", "rollback", "code.fast")


def test_a_withdrawal_of_another_release_changes_nothing(desk: Desk) -> None:
    line = _line(desk)
    write(desk, f"releases/withdrawn/{FIRST}.json", "{}")
    assert "withdrawn" not in _ok(desk.zumik("explain", line)).out


# What is checked


def test_a_withdrawal_that_landed_broken_can_be_mended(desk: Desk) -> None:
    write_withdrawal(desk, -1, sha256="0" * 64)
    desk.git("push", "--quiet", "origin", "main")
    assert desk.zumik("check").exit_code == 3
    desk.git("rm", "--quiet", MARK)
    commit(desk, "Take it back")
    _ok(desk.zumik("check", "--base", "origin/main"))


def test_a_landed_key_is_a_warning(desk: Desk) -> None:
    write_withdrawal(desk, -1, reason=f"not {SECRET}")
    refused = desk.zumik("check", "--base", "origin/main")
    assert refused.exit_code == 3
    assert "secret-in-text" in refused.out
    assert SECRET not in refused.out.split("not clean: ")[0]
    desk.git("push", "--quiet", "origin", "main")
    for command in (("check",), ("check", "--base", "origin/main", "--all")):
        told = _ok(desk.zumik(*command)).out
        assert "warning: the reason holds an API key [secret-in-text]" in told


def test_a_review_shows_only_the_branch_s_withdrawals(desk: Desk) -> None:
    _ok(desk.zumik(*WITHDRAW))
    line = f"\nwithdraws {NEWEST}: wrong price\n"
    assert line in _ok(desk.zumik("check", "--base", "origin/main")).out
    desk.git("push", "--quiet", "origin", "main")
    freeze(desk)
    assert "withdraws" not in _ok(desk.zumik("check", "--base", "origin/main")).out


def test_a_withdrawal_missing_from_the_work_tree_is_reported(desk: Desk) -> None:
    _ok(desk.zumik(*WITHDRAW))
    (desk.repo / MARK).unlink()
    told = desk.zumik("check")
    assert told.exit_code == 3
    assert f"{MARK}: error: the last commit has it" in told.out


def test_two_withdrawals_of_one_release_conflict_in_git(desk: Desk) -> None:
    desk.git("switch", "--quiet", "--create", "other")
    _ok(desk.zumik(*WITHDRAW))
    desk.git("switch", "--quiet", "main")
    _ok(desk.zumik("release", "withdraw", NEWEST, "--reason", "another"))
    desk.git("push", "--quiet", "origin", "main")
    told = desk.zumik("check", "--base", "origin/main", "--head", "other")
    assert told.exit_code == 3
    assert "merge-conflict" in told.out


# Drafts


def _stale(desk: Desk, landed: Callable[[], object], own: Callable[[], object]) -> Turn:
    """A draft, and a release that landed first; refrozen on it. What each does besides."""
    desk.git("switch", "--quiet", "--create", "draft")
    desk.do(["sed", "-i", "s/input: 1,/input: 0.5,/", "releases/catalog/acme.yaml"])
    commit(desk, "Another price")
    freeze(desk, "Ours")
    own()
    desk.git("switch", "--quiet", "main")
    freeze(desk, "Theirs")
    landed()
    desk.git("push", "--quiet", "origin", "main")
    desk.git("switch", "--quiet", "draft")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = _ok(desk.zumik("release", "refreeze"))
    desk.git("commit", "--quiet", "-m", "Merge")
    return done


SECOND = "alr_2026_02_20_002"


def _withdraw_second(desk: Desk) -> Turn:
    return _ok(desk.zumik("release", "withdraw", SECOND, "--reason", "wrong"))


def test_a_replaced_draft_s_withdrawal_is_removed(desk: Desk) -> None:
    _stale(desk, lambda: None, lambda: _withdraw_second(desk))
    assert not list((desk.releases / "withdrawn").glob("*"))
    _ok(desk.zumik("check", "--base", "origin/main"))


def test_the_withdrawal_of_a_landed_release_with_the_same_id_stays(desk: Desk) -> None:
    _stale(desk, lambda: _withdraw_second(desk), lambda: None)
    assert (desk.releases / "withdrawn" / f"{SECOND}.json").exists()
    _ok(desk.zumik("check", "--base", "origin/main"))


def test_a_draft_equal_to_a_withdrawn_release_stays_a_release(desk: Desk) -> None:
    """What landed says the same as the draft, and is withdrawn: a release of one's own it is."""

    desk.git("switch", "--quiet", "--create", "draft")
    freeze(desk, "Ours")
    desk.git("switch", "--quiet", "main")
    freeze(desk, "Theirs")
    _withdraw_second(desk)
    desk.git("push", "--quiet", "origin", "main")
    desk.git("switch", "--quiet", "draft")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = _ok(desk.zumik("release", "refreeze"))
    assert "alr_2026_02_20_003" in done.out


def _withdrawable(desk: Desk, release: str) -> Turn:
    """Paste the hint of a refused withdrawal, and withdraw."""
    words = ("release", "withdraw", release, "--reason", "wrong price")
    hint = _refused(desk, 3, f"{release} is live for", *words).err.partition("move them first: ")[2]
    for command in hint.strip().split(" && "):
        _ok(desk.say(command))
    return _ok(desk.zumik(*words))


def test_the_hint_to_withdraw_the_first_live_release_works(desk_after: DeskAfter) -> None:
    desk = desk_after("promoted")
    _withdrawable(desk, FIRST)
    assert json.loads(desk.zumik("alias", "list", "--format", "json").out)["aliases"] is not None


def test_the_hint_to_withdraw_a_release_leads_back_or_forward(desk_after: DeskAfter) -> None:
    desk = desk_after("february")
    _withdrawable(desk, LIVE)
    assert FIRST in desk.zumik("alias", "show", "code.fast").out
    freeze(desk)
    _withdrawable(desk, FIRST)
    assert "alr_2026_02_" in desk.zumik("alias", "show", "code.fast").out
