"""Imports: what a source would change in the catalog, as plain data.

Paths are inside one model; the writer of the file changes those and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from zumik.core.basics.findings import Finding, Path
from zumik.core.basics.names import ModelId
from zumik.core.reviews.changes import FieldChange

RETIRED = "retired, and not in the catalog"
"""Why a model that a source says has retired is skipped."""

Edit = tuple[Path, object]
"""A path inside a model, and the value to write there in YAML's types; None takes it away."""


class HeldChange(NamedTuple):
    """A change that is not applied, and why not, in a clause of few words."""

    change: FieldChange
    why: str


class Update(NamedTuple):
    """What changes in a model that the catalog has; `held` was questioned and is not applied.

    `offered_as` is the id under which the source has it, which may be the id that the catalog sends
    upstream. `edits` are relative to the model, to be applied in their order. `waiting` are the
    held fields that wait for a person; the others were outranked by the catalog's own source.
    """

    model: ModelId
    offered_as: ModelId
    changes: tuple[FieldChange, ...]
    held: tuple[HeldChange, ...]
    edits: tuple[Edit, ...]
    waiting: tuple[str, ...] = ()


class Addition(NamedTuple):
    """A model to add: its facts as a catalog file holds them; `held` names fields left out."""

    model: ModelId
    facts: Mapping[str, object]
    held: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key under `models` in the file of its provider."""
        return self.model.removeprefix(f"{self.model.provider}/")


class ImportPlan(NamedTuple):
    """Everything that an import would change, and what it leaves open.

    `compared` counts the catalog's models that the source has; `unknown_to_source` are those that
    were looked for and not found; `new` are the source's models that the catalog does not have,
    whether or not they are in `additions`. `skipped` are the keys of the source's entries that are
    no models for the catalog, by why not.
    """

    source: str
    observed_on: date
    updates: tuple[Update, ...]
    additions: tuple[Addition, ...]
    new: tuple[ModelId, ...]
    compared: int
    unknown_to_source: tuple[ModelId, ...]
    findings: tuple[Finding, ...]
    skipped: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    @property
    def changes_anything(self) -> bool:
        """Whether there is something to write."""
        return bool(self.additions) or any(update.edits for update in self.updates)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The questioned facts that a person has to accept or leave, as MODEL#FIELD."""
        asked = [(update.model, update.waiting) for update in self.updates]
        asked += [(addition.model, addition.held) for addition in self.additions]
        return tuple(f"{model}#{field}" for model, fields in asked for field in fields)
