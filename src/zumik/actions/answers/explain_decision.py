"""Explaining a decision: one that was logged, or the one that a reference would get now.

It needs the release and what is live, and neither YAML nor GitPython. Git is asked for a log line
that names no release, and for what `live_ref` has beside the workspace.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from zumik.actions.answers.replay_decision import replayed
from zumik.core.basics.names import AliasName
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.decision import Decision, NoCandidate, resolve
from zumik.core.decisions.drained_decision import DrainedDecision, resolve_under, taking
from zumik.core.decisions.explanation import Explanation
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay
from zumik.core.decisions.resolver_before import frozen_ranking_before
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.live.drains import Drain
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.releases.incumbents import ClaimedIncumbent, incumbent_fault
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, ZumikError

if TYPE_CHECKING:
    from zumik.actions.answers.answer_source import AnswerSource


class CannotReplay(CannotRun):
    """A log line that leaves open which release decided, so that there is nothing to explain."""


def explain_decision(answers: AnswerSource, line: LogLine, now: datetime) -> Explanation:
    """Why an alias answered what a log line says, or what it would answer at the time `now`.

    Raises CannotReplay, and what `answers` raises for a release or an alias that is not known or
    not visible.
    """
    alias = line.reference.alias
    assert alias is not None
    found = _replayed(answers, line) if line.is_logged else None
    source = found.source if found is not None else _asked_release(answers, line, alias)
    assert source is not None
    if alias not in source.aliases:
        resolve(source, alias)  # it raises, and names the alias that may be meant
    answers.require_visible(source, alias)
    request = line.request or (found and found.decision and found.decision.request) or NOTHING_ASKED
    if found is not None:
        decision = found.decision
    else:
        asked = line.reference.text
        decision = resolve_under(answers.drains, source, alias, request, now, requested=asked)
    today = _today(answers, alias, request, now)
    rederived = answers.rederived(source, alias)
    return Explanation(
        alias=alias,
        source=source,
        rederived=rederived,
        decision=decision,
        ledger=answers.vouches(source.ref),
        replay=found,
        now=today,
        at=now,
        signature=answers.is_signed(source.ref),
        withdrawal=answers.withdrawal(source.ref.id),
        drains=answers.visible_drains(_drains(answers, line, decision, now)),
        beside=answers.beside(alias),
        incumbent_fault=_incumbent_fault(answers, source, alias),
        retirement=_retirement(answers, alias, today),
        resolver_before=frozen_ranking_before(source, alias, rederived.table),
        read_elsewhere=answers.read_elsewhere(source.ref.id),
    )


def _retirement(
    answers: AnswerSource, alias: AliasName, today: DrainedDecision | Unknown
) -> LiveRetirement | None:
    """The retirement of what answers today."""
    if isinstance(today, Unknown):
        return None
    decision = today.decision
    return answers.retirement(today.at.date())(alias, decision.source, decision.model)


def _incumbent_fault(
    answers: AnswerSource, source: VerifiedRelease, alias: AliasName
) -> str | Unknown | None:
    """What is wrong with the incumbent that the release names, or why that cannot be known."""
    incumbent = source.aliases[alias].incumbent
    if incumbent is None:
        return None

    claim = ClaimedIncumbent(source.ref.id, alias, incumbent)
    try:
        return incumbent_fault(claim, lambda named: answers.winners(named, alias))
    except ZumikError as error:
        # A bundle has few releases, so that a missing one proves nothing.
        return Unknown(error.message)


def _replayed(answers: AnswerSource, line: LogLine) -> Replay:
    """The verdict on a logged decision. Raises where it is open which release decided.

    A line that names its release is explained also where it proves nothing, as one that does not
    say which model answered.
    """
    found = replayed(answers, line)
    if found.source is None:
        raise found.cause or CannotReplay(
            f"this cannot be replayed: {found.why}",
            hint="a line needs alias_release; a timestamp does where git knows what had landed",
        )
    return found


def _asked_release(answers: AnswerSource, line: LogLine, alias: AliasName) -> VerifiedRelease:
    pinned = line.reference.release
    return answers.live_release(alias) if pinned is None else answers.release(pinned)


def _drains(
    answers: AnswerSource, line: LogLine, decision: Decision | None, now: datetime
) -> tuple[Drain, ...]:
    """The listed drains that covered what the request could not use, when it was decided.

    A list of drains that cannot be read is reported beside what is live today. It does not keep an
    old line from being explained, because no replay depends on it.
    """
    if not line.is_logged:
        assert decision is not None
        unused = (*decision.request.unavailable, *decision.drain_ignored)
        return taking(answers.drains, unused, now)
    unused = (*(line.request.unavailable if line.request else ()), *line.drain_ignored)
    if line.timestamp is None or not unused:
        return ()
    try:
        return taking(answers.drains, unused, line.timestamp)
    except ZumikError:
        return ()


def _today(
    answers: AnswerSource, alias: AliasName, request: Request, now: datetime
) -> DrainedDecision | Unknown:
    """What the live alias answers to the same request, or why it cannot."""
    try:
        decision = answers.answer_today(alias, request, now)
    except NoCandidate:
        return Unknown(f"{alias} has no live candidate for this request")
    except ZumikError as error:
        return Unknown(error.message)
    ranking = decision.source.aliases[alias].ranking if decision.source else ()
    drains = answers.visible_drains(taking(answers.drains, ranking, now))
    return DrainedDecision(decision, drains, now)
