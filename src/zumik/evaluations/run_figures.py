"""The contract of the readers: the figures of one result file, and all that keeps one out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from zumik.errors import CannotRun


class RefusedRun(Exception):
    """A file that is read and must not be used; the message says why, `hint` what to do."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class UnreadableRun(CannotRun):
    """A file that is no result of a known tool, or a damaged one."""


class Doubt(StrEnum):
    """What a person has to answer before a figure counts, by the word that answers it."""

    LIMITED = "limited"
    CACHED = "cached"
    REPLACE = "replace"
    DATASET = "dataset"


class RunFigure(NamedTuple):
    """One figure of a run: `model` and `key` as the file names them.

    `value` and `standard_error` are in the file's own scale; `is_share` says that they are known to
    go from 0 to 1. `samples` counts questions, each once. `efforts` holds what the run records of
    effort: a word, or tokens of thinking. `served` are the revisions that answered, as far as the
    file shows them. `doubts` maps what a person must answer to what the file says of it; `notes`
    are facts that the reader of the figure should know. `refused` says why this one figure cannot
    be used while others of the file can. `is_named` says that `key` is a metric of the catalog.
    """

    model: str
    key: str
    value: Fraction
    samples: int | None
    standard_error: Fraction | None = None
    observed_on: date | None = None
    is_share: bool = False
    effort: str | None = None
    thinking_tokens: int | None = None
    served: frozenset[str] = frozenset()
    better: str | None = None
    setting: str = ""
    doubts: Mapping[Doubt, str] = MappingProxyType({})
    notes: tuple[str, ...] = ()
    refused: tuple[str, str] | None = None
    run: str | None = None
    is_named: bool = False


class ReadRun(NamedTuple):
    """A file that a tool wrote: who wrote it, the digest of its bytes, and its figures."""

    tool: str
    digest: str
    figures: tuple[RunFigure, ...]
