"""Which model answered when: one line that steps at each move, above the releases as ticks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from zumik.pages.charts.date_axis import day_ticks, midnight, moment
from zumik.pages.charts.point_labels import Spot, name_lines, name_texts
from zumik.pages.charts.scale import LinearScale
from zumik.pages.charts.svg import Svg, at, chart, element, fitting, percent, text
from zumik.pages.charts.text_width import NARROW_PAGE, text_width
from zumik.reports.text import plural, safe

_ROW, _LINE, _AXIS = 52, 28, 22
_LEFT, _RIGHT = 0.03, 0.98
_MOST = 30
_MOST_TICKS = 200
_ONE_DAY = timedelta(days=1)

_SIGNS = {
    "rollback": element("path", class_="dot", d="M-9 0L5-8V8Z"),
    "retire": element("path", class_="cross", d="M-6-6L6 6M6-6L-6 6"),
}
_SIGN = element("circle", class_="dot", r=5)


class Move(NamedTuple):
    """A move that landed: its kind, such as `rollback`, and the release that the alias went to.

    `model` answered from then on; None where none did.
    """

    at: datetime
    kind: str
    release: str
    model: str | None


class _Stop(NamedTuple):
    """A move in the chart: where it is across, from 0 to 1, and pixels down."""

    move: Move
    across: float
    down: int


def step_line(name: str, title: str, moves: Sequence[Move], releases: Sequence[date] = ()) -> Svg:
    """The moves of one alias, oldest first, and the days of the releases.

    The line goes on beyond the last move. Moves of one day stand at equal distances, in their
    order. Only the newest thirty are drawn. Raises ValueError for the name.
    """
    shown = moves[-_MOST:]
    models = [*dict.fromkeys(move.model for move in shown if move.model is not None)]
    rows = {model: _ROW * place + _LINE for place, model in enumerate(reversed(models))}
    bottom = _ROW * max(1, len(rows))
    axis = _axis(shown, releases)
    stops = [*_stops(shown, axis, rows, bottom)]
    keys = _keys(stops, axis)
    content = [
        *_ticks(axis, bottom),
        *_steps(stops),
        *_models(stops),
        *_moves(stops),
        *_key_row(keys, bottom + 2 * _AXIS - 4),
    ]
    said = " ".join(_sentences(moves, stops, axis))
    height = bottom + _AXIS * (2 if keys else 1) + 6
    return chart(name, title, said, height, content, role="group")


class _Axis(NamedTuple):
    """Days since 1970 along the chart, and the releases of these; no `scale` for a single day."""

    scale: LinearScale | None
    first: date
    last: date
    releases: Sequence[date]

    def across(self, days: Fraction) -> float:
        assert self.scale is not None
        return _LEFT + self.scale.place(days) * (_RIGHT - _LEFT)


def _axis(moves: Sequence[Move], releases: Sequence[date]) -> _Axis:
    if not moves:
        return _Axis(None, date.min, date.min, ())
    times = [move.at.astimezone(UTC) for move in moves]
    first, last = min(times), max(times)
    if last - first < _ONE_DAY:
        return _Axis(None, first.date(), last.date(), ())
    of_time = [day for day in releases if day >= first.date()]
    last_day = max([last.date(), *of_time])
    low, high = moment(first), max(moment(last), midnight(last_day) + 1)
    scale = LinearScale(low, high + (high - low) / 20)
    return _Axis(scale, first.date(), last_day, of_time)


def _stops(
    moves: Sequence[Move], axis: _Axis, rows: Mapping[str, int], bottom: int
) -> Iterator[_Stop]:
    """Where each move stands; one after which no model answers is on the line that it ends."""
    down = bottom - _ROW + _LINE
    for place, move in enumerate(moves):
        if move.model is not None:
            down = rows[move.model]
        if axis.scale is None:
            across = _LEFT + place / len(moves) * (_RIGHT - _LEFT)
        else:
            across = axis.across(moment(move.at))
        yield _Stop(move, across, down)


def _ticks(axis: _Axis, bottom: int) -> Iterator[str]:
    """The days and the releases along the axis."""
    y = bottom + 4
    yield element("line", class_="axis", x1=0, y1=y, x2="100%", y2=y)
    if axis.scale is None:
        words = f"all on {axis.first.isoformat()}, in their order" if axis.last > date.min else ""
        yield text(words, y=bottom + _AXIS, class_="quiet")
        return
    scale = axis.scale
    for day in day_ticks(
        axis.first, axis.last, lambda day: axis.across(max(midnight(day), scale.low))
    ):
        x = percent(day.across)
        yield element("line", class_="grid", x1=x, y1=0, x2=x, y2=y)
        yield text(day.words, x=x, y=bottom + _AXIS, text_anchor=day.anchor, class_="quiet")
    # A tick has its pixel; of a thousand releases many would be on one.
    places = {round(axis.across(midnight(day)) * _MOST_TICKS) for day in axis.releases}
    for place in sorted(places):
        x = percent(place / _MOST_TICKS)
        yield element("line", class_="release", x1=x, y1=y - 8, x2=x, y2=y)


def _keys(stops: Sequence[_Stop], axis: _Axis) -> Sequence[tuple[str, str]]:
    """The signs that need a word, each with it."""
    kinds = {stop.move.kind for stop in stops}
    release = element("line", class_="release", y1=-5, y2=5)
    return [
        *([(release, "release")] if axis.releases else []),
        *((sign, kind) for kind, sign in _SIGNS.items() if kind in kinds),
    ]


def _key_row(keys: Sequence[tuple[str, str]], y: int) -> Iterator[str]:
    x = 10.0
    for sign, word in keys:
        parts = sign + text(word, x=12, y=4, class_="quiet")
        yield element("g", parts, transform=f"translate({x:.2f} {y})", class_="key")
        x += text_width(word) + 40


def _steps(stops: Sequence[_Stop]) -> Iterator[str]:
    """Along the line of the model that answers to the next move, and there up or down."""
    for place, stop in enumerate(stops):
        if stop.move.model is None:
            continue
        x, y = percent(stop.across), stop.down
        before = stops[place - 1] if place else stop
        if before.move.model is not None and before.down != y:
            yield element("line", class_="step", x1=x, y1=before.down, x2=x, y2=y)
        last = place + 1 == len(stops)
        end = "100%" if last else percent(stops[place + 1].across)
        yield element("line", class_="step", x1=x, y1=y, x2=end, y2=y)


def _models(stops: Sequence[_Stop]) -> Iterator[str]:
    """The name of each model, above its line where it answered first."""
    named = set()
    for stop in stops:
        if stop.move.model is None or stop.move.model in named:
            continue
        named.add(stop.move.model)
        begins = stop.across + text_width(stop.move.model) / NARROW_PAGE <= 1
        yield element(
            "text",
            fitting(stop.move.model, NARROW_PAGE),
            class_="model",
            x=percent(stop.across if begins else 1),
            y=stop.down - 12,
            text_anchor="start" if begins else "end",
        )


def _moves(stops: Sequence[_Stop]) -> Iterator[str]:
    """A sign for each move, which shows on focus what it was."""
    spots = [Spot(place, stop.across, stop.down) for place, stop in enumerate(stops)]
    for spot, (move, across, down) in zip(spots, stops, strict=True):
        touch = element("circle", class_="touch", r=14, fill_opacity=0)
        sign = touch + _SIGNS.get(move.kind, _SIGN)
        day = move.at.astimezone(UTC).date().isoformat()
        lines = [f"{day} {safe(move.kind)} {safe(move.release)}", _answers(move)]
        yield element(
            "g",
            at(across, down, sign) + "".join(name_texts(name_lines(spot, lines, spots, 0, 0))),
            class_="point",
            tabindex=0,
            role="img",
            aria_label=", ".join(lines),
        )


def _answers(move: Move) -> str:
    return safe(move.model) if move.model is not None else "none answers"


def _sentences(moves: Sequence[Move], stops: Sequence[_Stop], axis: _Axis) -> Iterator[str]:
    if not stops:
        yield "No move is known."
        return
    first, last = moves[0], moves[-1]
    since = last.at.astimezone(UTC).date().isoformat()
    if last.model is None:
        yield f"No model answers since {since}."
    else:
        # A later move to the same model is no change of who answers.
        same = len(moves) - 1
        while same and moves[same - 1].model == last.model:
            same -= 1
        since = moves[same].at.astimezone(UTC).date().isoformat()
        yield f"{last.model} answers since {since}."
    begin = first.at.astimezone(UTC).date().isoformat()
    kinds = [move.kind for move in moves]
    counts = [f"{kinds.count(kind):,} {kind}" for kind in dict.fromkeys(kinds)]
    models = len({move.model for move in moves if move.model is not None})
    yield f"{plural(len(moves), 'move')} from {begin} on: {', '.join(counts)}."
    yield f"{plural(models, 'model')} answered so far."
    if len(stops) < len(moves):
        yield f"The newest {len(stops)} are drawn."
    if axis.releases:
        yield f"{plural(len(axis.releases), 'release')} since then, each a tick."
    yield "The table below has every move."
