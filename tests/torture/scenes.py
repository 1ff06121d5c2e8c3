"""Scenes: a command in one of its variants, in a repository of one kind.

Each is played undisturbed first. The state it then leaves and the one it came from are the only two
that any accident may end in, byte for byte: clock, names and keys are the same every time.
"""

from __future__ import annotations

import fcntl
import pickle
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.torture import children
from tests.torture.places import KINDS, NOW, SECOND, THIRD, copy, has_keys, key_in, make
from tests.torture.states import Place, State, left_over, observe, without_abandoned_shared_index

BRANCH = "fix/torture"

VARIANTS = ("commit", "branch", "no-commit")


class Deed(NamedTuple):
    """A command that writes, where it can be tried, and what it needs to be there."""

    words: tuple[str, ...]
    variants: Sequence[str] = VARIANTS
    scenario: str = "line"
    kinds: Sequence[str] = tuple(KINDS)


_IN_GIT = tuple(kind for kind in KINDS if kind not in ("unborn", "nogit"))
_WITHOUT_TRAITS = ("plain", "hooks", "signed", "packed", "split")
_IN_LINE = tuple(kind for kind in KINDS if kind != "unborn")

DEEDS = {
    "create": Deed(("release", "create", "--note", "Deed")),
    "promote": Deed(
        ("alias", "promote", "--all", "--to", THIRD, "--reason", "Deed"), kinds=_IN_LINE
    ),
    "rollback": Deed(
        ("alias", "rollback", "code.fast", "auto.balanced", "--reason", "Deed"), kinds=_IN_GIT
    ),
    "retire": Deed(
        ("alias", "retire", "review.listed", "--use", "code.fast", "--reason", "Deed"),
        kinds=_IN_LINE,
    ),
    "withdraw": Deed(("release", "withdraw", THIRD, "--reason", "Deed"), kinds=_IN_LINE),
    "sign": Deed(
        ("release", "sign", SECOND, "--key", "KEY"), ("commit", "no-commit"), kinds=_IN_GIT
    ),
    "drain": Deed(("drain", "acme/*", "--until", "4h", "--reason", "INC-42"), kinds=_IN_LINE),
    "undrain": Deed(("undrain", "--all"), VARIANTS, "drained", _IN_LINE),
    "refreeze": Deed(("release", "refreeze"), ("commit", "no-commit"), "merged", _WITHOUT_TRAITS),
    "settle": Deed(("release", "refreeze"), ("commit",), "merging", _WITHOUT_TRAITS),
}
"""`settle` is refreeze while git merges: it stages, and the commit is git's to make."""


class Scene(NamedTuple):
    """One deed in one variant, in a kind of repository."""

    kind: str
    deed: str
    variant: str

    def __str__(self) -> str:
        """As `--scenes` names it."""
        return f"{self.kind}/{self.deed}/{self.variant}"

    def words(self, scratch: Path) -> tuple[str, ...]:
        """What is typed."""
        words = tuple(
            str(key_in(scratch)) if word == "KEY" else word for word in DEEDS[self.deed].words
        )
        more = {"commit": (), "branch": ("--branch", BRANCH), "no-commit": ("--no-commit",)}
        return words + more[self.variant]


def _possible(scene: Scene) -> bool:
    if scene.kind == "detached":
        return scene.variant != "commit"
    if scene.kind == "nogit":
        return scene.variant == "no-commit"
    return True


def scenes(pattern: str = "*") -> list[Scene]:
    """All scenes that can be played here."""
    missing = not_here()
    return [
        scene
        for name, deed in DEEDS.items()
        if name not in missing
        for kind in deed.kinds
        if has_keys() or kind not in ("signed", "everything")
        for variant in deed.variants
        if _possible(scene := Scene(kind, name, variant)) and fnmatch(str(scene), pattern)
    ]


def shuffled(pattern: str, seed: int) -> list[Scene]:
    """The scenes in an order that a seed decides."""
    found = scenes(pattern)
    random.Random(f"{seed} scenes").shuffle(found)
    return found


@cache
def not_here() -> dict[str, str]:
    """The deeds that cannot be tried, and why."""
    missing = {}
    if not has_keys():
        missing["sign"] = "ssh-keygen is not here"
    if find_spec("zumik.cli.drain") is None:
        missing |= dict.fromkeys(("drain", "undrain"), "there is no such command")
    return missing


@cache
def can_recover() -> bool:
    """Whether there is `zumik recover`."""
    return find_spec("zumik.cli.recover") is not None


class Played(NamedTuple):
    """A scene played undisturbed: what it is copied from, and the two states that may be."""

    scene: Scene
    template: Path
    before: State
    after: State
    seconds: float
    checks: tuple[int, int]
    """What `zumik check` exits with before and after: a merge's conflict is one to it."""
    reflogs: bool = True
    """Whether git's reflogs are looked at too."""
    git_killed: bool = False
    """Whether git was killed too, and not only zumik."""

    def look(self, place: Place) -> State:
        """The state of a place, to be compared with the two. Raises GitSaidNo."""
        state = observe(place) if self.reflogs else _without_reflogs(observe(place))
        return without_abandoned_shared_index(state) if self.git_killed else state

    def with_killed_git(self) -> Played:
        """Where git itself is killed, its temporary file of a split index may stay.

        A plain `git add` that is killed at its rename leaves the same file. Its name holds no
        digest, so no index refers to it. Neither `git gc` nor `zumik recover` removes it: a git
        that still runs may be writing it. So it is harmless, and no loss. Only the kind `split` has
        such files, and everywhere else one is a loss.
        """
        return self._replace(git_killed=self.scene.kind == "split")

    def without_reflogs(self) -> Played:
        """Where git's own disk fails, what it writes for convenience may be missing or too much."""
        before, after = (_without_reflogs(state) for state in (self.before, self.after))
        return self._replace(before=before, after=after, reflogs=False)

    def copy(self, root: Path) -> Place:
        """A place to play it in."""
        return copy(self.template, root)


def _without_reflogs(state: State) -> State:
    told = ("git logs/", "the branch before")
    return {name: value for name, value in state.items() if not name.startswith(told)}


class Stage(NamedTuple):
    """Where scenes are made, once for all processes that play them."""

    scratch: Path

    def played(self, scene: Scene) -> Played:
        """A scene played undisturbed."""
        name = str(scene).replace("/", "-")
        path = self.scratch / f"{name}.pickle"
        with self._alone(name):
            if not path.exists():
                path.write_bytes(pickle.dumps(self._play(scene)))
            played: Played = pickle.loads(path.read_bytes())
            return played

    def template(self, kind: str, scenario: str) -> Path:
        """A place of a kind, not to be touched."""
        root = self.scratch / f"{kind}-{scenario}"
        with self._alone(root.name):
            if not root.exists():
                making = root.with_name(f"{root.name}.making")
                make(kind, scenario, making)
                place = copy(making, root)
                assert place.work.is_dir()
        return root

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self.scratch / f"{name}.alone").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _play(self, scene: Scene) -> Played:
        template = self.template(scene.kind, DEEDS[scene.deed].scenario)
        seconds, states, checks = [], [], []
        root = self.scratch / f"{scene}".replace("/", "-")
        for number in range(3):
            place = copy(template, root.with_name(f"{root.name}-{number}"))
            before = observe(place)
            found = check(place)
            ended = children.run(scene.words(self.scratch), place.work, place.tmp, NOW)
            assert ended.code == 0, f"{scene}: {ended}"
            after = observe(place)
            seconds.append(ended.seconds)
            states.append((before, after))
            checks.append((found, check(place)))
        before, after = states[0]
        assert states.count(states[0]) == 3, f"{scene}: not the same every time"
        assert before != after, f"{scene}: nothing happened"
        assert not left_over(after), f"{scene}: {left_over(after)}"
        assert all(code == 0 or scene.deed in ("settle", "refreeze") for code in checks[0]), (
            scene,
            checks,
        )
        return Played(scene, template, before, after, max(seconds), checks[0])


def check(place: Place) -> int:
    """What `zumik check` says of a place."""
    return children.run(("check",), place.work, place.tmp, NOW).code
