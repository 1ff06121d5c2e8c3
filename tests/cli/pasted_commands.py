"""The commands in hints, and in the lines `next:` and `to undo:`, as a person would paste them.

A command begins with the name of a program and ends before a `;`, before `, then`, `, and` and the
like, and before the words that say what it does. What is written in capitals is replaced by what a
person would type there; the reason `…` may stay. A pipe from a log gives one decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.cli.conversation import Desk, Turn

_PROGRAM = r"(?:zumik|git|rm|mv|ssh-keygen)"
_SAYS = (
    "shows|made|marks|itself|ends|empties|adds|makes|finishes|brings|lists|takes|says|settles|gives|removes|without|"
    "freezes|puts|cannot|has|knows|names|and|or|then|that|where|of|does|moves|it|first|judges|checks|needs|"
    "may|ref"
)
_BEGIN = re.compile(rf"(?<![\w./'-]){_PROGRAM} (?!(?:{_SAYS})\b)")
_END = re.compile(rf"; |, (?={_PROGRAM} |then |and |or |to |but )| (?:{_SAYS})\b|: |\)|$")
_QUOTED = re.compile(r"'[^']*'(?:\"'\"'[^']*')*")

# What a person types in place of a word in capitals.
PLACEHOLDERS = {
    "ALIAS": "code.fast",
    "ALIASES": "code.fast",
    "MODELS": "globex/*",
    "NAME": "a-new-name",
    "REASON": "why",
    "URL": "../origin.git",
    "PATH": "releases",
    "FILE": "out.json",
    "LOGS": "decisions.jsonl",
}


class Pasted(NamedTuple):
    """The commands that belong together, and the line that they were read from."""

    commands: tuple[str, ...]
    line: str


def pasted_commands(turn: Turn) -> Iterator[Pasted]:
    """The commands of an answer; those joined by `&&` or `then` together, in their order."""
    for line in f"{turn.out}\n{turn.err}".splitlines():
        if re.match(r"\s*(?:hint|next|to undo|to move it all the same): ", line):
            groups: list[list[str]] = []
            for before, command in _commands(line):
                # What comes "then" needs what came before it; all else is another way.
                if not groups or "then" not in before:
                    groups.append([])
                groups[-1] += command.split(" && ")
            yield from (Pasted(tuple(group), line) for group in groups)


def _commands(line: str) -> Iterator[tuple[str, str]]:
    """Each command of a line, with the words between it and the one before."""
    # What is quoted is one word, whatever is in it.
    quoted = _QUOTED.findall(line)
    masked, end = _QUOTED.sub("\x00", line), 0
    while (found := _BEGIN.search(masked, end)) is not None:
        before = masked[end : found.start()]
        stop = _END.search(masked, found.end())
        end = stop.start() if stop else len(masked)
        command = masked[found.start() : end]
        first = masked[: found.start()].count("\x00")
        for text in quoted[first : first + command.count("\x00")]:
            command = command.replace("\x00", text, 1)
        yield before, command + (" < decisions.jsonl" if before.endswith("| ") else "")


def paste(desk: Desk, command: str) -> Turn:
    """Run a pasted command where the person stands."""
    for word, typed in PLACEHOLDERS.items():
        command = re.sub(rf"\b{word}\b(?!_)", typed, command)
    if re.search(r"\bRELEASE\b", command):
        newest = sorted((desk.releases / "frozen").iterdir())[-1].name.partition(".")[0]
        command = re.sub(r"\bRELEASE\b", newest, command)
    if "decisions.jsonl" in command:
        logged = desk.zumik("resolve", "code.fast", "--format", "json").out
        (desk.repo / desk.below / "decisions.jsonl").write_text("".join(logged.split("\n")))
    command = command.replace("TMP/", f"{desk.root}/")
    # A person writes the message in an editor.
    if re.match(r"git (?:-C \S+ )?(?:commit|merge)\b", command):
        command += " -m Message"
    return desk.say(command)
