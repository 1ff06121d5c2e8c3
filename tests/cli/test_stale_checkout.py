"""A checkout beside `live_ref`: each output says which it speaks of; no write from behind."""

from __future__ import annotations

import json
import shlex
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


def test_a_stale_checkout_says_first_what_is_live(clones: tuple[Desk, Desk]) -> None:
    _, stale = clones
    stale.git("fetch", "--quiet")
    here = f"this checkout points to {BOTH[1]} and answers globex/swift"
    live = f"origin/main has {BOTH[0]} (acme/small): git pull; {here}"
    line = stale.zumik("resolve", f"code.fast@{BOTH[0]}", "--format", "json").out
    said = stale.zumik("explain", line).out
    assert f"Today  code.fast is live at this release; {live}\n" in said
    said = stale.zumik("explain", stale.zumik("resolve", "code.fast", "--format", "json").out).out
    assert f"Today  code.fast is live at another release; {live}\n" in said


def test_a_history_names_the_model_of_a_release_that_only_landed(
    desk_after: DeskAfter, tmp_path: Path
) -> None:
    desk = desk_after("february")
    desk.git("push", "--quiet", "origin", "HEAD:main")
    desk.git("reset", "--quiet", "--hard", "HEAD~2")
    assert BOTH[1] not in desk.zumik("release", "list").out
    said = desk.zumik("alias", "history", "code.fast", "--at", "now").out
    assert f"release  {BOTH[1]}" in said
    assert "code.fast → globex/swift " in said


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


@pytest.fixture
def landed(clones: tuple[Desk, Desk]) -> tuple[Desk, Desk, str, str]:
    """A release lands that the second clone has not pulled; a line that it decided, and its id."""
    first, stale = clones
    first.now = first.now.replace(day=11)
    frozen = first.zumik("release", "create", "--allow-unchanged", "--note", "an hour ago")
    assert frozen.exit_code == 0, frozen
    promoted = first.zumik("alias", "promote", "code.fast", "--latest", "--reason", "newer")
    assert promoted.exit_code == 0, promoted
    first.git("push", "--quiet", "origin", "main")
    line = first.zumik("resolve", "code.fast", "--format", "json").out
    return first, stale, line, str(json.loads(line)["alias_release"])


def test_a_line_of_a_release_that_landed_since_is_explained_without_a_pull(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    first, stale, line, release = landed
    for command in (("explain", line), ("resolve", f"code.fast@{release}")):
        unknown = stale.zumik(*command)
        assert unknown.exit_code == 4, unknown
        assert f"no release {release} in this checkout or on origin/main" in unknown.err
        assert "hint: git fetch origin, and run this again" in unknown.err
    counted = stale.zumik("replay", line)
    assert counted.exit_code == 4
    assert counted.err == "hint: git fetch origin, and run this again\n"
    stale.git("fetch", "origin")
    (stale.releases / "SHA256SUMS").write_text("dirty\n")
    before = stale.holds()
    explained = stale.zumik("explain", line)
    assert explained.exit_code == 0, explained
    place = "origin/main; this checkout does not have it"
    assert f"read from {place}" in " ".join(explained.out.split())
    assert "agrees with their name, the ledger SHA256SUMS and the log line" in explained.out
    told = json.loads(stale.zumik("explain", line, "--format", "json").out)
    assert told["release"]["read_from"] == "origin/main"
    there = json.loads(first.zumik("explain", line, "--format", "json").out)
    assert there["release"] == {**told["release"], "read_from": None}
    for command in (("resolve", f"code.fast@{release}"), ("replay", line)):
        done = stale.zumik(*command)
        assert (done.exit_code, f"{release} was read from {place}" in done.err) == (0, True), done
    assert stale.holds() == before


def test_a_draft_with_the_id_of_what_landed_is_not_taken_for_it(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    _, stale, line, release = landed
    stale.now = stale.now.replace(day=11)
    draft = stale.zumik("release", "create", "--allow-unchanged", "--note", "mine")
    assert draft.exit_code == 0, draft
    assert [path.name for path in (stale.releases / "frozen").glob(f"{release}.*")]
    assert "Release   mine" not in stale.zumik("explain", line).out
    assert "mine" in stale.zumik("explain", f"code.fast@{release}").out
    stale.git("fetch", "--quiet")
    explained = stale.zumik("explain", line)
    assert explained.exit_code == 0, explained
    assert "origin/main; this checkout has a draft of the same id" in explained.out
    assert "an hour ago" in explained.out
    assert "mine" not in explained.out


def test_bytes_on_live_ref_that_are_not_what_their_name_says_explain_nothing(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    first, stale, line, release = landed
    (path,) = (first.releases / "frozen").glob(f"{release}.*")
    path.write_bytes(path.read_bytes().replace(b"an hour ago", b"a year ago!"))
    first.git("commit", "--quiet", "--all", "-m", "Tamper")
    first.git("push", "--quiet", "origin", "main")
    stale.git("fetch", "--quiet")
    for command in ("explain", "replay"):
        refused = stale.zumik(command, line)
        assert refused.exit_code == 5, refused
        assert "a year ago!" not in refused.out
    refused = stale.zumik("explain", line)
    assert "on origin/main" in refused.err
    hint = refused.err.partition("hint: ")[2].partition(" shows")[0]
    assert hint.startswith("git log origin/main -- ")
    assert "Tamper" in stale.git(*shlex.split(hint)[1:])


@pytest.mark.parametrize("what", ["other", "nothing", "no workspace", "no ledger"])
def test_another_live_ref_than_expected_says_that_it_lacks_the_release(
    landed: tuple[Desk, Desk, str, str], what: str
) -> None:
    first, stale, line, release = landed
    stale.git("fetch", "--quiet")
    if what == "nothing":
        stale.git("update-ref", "-d", "refs/remotes/origin/main")
    elif what == "other":
        stale.git("update-ref", "refs/remotes/origin/main", "HEAD")
    else:
        gone = "releases" if what == "no workspace" else "releases/SHA256SUMS"
        first.git("rm", "-r", "--quiet", gone)
        first.git("commit", "--quiet", "-m", "Remove")
        first.git("push", "--quiet", "origin", "main")
        stale.git("fetch", "--quiet")
    explained = stale.zumik("explain", line)
    if what == "no ledger":
        assert explained.exit_code == 0, explained
        assert "the ledger does not have it" in explained.out
        return
    assert explained.exit_code == 4, explained
    assert f"no release {release} in this checkout" in explained.err
    hint = explained.err.partition("hint: ")[2].partition(", and")[0]
    assert hint == "git fetch origin"
    if what != "no workspace":
        stale.git(*shlex.split(hint)[1:])
        assert stale.zumik("explain", line).exit_code == 0


def test_a_clone_of_one_branch_names_the_branch_to_fetch(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    _, stale, line, _ = landed
    stale.git("config", "remote.origin.fetch", "+refs/heads/topic:refs/remotes/origin/topic")
    stale.git("update-ref", "-d", "refs/remotes/origin/main")
    explained = stale.zumik("explain", line)
    assert "and origin/main is not known" in explained.err
    hint = explained.err.partition("hint: ")[2].partition(", and")[0]
    stale.git(*shlex.split(hint)[1:])
    assert stale.zumik("explain", line).exit_code == 0


def test_a_partial_clone_brings_the_one_file_or_says_that_it_cannot(
    landed: tuple[Desk, Desk, str, str], tmp_path: Path
) -> None:
    first, _, line, _ = landed
    partial = Desk(tmp_path / "partial", first.now)
    partial.root.mkdir()
    origin = (first.repo / first.git("remote", "get-url", "origin").strip()).resolve()
    first.git("-C", str(origin), "config", "uploadpack.allowFilter", "true")
    # The files of the new commits are not here, and git brings each when it is read.
    few = ("--quiet", "--filter=blob:none", "--no-checkout")
    first.git("clone", *few, f"file://{origin}", str(partial.repo))
    partial.git("reset", "--quiet", "--hard", "HEAD~2")
    moved = origin.rename(origin.with_name("moved.git"))
    failed = partial.zumik("explain", line)
    assert failed.exit_code == 4, failed
    assert "from promisor remote" in failed.err
    moved.rename(origin)
    explained = partial.zumik("explain", line)
    assert explained.exit_code == 0, explained
    assert "read from" in explained.out


def test_a_model_that_only_live_ref_knows_is_explained(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    _, stale, _, release = landed
    stale.git("fetch", "--quiet")
    for path in (stale.releases / "frozen").iterdir():
        path.unlink()
    for command in ("explain", "resolve"):
        found = stale.zumik(command, "acme/small")
        assert found.exit_code == 0, found
        assert f"{release} was read from origin/main" in found.err


def test_a_sparse_checkout_without_releases_explains_what_has_landed(
    landed: tuple[Desk, Desk, str, str],
) -> None:
    _, stale, line, release = landed
    stale.git("fetch", "--quiet")
    # Git keeps a file that it does not know to be unchanged, and a copy has other times.
    stale.git("status", "--short")
    stale.git("sparse-checkout", "set", "--no-cone", "/*", "!releases/frozen")
    assert not (stale.releases / "frozen").exists()
    assert stale.zumik("explain", line).exit_code == 0
    assert stale.zumik("replay", line).exit_code == 0
    done = stale.zumik("resolve", f"code.fast@{release}")
    assert f"{release} was read from origin/main; this checkout does not have it" in done.err


def test_any_number_of_unknown_releases_is_looked_for_by_as_many_git_processes_as_one(
    clones: tuple[Desk, Desk],
) -> None:
    _, stale = clones

    def started(unknown: int) -> int:
        lines = stale.root / "unknown.jsonl"
        line = json.loads(stale.zumik("resolve", "code.fast", "--format", "json").out)
        ids = [f"alr_2020_01_01_{number + 1:03d}" for number in range(unknown)]
        lines.write_text("".join(json.dumps({**line, "alias_release": id}) + "\n" for id in ids))
        turn, count = stale.counted("replay", str(lines))
        assert turn.exit_code == 4, turn
        assert "git fetch origin" in turn.err, turn
        return count

    assert started(30) == started(1) > 0
