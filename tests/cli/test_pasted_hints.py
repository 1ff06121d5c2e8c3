"""Every hint and next step of every case can be pasted where it was printed, and is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Played, Turn, case_names
from tests.cli.pasted_commands import Pasted, paste, pasted_commands

# Reports that exit with 3 where there is something to report.
_REPORTS = ("validate", "check", "plan", "replay", "status", "explain", "resolve")

# A merge that may stop, where the hint says that it stops.
_EXPECTED = {"git merge origin/main": 1}


def accepted(command: str, turn: Turn) -> bool:
    """Whether the command was understood and did, or showed, what it is for."""
    words = command.split()
    if words[0] == "zumik" and words[1] in _REPORTS:
        return turn.exit_code in (0, 3)
    return turn.exit_code in (0, _EXPECTED.get(re.sub(r"git -C \S+", "git", command), 0))


class Pasting:
    """Pastes what each answer proposes into a copy of the desk, and keeps what was refused."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: set[str] = set()
        self.found = 0
        self.refused: list[str] = []

    def __call__(self, case: str, desk: Desk, turn: Turn) -> None:
        """Try every command of one answer, each group of commands from the same state."""
        for pasted in pasted_commands(turn):
            self.lines.add(pasted.line)
            self._try(case, desk, turn, pasted)

    def _try(self, case: str, desk: Desk, turn: Turn, pasted: Pasted) -> None:
        number = self.found
        copy = desk.copy(self.root / str(number))
        # What a person ran from above the repository, they go on with there.
        copy.below = ".." if desk.outside else desk.below
        for command in pasted.commands:
            self.found += 1
            answer = paste(copy, command)
            if "error: uncommitted changes in" in answer.err:
                # Its hint says to commit first, which a person then does.
                copy.git("-C", str(copy.repo), "add", "--all")
                copy.git("-C", str(copy.repo), "commit", "--quiet", "-m", "Mine")
                answer = paste(copy, command)
            if not accepted(command, answer):
                self.refused.append(
                    f"{case}: $ {turn.command}\n  {pasted.line.strip()}\n  $ {command}\n"
                    f"  exit {answer.exit_code}: {answer.err.strip()[:300]}"
                )


# Those with the most hints are played from above the repository too.
_PLACES = [(case, False) for case in case_names()]
_PLACES += [(case, True) for case in ("branch", "drain", "refreeze", "resolve", "withdraw")]


@pytest.mark.parametrize(("case", "outside"), _PLACES)
def test_what_a_case_proposes_is_accepted(case: str, outside: bool, tmp_path: Path) -> None:
    pasting = Pasting(tmp_path / "pasted")

    def look(name: str, desk: Desk, turn: Turn) -> None:
        if name == case:
            pasting(name, desk, turn)

    Played(tmp_path / "cases", look, outside=outside).desk(case)
    print(f"{case}: {len(pasting.lines)} lines, {pasting.found} commands pasted")
    assert not pasting.refused, "\n\n".join(pasting.refused)
