"""Tables of databases by URL: what is connected to, what is selected, and what is said of it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun, UsageError
from zumik.logs.calls import calls_in
from zumik.logs.databases.database_url import database_url, is_database, names_table

SECRET = "hush-hush"
URL = (
    f"postgresql://ann:{SECRET}@db.example:5433/logs?table=calls&sslmode=require&password={SECRET}"
)


def test_a_url_is_shown_without_what_is_secret() -> None:
    url = database_url(URL)
    assert url.shown == "postgresql://ann@db.example:5433/logs"
    assert url.table == "calls"
    assert url.connect == URL.replace("table=calls&", "")


@pytest.mark.parametrize("password", ["p%40ss%2Fword", "p@ss/word"])
def test_no_reason_repeats_a_password(password: str) -> None:
    url = database_url("mysql://ann:p%40ss%2Fword@db/logs?table=calls")
    assert url.reason(OSError(f"no route\nwith {password}")) == "OSError"
    assert url.reason(OSError("no route\x1b[31m\nmore")) == "no route\\x1b[31m"


@pytest.mark.parametrize(
    "name", ["postgresql://db/logs", "postgresql://db/logs?table=", "postgresql://[db/x?table=a"]
)
def test_a_url_without_a_table_is_a_wrong_use(name: str) -> None:
    with pytest.raises(UsageError):
        database_url(name)


def test_only_a_url_is_a_database() -> None:
    assert is_database("duckdb:///logs.db?table=x")
    assert not any(map(is_database, ["-", "logs/*.jsonl", "a:b", '{"a": "b://c"}', "/x/y://z"]))


def test_a_url_names_a_table_wherever_its_query_has_it() -> None:
    assert names_table("postgresql://db/logs?sslmode=require&table=calls")
    others = ["s3a://bucket/logs?.jsonl", "s3a://bucket/x#?table=y", "postgresql://db/l?tables=x"]
    assert not any(map(names_table, [*others, "logs/a?table=x"]))


@pytest.mark.parametrize("scheme", ["s3", "s3a", "gs", "abfss", "hdfs", "https", "file"])
def test_a_url_of_files_is_not_asked_for_a_table(scheme: str) -> None:
    with pytest.raises(UsageError, match=f"^{scheme}://bucket/logs/.+ is a URL of files") as error:
        database_url(f"{scheme}://:{SECRET}@bucket/logs/*.jsonl")
    assert "--engine spark" in str(error.value.hint)
    assert SECRET not in error.value.message


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
