"""Log lines: what is read of them, and what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.names import Digest, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.decisions.log_line import (
    MAX_LINE_BYTES,
    LogLine,
    UnreadableLine,
    from_receipt,
    from_reference,
    read_log_line,
)
from zumik.core.facts.request import NOTHING_ASKED, Request

FULL: dict[str, Any] = {
    "requested_model": "code.fast",
    "alias_release": "alr_2026_06_09_003",
    "resolved_model": "anthropic/claude-haiku-4-5",
    "candidates_considered": 3,
    "resolution_reason": "lowest_expected_latency_under_policy",
    "alias_release_sha256": "1a" * 32,
    "resolved_revision": "claude-haiku-4-5-20251001",
    "request": {"unavailable": []},
    "served_model": "claude-haiku-4-5-20251001",
    "timestamp": "2026-06-09T09:00:00Z",
}
READ = LogLine(
    reference=Reference.parse("code.fast"),
    release=ReleaseId("alr_2026_06_09_003"),
    sha256=Digest("1a" * 32),
    model=ModelId("anthropic/claude-haiku-4-5"),
    considered=3,
    reason="lowest_expected_latency_under_policy",
    revision="claude-haiku-4-5-20251001",
    request=NOTHING_ASKED,
    served_model="claude-haiku-4-5-20251001",
    timestamp=datetime(2026, 6, 9, 9, tzinfo=UTC),
)


def line(**fields: object) -> bytes:
    return json.dumps({**FULL, **fields}).encode()


def test_a_line_with_every_field_is_read() -> None:
    assert read_log_line(line()) == READ
    assert READ.digest_start == "1a" * 32


@given(st.permutations(sorted(FULL)), st.booleans())
def test_the_fields_are_read_in_any_order(keys: list[str], ascii_only: bool) -> None:
    data = json.dumps({key: FULL[key] for key in keys}, ensure_ascii=ascii_only).encode()
    assert read_log_line(data) == READ


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])).filter(lambda key: key not in FULL),
        st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text("a\x1b\u202e"),
    )
)
def test_unknown_fields_are_ignored(extra: dict[str, Any]) -> None:
    assert read_log_line(json.dumps({**extra, **FULL}).encode()) == READ


@given(
    st.sets(st.sampled_from(sorted(set(FULL) - {"requested_model"}))),
    st.sampled_from([..., None, ""]),
)
def test_an_absent_field_a_null_and_an_empty_text_are_not_logged(
    keys: set[str], empty: object
) -> None:
    fields = {k: empty if k in keys else v for k, v in FULL.items()}
    fields = {k: v for k, v in fields.items() if v is not ...}
    read = read_log_line(json.dumps(fields).encode())
    expected = {
        "alias_release": "release",
        "alias_release_sha256": "sha256",
        "resolved_model": "model",
        "candidates_considered": "considered",
        "resolution_reason": "reason",
        "resolved_revision": "revision",
    }
    assert read == READ._replace(**{expected.get(key, key): None for key in keys})


def test_a_request_and_its_needs() -> None:
    asked = {
        "unavailable": ["a/x", "b/y:z@1"],
        "input_tokens": 0,
        "output_tokens": 5,
        "capabilities": ["tools"],
        "input": ["text", "image"],
    }
    assert read_log_line(line(request=asked)).request == Request(
        0, 5, ("tools",), ("text", "image"), (ModelId("a/x"), ModelId("b/y:z@1"))
    )
    assert read_log_line(line(request={})).request == NOTHING_ASKED


@pytest.mark.parametrize("requested", ["code.fast@alr_2026_06_09_003", "openai/gpt-5:high"])
def test_any_reference_can_be_logged(requested: str) -> None:
    assert read_log_line(line(requested_model=requested)).reference == Reference.parse(requested)


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-09T09:00:00Z",
        "2026-06-09T09:00:00+00:00",
        "2026-06-09T11:00:00+02:00",
        "2026-06-08T23:00:00-10:00",
        "2026-06-09 09:00:00",
        "2026-06-09T09:00:00.000",
        "20260609T090000Z",
        "2026-06-09t09:00:00z",
        "2026-06-09 09:00:00 UTC",
        "2026/06/09 09:00:00",
        "2026-06-09T08:59:60Z",
        "2026-06-09 09:00:00,000",
        "09/Jun/2026:09:00:00 +0000",
        "09/Jun/2026:11:00:00 +0200",
        1780995600,
        1780995600.0,
        1780995600000,
        1780995600000000,
        1780995600000000000,
        "1780995600",
        "1780995600000",
        {"$date": "2026-06-09T09:00:00Z"},
        {"$date": 1780995600000},
    ],
    ids=repr,
)
def test_times_are_read_in_utc_however_they_are_written(written: object) -> None:
    found = read_log_line(line(timestamp=written)).timestamp
    assert found == READ.timestamp
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "99/Foo/2026:09:00:00 +0000",
        "1" * 30,
        "x" * 1000,
        -1,
        7,
        1e300,
        True,
        [],
        {"$date": {}},
        {"a": 1, "b": 2},
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_time_that_is_none_is_left_alone(written: object) -> None:
    assert read_log_line(line(timestamp=written)) == READ._replace(timestamp=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"candidates_considered": 3.0},
        {"candidates_considered": "3"},
        {"candidates_considered": "3.0"},
        {"request": '{"unavailable": []}'},
        {"request": '{"unavailable": null, "input_tokens": ""}'},
        {"request": {"unavailable": None}},
    ],
    ids=repr,
)
def test_what_a_store_has_bent_is_read_for_what_it_can_only_mean(fields: dict[str, Any]) -> None:
    assert read_log_line(line(**fields)) == READ


def test_a_bent_request_is_the_same_request() -> None:
    asked = {"input_tokens": 3000.0, "output_tokens": "7", "unavailable": ["a/x", "a/x"]}
    assert read_log_line(line(request=asked)).request == Request(
        3000, 7, unavailable=(ModelId("a/x"),)
    )


@pytest.mark.parametrize(
    "foreign",
    [
        b'"dd.trace_id": 12345678901234567890',
        b'"timeUnixNano": 1781000000000000000',
        b'"huge": ' + b"9" * 5000,
        b'"x": NaN, "y": [Infinity, -Infinity]',
        b'"x": {"y": 1, "y": 2}, "z": 1, "z": 2',
        b'"x": "\\ud83d"',
        b'"x": 1e999',
        b'"x": ' + b"[" * 60 + b"]" * 60,
        b'"x": "' + b"[{" * 500 + b'"',
        b'"x": "\\"[[", "\\u00e9": null',
        b'"Resolved_Model": "a/b"',
    ],
    ids=lambda data: repr(data)[:30],
)
def test_what_stands_beside_our_fields_is_left_alone(foreign: bytes) -> None:
    assert read_log_line(line()[:-1] + b", " + foreign + b"}") == READ
    assert read_log_line(b"{" + foreign + b", " + line()[1:]) == READ


@pytest.mark.parametrize(("depth", "readable"), [(99, True), (100, False), (3000, False)])
def test_the_depth_of_a_line_is_bounded_alike_everywhere(depth: int, readable: bool) -> None:
    data = line()[:-1] + b', "x": ' + b"[" * depth + b"]" * depth + b"}"
    if readable:
        assert read_log_line(data) == READ
        return
    with pytest.raises(UnreadableLine, match="nested too deeply"):
        read_log_line(data)


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in FULL.items() if name != key}).encode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"code.fast", "not JSON"),
        (b"requested_model=code.fast", "not JSON"),
        (line()[:-1], "not JSON"),
        (line() + line(), "not JSON"),
        (line() + b"\n" + line(), "not JSON"),
        (b"[" + line() + b"]", "expected a JSON object"),
        (b'"code.fast"', "expected a JSON object"),
        (b"null", "expected a JSON object"),
        (b"7", "expected a JSON object"),
        (b"\xff" + line(), "not UTF-8"),
        (b"\xef\xbb\xbf" + line(), "byte order mark"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"requested_model": "a", "requested_model": "a"}', "'requested_model' twice"),
        (b'{"requested_model": "a", "requested\\u005fmodel": "b"}', "'requested_model' twice"),
        (b'{"requested_model": "a", "request": {"input": [], "input": []}}', "twice in 'request'"),
        (without("requested_model"), "missing 'requested_model'"),
        (line(requested_model=None), "missing 'requested_model'"),
        (line(requested_model=7), "expected text"),
        (line(requested_model=""), "missing 'requested_model'"),
        (line(requested_model="\ud800"), "is not an alias name"),
        (line(requested_model="Code.Fast"), "is not an alias name"),
        (line(requested_model="code.fast\n"), "is not an alias name"),
        (line(alias_release="alr_1"), "is not a release id"),
        (line(alias_release=3), "expected text"),
        (line(alias_release_sha256="1a" * 31), "is not a SHA-256 digest"),
        (line(alias_release_sha256="1A" * 32), "is not a SHA-256 digest"),
        (line(resolved_model="claude"), "is not a model id"),
        (line(candidates_considered="3.5"), "expected a whole number"),
        (line(candidates_considered="-3"), "expected a whole number"),
        (line(candidates_considered="3e0"), "expected a whole number"),
        (line(candidates_considered=10**19), "expected a whole number"),
        (line(candidates_considered=1e300), "expected a whole number"),
        (line(candidates_considered=-3), "expected a whole number"),
        (line(candidates_considered=True), "expected a whole number"),
        (line(resolution_reason=["x"]), "expected text"),
        (line(resolved_revision={}), "expected text"),
        (line(request=[]), "expected an object"),
        (line(request="tools"), "not JSON"),
        (line(request="[]"), "expected an object"),
        (line(request='{"input": [], "input": []}'), "the same key twice"),
        (line(request={"unavailable": "a/x"}), "expected a list"),
        (line(request={"unavailable": ["x"]}), "is not a model id"),
        (line(request={"input_tokens": 1.5}), "expected a whole number"),
        (line(request={"input_tokens": -1}), "expected a whole number"),
        (line(request={"capabilities": ["tools", 1]}), "expected text"),
        (line(request={"temperature": 1}), "unknown key"),
    ],
    ids=lambda data: repr(data)[:40],
)
def test_unreadable_lines_and_their_reasons(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableLine, match=why) as failed:
        read_log_line(data)
    assert failed.value.exit_code == 4
    assert failed.value.hint


def test_a_line_of_fifty_megabytes_is_not_parsed() -> None:
    data = line(x="x" * 50_000_000)
    with pytest.raises(UnreadableLine, match=r"50,000,\d{3} bytes, more than the 1,048,576"):
        read_log_line(data)


def test_a_line_of_the_largest_size_is_read() -> None:
    padding = MAX_LINE_BYTES - len(line(x=""))
    assert read_log_line(line(x="y" * padding)) == READ
    with pytest.raises(UnreadableLine, match="1,048,577 bytes"):
        read_log_line(line(x="y" * (padding + 1)))


NASTY = "\x1b[2J\u202e\x00"


@pytest.mark.parametrize(
    "fields",
    [
        {"requested_model": NASTY},
        {"requested_model": f"code.fast@{NASTY}"},
        {"requested_model": f"a/{NASTY}"},
        {"alias_release": NASTY},
        {"alias_release_sha256": NASTY},
        {"resolved_model": NASTY},
        {"request": {NASTY: 1}},
        {"request": {"unavailable": [NASTY]}},
        {NASTY: 1, "requested_model": 1},
    ],
    ids=repr,
)
def test_nothing_of_a_line_is_echoed_raw(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreadableLine) as failed:
        read_log_line(line(**fields))
    assert failed.value.message.isprintable()


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
def test_garbage_is_refused_and_never_crashes(data: bytes) -> None:
    with pytest.raises(UnreadableLine):
        read_log_line(data)


@given(
    st.sampled_from(sorted(FULL)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    ),
)
def test_any_value_is_read_or_refused(key: str, value: object) -> None:
    try:
        read = read_log_line(line(**{key: value}))
    except UnreadableLine:
        return
    assert isinstance(read.reference, Reference)


def test_a_receipt_has_four_fields() -> None:
    model = "vertex/claude:beta@2026/x"
    receipt = Receipt.parse(f"code.fast@alr_2026_06_09_003:1a2b3c4d5e6f={model}")
    read = from_receipt(receipt)
    assert read == LogLine(
        Reference.parse("code.fast"),
        release=ReleaseId("alr_2026_06_09_003"),
        digest_prefix="1a2b3c4d5e6f",
        model=ModelId(model),
    )
    assert read.digest_start == "1a2b3c4d5e6f"


@pytest.mark.parametrize("field", sorted(FULL))
def test_a_line_is_logged_however_little_it_says(field: str) -> None:
    data = json.dumps({"requested_model": "code.fast", field: FULL[field]}).encode()
    assert read_log_line(data).is_logged


def test_a_reference_that_was_typed_is_not_logged() -> None:
    typed = from_reference("code.fast@alr_2026_06_09_003", NOTHING_ASKED)
    assert not typed.is_logged
    assert typed.reference.release == "alr_2026_06_09_003"
    assert typed.request == NOTHING_ASKED
