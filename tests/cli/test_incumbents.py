"""An incumbent that was never rank 1: found after it landed, and shown where it is explained."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.attacks.case import BRANCH, check, prepare
from tests.cli.attacks.edits import commit, forge, freeze, frozen
from tests.cli.conversation import Desk

from zumik.core.basics.strict_json import to_canonical

CODE = "incumbent-not-rank-one"
ALIAS = "auto.balanced"


def claiming(**changed: str) -> Callable[[dict[str, Any]], object]:
    """A release that says something else of the incumbent."""
    return lambda tree: tree["aliases"][ALIAS]["incumbent"].update(changed)


def second_of_the_ranking(tree: dict[str, Any]) -> None:
    alias = tree["aliases"][ALIAS]
    alias["incumbent"]["model"] = alias["ranking"][1]


FORGED = {
    "another-model": (
        second_of_the_ranking,
        "was not rank 1 of auto.balanced in alr_2026_01_10_001",
    ),
    "itself": (claiming(release="alr_2026_02_20_001"), "is not of an earlier release"),
    "no-release": (claiming(release="alr_2020_01_01_001"), "there is no alr_2020_01_01_001"),
}


def findings(desk: Desk, *arguments: str) -> list[tuple[str, str]]:
    turn = desk.zumik("check", *arguments, "--format", "json")
    found = json.loads(turn.out)["findings"]
    return [(item["severity"], item["message"]) for item in found if item["code"] == CODE]


@pytest.mark.parametrize(("spoil", "fault"), FORGED.values(), ids=FORGED)
def test_a_landed_release_with_a_forged_incumbent_is_found(
    spoil: Callable[[dict[str, Any]], object], fault: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    forge(desk, spoil)
    assert [severity for severity, _ in findings(desk)] == ["error"]
    assert check(desk).errors == {"incumbent-not-live"}
    desk.git("push", "--quiet", "--force", "origin", f"{BRANCH}:main")
    assert findings(desk) == []
    for arguments in (("--full",), ("--full", "--base", "origin/main")):
        ((severity, message),) = findings(desk, *arguments)
        assert severity == "error"
        assert message.startswith(f"{ALIAS} was frozen with ")
        assert fault in message
    freeze(desk)
    found = check(desk)
    assert (found.errors, found.exit_code) == (set(), 0), found


def test_explain_shows_a_forged_incumbent(desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    assert "incumbent_fault" in desk.zumik("explain", ALIAS, "--format", "json").out
    forge(desk, second_of_the_ranking)
    asked = f"{ALIAS}@alr_2026_02_20_001"
    text = desk.zumik("explain", asked).out
    assert "this release names one which was not rank 1 of auto.balanced in" in " ".join(
        text.split()
    )
    said = json.loads(desk.zumik("explain", asked, "--format", "json").out)
    assert said["incumbent_fault"].startswith(
        "was not rank 1 of auto.balanced in alr_2026_01_10_001"
    )
    assert said["incumbent_why_not_known"] is None


def test_explain_says_that_a_missing_release_leaves_it_open(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = prepare(desk_after("february"))
    freeze(desk)
    newest = json.loads(frozen(desk, -1).read_text())
    named = newest["aliases"][ALIAS]["incumbent"]["release"]
    (path,) = (desk.releases / "frozen").glob(f"{named}.*.json")
    path.unlink()
    commit(desk, "Remove a release")
    # Otherwise it would be read where it landed.
    desk.git("push", "--quiet", "origin", "HEAD:main")
    turn = desk.zumik("explain", f"{ALIAS}@{newest['id']}")
    assert f"not known whether it was live: no release {named} in" in " ".join(turn.out.split())
    turn = desk.zumik("explain", f"{ALIAS}@{newest['id']}", "--format", "json")
    said = json.loads(turn.out)
    assert said["incumbent_fault"] is None
    assert named in said["incumbent_why_not_known"]


def _moved_elsewhere(desk: Desk) -> None:
    """A branch that moves the alias to a release whose winner is not what is live."""
    path = desk.releases / "live" / f"{ALIAS}.json"
    older = frozen(desk)
    release, digest, _ = older.name.split(".")
    tree = json.loads(path.read_text())
    tree |= {"release": release, "sha256": digest, "generation": 7, "kind": "rollback"}
    path.write_bytes(to_canonical(tree))
    commit(desk, "Roll it back here")


def _incumbent(desk: Desk) -> str:
    named = json.loads(frozen(desk, -1).read_text())["aliases"][ALIAS]["incumbent"]
    return str(named["release"])


@pytest.fixture
def moved_branch(desk_after: Callable[[str], Desk]) -> Desk:
    """A branch that moved the alias back, while its newest release is live on origin/main."""
    desk = prepare(desk_after("february"))
    freeze(desk)
    done = desk.zumik("alias", "promote", ALIAS, "--latest")
    assert done.exit_code == 0, done
    desk.git("push", "--quiet", "origin", f"{BRANCH}:main")
    _moved_elsewhere(desk)
    return desk


def test_the_incumbent_is_what_has_landed_not_what_the_branch_moved_to(moved_branch: Desk) -> None:
    desk = moved_branch
    freeze(desk)
    assert _incumbent(desk) == "alr_2026_02_20_001"
    assert "incumbent-not-live" not in check(desk).errors


def test_refreeze_replaces_a_draft_whose_incumbent_is_not_live(moved_branch: Desk) -> None:
    desk = moved_branch
    landed = {"release": "alr_2026_01_10_001"}
    forge(desk, lambda tree: tree["aliases"][ALIAS]["incumbent"].update(landed))
    assert "incumbent-not-live" in check(desk).errors
    done = desk.zumik("release", "refreeze")
    assert done.exit_code == 0, done
    assert "no release is needed: alr_2026_02_20_001 of origin/main says" in done.out
    assert frozen(desk, -1).name.startswith("alr_2026_02_20_001")
    # The commit that forged it is held to the same rule, until the branch has it no more.
    assert check(desk).errors == {"incumbent-not-live"}
    desk.git("reset", "--quiet", "--soft", "origin/main")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "As if it had not been")
    assert "incumbent-not-live" not in check(desk).errors
    assert "nothing to refreeze" in desk.zumik("release", "refreeze").out


def test_refreeze_follows_a_rollback_that_landed_alone(desk_after: Callable[[str], Desk]) -> None:
    """The draft still follows the newest release, and its incumbent is live no more."""
    desk = prepare(desk_after("february"))
    freeze(desk)
    done = desk.zumik("alias", "promote", ALIAS, "--latest")
    assert done.exit_code == 0, done
    desk.git("push", "--quiet", "origin", f"{BRANCH}:main")
    freeze(desk)
    draft = desk.git("rev-parse", "HEAD").strip()
    desk.git("reset", "--quiet", "--hard", "origin/main")
    _moved_elsewhere(desk)
    desk.git("push", "--quiet", "origin", f"{BRANCH}:main")
    desk.git("reset", "--quiet", "--hard", draft)
    desk.git("merge", "--quiet", "--no-edit", "origin/main")
    assert check(desk).errors == {"incumbent-not-live"}
    done = desk.zumik("release", "refreeze")
    assert done.exit_code == 0, done
    assert _incumbent(desk) == "alr_2026_01_10_001"
    assert check(desk).errors == set()
