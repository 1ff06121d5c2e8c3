"""A chart read back: its title, its texts, and how far its shapes reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

NARROW_PAGE = 320
_ACROSS = ("x", "x1", "x2", "cx")
_DOWN = ("y", "y1", "y2", "cy")
_MOVED = re.compile(r"translate\(([-\d.]+)(?: ([-\d.]+))?\)")


class Place(NamedTuple):
    """Where one point of a shape is on a page of `NARROW_PAGE` pixels."""

    across: float
    down: float
    tag: str


class Drawing(NamedTuple):
    """A chart as its reader finds it."""

    root: ElementTree.Element

    @property
    def title(self) -> str:
        return self.root.findtext("title") or ""

    @property
    def description(self) -> str:
        return self.root.findtext("desc") or ""

    @property
    def texts(self) -> list[str]:
        return [words_of(text) for text in self.root.iter("text")]

    @property
    def height(self) -> float:
        return float(self.root.attrib["height"])

    def of_class(self, name: str) -> list[ElementTree.Element]:
        """The elements with a class, in the order in which they are drawn."""
        return [each for each in self.root.iter() if name in each.get("class", "").split()]

    def places(self) -> Iterator[Place]:
        """The corners and ends of every shape, in pixels."""
        yield from _places(self.root, 0.0, 0.0)


def drawing(markup: str) -> Drawing:
    """Reads the markup as XML, which is stricter than HTML."""
    return Drawing(ElementTree.fromstring(markup))


def words_of(text: ElementTree.Element) -> str:
    """What a text shows, without the title that shows under a pointer."""
    parts = [text.text or ""]
    for child in text:
        parts += ["" if child.tag == "title" else words_of(child), child.tail or ""]
    return "".join(parts)


def share_of(value: str) -> float:
    """`43.2%` as a number."""
    assert value.endswith("%"), value
    return float(value[:-1])


def _pixels(value: str) -> float:
    return share_of(value) * NARROW_PAGE / 100 if value.endswith("%") else float(value)


def _places(each: ElementTree.Element, left: float, top: float) -> Iterator[Place]:
    moved = _MOVED.match(each.get("transform", ""))
    if moved:
        left, top = left + float(moved[1]), top + float(moved[2] or 0)
    across = [_pixels(each.attrib[name]) for name in _ACROSS if name in each.attrib] or [0.0]
    down = [_pixels(each.attrib[name]) for name in _DOWN if name in each.attrib] or [0.0]
    if each.tag == "rect":
        across.append(across[0] + _pixels(each.attrib["width"]))
        down.append(down[0] + _pixels(each.attrib["height"]))
    if each.tag in {"rect", "line", "circle", "text"}:
        for x in across:
            for y in down:
                yield Place(left + x, top + y, each.tag)
    if each.tag == "svg":
        left, top = left + across[0], top + down[0]
    for child in each:
        yield from _places(child, left, top)
