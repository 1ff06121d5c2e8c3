"""Prices in words: by service and length, with fees, plans and origins, and never inherited."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.core.builders import but, model

from zumik.core.facts.price import Price, read_price
from zumik.reports.model_facts import words_to_text
from zumik.reports.model_report import model_fields, models_table
from zumik.reports.price_facts import (
    fees_to_text,
    origin_to_text,
    origins_of,
    price_periods,
    rates_shown,
    request_rates,
)


def price_of(**fields: Any) -> Price:
    return read_price(fields, ())


WHOLE = price_of(
    input="3",
    output="15",
    cache_write_1h="6",
    batch_input="1.5",
    tiers=[{"from_input_tokens": 200_000, "input": "6", "batch_input": "3", "source": "long"}],
    services={"flex": {"input": "2", "tiers": [{"above_input_tokens": 9, "output": "7"}]}},
    fees={"request": "0.001", "search": {"usd": "0.01", "source": "page"}, "storage": "0.2"},
    source="list",
    observed_on="2026-11-01",
    confirmed_on="2026-11-20",
    origins={"cache": {"source": "cache page"}},
)


def test_rates_stand_by_service_and_length_and_none_is_inherited() -> None:
    rows = {row.requests: dict(row.rates) for row in request_rates(WHOLE)}
    assert {name: sorted(rates) for name, rates in rows.items()} == {
        "below 200,000 input tokens": ["cache_write_1h", "input", "output"],
        "from 200,000 input tokens": ["input"],
        "batch, below 200,000 input tokens": ["input"],
        "batch, from 200,000 input tokens": ["input"],
        "flex, up to 9 input tokens": ["input"],
        "flex, above 9 input tokens": ["output"],
    }
    usual = ("input", "output", "cache_read", "cache_write")
    assert rates_shown(request_rates(WHOLE)) == (*usual, "cache_write_1h")
    assert rates_shown(request_rates(price_of(input="1"))) == usual


def test_a_service_without_tiers_is_named_alone() -> None:
    price = price_of(input="1", batch_input="0.5")
    assert [row.requests for row in request_rates(price)] == ["all", "batch"]


def test_fees_say_for_what_and_which_are_in_no_cost() -> None:
    said = "$0.001 for each request, $0.01 for each search; in no cost: storage $0.2"
    assert fees_to_text(WHOLE) == said
    assert fees_to_text(price_of(input="1")) == ""


def test_each_origin_is_named_with_its_days() -> None:
    assert origin_to_text(WHOLE.origin) == "list, 2026-11-01, confirmed 2026-11-20"
    found = {name: origin_to_text(origin) for name, origin in origins_of(WHOLE)}
    assert {name: text for name, text in found.items() if text} == {
        "cache rates": "cache page",
        "rates from 200,000 tokens": "long",
        "fee search": "page",
    }


def test_a_dated_price_is_planned_until_a_source_has_seen_it() -> None:
    price = price_of(
        input="1",
        dated=[
            {"from": "2027-02-01", "input": "3", "observed_on": "2026-11-22"},
            {"from": "2026-12-01", "input": "2", "confirmed_on": "2026-12-01"},
        ],
    )
    found = [(period.days, bool(period.planned)) for period in price_periods(price)]
    assert found == [
        ("before 2026-12-01", False),
        ("from 2026-12-01 and before 2027-02-01", False),
        ("from 2027-02-01 on", True),
    ]
    assert [period.days for period in price_periods(price_of(input="1"))] == [""]


def test_what_a_model_lacks_is_no_and_silence_is_unknown() -> None:
    bare = model("a/x", capabilities=["tools"])
    assert words_to_text(bare, "capabilities") == "tools"
    assert words_to_text(bare, "output") is None
    open_list = model("a/x", capabilities=["tools"], lacks={"capabilities": []})
    assert words_to_text(open_list, "capabilities") == "tools; any other unknown"
    lacking = model("a/x", lacks={"output": ["audio", "video"], "input": []})
    assert words_to_text(lacking, "output") == "no audio, no video; any other unknown"
    assert words_to_text(lacking, "input") is None
    assert words_to_text(but(model("a/x"), output=frozenset()), "output") == "none"


def test_a_terminal_shows_every_new_fact() -> None:
    known = model(
        "a/x",
        mode="chat",
        region="eu-west-1",
        data_residency="EU",
        labels=["ok"],
        cacheable_from_tokens=1024,
        lifecycle={"not_served_since": "2026-11-01", "successor": "a/y", "source": "page"},
    )
    shown = dict(model_fields(but(known, price=WHOLE, output=frozenset(["text"]))).rows)
    assert {
        "mode": "chat",
        "output": "text",
        "region": "eu-west-1",
        "data residency": "EU",
        "labels": "ok",
        "cached from": "1,024 tokens",
        "not served since": "2026-11-01",
        "successor": "a/y, by its provider",
        "source of lifecycle": "page",
        "flex": "input $2",
        "from 200,000 in": "input $6, batch_input $3",
    }.items() <= shown.items()


def test_the_list_of_models_has_the_price_of_the_day_and_names_what_has_ended() -> None:
    price = {"input": "1", "output": "2", "dated": [{"from": "2026-12-01", "input": "9"}]}
    ended = {"not_served_since": "2026-11-01"}
    models = [model("a/x", price=price), model("a/y", mode="embedding", lifecycle=ended)]
    before, after = (
        models_table(models, date(2026, 11, 30)),
        models_table(models, date(2026, 12, 1)),
    )
    assert [row[1:4] for row in before.rows] == [["-", "$1", "$2"], ["embedding", "-", "-"]]
    assert after.rows[0][2:4] == ["$9", "-"]
    assert before.rows[1][6] == "ended 2026-11-01"
    assert "mode" not in [column.head for column in models_table(models[:1], date.max).columns]
