"""Entries: JSON over many lines and in arrays, tables, and what is damaged among them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.logs.verdicts import DAMAGE, lines_in, said_of

from zumik.core.decisions.log_line import read_log_line
from zumik.core.traffic.logged_call import LoggedCall, Place, UnreadEntry
from zumik.errors import CannotRun
from zumik.logs.calls import calls_in
from zumik.logs.files.byte_streams import log_stream
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_in

GOOD = lines_in(DAMAGE[0])[0][1]
LINE: dict[str, Any] = json.loads(GOOD)
READ = read_log_line(GOOD)
ROW = {"requested_model": "code.fast", "x": {"y": [1, {"z": '}]"\\,'}], "e": {}, "f": []}}


def entries(text: str | bytes) -> list[Entry | UnreadEntry]:
    data = text.encode() if isinstance(text, str) else text
    return list(entries_in(log_stream(iter([data]), "x"), "x"))


def places(text: str | bytes) -> list[tuple[int, int, object]]:
    """The line and the part of each entry, with its value or what is wrong."""
    return [
        (e.place.line, e.place.part, e.document.value if isinstance(e, Entry) else e.why)
        for e in entries(text)
    ]


def test_elements_of_an_array_in_one_line_are_numbered() -> None:
    assert places(json.dumps([ROW, ROW])) == [(1, 1, ROW), (1, 2, ROW)]
    assert places("[]\n" + json.dumps(ROW)) == [(2, 0, ROW)]


@pytest.mark.parametrize("indent", [0, 1, 4, "\t"])
def test_an_array_over_many_lines_gives_each_element_at_its_line(indent: int | str) -> None:
    text = json.dumps([ROW, ROW, ROW], indent=indent)
    height = (text.count("\n") - 1) // 3
    assert places(text) == [(2 + n * height, 0, ROW) for n in range(3)]


@pytest.mark.parametrize("indent", [0, 2, "\t"])
def test_objects_over_many_lines_one_after_another_are_entries(indent: int | str) -> None:
    text = json.dumps(ROW, indent=indent) + "\n"
    height = text.count("\n")
    assert places(text * 3) == [(1 + n * height, 0, ROW) for n in range(3)]
    assert places(json.dumps(ROW) + "\n" + text + "\n\n" + json.dumps(ROW)) == [
        *((1, 0, ROW), (2, 0, ROW)),
        (4 + height, 0, ROW),
    ]


def test_an_array_with_a_line_for_each_element_is_read_by_line() -> None:
    row = json.dumps(ROW)
    assert places(f"[{row},\n{row},\n{row}]\n") == [(1, 1, ROW), (2, 0, ROW), (3, 0, ROW)]
    assert places(f"[\n  {row}\n  ,{row}, {row}\n]\n") == [(2, 0, ROW), (3, 0, ROW), (3, 2, ROW)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text('ab{}[],:"\\\n', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=8,
)


@given(
    st.lists(st.fixed_dictionaries({"requested_model": st.just("a.b"), "x": _JSON}), max_size=4),
    st.sampled_from([None, 0, 1, 3]),
    st.booleans(),
)
def test_any_values_come_out_as_they_went_in(
    rows: list[dict[str, Any]], indent: int | None, as_array: bool
) -> None:
    text = (
        json.dumps(rows, indent=indent)
        if as_array
        else "\n".join(json.dumps(row, indent=indent) for row in rows)
    )
    assert [value for _, _, value in places(text)] == rows


@given(st.data())
def test_a_cut_in_a_pretty_printed_object_costs_that_object_alone(data: st.DataObject) -> None:
    text = json.dumps(ROW, indent=data.draw(st.sampled_from([0, 2])))
    lines = text.split("\n")
    cut = data.draw(st.integers(1, len(lines) - 1))
    after = json.dumps(ROW)
    found = places("\n".join(lines[:cut]) + f"\n{after}\n{after}\n")
    assert [value for _, _, value in found[-2:]] == [ROW, ROW]
    assert found[0][2] != ROW


@given(st.integers(1, len(json.dumps([ROW] * 3)) - 1))
def test_a_cut_in_an_array_costs_no_entry_of_the_next_lines(cut: int) -> None:
    found = places(json.dumps([ROW] * 3)[:cut] + "\n" + json.dumps([ROW] * 2) + "\n")
    assert [value for _, _, value in found[-2:]] == [ROW, ROW]
    assert any(isinstance(value, str) for _, _, value in found[:-2])


@pytest.mark.parametrize(
    ("text", "whys"),
    [
        ('[{"a": 1},]', [None, "not JSON: Expecting value at 1:1"]),
        ('[{"a": 1} {"b": 2}]', ["not JSON: Extra data at 1:10"]),
        ('[{"a": 1}] more', [None, "more text behind the array"]),
        ('[{"a": 1}', ["the file ends inside this line"]),
        ('[\n{"a": 1},\n', [None, "the file ends inside it"]),
        ('[{"a": 1]}', ["a bracket closes what another one opened"]),
        ("{\n", ["not JSON: Expecting property name enclosed in double quotes at 1:2"]),
        ('{"a": 1}}', ["not JSON: Extra data at 1:9"]),
        ('{"a": 1}{"b": 2}', ["not JSON: Extra data at 1:9"]),
    ],
)
def test_what_is_wrong_with_a_block_is_said(text: str, whys: list[str | None]) -> None:
    assert [why if isinstance(why, str) else None for _, _, why in places(text)] == whys


def test_an_array_larger_than_any_memory_is_read_element_by_element() -> None:
    def endless() -> Iterator[bytes]:
        yield b"["
        while True:
            yield b",".join([json.dumps(ROW).encode()] * 500) + b","

    found = entries_in(log_stream(endless(), "x"), "x")
    for _ in range(20_000):
        entry = next(found)
        assert isinstance(entry, Entry)
        assert entry.document.value == ROW


def _csv(columns: list[str], *rows: list[str], by: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=by, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


@pytest.mark.parametrize("by", [",", ";", "\t"])
def test_a_row_of_csv_is_an_entry_of_its_columns(by: str, tmp_path: Path) -> None:
    text = _csv(["id", "message", "note"], ["1", GOOD.decode(), "a\nb"], ["2", "no", ""], by=by)
    log = tmp_path / "export"
    log.write_text(text + text.partition("\n")[2])
    calls = list(calls_in([str(log)]))
    assert [call.place.line for call in calls] == [2, 4, 5, 7]
    first = calls[0]
    assert isinstance(first, LoggedCall)
    assert (first.decision, first.taken_from) == (READ, ("message field",))
    assert isinstance(calls[1], UnreadEntry)


def test_a_column_with_the_fields_of_a_line_is_read_as_a_line() -> None:
    columns = ["requested_model", "resolved_model", "request"]
    text = _csv(columns, ["code.fast", "a/b", '{"input_tokens": 3}'], ["code.fast", "", ""])
    assert [value for _, _, value in places(text)] == [
        {"requested_model": "code.fast", "resolved_model": "a/b", "request": '{"input_tokens": 3}'},
        {"requested_model": "code.fast"},
    ]


def test_damaged_rows_take_no_other_row_with_them() -> None:
    text = 'requested_model,x\na.b,1\na.b,"2\na.b,3\na.b\na.b,4,5\n\n"a"b,6\na.b,7\n'
    found = [(line, why if isinstance(why, str) else None) for line, _, why in places(text)]
    assert found == [
        (2, None),
        (3, "a cell that no quote ends"),
        (4, None),
        (5, "1 cells under 2 columns"),
        (6, "3 cells under 2 columns"),
        (8, "not a row of CSV"),
        (9, None),
    ]


def test_a_column_that_stands_twice_is_refused_where_it_decides(tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    log.write_text("requested_model,resolved_model,requested_model\na.b,a/b,a.c\n")
    assert said_of(log) == ["has the key 'requested_model' twice"]


def test_a_cell_of_40_megabytes_is_refused_and_the_next_row_is_read(tmp_path: Path) -> None:
    log = tmp_path / "a.csv"
    long = b'a.b,"' + b"x" * 40_000_000 + b'"\n'
    log.write_bytes(b"requested_model,x\n" + long + b"a.b,1\n")
    cut, good = said_of(log)
    assert cut == f"the row has {len(long):,} bytes, more than the 16,777,216 that are read"
    assert not isinstance(good, str)


def test_the_csv_that_postgresql_copies_gives_what_its_json_gives() -> None:
    samples = Path(__file__).parent / "samples"
    copied = list(calls_in([str(samples / "litellm-spendlogs-copy.csv")]))
    as_json = list(calls_in([str(samples / "litellm-spendlogs-postgresql.jsonl")]))
    assert [c.decision for c in copied if isinstance(c, LoggedCall)] == [
        c.decision for c in as_json if isinstance(c, LoggedCall)
    ][: len(copied)]


def test_a_row_of_parquet_is_an_entry_of_its_columns(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    log = tmp_path / "day"
    table = pyarrow.table(
        {
            "message": [GOOD.decode(), None, "no"],
            "requested_model": [None, LINE["requested_model"], None],
            "resolved_model": [None, LINE["resolved_model"], None],
            "timestamp": pyarrow.array([0, 1765432100000, 0], pyarrow.timestamp("ms", "UTC")),
        }
    )
    parquet.write_table(table, log, row_group_size=2)
    calls = list(calls_in([str(log)]))
    assert [call.place.line for call in calls] == [1, 2, 3]
    first, second, third = calls
    assert isinstance(second, LoggedCall)
    assert second.decision is not None
    assert second.decision.model == LINE["resolved_model"]
    assert second.at is not None
    assert isinstance(first, LoggedCall)
    assert (first.decision, first.taken_from) == (READ, ("message field",))
    assert isinstance(third, UnreadEntry)


def test_damaged_parquet_is_listed_and_the_other_files_are_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    log, whole = tmp_path / "day.parquet", tmp_path / "night.jsonl"
    log.write_bytes(b"PAR1" + b"x" * 100)
    whole.write_bytes(GOOD)
    damaged, read = calls_in([str(log), str(whole)])
    why = "from here on the Parquet cannot be read"
    assert damaged == UnreadEntry(Place(str(log), 1), why, is_whole=True)
    assert isinstance(read, LoggedCall)


def test_a_time_beyond_all_calendars_spoils_its_row_of_parquet_alone(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    log = tmp_path / "day.parquet"
    times = pa.array([0, 2**55, 0], pa.timestamp("ms"))
    parquet.write_table(pa.table({"message": [json.dumps(LINE)] * 3, "at": times}), log)
    first, second, third = calls_in([str(log)])
    assert isinstance(first, LoggedCall)
    assert second == UnreadEntry(Place(str(log), 2), "a cell whose time or number cannot be read")
    assert isinstance(third, LoggedCall)


def test_without_its_package_parquet_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    log = tmp_path / "day.parquet"
    log.write_bytes(b"PAR1" + b"x" * 100)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CannotRun) as refused:
        said_of(log)
    assert refused.value.hint == "pip install 'zumik[logs]'"


def test_records_that_firehose_puts_on_one_line_are_read() -> None:
    def record(*messages: str) -> str:
        events = [{"id": "1", "timestamp": 1, "message": each} for each in messages]
        return json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events})

    # A message that looks like the next record is text, in which its quotes are escaped.
    text = record(json.dumps(ROW), '}{"messageType":') + record(json.dumps(ROW)) + "\n"
    found = [value for _, _, value in places(text)]
    assert found.count(ROW) == 2
