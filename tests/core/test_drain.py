"""The laws of a drain: it takes away, in order, until its time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.bundles import NOON
from tests.core.strategies import model_ids, moments, texts

from zumik.core.drain import Drain, drained, read_drain
from zumik.core.names import ModelId
from zumik.core.reading import Malformed

SMALL, BIG, HUGE = ModelId("acme/small"), ModelId("acme/big:high"), ModelId("bolt/huge")
MODELS = (HUGE, SMALL, BIG)


@given(texts, moments, texts)
def test_a_drain_reads_back_as_itself(glob: str, until: object, reason: str) -> None:
    drain = Drain(glob, until, reason)  # type: ignore[arg-type]
    assert read_drain(json.loads(json.dumps(drain.to_json())), ()) == drain


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
    assert drained([Drain(glob, NOON, "")], MODELS, NOON - timedelta(seconds=1)) == gone


def test_a_drain_ends_at_its_time() -> None:
    drain = Drain("*", NOON, "an outage")
    assert drained([drain], MODELS, NOON - timedelta(microseconds=1)) == MODELS
    assert drained([drain], MODELS, NOON) == ()


def test_several_drains_take_together_and_none_twice() -> None:
    drains = [Drain("acme/*", NOON, ""), Drain("*/small", NOON, ""), Drain("bolt/*", NOON, "")]
    assert drained(drains, MODELS, NOON - timedelta(hours=1)) == MODELS
    over = drains[2]._replace(until=NOON - timedelta(hours=2))
    assert drained([*drains[:2], over], MODELS, NOON - timedelta(hours=1)) == (SMALL, BIG)


@given(st.lists(st.builds(Drain, texts, moments, texts)), st.lists(model_ids), moments)
def test_a_drain_never_adds_a_model(
    drains: list[Drain], models: list[ModelId], now: object
) -> None:
    found = drained(drains, models, now)  # type: ignore[arg-type]
    kept = iter(models)
    assert all(model in kept for model in found), "a part of the models, in their order"


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"models": "*", "until": "2026-06-09T12:00:00Z"},
        {"models": ["*"], "until": "2026-06-09T12:00:00Z", "reason": ""},
        {"models": "*", "until": "tomorrow", "reason": ""},
        {"models": "*", "until": "2026-06-09T12:00:00+02:00", "reason": ""},
        {"models": "*", "until": "2026-06-09T12:00:00Z", "reason": "", "by": "ada"},
    ],
)
def test_what_is_no_drain_is_refused(value: object) -> None:
    with pytest.raises(Malformed, match="unavailable"):
        read_drain(value, ("unavailable", 0))
