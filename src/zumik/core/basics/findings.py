"""Findings: what a check found, as plain data.

A checker is a function from facts to findings; the command chooses the reporter and the exit code.
Nothing here reads a file, prints or decides whether a command fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Literal, NamedTuple

from zumik.errors import AnswerIsNo

Path = tuple[str | int, ...]
"""Keys and indexes that lead to a value inside a document."""


class Severity(Enum):
    """How much a finding weighs: only an error makes the answer no."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Location(NamedTuple):
    """A place in a file: `line` and `column` count from 1; absent means the whole file.

    `source` is the text of that line and `width` how many characters the fault spans, so that a
    reporter can put carets under it without reading the file again.
    """

    file: str
    line: int | None = None
    column: int | None = None
    width: int = 1
    source: str | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.file
        return f"{self.file}:{self.line}:{self.column or 1}"


class Finding(NamedTuple):
    """One thing a check found: a stable `code`, what is wrong, where, and what to do about it."""

    code: str
    severity: Severity
    message: str
    location: Location
    hint: str | None = None


RuleKind = Literal["authoring", "import", "integrity", "transition", "place", "export"]
"""What a rule judges: what people wrote; what a price list offers; everything that was released;
what base..head changes; the clone that zumik runs in; a gateway's configuration."""


class Rule(NamedTuple):
    """What a finding's code stands for, for ever.

    `title` is one line that is true wherever the code is found, `why` a few sentences: why it
    matters, and what to do.
    """

    code: str
    kind: RuleKind
    title: str
    why: str


Locate = Callable[[Path], Location]
"""Where the value at a path was written down."""


class Invalid(AnswerIsNo):
    """Input that was read and found wrong; carries everything that was found."""

    def __init__(
        self, message: str, findings: Sequence[Finding], *, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding makes the answer no."""
    return any(finding.severity is Severity.ERROR for finding in findings)
