"""Edits in place: what they change, and all that they must leave alone."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zumik.yaml_text.document import Document
from zumik.yaml_text.editor import Edit, edit_yaml
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.writer import Block, EditRefused, emit, equal_trees

FILE = """\
# yaml-language-server: $schema=catalog.schema.json
provider: anthropic   # who serves it
models:
  # The small one.
  claude-haiku-4-5:
    revision: "claude-haiku-4-5-20251001"
    limits: {context_tokens: 200000,   # the window
             output_tokens: 64000}
    input: [text, image]   # no pdf yet
    capabilities:
      - tools          # asked for everywhere
      # more to come
    price:   # list prices
      input: 1
      output: 5        # per million
      batch_input: 0.5 # half
      tiers:
        - {above_input_tokens: 200000, input: 2}   # long ones
      source: litellm 1.98.0
    # The end of the small one.

  claude-opus-5: {price: {input: 5, output: 25}}   # on one line
"""

HAIKU = ("models", "claude-haiku-4-5")
PRICE = (*HAIKU, "price")


def read(text: str) -> Document:
    reading = read_yaml("x.yaml", text.encode())
    assert reading.findings == ()
    assert reading.document is not None
    return reading.document


def edited(text: str, *edits: Edit) -> str:
    return edit_yaml(read(text), edits)


def lines(text: str) -> list[str]:
    """The lines of FILE that an edit took out, and those it put in."""
    before, after = FILE.splitlines(), text.splitlines()
    gone = [f"-{line}" for line in before if line not in after]
    return gone + [f"+{line}" for line in after if line not in before]


@pytest.mark.parametrize(
    ("path", "value", "difference"),
    [
        (
            (*PRICE, "output"),
            Decimal("4.5"),
            [
                "-      output: 5        # per million",
                "+      output: 4.5        # per million",
            ],
        ),
        (
            (*HAIKU, "limits", "output_tokens"),
            32000,
            ["-             output_tokens: 64000}", "+             output_tokens: 32000}"],
        ),
        (
            (*HAIKU, "limits", "input_tokens"),
            200000,
            [
                "-             output_tokens: 64000}",
                "+             output_tokens: 64000, input_tokens: 200000}",
            ],
        ),
        (
            (*HAIKU, "input", 2),
            "pdf",
            [
                "-    input: [text, image]   # no pdf yet",
                "+    input: [text, image, pdf]   # no pdf yet",
            ],
        ),
        ((*HAIKU, "capabilities", 1), "reasoning", ["+      - reasoning"]),
        ((*PRICE, "observed_on"), "2026-11-12", ["+      observed_on: 2026-11-12"]),
        ((*HAIKU, "retires_on"), "2027-01-01", ["+    retires_on: 2027-01-01"]),
        (
            (*HAIKU, "sources", "limits"),
            "litellm 1.109.1, 2026-11-12",
            ['+    sources: {limits: "litellm 1.109.1, 2026-11-12"}'],
        ),
        (
            ("models", "claude-opus-5", "price", "cache_read"),
            Decimal("0.5"),
            [
                "-  claude-opus-5: {price: {input: 5, output: 25}}   # on one line",
                "+  claude-opus-5: {price: {input: 5, output: 25, cache_read: 0.5}}"
                "   # on one line",
            ],
        ),
        (
            ("models", "claude-opus-5", "price", "input"),
            None,
            [
                "-  claude-opus-5: {price: {input: 5, output: 25}}   # on one line",
                "+  claude-opus-5: {price: {output: 25}}   # on one line",
            ],
        ),
        (
            ("models", "claude-opus-5", "price", "output"),
            None,
            [
                "-  claude-opus-5: {price: {input: 5, output: 25}}   # on one line",
                "+  claude-opus-5: {price: {input: 5}}   # on one line",
            ],
        ),
        (
            (*PRICE, "batch_input"),
            None,
            ["-      batch_input: 0.5 # half", "+      # half"],
        ),
        ((*PRICE, "source"), None, ["-      source: litellm 1.98.0"]),
        ((*PRICE, "input"), Decimal("1.0"), []),
    ],
)
def test_an_edit_touches_only_its_own_line(path: Any, value: object, difference: list[str]) -> None:
    assert lines(edited(FILE, (path, value))) == difference


def test_a_new_key_follows_the_last_of_its_mapping_and_not_the_comment_after_it() -> None:
    text = edited(FILE, ((*HAIKU, "retires_on"), "2027-01-01"))
    assert (
        "source: litellm 1.98.0\n    retires_on: 2027-01-01\n    # The end of the small one.\n"
        in text
    )


def test_comments_inside_a_replaced_value_stay() -> None:
    text = edited(FILE, (PRICE, {"input": 2, "output": 8}))
    assert (
        "    price: {input: 2, output: 8}  # list prices\n    # per million\n    # half\n"
        "    # long ones\n    # The end" in text
    )
    text = edited(FILE, ((*HAIKU, "limits"), {"output_tokens": 1}))
    assert "    limits: {output_tokens: 1}  # the window\n    input:" in text


def test_the_comment_beside_the_bar_of_a_block_text_stays() -> None:
    text = "a:\n  note: |  # why\n    two\n    lines\n\n  b: 1\n"
    assert edited(text, (("a", "note"), "one")) == "a:\n  note: one  # why\n\n  b: 1\n"
    assert edited(text, (("a", "note"), None)) == "a:\n  # why\n\n  b: 1\n"
    assert edited("a: |\n  text\n", (("b",), 1)) == "a: |\n  text\nb: 1\n"


def test_comments_inside_a_removed_value_stay() -> None:
    text = edited(FILE, (PRICE, None))
    assert (
        "      # more to come\n    # list prices\n    # per million\n    # half\n    # long ones\n"
        "    # The end" in text
    )
    text = edited(FILE, ((*HAIKU, "limits", "context_tokens"), None))
    assert "    limits: { # the window\n             output_tokens: 64000}\n" in text


def test_a_model_is_appended_as_a_block_like_the_others() -> None:
    facts = {"input": ["text"], "price": {"input": 1, "tiers": [{"above_input_tokens": 1}]}}
    text = edited(FILE, (("models", "claude-sonnet-5"), Block(facts)))
    assert text == FILE + (
        "\n  claude-sonnet-5:\n    input: [text]\n"
        "    price: {input: 1, tiers: [{above_input_tokens: 1}]}\n"
    )


def test_a_model_is_appended_to_a_file_that_has_none() -> None:
    text = edited(
        "provider: x\nmodels: {} # none yet\n", (("models", "m"), Block({"pinned": True}))
    )
    assert text == "provider: x\nmodels:\n  m:\n    pinned: true # none yet\n"


def test_a_model_is_appended_at_the_file_s_indentation() -> None:
    text = edited(
        "models:\n    a:\n        pinned: true", (("models", "b"), Block({"pinned": False}))
    )
    assert text == "models:\n    a:\n        pinned: true\n    b:\n        pinned: false"


def test_line_ends_are_those_of_the_file() -> None:
    text = edited("a:\r\n  b: 1   # x\r\n# end\r\n", (("a", "c"), 2), (("d",), Block({"e": [1]})))
    assert text == "a:\r\n  b: 1   # x\r\n  c: 2\r\nd:\r\n  e: [1]\r\n# end\r\n"


def test_edits_of_one_mapping_go_together() -> None:
    text = edited(
        "a: {b: 1, c: 2, d: 3, e: 4,}\n",
        (("a", "b"), None),
        (("a", "d"), None),
        (("a", "e"), None),
        (("a", "c"), 5),
        (("a", "f", "g"), 6),
        (("a", "f", "h"), 7),
    )
    assert text == "a: {c: 5, f: {g: 6, h: 7},}\n"


def test_a_long_mapping_continues_on_the_next_lines() -> None:
    facts = {f"number_{number:02}": number for number in range(12)}
    text = edited("a:\n  price: {input: 1}\n", (("a", "price"), facts))
    assert text.splitlines()[2].startswith("          number_")
    assert all(len(line) <= 100 for line in text.splitlines())
    text = edited(text, (("a", "price", "one_more_key_with_a_long_name"), "word " * 8))
    assert text.splitlines()[-1].startswith("          one_more_key")


def test_with_an_order_a_new_key_stands_where_a_person_looks_for_it() -> None:
    text = "m:\n  name: x  # its name\n  # Read this.\n  note: >-\n    long\n    text\n\nend: 1\n"
    edits = [(("m", "kind"), "z"), (("m", "other"), 2), (("m", "price", "input"), 1)]
    assert edit_yaml(read(text), edits, ("name", "kind", "price", "note")) == (
        "m:\n  name: x  # its name\n  kind: z\n  price: {input: 1}\n  # Read this.\n"
        "  note: >-\n    long\n    text\n  other: 2\n\nend: 1\n"
    )


def test_with_an_order_brackets_whose_keys_change_are_written_again_whole() -> None:
    text = "p: {b: 1.50,\n  old: 2, tiers: [{above: 5,   b: 3}]}\nq: {b:   1}\n"
    edits: list[Edit] = [
        (("p", "old"), None),
        (("p", "a"), 0),
        (("p", "tiers", 0, "a"), 4),
        (("q", "b"), 2),
    ]
    after = edit_yaml(read(text), edits, ("above", "a", "b", "tiers"))
    assert after == "p: {a: 0, b: 1.50, tiers: [{above: 5, a: 4, b: 3}]}\nq: {b:   2}\n"
    with_comment = text.replace("1.50,", "1.50,  # checked")
    after = edit_yaml(read(with_comment), edits, ("above", "a", "b", "tiers"))
    assert after.startswith("p: {b: 1.50,  # checked\n  tiers: [{above: 5,   b: 3, a: 4}], a: 0}")


def test_a_mapping_of_several_lines_begins_a_line() -> None:
    tiers = [{f"number_{number:02}": number for number in range(8)}]
    price = {"input": 1, "tiers": tiers, "z": 2}
    text = edited("a:\n  price: {input: 1}\n", (("a", "price"), price))
    assert text.splitlines()[1:] == [
        "  price: {input: 1,",
        "          tiers: [{number_00: 0, number_01: 1, number_02: 2, number_03: 3, number_04: 4,",
        "                   number_05: 5, number_06: 6, number_07: 7}], z: 2}",
    ]


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a: 1\n", (("a", "b"), 2)),
        ("a: [1]\n", (("a", 3), 2)),
        ("a: [1]\n", (("a", 0), None)),
        ("a: 1\n", (("b",), None)),
        ("a: 1\n", ((), {})),
        ("a:\n  b: 1\n", (("a", "b"), None)),
        ("a:\n  - b: 1\n    c: 2\n", (("a", 0, "b"), None)),
        ("a: |+\n  text\n\n\n", (("b",), 1)),
        ("a: 1\n", (("b",), "\x07")),
        ("a: 1\n", (("b",), 10**50)),
    ],
)
def test_an_edit_that_does_not_fit_in_place_is_refused(text: str, edit: Edit) -> None:
    with pytest.raises(EditRefused):
        edited(text, edit)


def test_two_edits_of_one_value_are_refused() -> None:
    with pytest.raises(EditRefused, match="two edits of the same place"):
        edited("a: {b: 1}\n", (("a",), {"b": 2}), (("a", "b"), 3))


# Any file, any edit


class Writer:
    """Writes a tree as YAML in styles and with comments that hypothesis draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.comments = 0

    def chance(self) -> bool:
        return self.draw(st.integers(0, 3)) == 0

    def comment(self) -> str:
        if not self.chance():
            return ""
        self.comments += 1
        return f" # c{self.comments}!"

    def scalar(self, value: object) -> str:
        if isinstance(value, str) and self.chance():
            return "'" + value.replace("'", "''") + "'" if self.chance() else f'"{value}"'
        return emit(value)

    def flow(self, value: Any, indent: int) -> str:
        if not isinstance(value, dict | list):
            return self.scalar(value)
        items = (
            [f"{key}: {self.flow(item, indent)}" for key, item in value.items()]
            if isinstance(value, dict)
            else [self.flow(item, indent) for item in value]
        )
        text = ""
        for place, item in enumerate(items):
            comma = "," if place < len(items) - 1 or self.chance() else ""
            comment = self.comment()
            text += item + comma + (f"{comment}\n{' ' * indent}" if comment else " " * bool(comma))
        return ("{" + text + "}") if isinstance(value, dict) else "[" + text + "]"

    def block(self, value: Any, indent: int) -> str:
        """Lines of a mapping or list that is not empty, each with its line end."""
        text = ""
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            pad = " " * indent
            if comment := self.comment():
                text += pad + comment + "\n"
            if self.chance():
                text += "\n"
            text += pad + (f"{key}:" if isinstance(value, dict) else "-")
            if isinstance(item, dict | list) and item and self.draw(st.booleans()):
                text += (
                    self.comment() + "\n" + self.block(item, indent + self.draw(st.integers(1, 4)))
                )
            else:
                text += " " + self.flow(item, indent + 1) + self.comment() + "\n"
        return text


_WORDS = st.sampled_from(["a", "b", "price", "input", "v1:0", "x/y", "long-name-of-a-key"])
_LEAF = st.integers(0, 99) | st.sampled_from(["word", "two words", "1.2.3", "2026-11-12", "it's"])
_DATA = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def files(draw: st.DrawFn) -> str:
    tree = draw(st.dictionaries(_WORDS, _DATA, min_size=1, max_size=4))
    text = Writer(draw).block(tree, 0)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text if draw(st.booleans()) else text.rstrip("\r\n")


def places(value: Any, path: Any = ()) -> list[tuple[Any, Any]]:
    found = [(path, value)]
    for step in (
        value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    ):
        found += places(value[step], (*path, step))
    return found


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"# c[0-9]+!", text))


PATIENT = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@PATIENT
@given(files(), st.data())
def test_replacing_a_scalar_changes_its_span_and_no_other_byte(
    text: str, data: st.DataObject
) -> None:
    document = read(text)
    scalars = [p for p, value in places(document.value) if not isinstance(value, dict | list)]
    assume(scalars)
    path = data.draw(st.sampled_from(scalars))
    start, end = document.span(path)
    assert edit_yaml(document, [(path, "new text")]) == text[:start] + "new text" + text[end:]


@PATIENT
@given(files(), st.data())
def test_replacing_anything_keeps_every_comment(text: str, data: st.DataObject) -> None:
    document = read(text)
    path = data.draw(st.sampled_from([path for path, _ in places(document.value) if path]))
    value = data.draw(_DATA)
    after = edit_yaml(document, [(path, value)])
    assert comments(after) == comments(text)
    _, end = document.span(path)
    assert after.endswith(text[end:])


@PATIENT
@given(files(), st.data())
def test_inserting_only_inserts(text: str, data: st.DataObject) -> None:
    document = read(text)
    containers = [(p, v) for p, v in places(document.value) if isinstance(v, dict | list)]
    path, container = data.draw(st.sampled_from(containers))
    step = "new-key" if isinstance(container, dict) else len(container)
    value = data.draw(_DATA)
    after = edit_yaml(document, [((*path, step), value)])
    cut = next(
        i for i in range(len(text) + 1) if not text.startswith(after[: i + 1]) or i == len(text)
    )
    assert any(after.endswith(text[i:]) for i in range(cut + 1))


@PATIENT
@given(files(), st.data())
def test_removing_a_key_keeps_every_other_line_and_comment(text: str, data: st.DataObject) -> None:
    document = read(text)
    keys = [
        (*path, key)
        for path, value in places(document.value)
        if isinstance(value, dict) and len(value) > 1
        for key in value
    ]
    assume(keys)
    path = data.draw(st.sampled_from(keys))
    after = edit_yaml(document, [(path, None)])
    assert comments(after) == comments(text)
    _, end = document.span(path)
    first = text.rfind("\n", 0, document.span(path[:-1])[0]) + 1
    assert after.startswith(text[:first])
    assert after.endswith(text[end:].partition("\n")[2])


@PATIENT
@given(files(), st.data())
def test_many_edits_at_once_equal_the_edits_one_by_one(text: str, data: st.DataObject) -> None:
    document = read(text)
    leaves = [p for p, value in places(document.value) if not isinstance(value, dict | list)]
    maps = [(p, value) for p, value in places(document.value) if isinstance(value, dict)]
    keys = [(*path, next(iter(value))) for path, value in maps if len(value) > 1]
    gone = data.draw(st.sampled_from([*keys, None]))
    edits: list[Edit] = [(path, data.draw(_DATA)) for path in leaves if data.draw(st.booleans())]
    for path, _ in data.draw(st.lists(st.sampled_from(maps), max_size=3, unique_by=lambda m: m[0])):
        edits += [((*path, "new", "one"), 1), ((*path, "new", "two"), data.draw(_DATA))]
    if gone is not None:
        edits = [edit for edit in edits if edit[0][: len(gone)] != gone] + [(gone, None)]
    together = edit_yaml(document, edits)
    step = text
    for edit in edits:
        step = edit_yaml(read(step), [edit])
    assert equal_trees(read(together).value, read(step).value)
    assert comments(together) == comments(text)
    ordered = edit_yaml(document, edits, data.draw(st.permutations(["new", "one", "two", "a"])))
    assert equal_trees(read(ordered).value, read(together).value)
    assert sorted(comments(ordered)) == sorted(comments(text))
