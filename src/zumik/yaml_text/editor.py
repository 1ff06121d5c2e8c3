"""Editing: changes to a YAML file that leave everything else in it as it is, byte for byte.

Only the text of what changes is written again, in flow style; comments inside it are kept. What
comes out is read again by the strict reader and compared with what was meant before it is
returned. Nothing here opens or writes a file, or knows what the values mean.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zumik.core.basics.display import neutral
from zumik.core.basics.field_readers import path_text
from zumik.core.basics.findings import Path
from zumik.yaml_text.document import Document
from zumik.yaml_text.parsers import token_spans
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.writer import (
    Block,
    EditRefused,
    as_tree,
    block_lines,
    emit,
    emit_text,
    equal_trees,
    folded,
)

_HEADER = re.compile(r"[|>][0-9+-]*[ \t]+(#[^\r\n]*)")
_COMMENT = re.compile(r"#[^\r\n]*")
_COLON = re.compile(r"[ \t]*:")

Edit = tuple[Path, object]
"""A path and its new value; None removes the key.

A path that ends one past the end of a list appends to it.
"""


def edit_yaml(document: Document, edits: Iterable[Edit], order: Sequence[str] = ()) -> str:
    """The text of a document with the edits made, and everything else untouched.

    A value that is there is replaced; a key that is not is put after the last of its mapping, with
    the mappings that lead to it; comments inside what is replaced or removed stay. With an `order`
    of keys a new key is put after those that go before it, and what stands in brackets without a
    comment is written again whole where its keys change. The text has the line ends of the
    document: write it as bytes. Raises EditRefused where that cannot be done.
    """
    edits = list(edits)
    editor = _Editor(document, {key: place for place, key in enumerate(order)})
    text = editor.edited(editor.whole_brackets(edits) if order else edits)
    reading = read_yaml(document.file, text.encode("utf-8", "surrogatepass"))
    found = reading.document
    if (
        found is None
        or reading.findings
        or not equal_trees(found.value, _intended(document, edits))
    ):
        paths = ", ".join(neutral(path_text(path)) for path, _ in edits[:3])
        raise EditRefused(
            f"{document.file}: cannot change {paths}{' …' if len(edits) > 3 else ''} "
            "without changing what stands around it",
            hint="make this change by hand; nothing was written",
        )
    return text


def _intended(document: Document, edits: Iterable[Edit]) -> object:
    """What the document is to say after the edits."""
    return _after(document.value, edits)


def _after(value: object, edits: Iterable[Edit]) -> Any:
    """A value after the edits, which are left as they are."""
    root: Any = deepcopy(value)
    for path, value in edits:
        at: Any = root
        for step in path[:-1]:
            at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
        if value is None:
            del at[path[-1]]
        elif isinstance(at, list) and path[-1] == len(at):
            at.append(as_tree(value))
        else:
            at[path[-1]] = as_tree(value)
    return root


_Patch = tuple[int, int, str]
"""What stands from one offset to another is replaced by a text; its line ends are LF."""


@dataclass
class _ContainerEdits:
    """The edits of one container: keys to remove, keys to insert, items to append."""

    removed: set[str] = field(default_factory=set)
    inserted: dict[str, Any] = field(default_factory=dict)
    appended: list[object] = field(default_factory=list)


class _Editor:
    """A document's text, where its parts are, and the patches that make the edits."""

    def __init__(self, document: Document, order: Mapping[str, int]) -> None:
        self.document = document
        self.order = order
        self.text = document.text
        self.lines = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text after the edits, not yet proven."""
        patches: list[_Patch] = []
        by_container: dict[Path, _ContainerEdits] = {}
        for path, value in edits:
            depth, found = self.deepest(path)
            if depth < len(path):
                self.plan_insertion(
                    by_container.setdefault(path[:depth], _ContainerEdits()),
                    path,
                    depth,
                    value,
                    found,
                )
            elif not path or (value is None and not isinstance(path[-1], str)):
                raise self.refused(path)
            elif value is None:
                by_container.setdefault(path[:-1], _ContainerEdits()).removed.add(str(path[-1]))
            elif not equal_trees(found, as_tree(value)):
                patches.append(self.replacement(path, value))
        # Two insertions can have one offset: what ends inside is written before what ends outside.
        for path, edits_inside in sorted(by_container.items(), key=lambda item: -len(item[0])):
            patches += self.patches_inside(path, edits_inside)
        return self.patched(sorted(patches, key=lambda patch: patch[:2]))

    def whole_brackets(self, edits: Iterable[Edit]) -> Iterator[Edit]:
        """The edits, with one in the place of all that change keys inside the same brackets."""
        inside: dict[Path, list[Edit]] = {}
        for path, value in edits:
            depth = self.deepest(path)[0]
            shallow = range(1, min(depth, len(path) - 1) + 1)
            outer = next((path[:d] for d in shallow if self.is_flow(path[:d])), None)
            if outer is None or self.comments(*self.document.span(outer)):
                yield path, value
            else:
                inside.setdefault(outer, []).append((path, value))
        for outer, changes in inside.items():
            if all(
                self.deepest(path)[0] == len(path) and value is not None for path, value in changes
            ):
                yield from changes
                continue
            found = self.deepest(outer)[1]
            value = _after(found, [(path[len(outer) :], value) for path, value in changes])
            yield outer, self.ordered(value)

    def ordered(self, value: object) -> object:
        """A tree with the keys of its mappings in order; those that have none stay at the end."""
        if isinstance(value, list):
            return [self.ordered(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self.ordered(value[key]) for key in sorted(value, key=self.place)}

    def place(self, key: str) -> int:
        """Where a key stands in the order."""
        return self.order.get(key, len(self.order))

    def patched(self, patches: Iterable[_Patch]) -> str:
        newline = "\r\n" if "\r\n" in self.text else "\n"
        parts, done = [], 0
        for start, end, text in patches:
            if start < done:
                raise EditRefused(f"{self.document.file}: two edits of the same place")
            parts += [self.text[done:start], text.replace("\n", newline)]
            done = end
        return "".join([*parts, self.text[done:]])

    def refused(self, path: Path) -> EditRefused:
        return EditRefused(
            f"{self.document.file}: cannot edit {neutral(path_text(path))} in place",
            hint="make this change by hand; nothing was written",
        )

    def deepest(self, path: Path) -> tuple[int, Any]:
        """How much of a path there is, and the value at the end of that."""
        value: Any = self.document.value
        for depth, step in enumerate(path):
            there = (
                step in value
                if isinstance(value, dict)
                else (isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value))
            )
            if not there:
                return depth, value
            value = value[step]
        return len(path), value

    def plan_insertion(
        self, wanted: _ContainerEdits, path: Path, depth: int, value: object, found: object
    ) -> None:
        """Note what is to be put into a container that does not have it."""
        rest = path[depth:]
        if value is not None and isinstance(found, list):
            if rest == (len(found) + len(wanted.appended),):
                wanted.appended.append(value)
                return
        elif (
            value is not None and isinstance(found, dict) and all(isinstance(s, str) for s in rest)
        ):
            inside = wanted.inserted
            for step in rest[:-1]:
                inside = inside.setdefault(str(step), {})
                if not isinstance(inside, dict):
                    raise self.refused(path)
            inside[str(rest[-1])] = value
            return
        raise self.refused(path)

    def patches_inside(self, path: Path, wanted: _ContainerEdits) -> Iterator[_Patch]:
        """The patches inside one container."""
        container = self.deepest(path)[1]
        left = [step for step in _steps(container) if step not in wanted.removed]
        if self.is_flow(path):
            if wanted.removed:
                yield from self.flow_removals(path, list(container), wanted.removed)
            if any(isinstance(item, Block) for item in wanted.inserted.values()) and (
                not left and not self.in_flow(path)
            ):
                yield self.flow_to_block(path, wanted)
            else:
                yield from self.flow_insertion(path, left, wanted)
            return
        for key in container if wanted.removed else ():
            if key in wanted.removed:
                yield self.block_removal((*path, key))
        if wanted.inserted or wanted.appended:
            if not left:
                raise self.refused(path)
            yield from self.block_insertions(path, left, wanted)

    # Where things are

    def offset(self, path: Path) -> tuple[int, int]:
        """First offset of a key, and the one after its last."""
        location = self.document.locate(path, key=True)
        if location.line is None or location.column is None:
            raise self.refused(path)
        start = self.lines[location.line - 1] + location.column - 1
        return start, start + location.width

    def column(self, offset: int) -> int:
        """How many characters stand before an offset in its line."""
        return offset - self.lines[bisect_right(self.lines, offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset of the line end at or after an offset, or of the end of the text."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[offset:end].endswith("\r") else end

    def is_flow(self, path: Path) -> bool:
        """Whether a mapping or list is in brackets."""
        return self.text[self.document.span(path)[0]] in "[{"

    def in_flow(self, path: Path) -> bool:
        """Whether what contains the value is in brackets."""
        return any(self.is_flow(path[:depth]) for depth in range(len(path)))

    def comments(self, start: int, end: int) -> list[str]:
        """The comments between two offsets."""
        return [self.text[a:b] for a, b in self.all_comments if start <= a and b <= end]

    @cached_property
    def all_comments(self) -> list[tuple[int, int]]:
        """First offset and the one after the last of each comment: what is between tokens."""
        found, done = [], 0
        for start, end in token_spans(self.text):
            found += [m.span() for m in _COMMENT.finditer(self.text, done, start)]
            done = max(done, end)
            if header := _HEADER.match(self.text, start, end):
                found.append(header.span(1))
        return found

    # Patches

    def replacement(self, path: Path, value: object) -> _Patch:
        """A value in the place of another, and the comments that were inside that after it."""
        start, end = self.document.span(path)
        begin, before, pad = start, "", self.column(start)
        if isinstance(path[-1], str):
            key_start, key_end = self.offset(path)
            pad = self.column(key_start)
            colon = _COLON.match(self.text, key_end)
            if colon is not None and "\n" in self.text[colon.end() : start]:
                begin, before = colon.end(), " "
        text = before + emit(value, column=self.column(begin) + len(before))
        inside = self.comments(begin, end) if end - begin > 1 else []
        if inside:
            text += "  " + ("\n" + " " * pad).join(inside)
            text += "\n" + " " * pad if self.in_flow(path) else ""
        return begin, end, text

    def flow_insertion(
        self, path: Path, left: Sequence[str | int], wanted: _ContainerEdits
    ) -> Iterator[_Patch]:
        """New items in brackets, after the last one that stays."""
        if not (wanted.inserted or wanted.appended):
            return
        start = self.document.span(path)[0] + 1
        if not left:
            yield start, start, folded(_flow_items(wanted, self.column(start)), self.column(start))
            return
        first, last = ((*path, left[place]) for place in (0, -1))
        pad = self.column(
            self.offset(first)[0] if wanted.inserted else self.document.span(first)[0]
        )
        items = _flow_items(wanted, pad)
        end = self.document.span(last)[1]
        yield end, end, folded(["", *items], pad, self.column(end))

    def flow_to_block(self, path: Path, wanted: _ContainerEdits) -> _Patch:
        """Empty brackets that become a block mapping."""
        start, end = self.document.span(path)
        indent = self.column(self.offset(path)[0]) + 2 if path else 0
        rows = [block_lines(key, item, indent, 2) for key, item in wanted.inserted.items()]
        comments = self.comments(start, end)
        lines = [" " * indent + comment for comment in comments]
        lines += [line for row in rows for line in row]
        begin = start
        while self.text[begin - 1 : begin] == " ":
            begin -= 1
        return begin, end, "".join("\n" + line for line in lines)

    def block_insertions(
        self, path: Path, left: Sequence[str | int], wanted: _ContainerEdits
    ) -> Iterator[_Patch]:
        """New keys or items on lines of their own, after what goes before them or the last one."""
        last = (*path, left[-1])
        lines: dict[str | int, list[str]] = {}
        if wanted.appended:
            indent = self.column(self.document.span(path)[0])
            items = [emit(item, column=indent + 2) for item in wanted.appended]
            lines[left[-1]] = [" " * indent + "- " + item for item in items]
        for key in sorted(wanted.inserted, key=self.place):
            item, indent = wanted.inserted[key], self.column(self.offset(last)[0])
            rows = lines.setdefault(self.goes_before(key, left), [])
            if isinstance(item, Block) and self.has_empty_line(path, left):
                rows.append("")
            rows += block_lines(key, item, indent, self.step(last, indent))
        for before, rows in lines.items():
            end = self.line_end(self.document.span((*path, before))[1])
            yield end, end, "".join("\n" + row for row in rows)

    def goes_before(self, key: str, left: Sequence[str | int]) -> str | int:
        """The key of a mapping that a new one is put after."""
        if key not in self.order:
            return left[-1]
        earlier = [one for one in left if self.place(str(one)) < self.order[key]]
        return earlier[-1] if earlier else left[-1]

    def has_empty_line(self, path: Path, left: Sequence[str | int]) -> bool:
        """Whether the last two keys of a block mapping have an empty line between them."""
        if len(left) < 2:
            return False
        between = slice(self.document.span((*path, left[-2]))[1], self.offset((*path, left[-1]))[0])
        return re.search(r"\n[ \t]*\r?\n", self.text[between]) is not None

    def step(self, path: Path, indent: int) -> int:
        """By how much a block mapping is indented inside its key; two where nothing shows it."""
        value = self.deepest(path)[1]
        if isinstance(value, dict) and value and not self.is_flow(path):
            return max(1, self.column(self.offset((*path, next(iter(value))))[0]) - indent)
        return 2

    def flow_removals(self, path: Path, keys: Sequence[str], removed: set[str]) -> Iterator[_Patch]:
        """Keys removed from brackets, each run of them with one of the commas beside it."""
        place = 0
        while place < len(keys):
            run = place
            while run < len(keys) and keys[run] in removed:
                run += 1
            if run > place:
                yield self.flow_removal(path, keys, place, run)
            place = run + 1

    def flow_removal(self, path: Path, keys: Sequence[str], first: int, stop: int) -> _Patch:
        start = self.offset((*path, keys[first]))[0]
        end = self.document.span((*path, keys[stop - 1]))[1]
        if stop < len(keys):
            end = self.offset((*path, keys[stop]))[0]
        elif first > 0:
            start = self.document.span((*path, keys[first - 1]))[1]
        elif comma := re.compile(r"\s*,").match(self.text, end):
            end = comma.end()
        inside = self.comments(start, end)
        indent = "\n" + " " * self.column(self.offset((*path, keys[0]))[0])
        return start, end, "".join(f" {comment}{indent}" for comment in inside)

    def block_removal(self, path: Path) -> _Patch:
        """A key of a block mapping removed with its lines; its comments stay on their own."""
        key_start, _ = self.offset(path)
        column = self.column(key_start)
        start = key_start - column
        end = self.line_end(self.document.span(path)[1])
        if self.text[start:key_start].strip(" ") or not path:
            raise self.refused(path)
        comments = self.comments(key_start, end)
        if comments:
            return start, end, "\n".join(" " * column + comment for comment in comments)
        following = self.text.find("\n", end)
        return start, len(self.text) if following < 0 else following + 1, ""


def _flow_items(wanted: _ContainerEdits, column: int) -> list[str]:
    """The new keys or items as they stand in brackets, each as if it began at the column."""
    texts = {emit_text(key): item for key, item in wanted.inserted.items()}
    items = [f"{key}: {emit(item, column=column + len(key) + 2)}" for key, item in texts.items()]
    return [*items, *(emit(item, column=column) for item in wanted.appended)]


def _steps(container: Any) -> list[str | int]:
    return list(container) if isinstance(container, dict) else list(range(len(container)))
