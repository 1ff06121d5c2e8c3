"""The laws of a drain: it takes away, in order, from its beginning until its end."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.bundles import LONG_AGO, NOON, drain, draining
from tests.core.strategies import model_ids, moments, texts

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import ModelId
from zumik.core.basics.strict_json import to_canonical
from zumik.core.live.drains import (
    MAX_DRAINS,
    NO_DRAINS,
    Drain,
    Drains,
    drained,
    drains_to_bytes,
    read_drain,
    read_drains,
)
from zumik.errors import ZumikError

SMALL, BIG, HUGE = ModelId("acme/small"), ModelId("acme/big:high"), ModelId("bolt/huge")
MODELS = (HUGE, SMALL, BIG)
SECOND = timedelta(seconds=1)

spans = st.lists(moments, min_size=2, max_size=2, unique=True).map(sorted)
drains = st.builds(lambda glob, span, why: Drain(glob, *span, why), texts, spans, texts)


@given(drains)
def test_a_drain_reads_back_unchanged(one: Drain) -> None:
    assert read_drain(json.loads(json.dumps(one.to_json())), ()) == one


@given(st.integers(0, 10**17), st.lists(drains, max_size=4))
def test_a_list_reads_back_byte_for_byte(generation: int, listed: list[Drain]) -> None:
    made = Drains(generation, tuple(listed))
    data = drains_to_bytes(made)
    assert read_drains(data) == made
    assert data == to_canonical(json.loads(data))


@pytest.mark.parametrize(
    ("glob", "gone"),
    [
        ("*", MODELS),
        ("acme/*", (SMALL, BIG)),
        ("acme/small", (SMALL,)),
        ("acme/big", ()),
        ("ACME/*", ()),
        ("acme/bi?:high", (BIG,)),
        ("acme/[sb]*", ()),
        ("", ()),
    ],
)
def test_a_glob_names_whole_ids_and_their_order_stays(glob: str, gone: tuple[ModelId, ...]) -> None:
    assert drained([drain(glob)], MODELS, NOON) == gone


def test_a_drain_counts_from_its_beginning_and_not_at_its_end() -> None:
    one = drain("*", NOON, since=NOON - SECOND)
    assert drained([one], MODELS, NOON - 2 * SECOND) == ()
    assert drained([one], MODELS, NOON - SECOND) == MODELS
    assert drained([one], MODELS, NOON - timedelta(microseconds=1)) == MODELS
    assert drained([one], MODELS, NOON) == ()


def test_drains_are_combined_without_duplicates() -> None:
    three = [drain("acme/*"), drain("*/small"), drain("bolt/*")]
    assert drained(three, MODELS, NOON) == MODELS
    over = three[2]._replace(until=NOON)
    assert drained([*three[:2], over], MODELS, NOON) == (SMALL, BIG)


@given(st.lists(drains), st.lists(model_ids), moments)
def test_a_drain_never_adds_a_model(
    listed: list[Drain], models: list[ModelId], now: datetime
) -> None:
    found = drained(listed, models, now)
    kept = iter(models)
    assert all(model in kept for model in found), "a part of the models, in their order"


TIMES = {"since": "2026-06-09T11:00:00Z", "until": "2026-06-09T12:00:00Z"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"models": "*", **TIMES},
        {"models": "*", "until": TIMES["until"], "reason": ""},
        {"models": ["*"], "reason": "", **TIMES},
        {"models": "*", "reason": "", **TIMES, "until": "tomorrow"},
        {"models": "*", "reason": "", **TIMES, "until": "2026-06-09T14:00:00+02:00"},
        {"models": "*", "reason": "", **TIMES, "until": TIMES["since"]},
        {"models": "*", "reason": "", **TIMES, "by": "ada"},
    ],
)
def test_malformed_drains_are_refused(value: object) -> None:
    with pytest.raises(Malformed, match="unavailable"):
        read_drain(value, ("unavailable", 0))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"drains": []}',
        b'{"generation": -1, "drains": []}',
        b'{"generation": 1, "drains": {}}',
        b'{"generation": 1, "drains": [], "generation": 2}',
        b'{"generation": 1, "drains": [], "by": "ada"}',
        drains_to_bytes(draining("*"))[:-3],
    ],
)
def test_malformed_lists_are_refused(data: bytes) -> None:
    with pytest.raises(ZumikError):
        read_drains(data)


@given(st.binary(max_size=200))
def test_other_bytes_raise_a_zumik_error(data: bytes) -> None:
    with contextlib.suppress(ZumikError):
        assume(read_drains(data) == NO_DRAINS)


def test_more_than_the_largest_number_of_drains_are_refused() -> None:
    most = draining(*[drain(f"acme/{n}", since=LONG_AGO) for n in range(MAX_DRAINS)])
    assert read_drains(drains_to_bytes(most)) == most
    more = most._replace(drains=(*most.drains, drain("bolt/*")))
    with pytest.raises(Malformed, match="more than 100 drains"):
        read_drains(drains_to_bytes(more))
