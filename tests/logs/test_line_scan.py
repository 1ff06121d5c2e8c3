"""The compiled scan takes nothing that the reader would not, and keeps apart what differs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.times import moment_of_log
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.formats.log_format import KeyPath

pytest.importorskip("numba")

import numpy as np

from zumik.logs.counted import scanned_calls
from zumik.logs.counted.apart import NONE_APART
from zumik.logs.counted.scanned_calls import ScannedCalls
from zumik.logs.scan import raw_bytes
from zumik.logs.scan.json_ends import list_end, number_end, scalar_end, text_end
from zumik.logs.scan.line_scan import PADDING, scan_lines
from zumik.logs.scan.line_shape import CLOCK, COUNT, DAY, Shape, Slot, shape_of
from zumik.logs.scan.raw_bytes import Bytes
from zumik.logs.scan.slot_ends import DAY as DAY_VALUE
from zumik.logs.scan.slot_ends import IN, count_end, epoch_end, time_end

EDGES = TokenEdges((0, 100, 1_000), (0, 50), (0, 1_050))

NEAR_JSON = st.lists(
    st.sampled_from(
        [bytes([byte]) for byte in b'"\\/bfnrtu0159aAFx{}[],:.-+eE \t\r\x00\x1f\x7f\x80\xa0\xbf']
        + [b"\xc3\xa9", b"\xe6\x97\xa5", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xf4\x90\x80\x80"]
        + [
            b"\xc0\xaf",
            b"\xe0\x80\x80",
            b"\xf0\x80\x80\x80",
            b"true",
            b"false",
            b"null",
            b"\\u00e9",
        ]
        + [b"plain text of more than eight bytes", b'", "', b"12345678"]
    ),
    max_size=12,
).map(b"".join)


def block_of(data: bytes) -> Bytes:
    return np.frombuffer(data + b"\n" * PADDING, dtype=np.uint8)


def is_json(data: bytes) -> bool:
    """Whether these bytes are one value of JSON in UTF-8, and nothing else."""
    if data != data.strip():
        return False
    try:
        json.loads(data.decode(), parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return False
    return True


@given(
    st.sampled_from([b'"', b"", b"-", b"1", b"["]), NEAR_JSON, st.sampled_from([b'"', b"", b"]"])
)
def test_what_a_scan_takes_is_json(begin: bytes, middle: bytes, end: bytes) -> None:
    data = begin + middle + end
    block = block_of(data)
    for ended in (scalar_end(block, 0, True), list_end(block, 0)):
        if ended >= 0:
            assert is_json(data[:ended])
    plain = scalar_end(block, 0, False)
    assert plain in (-1, scalar_end(block, 0, True))
    assert plain < 0 or b"\\" not in data[:plain]


@given(NEAR_JSON.filter(lambda data: b"\n" not in data))
def test_each_text_is_taken_whole(data: bytes) -> None:
    text = b'"' + data + b'"'
    if is_json(text) and type(json.loads(text)) is str:
        assert text_end(block_of(text + b" behind"), 0, True) == len(text)


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_each_number_is_taken_whole(number: float) -> None:
    text = json.dumps(number).encode()
    assert number_end(block_of(text + b", "), 0) == len(text)


def test_a_number_of_more_digits_than_are_looked_at_is_left_to_the_reader() -> None:
    assert number_end(block_of(b"1" * 1_000), 0) == 1_000
    assert number_end(block_of(b"1" * 1_001), 0) == -1


@given(
    st.from_regex(rb'[0-9]{1,20}[.eE0-9, }"]?', fullmatch=True),
)
def test_a_count_is_what_the_reader_holds_for_one(data: bytes) -> None:
    values = np.zeros(3, np.int64)
    end = count_end(block_of(data), 0, values, IN)
    match = re.match(COUNT, data)
    assert end == (match.end() if match else -1)
    assert values[IN] == (int(match[0]) if match else 0)


NEAR_TIMES = st.builds(
    lambda time, cut, put, more: (time[:cut] + put + time[cut + len(put) :] + more).encode(),
    st.one_of(
        st.datetimes().map(lambda time: time.isoformat()),
        st.from_regex(
            r"[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]", fullmatch=True
        ),
    ),
    st.integers(0, 30),
    st.sampled_from(["", "0", "9", "-", ":", "T", "x", "."]),
    st.sampled_from(["", "Z", "+00:00", "+01:00", ".5Z", ".1234567", ".", " "]),
)


@given(NEAR_TIMES)
def test_a_time_is_what_the_reader_holds_for_one_and_has_its_day(text: bytes) -> None:
    data = b'"' + text + b'"'
    values = np.zeros(3, np.int64)
    end = time_end(block_of(data), 0, values)
    assert end == (len(data) if re.fullmatch(DAY + CLOCK, text) else -1)
    if end > 0:
        try:
            day = date.fromisoformat(text[:10].decode()).toordinal()
        except ValueError:
            day = 0
        assert values[DAY_VALUE] == day


@given(st.integers(0, 10**11), st.sampled_from([b"", b".5", b".", b"e3", b".25E1", b"."]))
def test_seconds_since_1970_have_their_day(seconds: int, behind: bytes) -> None:
    data = b"%d%s" % (seconds, behind)
    values = np.zeros(3, np.int64)
    end = epoch_end(block_of(data + b", "), 0, values)
    is_time = 10**9 <= seconds < 10**10 and behind in (b"", b".5")
    assert end == (len(data) if is_time else -1)
    day = datetime.fromtimestamp(seconds, UTC).toordinal() if is_time else 0
    assert values[DAY_VALUE] == day


@pytest.mark.parametrize("day", [1_700_006_400, 8_640_000_000, 9_936_000_000])
@pytest.mark.parametrize("fraction", ["9", "999999", "9999999", "9999999999", "0000000"])
def test_the_end_of_a_day_is_of_the_day_that_the_reader_says(day: int, fraction: str) -> None:
    text = f"{day - 1}.{fraction}"
    values = np.zeros(3, np.int64)
    end = epoch_end(block_of(text.encode() + b", "), 0, values)
    moment = moment_of_log(json.loads(text))
    assert moment is not None
    assert (end, values[DAY_VALUE]) in ((len(text), moment.toordinal()), (-1, 0))
    assert (end < 0) is (len(fraction) > 6)


def slot_of(path: KeyPath) -> Slot:
    """`request` is one, `tags` are taken as they are written, as is all that begins with `x`."""
    match path:
        case ("request",):
            return Slot.REQUEST
        case ("request", "input_tokens"):
            return Slot.COUNT_IN
        case ("request", "output_tokens"):
            return Slot.COUNT_OUT
        case ("request", *_) | ("tags",):
            return Slot.EXACT
        case (*_, last) if last.startswith("x"):
            return Slot.EXACT
    return Slot.FREE


def finder(*lines: bytes) -> ScannedCalls:
    shapes: dict[Shape, None] = dict.fromkeys(shape_of(line, slot_of) for line in lines)
    return ScannedCalls(shapes, EDGES, NONE_APART, days=False)


def numbers(calls: ScannedCalls, *lines: bytes) -> list[int]:
    """The number of the key of each line; the same for equal calls, and -1 for an unknown line."""
    found: list[int] = calls.in_block(b"\n".join(lines)).numbers.tolist()
    return found


def test_equal_values_in_another_place_are_another_call() -> None:
    inner = b'{"a": 1, "x": "p", "o": {"a": 2, "x": "q"}}'
    outer = b'{"o": {"a": 1, "x": "p"}, "a": 2, "x": "q"}'
    first, second = numbers(finder(inner, outer), inner, outer)
    assert first != second


def test_an_empty_object_that_leads_to_what_decides_is_another_call_than_none() -> None:
    none, empty = b'{"x": "p"}', b'{"x": "p", "xo": {}}'
    first, second = numbers(finder(none, empty), none, empty)
    assert first != second


def test_values_next_to_each_other_are_kept_apart() -> None:
    calls = finder(b'{"x": 1, "xx": 23}')
    first, second = numbers(calls, b'{"x": 1, "xx": 23}', b'{"x": 12, "xx": 3}')
    assert first != second


def test_counts_between_the_same_limits_are_one_call_and_no_count_is_another() -> None:
    lines = [
        b'{"request": {"unavailable": [], "input_tokens": 101}}',
        b'{"request": {"unavailable": [], "input_tokens": 1000}}',
        b'{"request": {"unavailable": [], "input_tokens": 1001}}',
        b'{"request": {"unavailable": [], "input_tokens": 0}}',
        b'{"request": {"unavailable": []}}',
    ]
    found = numbers(finder(lines[0]), *lines)
    assert found[0] == found[1]
    assert len(set(found)) == 4
    assert -1 not in found


def test_a_request_that_another_program_wrote_is_taken_member_by_member() -> None:
    whole = b'{"request": {"unavailable": [], "input_tokens": 101}}'
    members = b'{"request": {"unavailable": [], "input_tokens": 5000, "y": 1}}'
    other = b'{"request": {"y": 1, "output_tokens": 7, "unavailable": []}}'
    lines = (whole, members, other, members.replace(b"5000", b"6000"), other.replace(b"7", b"51"))
    assert numbers(finder(whole, members, other), *lines) == [0, 1, 2, 1, 3]


def test_more_keys_than_the_table_holds_are_left_to_the_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanned_calls, "_MOST_KEYS", 4)
    calls = finder(b'{"x": 0}')
    lines = [b'{"x": %d}' % number for number in range(6)]
    assert numbers(calls, *lines) == [0, 1, 2, 3, -1, -1]
    assert numbers(calls, *lines[4:]) == [0, 1]


def test_a_value_that_is_too_long_for_a_key_is_left_to_the_reader() -> None:
    calls = finder(b'{"x": "a"}')
    assert numbers(calls, b'{"x": "%s"}' % (b"a" * 59_000)) == [0]
    assert numbers(calls, b'{"x": "%s"}' % (b"a" * 60_000)) == [-1]
    assert numbers(calls, b'{"f": "%s"}' % (b"a" * 200_000), b'{"x": "a"}') == [-1, 1]


@given(NEAR_JSON, st.integers(0, 80), st.integers(0, 4))
def test_a_line_that_was_changed_anywhere_is_unknown_or_json_with_the_same_values(
    put: bytes, at: int, removed: int
) -> None:
    request = b'"request": {"unavailable": []}'
    line = b'{"x": "pq", "f": 1.5, "tags": ["a", 2], "g": "free \\u00e9", %s}' % request
    put = put.replace(b"\n", b" ")
    changed = line[:at] + put + line[at + removed :]
    calls = finder(line)
    first, second = numbers(calls, line, changed)
    assert first == 0
    if second >= 0:
        assert is_json(changed.rstrip(b"\r"))
        old, new = json.loads(line), json.loads(changed)
        assert list(old) == list(new)
        same = all(old[key] == new[key] for key in ("x", "tags", "request"))
        assert second == 1 or same


def test_what_is_compiled_is_named_by_all_of_its_code() -> None:
    """Else a change of one file would go on with what was compiled of the others."""
    folder = Path(raw_bytes.__file__).parent
    code = sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()
    assert scan_lines.__qualname__ == f"scan_lines-{code[:16]}"


COMPILES = """
import resource, sys
from zumik.logs.scan.raw_bytes import compiled

if sys.argv[1:] == ["full"]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

@compiled
def twice(number):
    return 2 * number

print(twice(21), sum(twice.stats.cache_hits.values()))
"""


def test_files_of_compiled_code_that_fail_cost_only_time(tmp_path: Path) -> None:
    script, folder = tmp_path / "compiles.py", tmp_path / "compiled"
    script.write_text(COMPILES)

    def said(*arguments: str) -> str:
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
        command = [sys.executable, str(script), *arguments]
        return subprocess.check_output(command, env=environment, text=True)

    assert said("full") == "42 0\n"
    assert [said(), said()] == ["42 0\n", "42 1\n"]
    for ending in ("nbi", "nbc"):
        (damaged,) = folder.rglob(f"*.{ending}")
        damaged.write_bytes(damaged.read_bytes()[:100])
        assert [said(), said()] == ["42 0\n", "42 1\n"]
    folder.chmod(0o500)
    assert said().startswith("42 ")
