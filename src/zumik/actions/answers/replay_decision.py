"""The verdict on one logged decision: the one path of `explain`, `replay` and the server."""

from __future__ import annotations

from zumik.actions.answers.answer_source import AnswerSource
from zumik.core.decisions.log_line import LogLine
from zumik.core.decisions.replay import Replay, replay


def replayed(answers: AnswerSource, line: LogLine) -> Replay:
    """What a replay of the line finds."""
    return replay(line, answers.release, answers.landed_by, answers.known_as)
