"""The questions about a table of calls: the same expressions, on DuckDB and on a real Spark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.log_generator import zumik_lines
from tests.logs.test_log_samples import SAMPLES

from zumik.actions.logs_observe import observed_models
from zumik.actions.tabled_calls import logged_names
from zumik.core.traffic.logged_call import LoggedCall
from zumik.logs.call_questions import mix_groups, workload_sums, workload_values
from zumik.logs.call_table import call_batches, call_table
from zumik.logs.calls import calls_in
from zumik.workspace.store import Store

RELEASES = Path(__file__).parents[3] / "releases"
# pandas and Ibis warn each other's developers.
pytestmark = pytest.mark.filterwarnings("ignore")


def rows_of(table: Any, without: tuple[str, ...] = ()) -> list[str]:
    rows = table.to_pyarrow().to_pylist()
    kept = ({name: row[name] for name in row if name not in without} for row in rows)
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in kept)


def answers(table: Any) -> list[object]:
    # Spark rounds a sum of products of decimals to six places.
    mix = rows_of(mix_groups(table, [200_000]), ("cost_usd",))
    return [
        mix,
        rows_of(workload_sums(table)),
        rows_of(workload_values(table)),
        observed_models(table),
    ]


def test_spark_answers_as_duckdb_does(spark: Any, tmp_path: Path) -> None:
    ibis = pytest.importorskip("ibis", reason="needs the extra logs")
    import pyarrow as pa

    log = tmp_path / "calls.jsonl"
    log.write_bytes(b"".join(zumik_lines(2000)))
    calls = [call for call in calls_in([str(log), str(SAMPLES)]) if isinstance(call, LoggedCall)]
    batches = list(call_batches(calls, logged_names(Store.at(RELEASES))))
    with call_table(batches) as table:
        expected = answers(table)
    spark.createDataFrame(pa.Table.from_batches(batches)).createOrReplaceTempView("calls")
    found = answers(ibis.pyspark.connect(spark).table("calls"))
    assert all(expected)
    assert found == expected
