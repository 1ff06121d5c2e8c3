"""What merging a branch gives, and what each of its commits changed, without the work tree.

A shallow clone fetches the history that this needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from zumik.core.basics.display import neutral, shown
from zumik.core.reviews.branch_changes import BranchStep, CommitClaim, FileChange, GitFile
from zumik.core.reviews.clone_settings import CloneSettings
from zumik.errors import CannotRun
from zumik.git.repository import GitFailed, Repository

_SHORT = re.compile(r"[0-9a-f]{4,39}")

_DEEPER = ("--deepen=50", "--deepen=1000", "--unshallow")


class Merge(NamedTuple):
    """What merging `head` into `base` gives: a tree, and the paths that conflict in it.

    `base_name` is the base as the person named it, for commands to paste.
    """

    base_name: str
    base: str
    head: str
    tree: str
    conflicts: tuple[str, ...]


def merge_of(repository: Repository, base: str, head: str) -> Merge:
    """What merging `head` into `base` gives. Raises CannotRun where git cannot compute it.

    Where `head` contains `base`, as the test merge of a forge does, it is `head` itself.
    """
    ours, theirs = _commit(repository, base, "--base"), _commit(repository, head, "--head")
    _require_history(repository, ours, theirs)
    if _succeeds(repository, "merge-base", "--is-ancestor", ours, theirs):
        tree = repository.run("rev-parse", f"{theirs}^{{tree}}").strip()
        return Merge(base, ours, theirs, tree, ())
    if not repository.run_any("merge-base", ours, theirs).text:
        raise CannotRun(
            f"{shown(base)} and {shown(head)} have no commit in common",
            hint="start the branch from the branch that it is to be merged into",
        )
    result = repository.run_any(
        "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs
    )
    if result.status not in (0, 1):
        raise CannotRun(
            f"git cannot compute the merge: {neutral(result.error)[:300]}",
            hint="install git 2.38 or newer; or merge the base into the branch first",
        )
    tree, *conflicts = result.text.rstrip("\0").split("\0")
    return Merge(base, ours, theirs, tree, tuple(conflicts))


def changes_between(
    repository: Repository, before: str, after: str, directory: str
) -> Iterator[FileChange]:
    """The files of a directory that differ between two trees; a rename is two changes."""
    raw = repository.run("diff-tree", *_RAW, before, after, "--", directory)
    for _, change in _changes(raw, directory):
        yield change


def steps_of(
    repository: Repository, base: str, head: str, directory: str, paths: Sequence[str] = ()
) -> Iterator[BranchStep]:
    """What every commit that only `head` has changed in a directory, or in these paths of it.

    Of a merge commit that is what differs from all of its parents, and what it took from one of
    them although only another had changed it; the rest is what merging gives.
    """
    parents = {}
    for line in repository.run("rev-list", "--parents", f"{base}..{head}", "--").splitlines():
        commit, *parents[commit] = line.split()
    pairs = [(commit, parent) for commit in parents for parent in parents[commit] or [""]]
    where = paths or [directory]
    found = _changes_of(repository, pairs, directory, where)
    partly = {c for (c, _), changes in found.items() if len(changes) < len(parents[c])}
    starts = {commit: _starts(repository, parents[commit]) for commit in partly}
    pairs = [(commit, start) for commit, own in starts.items() for start in own]
    since_start = _changes_of(repository, pairs, directory, where)
    for (commit, path), changes in found.items():
        if len(changes) < len(parents[commit]):
            # Histories that never met began with no file at all.
            is_new = not starts[commit] and changes[0].after is not None
            if is_new or (commit, path) in since_start:
                continue
        yield BranchStep(commit, changes[0])


def _starts(repository: Repository, parents: Sequence[str]) -> list[str]:
    """Where the parents of a merge commit parted; nothing where they never met."""
    return repository.run_any("merge-base", "--all", "--octopus", *parents).text.split()


def _changes_of(
    repository: Repository, pairs: Iterable[tuple[str, str]], directory: str, where: Sequence[str]
) -> dict[tuple[str, str], list[FileChange]]:
    """What each commit changed against another, by commit and path; "" is the empty tree."""
    asked = "".join(f"{commit} {other}\n" for commit, other in pairs).encode()
    raw = repository.run("diff-tree", "--stdin", "--root", *_RAW, "--", *where, stdin=asked)
    found: dict[tuple[str, str], list[FileChange]] = {}
    for commit, change in _changes(raw, directory):
        found.setdefault((commit, change.path), []).append(change)
    return found


def commit_claims(repository: Repository, base: str, head: str) -> Iterator[CommitClaim]:
    """When the commits that only `head` has claim to have been made, the newest first."""
    listed = repository.run(
        "rev-list", "--timestamp", "--parents", "--boundary", f"{base}..{head}", "--"
    )
    rows = [line.split() for line in listed.splitlines()]
    claimed = {commit.removeprefix("-"): int(seconds) for seconds, commit, *_ in rows}
    for _, commit, *parents in rows:
        # The parents that the base has are listed too, with a hyphen.
        if not commit.startswith("-"):
            times = (claimed[parent] for parent in parents if parent in claimed)
            yield CommitClaim(commit, claimed[commit], tuple(times))


_RAW = (
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--ignore-submodules=none",
)


def _changes(raw: str, directory: str) -> Iterator[tuple[str, FileChange]]:
    """The rows of `git diff-tree -z --raw`: a commit's id alone, then two fields for each file."""
    prefix = "" if directory == "." else f"{directory}/"
    commit, fields = "", iter(raw.split("\0")[:-1])
    for field in fields:
        if not field.startswith(":"):
            commit = field
            continue
        before, after, was, now, _ = field[1:].split(" ")
        path = next(fields).removeprefix(prefix)
        yield commit, FileChange(path, _file(before, was), _file(after, now))


def _file(mode: str, blob: str) -> GitFile | None:
    return GitFile(mode, blob) if mode != "000000" else None


def _commit(repository: Repository, revision: str, option: str) -> str:
    if _SHORT.fullmatch(revision):
        # A short commit id means that commit, even where a tag has the same name.
        meant = repository.run("rev-parse", f"--disambiguate={revision}").split()
        revision = meant[0] if len(meant) == 1 else revision
    found = repository.parsed(f"{revision}^{{commit}}")
    if found is None:
        raise CannotRun(
            f"{option} {shown(revision)} is not known here",
            hint="fetch it: git fetch origin BRANCH; then name it as in --base origin/main",
        )
    return found


def _succeeds(repository: Repository, *arguments: str) -> bool:
    return repository.run_any(*arguments).status == 0


def clone_settings(repository: Repository) -> CloneSettings:
    """The settings of this clone that make it show other bytes than others. Raises GitFailed."""
    grafts = Path(repository.run("rev-parse", "--git-path", "info/grafts").rstrip("\n"))
    return CloneSettings(
        replaced=len(repository.run("for-each-ref", "--format=x", "refs/replace/").split()),
        grafted=(repository.root / grafts).exists(),
        autocrlf=repository.run_any("config", "--get", "core.autocrlf").text.strip().lower(),
    )


# Shallow clones


def _require_history(repository: Repository, base: str, head: str) -> None:
    """Fetch what a shallow clone lacks between two commits. Raises CannotRun where that fails."""
    lacks = f"history between {base[:10]} and {head[:10]}"
    _fetch_until(repository, lambda: _is_whole(repository, base, head), (base, head), lacks)


def require_first_parents(repository: Repository, commit: str) -> None:
    """Fetch what a shallow clone lacks of the line of first parents, down to its first commit.

    Raises CannotRun where that fails.
    """

    def is_whole() -> bool:
        cut = shallow_commits(repository)
        line = repository.run("rev-list", "--first-parent", commit, "--") if cut else ""
        return cut.isdisjoint(line.split())

    _fetch_until(repository, is_whole, (commit,), f"the history of {commit[:10]}")


def _fetch_until(
    repository: Repository, is_enough: Callable[[], bool], commits: Iterable[str], lacks: str
) -> None:
    """Fetch the history of commits, more and more. Raises CannotRun where it is not enough."""
    if is_enough():
        return
    remote = _remote(repository)
    problem = "there is no remote to fetch from"
    for deeper in _DEEPER if remote else ():
        try:
            repository.run(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-recurse-submodules",
                "--no-write-fetch-head",
                deeper,
                "--end-of-options",
                str(remote),
                *commits,
            )
        except GitFailed as error:
            problem = error.message
        if is_enough():
            return
    raise CannotRun(
        f"this clone is shallow and lacks {lacks}, which the check needs: {problem}",
        hint="git fetch --unshallow; in a workflow, check out with fetch-depth: 0",
    )


def _is_whole(repository: Repository, base: str, head: str) -> bool:
    """Whether the clone has every commit that only one of the two has."""
    cut = shallow_commits(repository)
    if not cut:
        return True
    if not repository.run_any("merge-base", base, head).text:
        return False
    apart = repository.run("rev-list", f"{base}...{head}", "--").split()
    return cut.isdisjoint(apart)


def shallow_commits(repository: Repository) -> frozenset[str]:
    """The commits whose parents this clone does not have; none in a whole clone."""
    path = repository.run("rev-parse", "--git-path", "shallow").rstrip("\n")
    try:
        return frozenset((repository.root / path).read_text("ascii").split())
    except FileNotFoundError:
        return frozenset()


def _remote(repository: Repository) -> str | None:
    remotes = repository.run("remote").split()
    return "origin" if "origin" in remotes else next(iter(remotes), None)
