"""Races: sixteen writers at once in one repository, some of them killed.

What each of them said is held against the commits that came of it: every commit is claimed by one
writer, and every writer that said it was done has its commit.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.torture import children
from tests.torture.children import Ended
from tests.torture.oracle import Loss, recover, require_told
from tests.torture.places import FIRST, NOW, SECOND, THIRD, copy, has_keys
from tests.torture.running import Attempt, Labels, Options
from tests.torture.scenes import Stage, check, not_here
from tests.torture.states import Place, State, difference, git, left_over, observe, users_own

WRITERS = 16

_KINDS = ("plain", "hooks", "everything", "packed", "worktree", "signed")
_UNSIGNED = ("plain", "hooks", "packed", "worktree")
_ALIASES = ("code.fast", "auto.balanced", "review.listed")
_JSON = ("--format", "json")


class Writer(NamedTuple):
    """One of them: what it does, and the word by which its commit is known."""

    tag: str
    words: tuple[str, ...]
    files: str
    """What its commit may change: a pattern of paths in the workspace."""


class Commit(NamedTuple):
    """One commit since the start."""

    sha: str
    parents: Sequence[str]
    message: str
    files: Sequence[str]


def attempts(stage: Stage, options: Options) -> Iterator[Attempt]:
    """Race after race."""
    for turn in count():
        number = options.number(turn)
        chance = random.Random(f"{options.seed} race {number}")
        again = options.again("races", options.scenes, number, 50)
        yield Attempt(f"race {number}", again, partial(_race, stage, chance))


def _writer(tag: str, chance: random.Random) -> Writer:
    alias, release = chance.choice(_ALIASES), chance.choice((FIRST, SECOND, THIRD))
    live, glob = rf"live/{re.escape(alias)}\.json", chance.choice(("acme/*", "globex/*"))
    reason = ("--reason", tag)
    made = r"(frozen/alr_2026_02_01_\d+\.[0-9a-f]{64}\.json|SHA256SUMS)"
    choices = [
        (("release", "create", "--allow-unchanged", "--note", tag), made),
        (("release", "create", "--allow-unchanged", "--note", tag), made),
        (("alias", "promote", alias, "--to", release, *reason), live),
        (("alias", "promote", alias, "--latest", *reason), live),
        (("alias", "rollback", alias, *reason), live),
        (("release", "withdraw", release, *reason), r"withdrawn/[a-z0-9_]+\.json"),
    ]
    if "drain" not in not_here():
        drains = r"live/unavailable\.json"
        choices += [
            (("drain", glob, "--until", "4h", *reason), drains),
            (("undrain", glob), drains),
        ]
    words, files = chance.choice(choices)
    if chance.random() < 0.1:
        words += ("--branch", f"race/{tag}")
    return Writer(tag, (*words, *_JSON), files)


def _race(stage: Stage, chance: random.Random, root: Path) -> Labels:
    kind = chance.choice(_KINDS if has_keys() else _UNSIGNED)
    place = copy(stage.template(kind, "line"), root)
    start, before = git(place, "rev-parse", "HEAD").strip(), observe(place)
    writers = [_writer(f"Writer{number}", chance) for number in range(WRITERS)]
    kills = chance.random() < 0.5
    ends = _run_all(place, writers, chance if kills else None)
    for ended in ends:
        require_told(ended)
    mended = recover(place)
    said = [*ends, *([mended] if mended else [])]
    commits = _commits(place, start)
    _require_claimed(writers, ends, commits, said)
    _require_line(place, ends, said)
    _require_intact(place, before, said)
    codes = [ended.code for ended in ends]
    yield "kind", "with kills" if kills else "no kills"
    yield "commits", f"{len(commits):>2}"
    yield "repository", kind
    for name, number in (
        ("done", sum(code == 0 for code in codes)),
        ("said no", sum(code > 0 for code in codes)),
        ("killed", sum(code < 0 for code in codes)),
    ):
        for _ in range(number):
            yield "writers", name


def _run_all(place: Place, writers: Sequence[Writer], chance: random.Random | None) -> list[Ended]:
    """All at once, through one gate; with `chance`, a third of them is killed."""
    gate = os.pipe()
    running = [
        children.start(writer.words, place.work, place.tmp, NOW, gate=gate) for writer in writers
    ]
    os.close(gate[0])
    os.close(gate[1])
    if chance is not None:
        moments = sorted(chance.uniform(0, 1.5) for _ in range(WRITERS // 3))
        doomed = chance.sample(running, len(moments))
        for moment, child in zip(moments, doomed, strict=True):
            child.kill_at(moment, group=chance.random() < 0.5)
    ends = [child.end() for child in running]
    children.all_gone()
    return ends


def _commits(place: Place, start: str) -> list[Commit]:
    """Those since the start, oldest first; each has one parent, which is the one before it."""
    listed = git(place, "log", "--reverse", "--format=%H%x00%P%x00%B%x00", f"{start}..HEAD")
    rows = re.findall(r"([0-9a-f]{40})\0([0-9a-f ]*)\0(.*?)\0", listed, re.DOTALL)
    commits, before = [], start
    for sha, parents, message in rows:
        names = git(place, "diff-tree", "-r", "-z", "--name-only", "--no-commit-id", sha)
        commits.append(Commit(sha, parents.split(), message, names.split("\0")[:-1]))
        if commits[-1].parents != [before]:
            raise Loss("the commits are no line", commits)
        before = sha
    return commits


def _require_claimed(
    writers: Sequence[Writer], ends: Sequence[Ended], commits: Sequence[Commit], said: object
) -> None:
    """Each commit belongs to one writer, and each that said so has its own. Raises Loss."""
    left = {commit.sha: commit for commit in commits}
    claims = {}
    for writer, ended in zip(writers, ends, strict=True):
        sha = json.loads(ended.out).get("commit") if ended.code == 0 else None
        if sha is None:
            continue
        mine = [commit for full, commit in left.items() if full.startswith(sha)]
        if len(mine) != 1:
            raise Loss(f"{writer.tag} said {sha}, and no commit is that, or it is another's", said)
        claims[writer.tag] = left.pop(mine[0].sha)
    for writer, ended in zip(writers, ends, strict=True):
        if ended.killed and writer.tag not in claims:
            mine = [c for c in left.values() if _is_by(writer, c)]
            if len(mine) == 1 or (mine and writer.words[0] == "undrain"):
                claims[writer.tag] = left.pop(mine[0].sha)
    if left:
        raise Loss("commits that nobody said were done", *left.values(), *said)  # type: ignore[misc]
    for writer in writers:
        if writer.tag in claims and not _is_by(writer, claims[writer.tag]):
            raise Loss(f"{writer.tag} has another's commit", writer, claims[writer.tag], *said)  # type: ignore[misc]


def _is_by(writer: Writer, commit: Commit) -> bool:
    """Whether a commit says and changes what a writer would."""
    says = writer.words[0] == "undrain" or re.search(rf"\b{writer.tag}\b", commit.message)
    return bool(says) and all(
        re.fullmatch(f"releases/{writer.files}", name) for name in commit.files
    )


def _require_line(place: Place, ends: Sequence[Ended], said: Sequence[object]) -> None:
    """Ids unique, in order and without gaps; each file is what it says, and once in the ledger."""
    files = sorted(path.name for path in (place.releases / "frozen").glob("*.json"))
    ids = [name.split(".")[0] for name in files]
    today = [int(found[-3:]) for found in ids if found.startswith("alr_2026_02_01_")]
    if len(set(ids)) != len(ids) or today != list(range(1, len(today) + 1)):
        raise Loss("ids are not unique and in order", ids, *said)
    parent = None
    for name in files:
        data = (place.releases / "frozen" / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name.split(".")[1]:
            raise Loss(f"{name} has other bytes", *said)
        release = json.loads(data)
        if (release["parent"] or {}).get("id") != parent:
            raise Loss(f"{name} does not follow {parent}", *said)
        parent = release["id"]
    ledger = (place.releases / "SHA256SUMS").read_text().splitlines()
    if ledger != [f"{name.split('.')[1]}  frozen/{name}" for name in files]:
        raise Loss("the ledger", *ledger, *said)
    made = [json.loads(end.out)["id"] for end in ends if end.code == 0 and "create" in end.words]
    if len(set(made)) != len(made) or not set(made) <= set(ids):
        raise Loss("releases that were said to be made", *made, *said)


def _require_intact(place: Place, before: State, said: Sequence[object]) -> None:
    state = observe(place)
    if users_own(state) != users_own(before) or state["status"] != before["status"]:
        raise Loss("the user's own", *difference(state, before), *said)
    if left_over(state):
        raise Loss("left over", *left_over(state), *said)
    git(place, "fsck", "--connectivity-only")
    if check(place) != 0:
        raise Loss("zumik check", *said)
    for words in (
        ("release", "create", "--allow-unchanged", "--note", "Next"),
        ("alias", "promote", "code.fast", "--latest", "--reason", "Next"),
    ):
        ended = children.run(words, place.work, place.tmp, NOW)
        if ended.code != 0:
            raise Loss("the work does not go on", ended, *said)
