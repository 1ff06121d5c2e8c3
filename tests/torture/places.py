"""Places: repositories of several kinds, each with a small line of releases and a busy user.

Somebody has staged, edited and left about files of their own; none of that is zumik's. A place is
made once and copied for each attempt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.torture import children
from tests.torture.states import Place

MODELS = Path(__file__).parents[1] / "cli" / "cases" / "small"

START = datetime(2026, 1, 10, 9, tzinfo=UTC)
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
"""When everything is tried: the same time always, so that the same bytes come of it."""

FIRST, SECOND, THIRD = (f"alr_2026_01_{day}_001" for day in (10, 11, 12))

GIT_CONFIG = """\
[user]
    name = Ada Example
    email = ada@example.org
[gc]
    auto = 0
[advice]
    detachedHead = false
[init]
    defaultBranch = main
    templateDir =
[protocol "file"]
    allow = always
"""

_PRE_COMMIT = """\
#!/bin/sh
# What is committed is zumik's alone, and the hook sees it so.
others=$(git diff --cached --name-only | grep -v '^releases/')
test -z "$others" || { echo "also staged: $others" >&2; exit 1; }
git diff --cached --name-status >> "$(git rev-parse --git-common-dir)/hook.log"
"""
_COMMIT_MSG = """\
#!/bin/sh
grep -q '[A-Z]' "$1"
"""
_POST_COMMIT = """\
#!/bin/sh
git log -1 --format=%H >> "$(git rev-parse --git-common-dir)/hook.log"
git status --porcelain > /dev/null
"""


def isolate(scratch: Path) -> None:
    """One environment for all that runs: no setting of the machine, of git or a terminal."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "ZUMIK_", "LC_", "XDG_", "SSH_")):
            del os.environ[name]
    home = scratch / "home"
    home.mkdir(parents=True)
    (home / "gitconfig").write_text(GIT_CONFIG)
    os.environ |= {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "TZ": "UTC",
        "COLUMNS": "80",
    }
    if has_keys():
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada"]
        subprocess.run([*key, "-f", str(key_in(scratch))], check=True, stdin=subprocess.DEVNULL)


def has_keys() -> bool:
    """Whether SSH keys can be made here."""
    return shutil.which("ssh-keygen") is not None


def key_in(scratch: Path) -> Path:
    """The key that Ada signs with."""
    return scratch / "ada"


def copy(template: Path, root: Path) -> Place:
    """A place of one's own. Linked work trees name each other by their paths, which are mended."""
    shutil.copytree(template, root, symlinks=True)
    (root / "tmp").mkdir(exist_ok=True)
    side = root / "side"
    if side.exists():
        (root / "repo/.git/worktrees/side/gitdir").write_text(f"{side}/.git\n")
        (side / ".git").write_text(f"gitdir: {root}/repo/.git/worktrees/side\n")
    work = side if side.exists() else root / "repo"
    place = Place(root, work)
    if place.git_dir is not None:
        # Copies have other inodes: as after a git status, git need not read them all.
        refresh = ["git", "update-index", "-q", "--refresh"]
        subprocess.run(refresh, cwd=work, check=False, capture_output=True)
    return place


class Maker:
    """Makes a place, step by step, as people would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = START
        (root / "tmp").mkdir(parents=True)
        (root / "repo").mkdir()

    @property
    def place(self) -> Place:
        """It, as far as it has come."""
        side = self.root / "side"
        return Place(self.root, side if side.exists() else self.root / "repo")

    def git(self, *words: str, fails: bool = False) -> None:
        moment = f"{self.now:%Y-%m-%dT%H:%M:%SZ}"
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        done = subprocess.run(
            ["git", *words],
            cwd=self.place.work,
            env={**os.environ, **dates},
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == fails, (words, done.stdout, done.stderr)
        self.now += timedelta(seconds=5)

    def zumik(self, *words: str) -> None:
        ended = children.run(words, self.place.work, self.place.tmp, self.now)
        assert ended.code == 0, str(ended)
        self.now += timedelta(seconds=5)

    def write(self, name: str, text: str) -> None:
        path = self.place.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, before: str, after: str, file: str = "acme.yaml") -> None:
        path = self.place.releases / "catalog" / file
        text = path.read_text()
        assert before in text, before
        path.write_text(text.replace(before, after, 1))
        self.git("commit", "--quiet", "--all", "--message", f"{before} is {after}")

    def freeze(self, day: int) -> None:
        self.now = START + timedelta(days=day)
        self.zumik("release", "create", "--note", f"Release of day {day}")


def make(kind: str, scenario: str, root: Path) -> None:
    """Make a place of a kind, with the scenario that a command needs."""
    maker = Maker(root)
    maker.git("init", "--quiet", ".")
    shutil.copytree(MODELS / "releases", maker.place.releases)
    shutil.copy(MODELS / "gitattributes", maker.place.releases / ".gitattributes")
    _users_files(maker)
    if kind == "unborn":
        _stage(maker)
        return
    maker.git("add", ".")
    maker.git("commit", "--quiet", "--message", "Describe models and aliases")
    _line(maker)
    _SCENARIOS[scenario](maker)
    for trait in KINDS[kind]:
        trait(maker)
    _dirt(maker)
    if kind == "nogit":
        shutil.rmtree(root / "repo" / ".git")


def _line(maker: Maker) -> None:
    """Three releases; aliases are live at the first two."""
    maker.freeze(0)
    maker.zumik("alias", "promote", "--all", "--to", FIRST, "--reason", "First")
    maker.edit("bench.seconds: 1.5", "bench.seconds: 1.4")
    maker.freeze(1)
    maker.zumik("alias", "promote", "code.fast", "auto.balanced", "--latest", "--reason", "Second")
    maker.edit("bench.seconds: 1.4", "bench.seconds: 1.3")
    maker.freeze(2)
    maker.git("remote", "add", "origin", "../origin.git")
    maker.git("update-ref", "refs/remotes/origin/main", "HEAD")
    maker.git("switch", "--quiet", "--create", "earlier")
    maker.git("switch", "--quiet", "main")
    maker.edit("bench.seconds: 1.3", "bench.seconds: 1.2")


def _users_files(maker: Maker) -> None:
    for name in ("modified", "staged", "both", "removed", "unlinked", "tool", "hidden", "quiet"):
        maker.write(f"notes/{name}.txt", f"{name}, as committed\n")
    maker.write(".gitignore", "*.log\n")


def _dirt(maker: Maker) -> None:
    """All that a user may have under way, outside the workspace."""
    maker.git("update-index", "--skip-worktree", "notes/hidden.txt")
    maker.git("update-index", "--assume-unchanged", "notes/quiet.txt")
    for name in ("hidden", "quiet", "modified"):
        maker.write(f"notes/{name}.txt", f"{name}, edited\n")
    maker.git("rm", "--quiet", "--cached", "notes/removed.txt")
    (maker.place.work / "notes" / "unlinked.txt").unlink()
    (maker.place.work / "notes" / "tool.txt").chmod(0o755)
    maker.write("notes/staged.txt", "staged, edited\n")
    _stage(maker)


def _stage(maker: Maker) -> None:
    maker.write("notes/both.txt", "both, staged\n")
    maker.write("notes/new.txt", "new, staged\n")
    (maker.place.work / "notes" / "link").symlink_to("new.txt")
    maker.git("add", "notes/staged.txt", "notes/both.txt", "notes/new.txt", "notes/link")
    maker.write("notes/both.txt", "both, edited after it was staged\n")
    maker.write("notes/intended.txt", "intended\n")
    maker.git("add", "--intent-to-add", "notes/intended.txt")
    maker.write("notes/untracked.txt", "untracked\n")
    maker.write("notes/ignored.log", "ignored\n")


# Scenarios: what a command needs to be there.


def _as_it_is(maker: Maker) -> None:
    pass


def _drained(maker: Maker) -> None:
    maker.now = NOW - timedelta(hours=1)
    maker.zumik("drain", "acme/*", "--until", "8h", "--reason", "INC-41")


def _two_branches(maker: Maker) -> None:
    """A draft on a branch, and another that landed meanwhile."""
    maker.git("switch", "--quiet", "--create", "landing", "origin/main")
    maker.edit("bench.seconds: 2.4", "bench.seconds: 2.3", "globex.yaml")
    maker.freeze(5)
    maker.git("switch", "--quiet", "main")
    maker.freeze(6)
    maker.zumik("alias", "promote", "code.fast", "--latest", "--reason", "Draft")
    # Only now is it known here that the other one landed: behind it nothing would be written.
    maker.git("update-ref", "refs/remotes/origin/main", "landing")
    maker.git("merge", "--quiet", "origin/main", fails=True)


def _merged(maker: Maker) -> None:
    """The conflict was settled by hand, with the ledger of what landed."""
    _two_branches(maker)
    maker.git("checkout", "--theirs", "--", "releases/SHA256SUMS")
    maker.git("add", "releases/SHA256SUMS")
    maker.git("commit", "--quiet", "--message", "Merge")


_SCENARIOS: dict[str, Callable[[Maker], None]] = {
    "line": _as_it_is,
    "drained": _drained,
    "merging": _two_branches,
    "merged": _merged,
}


# Kinds of repositories.


def _hooks(maker: Maker) -> None:
    assert maker.place.common is not None
    hooks = maker.place.common / "hooks"
    hooks.mkdir(exist_ok=True)
    texts = {"pre-commit": _PRE_COMMIT, "commit-msg": _COMMIT_MSG, "post-commit": _POST_COMMIT}
    for name, text in texts.items():
        (hooks / name).write_text(text)
        (hooks / name).chmod(0o755)


def _signed(maker: Maker) -> None:
    key = Path(os.environ["HOME"]).parent / "ada"
    for name, value in {
        "gpg.format": "ssh",
        "user.signingkey": f"{key}.pub",
        "commit.gpgsign": "true",
    }.items():
        maker.git("config", name, value)


def _worktree(maker: Maker) -> None:
    maker.git("switch", "--quiet", "earlier")
    maker.git("worktree", "add", "--quiet", "../side", "main")
    # As if somebody had been elsewhere here too.
    maker.git("switch", "--quiet", "--create", "aside")
    maker.git("switch", "--quiet", "main")


def _submodule(maker: Maker) -> None:
    library = maker.root / "lib"
    library.mkdir()
    for words in (
        ("init", "--quiet", "."),
        ("commit", "--quiet", "--allow-empty", "--message", "A library"),
    ):
        subprocess.run(["git", *words], cwd=library, check=True)
    maker.git("submodule", "--quiet", "add", str(library), "vendor/lib")
    maker.git("commit", "--quiet", "--message", "Add a library")
    maker.write("vendor/lib/edited.txt", "edited\n")


def _packed(maker: Maker) -> None:
    maker.git("pack-refs", "--all")
    maker.git("repack", "-a", "-d", "--quiet")


def _split(maker: Maker) -> None:
    maker.git("config", "core.splitIndex", "true")
    maker.git("update-index", "--split-index")


def _detached(maker: Maker) -> None:
    maker.git("checkout", "--quiet", "--detach")


KINDS: dict[str, Sequence[Callable[[Maker], None]]] = {
    "plain": (),
    "hooks": (_hooks,),
    "signed": (_signed,),
    "worktree": (_worktree,),
    "submodule": (_submodule,),
    "packed": (_packed,),
    "split": (_split,),
    "everything": (_worktree, _submodule, _packed, _signed, _hooks),
    "detached": (_detached,),
    "unborn": (),
    "nogit": (),
}
