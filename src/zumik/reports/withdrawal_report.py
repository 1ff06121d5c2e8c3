"""Withdrawals as text and JSON: why a release must not be used, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zumik.core.basics.times import moment_text
from zumik.reports.published_report import published_to_json, published_to_text
from zumik.reports.text import safe

if TYPE_CHECKING:
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.core.reviews.outcomes import WithdrawnRelease

WITHDRAWN = "WITHDRAWN"
"""What a withdrawal is once it is on `live_ref`."""


def withdrawal_to_text(mark: Withdrawal) -> str:
    """Since when, and why."""
    return f"on {mark.withdrawn_at:%Y-%m-%d %H:%M} UTC: {safe(mark.reason)}"


def withdrawal_to_json(mark: Withdrawal | None) -> dict[str, object] | None:
    """Since when, and why; null for a release that stands."""
    if mark is None:
        return None
    return {"withdrawn_at": moment_text(mark.withdrawn_at), "reason": mark.reason}


def withdrawn_to_text(what: WithdrawnRelease) -> str:
    """What was withdrawn and why, or that it was before."""
    mark = what.mark
    if what.published is None:
        return f"{mark.target.id} is withdrawn already, {withdrawal_to_text(mark)}"
    return f"withdraws {mark.target.id}: {safe(mark.reason)}"


def withdrawn_notes(what: WithdrawnRelease) -> str | None:
    """How far it has come, and the next step; None where there was nothing to do."""
    if what.published is None:
        return None
    newest = "it is the newest release: correct policy and catalog, then zumik release create"
    return published_to_text(
        what.published, live=WITHDRAWN, notes=[newest] if what.is_newest else []
    )


def withdrawn_to_json(what: WithdrawnRelease) -> dict[str, object]:
    """The withdrawn release, its mark, and how far the mark has come."""
    mark, done = what.mark, what.published
    return {
        "id": mark.target.id,
        "sha256": mark.target.sha256,
        **(withdrawal_to_json(mark) or {}),
        "already": done is None,
        **published_to_json(done, live=WITHDRAWN, otherwise="withdrawn already"),
    }
