"""Kills: a command that is killed at any instant, alone or with all that it started."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

from tests.torture import children
from tests.torture.oracle import BETWEEN, found, has_journal, judge, recover, require_refused
from tests.torture.places import NOW
from tests.torture.running import Attempt, Labels, Options
from tests.torture.scenes import Scene, Stage, can_recover, shuffled
from tests.torture.states import Place


def attempts(stage: Stage, options: Options) -> Iterator[Attempt]:
    """Kill after kill; a scene has `each` of them before the next has its turn."""
    order = shuffled(options.scenes, options.seed)
    for turn in count():
        number = options.number(turn)
        scene = order[turn // options.each % len(order)]
        chance = random.Random(f"{options.seed} {scene} {number}")
        again = options.again("kills", scene, number, 200)
        yield Attempt(f"{scene}, kill {number}", again, partial(_kill, stage, scene, chance))


def _kill(stage: Stage, scene: Scene, chance: random.Random, root: Path) -> Labels:
    played = stage.played(scene)
    place = played.copy(root)
    group, moment = chance.random() < 0.5, chance.uniform(0, 1.3) * played.seconds
    hasty, poked, twice, go_on = (chance.random() < share for share in (0.25, 0.25, 0.25, 0.25))
    child = children.start(scene.words(stage.scratch), place.work, place.tmp, NOW)
    struck = child.kill_at(moment, group=group)
    if group or twice:
        played = played.with_killed_git()
    ended = child.end()
    whom = "zumik and its group" if group else "zumik alone"
    said: list[object] = [f"{whom} killed {moment:.4f} s after the start of {played.seconds:.4f} s"]
    if hasty and can_recover():
        # Git may still be at work, and has the lock.
        said.append(children.start(("recover",), place.work, place.tmp, NOW).end())
    children.all_gone()
    then = found(played, place)
    said.append(f"then it was {then}")
    if poked and has_journal(place):
        require_refused(place)
    if twice and can_recover():
        said += _kill_recovery(place, chance)
    ended_well = recover(place)
    said += [ended_well] if ended_well else []
    stands = judge(played, place, ended, said, go_on=go_on)
    yield "killed", whom if struck else "too late"
    yield "found then", then
    if then is BETWEEN:
        yield "recovered to", stands
    yield "command", scene.deed
    yield "variant", scene.variant
    yield "repository", scene.kind


def _kill_recovery(place: Place, chance: random.Random) -> list[object]:
    """Mending can be interrupted as anything else, and be done again."""
    child = children.start(("recover",), place.work, place.tmp, NOW)
    child.kill_at(chance.uniform(0, 0.05), group=chance.random() < 0.5)
    ended = child.end()
    children.all_gone()
    return ["and recover was killed:", ended]
