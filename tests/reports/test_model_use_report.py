"""The use of a model in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.live.live_spans import ServedSpan
from zumik.core.reviews.model_use import LivePlace, ModelUse
from zumik.reports.model_use_report import place_to_text, span_to_text, use_sentence

TODAY = date(2026, 11, 28)
NEWEST = ReleaseId("alr_2026_11_22_001")
MODEL = ModelId("a/x")


def at(day: int) -> datetime:
    return datetime(2026, 6, day, 9, tzinfo=UTC)


BEFORE = (ServedSpan(MODEL, at(9), at(12)),)


def use(name: str, rank: int | None, *, served: bool = False, answers: bool = False) -> ModelUse:
    live = None if rank is None else LivePlace(NEWEST, rank, 4, answers)
    return ModelUse(AliasName(name), live, BEFORE if served else (), ())


FAST, CHEAP = use("code.fast", 1, answers=True), use("auto.cheapest", 1, answers=True)
OLD, RANKED = use("auto.fast", 3, served=True), use("auto.best", 2)
DRAINED = use("code.fast", 1, served=True)


@pytest.mark.parametrize(
    ("uses", "retires_on", "expected"),
    [
        (
            [FAST, CHEAP, OLD],
            date(2027, 4, 1),
            "a/x serves two aliases (code.fast, auto.cheapest) today and one before (auto.fast); "
            "retires on 1 April 2027",
        ),
        ([FAST], None, "a/x serves one alias (code.fast) today"),
        (
            [OLD, RANKED],
            TODAY,
            "a/x serves no alias today, and served one alias (auto.fast) before; "
            "is ranked in two aliases (auto.fast, auto.best); retired on 28 November 2026",
        ),
        ([], None, "a/x serves no alias today"),
        (
            [DRAINED, RANKED],
            None,
            "a/x serves no alias today; is first in one alias (code.fast), but drained now; "
            "is ranked in one alias (auto.best)",
        ),
        (
            [CHEAP, DRAINED],
            None,
            "a/x serves one alias (auto.cheapest) today; "
            "is first in one alias (code.fast), but drained now",
        ),
        (
            [use(f"a{number}", 1, answers=True) for number in range(13)],
            None,
            "a/x serves 13 aliases (a0, a1, a2, a3, a4 and 8 more) today",
        ),
    ],
)
def test_the_sentence(uses: list[ModelUse], retires_on: date | None, expected: str) -> None:
    assert use_sentence(MODEL, uses, retires_on, TODAY) == expected


def test_places() -> None:
    assert [place_to_text(item) for item in (FAST, DRAINED, RANKED, use("gone", None))] == [
        "answers, rank 1 of 4",
        "drained, rank 1 of 4",
        "rank 2 of 4",
        "not ranked",
    ]


def test_a_model_that_stands_in_for_a_drained_one_answers_at_its_rank() -> None:
    assert place_to_text(use("code.fast", 2, answers=True)) == "answers, rank 2 of 4"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (at(9), None, "since 2026-06-09"),
        (at(9), at(12), "2026-06-09 to 2026-06-12"),
        (at(9), at(9), "on 2026-06-09"),
        (None, at(12), "until 2026-06-12"),
        (None, None, "now"),
    ],
)
def test_spans(since: datetime | None, until: datetime | None, expected: str) -> None:
    assert span_to_text(ServedSpan(MODEL, since, until)) == expected
