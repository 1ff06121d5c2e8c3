"""Logged calls and judged calls in the fewest words that say what matters."""

from __future__ import annotations

from typing import Any

from tests.core.builders import FIRST

from zumik.core.basics.names import ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, replay
from zumik.core.facts.request import Request
from zumik.core.releases.release import VerifiedRelease
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.logged_call import LoggedCall, Place
from zumik.errors import CannotRun


def line_of(
    model: str | None, *, alias: str = "code.fast", release: str | None = FIRST, **fields: Any
) -> LogLine:
    """A line that names its alias and release."""
    return LogLine(
        Reference.parse(alias),
        ReleaseId(release) if release else None,
        model=ModelId(model) if model else None,
        request=Request(**fields.pop("request", {})),
        **fields,
    )


def call_of(line: LogLine | None, number: int = 1, **fields: Any) -> LoggedCall:
    """A call with a decision."""
    return LoggedCall(Place("day.jsonl", number), "zumik", line, **fields)


def judged(source: VerifiedRelease, call: LoggedCall) -> JudgedCall:
    """A call with its verdict, in a workspace that has one release."""
    return JudgedCall(call, verdict(source, call.decision) if call.decision else None)


def verdict(source: VerifiedRelease, line: LogLine) -> Replay:
    """The verdict on a line."""

    def lookup(release: ReleaseId) -> VerifiedRelease:
        if release != source.ref.id:
            raise CannotRun(f"no release {release}")
        return source

    return replay(line, lookup)
