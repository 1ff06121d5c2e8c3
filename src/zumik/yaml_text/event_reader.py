"""From a parser's events to plain values: what each means, where it is written, what is wrong.

One pass with a stack of its own, so that no nesting exhausts Python's. Every rule of what this
project takes as YAML is here and in `scalars`; which parser made the events is not known here.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import yaml

from zumik.core.basics.findings import Finding, Location
from zumik.rules.yaml_rules import (
    YAML_DEPTH,
    YAML_DOCUMENT,
    YAML_DUPLICATE_KEY,
    YAML_EMPTY,
    YAML_KEY,
    YAML_MERGE,
    YAML_NO_VALUE,
    YAML_SYNTAX,
    YAML_UNREAD,
)
from zumik.yaml_text.document import FIELDS, Document, SourceText, children_of
from zumik.yaml_text.scalars import (
    NO_VALUE,
    REFUSED_IN_TEXT,
    Problem,
    character_pair,
    quoted,
    show,
    unquoted_value,
    unseen_character,
)
from zumik.yaml_text.syntax_problems import DIRECTIVE, TAB, Where, indicator_problem, tab_problem

MAX_DEPTH = 32
MAX_FINDINGS = 100

_PROPERTY = re.compile(r"(&[\w-]*|!\S*)\s*")
_EMPTY = Problem(YAML_EMPTY, "the file says nothing", "write it, or remove the file")
_EMPTY_ITEM = Problem(
    YAML_NO_VALUE,
    "an item without a value",
    "write null if nothing is meant, or remove the item",
)
_MARKED_KEY = Problem(YAML_KEY, "a key marked with ?", "remove it, or quote a glob")
_MERGE_KEY = Problem(YAML_MERGE, "merge keys are not allowed", "write the keys out")
_CONTAINER_KEY = Problem(
    YAML_KEY, "a list or mapping as a key", "quote text that begins with a bracket"
)
_GLUED_COLON = Problem(
    YAML_SYNTAX,
    "no space between a colon and a bracket",
    "write a space after the colon, or quote the text",
)
_UNENDED_SPACES = Problem(
    YAML_SYNTAX, "spaces that end a block text and the file", "end the line, or remove the spaces"
)
_SPACES_IN_NOTHING = Problem(
    YAML_SYNTAX,
    "spaces on the blank lines between | or > and a comment",
    'write "" if no text is meant',
)
_UNENDED_TEXT = Problem(
    YAML_SYNTAX, "a block text that ends the file without a line end", "end the line, or write |-"
)
_BLOCK_TEXT_AT_MARGIN = Problem(
    YAML_SYNTAX, "a block text that begins at the margin", "write | or > after the key or the dash"
)
_BLOCK_TEXT_ALONE = Problem(
    YAML_SYNTAX, "a block text alone in a file, empty or with a number", "write a key before it"
)
_SECOND_DOCUMENT = Problem(YAML_DOCUMENT, "a second document", "make it a file of its own")

# PyYAML takes a tab here for the first character of a block text, libyaml for bad indentation.
_TAB_BEGINS_BLOCK_TEXT = re.compile(r"[|>][+-]?[ \t]*(?:#[^\n]*)?\n(?: *\r?\n)* *(\t)")
# To some readers this is one more line of a block text, to others it is nothing.
_SPACES_TO_END = re.compile(r" *\Z")
# Some readers take one more line end for text here, others do not.
_TAB_AFTER_BLOCK_TEXT = re.compile(r" *(\t)[ \t]*(?:#|\r?\n|\Z)")
# To some readers each file ends with a line end, to others this text has none.
_STRIPPED = re.compile(r"[|>][0-9]*-")
# Alone in a file the text may stand at the margin, and readers count its indentation differently.
_DIGIT_IN_HEADER = re.compile(r"[|>][+-]?[0-9]")
# YAML forbids a comment that is indented less than such lines; most readers allow it.
_ONLY_BLANK_LINES = re.compile(r"[|>][^\n]*\n(?:\r?\n)*( +)\r?\n(?: *\r?\n)* *#")
# A line after the first, unless it is blank, and what it begins with.
_NEXT_LINE = re.compile(r"\n( *)(?![ \t]*\r?\n)([^ \r\n])")
# PyYAML ends an unquoted key here, libyaml refuses it.
_COLON_AT_BRACKET = re.compile(r" *(:)[\[{]")
# libyaml takes this for a comment, PyYAML for a fault.
_COMMENT_AT_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*#")


class Unreadable(Exception):
    """Nothing more can be read from this file; the findings say why."""


class _Open:
    """A list or mapping that is being read; no key means that a mapping's key comes next."""

    __slots__ = ("flow", "indent", "key", "key_end", "key_start", "node", "repeated", "value")

    def __init__(
        self, value: dict[str, object] | list[object], node: int, indent: int, flow: bool
    ) -> None:
        self.value = value
        self.node = node
        self.indent = indent
        """The column of the innermost block around or of this; -1 where none is."""
        self.flow = flow
        self.key = None if isinstance(value, dict) else ""
        self.key_start = self.key_end = 0
        self.repeated = False


class EventReader:
    """Reads one file's events into a document and findings.

    `disputed` says that the events hold what libyaml accepts and PyYAML does not: with events of
    libyaml, only PyYAML's parser can then say whether the file is good.
    """

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.disputed = False
        self.marks = array("L")
        self.top: list[object] = []
        self.open = [_Open(self.top, -1, -1, flow=False)]
        self.keys: dict[str, str] = {}
        self.end = 0

    def read(self, next_event: Callable[[], Any]) -> Document | None:
        """The document that the events make; None, and a finding why, where they make none.

        `next_event` returns None after the last event. What it raises is raised here.
        """
        handlers = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.MappingStartEvent: self.begin,
            yaml.SequenceStartEvent: self.begin,
            yaml.MappingEndEvent: self.close,
            yaml.SequenceEndEvent: self.close,
            yaml.DocumentStartEvent: self.begin_document,
        }
        try:
            for event in iter(next_event, None):
                handle = handlers.get(type(event))
                if handle is not None:
                    handle(event)
            if not self.top:
                self.stop(None, _EMPTY)
        except Unreadable:
            return None
        return Document(self.source.file, self.top[0], self.source, self.marks)

    @property
    def open_at(self) -> Sequence[int]:
        """The offsets at which the lists and mappings that are open begin, the innermost last."""
        return [self.marks[above.node * FIELDS + 2] for above in self.open[1:]]

    def report(self, where: Where | None, problem: Problem) -> None:
        """Keep a finding; no place means the whole file. Raises Unreadable past the last one."""
        location = self.source.location(*where) if where else Location(self.source.file)
        if len(self.findings) == MAX_FINDINGS:
            message = f"more than {MAX_FINDINGS} findings: the rest was not read"
            problem = Problem(YAML_UNREAD, message, "mend these first")
            location = Location(self.source.file)
        finding = problem.rule.at(location, problem.message, problem.hint)
        self.findings.append(finding)
        if problem.rule is YAML_UNREAD:
            raise Unreadable

    def stop(self, where: Where | None, problem: Problem) -> NoReturn:
        """Report what nothing can be read after."""
        self.report(where, problem)
        raise Unreadable

    def begin_document(self, event: Any) -> None:
        """A document begins: there is one, and no directive stands before it."""
        where = (event.start_mark.index, event.end_mark.index)
        if self.top:
            self.stop(where, _SECOND_DOCUMENT)
        if self.source.text[where[0] : where[0] + 1] == "%":
            self.report(where, DIRECTIVE)

    def scalar(self, event: Any) -> None:
        """A text, quoted or not, with what it means."""
        text: str = event.value
        where = (event.start_mark.index, event.end_mark.index)
        value: object = text
        style = event.style
        if event.anchor is not None or event.tag is not None:
            self.properties(*where)
        elif not style:
            # PyYAML says None here, libyaml an empty text.
            value = unquoted_value(text)
            # libyaml lets an unquoted text inside brackets have one, PyYAML does not.
            self.disputed = self.disputed or "?" in text
        elif style in "|>":
            self.block_text(text, event.start_mark.column, *where)
        else:
            self.continued(*where, quoted=True)
            if style == '"' and (found := REFUSED_IN_TEXT.search(text)):
                self.report(where, character_pair(text) or unseen_character(found[0]))
                text = value = REFUSED_IN_TEXT.sub("\ufffd", text)
        self.take(text, value, where)

    def continued(self, start: int, end: int, *, quoted: bool) -> None:
        """Refuse a line of quoted text or of brackets that is not indented more than its block.

        YAML asks for it, and some readers refuse what is not. A closing bracket in the column of
        the block is read: many people write it so, and no reader gives it another value.
        """
        text, indent = self.source.text, self.open[-1].indent
        if indent < 0 or text.find("\n", start, end) < 0:
            return
        for line in _NEXT_LINE.finditer(text, start, end):
            spaces, first = len(line[1]), line[2]
            closing = first in "]}" and spaces == indent
            if spaces > indent or (not quoted and (first == "#" or closing)):
                continue
            what = "this quoted text" if quoted else "what is in brackets"
            hint = f"indent it by {indent + 1} or more spaces"
            message = f"a line of {what} is not indented"
            self.report(line.span(2), Problem(YAML_SYNTAX, message, hint))
            return

    def block_text(self, value: str, column: int, start: int, end: int) -> None:
        """Refuse or note what readers of YAML disagree about in a block text."""
        text, above = self.source.text, self.open[-1]
        header = text[start : text.find("\n", start) + 1 or len(text)]
        empty = not value.strip("\n")
        if column <= above.indent:
            self.report((start, start + 1), _BLOCK_TEXT_AT_MARGIN)
        if above.value is self.top and (empty or _DIGIT_IN_HEADER.match(header)):
            self.report((start, start + 1), _BLOCK_TEXT_ALONE)
        if match := _TAB_BEGINS_BLOCK_TEXT.match(text, start):
            self.report(match.span(1), TAB)
        if match := _TAB_AFTER_BLOCK_TEXT.match(text, end):
            self.report(match.span(1), tab_problem(self.source, match.start(1)))
        if empty and (match := _ONLY_BLANK_LINES.match(text, start)):
            self.report(match.span(1), _SPACES_IN_NOTHING)
        if not text.endswith("\n") and _SPACES_TO_END.match(text, end):
            last = text.rfind("\n") + 1
            if last and not text[last:].strip(" "):
                self.report((last, len(text)), _UNENDED_SPACES)
            elif not _STRIPPED.match(header):
                self.report((len(text) - 1, len(text)), _UNENDED_TEXT)
        self.disputed = self.disputed or bool(_COMMENT_AT_BLOCK_HEADER.match(text, start))

    def alias(self, event: Any) -> None:
        """An alias, which often was meant as a glob; it is read as its own text."""
        where = (event.start_mark.index, event.end_mark.index)
        self.indicator(where[0])
        text = self.source.text[slice(*where)]
        self.take(text, text, where)

    def take(self, text: str, value: object, where: tuple[int, int]) -> None:
        """A text, and what it means, as the next key or value."""
        above = self.open[-1]
        if above.key is None:
            self.name(above, text, value, where)
            return
        if value is NO_VALUE:
            self.no_value(above, where[0])
            value = None
        elif isinstance(value, Problem):
            self.report(where, value)
            value = text
        self.placed(self.place(value, *where))

    def no_value(self, above: _Open, start: int) -> None:
        """Report that a value is missing, at its key or dash."""
        if above.value is self.top:
            self.stop(None, _EMPTY)
        if isinstance(above.value, list):
            self.report((start - 1, start), _EMPTY_ITEM)
            return
        key = above.key or ""
        hint = "write null if nothing is meant, or remove the key"
        if ":" in key:
            hint = "write a space after the colon between key and value"
        problem = f"the key {show(key)} has no value"
        self.report((above.key_start, above.key_end), Problem(YAML_NO_VALUE, problem, hint))

    def name(self, above: _Open, text: str, value: object, where: tuple[int, int]) -> None:
        """A key: text, and not there yet."""
        source = self.source
        if source.text[max(0, where[0] - 16) : where[0]].rstrip(" ").endswith("?"):
            self.report(where, _MARKED_KEY)
        elif text == "<<" and source.text[where[0]] == "<":
            self.report(where, _MERGE_KEY)
        elif not isinstance(value, str):
            hint = f"write it in quotes: {quoted(text)}"
            self.report(where, Problem(YAML_KEY, f"the key {show(text)} is not text", hint))
        elif (glued := _COLON_AT_BRACKET.match(source.text, where[1])) and (
            source.text[where[0]] not in "\"'"
        ):
            self.report(glued.span(1), _GLUED_COLON)
        above.repeated = text in above.value
        if above.repeated:
            node = children_of(self.marks, above.node, above.value)[text]
            first = self.marks[node * FIELDS]
            line = source.location(first, first).line
            problem = f"the key {show(text)} is there already, on line {line}"
            self.report(where, Problem(YAML_DUPLICATE_KEY, problem, "keep one of the two"))
        above.key = self.keys.setdefault(text, text)
        above.key_start, above.key_end = where

    def begin(self, event: Any) -> None:
        """A list or mapping begins."""
        start = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            self.properties(start, event.end_mark.index)
        if len(self.open) > MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} lists and mappings inside each other"
            self.stop((start, start + 1), Problem(YAML_DEPTH, problem, "write it flatter"))
        if self.open[-1].key is None:
            self.stop((start, start + 1), _CONTAINER_KEY)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value: dict[str, object] | list[object] = {} if mapping else []
        flow: bool = event.flow_style
        indent = self.open[-1].indent if flow else event.start_mark.column
        self.open.append(_Open(value, self.place(value, start, start), indent, flow))

    def close(self, event: Any) -> None:
        """A list or mapping ends: after its bracket, or in a block where its last value does."""
        closed = self.open.pop()
        node = closed.node
        if closed.flow and not self.open[-1].flow:
            self.continued(self.marks[node * FIELDS + 2], event.end_mark.index, quoted=False)
        if event.start_mark.index < event.end_mark.index:
            self.end = event.end_mark.index
        self.marks[node * FIELDS + 3] = self.end
        self.marks[node * FIELDS + 4] = len(self.marks) // FIELDS
        self.placed(node)

    def place(self, value: object, start: int, end: int) -> int:
        """Put a value where it belongs, and its node into the marks; returns the node."""
        node = len(self.marks) // FIELDS
        key_start = key_end = start
        above = self.open[-1]
        if isinstance(above.value, list):
            above.value.append(value)
        elif above.key is not None:
            key_start, key_end = above.key_start, above.key_end
            if not above.repeated:
                above.value[above.key] = value
        self.marks.extend((key_start, key_end, start, end, node + 1))
        self.end = end
        return node

    def placed(self, node: int) -> None:
        """A value is complete; under a key that was there already it is forgotten."""
        above = self.open[-1]
        if isinstance(above.value, dict):
            above.key = None
            if above.repeated:
                del self.marks[node * FIELDS :]

    def properties(self, at: int, end: int) -> None:
        """Refuse the anchor and the tag before a value."""
        while match := _PROPERTY.match(self.source.text, at, end):
            self.indicator(at)
            at = match.end()

    def indicator(self, at: int) -> None:
        """Refuse a word that begins with *, & or !."""
        self.report(*indicator_problem(self.source, at))
