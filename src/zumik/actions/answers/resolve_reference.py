"""Resolving a reference: an alias as it is live, an alias of one release, or a concrete target."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from zumik.core.basics.references import Reference
from zumik.core.decisions.decision import Decision
from zumik.core.facts.request import Request

if TYPE_CHECKING:
    from zumik.actions.answers.answer_source import AnswerSource


def resolve_reference(
    answers: AnswerSource, reference: Reference, request: Request, now: datetime
) -> Decision:
    """The decision for a reference, without what is drained at the time `now`.

    Raises NoCandidate where no ranked model can take the request, and what `answers` raises for a
    reference that is not known or not visible.
    """
    if reference.model is not None:
        return answers.decide_target(reference)
    if reference.release is None:
        return answers.decide_live(reference, request, now)
    assert reference.alias is not None
    source = answers.release(reference.release)
    answers.require_visible(source, reference.alias)
    return answers.decide_pinned(source, reference, request, now)
