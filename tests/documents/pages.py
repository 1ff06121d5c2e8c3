"""The documents: their blocks, each with the mark above it, and what of an output a block shows.

A mark is a comment on the line above a block. `<!-- run by TEST -->` names the file of tests that
runs it, `<!-- not run: REASON -->` says why none can. A block `console` has a command after `$ `,
and below it what that prints; a line `…` is in the place of lines that are left out.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob(".github/*.md")),
    *sorted(ROOT.glob("schemas/*.md")),
    *sorted(ROOT.glob("releases/*.md")),
    ROOT / "tests" / "README.md",
    *sorted(ROOT.glob("tests/*/README.md")),
)
"""Every document, in the order in which tests name them."""

_BLOCK = re.compile(r"(?m)^(?:<!-- (.+) -->\n\n?)?```(\w*)\n((?:.*\n)*?)```$")


class Block(NamedTuple):
    """A fenced block of a document; `mark` is the text of the comment above it, or empty."""

    page: str
    line: int
    mark: str
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines of a shell, without their comments."""
        lines = (re.sub(r"(^|\s+)# .*", "", line).strip() for line in self.text.splitlines())
        return [line for line in lines if line]


def name_of(page: Path) -> str:
    """A document by its path from the top."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(name: str) -> list[Block]:
    """The fenced blocks of a document, in their order."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        Block(name, text.count("\n", 0, found.start()) + 1, found[1] or "", found[2], found[3])
        for found in _BLOCK.finditer(text)
    ]


def block_with(name: str, words: str) -> Block:
    """The one block of a document that has these words."""
    (block,) = (block for block in blocks_of(name) if words in block.text)
    return block


def shows(shown: str, printed: str) -> bool:
    """Whether a block shows what was printed: all of it, but for what its lines `…` leave out."""
    parts = re.split(r"(?m)^ *…\n", shown)
    rest = printed if shown.endswith("\n") else printed.removesuffix("\n")
    if not rest.startswith(parts[0]):
        return False
    rest = rest.removeprefix(parts[0])
    for part in parts[1:]:
        before, found, rest = rest.partition(part) if part else (rest, "", "")
        if (part and not found) or (before and not before.endswith("\n")):
            return False
    return not rest


def show(name: str, command: str, printed: str) -> None:
    """Hold the block `console` of a command to what it prints.

    With UPDATE_EXPECTED a block that leaves nothing out is written again.
    """
    block = block_with(name, f"$ {command}\n")
    shown = block.text.partition("\n")[2]
    if os.environ.get("UPDATE_EXPECTED") and not re.search(r"(?m)^ *…$", shown):
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        assert text.count(block.text) == 1
        page.write_text(text.replace(block.text, f"$ {command}\n{printed}"), encoding="utf-8")
        return
    assert shows(shown, printed), f"{name}:{block.line} shows another output than:\n{printed}"
