"""Explaining a concrete target: no alias chose it, so its facts are the explanation."""

from __future__ import annotations

from typing import NamedTuple

from zumik.actions.answers.replay_decision import replayed
from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.live.live_retirements import retirements_of
from zumik.actions.session import Session
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, Verdict
from zumik.core.live.live_retirement import LiveRetirement
from zumik.errors import AnswerIsNo, CannotRun
from zumik.reports.decision_report import differences_to_text
from zumik.workspace.target_facts import Target


class ContradictedTarget(AnswerIsNo):
    """A log line that contradicts itself, about a model that no release knows."""


class ExplainedTarget(NamedTuple):
    """A target's facts, the verdict on the log line where one was given, and its retirement."""

    target: Target
    replay: Replay | None
    retirement: LiveRetirement | None


def explain_target(session: Session, answers: WorkspaceAnswers, line: LogLine) -> ExplainedTarget:
    """The facts of the model that a line names.

    Raises CannotRun where no release knows it, and ContradictedTarget where the line diverged too.
    """
    assert line.reference.model is not None
    found = replayed(answers, line) if line.is_logged else None
    try:
        target = answers.target(line.reference.model)
    except CannotRun as error:
        contradiction = contradiction_of(found)
        if contradiction is None:
            raise
        raise ContradictedTarget(f"{error.message}, {contradiction}", hint=error.hint) from None
    retirement = retirements_of(session.store, session.now().date())
    return ExplainedTarget(target, found, retirement(None, None, target.model.id))


def contradiction_of(found: Replay | None) -> str | None:
    """How a line about a model that nothing knows contradicts itself; None where it does not."""
    if found is None or found.verdict is not Verdict.DIVERGED:
        return None
    return f"and the line diverged: {'; '.join(differences_to_text(found))}"
