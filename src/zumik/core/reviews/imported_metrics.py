"""What an import of evaluation runs gives, by file: figures written, and what keeps others out."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Figure


class Hindrance(StrEnum):
    """Why a figure is not written: it must not be, a person has to answer, or nothing was read."""

    REFUSED = "refused"
    WAITING = "waiting"
    UNREADABLE = "unreadable"


class Hindered(NamedTuple):
    """One reason that keeps a file, or one figure of it, out; `hint` is what to do or to answer."""

    kind: Hindrance
    reason: str
    hint: str
    figure: str | None = None


class WrittenFigure(NamedTuple):
    """A figure for the catalog, and the one that it replaces; `notes` are what else it means."""

    model: ModelId
    metric: str
    unit: str
    figure: Figure
    before: Figure | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the catalog does not have exactly this figure."""
        return self.figure != self.before


class ImportedRun(NamedTuple):
    """One file: who wrote it, what of it is written, what is not and why, and what was left out."""

    file: str
    tool: str | None = None
    figures: tuple[WrittenFigure, ...] = ()
    hindered: tuple[Hindered, ...] = ()
    left_out: tuple[str, ...] = ()


class ImportedMetrics(NamedTuple):
    """All files of an import; `declared` are new metrics, and `changed` the catalog's files."""

    runs: tuple[ImportedRun, ...]
    declared: tuple[str, ...]
    changed: tuple[str, ...]
    dry_run: bool

    def has(self, kind: Hindrance) -> bool:
        """Whether anything was kept out in this way."""
        return any(each.kind is kind for run in self.runs for each in run.hindered)
