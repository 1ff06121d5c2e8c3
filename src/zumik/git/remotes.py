"""Remotes: whether a branch can be made and pushed for a pull request, and the push.

Nothing is ever forced.
"""

from __future__ import annotations

import shlex

from zumik.core.basics.display import neutral, shown
from zumik.errors import CannotRun
from zumik.git.repository import HEADS, GitFailed, Repository


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


def push_command(remote: str, branch: str) -> str:
    """What a person types to push a branch."""
    return neutral(f"git push -u {shlex.quote(remote)} {shlex.quote(branch)}")


def pushes_by_default(repository: Repository) -> bool:
    """Whether a bare `git push` knows where the current branch goes. Raises GitFailed."""
    return repository.run_any("rev-parse", "--abbrev-ref", "@{push}").status == 0
