"""Branches: a new one for a commit, and one pushed so that a pull request can be opened.

A branch is made together with its commit or not at all. Nothing is ever forced.
"""

from __future__ import annotations

import shlex

from zumik.core.basics.display import neutral, shown
from zumik.errors import CannotRun
from zumik.git.repository import HEADS, GitFailed, Repository


class PushFailed(GitFailed):
    """What was committed is safe on its branch, and not on the remote."""


def require_new_branch(repository: Repository, name: str) -> None:
    """Raises CannotRun for what is no name of a branch, and for one that is taken."""
    if not name.isprintable() or not _is_branch_name(repository, name):
        raise CannotRun(f"{shown(name)} is not a name for a branch", hint="as in promote-code-fast")
    if repository.parsed(f"{HEADS}{name}") is not None:
        raise CannotRun(
            f"there is a branch {shown(name)} already",
            hint=f"choose another name; or git switch {shlex.quote(name)}, and leave --branch away",
        )
    if repository.parsed(name) is not None:
        raise CannotRun(
            f"{shown(name)} names something else in this repository already",
            hint="choose a name that is no tag, remote branch or commit",
        )


def _is_branch_name(repository: Repository, name: str) -> bool:
    """Git's own opinion; what it would read as another branch, as in @{-1}, is none."""
    try:
        return repository.run("check-ref-format", "--branch", name) == f"{name}\n"
    except GitFailed:
        return False


def remote_of(repository: Repository, live_ref: str | None) -> tuple[str, str | None]:
    """The remote that a branch goes to, and the name of the live branch there, if it is there.

    The remote of `live_ref`; where that is a branch of this repository, the one that git pushes to
    by default, or origin. Raises CannotRun where there is none.
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


def _default_remote(repository: Repository) -> str:
    try:
        return repository.run("config", "--get", "remote.pushDefault").removesuffix("\n")
    except GitFailed:
        return "origin"


def require_pushable(repository: Repository, branch: str, live_ref: str | None) -> str:
    """The remote that a branch can be pushed to.

    Raises CannotRun where there is no remote, and for the live branch: it moves by merging.
    """
    remote, live = remote_of(repository, live_ref)
    if branch == live:
        raise CannotRun(
            f"{shown(branch)} is the branch of live_ref {live_ref}, which moves by merging",
            hint="make a branch for the pull request: --branch NAME --push",
        )
    return remote


def push(repository: Repository, remote: str, branch: str) -> None:
    """Push a branch to a remote, and follow it there. Raises PushFailed."""
    refspec = f"{HEADS}{branch}:{HEADS}{branch}"
    try:
        repository.run(
            "push", "--quiet", "--set-upstream", "--no-follow-tags", "--", remote, refspec
        )
    except GitFailed as error:
        raise PushFailed(
            f"{error.message}; the commit is safe on {shown(branch)}",
            hint=f"push it again once that is mended: {push_command(remote, branch)}",
        ) from None


def push_command(remote: str, branch: str) -> str:
    """What a person types to push a branch."""
    return neutral(f"git push -u {shlex.quote(remote)} {shlex.quote(branch)}")
