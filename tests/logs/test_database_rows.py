"""Tables of databases: what is read of them, and what is said of it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun
from zumik.logs.calls import calls_in

ibis: Any = pytest.importorskip("ibis", reason="needs the extra logs")

COLUMNS = "requested_model text, alias_release text, resolved_model text, messages text"


def a_sqlite(place: Path) -> str:
    with sqlite3.connect(place / "calls.db") as connection:
        connection.execute(f"create table calls ({COLUMNS})")
        connection.execute("insert into calls values ('code.fast', null, 'a/b', 'a prompt')")
    connection.close()
    return f"sqlite://{place}/calls.db?table=calls"


def a_duckdb(place: Path, columns: str = COLUMNS, *rows: str) -> str:
    connection = ibis.duckdb.connect(place / "calls.duckdb")
    connection.raw_sql(f"create table calls ({columns})")
    for row in rows or ("('code.fast', null, 'a/b', 'a prompt')",):
        connection.raw_sql(f"insert into calls values {row}")
    connection.disconnect()
    return f"duckdb://{place}/calls.duckdb?table=calls"


@pytest.mark.parametrize("make", [a_sqlite, a_duckdb])
def test_columns_are_the_fields_of_a_line(make: Any, tmp_path: Path) -> None:
    (call,) = calls_in([make(tmp_path)])
    assert isinstance(call, LoggedCall)
    assert call.decision is not None
    assert call.decision.model == "a/b"
    assert str(call.place) == "calls:1"
    assert "prompt" not in repr(call)


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_a_file_that_is_not_there_is_not_made(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="No such file or directory"):
        list(calls_in([f"{scheme}://{tmp_path}/none.db?table=calls"]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz"])
def test_a_column_of_times_is_asked_for_a_stretch_of_time(kind: str, tmp_path: Path) -> None:
    rows = [f"('code.fast', '2026-11-28 0{hour}:00:00+00')" for hour in range(3, 9)]
    url = a_duckdb(
        tmp_path, f'requested_model text, "timestamp" {kind}', *rows, "('code.fast', null)"
    )
    stretch = Selection(
        datetime(2026, 11, 28, 4, tzinfo=UTC), datetime(2026, 11, 28, 6, tzinfo=UTC)
    )
    times = [call.at for call in calls_in([url], selection=stretch)]  # type: ignore[union-attr]
    assert [at and at.hour for at in times] == [4, 5, None]


def test_a_scheme_that_no_database_has() -> None:
    with pytest.raises(CannotRun, match="no database is called nosuch"):
        list(calls_in(["nosuch://host/logs?table=calls"]))
