"""Faults: a blow before, at and after every effect that a command has.

The command is run once to count its effects, and then once for each of them and each kind of blow:
killed, a disk that cannot write, a disk that is full, git that does not start, that fails, or that
does its work and then fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

from tests.torture import children
from tests.torture.children import Ended
from tests.torture.effects import Blow, Effect, Watch, read_effects
from tests.torture.oracle import (
    BEFORE,
    BETWEEN,
    DONE,
    Loss,
    admits,
    found,
    has_journal,
    judge,
    recover,
    require_refused,
    require_told,
)
from tests.torture.places import NOW
from tests.torture.running import Attempt, Labels, Options
from tests.torture.scenes import Played, Scene, Stage, shuffled
from tests.torture.states import Place, difference, observe


def attempts(stage: Stage, options: Options) -> Iterator[Attempt]:
    """Every blow at every effect of each scene."""
    for scene in shuffled(options.scenes, options.seed):
        effects = _effects(stage, scene)
        for at, (before, effect) in enumerate(pairwise([None, *effects]), 1):
            assert effect is not None
            for blow in (Blow(at, kind) for kind in effect.blows(before)):
                if options.wants(blow):
                    yield Attempt(
                        f"{scene}, {blow} of {len(effects)}: {effect.call} {effect.what}",
                        options.again("faults", scene, blow),
                        partial(_strike, stage, scene, blow, effect),
                    )


def _effects(stage: Stage, scene: Scene) -> list[Effect]:
    """The effects of a scene, in order."""
    played = stage.played(scene)
    place = played.copy(stage.scratch / f"{scene}-effects-{os.getpid()}".replace("/", "-"))
    log = place.tmp / "effects"
    watch = lambda: Watch(log, None, place.root).install()  # noqa: E731
    words = scene.words(stage.scratch)
    ended = children.start(words, place.work, place.tmp, NOW, within=watch).end()
    children.all_gone()
    if ended.code != 0 or observe(place) != played.after:
        raise AssertionError(f"{scene}: {difference(observe(place), played.after)} {ended}")
    return read_effects(log)


def _strike(stage: Stage, scene: Scene, blow: Blow, effect: Effect, root: Path) -> Labels:
    played = stage.played(scene)
    place = played.copy(root)
    log = place.tmp / "effects"
    watch = lambda: Watch(log, blow, place.root).install()  # noqa: E731
    words = scene.words(stage.scratch)
    ended = children.start(words, place.work, place.tmp, NOW, within=watch).end()
    children.all_gone()
    if len(read_effects(log)) < blow.at:
        raise AssertionError(f"{scene}: only {len(read_effects(log))} effects")
    require_told(ended)
    stands = after_blow(played, place, ended, go_on=blow.at % 3 == 0)
    yield "blow", f"{effect.call} {blow.kind}"
    yield "came to", stands
    yield "command", scene.deed
    yield "variant", scene.variant
    yield "repository", scene.kind


def after_blow(played: Played, place: Place, ended: Ended, *, go_on: bool) -> str:
    """What a blow came to: killed is mended, and an error has mended itself. Raises Loss.

    With `go_on` it is also seen that nothing else is written before it is mended, and that the work
    goes on after it.
    """
    then = found(played, place)
    said: list[object] = [f"then it was {then}"]
    if not ended.killed:
        right = DONE if ended.code == 0 else BEFORE
        if then != right and not (ended.code > 0 and admits(ended, then)):
            last = difference(played.look(place), played.after if right is DONE else played.before)
            raise Loss("it was not mended, and recover is not named", *last[:20], ended)
    how = "killed" if ended.killed else f"exit {ended.code}"
    if then != BETWEEN:
        return f"{how}, {then}"  # to the byte: neither check nor recover could find more
    if go_on and has_journal(place):
        require_refused(place)
    mended = recover(place)
    said += [mended] if mended else []
    stands = judge(played, place, ended, said, go_on=go_on)
    return f"{how}, recovered to {stands}"
