"""What the hints on bad input propose can be pasted where it was printed, and is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.cli import test_bad_files as files
from tests.cli.conversation import Desk, Turn
from tests.cli.pasted_commands import paste, pasted_commands
from tests.cli.test_bad_lines import UNREADABLE
from tests.cli.test_bad_yaml import CATALOGS, POLICIES, SETTINGS

# A report exits with 3 or 5 where it has a fault to show.
_REPORTS = ("validate", "check", "plan", "status", "explain", "replay")


def require_accepted(desk: Desk, turns: Iterable[Turn], root: Path) -> None:
    """Paste every command of the answers, each group of commands into a copy of the desk."""
    groups = {item.commands: item.line for turn in turns for item in pasted_commands(turn)}
    for number, (commands, line) in enumerate(groups.items()):
        copy = desk.copy(root / f"pasted-{number}")
        for command in commands:
            answer = paste(copy, command)
            # Nothing is piped into a command that reads a log.
            reads_stdin = answer.out.startswith("0 calls: ")
            reported = answer.exit_code in (3, 5) and command.split()[1] in _REPORTS
            is_accepted = reported or reads_stdin or answer.exit_code == 0
            assert is_accepted, f"{line.strip()}\n$ {command}\n{answer}"


_DAMAGE = [damage for damage in files.NOT_INTACT if damage.__name__ != "_pipe"]


@pytest.mark.parametrize("damage", _DAMAGE, ids=lambda damage: damage.__name__.strip("_"))
def test_hints_on_a_damaged_release(
    damage: Callable[[Path], None], desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("promoted")
    damage(files.frozen(desk))
    turns = [
        desk.zumik(*command.split())
        for command in ("explain code.fast", "check", "alias promote --all --latest")
    ]
    require_accepted(desk, turns, tmp_path)


_BROKEN = {
    **{
        f"pointer: {name}": ("live/code.fast.json", data)
        for name, (data, _) in files.POINTER_FAULTS.items()
    },
    **{f"ledger: {name}": ("SHA256SUMS", change) for name, (change, _) in files.LEDGERS.items()},
    **{f"policy: {name}": ("policy/code.yaml", text) for name, (text, *_) in POLICIES.items()},
    **{f"catalog: {name}": ("catalog/acme.yaml", text) for name, (text, _) in CATALOGS.items()},
    **{f"settings: {name}": ("zumik.yaml", text) for name, (text, *_) in SETTINGS.items()},
}


@pytest.mark.parametrize("name", _BROKEN)
def test_hints_on_a_broken_file(
    name: str, desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    file, wrong = _BROKEN[name]
    desk = desk_after("february")
    path = desk.releases / file
    if callable(wrong):
        wrong = wrong(path.read_bytes())
    path.write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode())
    turns = [
        desk.zumik(*command.split())
        for command in ("check", "release create --allow-unchanged", "alias rollback code.fast")
    ]
    require_accepted(desk, turns, tmp_path)


@pytest.mark.parametrize("name", UNREADABLE)
def test_hints_on_an_unreadable_line(
    name: str, desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("promoted")
    data = UNREADABLE[name][0]
    turns = [desk.zumik(command, "-", stdin=data) for command in ("explain", "replay")]
    require_accepted(desk, turns, tmp_path)
