"""What a worker of Spark holds back at the ends of its part of a file; no Spark is needed here."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from zumik.core.basics.names import AliasName
from zumik.core.traffic.logged_call import LoggedCall, Place
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_in_text
from zumik.logs.spark.spark_sums import HasKey, Sums, Task, call_key
from zumik.logs.spark.spark_tasks import TextLines, path_of

OBJECT = b'{"a": 1}'


def read(text: TextLines) -> list[bytes]:
    lines = []
    while line := text.readline(1000):
        lines.append(line)
    return lines


def test_a_whole_file_holds_nothing_back() -> None:
    text = TextLines(iter([b"{", b"}"]), is_first=True, ends=b"")
    assert read(text) == [b"{\n", b"}"]
    assert (text.head, text.tail) == ([], [])


def test_a_part_begins_and_ends_where_two_objects_meet() -> None:
    lines = [b'"b": 2}', OBJECT, OBJECT, b"{", b"broken", OBJECT, OBJECT, b"{"]
    text = TextLines(iter(lines), is_first=False, ends=None)
    assert read(text) == [OBJECT + b"\n", b"{\n", b"broken\n", OBJECT + b"\n"]
    assert text.head == [b'"b": 2}\n', OBJECT + b"\n"]
    assert text.tail == [OBJECT + b"\n", b"{\n"]
    assert not text.is_whole


def test_a_part_where_no_two_objects_meet_is_all_head() -> None:
    text = TextLines(iter([b"{", OBJECT, b"}"]), is_first=False, ends=None)
    assert read(text) == []
    assert (len(text.head), text.tail, text.is_all_head) == (3, [], True)


def test_a_file_of_long_values_cannot_be_read_in_parts() -> None:
    for is_first in (True, False):
        text = TextLines(iter([b"{"] * 1000), is_first=is_first, ends=None)
        read(text)
        assert text.is_whole


def key(line: str, task: Task) -> bytes:
    (call,) = calls_in_text(line.encode())
    assert isinstance(call, LoggedCall)
    return call_key(call._replace(place=Place("x", 1)), task)


LINE = '{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001", "request": %s%s}'


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ('{"input_tokens": 5}', '{"input_tokens": 9}', True),
        ('{"input_tokens": 5}', '{"input_tokens": 11}', False),
        ('{"input_tokens": 5, "output_tokens": 3}', '{"input_tokens": 9}', False),
        ('{"input_tokens": 5}', '{"input_tokens": 5, "input": ["image"]}', False),
        ("{}", '{"input_tokens": 5}', False),
        (
            '{}, "timestamp": "2026-06-09T14:00:00Z"',
            '{}, "timestamp": "2026-06-10T14:00:00Z"',
            True,
        ),
    ],
)
def test_calls_are_equal_where_no_limit_lies_between_them(
    one: str, other: str, are_equal: bool
) -> None:
    task = Task((), TokenEdges((0, 10), (0,), (0,)), None, EVERY_CALL)
    keys = [key(LINE % (request, ""), task) for request in (one, other)]
    assert (keys[0] == keys[1]) is are_equal


def test_without_a_release_the_time_decides() -> None:
    task: Any = Task((), TokenEdges((0,), (0,), (0,)), None, EVERY_CALL)
    line = '{"requested_model": "code.fast", "timestamp": "2026-06-09T14:00:00Z"}'
    keys = {key(line, task), key(line.replace("09T", "10T"), task)}
    assert len(keys) == 2


@pytest.mark.parametrize("url", ["file:/a/b%20c.jsonl", "file:///a/b c.jsonl"])
def test_a_file_has_one_path_however_its_url_is_written(url: str) -> None:
    assert path_of(url) == "file:a/b c.jsonl"


def given(task: Task, *lines: str) -> list[tuple[int, list[int]]]:
    """How many calls each row of a worker counts, and the lines of those that it has one by one."""
    pytest.importorskip("pyarrow", reason="needs the extra logs")
    sums = Sums(task)
    for number, line in enumerate(lines, 1):
        for item in calls_in_text(line.encode()):
            sums.add(item._replace(place=Place("x", number)), 0, 0)
    (batch,) = sums.taken()
    rows = batch.to_pylist()
    return [
        (row["calls"] or 0, [] if row["key"] else [n for n, _ in pickle.loads(row["at"]["item"])])
        for row in rows
    ]


EDGES = TokenEdges((0,), (0,), (0,))
SUMMED = LINE % ("{}", "")
TIMED = '{"requested_model": "code.fast", "timestamp": "2026-06-09T14:00:00Z"}'


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Task((), EDGES, None, EVERY_CALL), [(2, []), (0, [2, 4])]),
        (Task((), None, None, EVERY_CALL), [(0, [1, 2, 3, 4])]),
        (Task((), None, None, Selection(aliases={AliasName("other")})), [(3, []), (0, [4])]),
        (Task((), EDGES, None, EVERY_CALL, each_of=(lambda _: True,)), [(0, [1, 2, 3, 4])]),
    ],
    ids=["equal ones are summed up", "no edges", "not asked about", "named"],
)
def test_which_calls_a_worker_gives_one_by_one(
    task: Task, expected: list[tuple[int, list[int]]]
) -> None:
    assert given(task, SUMMED, TIMED, SUMMED, "{broken") == expected


def test_a_key_says_of_a_call_what_its_verdict_rests_on() -> None:
    task = Task((), EDGES, None, EVERY_CALL)
    line = LINE % ("{}", "")
    (call,) = calls_in_text(line.encode())
    (other,) = calls_in_text(line.replace("fast", "slow").encode())
    assert isinstance(call, LoggedCall)
    assert isinstance(other, LoggedCall)
    is_such = HasKey(frozenset({call_key(call, task)}), task)
    assert is_such(call._replace(place=Place("y", 7)))
    assert not is_such(other)
