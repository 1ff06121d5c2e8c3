"""The strict YAML reader: bytes in, plain values and findings out, each with line and column.

It reads the part of YAML that means one thing to every reader. What some readers take for a truth
value, a number or a reference and others for text is refused with a hint, never guessed. It opens
no file, knows no schema and writes nothing.

libyaml parses the text where PyYAML was built with it, because it is many times as fast. It only
decides the good case: where it refuses, or the events have anything wrong with them, PyYAML's
parser reads the text again, and its findings count. So messages and places do not depend on what
is installed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from zumik.core.basics.findings import Finding
from zumik.rules.yaml_rules import (
    YAML_CONFLICT,
    YAML_ENCODING,
    YAML_SIZE,
)
from zumik.yaml_text.document import Document, SourceText
from zumik.yaml_text.event_reader import EventReader, Unreadable
from zumik.yaml_text.parsers import ERRORS, libyaml_events, python_events, refusal
from zumik.yaml_text.scalars import REFUSED_IN_FILE, character_problem
from zumik.yaml_text.syntax_problems import DISPUTED, syntax_problem

MAX_BYTES = 16 * 1024 * 1024

_PYTHON_ONLY = re.compile(r"\t|[\"'\[\]{},:]#")
_MAX_CONFLICTS = 20
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}|={7})(?=[ \r\n]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave; `document` is None where nothing usable could be read."""

    document: Document | None
    findings: tuple[Finding, ...]


def read_yaml(file: str, data: bytes) -> Reading:
    """Read a file's bytes; `file` is the name to show. Raises nothing, for any bytes.

    A document beside findings holds what was most likely meant where something is wrong: the text
    of an ambiguous value, null for a missing one, the first of two equal keys.
    """
    if len(data) > MAX_BYTES:
        problem = f"a file of {len(data):,} bytes; at most {MAX_BYTES:,} are read"
        finding = YAML_SIZE.at(file, problem, "split the file")
        return Reading(None, (finding,))
    # A byte that is not UTF-8 becomes a lone surrogate, and is found with the bad characters.
    source = SourceText(file, data.decode("utf-8", "surrogateescape"))
    if REFUSED_IN_FILE.search(source.text):
        return Reading(None, _refused_characters(source))
    if conflicts := _conflicts(source):
        return Reading(None, conflicts)
    next_event = libyaml_events(source.text)
    # libyaml takes tabs for spaces in many places where PyYAML refuses them, and a # right after a
    # quote or a bracket for a comment, which only the parser in Python is made to refuse.
    if next_event is None or _PYTHON_ONLY.search(source.text):
        return _read_with_pyyaml(source)
    fast = EventReader(source)
    try:
        document = fast.read(next_event)
    except ERRORS as error:
        at = refusal(error).at
        return _read_with_pyyaml(source, refused_at=fast.end if at is None else at)
    if fast.findings or fast.disputed:
        return _read_with_pyyaml(source)
    return Reading(document, ())


def _read_with_pyyaml(source: SourceText, refused_at: int | None = None) -> Reading:
    """Read with PyYAML's parser; `refused_at` is where libyaml refused the text, if it did."""
    slow = EventReader(source)
    document = None
    try:
        document = slow.read(python_events(source.text))
    except ERRORS as error:
        with suppress(Unreadable):
            slow.report(*syntax_problem(source, refusal(error), slow.open_at, slow.end))
    if refused_at is not None and not slow.findings:
        # Others read these files with either parser, so what one of them refuses is not accepted.
        slow.report((refused_at, refused_at + 1), DISPUTED)
        document = None
    return Reading(document, tuple(slow.findings))


def _conflicts(source: SourceText) -> tuple[Finding, ...]:
    """Where git wrote both sides of a merge into the file, or one of its marks was left behind.

    Nothing of ours begins a line so: block texts are indented.
    """
    if not _CONFLICT.search(source.text):
        return ()
    marks = [match for match in _CONFLICT.finditer(source.text) if match[0][0] == "<"]
    marks = marks or list(_CONFLICT.finditer(source.text))[:1]
    hint = "keep what is right, and remove the lines of <<<<<<<, ======= and >>>>>>>"
    return tuple(
        YAML_CONFLICT.at(source.location(*match.span()), "a merge conflict begins here", hint)
        for match in marks[:_MAX_CONFLICTS]
    )


def _refused_characters(source: SourceText) -> tuple[Finding, ...]:
    """The characters that no file may have, up to the first that is no UTF-8 text at all."""
    reader = EventReader(source)
    with suppress(Unreadable):
        for match in REFUSED_IN_FILE.finditer(source.text):
            problem = character_problem(match[0])
            reader.report(match.span(), problem)
            if problem.rule is YAML_ENCODING:
                break
    return tuple(reader.findings)
