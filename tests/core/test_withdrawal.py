"""The mark of a withdrawn release: its bytes, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import FIRST
from tests.core.strategies import moments, refs, texts

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import Digest
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.withdrawal import (
    MAX_WITHDRAWAL_BYTES,
    Withdrawal,
    read_withdrawal,
    withdrawal_to_bytes,
)

MARK = Withdrawal(
    ReleaseRef(FIRST, Digest("1a" * 32)), "größer", datetime(2026, 6, 10, 8, 20, tzinfo=UTC)
)
TREE: dict[str, Any] = json.loads(withdrawal_to_bytes(MARK))


def test_the_bytes_of_a_withdrawal() -> None:
    assert withdrawal_to_bytes(MARK).decode() == (
        "{\n"
        '  "reason": "größer",\n'
        '  "release": "alr_2026_06_09_001",\n'
        f'  "sha256": "{"1a" * 32}",\n'
        '  "withdrawn_at": "2026-06-10T08:20:00Z"\n'
        "}\n"
    )
    assert MARK.file_name == "alr_2026_06_09_001.json"


@given(st.builds(Withdrawal, refs, texts.filter(bool), moments))
def test_a_withdrawal_is_read_as_it_was_written(mark: Withdrawal) -> None:
    data = withdrawal_to_bytes(mark)
    assert read_withdrawal(data) == mark
    assert withdrawal_to_bytes(read_withdrawal(data)) == data


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("release", "alr_2026_06_09_000", "is not a release id"),
        ("sha256", "1A" * 32, "is not a SHA-256 digest"),
        ("reason", None, "expected text, found nothing"),
        ("reason", "", "an empty text in 'reason'"),
        ("withdrawn_at", "2026-06-10", "expected a UTC time"),
        ("withdrawn_at", "2026-06-10T08:20:00.5Z", "expected a UTC time"),
        ("until", "2026-07-10T08:20:00Z", "unknown key in 'until'"),
    ],
)
def test_malformed_withdrawals_are_refused(key: str, value: object, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_withdrawal(json.dumps({**TREE, key: value}).encode())


@pytest.mark.parametrize("key", sorted(TREE))
def test_every_key_is_required(key: str) -> None:
    with pytest.raises(Malformed, match=f"missing '{key}'"):
        read_withdrawal(json.dumps({k: v for k, v in TREE.items() if k != key}).encode())


@pytest.mark.parametrize("data", [b"", b"{}" + b" " * MAX_WITHDRAWAL_BYTES, b"\xff"])
def test_bytes_that_are_not_strict_json_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_withdrawal(data)
