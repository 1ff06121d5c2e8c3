"""A table as CSV: read back as it was, and no cell of it a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.display import neutral
from zumik.reports.csv_text import csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_text(text: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO(csv_text(["a"], [{"a": text}]), newline=""))
    assert cell == f"'{text}"


def test_null_is_empty_and_a_list_is_words() -> None:
    row = {"a": None, "b": ["x", "y"], "c": True, "d": 3}
    assert csv_text("abcd", [row]) == "a,b,c,d\n,x y,true,3"


def test_a_semicolon_parts_no_cell() -> None:
    assert csv_text("a", [{"a": "x;=1"}]) == 'a\n"x;=1"'


@given(st.lists(st.tuples(st.text(), st.text(min_size=1)), min_size=1))
def test_all_else_is_read_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    text = csv_text(["a", "b"], [{"a": a, "b": b} for a, b in rows])
    _, *found = csv.reader(io.StringIO(text, newline=""))
    assert len(found) == len(rows)
    for (a, b), (read_a, read_b) in zip(rows, found, strict=True):
        assert read_a.removeprefix("'") == neutral(a).removeprefix("'")
        assert read_b.removeprefix("'") == neutral(b).removeprefix("'")
        assert not read_a.lstrip().startswith(("=", "+", "-", "@"))
