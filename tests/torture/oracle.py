"""The oracle: what must hold after an accident, whatever it was.

A scene has two states that it may end in, as it was and as it is when undisturbed. What a command
said decides which of the two it has to be; what was killed may be either, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from tests.torture import children
from tests.torture.children import Ended
from tests.torture.places import FIRST, NOW
from tests.torture.scenes import Played, Scene, can_recover, check
from tests.torture.states import (
    GitSaidNo,
    Place,
    State,
    difference,
    git,
    left_over,
    observe,
    users_own,
)

BEFORE, DONE, BETWEEN = "as before", "done", "in between"

_DOCUMENTED = (2, 3, 4, 5)


class Loss(Exception):
    """Something was lost, torn or left in doubt, or a command did not tell what it should."""

    def __init__(self, what: str, *details: object) -> None:
        super().__init__(what)
        self.what = what
        self.details = tuple(str(detail) for detail in details)


def found(played: Played, place: Place) -> str:
    """Which of the two states a place is in, if it is in one."""
    try:
        state = played.look(place)
    except GitSaidNo:
        return BETWEEN
    return which(played, state)


def which(played: Played, state: State) -> str:
    """Which of a scene's two states a state is, if it is one."""
    return BEFORE if state == played.before else DONE if state == played.after else BETWEEN


def _is_error_text(said: str) -> bool:
    return bool(re.search(r"^error: \S.*", said, re.MULTILINE)) and "\n\nhint: " in said


def _is_error_document(said: str) -> bool:
    """Whether the last line is the error that programs get under `--format json`."""
    last = said.rstrip("\n").rpartition("\n")[2]
    if not last.startswith("{"):
        return False
    error = json.loads(last)
    return error["schema"] == "zumik.error/1" and bool(error["message"] and error["hint"])


def require_told(ended: Ended) -> None:
    """An error is one that a person can act on. Raises Loss."""
    if "Traceback (most recent call last)" in ended.err:
        raise Loss("a traceback", ended)
    if ended.code == 0 or ended.killed:
        return
    if ended.code not in _DOCUMENTED:
        raise Loss(f"exit code {ended.code}", ended)
    if not (_is_error_text(ended.err) or _is_error_document(ended.err)):
        raise Loss("an error that does not say what, where and how to go on", ended)


def admits(ended: Ended, stands: str) -> bool:
    """Whether a command that failed says that all is not as before, and what to do about it."""
    return "zumik recover" in ended.err or (stands is DONE and "a later step failed" in ended.err)


def recover(place: Place) -> Ended | None:
    """Mend a place. Raises Loss where that cannot be done."""
    if not can_recover():
        return None
    ended = children.run(("recover",), place.work, place.tmp, NOW)
    require_told(ended)
    if ended.code != 0:
        raise Loss("zumik recover could not mend it", ended)
    return ended


def has_journal(place: Place) -> bool:
    """Whether something is on record as begun and not ended."""
    where = place.git_dir / "zumik" if place.git_dir else place.releases / ".zumik"
    return (where / "journal.json").exists()


def require_refused(place: Place) -> None:
    """While something is unfinished, check says so and nothing else is written. Raises Loss."""
    for words in (("alias", "promote", "code.fast", "--to", FIRST), ("check",)):
        ended = children.run(words, place.work, place.tmp, NOW)
        require_told_of_recover = "zumik recover" in ended.out + ended.err
        if ended.code == 0 or not require_told_of_recover or "Traceback" in ended.err:
            raise Loss("a command does not say that another was interrupted", ended)


def judge(
    played: Played, place: Place, ended: Ended, said: Sequence[object], *, go_on: bool
) -> str:
    """The state that a place is in for good. Raises Loss.

    `said` is what was said on the way, for whoever looks into a loss. With `go_on` the work must go
    on from there.
    """
    try:
        state = played.look(place)
    except GitSaidNo as error:
        raise Loss("git cannot read the repository", error, *said, ended) from None
    stands = which(played, state)
    if stands is BETWEEN:
        raise Loss("it neither happened nor did not", *_nearest(played, state), *said, ended)
    if ended.code == 0 and stands is BEFORE:
        raise Loss("it said that it was done, and it is not", *said, ended)
    if ended.code > 0 and stands is DONE and not admits(ended, stands):
        raise Loss("it said that it failed, and it is done", *said, ended)
    code = check(place)
    if code != played.checks[stands is DONE]:
        raise Loss(f"zumik check exits with {code}", *said, ended)
    if go_on:
        _go_on(played, place, stands, said)
    return stands


def _nearest(played: Played, state: State) -> list[str]:
    both = {"as it was": played.before, "as it would be": played.after}
    ways = {name: difference(state, other) for name, other in both.items()}
    name = min(ways, key=lambda name: len(ways[name]))
    lines = ways[name][:20]
    return [f"what differs from the state {name}:", *(f"  {line}" for line in lines)]


def _go_on(played: Played, place: Place, stands: str, said: Sequence[object]) -> None:
    """Do it again if it did not happen, then make and promote a release. Raises Loss."""
    scene, words = played.scene, played.scene.words(played.template.parent)
    if stands is BEFORE:
        _must(place, words, said)
        if played.look(place) != played.after:
            raise Loss("done again, it came out otherwise", *_nearest(played, played.look(place)))
    if scene.deed == "settle":
        git(place, "commit", "--quiet", "--no-verify", "--message", "Merge")
    more = ("--no-commit",) if scene.variant == "no-commit" else ()
    _must(place, ("release", "create", "--allow-unchanged", "--note", "Next", *more), said)
    _must(place, ("alias", "promote", "code.fast", "--latest", "--reason", "Next", *more), said)
    state = observe(place)
    if users_own(state) != users_own(played.before):
        raise Loss("the user's own", *difference(users_own(state), users_own(played.before)))
    if left_over(state):
        raise Loss("left over", *left_over(state))
    code = check(place)
    if code != 0 and not _unclean_by_design(scene):
        raise Loss(f"zumik check exits with {code} after the next release", *said)
    if place.git_dir is not None:
        try:
            git(place, "fsck", "--connectivity-only")
        except GitSaidNo as error:
            raise Loss("git fsck", error, *said) from None


def _unclean_by_design(scene: Scene) -> bool:
    """Drafts that made way are in the last commit until the user commits."""
    return scene.deed == "refreeze" and scene.variant == "no-commit"


def _must(place: Place, words: Sequence[str], said: Sequence[object]) -> None:
    ended = children.run(words, place.work, place.tmp, NOW)
    if ended.code != 0 or "Traceback" in ended.err:
        raise Loss("the work does not go on", ended, *said)
