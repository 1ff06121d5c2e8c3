"""Two names that another file system takes for one."""

from __future__ import annotations

import shutil

from tests.cli.attacks.case import Case
from tests.cli.attacks.edits import commit, write
from tests.cli.conversation import Desk


def other_case_above(desk: Desk) -> None:
    shutil.copytree(desk.releases / "live", desk.repo / "Releases" / "live")
    commit(desk)


CASES = {
    "case-collision": Case(
        "two names differ by case alone",
        lambda desk: write(desk, "releases/policy/ALIASES.yaml", "aliases: {}\n"),
        {"case-collision"},
    ),
    "case-above": Case(
        "another directory has the workspace's name in another case",
        other_case_above,
        {"case-collision"},
    ),
    "one-name-in-unicode": Case(
        "two names are the same text in two Unicode forms",
        lambda desk: (
            write(desk, "releases/policy/caf\u00e9.yaml", "aliases: {}\n"),
            write(desk, "releases/policy/cafe\u0301.yaml", "aliases: {}\n"),
        )[1],
        {"case-collision"},
    ),
}
