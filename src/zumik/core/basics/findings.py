"""Findings, what a check found, and rules, what makes one: plain data.

A check is a function from facts to findings; the command chooses the reporter and the exit code.
Nothing here reads a file, prints or decides whether a command fails.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import date
from enum import Enum
from typing import Literal, NamedTuple, TypeVar

from zumik.errors import AnswerIsNo

T = TypeVar("T")

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
    reporter can put carets under it without reading the file again. `path` leads to the value in
    its document, and stays the same where lines above it come or go; empty where it is not known.
    """

    file: str
    line: int | None = None
    column: int | None = None
    width: int = 1
    source: str | None = None
    path: Path = ()

    @property
    def start(self) -> tuple[str, int | None, int | None]:
        """Where it begins, which two checks share that come to it by different paths."""
        return self.file, self.line, self.column

    def __str__(self) -> str:
        if self.line is None:
            return self.file
        return f"{self.file}:{self.line}:{self.column or 1}"


class Acknowledgement(NamedTuple):
    """A warning that a person accepts until a day, that day included, and why.

    It is of every warning of `code` that is about all the names in `about`. `place` is where it is
    written.
    """

    code: str
    about: tuple[str, ...]
    until: date
    reason: str
    place: Location


class Finding(NamedTuple):
    """One thing a check found: a stable `code`, what is wrong, where, and what to do about it.

    `about` names what it is about, such as an alias and a model; where it is empty, that is the
    file. `acknowledged` is what accepts it today, which only a warning has.
    `in_base` says whether the base of a branch has the same finding; None where nothing was
    compared.
    """

    code: str
    severity: Severity
    message: str
    location: Location
    hint: str | None = None
    about: tuple[str, ...] = ()
    acknowledged: Acknowledgement | None = None
    in_base: bool | None = None


RuleKind = Literal["authoring", "import", "integrity", "transition", "place", "export"]
"""What a rule judges: policy and catalog; what a price list offers; everything that was released;
what base..head changes; the clone that zumik runs in; a gateway's configuration.

Programs read these words in JSON and JUnit, so they stay as they are."""


class Rule(NamedTuple):
    """What the code of a finding means, for ever: a code without its texts cannot be written.

    `title` is one line that is true wherever the code is found, `why` a few sentences: why it
    matters, and what to do. `severity` is how much its findings weigh, `lesser` how much where a
    check can only warn of it, such as of what has landed already; most rules have no `lesser`.
    `about` says what its findings name, such as `ALIAS`; where it is empty, they are about a file.
    """

    code: str
    kind: RuleKind
    severity: Severity
    title: str
    why: str
    lesser: Severity | None = None
    about: tuple[str, ...] = ()

    @property
    def warns(self) -> bool:
        """Whether a finding of this rule can be a warning."""
        return Severity.WARNING in (self.severity, self.lesser)

    @property
    def can_be_acknowledged(self) -> bool:
        """Whether zumik check warns by it; an import or an export warns once, of what it does."""
        return self.warns and self.kind not in ("import", "export")

    def at(
        self,
        where: Location | str,
        message: str,
        hint: str | None = None,
        *,
        about: Sequence[str] = (),
        lesser: bool = False,
    ) -> Finding:
        """A finding of this rule; where only a file is named, the file as a whole is meant.

        `about` has a name for each that the rule asks for. `lesser` asks for the lesser severity.
        Raises ValueError where the rule has none, or where the names are not as many.
        """
        if len(about) != len(self.about):
            raise ValueError(f"{self.code} is about {self.about or 'a file'}")
        severity = self.lesser if lesser else self.severity
        if severity is None:
            raise ValueError(f"{self.code} has one severity")
        location = Location(where) if isinstance(where, str) else where
        return Finding(self.code, severity, message, location, hint, tuple(about))


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


def folded(findings: Iterable[Finding], *, shown: int = 2) -> list[Finding]:
    """What is found of many things in the same words as one finding, which names the first.

    The order is that of the first of each; findings that point into a text stay apart.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alone = finding.location if finding.location.line is not None else None
        key = (finding.code, finding.severity, finding.message, finding.hint, alone)
        groups.setdefault(key, []).append(finding)
    return [_named_together(group, shown) for group in groups.values()]


def _named_together(group: list[Finding], shown: int) -> Finding:
    if len(group) == 1:
        return group[0]
    names = [finding.location.file for finding in group]
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return group[0]._replace(location=Location(", ".join(names[:shown]) + more))


def collected(check: Generator[Finding, None, T]) -> tuple[T, list[Finding]]:
    """What a check returns, such as the values that it read, and all findings that it yields."""
    findings: list[Finding] = []
    while True:
        try:
            findings.append(next(check))
        except StopIteration as end:
            return end.value, findings
