"""A concrete target: its facts, where they are from, and which live aliases answer with it."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.basics.display import shown
from zumik.core.basics.names import AliasName
from zumik.core.decisions.replay import Replay
from zumik.core.facts.catalog import Model, model_to_json
from zumik.core.releases.release import VerifiedRelease
from zumik.reports.decision_report import replay_to_json, verdict_text
from zumik.reports.model_report import model_to_text
from zumik.reports.text import PLAIN, Style


def target_to_text(
    model: Model,
    known_from: VerifiedRelease,
    serves: Sequence[AliasName],
    replay: Replay | None,
    style: Style = PLAIN,
) -> str:
    """The target for a terminal."""
    head = style.bold(model.id)
    if replay is not None:
        head += f"   {verdict_text(replay.verdict, style)}"
    lines = [head, "  a concrete target: nothing was chosen, so there is no ranking to explain"]
    if replay is not None:
        lines += [
            f"  {d.field}: the log has {shown(d.logged)}, a target gives {shown(d.replayed)}"
            for d in replay.differences
        ]
    lines.append(f"  live aliases that answer with it: {', '.join(serves) or 'none'}")
    lines.append(f"  facts as {known_from.ref.id} froze them:")
    return "\n".join([*lines, "", model_to_text(model, style)])


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
