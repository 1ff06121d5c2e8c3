"""Strict and canonical JSON: one reading, one writing. The conformance vectors hold more cases."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.foreign_json import foreign_json_of_text
from zumik.core.basics.strict_json import MAX_BYTES, MalformedJson, from_strict, to_canonical

whole = st.integers(-(10**17) + 1, 10**18 - 1)
clean_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
trees = st.recursive(
    st.none() | st.booleans() | whole | clean_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(clean_texts, inner, max_size=3),
    max_leaves=12,
)
styles = st.fixed_dictionaries(
    {
        "ensure_ascii": st.booleans(),
        "sort_keys": st.booleans(),
        "indent": st.sampled_from([None, 0, 1, 4, "\t"]),
        "separators": st.sampled_from([None, (",", ":"), (" , ", "\r\n:\t")]),
    }
)


@given(trees, styles)
def test_strict_json_reads_clean_input_as_json_does(tree: Any, style: Any) -> None:
    data = json.dumps(tree, **style).encode()
    assert from_strict(data) == json.loads(data) == tree


@given(st.floats(allow_nan=False, allow_infinity=False) | whole, styles)
def test_fractions_are_read_where_allowed(number: float, style: Any) -> None:
    data = json.dumps({"a": [number]}, **style).encode()
    assert from_strict(data, fraction=float) == {"a": [number]}
    if isinstance(number, float):
        with pytest.raises(MalformedJson, match="has a float"):
            from_strict(data)


@given(trees)
def test_canonical_json_reads_back_and_has_one_form(tree: Any) -> None:
    data = to_canonical(tree)
    assert from_strict(data) == tree
    assert to_canonical(from_strict(data)) == data
    assert data.endswith(b"\n")
    assert not data.endswith(b"\n\n")


@given(st.dictionaries(clean_texts, trees, min_size=2), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(tree: dict[str, Any], order: random.Random) -> None:
    shuffled = list(tree.items())
    order.shuffle(shuffled)
    assert to_canonical(dict(shuffled)) == to_canonical(tree)


@given(st.dictionaries(clean_texts, st.none(), min_size=1))
def test_keys_are_in_the_order_of_their_code_points(tree: dict[str, None]) -> None:
    written = list(json.loads(to_canonical(tree)))
    assert written == sorted(tree, key=lambda key: [ord(char) for char in key])
    assert written == sorted(tree, key=str.encode)


@given(st.binary(max_size=40) | st.text('{}[]",:\\u0dDaAeE1-.\n \ufeff\ud800', max_size=20))
def test_any_garbage_is_refused(data: bytes | str) -> None:
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    try:
        value = from_strict(raw)
    except MalformedJson as error:
        refused = error.message
        assert refused.isprintable()
        return
    assert value == json.loads(raw)
    assert from_strict(to_canonical(value)) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{}{}", "not JSON"),
        (b"[1 2]", "not JSON"),
        (b'{"a": 1, "a": 1}', "the key 'a' twice"),
        (b'{"a": 1, "\\u0061": 1}', "the key 'a' twice"),
        (b'[[{"b": {"a": 1, "a": 2}}]]', "the key 'a' twice"),
        (b"1.5", "has a float"),
        (b"1e2", "has a float"),
        (b"NaN", "which JSON does not know"),
        (b"[-Infinity]", "which JSON does not know"),
        (b"9" * 400, "integer of 400 digits"),
        (b"-" + b"9" * 400, "integer of 401 digits"),
        (b"9" * 19, "integer of 19 digits"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b'"\\uDFFF"', "half of a surrogate pair"),
        (b'{"\\udc00": 1}', "half of a surrogate pair"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
    ],
    ids=lambda data: repr(data)[:24],
)  # fmt: skip
def test_refusals_and_their_reasons(data: bytes, why: str) -> None:
    with pytest.raises(MalformedJson, match=why):
        from_strict(data)


def test_a_surrogate_pair_is_one_character() -> None:
    assert from_strict(b'"\\ud83d\\ude00"') == "\U0001f600"
    assert from_strict(b'"\\\\ud83d"') == "\\ud83d"


def test_eighteen_digits_are_read() -> None:
    assert from_strict(b"9" * 18) == 10**18 - 1


def test_size_is_checked_before_parsing() -> None:
    assert from_strict(b"[1]", max_bytes=3) == [1]
    with pytest.raises(MalformedJson, match="4 bytes, more than the 3"):
        from_strict(b"\xff\xff\xff\xff", max_bytes=3)
    with pytest.raises(MalformedJson, match="more than the 67,108,864"):
        from_strict(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"], ids=repr)
def test_only_readable_values_are_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"not JSON compliant|surrogates not allowed"):
        to_canonical({"a": value})


@pytest.mark.parametrize("text", [b'{"a": "b', b'{"a": "\x01"}'])
def test_the_place_of_a_fault_is_said_once(text: bytes) -> None:
    for read in (from_strict, lambda data: foreign_json_of_text(data.decode())):
        with pytest.raises(MalformedJson, match=r"[a-z] at 1:[0-9]+$") as caught:
            read(text)
        assert " at at " not in caught.value.message
