"""Replaying log lines: a verdict for each, and how many there are of each verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from zumik.actions.answer_source import AnswerSource
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, ServedVerdict, Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import IntegrityError, UsageError, ZumikError

Alternative = Callable[[AliasName], VerifiedRelease]
"""The release that is to answer instead of the logged one, for each alias."""


class ReplayedLine(NamedTuple):
    """One line with its number, from 1, and its verdict; or why it cannot be read."""

    number: int
    replay: Replay | None
    unreadable: str | None = None


@dataclass
class ReplayCounts:
    """How many lines got which verdict.

    `served` counts what the lines say of the served model. `not_intact` says that a release's
    bytes were not intact. `answered` counts pairs of the logged model and the one that the
    alternative answers, or why it answers none.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    served: Counter[ServedVerdict] = field(default_factory=Counter)
    unreadable: int = 0
    not_intact: bool = False
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, line: ReplayedLine, alternative: Alternative | None = None) -> None:
        """Count one line."""
        if line.replay is None:
            self.unreadable += 1
            return
        self.verdicts[line.replay.verdict] += 1
        self.served[line.replay.served] += 1
        self.not_intact |= isinstance(line.replay.cause, IntegrityError)
        if alternative is not None:
            self.answered[_compared(line.replay.line, alternative)] += 1

    @property
    def has_diverged(self) -> bool:
        """Whether any line does not follow from its release."""
        return self.verdicts[Verdict.DIVERGED] > 0

    @property
    def has_undecided(self) -> bool:
        """Whether any line could not be read, or not be replayed."""
        return self.unreadable > 0 or self.verdicts[Verdict.UNREPLAYABLE] > 0


def replayed(answers: AnswerSource, line: LogLine) -> Replay:
    """The verdict on one line: the one path of `explain`, `replay` and the server."""
    return replay(line, answers.release, answers.landed_by, answers.known_as)


def replay_lines(
    lines: Iterable[tuple[int, LogLine | str]], answers: AnswerSource
) -> Iterator[ReplayedLine]:
    """The verdict on each numbered line, one by one: a log may be larger than memory.

    In the place of a line that cannot be read stands the reason.
    """
    for number, line in lines:
        if isinstance(line, str):
            yield ReplayedLine(number, None, line)
        else:
            yield ReplayedLine(number, replayed(answers, line))


def alternative_of(session: Session, text: str) -> Alternative:
    """What `--against` names: a release, an alias, or `live`. Raises UsageError and CannotRun."""
    store = session.store
    if text == "live":
        return store.live_release
    if text.startswith("alr_"):
        source = store.release(ReleaseId(text))
        return lambda _: source
    reference = Reference.parse(text)
    if reference.alias is None:
        raise UsageError("--against takes a release, an alias or live", hint="--against live")
    alias = reference.alias
    if reference.release is None:
        store.live_pointer(alias)  # raises, and proposes no model: a model ranks nothing
    chosen = store.release(reference.release) if reference.release else store.live_release(alias)
    return lambda _: chosen


def _compared(line: LogLine, alternative: Alternative) -> tuple[str, str]:
    """The model that was logged, and the one that the alternative answers."""
    logged = line.model or "-"
    alias = line.reference.alias
    if alias is None:
        return logged, logged
    try:
        return logged, resolve(alternative(alias), alias, line.request or NOTHING_ASKED).model
    except NoCandidate:
        return logged, "no candidate"
    except ZumikError as error:
        return logged, error.message
