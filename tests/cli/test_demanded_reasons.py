"""`reasons: {required: true}`: no command and no branch moves anything without saying why."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence

import pytest
from tests.cli.conversation import Desk, Turn

import zumik.cli.demanded_reason
from zumik.core.live.drains import drains_to_bytes, read_drains
from zumik.core.live.pointer import pointer_to_bytes, read_pointer

OLD, NEW = "alr_2026_01_10_001", "alr_2026_02_10_001"
DRAINS = "live/unavailable.json"
COMMANDS = {
    "promote": ("alias", "promote", "code.fast", "--to", NEW),
    "promote all": ("alias", "promote", "--all", "--latest"),
    "rollback": ("alias", "rollback", "auto.balanced", "code.fast", "--to", OLD),
    "retire": ("alias", "retire", "review.listed", "--reason", " "),
    "undrain": ("undrain", "--all"),
    "create": ("release", "create", "--allow-unchanged"),
}
WHERE = {"create": "--note"}


def ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def require(desk: Desk, required: str = "true") -> None:
    """Write the setting, in the place of what was there."""
    path = desk.releases / "zumik.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("reasons:")]
    path.write_text("\n".join([*lines, f"reasons: {{required: {required}}}\n"]))


def commit(desk: Desk, message: str = "By hand") -> None:
    desk.git("add", "-A")
    desk.git("commit", "--quiet", "-m", message)


def push(desk: Desk) -> None:
    desk.git("push", "--quiet", "origin", "HEAD:main")


BRANCH = ("--base", "origin/main")


def found(desk: Desk, how: Sequence[str] = BRANCH) -> list[tuple[str, str, str]]:
    """What checking the branch, or the work tree, says of reasons and settings."""
    checked = json.loads(desk.zumik("check", *how, "--format", "json").out)
    return [
        (item["code"], item["file"].removeprefix("releases/"), item["message"])
        for item in checked["findings"]
        if item["code"] in ("reason-missing", "settings-changed")
    ]


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """Reasons are required on main; one model is drained there; a branch is checked out."""
    desk = desk_after("march")
    require(desk)
    commit(desk)
    ok(desk.zumik("drain", "acme/*", "--until", "4h", "--reason", "INC-40"))
    ok(desk.zumik("alias", "rollback", "code.fast", "--to", OLD, "--reason", "INC-41"))
    push(desk)
    desk.git("switch", "--quiet", "--create", "work")
    return desk


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_a_reason_is_refused_and_its_hint_works(name: str, desk: Desk) -> None:
    before = desk.holds()
    refused = desk.zumik(*COMMANDS[name])
    option = WHERE.get(name, "--reason")
    assert refused.exit_code == 2, refused
    assert f"{option} is missing: zumik.yaml requires reasons" in refused.err
    assert desk.zumik(*COMMANDS[name], "--dry-run").exit_code == 2
    assert desk.holds() == before
    hint = refused.err.partition("hint: ")[2].strip()
    assert hint.startswith("zumik ")
    done = ok(desk.zumik(*shlex.split(hint)[1:]))
    assert "committed as" in done.err
    assert "why it is done" in desk.git("log", "-1", "--format=%B")
    assert found(desk) == []


def test_from_elsewhere_the_hint_names_the_workspace_too(desk: Desk) -> None:
    refused = desk.zumik("--workspace", str(desk.releases), *COMMANDS["promote"], "--", "x.y")
    assert "hint: zumik --workspace" in refused.err
    assert "--reason 'why it is done' -- x.y" in refused.err


def test_a_person_at_the_terminal_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zumik.cli.demanded_reason, "people_at_terminal", lambda: True)
    done = ok(desk.zumik(*COMMANDS["promote"], stdin=b"Faster\n"))
    assert "why, for those who ask later:" in done.err
    assert read_pointer((desk.releases / "live/code.fast.json").read_bytes()).reason == "Faster"
    given = ok(desk.zumik(*COMMANDS["rollback"], "--reason", "Slow"))
    assert "why, for those" not in given.err


def test_without_the_setting_no_reason_is_needed(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    require(desk, "false")
    commit(desk)
    ok(desk.zumik("alias", "rollback", "code.fast", "--to", OLD))


def test_a_pull_request_is_judged_by_what_is_live(desk: Desk) -> None:
    require(desk, "false")
    commit(desk)
    words = ("alias", "rollback", "auto.balanced", "--to", OLD, "--pr")
    refused = desk.zumik(*words)
    assert (refused.exit_code, "--reason is missing" in refused.err) == (2, True), refused
    ok(desk.zumik(*words, "--reason", "INC-42"))


# The check


def edit_pointer(desk: Desk, reason: str | None, by: int = 1) -> None:
    path = desk.releases / "live/auto.balanced.json"
    pointer = read_pointer(path.read_bytes())
    moved = pointer._replace(generation=pointer.generation + by, reason=reason)
    path.write_bytes(pointer_to_bytes(moved))


@pytest.mark.parametrize("reason", [None, "", " \t\n"])
def test_a_pointer_moved_by_hand_needs_a_reason(reason: str | None, desk: Desk) -> None:
    edit_pointer(desk, reason)
    commit(desk)
    assert found(desk) == [
        (
            "reason-missing",
            "live/auto.balanced.json",
            "auto.balanced moves without a reason (promote)",
        )
    ]
    assert desk.zumik("check", "--base", "origin/main").exit_code == 3
    assert found(desk, ()) == found(desk)
    assert desk.zumik("check").exit_code == 3
    edit_pointer(desk, "INC-42")
    assert found(desk, ()) == []
    commit(desk)
    (only,) = found(desk)
    assert only[2].startswith("at commit ")


def test_a_drain_a_withdrawal_and_a_release_made_by_hand_need_one(desk: Desk) -> None:
    require(desk, "false")
    made = ok(desk.zumik("release", "create", "--allow-unchanged", "--format", "json"))
    release = json.loads(made.out)["id"]
    ok(desk.zumik("alias", "promote", "--all", "--to", release, "--reason", "Go"))
    ok(desk.zumik("release", "withdraw", NEW, "--reason", "Wrong"))
    desk.git("reset", "--quiet", "--soft", "origin/main")
    (mark,) = (desk.releases / "withdrawn").glob(f"{NEW}.*")
    text = mark.read_text()
    assert '"reason": "Wrong"' in text
    mark.write_text(text.replace('"reason": "Wrong"', '"reason": " "'))
    drains = read_drains((desk.releases / DRAINS).read_bytes())
    (drain,) = drains.drains
    blank = drain._replace(models="globex/*", reason=" ")
    changed = drains._replace(generation=drains.generation + 1, drains=(drain, blank))
    (desk.releases / DRAINS).write_bytes(drains_to_bytes(changed))
    require(desk)
    commit(desk)
    for how in (BRANCH, ()):
        assert sorted(item[2] for item in found(desk, how)) == [
            "'globex/*' is drained without a reason",
            f"{release} has no note",
            f"the mark of {NEW} gives no reason",
        ]


def test_what_landed_without_a_reason_stays_and_an_unrelated_branch_passes(desk: Desk) -> None:
    (desk.repo / "README.md").write_text("more\n")
    commit(desk)
    assert found(desk) == []


def test_a_branch_that_drops_the_setting_is_judged_by_the_base_and_says_so(desk: Desk) -> None:
    require(desk, "false")
    edit_pointer(desk, None)
    commit(desk)
    codes = sorted(item[0] for item in found(desk))
    assert codes == ["reason-missing", "settings-changed", "settings-changed"]
    assert any("reasons would no longer be required" in item[2] for item in found(desk))


def test_a_branch_that_sets_it_is_not_judged_by_it_yet(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    desk.git("switch", "--quiet", "--create", "work")
    require(desk)
    edit_pointer(desk, None)
    commit(desk)
    assert [item[0] for item in found(desk)] == ["settings-changed"]
    push(desk)
    desk.git("fetch", "--quiet")
    edit_pointer(desk, None)
    commit(desk)
    assert [item[0] for item in found(desk)] == ["reason-missing"]


def test_settings_that_cannot_be_read_demand_reasons(desk: Desk) -> None:
    (desk.releases / "zumik.yaml").write_text("reasons: {required: maybe}\n")
    commit(desk)
    push(desk)
    desk.git("fetch", "--quiet")
    require(desk, "false")
    (desk.releases / "zumik.yaml").write_text("live_ref: origin/main\n")
    edit_pointer(desk, None)
    commit(desk)
    assert "reason-missing" in [item[0] for item in found(desk)]


def test_an_undrain_of_a_branch_needs_none_in_what_lands(desk: Desk) -> None:
    ok(desk.zumik("undrain", "--all", "--reason", "It answers again"))
    assert desk.git("log", "-1", "--format=%b").strip() == "It answers again"
    assert found(desk) == []


def test_a_draft_without_a_note_is_frozen_again_only_with_one(desk: Desk) -> None:
    require(desk, "false")
    ok(desk.zumik("release", "create", "--allow-unchanged"))
    require(desk)
    ok(desk.do(["sed", "-i", "s/input: 1.2/input: 1.3/", "releases/catalog/acme.yaml"]))
    before = desk.holds()
    refused = desk.zumik("release", "refreeze")
    assert refused.exit_code == 2, refused
    assert "--note is missing: zumik.yaml requires reasons" in refused.err
    assert desk.holds() == before
    ok(desk.say(refused.err.partition("hint: ")[2].strip()))
    shown = json.loads(ok(desk.zumik("release", "show", "--format", "json")).out)
    assert shown["note"] == "why it is done"


def test_a_work_tree_that_is_behind_has_no_moves_of_its_own(desk: Desk) -> None:
    desk.git("switch", "--quiet", "main")
    require(desk, "false")
    edit_pointer(desk, None)
    commit(desk)
    push(desk)
    behind = desk.git("rev-parse", "HEAD").strip()
    require(desk)
    edit_pointer(desk, "INC-43")
    commit(desk)
    push(desk)
    desk.git("fetch", "--quiet")
    desk.git("switch", "--quiet", "--detach", behind)
    assert found(desk, ()) == []


def test_without_what_landed_no_reason_is_missed(desk: Desk) -> None:
    edit_pointer(desk, None)
    desk.git("update-ref", "-d", "refs/remotes/origin/main")
    assert found(desk, ()) == []
