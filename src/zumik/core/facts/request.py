"""The request: what it needs of a model, as far as that influences which one is chosen."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.basics.field_readers import Fields, count, list_of, named, text
from zumik.core.basics.findings import Path
from zumik.core.basics.names import ModelId


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
    """A logged request. Raises Malformed, also for a need that this version does not know."""
    fields = Fields(value, path)
    request = Request(
        input_tokens=fields.get("input_tokens", count),
        output_tokens=fields.get("output_tokens", count),
        capabilities=fields.get("capabilities", list_of(text)) or (),
        input=fields.get("input", list_of(text)) or (),
        unavailable=fields.get("unavailable", list_of(named(ModelId))) or (),
    )
    fields.close()
    return request
