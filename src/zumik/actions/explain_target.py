"""Explaining a concrete target: no alias chose it, so its facts are the explanation."""

from __future__ import annotations

from typing import NamedTuple

from zumik.actions.replay_lines import replayed
from zumik.actions.session import Session
from zumik.actions.workspace_answers import WorkspaceAnswers
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, Verdict
from zumik.errors import AnswerIsNo, CannotRun
from zumik.reports.decision_report import difference_to_text
from zumik.workspace.target_facts import Target, find_target


class ContradictedTarget(AnswerIsNo):
    """A log line that contradicts itself, about a model that no release knows."""


class ExplainedTarget(NamedTuple):
    """A target's facts, and the verdict on the log line where one was given."""

    target: Target
    replay: Replay | None


def explain_target(session: Session, line: LogLine) -> ExplainedTarget:
    """The facts of the model that a line names.

    Raises CannotRun where no release knows it, and ContradictedTarget where the line diverged too.
    """
    assert line.reference.model is not None
    found = replayed(WorkspaceAnswers(session), line) if line.is_logged else None
    try:
        return ExplainedTarget(find_target(session.store, line.reference.model), found)
    except CannotRun as error:
        if found is None or found.verdict is not Verdict.DIVERGED:
            raise
        differences = "; ".join(map(difference_to_text, found.differences))
        raise ContradictedTarget(
            f"{error.message}, and the line diverged: {differences}", hint=error.hint
        ) from None
