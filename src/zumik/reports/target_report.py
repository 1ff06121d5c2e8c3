"""A concrete target: its facts, where they are from, and which live aliases answer with it."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.basics.names import AliasName
from zumik.core.decisions.replay import Replay
from zumik.core.facts.catalog import Model, model_to_json
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.releases.release import VerifiedRelease
from zumik.reports.blocks import Report, bad, strong
from zumik.reports.decision_report import (
    differences_to_text,
    replay_to_json,
    served_to_text,
    verdict_text,
)
from zumik.reports.model_report import model_fields
from zumik.reports.retirement_report import retirement_to_text
from zumik.reports.text import safe


def target_report(
    model: Model,
    known_from: VerifiedRelease,
    serves: Sequence[AliasName],
    replay: Replay | None,
    retirement: LiveRetirement | None = None,
) -> Report:
    """The target for people."""
    verdict = f"   {verdict_text(replay.verdict)}" if replay else ""
    differences = [f"  {item}" for item in (differences_to_text(replay) if replay else ())]
    head = [
        strong(model.id) + verdict,
        "  a concrete target: nothing was chosen, so there is no ranking to explain",
        *differences,
        *([f"  {safe(replay.why)}"] if replay and replay.why else []),
        *([f"  served: {served_to_text(replay)}"] if replay else []),
        *([f"  {bad(retirement_to_text(retirement))}"] if retirement else []),
        f"  live aliases that answer with it: {', '.join(serves) or 'none'}",
        f"  facts as {known_from.ref.id} froze them:",
    ]
    return [head, [model_fields(model)]]


def target_to_json(
    model: Model,
    known_from: VerifiedRelease,
    serves: Sequence[AliasName],
    replay: Replay | None,
) -> dict[str, object]:
    """The target for machines."""
    return {
        "model": model.id,
        "known_from": known_from.ref.id,
        "serves": list(serves),
        "facts": model_to_json(model),
        "replay": replay and replay_to_json(replay),
    }
