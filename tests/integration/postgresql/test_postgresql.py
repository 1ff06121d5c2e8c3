"""LiteLLM's table in a real PostgreSQL, read as a log: the same verdicts as of files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.integration.postgresql.cluster import (
    PASSWORD,
    TABLE,
    Server,
    copy_csv,
    insert,
    migrations,
    programs,
)
from tests.logs.test_log_samples import SAMPLES

from zumik.cli.main import run
from zumik.core.traffic.logged_call import LoggedCall, NotACall, Place, UnreadEntry
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun
from zumik.logs.calls import calls_in

pytest.importorskip("psycopg", reason="needs the integration extra")
pytest.importorskip("ibis", reason="needs the extra logs")
if programs() is None or not migrations():
    pytest.skip("needs PostgreSQL and LiteLLM's migrations", allow_module_level=True)

ROOT = Path(__file__).parents[3]
LINE = {
    "requested_model": "code.fast",
    "alias_release": "alr_2026_06_09_003",
    "resolved_model": "anthropic/claude-haiku-4-5",
    "candidates_considered": 3,
    "resolution_reason": "lowest_expected_latency_under_policy",
}
NOW = "2026-11-28T08:00:00Z"


def rows_of(*lines: dict[str, Any], start: int = 0) -> Iterator[dict[str, Any]]:
    """Rows as LiteLLM makes them, a second apart, each with a decision."""
    template = json.loads((SAMPLES / "litellm-spendlogs-payload.jsonl").read_text().split("\n")[0])
    metadata = json.loads(template["metadata"])
    for number, line in enumerate(lines, start):
        at = f"2026-11-28 {3 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
        yield {
            **template,
            "request_id": f"chatcmpl-{number}",
            "litellm_call_id": f"call-{number}",
            "startTime": f"{at}.250000+00:00",
            "endTime": f"{at}.750000+00:00",
            "metadata": json.dumps({**metadata, "spend_logs_metadata": line}),
        }


def read(*names: str, selection: Selection = Selection()) -> list[Any]:  # noqa: B008
    return list(calls_in(names, selection=selection))


def without_places(calls: list[Any]) -> list[Any]:
    """Calls in the order of their ids: a table has no order."""
    bare = [call._replace(place=Place("", 0)) for call in calls]
    return sorted(bare, key=lambda call: call.call_id)


def test_rows_are_the_calls_of_the_same_rows_as_csv(server: Server) -> None:
    sample = SAMPLES / "litellm-spendlogs-copy.csv"
    copy_csv(server, sample)
    calls, expected = read(server.url()), read(str(sample))
    assert without_places(calls) == without_places(expected)
    assert len(calls) == 3
    assert {str(call.place) for call in calls} == {
        f"{TABLE} request_id {line.split(',')[0]}" for line in sample.read_text().split("\n")[1:4]
    }


def test_rows_are_the_calls_of_the_payloads_that_they_were_made_of(server: Server) -> None:
    sample = SAMPLES / "litellm-spendlogs-payload.jsonl"
    payloads = [json.loads(line) for line in sample.read_text().splitlines()]
    insert(server, payloads)
    calls, expected = without_places(read(server.url())), without_places(read(str(sample)))
    # The table keeps times to the millisecond, and adds the whole length.
    for call, other in zip(calls, expected, strict=True):
        assert call.decision == other.decision
        assert abs((call.at - other.at).total_seconds()) < 0.001
        assert (call.input_tokens, call.cost_usd) == (other.input_tokens, other.cost_usd)
        assert call.seconds == pytest.approx(other.seconds, abs=0.0011)


def test_the_verdicts_are_those_of_the_same_rows_in_a_file(
    server: Server,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ZUMIK_NOW", NOW)
    others = [
        {"resolved_model": "openai/gpt-5.4-nano"},
        {"alias_release": "alr_2020_01_01_001"},
        {"candidates_considered": "three"},
        {"candidates_considered": 2, "resolution_reason": None},
    ]
    rows = list(rows_of(*[LINE] * 40, *({**LINE, **other} for other in others)))
    insert(server, rows)
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = []
    for name in (server.url(), server.socket_url(), str(file)):
        assert run(["replay", name, "--format", "json"]) == 3
        out, err = capfd.readouterr()
        assert PASSWORD not in out + err
        said.append(re.sub(r'"(first|place)": ".*"', '""', out))
    assert said[0] == said[1] == said[2]
    verdicts = json.loads(out)["verdicts"]
    assert verdicts["reproduced"] == 40
    assert sum(verdicts.values()) == 43


def test_prompts_are_never_asked_for(server: Server) -> None:
    insert(server, rows_of(LINE, LINE))
    with server.connect() as connection:
        connection.execute("drop role if exists reader")
        connection.execute(f"create role reader login password '{PASSWORD}'")
        columns = connection.execute(
            "select string_agg(quote_ident(column_name), ',') from information_schema.columns"
            f" where table_name = '{TABLE}' and column_name not in"
            " ('messages', 'response', 'proxy_server_request', 'api_key', 'user')"
        ).fetchone()[0]
        connection.execute(f'grant select ({columns}) on "{TABLE}" to reader')
        try:
            assert len(read(server.url(user="reader"))) == 2
        finally:
            connection.execute(f'revoke all on "{TABLE}" from reader')


def test_the_time_is_asked_of_the_database(server: Server) -> None:
    insert(server, rows_of(*[LINE] * 10))
    second = datetime(2026, 11, 28, 3, 0, 4, 250_000, tzinfo=UTC)
    later = second.replace(second=7)
    calls = read(server.url(), selection=Selection(second, later))
    assert sorted(call.at.second for call in calls) == [4, 5, 6]


def test_rows_that_were_read_count_where_the_database_goes_away(server: Server) -> None:
    insert(server, rows_of(*[LINE] * 3000))
    calls = calls_in([server.url()])
    first = next(calls)
    assert isinstance(first, LoggedCall)
    with server.connect() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = 'litellm' and pid <> pg_backend_pid()"
        )
    *others, last = calls
    assert all(isinstance(call, LoggedCall) for call in others)
    assert isinstance(last, UnreadEntry)
    assert last.why.startswith("the database cannot be read further: ")
    assert last.why.endswith(f"; {len(others) + 1:,} rows were read")
    assert "terminating connection" in last.why


def refused(url: str) -> CannotRun:
    with pytest.raises(CannotRun) as caught:
        read(url)
    assert PASSWORD not in caught.value.message + (caught.value.hint or "")
    assert caught.value.exit_code == 4
    return caught.value


def test_a_server_that_is_not_there(server: Server) -> None:
    closed = server._replace(port=1)
    error = refused(closed.url())
    assert error.message.startswith("cannot read postgresql://zumik@127.0.0.1:1/litellm: ")
    assert "Connection refused" in error.message


def test_a_wrong_password(server: Server) -> None:
    error = refused(server.url().replace(PASSWORD, "wrong-" + PASSWORD))
    assert "password authentication failed" in error.message


def test_a_table_that_is_not_there(server: Server) -> None:
    error = refused(server.url("litellm_spendlogs"))
    assert error.message.endswith("/litellm has no table litellm_spendlogs")
    assert error.hint == f"did you mean {TABLE}?"


def test_a_table_of_another_schema(server: Server) -> None:
    insert(server, rows_of(LINE))
    assert len(read(server.url(f"public.{TABLE}"))) == 1
    with server.connect() as connection:
        connection.execute("create schema if not exists archive")
        connection.execute(f'create or replace view archive.old as select * from "{TABLE}"')
    assert len(read(server.url("archive.old"))) == 1
    assert "has no table archive.older" in refused(server.url("archive.older")).message


def test_a_table_that_may_not_be_read(server: Server) -> None:
    with server.connect() as connection:
        connection.execute("drop role if exists stranger")
        connection.execute(f"create role stranger login password '{PASSWORD}'")

    assert "permission denied" in refused(server.url(user="stranger")).message


def test_a_table_without_the_column_of_the_decisions(server: Server) -> None:
    insert(server, rows_of(LINE))
    with server.connect() as connection:
        connection.execute(
            "create or replace view lean as select request_id, call_type, spend, "
            f'"startTime", prompt_tokens from "{TABLE}"'
        )
    notes: list[str] = []
    (call,) = calls_in([server.url("lean")], None, notes.append)
    assert notes == ["lean has no column metadata or request_tags: no row carries a decision"]
    assert isinstance(call, LoggedCall)
    assert call.decision is None
    assert (
        call.input_tokens
        == json.loads((SAMPLES / "litellm-spendlogs-payload.jsonl").read_text().split("\n")[0])[
            "prompt_tokens"
        ]
    )


def test_log_lines_in_a_column_of_a_table(server: Server) -> None:
    line = json.dumps({**LINE, "timestamp": "2026-11-28T03:00:00Z"})
    with server.connect() as connection:
        connection.execute("create table if not exists lines (id serial, message text, raw bytea)")
        connection.execute("insert into lines (message) values (%s), ('{broken')", [line])
    call, broken = read(server.url("lines"))
    assert call.decision.model == LINE["resolved_model"]
    assert isinstance(broken, UnreadEntry)
    assert str(broken.place) == "lines:2"


def test_a_table_that_is_no_log(server: Server) -> None:
    error = refused(server.url("LiteLLM_BudgetTable"))
    assert error.message == "the columns of LiteLLM_BudgetTable are those of no known log format"


def test_rows_that_are_no_calls_are_counted(server: Server) -> None:
    (row,) = rows_of(LINE)
    insert(server, [{**row, "call_type": "call_mcp_tool"}])
    assert [type(call) for call in read(server.url())] == [NotACall]
