"""Each place of a document with each hard value: both refuse it, or both read it alike."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.engines import Node
from tests.browser.python_answers import answer

from zumik.core.basics.strict_json import to_canonical
from zumik.core.releases.release import digest_of

DOCUMENTS = json.loads((Path(__file__).parent / "documents.json").read_bytes())
VALUES = DOCUMENTS.pop("values")
KEYS = ["__proto__", "constructor", "x", "A B", "x" * 65, "listed", "expected_cost", "variants"]


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value, in order."""
    for key in tree if isinstance(tree, dict) else range(len(tree)):
        yield (*path, key)
        if isinstance(tree[key], dict | list):
            yield from places(tree[key], (*path, key))


def bent(tree: Any) -> Iterator[tuple[str, Any]]:
    """The tree with one value changed, dropped or under another key, and what was done."""
    for path in places(tree):
        changes = [("=", value) for value in VALUES] + [("drop", None)]
        changes += [("key", key) for key in KEYS if isinstance(path[-1], str)]
        for change, value in changes:
            copied = copy.deepcopy(tree)
            parent = copied
            for key in path[:-1]:
                parent = parent[key]
            if change == "=":
                parent[path[-1]] = value
            else:
                old = parent.pop(path[-1])
                if change == "key":
                    parent[value] = old
            yield f"{path} {change} {value}"[:200], copied


def question_of(kind: str, tree: Any) -> dict[str, str]:
    data = to_canonical(tree)
    content = base64.b64encode(data).decode()
    if kind == "line":
        return {"ask": "line", "bytes": content}
    if kind == "release":
        name = f"{DOCUMENTS[kind]['id']}.{digest_of(data)}.json"
        return {"ask": "release", "file_name": name, "bytes": content}
    return {"ask": "file", "kind": kind, "bytes": content}


def differing(node: Node, kind: str) -> list[tuple[str, Any, Any]]:
    found = []
    for what, tree in bent(DOCUMENTS[kind]):
        question = question_of(kind, tree)
        pair = node.ask(question), answer(question)
        for each in pair:
            # What is bent is no longer what freezing gives.
            if kind == "release" and each is not None:
                del each["refrozen"]
        if pair[0] != pair[1]:
            found.append((what, *pair))
    return found


@pytest.mark.parametrize("kind", ["line", "pointer", "withdrawal", "drains"])
def test_each_place_of_a_small_file_and_of_a_line(node: Node, kind: str) -> None:
    assert differing(node, kind) == []


@pytest.mark.slow
def test_each_place_of_a_release(node: Node) -> None:
    assert differing(node, "release") == []
