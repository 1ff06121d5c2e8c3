"""What PyYAML could not parse, in our words: what is wrong, where it begins and what to do.

PyYAML's own messages name its scanner's states and point to where it gave up. Here each becomes a
problem with the offsets of the text that a person has to change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from zumik.rules.yaml_rules import (
    YAML_ALIAS,
    YAML_ANCHOR,
    YAML_DIRECTIVE,
    YAML_SYNTAX,
    YAML_TAB,
    YAML_TAG,
)
from zumik.yaml_text.document import SourceText
from zumik.yaml_text.parsers import GLUED_COMMENT, SyntaxRefusal
from zumik.yaml_text.scalars import Problem, quoted, show

Where = tuple[int, int]
"""First offset of a text, and the one after its last."""

DIRECTIVE = Problem(YAML_DIRECTIVE, "directives are not allowed", "remove the line")

TAB = Problem(YAML_TAB, "a tab where only spaces may stand", "indent and align with spaces")
_TAB_BETWEEN = Problem(YAML_TAB, TAB.message, "write a space in place of the tab")
_TAB_ON_BLANK_LINE = Problem(YAML_TAB, "a tab on a blank line", "empty the line")
_TAB_BEFORE = re.compile(r"\n *(\t)[ \t]*\r?\n\s*\Z")
_BLANK_TO_END = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_INDICATORS = {
    "*": (YAML_ALIAS, "an alias", "quote a glob: {}; repeat a value where it is needed"),
    "&": (YAML_ANCHOR, "an anchor", "repeat the value where it is needed; text is quoted: {}"),
    "!": (YAML_TAG, "a tag", "remove it; text is quoted: {}"),
}


def _syntax(message: str, hint: str) -> Problem:
    return Problem(YAML_SYNTAX, message, hint)


# PyYAML distinguishes its errors only by these phrases: first those that are shown where the thing
# begins, then those that are shown where PyYAML gave up.
_SHOWN_AT_BEGIN: dict[str | None, Problem] = {
    "while scanning a simple key": _syntax(
        "a key without a colon", "write 'key: value', with a space"
    ),
    "while scanning a quoted scalar": _syntax(
        "this quote is never closed", "close it with the same one"
    ),
}
_SHOWN_AT_END: dict[str | None, Problem] = {
    "while scanning a block scalar": _syntax(
        "text in the line of | or >", "begin it on the next line"
    ),
    GLUED_COMMENT: _syntax(
        "a comment begins without a space before it", "write a space before the #"
    ),
    "while parsing a block node": _syntax("no value can begin here", "quote it if text is meant"),
    "while scanning for the next token": _syntax(
        "no unquoted text can begin here", "quote the text"
    ),
}
_UNOPENED = _syntax("a bracket that was never opened", "remove it, or quote the text")
_AT_CHARACTER = {
    ":": _syntax(
        "no key can stand here", "align the key with its block, or quote text that has ': '"
    ),
    "-": _syntax(
        "no list item can begin here", "give the list lines of its own, or quote the text"
    ),
    "]": _UNOPENED,
    "}": _UNOPENED,
}
_ANYWHERE = _syntax("this does not fit what stands before it", "align the block, or quote the text")
_NO_ESCAPE = _syntax("no such escape", "write a backslash twice, or use single quotes")
_NO_CHARACTER = _syntax("no such character", "use one that exists")
DISPUTED = _syntax(
    "one YAML parser reads this and another refuses it", "write it more plainly, or quote the text"
)


def syntax_problem(
    source: SourceText, refusal: SyntaxRefusal, open_at: Sequence[int], end: int
) -> tuple[Where, Problem]:
    """What PyYAML could not parse.

    `open_at` are the offsets at which the open lists and mappings begin, `end` is the offset after
    the last value that was read.
    """
    text, context = source.text, refusal.context
    if refusal.at is None or refusal.begin is None:
        # The one error without a place is of a \\U escape with a number that no character has.
        at = max(end, text.find("\\U", end))
        return (at, at + 10), _NO_CHARACTER
    begin, at = refusal.begin, refusal.at
    here = text[at : at + 1]
    where = (at, at + len(source.word(at)))
    if context == "while scanning a double-quoted scalar":
        return (text.rfind("\\", begin, at), at + 1), _NO_ESCAPE
    if text[begin : begin + 1] in _INDICATORS:
        return indicator_problem(source, begin)
    if here == "\t":
        return where, tab_problem(source, at)
    if context == "while scanning a directive":
        return (begin, at), DIRECTIVE
    if context is not None and context.startswith("while parsing a flow"):
        return _brackets(source, where, open_at)
    if context in _SHOWN_AT_BEGIN:
        return (begin, at), _SHOWN_AT_BEGIN[context]
    if before := _TAB_BEFORE.search(text, max(0, at - 1000), at):
        return before.span(1), _TAB_ON_BLANK_LINE
    return where, _SHOWN_AT_END.get(context) or _AT_CHARACTER.get(here, _ANYWHERE)


def tab_problem(source: SourceText, at: int) -> Problem:
    """A tab that stands where it means nothing or too much: what to do about it."""
    if source.text[source.text.rfind("\n", 0, at) + 1 : at].strip(" \t"):
        return _TAB_BETWEEN
    return _TAB_ON_BLANK_LINE if _BLANK_TO_END.match(source.text, at) else TAB


def indicator_problem(source: SourceText, at: int) -> tuple[Where, Problem]:
    """A word that begins with *, & or !."""
    word = source.word(at)
    rule, name, hint = _INDICATORS[word[0]]
    message = f"unquoted {show(word)} begins {name} in YAML, which is not allowed"
    return (at, at + len(word)), Problem(rule, message, hint.format(quoted(word)))


def _brackets(source: SourceText, where: Where, open_at: Sequence[int]) -> tuple[Where, Problem]:
    """What does not fit inside the innermost brackets that are open."""
    text = source.text
    opened = next((start for start in reversed(open_at) if text[start] in "[{"), where[0])
    if where[0] >= len(text):
        return (opened, opened + 1), _syntax("this bracket is never closed", "close it")
    if text[where[0]] == "?":
        return where, _syntax("an unquoted ? inside brackets", "quote a glob")
    line = source.location(opened, opened).line
    message = f"this does not fit inside the brackets opened on line {line}"
    hint = "separate values with commas, close brackets, or quote the text"
    return where, _syntax(message, hint)
