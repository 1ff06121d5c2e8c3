"""Input that is made to break a reader: size, depth, names of JavaScript, halves of characters."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.browser.python_answers import answer
from tests.core.builders import CODE_FAST, alias, frozen, scored

from zumik.core.releases.release import release_to_bytes

LINE = b'{"requested_model": "code.fast"%s}'
# Names that every object of JavaScript has, or that change it.
NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def strict(data: bytes) -> dict[str, str]:
    return {"ask": "strict", "bytes": packed(data)}


def line(members: bytes) -> dict[str, str]:
    return {"ask": "line", "bytes": packed(LINE % members)}


QUESTIONS = {
    "a deep list": strict(b"[" * 200_000),
    "a deep list that ends": strict(b"[" * 200_000 + b"]" * 200_000),
    "a deep object": strict(b'{"a":' * 200_000),
    "a deep list in a line": line(b', "x": ' + b"[" * 200_000 + b"]" * 200_000),
    "a deep text in a line": line(b', "request": ' + json.dumps("[" * 200_000).encode()),
    "an integer of 100,000 digits": strict(b"9" * 100_000),
    "such an integer in a line": line(b', "x": ' + b"9" * 100_000),
    "such a count": line(b', "candidates_considered": ' + b"9" * 100_000),
    "such a time": line(b', "timestamp": ' + b"9" * 100_000),
    "a number out of range": line(b', "timestamp": 1e999999999, "x": -1e999999999'),
    "a million keys that are equal": line(b', "x": {' + b'"a": 1, ' * 90_000 + b'"a": 1}'),
    "half of a surrogate pair": line(b', "served_model": "\\ud800", "x": "\\udc00\\ud800"'),
    "a surrogate as UTF-8": line(b', "x": "\xed\xa0\xbd"'),
    "a text that no pattern may try twice": line(
        b', "served_model": "' + b"us.anthropic." * 20_000 + b'"'
    ),
    **{f"a key {name}": line(b', "%s": {"served_model": "x"}' % name.encode()) for name in NAMES},
    **{
        f"a need {name}": line(b', "request": {"%s": {"unavailable": []}}' % name.encode())
        for name in NAMES
    },
    **{f"an object with {name}": strict(json.dumps({name: {"a": 1}}).encode()) for name in NAMES},
}


def test_hostile_input_is_answered_as_in_python(engine: Any) -> None:
    found = dict(zip(QUESTIONS, engine.ask_all(list(QUESTIONS.values())), strict=True))
    assert found == {name: answer(question) for name, question in QUESTIONS.items()}


def test_nothing_that_was_read_is_left_in_later_objects(node: Any) -> None:
    node.ask(line(b', "__proto__": {"alias_release": "alr_2026_06_09_003", "size": 9}'))
    assert node.ask(line(b"")) == {"requested_model": "code.fast"}


def test_a_line_of_50_mb_is_refused_before_it_is_read(engine: Any) -> None:
    question = {**line(b""), "size": 50_000_000}
    assert engine.ask_all([question, {**line(b""), "size": 1_048_576}]) == [
        None,
        {"requested_model": "code.fast"},
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_may_have_any_name(node: Any, name: str) -> None:
    source = frozen(
        alias("maximize q", require={"floating_allowed": True}),
        models=[scored("a/x", q="1", **{name: "2"}), scored("a/constructor", q="2")],
    )
    content = release_to_bytes(source.release)
    question = {"ask": "release", "file_name": source.ref.file_name, "bytes": packed(content)}
    assert node.ask(question) == answer(question)
    assert node.ask(question)["aliases"][CODE_FAST]["ranking"] == ["a/constructor", "a/x"]
