"""Emitting: what is written is read back as the same value, in quotes only where it needs them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.writer import EditRefused, emit, emit_text, equal_trees, provider_file


def read(text: str) -> object:
    reading = read_yaml("x.yaml", text.encode())
    assert reading.findings == ()
    assert reading.document is not None
    return reading.document.value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"input": 1, "output": Decimal("0.10")}, "{input: 1, output: 0.10}"),
        (["text", "image"], "[text, image]"),
        (Decimal("1E+2"), "100"),
        (Decimal("1E-9"), "0.000000001"),
        ("2026-11-12", "2026-11-12"),
        ("litellm 1.109.1", "litellm 1.109.1"),
        ("litellm 1.109.1, 2026-11-12", '"litellm 1.109.1, 2026-11-12"'),
        ("amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("org/with+slash@1:free", "org/with+slash@1:free"),
        ("the provider's page", "the provider's page"),
        ("yes", '"yes"'),
        ("010", '"010"'),
        ("1:30", '"1:30"'),
        ("7b", "7b"),
        ("1e3", '"1e3"'),
        ("0.5", '"0.5"'),
        ("null", '"null"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("*", '"*"'),
        ("two\nlines", '"two\\nlines"'),
        ("größer", '"größer"'),
        ([None, True, {}, []], "[null, true, {}, []]"),
    ],
)
def test_values_are_written_in_flow_style(value: object, text: str) -> None:
    assert emit(value) == text


_TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\u2028\u2029\ufeff\ufffe\uffff", min_codepoint=32
    ),
    max_size=30,
).filter(lambda text: not re.search("[\x7f-\x9f]", text)) | st.from_regex(
    r"[-+0-9a-fnoyx.,:/'\" #&*!|>%@`?\[\]{}]{0,8}", fullmatch=True
)
_SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.decimals(-(10**9), 10**9, places=9)
    | _TEXT
)
_TREE = st.recursive(
    _SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(_TREE, st.integers(0, 120))
def test_reading_what_was_emitted_gives_the_value(value: object, column: int) -> None:
    assert equal_trees(
        read("k:" + " " * (column + 1) + emit(value, column=column + 3)), {"k": value}
    )


@given(_TEXT)
def test_reading_an_emitted_key_gives_the_key(key: str) -> None:
    assert read(f"{emit_text(key)}: 1") == {key: 1}


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,9}", fullmatch=True),
        st.dictionaries(_TEXT, _TREE, max_size=3),
        max_size=3,
    )
)
def test_a_new_file_holds_the_given_values(models: dict[str, dict[str, object]]) -> None:
    text = provider_file("x", models, header=["# odd\nline", ""])
    assert equal_trees(read(text), {"provider": "x", "models": models})
    assert text.startswith("# # odd\\nline\n#\n")


@pytest.mark.parametrize("text", ["\x07", "\x85", "\u2028", "\ufeff", "\ud800", "\r"])
def test_unwritable_text_is_refused(text: str) -> None:
    with pytest.raises(EditRefused) as caught:
        emit({"note": [text]})
    assert caught.value.message.isprintable()
