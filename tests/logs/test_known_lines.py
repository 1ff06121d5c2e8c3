"""Counting known lines gives what reading each line gives, to the letter."""

from __future__ import annotations

import io
import json
import multiprocessing
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benchmarks.damaged_lines import KINDS
from tests.benchmarks.log_generator import RELEASES, litellm_lines, zumik_lines

from zumik.core.decisions.log_line import MAX_LINE_BYTES, LogLine
from zumik.core.traffic.logged_call import LoggedCall, ReadEntry
from zumik.core.traffic.token_edges import token_edges
from zumik.errors import CannotRun
from zumik.logs.calls import calls_in
from zumik.logs.counted import (
    counting_processes,
    known_lines,
    line_blocks,
    line_ranges,
)
from zumik.logs.counted.counted_calls import counted_calls_in
from zumik.logs.counted.counting_processes import (
    Counted,
    CountingProcesses,
    Numbers,
    RangeCounter,
    Task,
)
from zumik.logs.counted.known_calls import Days
from zumik.logs.counted.known_lines import KnownLines
from zumik.logs.counted.line_blocks import LineBlocks
from zumik.logs.counted.line_ranges import LineRange
from zumik.workspace.store import Store


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """Lines are found without being read from the second block on, however small a log is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_lines, "LEAST_BYTES", 0)
        yield


STORE = Store.at(RELEASES)
EDGES = token_edges(
    model for release in STORE.releases for model in STORE.release(release).models.values()
)
GOOD = b"".join(zumik_lines(400, damage=0)).splitlines(keepends=True)

HAS_NUMBA = not isinstance(known_lines.scanning(), str)
needs_numba = pytest.mark.skipif(not HAS_NUMBA, reason="Numba is not installed")
"""Without it every line is read, and all other tests of this file hold."""


def decides(item: ReadEntry) -> object:
    """What is left of an item without what may differ between calls that are counted as one."""
    if not isinstance(item, LoggedCall) or item.decision is None:
        return item
    line = item.decision
    if line.reference.alias and not (line.release or line.reference.release):
        return item
    kept = item.format, item.fault, item.called, item.served, item.failed, item.taken_from
    return without_counts(line), kept


def without_counts(line: LogLine) -> object:
    line = line._replace(timestamp=None)
    if line.request is None:
        return line
    tokens = line.request.input_tokens, line.request.output_tokens
    ranks = EDGES.ranks(tokens[0] or 0, tokens[1] or 0)
    request = line.request._replace(input_tokens=None, output_tokens=None)
    return line._replace(request=request), ranks, tuple(count is None for count in tokens)


def summed(items: Iterable[ReadEntry]) -> Counter[object]:
    counts: Counter[object] = Counter()
    for item in items:
        counts[decides(item)] += item.calls if isinstance(item, LoggedCall) else 1
    return counts


def days_of(items: Iterable[ReadEntry]) -> dict[object, tuple[date, date]]:
    """The first and the last day of all calls that are equal."""
    days: dict[object, list[date]] = {}
    for item in items:
        if isinstance(item, LoggedCall) and item.at:
            days.setdefault(decides(item), []).append(item.at.date())
    return {key: (min(found), max(found)) for key, found in days.items()}


def calls_by_day(items: Iterable[ReadEntry]) -> Counter[object]:
    counts: Counter[object] = Counter()
    for item in items:
        if isinstance(item, LoggedCall):
            counts[decides(item), item.at and item.at.date()] += item.calls
    return counts


def assert_equal(path: Path, data: bytes, *, days: Days = Days.NONE) -> None:
    path.write_bytes(data)
    each = list(calls_in([str(path)]))
    counted = list(counted_calls_in([str(path)], EDGES, days=days))
    assert summed(counted) == summed(each)
    if days is not Days.NONE:
        assert days_of(counted) == days_of(each)
    if days is Days.EACH:
        assert calls_by_day(counted) == calls_by_day(each)


@pytest.mark.parametrize("days", Days)
@pytest.mark.parametrize("damage", [0, 0.02, 0.5])
def test_a_generated_log_is_counted_as_it_is_read(
    damage: float, days: Days, tmp_path: Path
) -> None:
    log = b"".join(zumik_lines(4_000, seed=5, damage=damage))
    assert_equal(tmp_path / "log.jsonl", log, days=days)


@pytest.mark.parametrize("days", Days)
@pytest.mark.parametrize("damage", [0, 0.2])
def test_payloads_of_litellm_are_counted_as_they_are_read(
    damage: float, days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_blocks, "_BLOCK_BYTES", 300_000)
    log = b"".join(litellm_lines(600, seed=5, damage=damage))
    assert_equal(tmp_path / "log.jsonl", log, days=days)
    assert_known(log, 300)


PAYLOADS = [json.loads(line) for line in b"".join(litellm_lines(200, damage=0)).splitlines()]


@pytest.mark.parametrize(
    "changed",
    [
        {"call_type": "list_mcp_tools"},
        {"cache_hit": True},
        {"status": "failure"},
        {"model_group": "another/model"},
        {"custom_llm_provider": "anthropic", "call_type": "anthropic_messages", "stream": False},
        {"metadata": "text"},
        {"metadata": json.dumps(PAYLOADS[0]["metadata"])},
        {"metadata": {"spend_logs_metadata": None, "requester_metadata": {}}},
        {"response": json.dumps(PAYLOADS[0]["response"])},
        {"response": {"model": "x"}},
        {"requested_model": "code.fast"},
        {"request_duration_ms": 3},
        {"messages": [{"role": "user", "content": 'say "hi"\n'}]},
    ],
    ids=str,
)
def test_a_payload_that_differs_where_it_decides_is_read(
    changed: dict[str, object], tmp_path: Path
) -> None:
    payloads = [
        {**payload, **changed} if number % 3 == 0 else payload
        for number, payload in enumerate(PAYLOADS)
    ]
    assert_equal(tmp_path / "log.jsonl", "\n".join(map(json.dumps, payloads)).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_each_damage_is_read_as_alone_among_known_lines(kind: str, tmp_path: Path) -> None:
    lines = list(GOOD)
    for place in range(100, 400, 60):
        lines[place] = KINDS[kind](lines[place])
    assert_equal(tmp_path / "log.jsonl", b"".join(lines))


BYTES = st.sampled_from(
    [bytes([number]) for number in range(256)]
    + [
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\n",
        b"\r\n",
        b"\xc3\xa9",
        b"0",
        b"-",
        b".",
    ]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(150, 399), st.floats(0, 1), st.integers(0, 3), BYTES),
        min_size=1,
        max_size=6,
    )
)
def test_any_change_of_a_known_line_is_read(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, float, int, bytes]]
) -> None:
    lines = list(GOOD)
    for place, where, removed, put in changes:
        line = lines[place]
        at = int(where * len(line))
        lines[place] = line[:at] + put + line[at + removed :]
    assert_equal(tmp_path_factory.getbasetemp() / "changed.jsonl", b"".join(lines))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(300, 399), st.floats(0, 1), st.integers(0, 3), BYTES),
        min_size=1,
        max_size=6,
    )
)
def test_any_change_of_a_line_whose_head_is_known_is_read(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, float, int, bytes]]
) -> None:
    lines = list(GOOD[:100]) * 4
    for place, where, removed, put in changes:
        line = lines[place]
        at = int(where * len(line))
        lines[place] = line[:at] + put + line[at + removed :]
    with pytest.MonkeyPatch.context() as patch:
        # All heads are known after the second block, and the changes come in the last ones.
        patch.setattr(line_blocks, "_BLOCK_BYTES", 30_000)
        assert_equal(
            tmp_path_factory.getbasetemp() / "changed.jsonl", b"".join(lines), days=Days.EACH
        )


COUNTS = st.sampled_from(
    sorted({max(0, edge + by) for kind in EDGES for edge in kind for by in (-1, 0, 1, 4_000)})
)
REQUESTS = [
    '{"unavailable": [%s], "input_tokens": %d, "output_tokens": %d}',
    '{"unavailable": [%s], "input_tokens": %d, "output_tokens": %d, "capabilities": ["tools"]}',
    '{"unavailable": [%s], "input_tokens": %d}',
    '{"unavailable": [%s], "output_tokens": %d, "input": ["image"]}',
    '{"unavailable": [%s], "input_tokens": 0%d}',
    '{"unavailable": [%s]%d}',
    '{"unavailable": [%s], %d}',
    '{"unavailable": [%s], "input_tokens": , "output_tokens": %d}',
    '{"unavailable": [%s], "input_tokens": %d, "output_tokens": }',
    '{"unavailable": [%s], "input_tokens": %d.0, "output_tokens": 5}',
    '{"unavailable": [%s], "input_tokens": 5, "output_tokens": %de0}',
    '{"unavailable": [%s], "output_tokens": 5, "output_tokens": %d}',
    '{"unavailable": [%s], "output_tokens": 5, "input_tokens": %d}',
]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(REQUESTS), COUNTS, COUNTS, st.sampled_from(["", '"a/a"'])),
        min_size=20,
        max_size=80,
    )
)
def test_counts_on_either_side_of_any_limit_are_counted_apart(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[str, int, int, str]]
) -> None:
    head, _, rest = GOOD[0].decode().partition('"request": ')
    tail = rest[rest.index("}") + 1 :]
    texts = [
        text % (lost, *(tokens_in, tokens_out)[: text.count("%d")])
        for text, tokens_in, tokens_out, lost in requests
    ]
    lines = [f'{head}"request": {text}{tail}'.encode() for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_blocks, "_BLOCK_BYTES", 20_000)
        data = b"".join([*GOOD[:120], *lines, *lines])
        assert_equal(tmp_path_factory.getbasetemp() / "counts.jsonl", data)


FIELDS = json.loads(GOOD[0])
ASKED = json.dumps(FIELDS["request"])


@pytest.mark.parametrize(
    "between",
    [
        f'"meta": {ASKED}',
        f'"meta": {ASKED}, "request": {ASKED}',
        f'"request": {ASKED}, "request": {ASKED}',
        f'"request": {{"request": {ASKED}}}',
        f'"meta": {{"request": {ASKED}',
        f'"meta": [{ASKED}]',
        f'"meta": [{ASKED}',
        f'"meta": "{ASKED}',
        f'"meta": "\\", \\"request\\": {ASKED}',
        f'"served_model": "a{{b", "request": {ASKED}',
        f'"served_model": "x/y", "request": {ASKED}',
        f'"request": {ASKED}}}, {{"served_model": "x/y"',
        f'"request": {ASKED}}}\n{{"served_model": "x/y"',
    ],
)
def test_a_request_in_another_place_is_no_request(between: str, tmp_path: Path) -> None:
    head, _, rest = GOOD[0].decode().partition('"request": ')
    line = f"{head}{between}{rest[rest.index('}') + 1 :]}".encode()
    lines = [*GOOD[:200], line, *GOOD[200:250], line, line, *GOOD[250:]]
    assert_equal(tmp_path / "log.jsonl", b"".join(lines))


@pytest.mark.parametrize(
    "between",
    [
        json.dumps(FIELDS, indent=2).encode() + b"\n",
        b"[\n" + GOOD[0].rstrip() + b",\n" + GOOD[1] + b"]\n",
        b"[\n" + GOOD[0] + GOOD[1],
        b"[" + GOOD[0].rstrip() + b"," + GOOD[1].rstrip() + b"]\n",
        GOOD[0][:200] + b"\n",
        GOOD[0][: GOOD[0].index(b'"alias_release"')] + b"\n",
        GOOD[0][: GOOD[0].index(b'"code') if b'"code' in GOOD[0] else 21] + b"\n\n\n",
        GOOD[0][:-2] + b',\n"x": 1}\n',
        b"plain text\n",
        b"\n\r\n  \n",
        b'{"log": ' + json.dumps(GOOD[0].decode()).encode() + b', "stream": "out", "time": "x"}\n',
        "é, 日本 and \u2028\n".encode(),
        json.dumps({**FIELDS, "note": "é 日本"}, ensure_ascii=False).encode() + b"\n",
        json.dumps({**FIELDS, "alias_release": None}).encode() + b"\n",
        json.dumps({**FIELDS, "alias_release": None, "requested_model": "x/y"}).encode() + b"\n",
    ],
    ids=range(15),
)
@pytest.mark.parametrize("block", [700, 3_000, 4_000_000])
def test_what_goes_on_over_lines_is_read_as_in_the_whole_file(
    between: bytes, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_blocks, "_BLOCK_BYTES", block)
    for at in (0, 150, 399):
        data = b"".join([*GOOD[:at], between * 3, *GOOD[at:]])
        assert_equal(tmp_path / "log.jsonl", data)
        assert_equal(tmp_path / "log.jsonl", data.rstrip())


@pytest.mark.parametrize("tail", [b"\n", b"{", b'{"a":', b"[", b"\xff"])
def test_the_end_of_a_file_is_read_as_it_is(tail: bytes, tmp_path: Path) -> None:
    assert_equal(tmp_path / "log.jsonl", b"".join(GOOD) + tail)


def test_lines_that_are_longer_than_an_entry_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (line_blocks, known_lines):
        monkeypatch.setattr(module, "MAX_ENTRY_BYTES", 5_000)
    for module in ("log_files", "entry_reader", "json_blocks"):
        monkeypatch.setattr(f"zumik.logs.files.{module}.MAX_ENTRY_BYTES", 5_000)
    long = json.dumps({**FIELDS, "prompt": "x" * 9_000}).encode() + b"\n"
    for at in (0, 150, 400):
        for block in (2_000, 4_000_000):
            monkeypatch.setattr(line_blocks, "_BLOCK_BYTES", block)
            assert_equal(tmp_path / "log.jsonl", b"".join([*GOOD[:at], long, *GOOD[at:]]))


@pytest.mark.parametrize("size", [MAX_LINE_BYTES - 1_000, MAX_LINE_BYTES + 1, 17_300_000])
@pytest.mark.parametrize("kind", ["zumik", "litellm"])
def test_a_line_that_is_too_long_is_refused_where_all_else_of_it_is_known(
    kind: str, size: int, tmp_path: Path
) -> None:
    fields = [FIELDS] if kind == "zumik" else PAYLOADS[:50]
    short = "".join(json.dumps({**each, "note": "x"}) + "\n" for each in fields)
    long = json.dumps({**fields[0], "note": "x" * size}) + "\n"
    data = short * (2_000 // len(fields))
    assert_equal(tmp_path / "log.jsonl", (data + long + short).encode())


@pytest.mark.parametrize("days", Days)
def test_a_payload_without_a_time_has_that_of_its_line(days: Days, tmp_path: Path) -> None:
    payloads = []
    for number in range(600):
        payload = json.loads(json.dumps(PAYLOADS[number % 200]))
        del payload["startTime"]
        line = payload["metadata"]["spend_logs_metadata"]
        line["timestamp"] = f"2026-01-{number % 28 + 1:02}T00:00:00Z"
        payloads.append(json.dumps(payload))
    assert_equal(tmp_path / "log.jsonl", "\n".join(payloads).encode(), days=days)


def test_escapes_and_other_text_where_it_decides_nothing_are_known(tmp_path: Path) -> None:
    random = Random(3)
    texts = ['a "quoted" word', "C:\\path", "line\nbreak", "é", "日本", "\u0001", "plain", ""]
    lines = [
        json.dumps(
            {**json.loads(line), "note": random.choice(texts), "n": random.random()},
            ensure_ascii=random.random() < 0.5,
        ).encode()
        + b"\n"
        for line in GOOD
    ]
    assert_equal(tmp_path / "log.jsonl", b"".join(lines))


def test_compact_and_reordered_lines_are_known(tmp_path: Path) -> None:
    for changed in (
        [json.dumps(json.loads(line), separators=(",", ":")) for line in GOOD],
        [json.dumps(json.loads(line), sort_keys=True) for line in GOOD],
        [line.decode().replace(": ", " :  ").rstrip() for line in GOOD],
    ):
        data = "\n".join(changed).encode()
        assert_equal(tmp_path / "log.jsonl", data)
        assert_known(data, 350)


def assert_known(data: bytes, most: int) -> None:
    """Fewer lines are read than `most`."""
    read = list(KnownLines(EDGES).calls_in(LineBlocks(io.BytesIO(data)), "log"))
    assert len(read) < most or not HAS_NUMBA


@pytest.mark.parametrize("days", Days)
def test_without_numba_each_line_is_read(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_lines, "scanning", lambda: NO_NUMBA)
    log = b"".join(zumik_lines(1_000, damage=0.1))
    assert_equal(tmp_path / "log.jsonl", log, days=days)
    assert sum(1 for _ in KnownLines(EDGES).calls_in(LineBlocks(io.BytesIO(log)), "log")) > 900


@needs_numba
@pytest.mark.parametrize("error", [EOFError, pickle.UnpicklingError, SystemError, PermissionError])
def test_where_numba_fails_each_line_is_read(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise error("a \x1b[31m word")

    monkeypatch.setattr("zumik.logs.counted.scanned_calls.warm_up", fails)
    said = known_lines.scanning.__wrapped__()
    assert said == f"Numba cannot run: {error.__name__}: 'a \\x1b[31m word'"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_large_log_is_said_to_take_long_without_numba(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 100_000)
    # Other processes find the same, whatever is changed in this one.
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    why = "NUMBA_DISABLE_JIT is set" if HAS_NUMBA else NO_NUMBA
    monkeypatch.setattr(known_lines, "scanning", lambda: why)
    paths = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    for path in paths:
        Path(path).write_bytes(b"".join(zumik_lines(1_000)))
    notes: list[str] = []
    list(counted_calls_in(paths, EDGES, say=notes.append, processes=processes))
    assert notes == [f"each line is read, which takes long; {why}"]


NO_NUMBA = "pip install 'zumik[logs]' adds Numba"


@needs_numba
def test_most_lines_of_a_log_are_counted_without_reading_them() -> None:
    data = b"".join(zumik_lines(20_000, damage=0))
    known = KnownLines(EDGES)
    read = sum(1 for _ in known.calls_in(LineBlocks(io.BytesIO(data)), "log"))
    assert read < 1_000
    assert sum(call.calls for call in known.taken()) == 20_000 - read


def test_the_value_of_equal_calls_is_the_first_of_them(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(zumik_lines(4_000, damage=0)))
    by_place = {call.place: call for call in calls_in([str(path)]) if isinstance(call, LoggedCall)}
    first: dict[object, LoggedCall] = {}
    for call in by_place.values():
        first.setdefault(decides(call), call)
    found: dict[object, LoggedCall] = {}
    for call in counted_calls_in([str(path)], EDGES):
        assert isinstance(call, LoggedCall)
        assert call._replace(calls=1) == by_place[call.place]
        kept = found.setdefault(decides(call), call)
        if call.place.line < kept.place.line:
            found[decides(call)] = call
    assert {key: call.place for key, call in found.items()} == {
        key: call.place for key, call in first.items()
    }


@needs_numba
def test_memory_is_bounded_by_giving_out_what_was_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zumik.logs.counted.scanned_calls.MOST_KNOWN", 50)
    monkeypatch.setattr(line_blocks, "_BLOCK_BYTES", 20_000)
    assert_equal(tmp_path / "log.jsonl", b"".join(zumik_lines(2_000)))


def test_other_formats_and_packed_files_are_read_too(tmp_path: Path) -> None:
    import gzip

    assert_equal(tmp_path / "log.jsonl", b"".join(litellm_lines(30)))
    assert_equal(tmp_path / "log.jsonl.gz", gzip.compress(b"".join(GOOD)))
    assert_equal(tmp_path / "log.jsonl.gz", gzip.compress(b"".join(GOOD))[:-9])
    assert_equal(tmp_path / "log.jsonl", "\ufeff".encode() + b"".join(GOOD))
    assert_equal(tmp_path / "log.jsonl", b"".join(GOOD).decode().encode("utf-16"))
    assert_equal(tmp_path / "log.jsonl", b"")


SPLIT = (
    b"2026-11-28T10:00:00.1Z stdout P " + GOOD[0][:200] + b"\n",
    b"2026-11-28T10:00:00.2Z stdout F " + GOOD[0][200:],
)


@pytest.mark.parametrize("kind", ["plain", "damaged", "split", "array"])
def test_ranges_of_a_file_are_counted_as_the_whole(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 50_000)
    lines = b"".join(zumik_lines(1_000, damage=0.1 if kind == "damaged" else 0)).splitlines(True)
    if kind == "split":
        lines[1:1] = SPLIT[:1]
        lines[400:400] = SPLIT[1:]
    if kind == "array":
        lines[5:900] = [b"[\n", *(line.rstrip() + b",\n" for line in lines[5:900]), b"]\n"]
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(lines))
    ranges = line_ranges.ranges_of(str(path))
    assert (len(ranges) > 5) is (kind != "array")
    each = list(calls_in([str(path)]))
    with ProcessesHere(Task(EDGES, False, Days.ENDS), 2) as counting:
        items = [*counting.calls_in(ranges), *counting.taken()]
    assert summed(items) == summed(each)
    assert days_of(items) == days_of(each)


@pytest.mark.parametrize("odd", [b"[\n", b'{"x":\n', b'{"x": [\n'])
def test_a_line_is_counted_in_one_range_where_a_reader_looks_beyond_its_end(
    odd: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 5_000)
    path = tmp_path / "log.jsonl"
    lines = [odd if place % 3 == 1 else line for place, line in enumerate(GOOD)]
    path.write_bytes(b"".join(lines))
    with ProcessesHere(Task(EDGES, False, Days.ENDS), 2) as counting:
        items = [*counting.calls_in(line_ranges.ranges_of(str(path))), *counting.taken()]
    assert summed(items) == summed(calls_in([str(path)]))


class ProcessesHere(CountingProcesses):
    """Counts in this process, each worker by itself, in an order that processes may have too."""

    def _in_order(self, ranges: list[LineRange]) -> Iterator[tuple[LineRange, Numbers, Counted]]:
        workers = [Numbers(RangeCounter(self._task)) for _ in range(self._number)]
        for place, of in enumerate(ranges):
            numbers = workers[place % 3 % 2]
            yield of, numbers, numbers.counter.counted(of)


@pytest.mark.slow
def test_processes_count_what_one_counts_and_end_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 500_000)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(zumik_lines(5_000)))
    by_line = summed(calls_in([str(path)]))
    assert summed(counted_calls_in([str(path)], EDGES, processes=2)) == by_line
    assert not multiprocessing.active_children()
    items = counted_calls_in([str(path)], EDGES, processes=2)
    next(items)
    assert multiprocessing.active_children()
    items.close()
    assert not multiprocessing.active_children()


@pytest.mark.slow
@needs_numba
def test_processes_forget_calls_when_too_many_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 300_000)
    monkeypatch.setattr(counting_processes, "MOST_KNOWN", 60)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(zumik_lines(8_000)))
    most = 0
    with CountingProcesses(Task(EDGES, False, Days.EACH), 2) as counting:
        items: list[ReadEntry] = []
        for item in counting.calls_in(line_ranges.ranges_of(str(path))):
            items.append(item)
            most = max(most, len(counting._calls))
        items += counting.taken()
    each = list(calls_in([str(path)]))
    assert summed(items) == summed(each)
    assert calls_by_day(items) == calls_by_day(each)
    distinct = {decides(item) for item in each if isinstance(item, LoggedCall)}
    assert most < len(distinct) / 2


def test_a_process_that_was_ended_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_ranges, "RANGE_BYTES", 100_000)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(zumik_lines(2_000)))
    with CountingProcesses(Task(EDGES, False, Days.NONE), 1) as counting:
        items = counting.calls_in(line_ranges.ranges_of(str(path)))
        next(items)
        for child in multiprocessing.active_children():
            child.kill()
        with pytest.raises(CannotRun, match="was ended from outside"):
            list(items)
