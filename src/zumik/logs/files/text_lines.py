"""Lines of text around JSON: what a logger, syslog, grep or a terminal put before or into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.times import moment_of_log

# What stands before the JSON is short; a brace far behind is part of a text.
_MAX_PREFIX = 2048
_MAX_STARTS = 4

_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:?]*[ -/]*[@-~]")
_START = re.compile(r'(?:^|(?<=[\s:=|\]>)\-,\'"`]))(?:\{\s*["\\]|\[\s*\{|"\{|"\\?"?\{)')
_TIME = r"(?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{5,8}(?:[.,][0-9]+)?(?:Z|[+-][0-9:]{5,6})?)"
_ANY_PREFIX = "text before the JSON"
_PREFIXES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("CRI prefix", _TIME + r" (?:stdout|stderr) [FP](?::\S+)? "),
        ("syslog prefix", r"<[0-9]{1,3}>(?:1 " + _TIME + r")?"),
        ("syslog prefix", r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} "),
        ("file:line: prefix", r"[^\s:{]+:[0-9]+:"),
        ("logger prefix", r"\[?(?:[A-Z]{4,8}|debug|info|warning|error)\b"),
        ("logger prefix", r"\[?" + _TIME),
        (_ANY_PREFIX, r""),
    )
)


class JsonText(NamedTuple):
    """A text that is to be JSON: what was taken off around it ("" for nothing), and its time."""

    name: str
    text: str
    at: datetime | None = None


def json_inside(text: str) -> Iterator[JsonText]:
    """The texts in a text that may be JSON, the most likely first. The text itself comes first."""
    stripped = text.strip().strip("\0").lstrip("\ufeff")
    colourless = _COLOUR.sub("", stripped) if "\x1b" in stripped or "\x9b" in stripped else stripped
    name = "" if colourless == stripped else "terminal colours"
    start = colourless.lstrip()[:1]
    if start in ("{", "[", '"'):
        yield JsonText(name, colourless)
    if start in ("{", '"') and (unescaped := _unescaped(colourless)):
        yield JsonText("escaped text", unescaped)
    # Inside of broken JSON nothing is looked for: it would be another reading of a damaged line.
    if start != "{" and not (start == "[" and _START.match(colourless)):
        yield from _behind_prefix(colourless)


def _unescaped(text: str) -> str | None:
    """The JSON that was copied out of a JSON text or a CSV cell, with its escapes."""
    head = text[:80].replace(" ", "")
    if head.startswith(('{\\"', '"{\\"')):
        try:
            inner = json.loads('"' + text.strip('"') + '"', strict=False)
        except ValueError:
            return None
        return inner if isinstance(inner, str) else None
    if head.startswith(('{""', '"{""')) and not head.startswith('{"":'):
        return text.removeprefix('"').removesuffix('"').replace('""', '"')
    return None


def _behind_prefix(text: str) -> Iterator[JsonText]:
    name, at = "", None
    starts = 0
    for match in _START.finditer(text, 0, _MAX_PREFIX):
        if match.start() == 0 or starts == _MAX_STARTS:
            continue
        if not starts:
            name, at = _prefix(text[: match.start()])
        starts += 1
        for inner in _to_end(text[match.start() :]):
            yield JsonText(name, inner, at)


def _to_end(rest: str) -> Iterator[str]:
    """From a start to the end of what may be JSON; a logger may write more behind it."""
    if rest[0] == '"':
        try:
            inner, _ = json.JSONDecoder(strict=False).raw_decode(rest)
        except (ValueError, RecursionError):
            pass
        else:
            if isinstance(inner, str) and inner[2:]:
                yield inner
        rest = rest[1:]
        if not rest.startswith("{"):
            return
    end = rest.rfind("}" if rest[0] == "{" else "]") + 1
    whole = rest[:end] if end else rest
    unescaped = _unescaped(whole)
    yield unescaped if unescaped else whole


def _prefix(prefix: str) -> tuple[str, datetime | None]:
    """What the text before the JSON is, and the time in it."""
    for name, pattern in _PREFIXES:
        match = pattern.match(prefix)
        if match:
            at = match.groupdict().get("at")
            return name, moment_of_log(at) if at else None
    return _ANY_PREFIX, None
