"""The routing mix as a page of its own: a sentence, bars, and the figures of each bar in a table.

It needs nothing from another host and no script. Each chart has a title and a description, and its
data stands as a table below, so that it can be read aloud, printed and copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from zumik.core.traffic.mix import Mix, MixCounts, MixKey
from zumik.reports.blocks import Table, without_marks
from zumik.reports.logs_read_report import logs_read_rows
from zumik.reports.mix_report import cost_table, mix_to_text, named, share_table, share_text
from zumik.reports.text import plural

_STYLE = """\
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--quiet:#4a4a4a;--rule:#c8c8c8;\
--accent:#0b5394}
@media(prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--quiet:#bdbdbd;\
--rule:#4a4a4a;--accent:#8ab8e8}}
body{margin:2rem auto;padding:0 1rem;max-width:72rem;background:var(--paper);color:var(--ink);\
font:1rem/1.6 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.3;max-width:48rem}h2{font-size:1.2rem;margin-top:2.5rem}
p,dl{max-width:48rem}dt{float:left;clear:left;width:7rem;color:var(--quiet)}dd{margin-left:7rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
caption{text-align:left;padding:1rem .75rem 0;color:var(--quiet)}
th{font-weight:600;vertical-align:bottom}.n{text-align:right}
svg{width:100%;max-width:60rem;height:auto}svg text{fill:var(--ink);font-size:13px}
.bar{fill:var(--accent)}"""

_MOST_BARS = 40
_MOST_ROWS = 1_000
_ROW, _LEFT, _WIDE, _RIGHT = 24, 330, 480, 150

_MOST_DAYS = 400
_FEWEST_DAYS = 14
_DAYS = ("day",)

_PARTS = (
    ("Aliases and models", ("alias", "model")),
    ("Models", ("model",)),
    ("Releases", ("release",)),
    ("Days", _DAYS),
)


def mix_page(mix: Mix) -> str:
    """The whole page."""
    title = escape(mix_to_text(mix))
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in logs_read_rows(mix.logs)
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
{_STYLE}
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
    chart = _columns(place, rows, total) if by == _DAYS else _chart(place, head, rows, by, total)
    return (
        f"<section>\n<h2>{head}</h2>\n{chart}"
        f"{_table('Share of the requests', share_table(shown, by, total, bars=False))}"
        f"{_table('Tokens and cost', cost_table(shown, by))}{more}</section>\n"
    )


def _columns(place: int, rows: Sequence[tuple[MixKey, MixCounts]], total: int) -> str:
    """A column a day, with the greatest one named."""
    days = [(named(key, _DAYS)[0], counts.requests) for key, counts in rows if key.day]
    shown = days[-_MOST_DAYS:]
    if not shown:
        return ""
    top = max(shown, key=lambda day: day[1])
    width, height = _LEFT + _WIDE + _RIGHT, 200
    step = width / max(len(shown), _FEWEST_DAYS)
    columns = []
    for line, (day, requests) in enumerate(shown):
        tall = max(1, round(requests * height / top[1]))
        columns.append(
            f'<rect class="bar" x="{line * step:.2f}" y="{20 + height - tall}" '
            f'width="{step * 0.8:.2f}" height="{tall}"><title>{day}: {requests:,}</title></rect>\n'
        )
    most = f"{top[0]}: {top[1]:,}, {share_text(top[1], total)} of all"
    return (
        f'<svg viewBox="0 0 {width} {height + 44}" role="img" '
        f'aria-labelledby="t{place} d{place}">\n'
        f'<title id="t{place}">Requests a day</title>\n'
        f'<desc id="d{place}">A column a day from {shown[0][0]} to {shown[-1][0]}, in UTC. '
        f"The most is {most}. The table below has every day.</desc>\n"
        f'<text x="0" y="14">most: {most}</text>\n{"".join(columns)}'
        f'<text x="0" y="{height + 40}">{shown[0][0]}</text>'
        f'<text x="{round(len(shown) * step)}" y="{height + 40}" text-anchor="end">'
        f"{shown[-1][0]}</text>\n</svg>\n"
    )


def _chart(
    place: int, head: str, rows: Sequence[tuple[MixKey, MixCounts]], by: Sequence[str], total: int
) -> str:
    shown = rows[:_MOST_BARS]
    most = max(counts.requests for _, counts in shown)
    height = _ROW * len(shown)
    bars = []
    for line, (key, counts) in enumerate(shown):
        y, width = line * _ROW, max(1, round(counts.requests * _WIDE / most))
        text = f"{share_text(counts.requests, total)}, {counts.requests:,}"
        bars.append(
            f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">'
            f"{escape(_shortened(' → '.join(named(key, by))))}</text>"
            f'<rect class="bar" x="{_LEFT}" y="{y + 4}" width="{width}" height="16"/>'
            f'<text x="{_LEFT + width + 8}" y="{y + 16}">{text}</text>\n'
        )
    left = len(rows) - len(shown)
    more = f" The {left:,} others are in the table." if left else ""
    return (
        f'<svg viewBox="0 0 {_LEFT + _WIDE + _RIGHT} {height}" role="img" '
        f'aria-labelledby="t{place} d{place}">\n'
        f'<title id="t{place}">{head} by their share of the requests</title>\n'
        f'<desc id="d{place}">{plural(len(shown), "horizontal bar")} with the share in percent and '
        f"the number of requests.{more} The table below has the same figures.</desc>\n"
        f"{''.join(bars)}</svg>\n"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 46 else f"{text[:22]}…{text[-23:]}"


def _table(caption: str, table: Table) -> str:
    kinds = [' class="n"' if column.number else "" for column in table.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(column.head)}</th>'.replace("\n", " ")
        for column, kind in zip(table.columns, kinds, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{kind}>{escape(without_marks(cell))}</td>"
            for cell, kind in zip(row, kinds, strict=True)
        )
        + "</tr>\n"
        for row in table.rows
    )
    return (
        f'<div class="wide"><table>\n<caption>{caption}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
