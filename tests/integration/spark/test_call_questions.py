"""The table of calls and the questions about it: DuckDB here and a real Spark say the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.log_generator import zumik_lines
from tests.integration.spark.conftest import PART_BYTES
from tests.logs.test_log_samples import SAMPLES
from tests.logs.verdicts import DAMAGE

from zumik.actions.logs.tabled_calls import logged_names
from zumik.cli.main import run
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.errors import IntegrityError
from zumik.logs.call_table import CallNames, TableOf, table_of_entries
from zumik.logs.calls import calls_in
from zumik.logs.spark.spark_table import spark_table_of
from zumik.workspace.store import Store

ROOT = Path(__file__).parents[3]
NAMES = logged_names(Store.at(ROOT / "releases"))
LOGS = (*sorted(path for path in SAMPLES.iterdir() if path.suffix in (".jsonl", ".csv")), *DAMAGE)
# pandas and Ibis warn each other's developers.
pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("ibis", reason="needs the extra logs")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "calls.jsonl"
    path.write_bytes(b"".join(zumik_lines(2000)))
    return path


def rows_of(table_of: TableOf, names: CallNames, selection: Selection) -> tuple[LogsRead, Any]:
    """What was read, and each row in the order of the places."""
    read = LogsRead()
    with table_of(read, selection, names) as table:
        return read, table.order_by("place").to_pyarrow().to_pylist()


def compare(
    *paths: Path, selection: Selection = EVERY_CALL, names: CallNames = NAMES
) -> list[dict[str, object]]:
    """Read logs here and on Spark: what was read is equal, and every row."""
    files = [str(path) for path in paths]
    here = rows_of(table_of_entries(calls_in(files)), names, selection)
    found = rows_of(spark_table_of(files, None, lambda note: None, None), names, selection)
    assert vars(found[0]) | {"files": {}} == vars(here[0]) | {"files": {}}
    assert found[1] == here[1]
    return found[1]


def test_every_sample_and_every_damaged_file_gives_the_same_rows(spark: Any) -> None:
    assert len(compare(*LOGS)) > 50


def test_a_log_in_many_parts_gives_the_same_rows(spark: Any, generated: Path) -> None:
    assert len(compare(generated, *LOGS)) > 2000


def test_a_value_over_the_cut_of_two_parts_is_a_row(spark: Any, tmp_path: Path) -> None:
    line = '{"requested_model": "code.fast",\n"resolved_model": "a/b"}\n'
    log = tmp_path / "calls.jsonl"
    log.write_text((line.replace("\n", "") + "\n" + line) * 100)
    spark.conf.set(PART_BYTES, "700")
    assert len(compare(log)) == 200


def test_only_the_calls_that_are_asked_about_are_rows(spark: Any, generated: Path) -> None:
    since = datetime(2026, 8, 1, tzinfo=UTC)
    rows = compare(generated, *LOGS, selection=Selection(since=since))
    assert 0 < len(rows) < 2000


def test_a_release_that_is_not_intact_ends_the_question(
    spark: Any, generated: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "releases", tmp_path / "releases")
    for path in (tmp_path / "releases/frozen").glob("alr_2026_06_09_003.*"):
        path.write_bytes(path.read_bytes().replace(b"anthropic", b"anthropoc"))
    names = logged_names(Store.at(tmp_path / "releases"))
    for table_of in (
        table_of_entries(calls_in([str(generated)])),
        spark_table_of([str(generated)], None, lambda note: None, None),
    ):
        with pytest.raises(IntegrityError, match="alr_2026_06_09_003"):
            rows_of(table_of, names, EVERY_CALL)


@pytest.mark.parametrize(
    "question",
    [
        ["replay"],
        ["logs", "mix"],
        ["logs", "mix", "--by", "model", "--by", "day", "--since", "2026-08-01"],
        ["logs", "observe", "--min-samples", "1"],
        ["logs", "workload", "--min-samples", "1"],
    ],
    ids=" ".join,
)
def test_every_answer_is_the_same_to_the_letter(
    spark: Any,
    generated: Path,
    question: Sequence[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    # Kinds of as many calls come in the order of the files.
    logs = map(str, (*LOGS, generated))
    asked = [*question, *logs, "--format", "json"]
    said = []
    for engine in ("local", "spark"):
        code = run([*asked, "--engine", engine])
        said.append((code, capfd.readouterr().out))
    assert said[1] == said[0]
    assert len(said[0][1]) > 1000
