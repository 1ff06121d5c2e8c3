"""Withdrawals as text and JSON: why a release must not be used, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zumik.core.basics.times import moment_text
from zumik.reports.text import safe

if TYPE_CHECKING:
    from zumik.core.releases.withdrawal import Withdrawal


def withdrawal_to_text(mark: Withdrawal) -> str:
    """Since when, and why."""
    return f"on {mark.withdrawn_at:%Y-%m-%d %H:%M}: {safe(mark.reason)}"


def withdrawal_to_json(mark: Withdrawal | None) -> dict[str, object] | None:
    """Since when, and why; null for a release that stands."""
    if mark is None:
        return None
    return {"withdrawn_at": moment_text(mark.withdrawn_at), "reason": mark.reason}
