"""What a real LiteLLM logs, in its own table of a real PostgreSQL: the verdicts that it has."""

from __future__ import annotations

import json

import pytest
from tests.integration.litellm.recorded import Recorded
from tests.integration.litellm.test_recorded import calls_of
from tests.integration.postgresql.cluster import insert, migrations, programs, running

from zumik.logs.calls import calls_in

pytest.importorskip("psycopg", reason="needs the integration extra")
pytest.importorskip("ibis", reason="needs the extra logs")
if programs() is None or not migrations():
    pytest.skip("needs PostgreSQL and LiteLLM's migrations", allow_module_level=True)


def test_the_table_has_the_decisions_of_the_payloads(recorded: Recorded) -> None:
    # The upstream of these tests gives every answer one id, which is the key of the table.
    payloads = [
        {**json.loads(line), "request_id": f"c{number}"}
        for number, line in enumerate((recorded.place / "spend.jsonl").read_text().splitlines())
    ]
    expected = [call for calls in calls_of(recorded, "spend.jsonl").values() for call in calls]
    with running() as server:
        insert(server, payloads)
        calls = list(calls_in([server.url()]))
    assert len(calls) > 15
    assert {call.call_id: call.decision for call in calls} == {  # type: ignore[union-attr]
        call.call_id: call.decision for call in expected
    }
