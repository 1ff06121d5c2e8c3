"""The pages of traffic: where did it go in a month, at what cost, and what was served instead?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.traffic.mix import Mix
from zumik.pages.addresses import (
    MIX,
    alias_address,
    data_address,
    mix_address,
    model_address,
    release_address,
)
from zumik.pages.charts.svg import Svg
from zumik.pages.html import to_data, to_html
from zumik.pages.mix_charts import requests_a_day, shares
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, known, left_out
from zumik.pages.site_source import SiteSource
from zumik.reports.blocks import Column, Table, without_marks
from zumik.reports.logs_read_report import logs_read_rows
from zumik.reports.mix_report import (
    cost_table,
    drift_table,
    mix_facts,
    mix_rows,
    mix_to_json,
    mix_to_text,
    share_table,
)

UNDATED = "undated"
"""The month of requests whose log has no time."""

_MONTH = r"[0-9]{4}-[0-9]{2}"
_MOST_ROWS = 40
_DAYS = ("day",)
_PARTS = (
    ("aliases", "Aliases and models", ("alias", "model")),
    ("models", "Models", ("model",)),
    ("releases", "Releases", ("release",)),
    ("days", "Days", _DAYS),
)


class TrafficPart(NamedTuple):
    """One way to look at a month: its chart, and the same figures as tables."""

    name: str
    head: str
    chart: Svg
    tables: Sequence[PageTable]


def _months(source: SiteSource) -> Mapping[str, Mix]:
    """The mix of each month, the newest first; what has no time is last."""
    return source.remembered("months of the mix", lambda: _by_month(source.mix))


def _by_month(mix: Mix | None) -> Mapping[str, Mix]:
    months: dict[str, Mix] = {}
    if mix is None:
        return months
    for key, counts in mix.cells.items():
        month = key.day[:7] if key.day else UNDATED
        months.setdefault(month, Mix(mix.logs)).add(key, counts)
    newest_first = sorted(months, key=lambda month: (month != UNDATED, month), reverse=True)
    return {month: months[month] for month in newest_first}


def _sentence(month: str, mix: Mix) -> str:
    """`In October 2026 61.0 % of 4.2 M requests went to …`, as the terminal words it."""
    when = "At a time that no log has" if month == UNDATED else f"In {_in_words(month)}"
    return f"{when}, {without_marks(mix_to_text(mix))}."


def _in_words(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}" if month != UNDATED else "No time"


def _list_addresses(source: SiteSource) -> Iterator[str]:
    if source.mix is not None:
        yield from (MIX, data_address(MIX))


def _list(source: SiteSource, found: re.Match[str]) -> bytes | None:
    if source.mix is None:
        return None
    months = _months(source)
    if found[0] != MIX:
        said = {month: _sentence(month, mix) for month, mix in months.items()}
        return to_data({"months": said, **mix_to_json(source.mix, ["alias", "model"])})
    rows = [
        Row([Cell(_in_words(month), mix_address(month)), Cell(_sentence(month, mix))])
        for month, mix in months.items()
    ]
    columns = (Column("month", whole=True), Column("who answered"))
    table = PageTable("months", "Each month that the logs have.", columns, rows)
    whole = without_marks(mix_to_text(source.mix))
    return to_html(
        "traffic_months.html",
        MIX,
        sentence=f"In all logs, {whole}.",
        facts=logs_read_rows(source.mix.logs),
        table=table,
    )


def _month_addresses(source: SiteSource) -> Iterator[str]:
    for month in _months(source):
        page = mix_address(month)
        yield from (page, data_address(page))


def _month(source: SiteSource, found: re.Match[str]) -> bytes | None:
    month = found["month"]
    mix = _months(source).get(month)
    if mix is None:
        return None
    page = mix_address(month)
    if found[0] != page:
        return to_data(_to_json(month, mix))
    parts = [_part(mix, *part) for part in _PARTS if part[2] != _DAYS or month != UNDATED]
    drift = _linked("drift", "What the provider served instead", drift_table(mix), ("model",))
    return to_html(
        "traffic.html",
        page,
        month=_in_words(month),
        sentence=_sentence(month, mix),
        facts=mix_facts(mix),
        parts=parts,
        drift=drift if drift.rows else None,
    )


def _part(mix: Mix, name: str, head: str, by: Sequence[str]) -> TrafficPart:
    rows, total = mix.by(by), mix.total().requests
    shown = rows[:_MOST_ROWS]
    more = left_out(len(rows) - len(shown), "row")
    share = share_table(shown, by, total, bars=False)
    tables = [
        _linked(f"{name}-share", f"{head}: share of the requests.", share, by),
        _linked(f"{name}-cost", f"{head}: tokens and cost.", cost_table(shown, by), by, more),
    ]
    chart = requests_a_day(rows, total) if by == _DAYS else shares(f"{name}-chart", rows, by, total)
    return TrafficPart(name, head, chart, tables)


_PAGES: Mapping[str, Callable[[str], str]] = {
    "alias": lambda text: alias_address(AliasName(text)),
    "model": lambda text: model_address(ModelId(text)),
    "release": lambda text: release_address(ReleaseId(text)),
}


def _linked(name: str, caption: str, table: Table, by: Sequence[str], more: str = "") -> PageTable:
    """A report's table whose first cells, by what they are, lead to their pages."""
    ways = [_PAGES.get(word) for word in by]

    def cell(place: int, text: str) -> Cell:
        way = ways[place] if place < len(ways) else None
        # What is not known here is in brackets, and has no page.
        return Cell(text, way(text)) if way and not text.startswith("(") else Cell(known(text))

    rows = [Row([cell(*item) for item in enumerate(row)]) for row in table.rows]
    return PageTable(name, caption, table.columns, rows, more=more)


def _to_json(month: str, mix: Mix) -> dict[str, object]:
    return {
        "month": None if month == UNDATED else month,
        "sentence": _sentence(month, mix),
        **mix_to_json(mix, ["alias", "model"]),
        **{f"by_{name}": mix_rows(mix, [name]) for name in ("model", "release", "day")},
    }


KINDS = (
    PageKind(re.compile(r"(?P<data>data/)?mix(?(data)\.json|/)"), _list_addresses, _list),
    PageKind(
        re.compile(rf"(?P<data>data/)?mix/(?P<month>{_MONTH}|{UNDATED})(?(data)\.json|/)"),
        _month_addresses,
        _month,
    ),
)
