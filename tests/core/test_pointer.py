"""The live pointer: its bytes, its generations, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import CODE_FAST, FIRST
from tests.core.strategies import moments, refs, texts

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import AliasName, Digest
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.live.pointer import (
    KINDS,
    MAX_POINTER_BYTES,
    Pointer,
    next_pointer,
    pointer_to_bytes,
    read_pointer,
)
from zumik.core.releases.release import ReleaseRef

POINTER = Pointer(
    alias=CODE_FAST,
    target=ReleaseRef(FIRST, Digest("1a" * 32)),
    generation=4,
    kind="promote",
    proposed_at=datetime(2026, 6, 9, 9, tzinfo=UTC),
    reason="größer",
)
TREE: dict[str, Any] = json.loads(pointer_to_bytes(POINTER))

pointers = st.builds(
    Pointer,
    st.sampled_from([CODE_FAST, AliasName("auto.balanced")]),
    refs,
    st.integers(0, 10**17),
    st.sampled_from(KINDS),
    moments,
    st.none() | texts,
)


def test_the_bytes_of_a_pointer() -> None:
    assert pointer_to_bytes(POINTER).decode() == (
        "{\n"
        '  "alias": "code.fast",\n'
        '  "generation": 4,\n'
        '  "kind": "promote",\n'
        '  "proposed_at": "2026-06-09T09:00:00Z",\n'
        '  "reason": "größer",\n'
        '  "release": "alr_2026_06_09_001",\n'
        f'  "sha256": "{"1a" * 32}"\n'
        "}\n"
    )
    assert POINTER.file_name == "code.fast.json"


@given(pointers)
def test_a_pointer_is_read_as_it_was_written(pointer: Pointer) -> None:
    data = pointer_to_bytes(pointer)
    assert read_pointer(data) == pointer
    assert pointer_to_bytes(read_pointer(data)) == data


@given(st.lists(st.tuples(refs, st.sampled_from(KINDS), moments), min_size=1, max_size=4))
def test_every_move_is_a_later_generation(moves: list[tuple[ReleaseRef, str, datetime]]) -> None:
    previous = None
    for generation, (target, kind, now) in enumerate(moves, 1):
        previous = next_pointer(CODE_FAST, target, previous, kind=kind, reason=None, now=now)
        assert previous == Pointer(CODE_FAST, target, generation, kind, now, None)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("alias", "Code.Fast", "is not an alias name"),
        ("alias", "con", "device name"),
        ("release", "alr_2026_06_09_000", "is not a release id"),
        ("sha256", "1A" * 32, "is not a SHA-256 digest"),
        ("sha256", None, "expected text, found nothing"),
        ("generation", "4", "expected a whole number, found text"),
        ("generation", -1, "expected a whole number"),
        ("generation", True, "expected a whole number, found true or false"),
        ("kind", "PROMOTE", "expected one of promote, rollback, retire"),
        ("kind", ["promote"], "expected one of promote, rollback, retire"),
        ("proposed_at", "2026-06-09", "expected a UTC time"),
        ("proposed_at", "2026-06-09T09:00:00+02:00", "expected a UTC time"),
        ("reason", 7, "expected text"),
        ("surprise", 1, "unknown key in 'surprise'"),
    ],
)
def test_malformed_pointers_are_refused(key: str, value: object, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_pointer(json.dumps({**TREE, key: value}).encode())


@pytest.mark.parametrize("key", sorted(TREE))
def test_every_key_is_required(key: str) -> None:
    with pytest.raises(Malformed, match=f"missing '{key}'"):
        read_pointer(json.dumps({k: v for k, v in TREE.items() if k != key}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]" + b" " * MAX_POINTER_BYTES,
        b'{"generation": 1.0}',
        b'{"alias": "a", "alias": "b"}',
        b"\xff",
    ],
    ids=lambda data: repr(data)[:20],
)
def test_bytes_that_are_not_strict_json_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_pointer(data)


def test_a_pointer_is_an_object() -> None:
    with pytest.raises(Malformed, match="expected an object, found a list"):
        read_pointer(b"[]")
