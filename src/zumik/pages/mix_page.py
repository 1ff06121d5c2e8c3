"""The routing mix as a page of its own: a sentence, bars, and the figures of each bar in a table.

It needs nothing from another host and no script. Each chart has a title and a description, and its
data stands as a table below, so that it can be read aloud, printed and copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from zumik.core.traffic.mix import Mix
from zumik.pages.marked_text import escaped
from zumik.pages.mix_charts import requests_a_day, shares
from zumik.pages.site_files import stylesheet
from zumik.reports.blocks import Table, without_marks
from zumik.reports.logs_read_report import logs_read_rows
from zumik.reports.mix_report import cost_table, mix_to_text, share_table

_MOST_ROWS = 1_000
_DAYS = ("day",)

_PARTS = (
    ("Aliases and models", ("alias", "model")),
    ("Models", ("model",)),
    ("Releases", ("release",)),
    ("Days", _DAYS),
)


def mix_page(mix: Mix) -> str:
    """The whole page. One file has no other beside it, so it has its rules within."""
    title = escape(mix_to_text(mix))
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escaped(text)}</dd>"
        for name, text in logs_read_rows(mix.logs)
    )
    parts = "".join(
        _part(place, head, mix, by) for place, (head, by) in enumerate(_PARTS) if mix.cells
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Routing mix</title>
<style>
{stylesheet().decode()}main {{ padding-top: 2rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<dl>{facts}</dl>
<p>A request is counted once, however many attempts it took. Costs are in US dollars: as the \
gateway logged them, and by the prices that each release froze, where both the price and the \
tokens are known. A difference is over the requests that have both.</p>
{parts}</main>
</body>
</html>
"""


def _part(place: int, head: str, mix: Mix, by: Sequence[str]) -> str:
    rows = mix.by(by)
    total = mix.total().requests
    shown = rows[-_MOST_ROWS:] if by == _DAYS else rows[:_MOST_ROWS]
    left = len(rows) - len(shown)
    more = f"<p>And {left:,} more rows, which FILE.csv has.</p>\n" if left else ""
    chart = (
        requests_a_day(rows, total) if by == _DAYS else shares(f"shares{place}", rows, by, total)
    )
    return (
        f"<section>\n<h2>{head}</h2>\n<figure>\n{chart}\n</figure>\n"
        f"{_table(f'{head}: share of the requests', share_table(shown, by, total, bars=False))}"
        f"{_table(f'{head}: tokens and cost', cost_table(shown, by))}{more}</section>\n"
    )


def _table(caption: str, table: Table) -> str:
    kinds = [' class="number"' if column.number else "" for column in table.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{escaped(column.head)}</th>'.replace("\n", " ")
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{escaped(without_marks(cell))}</td>"
            for cell, kind in zip(row, kinds, strict=True)
        )
        + "</tr>\n"
        for row in table.rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table>\n'
        f"<caption>{caption}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
