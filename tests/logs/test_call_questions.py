"""The questions to the table of calls, in DuckDB, with values that were computed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from zumik.actions.logs.logs_mix import mixed
from zumik.actions.logs.logs_observe import observed_models
from zumik.actions.logs.logs_workload import seen_workloads
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.decisions.log_line import LogLine
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Workload
from zumik.core.facts.request import Request
from zumik.core.traffic.called_model import CalledModels
from zumik.core.traffic.logged_call import LoggedCall, Place
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.mix import MixCounts, MixKey
from zumik.errors import CannotRun
from zumik.logs import call_table as module
from zumik.logs.call_questions import not_in_workload, requests
from zumik.logs.call_table import CallNames, call_batches, call_table
from zumik.workspace.store import Store

pytest.importorskip("ibis", reason="needs the extra logs")

SMALL, STEADY = ModelId("acme/small"), ModelId("acme/steady")
START = datetime(2026, 11, 3, 8, tzinfo=UTC)
NAMES = CallNames(
    CalledModels({name: Model(name) for name in (SMALL, STEADY)}),
    lambda release: ["code.fast"] if release == "alr_2026_11_12_001" else [],
)


def call(
    model: ModelId = SMALL,
    after: float = 0,
    *,
    alias: str = "code.fast",
    release: str = "alr_2026_11_12_001",
    decided: bool = True,
    reason: str | None = None,
    unavailable: Sequence[ModelId] = (),
    **logged: Any,
) -> LoggedCall:
    line = LogLine(
        Reference.parse(alias),
        release=ReleaseId(release),
        model=model,
        reason=reason,
        request=Request(unavailable=tuple(unavailable)),
    )
    at = START + timedelta(seconds=after)
    return LoggedCall(
        Place("log", 1), "litellm", line if decided else None, called=model, at=at, **logged
    )


@contextmanager
def table_of(*calls: LoggedCall) -> Iterator[Any]:
    with call_table(call_batches(calls, NAMES)) as table:
        yield table


def answered(*calls: LoggedCall) -> list[dict[str, Any]]:
    with table_of(*calls) as table:
        rows = requests(table).to_pyarrow().to_pylist()
    return sorted(rows, key=lambda row: (row["day"] or "", row["model"] or ""))


def test_the_attempt_that_succeeded_answers_the_request() -> None:
    (row,) = answered(
        call(call_id="a", failed=True),
        call(STEADY, 1, call_id="a", failed=False, input_tokens=10),
        # Logged later, as some gateways log a failure only when its retries are over.
        call(after=2, call_id="a", failed=True),
    )
    assert (row["model"], row["attempts"], row["failed"]) == (STEADY, 3, False)
    assert row["fell_back"]
    assert row["input_tokens"] == 10


def test_the_last_attempt_counts_where_all_failed() -> None:
    (row,) = answered(
        call(after=5, call_id="a", failed=True), call(STEADY, 9, call_id="a", failed=True)
    )
    assert (row["model"], row["failed"], row["attempts"]) == (STEADY, True, 2)


def test_attempts_of_one_time_count_in_the_order_of_the_log() -> None:
    (row,) = answered(call(STEADY, call_id="a", failed=True), call(SMALL, call_id="a", failed=True))
    assert row["model"] == SMALL


def test_a_retry_of_the_same_model_is_no_fallback() -> None:
    (row,) = answered(call(call_id="a", failed=True), call(after=1, call_id="a", failed=False))
    assert not row["fell_back"]


def test_three_attempts_at_three_models_are_one_request() -> None:
    (row,) = answered(
        call(call_id="a", failed=True),
        call(ModelId("acme/unknown"), 1, call_id="a", failed=True),
        call(STEADY, 2, call_id="a", failed=False),
    )
    assert (row["model"], row["attempts"], row["fell_back"]) == (STEADY, 3, True)


def test_a_client_that_repeats_a_call_id_makes_requests_of_its_own() -> None:
    rows = answered(
        call(call_id="a", failed=False),
        call(STEADY, 1, call_id="a", failed=False),
        call(after=2, call_id="a", alias="auto.fast", failed=False),
        call(after=3, call_id="a", release="alr_2026_01_01_001", failed=False),
    )
    assert [(row["attempts"], row["fell_back"]) for row in rows] == [(1, False)] * 4


def test_a_call_that_was_logged_twice_counts_once() -> None:
    (row,) = answered(call(call_id="a", failed=False), call(call_id="a", failed=False))
    assert row["attempts"] == 1


def test_what_was_served_otherwise_is_counted_where_the_log_says_it() -> None:
    calls = [
        call(served=SMALL, failed=False),
        call(served=STEADY, failed=False),
        call(call_id="a", failed=True, served=STEADY),
        call(after=1, call_id="a", failed=False, served="small"),
        call(failed=False),
    ]
    with table_of(*calls) as table:
        total = mixed(table, Store.at(RELEASES), LogsRead()).total()
    assert (total.requests, total.served_known, total.served_other) == (4, 3, 1)


def test_what_the_log_does_not_say_is_unknown_in_the_mix() -> None:
    calls = [
        call(input_tokens=100, output_tokens=1),
        call(input_tokens=50, output_tokens=1, cached_tokens=10, failed=False),
    ]
    with table_of(*calls) as table:
        total = mixed(table, Store.at(RELEASES), LogsRead()).total()
    assert (total.requests, total.ended, total.failed) == (2, 1, 0)
    assert (total.cached_known, total.cached_tokens, total.cached_of) == (1, 10, 50)


def test_calls_without_an_id_are_requests_of_their_own() -> None:
    rows = answered(call(), call(), call(calls=5))
    assert [row["calls"] for row in rows] == [1, 1, 5]


@pytest.mark.parametrize(
    ("reason", "unavailable", "fell_back"),
    [
        ("next_ranked_after_unavailable", [STEADY], True),
        # What was unavailable ranks below the answer.
        ("lowest_expected_cost_under_policy", [STEADY], False),
        (None, [STEADY], True),
        (None, [], False),
    ],
)
def test_a_decision_without_a_better_model_is_a_fallback(
    reason: str | None, unavailable: list[ModelId], fell_back: bool
) -> None:
    (row,) = answered(call(reason=reason, unavailable=unavailable))
    assert row["fell_back"] is fell_back


RELEASES = Path(__file__).parents[2] / "releases"
HAIKU = ModelId("anthropic/claude-haiku-4-5")


def test_costs_are_those_of_the_frozen_prices_by_hand() -> None:
    store = Store.at(RELEASES)
    names = CallNames(CalledModels(store.release(ReleaseId("alr_2026_11_12_001")).models), NAMES[1])
    calls = [
        call(HAIKU, input_tokens=1000, output_tokens=100, cached_tokens=400, cost_usd=Decimal("1")),
        call(HAIKU, input_tokens=3000, output_tokens=0, failed=False),
        call(HAIKU, input_tokens=7, output_tokens=7, failed=True),
        call(HAIKU, alias=HAIKU, input_tokens=5, output_tokens=5),
    ]
    with call_table(call_batches(calls, names)) as table:
        mix = mixed(table, store, LogsRead())
    rows = dict(mix.by(["alias", "model"]))
    found = rows[MixKey("alias", AliasName("code.fast"), None, HAIKU)]
    # $1 and $5 a million tokens in and out, $0.10 from the cache.
    million = Fraction(1, 10**6)
    first = (600 * 1 + 400 * Fraction("0.1") + 100 * 5) * million
    assert found.frozen_usd == first + 3000 * million
    assert (found.requests, found.failed, found.priced, found.both) == (3, 1, 2, 1)
    assert found.difference_usd == 1 - first
    assert rows[MixKey("model_by_name", None, None, HAIKU)].priced == 0


def mix_of(*calls: LoggedCall) -> MixCounts:
    store = Store.at(RELEASES)
    names = CallNames(CalledModels(store.release(ReleaseId("alr_2026_11_12_001")).models), NAMES[1])
    with call_table(call_batches(calls, names)) as table:
        return mixed(table, store, LogsRead()).total()


def test_a_cost_is_an_upper_bound_where_no_log_says_what_came_from_a_cache() -> None:
    known = mix_of(call(HAIKU, input_tokens=1000, output_tokens=100, cached_tokens=0))
    assert known.gaps == set()
    unknown = mix_of(call(HAIKU, input_tokens=1000, output_tokens=100))
    assert unknown.frozen_usd == known.frozen_usd
    assert CostGap.CACHED_AT_INPUT_PRICE in unknown.gaps


def test_the_cost_of_failed_attempts_is_counted_apart() -> None:
    found = mix_of(
        call(HAIKU, call_id="a", failed=True, cost_usd=Decimal("0.25")),
        call(HAIKU, 1, call_id="a", failed=False, cost_usd=Decimal("1")),
        call(HAIKU, call_id="b", failed=True, cost_usd=Decimal("0.5")),
        call(HAIKU, failed=True, cost_usd=Decimal("0.125"), calls=3),
    )
    assert (found.logged_usd, found.failed_usd) == (1, Fraction("1.125"))


def test_requests_that_show_no_workload_are_counted_by_why() -> None:
    calls = [
        call(input_tokens=10, output_tokens=1),
        call(),
        call(calls=4),
        call(failed=True),
        call(alias="other.team"),
    ]
    with table_of(*calls) as table:
        (counts,) = not_in_workload(table).to_pyarrow().to_pylist()
    assert counts == {"requests": 8, "failed": 1, "without_tokens": 5}


def test_quantiles_are_values_that_were_measured() -> None:
    calls = [call(seconds=float(n), failed=False) for n in range(1, 101)]
    with table_of(*calls) as table:
        (model,) = observed_models(table)
    # Of 100 samples: ranks 40 to 61 hold the median, 90 to 100 the 95th percentile, in 95 of 100.
    assert model.figures["latency_p50"] == (50, 40, 61, 100)
    assert model.figures["latency_p95"] == (95, 90, 100, 100)
    assert model.figures["error_rate"].value == 0


def test_equal_calls_weigh_as_many_as_they_are() -> None:
    with table_of(call(seconds=1.0, calls=9), call(seconds=5.0)) as table:
        (model,) = observed_models(table)
    assert model.figures["latency_p50"].value == 1
    assert model.figures["latency_p95"].value == 5
    assert model.attempts == 10


def test_speed_is_that_after_the_first_token() -> None:
    calls = [
        call(seconds=3.0, first_token_seconds=1.0, output_tokens=100),
        # Not streamed, or at once: no speed.
        call(seconds=3.0, output_tokens=100),
        call(seconds=1.0, first_token_seconds=1.0, output_tokens=100),
        call(seconds=9.0, first_token_seconds=1.0, output_tokens=1, failed=True),
    ]
    with table_of(*calls) as table:
        (model,) = observed_models(table)
    assert model.figures["tokens_per_second_p50"][::3] == (50, 1)
    assert model.figures["first_token_p50"][::3] == (1, 2)
    assert model.figures["latency_p50"].samples == 3
    assert model.figures["error_rate"][::3] == (1, 1)


def test_another_revision_is_kept_apart() -> None:
    known = Model(SMALL, revision="small-2026-01-01", pinned=True)
    names = CallNames(CalledModels({SMALL: known}), NAMES.aliases_of)
    calls = [
        call(seconds=1.0, served="small-2026-01-01"),
        call(seconds=7.0, served="small-2026-03-01"),
        call(seconds=2.0),
    ]
    with call_table(call_batches(calls, names)) as table:
        same, other = observed_models(table)
    assert (same.attempts, other.attempts) == (2, 1)
    assert other.served_other
    assert other.figures["latency_p50"].value == 7


def test_a_workload_is_the_mean_of_the_answered_requests() -> None:
    calls = [
        call(input_tokens=1000, output_tokens=10, cached_tokens=500),
        call(input_tokens=3000, output_tokens=20),
        call(input_tokens=9, output_tokens=9, failed=True),
        call(decided=False, input_tokens=9, output_tokens=9),
    ]
    with table_of(*calls) as table:
        (seen,) = seen_workloads(table)
    assert seen.input == (2000, 1000, 3000)
    assert seen.output == (15, 10, 20)
    assert (seen.cached_requests, seen.cached_input) == (1, Fraction(1, 2))
    assert seen.as_workload(None) == Workload(2000, 15, Fraction(1, 2))


def test_names_that_nothing_knows_make_no_groups() -> None:
    calls = (
        call(
            ModelId(f"acme/m{n}"),
            alias=f"code.n{n}",
            release=f"alr_2026_01_01_{n % 999 + 1:03}",
            call_id=f"id-{n}",
            served=f"s{n}",
        )
        for n in range(20_000)
    )
    with table_of(*calls) as table:
        mix = mixed(table, Store.at(RELEASES), LogsRead())
        assert observed_models(table) == ()
    (key,) = mix.cells
    assert key == MixKey("unknown", day="2026-11-03")
    assert mix.total().requests == 20_000


def test_a_count_or_cost_beyond_all_sense_is_unknown() -> None:
    huge = call(input_tokens=10**30, output_tokens=1, cost_usd=Decimal("1e40"), seconds=1.0)
    with table_of(huge, huge._replace(at=datetime(9999, 1, 1, tzinfo=UTC))) as table:
        rows = table.to_pyarrow().to_pylist()
    assert [row["input_tokens"] for row in rows] == [None, None]
    assert [row["cost_usd"] for row in rows] == [None, None]
    assert [row["day"] for row in rows] == ["2026-11-03", None]


def test_the_table_is_removed_also_when_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupted() -> None:
        with table_of(call()):
            assert list(tmp_path.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["TransactionException", "IOException", "FatalException"])
def test_a_full_disk_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """DuckDB has an exception for each moment at which it cannot write."""
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(CannotRun) as raised, table_of(call()):
        raise getattr(duckdb, kind)("Could not write file: No space left on device")
    assert f"does not fit in {tmp_path}: Could not write" in raised.value.message
    assert raised.value.hint is not None
    assert "TMPDIR" in raised.value.hint
    assert not list(tmp_path.iterdir())


def test_without_the_extra_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ibis", None)
    with pytest.raises(CannotRun, match="ibis and DuckDB") as raised, table_of(call()):
        pass
    assert raised.value.hint == "pip install 'zumik[logs]'"
    assert module.MEMORY
