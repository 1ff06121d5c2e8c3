"""Elements of SVG as text: escaped, in the order of the call, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Literal

from zumik.pages.charts.text_width import shortened
from zumik.reports.text import safe

_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Svg(str):
    """A chart's markup. A template takes it as it is: it asks `__html__` before it escapes."""

    __slots__ = ()

    def __html__(self) -> str:
        """The markup."""
        return str(self)


def element(tag: str, content: str = "", /, **attributes: str | float) -> str:
    """One element around markup. Numbers get at most two decimals; `stroke_width` has a hyphen."""
    named = "".join(
        f' {name.strip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{named}>{content}</{tag}>" if content else f"<{tag}{named}/>"


def percent(share: float) -> str:
    """A place across the chart, from 0 at the left to 1 at the right."""
    return f"{_number(share * 100)}%"


def at(across: float, down: float, content: str) -> str:
    """Markup whose own places are in pixels from a place across, 0 to 1, and pixels down."""
    return element("svg", content, x=percent(across), y=down, overflow="visible")


def text(words: str, **attributes: str | float) -> str:
    """Words from anywhere, on one line."""
    return element("text", escape(safe(words)), **attributes)


def fitting(words: str, room: float) -> str:
    """Words from anywhere as content of a text: without their middle where they have no room.

    All of them are then its title, which shows under a pointer.
    """
    words = safe(words)
    short = shortened(words, room)
    return escape(short) + ("" if short == words else element("title", escape(words)))


def chart(
    name: str,
    title: str,
    description: str,
    height: float,
    content: Iterable[str],
    *,
    role: Literal["img", "group"] = "img",
) -> Svg:
    """The whole chart. `name` is unique in its page; a `group` has parts that take the focus.

    Raises ValueError for a name that is no word in lowercase.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a chart: {name!r}")
    return Svg(
        element(
            "svg",
            "\n".join(
                [
                    "",
                    element("title", escape(safe(title)), id=f"{name}-title"),
                    element("desc", escape(safe(description)), id=f"{name}-desc"),
                    *content,
                    "",
                ]
            ),
            class_="chart",
            role=role,
            aria_labelledby=f"{name}-title {name}-desc",
            width="100%",
            height=height,
            font_size=13,
        )
    )


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
