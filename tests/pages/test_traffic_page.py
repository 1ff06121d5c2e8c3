"""The pages of traffic: a month begins with where it went, in the words of the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar, cast

import pytest
from tests.core.builders import CODE_FAST, FIRST, alias, frozen, model

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.hidden import Hidden
from zumik.core.reviews.disclosure import Disclosure
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.mix import ALIAS, NO_DECISION, Mix, MixCounts, MixKey
from zumik.pages.site_source import SiteSource
from zumik.pages.traffic_page import KINDS
from zumik.reports.mix_report import mix_to_text

SMALL, LARGE = ModelId("acme/small"), ModelId("acme/large:deep")
Value = TypeVar("Value")


class Source:
    """The parts of a SiteSource that pages of traffic show."""

    def __init__(self, mix: Mix | None) -> None:
        self.mix = mix

    def remembered(self, key: str, make: Callable[[], Value]) -> Value:
        return make()


def mix_of(*cells: tuple[ModelId | None, str | None, int], **counts: object) -> Mix:
    mix = Mix(LogsRead())
    for answered, day, requests in cells:
        key = MixKey(ALIAS, CODE_FAST, FIRST, answered, day)
        mix.add(key, MixCounts(requests, requests, **counts))  # type: ignore[arg-type]
    return mix


OCTOBER = mix_of((SMALL, "2026-10-01", 61), (LARGE, "2026-10-31", 39))
BOTH = mix_of((SMALL, "2026-10-01", 61), (LARGE, "2026-11-02", 7), (None, None, 3))


def addresses(mix: Mix | None) -> list[str]:
    source = cast(SiteSource, Source(mix))
    return [address for kind in KINDS for address in kind.addresses(source)]


def bytes_of(mix: Mix | None, address: str) -> bytes | None:
    for kind in KINDS:
        if found := kind.pattern.fullmatch(address):
            return kind.rendered(cast(SiteSource, Source(mix)), found)
    raise AssertionError(address)


def page(mix: Mix, address: str) -> str:
    data = bytes_of(mix, address)
    assert data is not None
    return data.decode()


def test_month_begins_with_where_it_went() -> None:
    text = page(OCTOBER, "mix/2026-10/").replace("\N{NO-BREAK SPACE}", " ")
    assert "In October 2026, 61.0 % of 100 requests went to acme/small." in text


def test_every_month_of_the_logs_has_a_page() -> None:
    assert addresses(BOTH) == [
        *("mix/", "data/mix.json"),
        *("mix/2026-11/", "data/mix/2026-11.json"),
        *("mix/2026-10/", "data/mix/2026-10.json"),
        *("mix/undated/", "data/mix/undated.json"),
    ]
    for address in addresses(BOTH):
        assert bytes_of(BOTH, address) is not None


@pytest.mark.parametrize("month", ["2026-09", "2026-13", "0000-00"])
def test_other_months_have_none(month: str) -> None:
    assert bytes_of(BOTH, f"mix/{month}/") is None


def test_without_logs_there_is_no_page() -> None:
    assert addresses(None) == []
    assert bytes_of(None, "mix/") is None
    assert bytes_of(None, "mix/2026-10/") is None


def test_data_of_a_month_adds_up() -> None:
    tree = json.loads(page(OCTOBER, "data/mix/2026-10.json"))
    assert tree["sentence"] == f"In October 2026, {mix_to_text(OCTOBER)}."
    for name in ("rows", "by_model", "by_release", "by_day"):
        assert sum(row["requests"] for row in tree[name]) == tree["total"]["requests"] == 100


def test_models_and_aliases_lead_to_their_pages() -> None:
    text = page(OCTOBER, "mix/2026-10/")
    assert 'href="../../models/acme/large:deep/"' in text
    assert 'href="../../aliases/code.fast/"' in text
    assert f'href="../../releases/{FIRST}/"' in text


def test_what_is_not_known_has_no_page_and_is_no_zero() -> None:
    mix = mix_of((None, "2026-10-01", 3))
    mix.add(MixKey(NO_DECISION, day="2026-10-02"), MixCounts(1, 1))
    text = page(mix, "mix/2026-10/")
    assert "(not known here)" in text
    assert "(no decision)" in text
    assert "models/(" not in text
    assert "unknown: no log says what the provider served" in text


def test_drift_is_listed_by_model() -> None:
    mix = mix_of((SMALL, "2026-10-01", 10), served_known=8, served_other=2)
    text = page(mix, "mix/2026-10/")
    assert "What was served instead" in text
    assert "25.0" in text
    assert "What was served instead" not in page(OCTOBER, "mix/2026-10/")


def test_page_of_much_traffic_stays_small() -> None:
    mix = Mix(LogsRead())
    for number in range(3_000):
        name = AliasName(f"team{number % 100}.purpose")
        answered = ModelId(f"provider/a-model-with-a-long-name-{number % 500}")
        key = MixKey(ALIAS, name, FIRST, answered, f"2026-10-{number % 31 + 1:02}")
        mix.add(key, MixCounts(number, number, priced=1, frozen_usd=Fraction(number, 7)))
    for address in ("mix/", "mix/2026-10/"):
        assert len(page(mix, address).encode()) < 100_000
    assert "more: all are in the data of this page" in page(mix, "mix/2026-10/")


def test_hidden_model_has_no_name_and_no_cost() -> None:
    costs = {
        "logged": 1,
        "logged_usd": Fraction(3),
        "priced": 1,
        "frozen_usd": Fraction(2),
        "both": 1,
        "both_logged_usd": Fraction(3),
        "both_frozen_usd": Fraction(2),
    }
    other = ModelId("bolt/big")
    mix = mix_of((SMALL, "2026-10-01", 5), (other, "2026-10-01", 7), **costs)
    seen = Disclosure(Hidden(frozenset({"acme"}), frozenset({"small"})))
    shows = frozen(alias("listed", candidates=[other]), models=[model(other)])
    shown = seen.mix(mix, lambda release: shows)
    assert {key.model: count.requests for key, count in shown.cells.items()} == {None: 5, other: 7}
    total = shown.total()
    assert (total.requests, total.logged, total.priced, total.both) == (12, 1, 1, 1)
    assert (total.logged_usd, total.frozen_usd) == (3, 2)
    # Where the alias ranks a hidden model, the costs of its other models say something of it.
    hides = frozen(alias("listed", candidates=[other, SMALL]), models=[model(other), model(SMALL)])
    assert seen.mix(mix, lambda release: hides).total().logged == 0
    assert {key.model for key in seen.mix(mix, lambda release: hides).cells} == {None}
