"""The request: what it needs of a model, as far as that influences which one is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from zumik.core.basics.field_readers import Read, fields_of, list_of, named, text
from zumik.core.basics.findings import Path
from zumik.core.basics.foreign_json import bent_count, bent_object
from zumik.core.basics.names import ModelId

T = TypeVar("T")


class Request(NamedTuple):
    """Tokens in and out, capabilities and input kinds needed, and models not to be used."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    capabilities: tuple[str, ...] = ()
    input: tuple[str, ...] = ()
    unavailable: tuple[ModelId, ...] = ()

    @property
    def asks_nothing(self) -> bool:
        """Whether every ranked model meets it."""
        return not any(self)

    def to_json(self) -> dict[str, object]:
        """As the log line holds it: `unavailable` always, the rest where it was given."""
        fields: dict[str, object] = {"unavailable": list(self.unavailable)}
        if self.input_tokens is not None:
            fields["input_tokens"] = self.input_tokens
        if self.output_tokens is not None:
            fields["output_tokens"] = self.output_tokens
        if self.capabilities:
            fields["capabilities"] = list(self.capabilities)
        if self.input:
            fields["input"] = list(self.input)
        return fields


NOTHING_ASKED = Request()


def read_request(value: object, path: Path) -> Request:
    """A request as a program asks it or a log holds it; each word and model once, in its order.

    Raises Malformed, also for a need that this version does not know.
    """
    return Request(**fields_of(bent_object(value, path), path, _READERS))


def once(items: Iterable[T] | None) -> tuple[T, ...]:
    """Each item once, where it stands first: asking twice asks nothing more."""
    return tuple(dict.fromkeys(items or ()))


_MOST_LISTS, _LONGEST_LIST = 1_000, 1_000
"""How many lists a reader keeps as it read them, and of how many characters in all.

The same few short lists come with nearly every request, and reading them was a quarter of its time.
"""


def _once(read: Read[T]) -> Read[tuple[T, ...]]:
    read_all = list_of(read)
    known: dict[tuple[str, ...], tuple[T, ...]] = {}

    def read_once(value: object, path: Path) -> tuple[T, ...]:
        if type(value) is not list:
            return once(read_all(value, path))
        items: tuple[Any, ...] = tuple(value)
        try:
            found = known.get(items)
        except TypeError:  # it holds what is no text, and says so where it is read
            found = None
        if found is None:
            found = once(read_all(value, path))
            if len(known) >= _MOST_LISTS:
                known.clear()
            if sum(map(len, items)) <= _LONGEST_LIST:
                known[items] = found
        return found

    return read_once


# Made once: a gateway reads a request for every answer.
_READERS: Mapping[str, Read[Any]] = {
    "input_tokens": bent_count,
    "output_tokens": bent_count,
    "capabilities": _once(text),
    "input": _once(text),
    "unavailable": _once(named(ModelId)),
}
