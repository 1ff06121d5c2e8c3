"""Remotes: whether a branch can be made and pushed for a pull request, and the push.

Nothing is ever forced.
"""

from __future__ import annotations

import re
import shlex

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.secret_keys import without_credentials
from zumik.errors import CannotRun
from zumik.git.repository import HEADS, GitFailed, Repository

_REMOTES = "refs/remotes/"


class PushFailed(GitFailed):
    """The push failed; the commit is on its local branch."""


def require_new_branch(repository: Repository, name: str) -> None:
    """Raises CannotRun for a name that no branch can have, and for one that is taken."""
    if not name.isprintable() or not _is_branch_name(repository, name):
        raise CannotRun(f"{shown(name)} is not a name for a branch", hint="as in promote-code-fast")
    if repository.parsed(f"{HEADS}{name}") is not None:
        raise CannotRun(
            f"a branch {shown(name)} exists already",
            hint=f"choose another name; or git switch {shlex.quote(name)}, and drop --branch",
        )
    if repository.parsed(name) is not None:
        raise CannotRun(
            f"{shown(name)} is already the name of a tag, remote branch or commit",
            hint="choose another name",
        )


def _is_branch_name(repository: Repository, name: str) -> bool:
    """Whether git takes the name as it is; it reads `@{-1}` as another branch."""
    try:
        return repository.run("check-ref-format", "--branch", name) == f"{name}\n"
    except GitFailed:
        return False


def remote_of(repository: Repository, live_ref: str | None) -> tuple[str, str | None]:
    """The remote to push a branch to, and the name of the live branch on it, if it has it.

    The remote of `live_ref`; where that is a branch of this repository, the one that git pushes to
    by default, or origin. Raises CannotRun without a remote.
    """
    remotes = repository.run("remote").splitlines()
    live = (live_ref or "").removeprefix("refs/remotes/")
    for remote in sorted(remotes, key=len, reverse=True):
        if live.startswith(f"{remote}/"):
            return remote, live.removeprefix(f"{remote}/")
    remote = _default_remote(repository)
    if remote not in remotes:
        raise CannotRun(
            f"there is no remote {shown(remote)} to push to", hint=f"git remote add {remote} URL"
        )
    return remote, live.removeprefix(HEADS) or None


def default_branch(repository: Repository) -> str | None:
    """The branch that a remote's pull requests go to, as `origin/master`; None where none is known.

    What the remote's HEAD said when it was cloned; else main or master, or its only branch. Before
    anything was pushed, the branch that this clone began on. Raises GitFailed.
    """
    remotes = repository.run("remote").splitlines()
    remote = "origin" if "origin" in remotes or not remotes else remotes[0]
    head = repository.run_any("symbolic-ref", "--quiet", f"{_REMOTES}{remote}/HEAD")
    if head.status == 0:
        return head.text.strip().removeprefix(_REMOTES)
    branches = remote_branches(repository, remote)
    for name in ("main", "master"):
        if f"{remote}/{name}" in branches:
            return f"{remote}/{name}"
    if len(branches) == 1:
        return branches[0]
    usual = repository.branch in ("main", "master", "trunk", "develop")
    return f"{remote}/{repository.branch}" if usual and not branches else None


def remote_branches(repository: Repository, remote: str) -> list[str]:
    """The branches of a remote that are known here, as `origin/main`. Raises GitFailed."""
    listed = repository.run("for-each-ref", "--format=%(refname)", f"{_REMOTES}{remote}/")
    names = (ref.removeprefix(_REMOTES) for ref in listed.splitlines())
    return [name for name in names if name != f"{remote}/HEAD"]


def unknown_ref(repository: Repository, ref: str) -> tuple[str, str]:
    """What is wrong with a `live_ref` that is not known here, and the hint. Raises GitFailed.

    Where the remote's other branches are known, it has no such branch; else it was never fetched.
    """
    remote = ref.removeprefix(_REMOTES).partition("/")[0]
    branches = remote_branches(repository, remote)
    if not branches:
        return f"{ref} is not known here", "git fetch brings it if the remote has it"
    default = default_branch(repository) or branches[0]
    return (
        f"{ref} is not known here, and {neutral(remote)} has {neutral(', '.join(branches[:5]))}",
        f"git fetch brings it if it is new; else set live_ref: {neutral(default)} in zumik.yaml",
    )


def _default_remote(repository: Repository) -> str:
    try:
        return repository.run("config", "--get", "remote.pushDefault").removesuffix("\n")
    except GitFailed:
        return "origin"


def require_pushable(repository: Repository, branch: str, live_ref: str | None) -> str:
    """The remote that a branch can be pushed to.

    Raises CannotRun where there is no remote, and for the live branch: it changes only by merging.
    """
    remote, live = remote_of(repository, live_ref)
    if branch == live:
        raise CannotRun(
            f"{shown(branch)} is the branch of live_ref {live_ref}, which changes only by merging",
            hint="make a branch for the pull request: --branch NAME --push",
        )
    return remote


def push(repository: Repository, remote: str, branch: str) -> None:
    """Push a branch to a remote and set it as upstream. Raises PushFailed."""
    refspec = f"{HEADS}{branch}:{HEADS}{branch}"
    try:
        repository.run(
            "push", "--quiet", "--set-upstream", "--no-follow-tags", "--", remote, refspec
        )
    except GitFailed as error:
        raise PushFailed(
            f"{error.message}; the commit is safe on {shown(branch)}",
            hint=f"once that is fixed, push it again: {push_command(remote, branch)}",
        ) from None


# A remote that takes the connection and then says nothing ends the command after half a minute.
_PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30")


def live_branch(repository: Repository, live_ref: str | None) -> tuple[str, str]:
    """The remote of `live_ref`, and the branch that it is there.

    Raises CannotRun where it is no branch of a remote, so that nothing can be merged to it there.
    """
    remote, branch = remote_of(repository, live_ref)
    if branch is None or live_ref is None or f"{remote}/{branch}" != _short(live_ref):
        setting = "no live_ref is set" if live_ref is None else f"live_ref {live_ref} is local"
        raise CannotRun(
            f"{setting}, and a pull request goes to a branch of a remote",
            hint=f"in zumik.yaml: live_ref: {neutral(remote)}/main; or drop --pr",
        )
    return remote, branch


def _short(live_ref: str) -> str:
    return live_ref.removeprefix(_REMOTES)


def fetch_command(repository: Repository, live_ref: str) -> str | None:
    """The command that brings what `live_ref` has on its remote now; None where it has no remote.

    A clone of one branch fetches no other by itself, so the branch is then named. Raises GitFailed.
    """
    try:
        remote, branch = live_branch(repository, live_ref)
    except CannotRun:
        return None
    brought = repository.run_any("config", "--get-all", f"remote.{remote}.fetch").text.splitlines()
    if f"+{HEADS}*:{_REMOTES}{remote}/*" in brought:
        return f"git fetch {shlex.quote(remote)}"
    return f"git fetch {shlex.quote(remote)} {shlex.quote(f'{branch}:{_REMOTES}{remote}/{branch}')}"


def fetch_branch(repository: Repository, remote: str, branch: str) -> None:
    """Bring what a branch of a remote has now, and nothing else. Raises GitFailed."""
    refspec = f"+{HEADS}{branch}:{_REMOTES}{remote}/{branch}"
    words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    done = repository.run_any(*_PATIENCE, "fetch", *words, "--", remote, refspec)
    if done.status != 0:
        raise GitFailed(
            f"git fetch failed: {_said(done.error)}; nothing was changed",
            hint=f"see what it says: git fetch {shlex.quote(neutral(remote))}; then run this again",
        )


def push_new(repository: Repository, remote: str, branch: str, commit: str) -> tuple[str, ...]:
    """Push a commit as a new branch of a remote; what the remote said of it.

    A branch of that name is never moved. Raises GitFailed: the remote then has nothing new.
    """
    ref = f"{HEADS}{branch}"
    words = ("--quiet", "--no-follow-tags", f"--force-with-lease={ref}:", "--", remote)
    done = repository.run_any(*_PATIENCE, "push", *words, f"{commit}:{ref}")
    if done.status != 0:
        raise GitFailed(
            f"git push failed: {_said(done.error)}; nothing was changed",
            hint="once that is fixed, run it again; --branch NAME names another branch",
        )
    remarks = (line.removeprefix("remote:").strip() for line in _lines(done.error))
    return tuple(filter(None, remarks))


def remote_urls(repository: Repository, remote: str) -> tuple[str, ...]:
    """The addresses of a remote: as git uses it, and as the settings have it. Raises GitFailed."""
    used = repository.run_any("remote", "get-url", "--", remote).text
    kept = repository.run_any("config", "--get", f"remote.{remote}.url").text
    return tuple(dict.fromkeys(url.strip() for url in (used, kept) if url.strip()))


def _said(text: str) -> str:
    return "; ".join(_lines(text)[:5])[:500] or "git said nothing"


def _lines(text: str) -> list[str]:
    plain = (without_credentials(neutral(line.strip())) for line in re.split(r"[\r\n]+", text))
    return [line for line in plain if line]


def push_command(remote: str, branch: str) -> str:
    """What a person types to push a branch."""
    return neutral(f"git push -u {shlex.quote(remote)} {shlex.quote(branch)}")


def pull_command(repository: Repository, remote: str, branch: str) -> str | None:
    """What a person types before they can push a branch; None where the remote has no more than it.

    As far as this clone knows the remote. The commits here are put on top of what is there, and
    edits that are not committed stay. Raises GitFailed.
    """
    there = f"{_REMOTES}{remote}/{branch}"
    if repository.parsed(f"{there}^{{commit}}") is None:
        return None
    if repository.run_any("merge-base", "--is-ancestor", there, "HEAD").status != 1:
        return None
    words = ["git", "pull", "--rebase"]
    if repository.run("status", "--porcelain", "--untracked-files=no"):
        words.append("--autostash")
    upstream = repository.run_any("rev-parse", "--symbolic-full-name", "@{upstream}").text.strip()
    words += [] if upstream == there else [shlex.quote(remote), shlex.quote(branch)]
    return neutral(" ".join(words))


def pushes_by_default(repository: Repository) -> bool:
    """Whether a bare `git push` knows where the current branch goes. Raises GitFailed."""
    return repository.run_any("rev-parse", "--abbrev-ref", "@{push}").status == 0
