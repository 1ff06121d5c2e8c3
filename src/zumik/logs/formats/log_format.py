"""What one writer's entries look like, as data: the words of the table, and of a mapping file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from zumik.core.decisions.log_line import LINE_FIELDS
from zumik.core.traffic.logged_call import Place

KeyPath = tuple[str, ...]
"""Keys from the outside in. A tuple and no dotted text, because keys have dots themselves."""

UNITS = {
    "s": Decimal(1),
    "ms": Decimal("0.001"),
    "us": Decimal("0.000001"),
    "ns": Decimal("0.000000001"),
    "usd": Decimal(1),
    "cents": Decimal("0.01"),
}
"""What one of a unit is in seconds, or in US dollars."""


class Condition(NamedTuple):
    """Whether the value at a path is one of some words; `is_not` turns the answer around.

    A word is compared without regard to case and may have `*` and `?`: `2??` is any success of
    HTTP, `*` any value at all. Without words, the value has to be absent.
    """

    path: KeyPath
    words: tuple[str, ...] = ()
    is_not: bool = False


class FieldSource(NamedTuple):
    """Where one of our values comes from: a path, and what is done with what stands there.

    `since` makes a time into the seconds after another time, and `before` keeps it only where it
    comes before a third. `plus` and `minus` are counts, added where they are there. `under` is the
    provider that a model's name is put under. `where` are conditions, all of them.
    """

    path: KeyPath
    unit: str = ""
    since: KeyPath = ()
    before: KeyPath = ()
    plus: tuple[KeyPath, ...] = ()
    minus: tuple[KeyPath, ...] = ()
    under: KeyPath = ()
    where: tuple[Condition, ...] = ()


Sources = tuple[FieldSource, ...]
"""The first that has a value counts."""


class Outcome(NamedTuple):
    """How a call ended, where a condition holds; None where that says nothing of the model."""

    condition: Condition
    failed: bool | None


class MappedPath(NamedTuple):
    """Paths of which a person's own format needs one for a field, and where in its file."""

    field: str
    paths: tuple[KeyPath, ...]
    place: Place


class LogFormat(NamedTuple):
    """What one writer's entries look like.

    `marks` are paths that only this format has: all of one group, of any group. `entries` leads to
    a list of entries, or to one, that an object wraps around. `calls` are conditions of an entry
    that is a call of a model. `decision` are the places that may hold a line of zumik or a receipt,
    in the order in which they are looked at. `python` are texts that hold a value as Python writes
    it; a text that holds JSON is opened wherever a path leads into it. `outcomes` say whether the
    call failed: the first that holds counts. Where `sums` is set, counts and costs are those of
    all `number` calls together.
    """

    name: str
    writer: str
    marks: tuple[tuple[KeyPath, ...], ...] = ()
    entries: KeyPath = ()
    spans: bool = False
    calls: tuple[Condition, ...] = ()
    python: tuple[KeyPath, ...] = ()
    decision: tuple[KeyPath, ...] = ()
    served: Sources = ()
    called: Sources = ()
    at: Sources = ()
    input_tokens: Sources = ()
    output_tokens: Sources = ()
    cached_tokens: Sources = ()
    reasoning_tokens: Sources = ()
    cost_usd: Sources = ()
    seconds: Sources = ()
    first_token_seconds: Sources = ()
    outcomes: tuple[Outcome, ...] = ()
    error: Sources = ()
    call_id: Sources = ()
    number: Sources = ()
    mapped: tuple[MappedPath, ...] = ()
    """Of a person's own format: where its file names which path."""

    def first_keys(self) -> set[str]:
        """The first key of every path: what is read of an entry, and the columns of a table."""
        paths = [*self.decision, *self.python, *(path for group in self.marks for path in group)]
        paths += [self.entries, *(condition.path for condition in self.calls)]
        paths += [outcome.condition.path for outcome in self.outcomes]
        for source in self._sources():
            paths += [source.path, source.since, source.before, source.under]
            paths += [*source.plus, *source.minus, *(each.path for each in source.where)]
        whole_line = LINE_FIELDS if () in self.decision else ()
        return {*(path[0] for path in paths if path), *whole_line}

    def _sources(self) -> Iterator[FieldSource]:
        for values in self:
            if isinstance(values, tuple):
                yield from (value for value in values if isinstance(value, FieldSource))


RECEIPT_KEYS = (
    "zumik.receipt",
    "zumik_receipt",
    "zumik-receipt",
    "Zumik-Receipt",
    "x-zumik-receipt",
    "X-Zumik-Receipt",
    "receipt",
)
"""The names under which a receipt is put into metadata, properties, attributes and headers."""

ANTHROPIC_ROUTE = ("anthropic_messages",)
"""The one route on which LiteLLM's own field says what was served, where Anthropic itself answered,
and not in a stream: everywhere else LiteLLM writes the name that it was asked for, or that it asked
for, over the provider's answer."""


def at_path(*keys: str) -> Sources:
    """A value at one path."""
    return (FieldSource(keys),)


def at_any(*paths: KeyPath) -> Sources:
    """A value at the first of some paths that has one."""
    return tuple(map(FieldSource, paths))


def http_outcomes(*keys: str) -> tuple[Outcome, ...]:
    """How a call ended by its HTTP status."""
    return (
        Outcome(Condition(keys, ("2??", "3??")), False),
        Outcome(Condition(keys, ("*",)), True),
    )
