"""The list of drains is emptied, put back, or filled with what it must not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import commit, forge, land, write
from tests.cli.conversation import Desk

from zumik.core.basics.strict_json import to_canonical

DRAINS = "releases/live/unavailable.json"


def a_drain(desk: Desk, models: str = "globex/swift", **changed: str) -> dict[str, str]:
    """A drain for an hour from now, with these fields changed."""
    times = {"since": desk.now, "until": desk.now + timedelta(hours=1)}
    return {
        "models": models,
        "reason": "INC-42",
        **{key: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for key, moment in times.items()},
        **changed,
    }


def write_drains(desk: Desk, generation: int, *listed: dict[str, str]) -> None:
    """Commit a list of drains in the layout that zumik writes."""
    path = desk.repo / DRAINS
    path.write_bytes(to_canonical({"generation": generation, "drains": listed}))
    commit(desk, "Drain by hand")


def after_drain(work: Callable[[Desk], object]) -> Callable[[Desk], None]:
    """The attack, once the base has a list of drains of generation 3."""

    def do(desk: Desk) -> None:
        land(desk, lambda desk: write_drains(desk, 3, a_drain(desk)))
        desk.git("reset", "--quiet", "--hard", "origin/main")
        work(desk)

    return do


def drained_meanwhile(desk: Desk) -> None:
    write_drains(desk, 4, a_drain(desk), a_drain(desk, "initech/*"))
    land(desk, lambda desk: write_drains(desk, 4, a_drain(desk), a_drain(desk, "acme/small")))


def drain_dropped_in_a_merge(desk: Desk) -> None:
    """The branch has its own list, and the merge with the base keeps only that one."""
    drained_meanwhile(desk)
    desk.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/main")


def drained_and_put_back(desk: Desk) -> None:
    write_drains(desk, 4)
    desk.git("revert", "--no-edit", "HEAD")


def drains_linked(desk: Desk) -> None:
    path = desk.repo / DRAINS
    path.rename(desk.repo / "elsewhere.json")
    path.symlink_to("../../elsewhere.json")
    commit(desk)


def drains_executable(desk: Desk) -> None:
    desk.git("update-index", "--chmod=+x", DRAINS)
    desk.git("commit", "--quiet", "--message", "Make it executable")


def alias_called_as_the_list(desk: Desk) -> None:
    """Its pointer would have the path of the list of drains."""

    def spoil(tree: dict[str, Any]) -> None:
        tree["aliases"]["unavailable"] = tree["aliases"].pop("code.fast")

    forge(desk, spoil)


CASES = {
    "drains-removed": Case(
        "the list of drains is removed",
        after_drain(lambda desk: (desk.git("rm", "-q", DRAINS), commit(desk))),
        {"drains-removed"},
    ),
    "drains-emptied": Case(
        "a drain is removed, and the generation stays",
        after_drain(lambda desk: write_drains(desk, 3)),
        {"generation-not-above"},
    ),
    "drains-back": Case(
        "the list of drains is put back to an older one",
        after_drain(lambda desk: write_drains(desk, 2, a_drain(desk, "*"))),
        {"generation-not-above"},
        warnings=frozenset({"drain-ignored"}),
    ),
    "drains-far": Case(
        "the generation of the drains leaves no room for another change",
        after_drain(lambda desk: write_drains(desk, 10**9, a_drain(desk))),
        {"generation-jumps"},
    ),
    "drains-from-nothing": Case(
        "the first list of drains has generation 0",
        lambda desk: write_drains(desk, 0, a_drain(desk)),
        {"generation-not-above", "against-schema"},
    ),
    "drains-meanwhile": Case(
        "another drain landed since",
        after_drain(drained_meanwhile),
        {"merge-conflict"},
    ),
    "drains-dropped": Case(
        "a merge commit takes its own list of drains, without the one of the base",
        after_drain(drain_dropped_in_a_merge),
        {"generation-not-above"},
    ),
    "drains-touched": Case(
        "the list of drains is changed and put back",
        after_drain(drained_and_put_back),
        set(),
        0,
        frozenset({"drains-touched"}),
    ),
    "drains-symlink": Case(
        "the list of drains becomes a symlink", after_drain(drains_linked), {"foreign-entry"}, 5
    ),
    "drains-executable": Case(
        "the list of drains becomes executable",
        after_drain(drains_executable),
        {"foreign-entry", "generation-not-above"},
        5,
    ),
    "drains-key": Case(
        "a drain has an unknown key",
        lambda desk: write_drains(desk, 1, a_drain(desk, alias="code.fast")),
        {"malformed-drains"},
    ),
    "drains-layout": Case(
        "the list of drains is written in another layout",
        lambda desk: write(
            desk,
            DRAINS,
            json.dumps({"generation": 1, "drains": [a_drain(desk)]}) + "\n",
        ),
        {"not-canonical"},
    ),
    "drains-too-many": Case(
        "the list of drains is longer than it may be",
        lambda desk: write_drains(desk, 1, *[a_drain(desk, f"acme/m{n}") for n in range(101)]),
        {"malformed-drains"},
    ),
    "drain-for-ever": Case(
        "a model is drained for more than a month",
        lambda desk: write_drains(desk, 1, a_drain(desk, until="2099-01-01T00:00:00Z")),
        {"drain-too-long"},
    ),
    "drain-from-the-future": Case(
        "a model is drained from tomorrow",
        lambda desk: write_drains(
            desk,
            1,
            a_drain(desk, since="2026-02-21T09:00:00Z", until="2026-02-21T10:00:00Z"),
        ),
        {"created-in-the-future"},
    ),
    "drain-everything": Case(
        "every model is drained",
        lambda desk: write_drains(desk, 1, a_drain(desk, "*")),
        set(),
        0,
        frozenset({"drain-ignored"}),
    ),
    "drain-nothing": Case(
        "a model that no live alias ranks is drained",
        lambda desk: write_drains(desk, 1, a_drain(desk, "globex/swfit")),
        set(),
        0,
        frozenset({"drain-matches-nothing"}),
    ),
    "alias-unavailable": Case(
        "an alias has the name of the list of drains",
        alias_called_as_the_list,
        {"malformed-release"},
    ),
}
