"""The strict YAML reader: bytes in, plain values and findings out, each with line and column.

It reads the part of YAML that means one thing to every reader. What some readers take for a truth
value, a number or a reference and others for text is refused with a hint, never guessed. It opens
no file, knows no schema and writes nothing. PyYAML scans the text; what it means is decided here.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from zumik.core.basics.findings import Finding, Location, Path, Severity
from zumik.yaml_text.scalars import (
    BAD_IN_FILE,
    BAD_IN_TEXT,
    NO_VALUE,
    bad,
    bad_in_file,
    plain,
    quoted,
    show,
)

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
MAX_FINDINGS = 100
MAX_SOURCE = 500

_WORD = re.compile(r"[^\s,\[\]{}]+|\S|")
_PROPERTY = re.compile(r"(&[\w-]*|!\S*)\s*")

_EMPTY = ("yaml-empty", "the file says nothing", "write it, or remove the file")
_DIRECTIVE = ("yaml-directive", "directives are not allowed", "remove the line")
_TAB = ("yaml-tab", "a tab where only spaces may stand", "indent and align with spaces")
_INDICATORS = {
    "*": ("yaml-alias", "an alias", "quote a glob: {}; repeat a value where it is needed"),
    "&": ("yaml-anchor", "an anchor", "repeat the value where it is needed; text is quoted: {}"),
    "!": ("yaml-tag", "a tag", "remove it; text is quoted: {}"),
}
# PyYAML tells its errors apart only by these phrases: first those that are shown where the thing
# begins, then those that are shown where PyYAML gave up.
_WHERE_BEGUN: dict[str | None, tuple[str, str]] = {
    "while scanning a simple key": ("a key without a colon", "write 'key: value', with a space"),
    "while scanning a quoted scalar": ("this quote is never closed", "close it with the same one"),
}
_WHERE_LEFT: dict[str | None, tuple[str, str]] = {
    "while scanning a block scalar": ("text in the line of | or >", "begin it on the next line"),
    "while parsing a block node": ("no value can begin here", "quote it if text is meant"),
    "while scanning for the next token": ("no unquoted text can begin here", "quote the text"),
}
_AT_CHARACTER = {
    ":": ("no key can stand here", "align the key with its block, or quote text that has ': '"),
    "-": ("no list item can begin here", "give the list lines of its own, or quote the text"),
    "]": ("a bracket that was never opened", "remove it, or quote the text"),
    "}": ("a bracket that was never opened", "remove it, or quote the text"),
}
_ANYWHERE = ("this does not fit what stands before it", "align the block, or quote the text")


class _Source:
    """The decoded text of a file, and which line and column an offset is."""

    __slots__ = ("_lines", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines: array[int] | None = None

    def location(self, start: int, end: int) -> Location:
        """The first line of what stands from start to end."""
        if self._lines is None:
            self._lines = array("L", [0])
            self._lines.extend(match.end() for match in re.finditer("\n", self.text))
        line = bisect_right(self._lines, start)
        begin = self._lines[line - 1]
        stop = self._lines[line] - 1 if line < len(self._lines) else len(self.text)
        shown = self.text[begin : min(stop, begin + MAX_SOURCE)].removesuffix("\r")
        width = max(1, min(end, begin + len(shown)) - start)
        # Beyond the cut there is nothing to put a caret under.
        source = BAD_IN_FILE.sub("\ufffd", shown) if start - begin <= len(shown) else None
        return Location(self.file, line, start - begin + 1, width, source)

    def word(self, at: int) -> str:
        """What stands there up to a space or bracket; empty at the end of the file."""
        match = _WORD.match(self.text, at)
        return match[0] if match else ""


_FIELDS = 5
"""A node's integers in the marks: key start, key end, start, end, and the number of the next node
that is not inside it. Nodes stand in document order, the root first. No key: both are the start."""


def _children(marks: array[int], node: int, value: object) -> dict[str | int, int]:
    """The nodes inside a node, by key or index."""
    names: Iterable[str | int] = ()
    if isinstance(value, dict):
        names = value
    elif isinstance(value, list):
        names = range(len(value))
    children: dict[str | int, int] = {}
    child = node + 1
    for name in names:
        children[name] = child
        child = marks[child * _FIELDS + 4]
    return children


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: `value` in plain types, not to be changed, and where each part stands."""

    file: str
    value: object
    _source: _Source = field(repr=False, compare=False)
    _marks: array[int] = field(repr=False, compare=False)
    _known: dict[int, dict[str | int, int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def text(self) -> str:
        """The decoded text of the file."""
        return self._source.text

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Where the value at the path, or its key, is written.

        A path that leads nowhere gives the key of its deepest ancestor that exists. A block list
        or mapping is pointed at by its first dash or key.
        """
        node, missing = self._walk(path)
        at = node * _FIELDS
        key_start, key_end, start, end, following = self._marks[at : at + _FIELDS]
        if key_start < key_end and (key or missing):
            return self._source.location(key_start, key_end)
        if following > node + 1 and self.text[start] not in "[{":
            first_key_start, first_key_end = self._marks[at + _FIELDS : at + _FIELDS + 2]
            end = first_key_end if first_key_start < first_key_end else start + 1
        return self._source.location(start, end)

    def span(self, path: Path) -> tuple[int, int]:
        """First offset and offset after the last character of the value's own text, in `text`.

        Raises KeyError where the path leads nowhere.
        """
        node, missing = self._walk(path)
        if missing:
            raise KeyError(path)
        start, end = self._marks[node * _FIELDS + 2 : node * _FIELDS + 4]
        text = self.text
        # A block text, and so whatever it ends, is marked up to the line after its blank lines.
        while (line := text.rfind("\n", start, end)) > 0 and not text[line:end].strip(" \r\n"):
            end = line - (text[line - 1] == "\r")
        return start, end

    def _walk(self, path: Path) -> tuple[int, int]:
        """The deepest node there is on the path, and how many steps are missing to its end."""
        node = 0
        value: Any = self.value
        for depth, step in enumerate(path):
            # Made once for each container that is asked about, so that asking often is cheap.
            if node not in self._known:
                self._known[node] = _children(self._marks, node, value)
            if step not in self._known[node]:
                return node, len(path) - depth
            node = self._known[node][step]
            value = value[step]
        return node, 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave; `document` is None where nothing usable could be read."""

    document: Document | None
    findings: tuple[Finding, ...]


def read_yaml(file: str, data: bytes) -> Reading:
    """Read a file's bytes; `file` is the name to show. Whatever the bytes are, nothing is raised.

    A document beside findings holds what was most likely meant where something is wrong: the text
    of an ambiguous value, null for a missing one, the first of two equal keys.
    """
    if len(data) > MAX_BYTES:
        problem = f"a file of {len(data):,} bytes; at most {MAX_BYTES:,} are read"
        finding = Finding("yaml-size", Severity.ERROR, problem, Location(file), "split the file")
        return Reading(None, (finding,))
    # A byte that is not UTF-8 becomes a lone surrogate, and is found with the bad characters.
    return _Reader(_Source(file, data.decode("utf-8", "surrogateescape"))).read()


class _Loader(yaml.SafeLoader):
    """PyYAML's loader, whose scanner asks most often what can be told at once."""

    def need_more_tokens(self) -> bool:
        """Not where a token is at hand that no key can come before, which is nearly always."""
        if self.tokens and not self.possible_simple_keys:
            return False
        return bool(super().need_more_tokens())


class _Stop(Exception):
    """Nothing more can be read from this file; the findings say why."""


class _Open:
    """A list or mapping that is being read; no key means that a mapping's key comes next."""

    __slots__ = ("key", "key_end", "key_start", "node", "repeated", "value")

    def __init__(self, value: dict[str, object] | list[object], node: int) -> None:
        self.value = value
        self.node = node
        self.key = None if isinstance(value, dict) else ""
        self.key_start = self.key_end = 0
        self.repeated = False


class _Reader:
    """One pass over PyYAML's events, with a stack of its own: no nesting exhausts Python's."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.marks = array("L")
        self.top: list[object] = []
        self.open = [_Open(self.top, -1)]
        self.keys: dict[str, str] = {}
        self.end = 0

    def read(self) -> Reading:
        """Everything the file says, and everything wrong with it."""
        try:
            self.characters()
            self.events()
            if not self.top:
                self.stop(None, *_EMPTY)
        except _Stop:
            return Reading(None, tuple(self.findings))
        document = Document(self.source.file, self.top[0], self.source, self.marks)
        return Reading(document, tuple(self.findings))

    def report(self, where: tuple[int, int] | None, code: str, problem: str, hint: str) -> None:
        """Keep a finding; `where` is its first offset and the one after its last."""
        if len(self.findings) == MAX_FINDINGS:
            problem = f"more than {MAX_FINDINGS} findings: the rest was not read"
            where, code, hint = None, "yaml-unread", "mend these first"
        location = self.source.location(*where) if where else Location(self.source.file)
        self.findings.append(Finding(code, Severity.ERROR, problem, location, hint))
        if code == "yaml-unread":
            raise _Stop

    def stop(self, where: tuple[int, int] | None, code: str, problem: str, hint: str) -> NoReturn:
        """Report what nothing can be read after."""
        self.report(where, code, problem, hint)
        raise _Stop

    def characters(self) -> None:
        """Refuse bytes and characters that no text has."""
        for match in BAD_IN_FILE.finditer(self.source.text):
            wrong = bad_in_file(match[0])
            self.report(match.span(), *wrong)
            if wrong[0] == "yaml-encoding":
                break
        if self.findings:
            raise _Stop

    def events(self) -> None:
        """Take PyYAML's events in turn, and translate its errors."""
        take = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.MappingStartEvent: self.begin,
            yaml.SequenceStartEvent: self.begin,
            yaml.MappingEndEvent: self.close,
            yaml.SequenceEndEvent: self.close,
            yaml.DocumentStartEvent: self.document,
        }
        try:
            for event in iter(_Loader(self.source.text).get_event, None):
                if (handle := take.get(type(event))) is not None:
                    handle(event)
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark.index if error.problem_mark else self.end
            begin = error.context_mark.index if error.context_mark else at
            self.syntax(error.context, begin, at)
        except (ValueError, OverflowError):
            # PyYAML hands the number in an escape to chr() unchecked.
            at = max(self.end, self.source.text.find("\\U", self.end))
            self.stop((at, at + 10), "yaml-syntax", "no such character", "use one that exists")

    def document(self, event: Any) -> None:
        """A document begins: there is one, and no directive stands before it."""
        where = (event.start_mark.index, event.end_mark.index)
        if self.top:
            self.stop(where, "yaml-document", "a second document", "make it a file of its own")
        if self.source.text[where[0] : where[0] + 1] == "%":
            self.report(where, *_DIRECTIVE)

    def scalar(self, event: Any) -> None:
        """A text, quoted or not, with what it means."""
        text: str = event.value
        where = (event.start_mark.index, event.end_mark.index)
        value: object = text
        if event.anchor is not None or event.tag is not None:
            self.properties(*where)
        elif event.style is None:
            value = plain(text)
        elif event.style == '"' and (found := BAD_IN_TEXT.search(text)):
            self.report(where, *bad(found[0]))
            text = value = BAD_IN_TEXT.sub("\ufffd", text)
        self.take(text, value, where)

    def alias(self, event: Any) -> None:
        """An alias, which often was meant as a glob; it stands for its own text."""
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
            self.nothing(above, where[0])
            value = None
        elif isinstance(value, tuple):
            self.report(where, *value)
            value = text
        self.placed(self.place(value, *where))

    def nothing(self, above: _Open, start: int) -> None:
        """Report that a value is missing, at its key or dash."""
        if above.value is self.top:
            self.stop(None, *_EMPTY)
        if isinstance(above.value, list):
            hint = "write null if nothing is meant, or remove the item"
            self.report((start - 1, start), "yaml-no-value", "an item without a value", hint)
            return
        key = above.key or ""
        hint = "write null if nothing is meant, or remove the key"
        if ":" in key:
            hint = "write a space after the colon between key and value"
        problem = f"the key {show(key)} has no value"
        self.report((above.key_start, above.key_end), "yaml-no-value", problem, hint)

    def name(self, above: _Open, text: str, value: object, where: tuple[int, int]) -> None:
        """A key: text, and not there yet."""
        source = self.source
        if source.text[max(0, where[0] - 16) : where[0]].rstrip(" ").endswith("?"):
            self.report(where, "yaml-key", "a key marked with ?", "remove it, or quote a glob")
        elif not isinstance(value, str):
            hint = f"write it in quotes: {quoted(text)}"
            self.report(where, "yaml-key", f"the key {show(text)} is not text", hint)
        elif text == "<<" and source.text[where[0]] == "<":
            self.report(where, "yaml-merge", "merge keys are not allowed", "write the keys out")
        above.repeated = text in above.value
        if above.repeated:
            node = _children(self.marks, above.node, above.value)[text]
            first = self.marks[node * _FIELDS]
            line = source.location(first, first).line
            problem = f"the key {show(text)} is there already, on line {line}"
            self.report(where, "yaml-duplicate-key", problem, "keep one of the two")
        above.key = self.keys.setdefault(text, text)
        above.key_start, above.key_end = where

    def begin(self, event: Any) -> None:
        """A list or mapping begins."""
        start = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            self.properties(start, event.end_mark.index)
        if len(self.open) > MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} lists and mappings inside each other"
            self.stop((start, start + 1), "yaml-depth", problem, "write it flatter")
        if self.open[-1].key is None:
            hint = "quote text that begins with a bracket"
            self.stop((start, start + 1), "yaml-key", "a list or mapping as a key", hint)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value: dict[str, object] | list[object] = {} if mapping else []
        self.open.append(_Open(value, self.place(value, start, start)))

    def close(self, event: Any) -> None:
        """A list or mapping ends: after its bracket, or in a block where its last value does."""
        node = self.open.pop().node
        if event.start_mark.index < event.end_mark.index:
            self.end = event.end_mark.index
        self.marks[node * _FIELDS + 3] = self.end
        self.marks[node * _FIELDS + 4] = len(self.marks) // _FIELDS
        self.placed(node)

    def place(self, value: object, start: int, end: int) -> int:
        """Put a value where it belongs, and its node into the marks; returns the node."""
        node = len(self.marks) // _FIELDS
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
                del self.marks[node * _FIELDS :]

    def properties(self, at: int, end: int) -> None:
        """Refuse the anchor and the tag before a value."""
        while match := _PROPERTY.match(self.source.text, at, end):
            self.indicator(at)
            at = match.end()

    def indicator(self, at: int) -> None:
        """Refuse a word that begins with *, & or !."""
        word = self.source.word(at)
        code, name, hint = _INDICATORS[word[0]]
        problem = f"unquoted {show(word)} begins {name} in YAML, which is not allowed"
        self.report((at, at + len(word)), code, problem, hint.format(quoted(word)))

    def syntax(self, context: str | None, begin: int, at: int) -> NoReturn:
        """Say in our words what PyYAML could not read: begun at one offset, given up at another."""
        text = self.source.text
        here = text[at : at + 1]
        where = (at, at + len(self.source.word(at)))
        if context == "while scanning a double-quoted scalar":
            where = (text.rfind("\\", begin, at), at + 1)
            wrong = ("no such escape", "write a backslash twice, or use single quotes")
        elif text[begin : begin + 1] in _INDICATORS:
            self.indicator(begin)
            raise _Stop
        elif here == "\t":
            self.stop(where, *_TAB)
        elif context == "while scanning a directive":
            self.stop((begin, at), *_DIRECTIVE)
        elif context is not None and context.startswith("while parsing a flow"):
            where, wrong = self.brackets(where)
        elif context in _WHERE_BEGUN:
            where, wrong = (begin, at), _WHERE_BEGUN[context]
        else:
            wrong = _WHERE_LEFT.get(context) or _AT_CHARACTER.get(here, _ANYWHERE)
        self.stop(where, "yaml-syntax", *wrong)

    def brackets(self, where: tuple[int, int]) -> tuple[tuple[int, int], tuple[str, str]]:
        """What does not fit inside the innermost brackets that are open."""
        text = self.source.text
        starts = [self.marks[above.node * _FIELDS + 2] for above in self.open[1:]]
        opened = next((start for start in reversed(starts) if text[start] in "[{"), where[0])
        if where[0] >= len(text):
            return (opened, opened + 1), ("this bracket is never closed", "close it")
        if text[where[0]] == "?":
            return where, ("an unquoted ? inside brackets", "quote a glob")
        line = self.source.location(opened, opened).line
        problem = f"this does not fit inside the brackets opened on line {line}"
        return where, (problem, "part values with commas, close brackets, or quote the text")
