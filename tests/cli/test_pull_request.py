"""`--pr`: a pull request from what is live now, whatever state the checkout is in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Turn

from zumik.git import pull_requests
from zumik.git.pull_requests import page_said, project_at

DeskAfter = Callable[[str], Desk]

OLD, NEW = "alr_2026_01_10_001", "alr_2026_02_10_001"
DRAIN = ("drain", "globex/*", "--until", "4h", "--reason", "INC-42", "--pr")
ADDRESS = "https://ada:s3cret-pa55@github.com/acme/models.git"

COMMANDS = {
    "drain": DRAIN,
    "undrain": ("undrain", "acme/*", "--pr"),
    "promote": ("alias", "promote", "code.fast", "--to", NEW, "--reason", "INC-42", "--pr"),
    "rollback": ("alias", "rollback", "auto.balanced", "--reason", "INC-42", "--pr"),
    "retire": ("alias", "retire", "review.listed", "--reason", "INC-42", "--pr"),
    "withdraw": ("release", "withdraw", NEW, "--reason", "INC-42", "--pr"),
}


@pytest.fixture
def desks(desk_after: DeskAfter, tmp_path: Path) -> tuple[Desk, Desk]:
    """Two clones of one remote: the first moved on, and the second has not fetched that."""
    first = desk_after("february")
    first.git("push", "--quiet", "origin", "HEAD:main")
    night = Desk(tmp_path / "night", first.now)
    night.root.mkdir()
    shutil.copytree(first.repo, night.repo, symlinks=True)
    origin = (first.repo / first.git("remote", "get-url", "origin").strip()).resolve()
    night.git("remote", "set-url", "origin", os.path.relpath(origin, night.repo.resolve()))
    for words in (
        ("alias", "rollback", "code.fast", "--reason", "INC-41"),
        ("drain", "acme/*", "--until", "6h", "--reason", "INC-40"),
    ):
        assert first.zumik(*words).exit_code == 0
    first.git("push", "--quiet", "origin", "main")
    return first, night


def _disturb(desk: Desk) -> None:
    """A branch with a draft of its own, a staged, an edited and a new file."""
    desk.git("switch", "--quiet", "--create", "other-order")
    made = desk.zumik("release", "create", "--allow-unchanged", "--note", "Mine")
    assert made.exit_code == 0, made
    with (desk.releases / "zumik.yaml").open("a") as settings:
        settings.write("# a thought\n")
    (desk.repo / "notes.txt").write_text("mine\n")
    (desk.repo / "staged.txt").write_text("mine\n")
    desk.git("add", "staged.txt")


def _in_merge(desk: Desk) -> None:
    """A merge that stopped in a conflict, also in the settings."""
    _disturb(desk)
    desk.git("commit", "--quiet", "--all", "-m", "Mine")
    desk.git("switch", "--quiet", "--create", "other", "HEAD~1")
    with (desk.releases / "zumik.yaml").open("a") as settings:
        settings.write("# another thought\n")
    desk.git("commit", "--quiet", "--all", "-m", "Other")
    assert desk.do(["git", "merge", "other-order"]).exit_code == 1


def _detached(desk: Desk) -> None:
    desk.git("switch", "--quiet", "--detach", "HEAD~1")


def _broken(desk: Desk) -> None:
    """Pointers and drains of the checkout that cannot be read, and settings with a fault."""
    for path in (desk.releases / "live").iterdir():
        path.write_text("{")
    (desk.releases / "live" / "unavailable.json").write_text("<<<<<<<")
    with (desk.releases / "zumik.yaml").open("a") as settings:
        settings.write("unknown: [\n")


def _state(desk: Desk) -> dict[str, object]:
    """All of the checkout: its files, index, HEAD and branches; what was fetched is no part."""
    state = desk.holds()
    state["head"] = desk.git("for-each-ref", "refs/heads", "refs/tags")
    state["at"] = desk.do(["git", "symbolic-ref", "HEAD"]).out + desk.git("rev-parse", "HEAD")
    state["trees"] = desk.git("worktree", "list")
    return state


def _pushed(desk: Desk) -> str:
    """The one branch on the remote besides main."""
    lines = desk.git("ls-remote", "--heads", "origin").splitlines()
    names = [line.partition("refs/heads/")[2] for line in lines]
    (branch,) = (name for name in names if name not in ("main", "slow-down"))
    return branch


def _heads(desk: Desk) -> str:
    return desk.git("ls-remote", "--heads", "origin")


@pytest.mark.parametrize("disturb", [_disturb, _in_merge, _detached, _broken])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_it_lands_from_any_checkout_and_leaves_that_as_it_is(
    desks: tuple[Desk, Desk], command: tuple[str, ...], disturb: Callable[[Desk], None]
) -> None:
    first, night = desks
    if command[1] == "rollback":
        moved = first.zumik("alias", "promote", "auto.balanced", "--to", NEW)
        assert moved.exit_code == 0, moved
        first.git("push", "--quiet", "origin", "main")
    disturb(night)
    before = _state(night)
    turn = night.zumik(*command)
    assert turn.exit_code == 0, turn
    assert _state(night) == before
    branch = _pushed(night)
    assert branch.startswith("zumik/")
    assert f"pushed to origin/{branch}" in turn.err
    first.git("fetch", "--quiet")
    assert first.git("rev-list", "--count", f"origin/main..origin/{branch}").strip() == "1"
    changed = first.git("diff", "--name-only", "origin/main", f"origin/{branch}").split()
    assert len(changed) == 1, changed
    first.git("switch", "--quiet", "--create", "merged", f"origin/{branch}")
    judged = first.zumik("check", "--base", "origin/main")
    assert judged.exit_code == 0, judged
    first.git("switch", "--quiet", "main")
    first.git("merge", "--quiet", "--no-ff", "--no-edit", "merged")
    assert first.zumik("check").exit_code == 0


def test_it_says_who_answers_by_what_is_live_now(desks: tuple[Desk, Desk]) -> None:
    _, night = desks
    # Here code.fast is at another release, and acme/* is not drained.
    stale = night.zumik(*DRAIN[:-1], "--dry-run", "--format", "json")
    dry = night.zumik(*DRAIN, "--dry-run", "--format", "json")
    assert json.loads(dry.out)["aliases"] != json.loads(stale.out)["aliases"]
    listed = json.loads(dry.out)["list"]["drains"]
    assert [drain["models"] for drain in listed] == ["acme/*", "globex/*"]
    assert "zumik/" not in _heads(night)
    assert night.git("worktree", "list").count("\n") == 1


def test_a_move_under_a_drain_names_the_model_that_answers(desks: tuple[Desk, Desk]) -> None:
    first, night = desks
    turn = night.zumik("alias", "promote", "code.fast", "--to", NEW, "--pr", "--format", "json")
    assert turn.exit_code == 0, turn
    (move,) = json.loads(turn.out)["moves"]
    landed = first.zumik("resolve", f"code.fast@{NEW}", "--format", "json")
    assert move["answers"] == json.loads(landed.out)["resolved_model"]
    # At the release before, all that could answer instead of acme/small is drained with it.
    landed = first.zumik("resolve", "code.fast", "--format", "json")
    assert move["answered"] == json.loads(landed.out)["resolved_model"]


# What opens the pull request


@pytest.fixture
def github(desks: tuple[Desk, Desk]) -> Desk:
    """The stale clone, with an address on GitHub that holds a password."""
    _, night = desks
    place = night.git("remote", "get-url", "origin").strip()
    night.git("config", f"url.{place}.insteadOf", ADDRESS)
    night.git("remote", "set-url", "origin", ADDRESS)
    return night


def _program(desk: Desk, name: str, script: str) -> dict[str, str]:
    """The environment in which a program of this name is on the PATH."""
    path = desk.root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'#!/bin/sh\nfor each in "$@"; do echo "$each"; done > {desk.root}/words\n{script}'
    )
    path.chmod(0o755)
    return {"PATH": f"{path.parent}{os.pathsep}{_without_programs(desk)}"}


def _without_programs(desk: Desk) -> str:
    """A PATH with git and a shell alone: a machine may have a real `gh` or `glab` beside them."""
    tools = desk.root / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("git", "sh", "sleep", "dirname", "basename", "sed", "uname"):
        found = shutil.which(name)
        assert found is not None
        link = tools / name
        if not link.is_symlink():
            link.symlink_to(found)
    return str(tools)


def _no_secret(turn: Turn) -> None:
    for text in (turn.out, turn.err):
        assert "s3cret" not in text, turn


def test_gh_opens_it_with_who_answers(github: Desk) -> None:
    opened = "https://github.com/acme/models/pull/12"
    path = _program(github, "gh", f"echo {opened}\n")
    turn = github.zumik(*DRAIN, **path)
    assert turn.exit_code == 0, turn
    _no_secret(turn)
    assert f"next: merge {opened}; to undo: git push origin --delete zumik/" in turn.err
    assert "way to traffic: merge into origin/main → zumik bundle" in turn.err
    words = (github.root / "words").read_text()
    assert "--repo=github.com/acme/models\n" in words
    assert (
        f"--head={_pushed(github)}\n--base=main\n--title=Drain globex/*\n--body=INC-42\n" in words
    )
    assert "| `code.fast` | `" in words


def test_without_gh_the_page_is_named(github: Desk) -> None:
    turn = github.zumik(*DRAIN, PATH=_without_programs(github))
    assert turn.exit_code == 0, turn
    _no_secret(turn)
    page = f"https://github.com/acme/models/compare/main...{_pushed(github)}?expand=1"
    assert f"next: open the pull request, and merge it: {page}; to undo" in turn.err


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'HTTP 401: Bad credentials' >&2; exit 1\n", "gh failed: HTTP 401: Bad credentials"),
        ("echo https://s3cret:x@example.org >&2; exit 1\n", "gh failed: https://example.org"),
        ("exit 0\n", "gh failed: it named no page"),
        ("echo https://evil.example/pull/1\n", "gh failed: it named no page"),
        ("exec sleep 60\n", "gh did not answer within 1 s"),
    ],
)
def test_where_gh_fails_the_branch_and_the_page_are_named(
    github: Desk, script: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_requests, "_LONGEST", 1.0)
    turn = github.zumik(*DRAIN, "--format", "json", **_program(github, "gh", script))
    assert turn.exit_code == 4, turn
    _no_secret(turn)
    told, branch = json.loads(turn.out), _pushed(github)
    page = f"https://github.com/acme/models/compare/main...{branch}?expand=1"
    assert told["pull_request"] == {"base": "main", "url": page, "open": False}
    error = json.loads(turn.err.splitlines()[-1])
    assert error["message"].startswith(why)
    opens = f"the branch is pushed to origin/{branch}; open the pull request: {page}"
    assert error["hint"] == opens


def test_glab_opens_it(github: Desk) -> None:
    address = "git@gitlab.example.org:acme/llm/models.git"
    place = github.git("remote", "get-url", "origin").strip()
    github.git("config", f"url.{place}.insteadOf", address)
    github.git("remote", "set-url", "origin", address)
    opened = "https://gitlab.example.org/acme/llm/models/-/merge_requests/3"
    turn = github.zumik(*DRAIN, **_program(github, "glab", f"echo '!3 Drain'; echo {opened}\n"))
    assert turn.exit_code == 0, turn
    assert f"next: merge {opened};" in turn.err
    words = (github.root / "words").read_text().splitlines()
    assert words[:5] == [
        *("mr", "create", "--repo=https://gitlab.example.org/acme/llm/models", "--yes"),
        f"--source-branch={_pushed(github)}",
    ]


def test_another_forge_says_itself_what_to_do(desks: tuple[Desk, Desk]) -> None:
    first, night = desks
    origin = (first.repo / first.git("remote", "get-url", "origin").strip()).resolve()
    hook = origin / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'Create a pull request: https://forge.example/x?head=y'\n")
    hook.chmod(0o755)
    turn = night.zumik(*DRAIN)
    assert "and merge it: https://forge.example/x?head=y; to undo" in turn.err, turn
    hook.write_text("#!/bin/sh\nprintf 'ask \\033[31mada\\033[0m\\n'\n")
    turn = night.zumik(*DRAIN, "--branch", "again")
    assert "the remote said: ask \\x1b[31mada\\x1b[0m\n" in turn.err, turn
    assert "next: open the pull request for origin/again where you host it; to undo" in turn.err


# What fails leaves nothing


def test_a_refused_push_leaves_nothing(github: Desk, desks: tuple[Desk, Desk]) -> None:
    first, _ = desks
    origin = (first.repo / first.git("remote", "get-url", "origin").strip()).resolve()
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho 'no branches of robots, {ADDRESS}' >&2\nexit 1\n")
    hook.chmod(0o755)
    _disturb(github)
    before, heads = _state(github), _heads(github)
    turn = github.zumik(*DRAIN)
    assert turn.exit_code == 4, turn
    _no_secret(turn)
    assert "error: git push failed: remote: no branches of robots, https://github.com" in turn.err
    assert "; nothing was changed" in turn.err
    assert (_state(github), _heads(github)) == (before, heads)


def test_without_the_network_nothing_is_done(github: Desk) -> None:
    github.git(
        "config", "--remove-section", f"url.{github.git('remote', 'get-url', 'origin').strip()}"
    )
    github.git("remote", "set-url", "origin", "http://ada:s3cret@127.0.0.1:9/x.git")
    before = _state(github)
    turn = github.zumik(*DRAIN)
    assert turn.exit_code == 4, turn
    _no_secret(turn)
    assert turn.err.startswith("error: git fetch failed: "), turn
    assert "; nothing was changed" in turn.err
    assert _state(github) == before


@pytest.mark.parametrize(
    ("branch", "why"),
    [
        ("-x", "not a name for a branch"),
        ("a..b", "not a name for a branch"),
        ("@{-1}", "not a name for a branch"),
        ("a\nb", "not a name for a branch"),
        ("refs/heads/../x", "not a name for a branch"),
        ("main", "exists already"),
    ],
)
def test_a_name_that_no_new_branch_can_have_is_refused(
    desks: tuple[Desk, Desk], branch: str, why: str
) -> None:
    _, night = desks
    before, heads = _state(night), _heads(night)
    turn = night.zumik(*DRAIN, f"--branch={branch}")
    assert (turn.exit_code, why in turn.err) == (4, True), turn
    assert (_state(night), _heads(night)) == (before, heads)


def test_a_branch_of_others_is_never_moved(desks: tuple[Desk, Desk]) -> None:
    first, night = desks
    first.git("push", "--quiet", "origin", "main~1:refs/heads/incident")
    heads = _heads(night)
    turn = night.zumik(*DRAIN, "--branch", "incident")
    assert turn.exit_code == 4, turn
    assert "git push failed" in turn.err
    assert _heads(night) == heads


def test_it_needs_a_live_ref_of_a_remote(desks: tuple[Desk, Desk]) -> None:
    _, night = desks
    settings = night.releases / "zumik.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("live_ref: origin/main", "live_ref: main"))
    local = night.zumik(*DRAIN)
    assert (local.exit_code, "live_ref main is local" in local.err) == (4, True), local
    settings.write_text(text.replace("live_ref: origin/main", ""))
    unset = night.zumik(*DRAIN)
    assert (unset.exit_code, "no live_ref is set" in unset.err) == (4, True), unset
    both = night.zumik(*DRAIN, "--no-commit")
    assert (both.exit_code, "drop --no-commit, or drop --pr" in both.err) == (2, True), both


def test_what_the_answer_is_no_to_leaves_nothing(desks: tuple[Desk, Desk]) -> None:
    _, night = desks
    _disturb(night)
    before, heads = _state(night), _heads(night)
    turn = night.zumik("release", "withdraw", OLD, "--reason", "INC-42", "--pr")
    assert (turn.exit_code, f"{OLD} is live for" in turn.err) == (3, True), turn
    turn = night.zumik("undrain", "globex/*", "--pr")
    assert turn.exit_code == 4, turn
    assert (_state(night), _heads(night)) == (before, heads)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (
            "https://github.com/acme/models",
            "https://github.com/acme/models/compare/main...a/b?expand=1",
        ),
        (
            "git@github.com:acme/models.git",
            "https://github.com/acme/models/compare/main...a/b?expand=1",
        ),
        (
            "ssh://git@ssh.github.com:443/acme/models.git",
            "https://github.com/acme/models/compare/main...a/b?expand=1",
        ),
        (
            "https://oauth2:glpat-x@gitlab.example.org:8443/a/b/c.git",
            "https://gitlab.example.org:8443/a/b/c/-/merge_requests/new?"
            "merge_request%5Bsource_branch%5D=a%2Fb&merge_request%5Btarget_branch%5D=main",
        ),
        ("https://github.com/acme", None),
        ("https://github.com/acme/../models", None),
        ("https://github.com/acme/mod els", None),
        ("https://github.com:x/acme/models", None),
        ("https://[github.com/acme/models", None),
        ("file:///srv/github.com/acme/models", None),
        ("../github/acme", None),
        ("https://bitbucket.org/acme/models", None),
        ("", None),
    ],
)
def test_the_page_follows_from_the_address(address: str, page: str | None) -> None:
    found = project_at([address])
    assert (found.page("a/b", "main") if found else None) == page


def test_a_forge_of_an_unknown_host_is_known_by_what_it_says() -> None:
    said = (
        "To create a merge request for x, visit:",
        "  https://git.example.org/a/b/c/-/merge_requests/new?merge_request%5Bsource_branch%5D=x",
    )
    page, project = page_said(said)
    assert page == said[1].strip()
    assert project == ("gitlab", "git.example.org", "a/b/c")
    assert page_said(["all is well"]) == (None, None)
