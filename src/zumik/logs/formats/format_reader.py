"""The table applied: one entry of a log in, the calls that it lists out.

Only what the table names is read: no prompt, no answer and no key comes out of here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.basics.names import BadName
from zumik.core.basics.references import Receipt
from zumik.core.basics.secret_keys import masked
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.decisions.log_line import LogLine, UnreadableLine, from_receipt, log_line_of
from zumik.core.traffic.logged_call import (
    NO_DECISION,
    NOT_OF_FORMAT,
    LoggedCall,
    NotACall,
    Place,
    ReadEntry,
    UnreadEntry,
)
from zumik.logs.files.entry import Entry
from zumik.logs.formats.entry_values import EntryValues
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.known_formats import has_marks, recognised, wrapped_entries
from zumik.logs.formats.log_format import RECEIPT_KEYS, KeyPath, LogFormat
from zumik.logs.formats.otlp_spans import is_batch, plain_span, spans_of

_OF_A_LINE = ("requested_model", "alias_release", "alias_release_sha256", "resolved_model")
"""Keys of zumik's line: an object that has one of them was meant as one, however damaged it is."""

_LABEL = re.compile(r"zumik[._-]receipt\s*[:=]\s*", re.IGNORECASE)
_MOST_RECEIPT = 1024


def read_entry(
    entry: Entry,
    form: LogFormat | None = None,
    look: Callable[[EntryValues], None] = lambda values: None,
) -> Iterator[ReadEntry]:
    """The calls that an entry lists, in its order; an entry that is no call is reported as such.

    `form` is what the person named; without it the format is recognised by the entry's content.
    `look` is shown the values of each call.
    """
    known = form or recognised(entry.document.value)
    if known is None:
        yield _unrecognised(entry)
        return
    if not isinstance(entry.document.value, dict):
        yield UnreadEntry(entry.place, "expected a JSON object")
        return
    for place, document in _documents(entry, known):
        if form is not None and not _is_of(document, entry, form):
            yield UnreadEntry(place, f"{NOT_OF_FORMAT}'{form.name}'")
            continue
        values = EntryValues(document, known.python)
        if all(map(values.holds, known.calls)):
            look(values)
            yield from _calls(place, values, known)
        else:
            yield NotACall(place, known.name)


def _is_of(document: ForeignJson, entry: Entry, form: LogFormat) -> bool:
    # A batch of spans has the marks for all of them.
    return has_marks(document.value, form) or has_marks(entry.document.value, form)


def _unrecognised(entry: Entry) -> UnreadEntry:
    """Why an entry of no known format is no line either, in the words of the line's reader."""
    try:
        log_line_of(entry.document)
    except UnreadableLine as error:
        return UnreadEntry(entry.place, error.message)
    return UnreadEntry(entry.place, "not an entry of any known format")


def _documents(entry: Entry, form: LogFormat) -> Iterator[tuple[Place, ForeignJson]]:
    """The parts of an entry that are entries themselves, each with its place."""
    document = entry.document
    wrapped = wrapped_entries(document.value, form)
    if isinstance(wrapped, dict):
        yield entry.place, document.within(wrapped)
        return
    if wrapped is None and not (form.spans and is_batch(document)):
        yield entry.place, plain_span(document) if form.spans else document
        return
    parts = spans_of(document) if wrapped is None else map(document.within, wrapped)
    for part, each in enumerate(parts, start=1):
        # An entry that is part of a line already keeps its number: there is no deeper one.
        yield entry.place if entry.place.part else entry.place._replace(part=part), each


def _call(place: Place, values: EntryValues, form: LogFormat) -> LoggedCall:
    found = _decision(values, form)
    failed = _failed(values, form)
    line = found.line
    served = (line.served_model if line else None) or values.text(form.served)
    if line is not None:
        line = line._replace(served_model=served)
    call = LoggedCall(
        place=place,
        format=form.name,
        decision=line,
        fault=found.fault,
        called=values.text(form.called),
        at=values.moment(form.at) or (line.timestamp if line else None),
        input_tokens=values.count(form.input_tokens),
        output_tokens=values.count(form.output_tokens),
        cached_tokens=values.count(form.cached_tokens),
        reasoning_tokens=values.count(form.reasoning_tokens),
        cost_usd=values.dollars(form.cost_usd),
        seconds=values.seconds(form.seconds),
        first_token_seconds=values.seconds(form.first_token_seconds),
        failed=failed,
        error=None if failed is False else values.code(form.error),
        call_id=values.text(form.call_id),
        served=served,
        taken_from=() if form is ZUMIK else (_where(form, found.path),),
    )
    return _checked(call)


def _checked(call: LoggedCall) -> LoggedCall:
    """A call without what cannot be so."""
    if call.failed and not call.input_tokens:
        # Gateways write zeros where an upstream did not answer: nothing was counted there.
        call = call._replace(input_tokens=None, output_tokens=None, reasoning_tokens=None)
        call = call._replace(cached_tokens=None)
    if call.input_tokens is not None and (call.cached_tokens or 0) > call.input_tokens:
        # Some count what came from a cache apart from the input, which then is less.
        call = call._replace(input_tokens=call.input_tokens + (call.cached_tokens or 0))
    if call.seconds is not None and (call.first_token_seconds or 0) > call.seconds:
        call = call._replace(first_token_seconds=None)
    return call


def _calls(
    place: Place, values: EntryValues, form: LogFormat
) -> Iterator[LoggedCall | UnreadEntry]:
    call = _call(place, values, form)
    if all(values.value(source.path) is None for source in form.number):
        yield call
    elif number := values.count(form.number):
        yield from _parts(call, number)
    else:
        path = ".".join(form.number[0].path)
        yield UnreadEntry(place, f"the number of calls in '{path}' cannot be read")


_COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
_PICO = Decimal("1e-12")


def _parts(call: LoggedCall, number: int) -> Iterator[LoggedCall]:
    """The calls of an entry that sums them up: each has a mean, and all together the sums."""
    sums = {name: divmod(total, number) for name in _COUNTS if (total := getattr(call, name))}
    cost, rest = call.cost_usd, Decimal(0)
    if cost is not None:
        each = cost / number
        if each * number != cost:
            each = each.quantize(_PICO, ROUND_DOWN)
        cost, rest = each, cost - each * number
    # The first calls have one token more, so many as the mean leaves, and the first of all the
    # rest of the cost.
    ends = {more for _, more in sums.values() if more} | {number} | ({1} if rest else set())
    begin = 0
    for end in sorted(ends):
        counts = {name: mean + (begin < more) for name, (mean, more) in sums.items()}
        of_first = cost + rest if cost is not None and not begin else cost
        yield call._replace(cost_usd=of_first, calls=end - begin, **counts)
        begin = end


def _failed(values: EntryValues, form: LogFormat) -> bool | None:
    for outcome in form.outcomes:
        if values.holds(outcome.condition):
            return outcome.failed
    return None


class _Decision(NamedTuple):
    line: LogLine | None = None
    fault: str | None = None
    path: KeyPath = ()


def _where(form: LogFormat, path: KeyPath) -> str:
    """Where in its format a decision was found, for people."""
    return f"{form.writer} ({'.'.join(path)})" if path else form.writer


def _decision(values: EntryValues, form: LogFormat) -> _Decision:
    """The line of zumik that an entry carries, from the first place that has one."""
    for path in form.decision:
        try:
            slot = values.at(path)
        except MalformedJson as error:
            return _Decision(fault=f"the log line: {error.message}")
        if slot is None:
            continue
        if path and isinstance(slot.value, str) and slot.value[:1] in ("{", "["):
            try:
                slot = values.opened(path, slot)
            except MalformedJson as error:
                # A free text may begin with a bracket; one with our keys was meant as a line.
                if any(key in slot.value for key in _OF_A_LINE):
                    return _Decision(fault=f"the log line: {error.message}")
                continue
        found = _in_slot(slot, form)
        if found is not None:
            return found._replace(path=path)
    return _Decision(fault=NO_DECISION)


def _in_slot(slot: ForeignJson, form: LogFormat) -> _Decision | None:
    value = slot.value
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, list):
        return next(filter(None, (_from_text(each) for each in value[:1000])), None)
    if not isinstance(value, dict):
        return None
    if form is ZUMIK or any(key in value for key in _OF_A_LINE):
        try:
            return _Decision(log_line_of(slot))
        except UnreadableLine as error:
            return _Decision(fault=error.message)
    return next(filter(None, (_from_text(value.get(key)) for key in RECEIPT_KEYS)), None)


def _from_text(text: object) -> _Decision | None:
    """The decision that a free text holds as a receipt; None where it holds something else."""
    if not isinstance(text, str) or len(text) > _MOST_RECEIPT:
        return None
    label = _LABEL.match(text)
    receipt = text[label.end() :] if label else text
    try:
        return _Decision(from_receipt(Receipt.parse(receipt)))
    except BadName as error:
        # A user's id or a tag is no damaged receipt; only what has the words of one is.
        return (
            _Decision(fault=f"the receipt: {masked(error.message)}") if "@alr_" in receipt else None
        )
