"""A checkout beside `live_ref`: each output says which it speaks of; no write from behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

DeskAfter = Callable[[str], Desk]
BOTH = ("alr_2026_01_10_001", "alr_2026_02_10_001")


@pytest.fixture
def clones(desk_after: DeskAfter, tmp_path: Path) -> tuple[Desk, Desk]:
    """Two clones of one remote; in the first a promotion lands that the second has not seen."""
    first = desk_after("february")
    first.git("push", "--quiet", "origin", "HEAD:main")
    second = Desk(tmp_path / "second", first.now)
    second.root.mkdir()
    url = first.git("remote", "get-url", "origin").strip()
    shutil.copytree(first.repo, second.repo, symlinks=True)
    second.git("remote", "set-url", "origin", str((first.repo / url).resolve()))
    second.git("branch", "--quiet", "--set-upstream-to=origin/main", "main")
    first.git("switch", "--quiet", "main")
    moved = first.zumik("alias", "rollback", "code.fast", "--reason", "INC-41")
    assert moved.exit_code == 0, moved
    first.git("push", "--quiet", "origin", "main")
    return first, second


def test_a_stale_checkout_names_what_has_landed(clones: tuple[Desk, Desk]) -> None:
    _, stale = clones
    stale.git("fetch", "--quiet")
    landed = "origin/main has alr_2026_01_10_001 (acme/small): git pull"
    for command in (
        ("status",),
        ("alias", "list"),
        ("alias", "show", "code.fast"),
        ("resolve", "code.fast"),
        ("resolve", "code.fast", "--format", "json"),
        ("explain", "code.fast"),
        ("plan", "code.fast"),
    ):
        said = stale.zumik(*command)
        assert landed in said.out + said.err, said
        assert "NOT LIVE" not in said.out + said.err, said
    line = stale.zumik("resolve", "code.fast", "--format", "json").out
    against = stale.zumik("replay", line, "--against", "live")
    assert landed in against.err
    assert "is still live" not in stale.zumik("explain", line).out


def test_what_has_not_landed_is_called_so(clones: tuple[Desk, Desk]) -> None:
    first, _ = clones
    again = ("alias", "promote", "code.fast", "--to", BOTH[1])
    assert first.zumik(*again, "--reason", "mended").exit_code == 0
    here = "NOT LIVE yet (here: not landed); origin/main has alr_2026_01_10_001 (acme/small)"
    for command in (("status",), ("alias", "show", "code.fast"), ("explain", "code.fast")):
        said = first.zumik(*command)
        assert here in said.out, said
    assert here in first.zumik("resolve", "code.fast").err
    told = json.loads(first.zumik("explain", "code.fast", "--format", "json").out)
    assert told["landed_instead"]["release"] == BOTH[0]
    assert told["landed_instead"]["behind"] is False


@pytest.mark.parametrize(
    "command",
    [
        ("alias", "rollback", "code.fast", "--reason", "INC-42"),
        ("alias", "promote", "code.fast", "--to", BOTH[0]),
        ("alias", "retire", "code.fast", "--reason", "over"),
        ("release", "withdraw", BOTH[0], "--reason", "wrong price"),
        ("release", "withdraw", BOTH[1], "--reason", "wrong price"),
        ("release", "create", "--allow-unchanged"),
        ("alias", "rollback", "code.fast", "--reason", "INC-42", "--dry-run"),
    ],
    ids=" ".join,
)
def test_a_write_on_a_stale_checkout_is_refused_and_works_after_its_hint(
    clones: tuple[Desk, Desk], command: tuple[str, ...]
) -> None:
    _, stale = clones
    stale.git("fetch", "--quiet")
    before = stale.holds()
    refused = stale.zumik(*command)
    assert refused.exit_code == 3, refused
    assert "this checkout is behind origin/main" in refused.err
    assert "hint: git pull, and run the command again" in refused.err
    assert stale.holds() == before


def test_a_rollback_on_a_stale_checkout_ends_in_one_pull_request_that_lands(
    clones: tuple[Desk, Desk],
) -> None:
    first, stale = clones
    assert first.zumik("alias", "promote", "code.fast", "--to", BOTH[1]).exit_code == 0
    first.git("push", "--quiet", "origin", "main")
    stale.git("fetch", "--quiet")
    undo = ("alias", "rollback", "code.fast", "--reason", "INC-42", "--branch", "inc-42", "--push")
    assert stale.zumik(*undo).exit_code == 3
    stale.git("pull", "--quiet")
    done = stale.zumik(*undo)
    assert done.exit_code == 0, done
    assert stale.zumik("check", "--base", "origin/main").exit_code == 0
    first.git("fetch", "--quiet")
    first.git("merge", "--quiet", "--no-ff", "--no-edit", "origin/inc-42")
    first.git("push", "--quiet", "origin", "main")
    shown = first.zumik("alias", "show", "code.fast")
    assert f"release   {BOTH[0]}" in shown.out
    assert "rollback" in shown.out
    assert "NOT LIVE" not in shown.out


def test_off_the_live_branch_the_way_out_is_a_merge(clones: tuple[Desk, Desk]) -> None:
    _, stale = clones
    stale.git("fetch", "--quiet")
    stale.git("switch", "--quiet", "--create", "topic")
    refused = stale.zumik("alias", "rollback", "code.fast")
    assert "hint: git merge origin/main, and run the command again" in refused.err
    stale.git("merge", "--quiet", "origin/main")
    assert "behind" not in stale.zumik("alias", "promote", "code.fast", "--to", BOTH[1]).err


@pytest.mark.parametrize(
    "command",
    [
        ("drain", "acme/small", "--until", "4h", "--reason", "429"),
        ("alias", "promote", "auto.balanced", "--to", BOTH[1]),
        ("alias", "retire", "review.listed", "--reason", "over"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("edited", [False, True])
def test_the_next_step_of_a_branch_that_is_behind_works(
    clones: tuple[Desk, Desk], command: tuple[str, ...], edited: bool
) -> None:
    _, stale = clones
    stale.git("fetch", "--quiet")
    if edited:
        with (stale.repo / "README.md").open("a") as notes:
            notes.write("more\n")
        assert "README.md" in stale.git("status", "--porcelain")
        stale.git("add", "README.md")
    done = stale.zumik(*command)
    assert done.exit_code == 0, done
    (line,) = [line for line in done.err.splitlines() if line.startswith("next: ")]
    step = line.removeprefix("next: ").partition("; to undo")[0]
    autostash = " --autostash" if edited else ""
    assert step == f"git pull --rebase{autostash} && git push", step
    for part in step.split(" && "):
        stale.git(*part.split()[1:])
    assert stale.git("rev-parse", "HEAD") == stale.git("rev-parse", "origin/main")


def test_moves_that_lead_back_to_what_is_live_are_named(clones: tuple[Desk, Desk]) -> None:
    first, _ = clones
    for move in (("promote", "code.fast", "--to", BOTH[1]), ("rollback", "code.fast")):
        assert first.zumik("alias", *move, "--reason", "over").exit_code == 0
    said = "this release is live on origin/main; the last move here (rollback 5) has not landed"
    for command in (("status",), ("alias", "show", "code.fast"), ("explain", "code.fast")):
        shown = first.zumik(*command).out
        assert said in shown, shown
        assert "NOT LIVE" not in shown
    assert "is still live at this release" in first.zumik("explain", "code.fast").out


def test_a_branch_that_moved_twice_is_behind_a_main_that_moved_once(
    clones: tuple[Desk, Desk],
) -> None:
    """The generation alone would say that the branch is ahead."""
    _, stale = clones
    for move in (("rollback", "code.fast"), ("promote", "code.fast", "--to", BOTH[1])):
        assert stale.zumik("alias", *move, "--reason", "here").exit_code == 0
    stale.git("fetch", "--quiet")
    shown = stale.zumik("alias", "show", "code.fast").out
    assert "NOT LIVE yet (here: not landed); origin/main has alr_2026_01_10_001" in shown
    assert ": git pull" in shown
    refused = stale.zumik("alias", "rollback", "code.fast", "--reason", "INC-44")
    assert refused.exit_code == 3, refused
    assert "this checkout is behind origin/main" in refused.err
