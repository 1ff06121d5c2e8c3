"""Git in every state that a repository can be in: commits of exactly what was made, or nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

CREATE = ("release", "create", "--allow-unchanged")
PROMOTE = ("alias", "promote", "auto.balanced", "review.listed", "--latest")
ROLLBACK = ("alias", "rollback", "code.fast")
MOVES = pytest.mark.parametrize("command", [CREATE, PROMOTE, ROLLBACK], ids=lambda c: c[1])


def _hook(desk: Desk, name: str, body: str) -> None:
    path = desk.repo / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _refused(desk: Desk, command: tuple[str, ...], code: int, words: str, **env: str) -> None:
    """The command is refused with these words, and nothing is changed by it."""
    before = desk.holds()
    refused = desk.zumik(*command, **env)
    assert refused.exit_code == code, refused
    assert refused.err.startswith("error: "), refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before


@MOVES
def test_a_refusing_hook_changes_nothing(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    _hook(desk, "pre-commit", "printf 'no\\033[31m way\\n' >&2; exit 1")
    _refused(desk, command, 4, "git commit failed: no\\x1b[31m way")


@MOVES
def test_an_index_that_git_cannot_write_stays_as_it_is(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    git = desk.root / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        "#!/bin/sh\n"
        'case "$*" in *" commit "*|*" reset "*)\n'
        '  echo "No space left on device" >&2; exit 128;;\nesac\n'
        f'PATH="{os.environ["PATH"]}" exec git "$@"\n'
    )
    git.chmod(0o755)
    path = f"{git.parent}:{os.environ['PATH']}"
    _refused(desk, command, 4, "git commit failed: No space left on device", PATH=path)
    assert not (desk.repo / ".git" / "zumik").exists()


@MOVES
def test_a_missing_signing_key_changes_nothing(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.git("config", "commit.gpgsign", "true")
    desk.git("config", "gpg.program", "false")
    _refused(desk, command, 4, "git commit failed: ")


@MOVES
def test_a_commit_message_hook_sees_a_message_and_may_refuse_it(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    _hook(desk, "commit-msg", 'cp "$1" ../message; echo no ticket >&2; exit 1')
    _refused(desk, command, 4, "no ticket")
    assert (desk.root / "message").read_text().strip()


@MOVES
def test_a_detached_head_is_refused(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.git("checkout", "--quiet", "--detach")
    _refused(desk, command, 4, "HEAD is detached")


@MOVES
def test_a_git_without_user_name_is_refused(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.git("config", "user.useConfigOnly", "true")
    _refused(desk, command, 4, "git does not know who commits here", GIT_CONFIG_GLOBAL="/dev/null")


@MOVES
def test_a_merge_in_progress_is_refused(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.git("switch", "--quiet", "-c", "other", "HEAD~1")
    desk.git("commit", "--quiet", "--allow-empty", "-m", "Other")
    desk.git("switch", "--quiet", "main")
    desk.git("merge", "--quiet", "--no-commit", "--no-ff", "other")
    _refused(desk, command, 4, "a merge is in progress")


@MOVES
def test_a_repository_of_another_owner_gives_git_s_message(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    refused = desk.zumik(*command, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert refused.exit_code == 4, refused
    assert "dubious ownership" in refused.err, refused
    assert desk.git("status", "--porcelain") == ""


@MOVES
def test_a_broken_configuration_gives_git_s_message(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    config = desk.repo / ".git" / "config"
    intact = config.read_text()
    config.write_text("[core\n")
    refused = desk.zumik(*command)
    assert refused.exit_code == 4, refused
    assert "bad config line" in refused.err, refused
    config.write_text(intact)
    assert desk.git("status", "--porcelain") == ""


@MOVES
def test_only_no_commit_works_outside_a_repository(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.repo / ".git").rename(desk.root / "git-elsewhere")
    files = sorted(desk.repo.rglob("*"))
    refused = desk.zumik(*command)
    assert refused.exit_code == 4, refused
    assert "is not in a git repository" in refused.err
    assert "\n\nhint: " in refused.err
    assert sorted(desk.repo.rglob("*")) == files
    if command is not ROLLBACK:  # which asks git what was live before
        done = desk.zumik(*command, "--no-commit")
        assert done.exit_code == 0, done
        assert "NOT LIVE until committed" in done.err


def test_a_bare_repository_is_refused(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    bare = desk.root / "origin.git"
    (desk.releases).rename(bare / "releases")
    refused = desk.zumik("--workspace", str(bare), *CREATE)
    assert refused.exit_code == 4, refused
    assert "is in a bare repository" in refused.err
    assert "\n\nhint: " in refused.err
    assert desk.zumik("--workspace", str(bare), "explain", "code.fast").exit_code == 0


@MOVES
def test_other_staged_or_edited_files_stay_as_they_are(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    (desk.repo / "staged.txt").write_text("staged, then edited\n")
    (desk.releases / "zumik.yaml").write_text("live_ref: origin/main\n# edited\n")
    (desk.repo / "untracked.txt").write_text("untracked\n")
    desk.git("rm", "--quiet", "--cached", "releases/policy/aliases.yaml")
    status, staged = desk.git("status", "--porcelain"), desk.git("diff", "--cached")
    done = desk.zumik(*command)
    assert done.exit_code == 0, done
    assert desk.git("status", "--porcelain") == status
    assert desk.git("diff", "--cached") == staged
    changed = desk.git("show", "--format=", "--name-only", "HEAD").split()
    assert all(
        name.startswith(("releases/live/", "releases/frozen/", "releases/SHA256SUMS"))
        for name in changed
    )
    assert len(changed) == (1 if command is ROLLBACK else 2)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (CREATE, "SHA256SUMS"),
        (PROMOTE, "live/review.listed.json"),
        (ROLLBACK, "live/code.fast.json"),
    ],
    ids=["create", "promote", "rollback"],
)
def test_a_file_with_uncommitted_changes_is_refused(
    command: tuple[str, ...], path: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    file = desk.releases / path
    file.write_bytes(file.read_bytes().replace(b"\n", b" \n", 1))
    desk.git("add", str(file))
    _refused(desk, command, 4, f"uncommitted changes in releases/{path}")


def test_an_uncommitted_release_is_not_promoted(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    assert desk.zumik(*CREATE, "--no-commit").exit_code == 0
    _refused(desk, ("alias", "promote", "code.fast", "--latest"), 4, "uncommitted changes in")
    moved = desk.zumik("alias", "promote", "code.fast", "--latest", "--no-commit")
    assert moved.exit_code == 0, moved


@pytest.mark.parametrize("ignored", ["live/", "*.json", "releases/"])
def test_ignored_files_give_git_s_message(ignored: str, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("first-release")
    (desk.repo / ".gitignore").write_text(f"{ignored}\n")
    desk.git("add", ".gitignore")
    desk.git("commit", "--quiet", "-m", "Ignore")
    _refused(
        desk, ("alias", "promote", "--all", "--latest"), 4, "ignored by one of your .gitignore"
    )


def test_a_hook_that_changes_committed_bytes_exits_5(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _hook(
        desk,
        "pre-commit",
        "for f in $(git diff --cached --name-only -- releases/frozen); do\n"
        '  printf " " >> "$f"; git add "$f"\ndone',
    )
    before = desk.holds()
    refused = desk.zumik(*CREATE)
    assert refused.exit_code == 5, refused
    assert "a hook or a filter changed them; nothing was changed" in refused.err
    assert "\n\nhint: exempt releases/frozen from it" in refused.err
    assert desk.holds() == before


def test_the_first_commit_of_a_repository_can_be_a_release(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("small")
    desk.do(["rm", "-rf", ".git"])
    desk.git("init", "--quiet", "--initial-branch=main")
    made = desk.zumik("release", "create")
    assert made.exit_code == 0, made
    committed = set(desk.git("show", "--format=", "--name-only", "HEAD").split())
    assert {"releases/zumik.yaml", "releases/.gitattributes", "releases/SHA256SUMS"} <= committed
    assert {f"releases/policy/{path.name}" for path in (desk.releases / "policy").iterdir()} < (
        committed
    )
    assert desk.zumik("alias", "promote", "code.fast", "--latest").exit_code == 0
    assert desk.zumik("check").exit_code == 0


def test_a_hook_that_refuses_the_first_commit_leaves_an_empty_index(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("small")
    desk.do(["rm", "-rf", ".git"])
    desk.git("init", "--quiet", "--initial-branch=main")
    _hook(desk, "pre-commit", "exit 1")
    _refused(desk, ("release", "create"), 4, "git commit failed")
    assert desk.git("ls-files") == ""


def test_a_pointer_without_a_commit_has_no_history_yet(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("first-release")
    assert desk.zumik("alias", "promote", "--all", "--latest", "--no-commit").exit_code == 0
    told = desk.zumik("alias", "history", "code.fast")
    assert told.exit_code == 0, told
    assert told.out.startswith("not landed: promote 1, ")
    assert told.out.endswith("no move has landed on origin/main yet\n")
    desk.do(["rm", "-rf", ".git"])
    desk.git("init", "--quiet", "--initial-branch=main")
    told = desk.zumik("alias", "history", "code.fast")
    assert told.out.endswith("no move has landed on HEAD yet\n")
    assert told.err == (
        "\norigin/main is not known here, so this is what landed on the current branch\n"
    )
    _refused(desk, ("alias", "rollback", "code.fast"), 3, "no release before")
    _refused(desk, ("alias", "history", "code.slow"), 4, "code.slow has no live pointer")


def test_a_linked_worktree_commits_to_its_own_branch(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    main = desk.git("rev-parse", "main")
    desk.git("worktree", "add", "--quiet", "-b", "roll-back", "../linked")
    tree = desk.root / "linked"
    done = desk.zumik("--workspace", str(tree), *ROLLBACK)
    assert done.exit_code == 0, done
    assert desk.git("rev-parse", "main") == main
    subject = desk.git("log", "-1", "--format=%s", "roll-back")
    assert subject == "Roll back code.fast to alr_2026_01_10_001\n"
    assert desk.git("status", "--porcelain") == ""


@pytest.mark.parametrize("below", ["sub/dir", "we[ird] *?dir", "-n", ":(top)x", "né"])
def test_a_workspace_may_lie_anywhere_in_the_repository(
    below: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("small")
    place = desk.repo / below
    place.mkdir(parents=True)
    (place / "releases").mkdir()
    for name in (".gitattributes", "catalog", "policy", "zumik.yaml"):
        (desk.releases / name).rename(place / "releases" / name)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Move")
    desk.below = below
    made = desk.zumik("release", "create")
    assert made.exit_code == 0, made
    assert desk.zumik("alias", "promote", "--all", "--latest").exit_code == 0
    assert desk.zumik("alias", "history", "code.fast").exit_code == 0
    assert desk.zumik("check").exit_code == 0
    assert desk.git("status", "--porcelain") == ""


def test_a_workspace_may_lie_in_a_submodule(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.do(["mkdir", "../outer"])
    outer = desk.root / "outer"
    desk.below = "../outer"
    desk.git("init", "--quiet", "--initial-branch=main")
    allowed = ("-c", "protocol.file.allow=always")
    desk.git(*allowed, "submodule", "--quiet", "add", "../origin.git", "inner")
    desk.git("commit", "--quiet", "-m", "Add")
    done = desk.zumik("--workspace", str(outer / "inner"), *ROLLBACK)
    assert done.exit_code == 0, done
    desk.below = "../outer/inner"
    assert desk.git("log", "-1", "--format=%s").startswith("Roll back code.fast")
    assert desk.git("status", "--porcelain") == ""


def test_a_workspace_may_be_reached_through_a_symlink(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    (desk.root / "link").symlink_to(desk.releases)
    done = desk.zumik("--workspace", str(desk.root / "link"), *ROLLBACK)
    assert done.exit_code == 0, done
    assert desk.git("status", "--porcelain") == ""


def test_a_name_with_control_characters_cannot_forge_a_history(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    name = f"A\x01{'0' * 40}\x02{'1' * 9}\x02\x1b[31mB"
    for variable in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        desk.git("config", variable.split("_")[1].lower() + ".name", name)
    assert desk.zumik(*ROLLBACK).exit_code == 0
    desk.git("push", "--quiet", "origin", "main")
    told = desk.zumik("alias", "history", "code.fast")
    assert told.exit_code == 0, told
    assert told.out.count(", proposed ") == 3
    assert "\\x1b[31mB" in told.out
    assert all(char == "\n" or char.isprintable() for char in told.out)


def test_history_shows_moves_that_a_merge_brought_and_a_removal(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.git("switch", "--quiet", "-c", "branch")
    assert desk.zumik(*ROLLBACK).exit_code == 0
    desk.git("switch", "--quiet", "main")
    desk.git("merge", "--quiet", "--no-ff", "-m", "Merge", "branch")
    desk.git("rm", "--quiet", "releases/live/code.fast.json")
    desk.git("commit", "--quiet", "-m", "Remove")
    desk.git("push", "--quiet", "origin", "main")
    told = desk.zumik("alias", "history", "code.fast")
    rows = [line for line in told.out.splitlines() if line.startswith("2026-")]
    assert [("no readable pointer" in row, "rollback" in row) for row in rows] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]


def test_only_the_live_ref_decides_what_landed(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    assert desk.zumik(*ROLLBACK).exit_code == 0
    listed = desk.zumik("alias", "list")
    assert "NOT LIVE yet" in listed.out
    assert listed.out.count("NOT LIVE yet") == 1
    desk.git("push", "--quiet", "origin", "main")
    assert "NOT LIVE" not in desk.zumik("alias", "list").out


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{}", "no live_ref is set, so this branch is what counts"),
        ("live_ref: main", "LIVE on main, committed as"),
        ("live_ref: upstream/main", "(upstream/main is not known here); committed as"),
    ],
)
def test_a_move_names_the_ref_that_decides_what_is_live(
    settings: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.releases / "zumik.yaml").write_text(f"{settings}\n")
    done = desk.zumik(*ROLLBACK)
    assert done.exit_code == 0, done
    assert words in done.err, done


def test_two_workspaces_in_one_directory_are_refused(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    (desk.repo / "zumik.yaml").write_text("{}\n")
    _refused(desk, ("status",), 4, "two workspaces: ")
    chosen = desk.zumik("--workspace", "releases", "release", "list")
    assert chosen.exit_code == 0, chosen


def test_the_nearest_workspace_is_taken(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    inner = desk.repo / "team"
    inner.mkdir()
    desk.below = "team"
    assert "code.fast" in desk.zumik("alias", "list").out
    assert desk.zumik("init", "--empty").exit_code == 0
    assert "no alias is live" in desk.zumik("alias", "list").out


def test_init_writes_the_example_with_and_without_a_repository(
    desk_after: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import zumik.resources

    example = desk_after("small")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "releases").symlink_to(example.releases)
    (checkout / "schemas").symlink_to(zumik.resources._CHECKOUT / "schemas")
    monkeypatch.setattr(zumik.resources, "_CHECKOUT", checkout)
    for place, words in ((example.repo, "git add "), (tmp_path, "git init")):
        target = place / "fresh"
        target.mkdir()
        made = example.zumik("init", str(target))
        assert made.exit_code == 0, made
        assert words in made.err
        assert example.zumik("--workspace", str(target), "validate").exit_code == 0
        policy = (target / "releases" / "policy" / "aliases.yaml").read_bytes()
        assert policy == (example.releases / "policy" / "aliases.yaml").read_bytes()
