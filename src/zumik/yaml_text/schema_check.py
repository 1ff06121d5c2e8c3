"""The shape of a document: a JSON Schema's verdict, as findings that point under the fault.

Says whether keys are known and present and whether values have the right type, form and range. What
they mean (whether a metric exists, whether a glob matches) is for the checks. Nothing here reads a
document: it takes what a reader gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from zumik.core.basics.field_readers import path_text
from zumik.core.basics.findings import Finding, Location, Path
from zumik.yaml_text.schema_faults import SchemaFault, faults_of
from zumik.yaml_text.schema_validator import broken_rules


class LocatedValue(Protocol):
    """What was read, and still knows where each of its values is written."""

    @property
    def value(self) -> Any:
        """A tree of dict, list, str, int, Decimal, bool and None."""
        ...

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Where the value at `path` is written or, with `key`, the key that leads to it."""
        ...


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON file's value, whose parts have no lines of their own to point at."""

    file: str
    value: Any

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """The file."""
        return Location(self.file)


def check_shape(document: LocatedValue, schema: str) -> list[Finding]:
    """What in `document` is not as the schema of that name has it, in the order it is written.

    All findings are errors; none means that every key is known and every value well formed.
    """
    faults: dict[tuple[Path, bool, str], SchemaFault] = {}
    for broken in broken_rules(document.value, schema):
        for fault in faults_of(broken):
            # A value that breaks several rules gets one finding: for the first, the most telling.
            faults.setdefault((fault.path, fault.on_key, fault.about), fault)
    found = [(_finding(fault, document), fault) for fault in faults.values()]
    return [finding for finding, _ in sorted(found, key=_reading_order)]


def _finding(fault: SchemaFault, document: LocatedValue) -> Finding:
    # Only a key in an object is written down; the document and the items of a list have none.
    on_key = fault.on_key and bool(fault.path) and isinstance(fault.path[-1], str)
    location = document.locate(fault.path, key=on_key)
    return fault.rule.at(location, fault.message, fault.hint)


def _reading_order(found: tuple[Finding, SchemaFault]) -> tuple[int, int, str, str]:
    finding, fault = found
    where = finding.location
    return where.line or 0, where.column or 0, path_text(fault.path), fault.about
