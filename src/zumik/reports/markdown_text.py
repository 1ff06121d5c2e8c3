"""Markdown that says what it is given: text from outside is shown, and never acts.

Notes, reasons and names come from the author of a pull request, and are shown where the reviewer
decides. They must not make a link, an image, a heading, a mention or a table cell of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zumik.core.basics.display import neutral

# An entity does not end a table's cell, and a backslash before it cannot take it apart.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\\": "&#92;"}
_TRANSLATION = str.maketrans({mark: f"\\{mark}" for mark in "`*[]~#"} | _ENTITIES)

# Mentions, numbers of issues and names of emoji are looked for in the text as it is shown, where no
# backslash is left to stop them: what comes between is a space of no width.
_NOTHING = "&#8203;"
_REFERENCE = re.compile(
    r"(?<=@)(?=\S)"  # somebody
    r"|(?<=[!%])(?=[\w\"\\])|(?<=\\~)(?=[\w\"\\])|(?<=&amp;)(?=[0-9])"  # and what GitLab numbers
    r"|(?<=\\#)(?=[0-9])|(?<=\bGH-)(?=[0-9])"
    # The name of an emoji, as in :smile:; few begin with a digit, and a time has none of those.
    # What ends a text may have our own colon after it.
    r"|(?<=:)(?=(?:(?![0-9])(?:[\w+-]|\\_)+|100|1234|8ball|[123][a-z]{2}_\w+)(?::|$))",
    re.IGNORECASE,
)
# Between letters and digits an underscore is one: names stay readable in the source.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# A dollar sign before a digit is an amount and ends no formula; another is kept apart.
_DOLLAR = re.compile(r"\$(?![0-9])")
_ADDRESS = re.compile(r":(?=//)|\bwww(?=\.)", re.I)
_BLOCK = re.compile(r"[0-9]{1,9}(?=[.)](?:\s|$))|(?=[-+=])")
_PLAIN = re.compile(r"[A-Za-z0-9._:/@+#-]+")


def md(text: object) -> str:
    """Any text as it is to be read, on one line: nothing in it is Markdown, HTML or a reference.

    It may stand anywhere: at the start of a line, in a table's cell, in a list.
    """
    shown = neutral(str(text)).translate(_TRANSLATION)
    shown = _UNDERSCORE.sub(r"\_", shown)
    shown = _DOLLAR.sub("<span>$</span>", shown)
    shown = _REFERENCE.sub(_NOTHING, shown)
    shown = _ADDRESS.sub(lambda found: f"{found[0]}\\", shown)
    if shown.startswith(" "):
        return f"&#32;{shown[1:]}"
    mark = _BLOCK.match(shown)
    return f"{shown[: mark.end()]}\\{shown[mark.end() :]}" if mark else shown


def code(text: object) -> str:
    """A name or a path in a code span; what a span cannot hold becomes plain text."""
    shown = str(text)
    return f"`{shown}`" if _PLAIN.fullmatch(shown) else md(shown)


def md_table(rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> list[str]:
    """The lines of a table, the first row as its head; cells are Markdown already."""
    head, *rest = rows
    rule = ["---:" if place in right else "---" for place in range(len(head))]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rest)]


def details(summary: str, lines: Sequence[str]) -> list[str]:
    """Lines of Markdown that open on request under `summary`, which is HTML."""
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"]
