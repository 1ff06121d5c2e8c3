"""The needs of a request: a list that was read before is read alike, and only a list is."""

from __future__ import annotations

import pytest

from zumik.core.basics.field_readers import Malformed
from zumik.core.facts import request
from zumik.core.facts.request import Request, read_request

WORDS = ["tools", "structured_output", "tools"]


def read(value: object) -> Request:
    return read_request({"capabilities": value}, ("request",))


def test_a_list_is_read_alike_each_time() -> None:
    first = read(WORDS)
    assert first == read(WORDS) == read(list(WORDS))
    assert first.capabilities == ("tools", "structured_output")


@pytest.mark.parametrize(
    "value", [tuple(WORDS), "tools", {"tools": 1}, [["tools"]], [1], [True], ["tools", None]]
)
def test_no_other_value_is_taken_for_a_list_that_was_read(value: object) -> None:
    read(["tools"])
    read(WORDS)
    for _ in range(2):
        with pytest.raises(Malformed):
            read(value)


def test_what_readers_keep_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "_MOST_LISTS", 3)
    read_list = request._READERS["capabilities"]
    assert read_list.__closure__ is not None
    known = next(
        cell.cell_contents for cell in read_list.__closure__ if isinstance(cell.cell_contents, dict)
    )
    for number in range(20):
        assert read([f"word-{number}"]).capabilities == (f"word-{number}",)
        assert len(known) <= 3
    assert read(["x" * 2_000]).capabilities == ("x" * 2_000,)
    assert ("x" * 2_000,) not in known
