"""The command that restores a file: pasted where it was printed, it brings the file back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Turn

FILES = ["SHA256SUMS", "live/code.fast.json", "frozen/alr_2026_01_10_001"]

DAMAGE: dict[str, Callable[[Path], None]] = {
    "changed": lambda path: (path.write_bytes(b"{}\n"), None)[1],
    "directory": lambda path: (path.unlink(), path.mkdir(), None)[2],
    "full-directory": lambda path: (path.unlink(), path.mkdir(), (path / "a").touch())[2],
    "symlink": lambda path: (path.unlink(), path.symlink_to("/dev/null"))[1],
}

# From where zumik is run, and with which words.
PLACES = {
    "root": (".", ()),
    "workspace": ("releases", ()),
    "below": ("releases/policy", ()),
    "outside": ("..", ("--workspace", "repo/releases")),
}


def restore(desk: Desk, checked: Turn) -> None:
    """Paste the first command of each hint that restores something."""
    found = re.findall(
        r"(?:(?:rm|git) [^;:]*&& )?git (?:-C \S+ )?(?:checkout|restore) [^;\n]+", checked.out
    )
    assert found, checked
    for command in dict.fromkeys(found):
        for step in command.split(" && "):
            turn = desk.say(step.replace("TMP", str(desk.root)))
            assert turn.exit_code == 0, turn


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_comes_back(
    file: str, damage: str, place: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (path,) = (desk.releases / file).parent.glob(f"{Path(file).name}*")
    whole = path.read_bytes()
    DAMAGE[damage](path)
    desk.below, words = PLACES[place]
    checked = desk.zumik(*words, "check")
    assert checked.exit_code in (3, 5), checked
    restore(desk, checked)
    assert not path.is_symlink()
    assert path.read_bytes() == whole
    again = desk.zumik(*words, "check")
    assert again.exit_code == 0, again


@pytest.mark.parametrize("staged", [False, True], ids=["not-staged", "staged"])
def test_a_draft_without_a_commit_is_restored_from_the_index_or_not_at_all(
    staged: bool, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    made = desk.zumik("release", "create", "--allow-unchanged", "--no-commit")
    assert made.exit_code == 0, made
    if staged:
        desk.git("add", "releases")
    (path,) = (desk.releases / "frozen").glob("alr_2026_02_10_002.*")
    path.write_bytes(b"{}\n")
    checked = desk.zumik("check")
    assert checked.exit_code in (3, 5), checked
    assert f"HEAD -- frozen/{path.name}" not in checked.out, checked
    if staged:
        (command,) = set(re.findall(rf"git [^;\n]*{path.name}", checked.out))
        assert desk.say(command).exit_code == 0
        assert desk.zumik("check").exit_code == 0
    else:
        assert "git has no file of this name: restore a backup, or remove it" in checked.out, (
            checked
        )


def test_a_restored_ledger_keeps_the_line_of_a_draft_without_a_commit(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    made = desk.zumik("release", "create", "--allow-unchanged", "--no-commit")
    assert made.exit_code == 0, made
    ledger = desk.releases / "SHA256SUMS"
    whole = ledger.read_bytes()
    ledger.write_bytes(b"x" + whole)
    for command in ("check", "status", "release create --allow-unchanged --no-commit"):
        shown = desk.zumik(*command.split())
        if "SHA256SUMS" not in shown.out + shown.err:
            continue
        restored = re.search(
            r"restore it: (git [^;]*); then add what is not committed at its end: (\S+  \S+)",
            shown.out + shown.err,
        )
        assert restored, shown
        assert desk.say(restored[1]).exit_code == 0
        ledger.write_bytes(ledger.read_bytes() + restored[2].encode() + b"\n")
        assert ledger.read_bytes() == whole
        assert desk.zumik("check").exit_code == 0
        ledger.write_bytes(b"x" + whole)


def test_without_git_no_hint_names_a_command_of_git(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    (desk.repo / ".git").rename(desk.root / "elsewhere")
    for path in ("SHA256SUMS", "live/code.fast.json"):
        (desk.releases / path).write_bytes(b"{\n")
    shown = desk.zumik("check")
    assert "checkout" not in shown.out, shown
    assert "git has no copy of it; it needs the lines " in shown.out
    assert "git has no file of this name: restore a backup, or remove it" in shown.out
