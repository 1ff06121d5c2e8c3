"""Strict and canonical JSON: one reading, one writing. The conformance vectors hold more cases."""

from __future__ import annotations

import json
import random
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics import json_place
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
        assert re.search(r" at [0-9]+:[0-9]+$", refused)
        return
    assert value == json.loads(raw)
    assert from_strict(to_canonical(value)) == value


DEEP = 100_000

REFUSED = [
    (b"", "not JSON: Expecting value at 1:1"),
    (b"{}{}", "not JSON: Extra data at 1:3"),
    (b"[1 2]", "not JSON: Expecting ',' delimiter at 1:4"),
    (b'{"a": 1, "a": 1}', "has the key 'a' twice in one object at 1:10"),
    (b'{"a": 1, "\\u0061": 1}', "has the key 'a' twice in one object at 1:10"),
    (b'[[{"b": {"a": 1, "a": 2}}]]', "has the key 'a' twice in one object at 1:18"),
    (
        b'{"a": {"a": ["a", "a"]},\n "b": 1,\n\t"a": 2}',
        "has the key 'a' twice in one object at 3:2",
    ),
    (b'{"a": ":", "b": ",{", "a": 1}', "has the key 'a' twice in one object at 1:23"),
    (b'{"\\"": 1, "\\\\": 1, "\\"": 1}', "has the key '\"' twice in one object at 1:20"),
    (b'{"a": 1, "a": NaN}', "has the key 'a' twice in one object at 1:10"),
    (b'{"a": NaN, "a": 1}', "has NaN, which JSON does not know at 1:7"),
    (b"1.5", "has a float where only integers and decimal strings are allowed at 1:1"),
    (b"[1,\r\n-1e2]", "has a float where only integers and decimal strings are allowed at 2:1"),
    (b'["1.5", "NaN", NaN]', "has NaN, which JSON does not know at 1:16"),
    (b"[-Infinity]", "has -Infinity, which JSON does not know at 1:2"),
    (b"9" * 400, "has an integer of 400 digits at 1:1"),
    (b"[1, -" + b"9" * 400 + b"]", "has an integer of 401 digits at 1:5"),
    (b"[\n\n" + b"9" * 19 + b"]", "has an integer of 19 digits at 3:1"),
    (b"\xef\xbb\xbf{}", "has a byte order mark at 1:1"),
    (b'"\xff"', "not UTF-8 at 1:2"),
    ('["\u00fc",\n"\u00fc'.encode() + b'\xed\xa0\x80"]', "not UTF-8 at 2:3"),
    (b'"\\ud800"', "holds half of a surrogate pair at 1:2"),
    (b'"\\ud83d\\ude00\\uDFFF"', "holds half of a surrogate pair at 1:14"),
    (b'"\\uDFFF"', "holds half of a surrogate pair at 1:2"),
    (b'["\\\\ud83d",\n"\\ud83d-\\ude00"]', "holds half of a surrogate pair at 2:2"),
    (b'["\\ud83d", "\\ude00"]', "holds half of a surrogate pair at 1:3"),
    (b'{"\\udc00": 1}', "holds half of a surrogate pair at 1:3"),
    (b"[" * DEEP + b"]" * DEEP, f"nested too deeply at 1:{DEEP}"),
    (b'{"a":' * DEEP + b"1" + b"}" * DEEP, f"nested too deeply at 1:{5 * DEEP - 4}"),
    (b"[" * DEEP, f"nested too deeply at 1:{DEEP}"),
    (b"[" * DEEP + b'"' + b'\\"[' * DEEP, f"nested too deeply at 1:{DEEP}"),
]


@pytest.mark.parametrize(("data", "why"), REFUSED, ids=lambda data: repr(data)[:24])
def test_refusals_and_their_reasons(data: bytes, why: str) -> None:
    with pytest.raises(MalformedJson) as refused:
        from_strict(data)
    assert refused.value.message == why


def test_what_a_reader_of_numbers_refuses_has_a_place_too() -> None:
    def read(number: str) -> Fraction:
        if len(number) > 5:
            raise MalformedJson("too long")
        return Fraction(number)

    assert from_strict(b"[1.25, 1e2]", fraction=read) == [Fraction(5, 4), 100]
    with pytest.raises(MalformedJson, match=r"^too long at 2:2$"):
        from_strict(b"[1.25,\n 1.2345, NaN]", fraction=read)


def test_a_fault_after_a_million_tokens_has_a_place_that_it_comes_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_place, "_MOST", 4)
    with pytest.raises(MalformedJson, match=r"^has NaN, which JSON does not know after 1:4$"):
        from_strict(b"[1,2,3,NaN]")


@given(trees, st.sampled_from(["NaN", "1.5", "9" * 30, '{"a": 0, "a": 0}', r'"\ud800"']), styles)
def test_a_fault_is_found_where_it_stands(tree: Any, fault: str, style: Any) -> None:
    before, _, after = json.dumps([tree, "FAULT HERE", tree], **style).partition('"FAULT HERE"')
    with pytest.raises(MalformedJson) as refused:
        from_strict(f"{before}{fault}{after}".encode())
    line, column = map(int, refused.value.message.rpartition(" at ")[2].split(":"))
    inside = {"{": fault.rfind('"a"'), '"': 1}.get(fault[0], 0)
    lines = (before + fault[:inside]).split("\n")
    assert (line, column) == (len(lines), len(lines[-1]) + 1)


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
