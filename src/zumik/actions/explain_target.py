"""Explaining a concrete target: no alias chose it, so its facts are the explanation."""

from __future__ import annotations

from typing import NamedTuple

from zumik.actions.replay_lines import replayed
from zumik.actions.session import Session
from zumik.actions.workspace_answers import WorkspaceAnswers
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay
from zumik.workspace.target_facts import Target, find_target


class ExplainedTarget(NamedTuple):
    """A target's facts, and the verdict on the log line where one was given."""

    target: Target
    replay: Replay | None


def explain_target(session: Session, line: LogLine) -> ExplainedTarget:
    """The facts of the model that a line names. Raises CannotRun where no release knows it."""
    assert line.reference.model is not None
    target = find_target(session.store, line.reference.model)
    answers = WorkspaceAnswers(session)
    return ExplainedTarget(target, replayed(answers, line) if line.is_logged else None)
