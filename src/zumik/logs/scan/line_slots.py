"""What each value of a line is for, by its path: what decides, and what may be anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zumik.core.decisions.log_line import LINE_FIELDS
from zumik.logs.formats.gateway_formats import LITELLM, ZUMIK
from zumik.logs.formats.log_format import KeyPath, LogFormat
from zumik.logs.scan.line_shape import Slot

_OF_REQUEST = {
    ("request",): Slot.REQUEST,
    ("request", "input_tokens"): Slot.COUNT_IN,
    ("request", "output_tokens"): Slot.COUNT_OUT,
}


class LineSlots(NamedTuple):
    """The slots of one format. A line of it has each path of `needs`, or proves nothing.

    `line` leads to zumik's own line. `exact` are the other paths on which the decision, the served
    model, or whether it is a call at all rests, with the paths that lead to them. `time` leads to
    the time of the call: LiteLLM writes seconds, zumik a date. A payload of LiteLLM without its own
    time has that of the line in it, which is not looked at, so that one needs it.
    """

    line: KeyPath
    exact: frozenset[KeyPath]
    needs: frozenset[KeyPath]
    time: KeyPath

    def slot_of(self, path: KeyPath) -> Slot:
        """What the value at a path is for."""
        if path == self.time:
            return Slot.EPOCH if self.line else Slot.TIME
        within = path[len(self.line) :] if path[: len(self.line)] == self.line else ()
        if within and within[0] == "timestamp":
            # Its time decides nothing where a release is named.
            return Slot.FREE
        if within and within[0] in LINE_FIELDS:
            return _OF_REQUEST.get(within, Slot.EXACT)
        return Slot.EXACT if path in self.exact else Slot.FREE


def slots_of(form: LogFormat) -> LineSlots:
    """The slots of a format whose decisions are whole lines of zumik."""
    line = form.decision[0]
    exact = {
        path[:length] for path in (*_decisive(form), line) for length in range(1, len(path) + 1)
    }
    conditions = {condition.path for condition in form.calls}
    time = form.at[0].path
    needs = frozenset({(*line, "requested_model"), *conditions, *([time] if line else [])})
    return LineSlots(line, frozenset(exact), needs, time)


def _decisive(form: LogFormat) -> Iterator[KeyPath]:
    for source in (*form.served, *form.called):
        yield source.path
        yield source.under
        yield from (condition.path for condition in source.where)
    yield from (condition.path for condition in form.calls)
    yield from (outcome.condition.path for outcome in form.outcomes)


def slots_by_format() -> dict[str, LineSlots]:
    """The slots of each format whose lines may be known by their shape."""
    return {form.name: slots_of(form) for form in (ZUMIK, LITELLM)}
