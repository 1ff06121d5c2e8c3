"""Reading the conformance vectors: every file of a folder is a topic, every case in it a test."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zumik.core.basics.strict_json import to_canonical
from zumik.core.decisions.replay import Lookup
from zumik.core.releases.release import VerifiedRelease, digest_of, verify
from zumik.errors import CannotRun

HERE = Path(__file__).parent
SPECIFICATION = HERE.parents[1] / "schemas" / "SPECIFICATION.md"

_NUMBERED = re.compile(r"^\*\*([0-9]+\.[0-9]+)\*\* ", re.MULTILINE)


def cases(folder: str, key: str = "cases") -> list[Any]:
    """Every case of every file: what the file says for all its cases, overridden by the case."""
    return [
        pytest.param({**topic, **case}, id=f"{stem}: {case['title']}")
        for stem, topic in topics(folder)
        for case in topic.get(key, [])
    ]


def topics(folder: str) -> list[tuple[str, Any]]:
    """The files of a folder by name; a number with a point is the exact one that is written."""
    files = sorted((HERE / folder).glob("*.json"))
    return [(file.stem, json.loads(file.read_bytes(), parse_float=Decimal)) for file in files]


def vectors() -> Iterator[tuple[str, frozenset[str]]]:
    """Every vector by a name for people, and the paragraphs that it holds."""
    for folder in sorted(path.name for path in HERE.iterdir() if path.is_dir()):
        for stem, topic in topics(folder):
            for lists in topic.values():
                for case in lists if isinstance(lists, list) else ():
                    if isinstance(case, dict) and "title" in case:
                        holds = case.get("holds", topic.get("holds", ()))
                        yield f"{folder}/{stem}: {case['title']}", frozenset(holds)


def paragraphs() -> list[str]:
    """The numbers of the specification's paragraphs, in order."""
    return _NUMBERED.findall(SPECIFICATION.read_text(encoding="utf-8"))


def raw(case: Any) -> bytes:
    """The bytes that a case gives, as base64, as text or as an object that is a line."""
    if "line" in case:
        return json.dumps(case["line"]).encode()
    return base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode()


def verified(tree: Any) -> VerifiedRelease:
    """A release from its content."""
    data = to_canonical(tree)
    return verify(f"{tree['id']}.{digest_of(data)}.json", data)


def lookup(trees: Sequence[Any]) -> Lookup:
    """A store that has these releases and no other."""
    releases = {source.ref.id: source for source in map(verified, trees)}

    def look_up(release: Any) -> VerifiedRelease:
        if release not in releases:
            raise CannotRun(f"no release {release}")
        return releases[release]

    return look_up
