"""URLs of databases: what is connected to, and what is said of it."""

from __future__ import annotations

import pytest

from zumik.errors import UsageError
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
