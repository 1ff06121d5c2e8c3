"""A winner that was taken back, in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from zumik.core.basics.names import AliasName
from zumik.core.basics.times import moment_text
from zumik.core.live.landed_pointer import UNSHALLOW
from zumik.core.live.taken_back import WITHDRAWN, TakenBack
from zumik.reports.text import safe


def taken_back_to_text(back: TakenBack) -> str:
    """`acme/small was rolled back on 2026-06-09, from alr_2026_06_08_001: INC-42`.

    A rollback that is only in this checkout says that it has not landed.
    """
    place = f"with {back.release}" if back.how == WITHDRAWN else f"from {back.release}"
    here = "" if back.has_landed else " (here: not landed)"
    reason = safe(back.reason) if back.reason else "no reason given"
    return f"{back.model} was {back.how} on {back.at:%Y-%m-%d}{here}, {place}: {reason}"


def history_to_text(start: datetime) -> str:
    """That a shallow clone does not know whether a winner was taken back."""
    return (
        f"history is cut off at {start:%Y-%m-%d %H:%M}, so an earlier rollback is not known here: "
        f"{UNSHALLOW}"
    )


def history_to_lines(history_from: Mapping[AliasName, datetime]) -> list[str]:
    """The same as warnings, one for each alias."""
    return [f"warning: {alias}: {history_to_text(at)}" for alias, at in history_from.items()]


def history_to_json(history_from: Mapping[AliasName, datetime]) -> dict[str, str]:
    """The same for machines, by alias."""
    return {alias: moment_text(at.replace(microsecond=0)) for alias, at in history_from.items()}


def taken_back_to_json(back: TakenBack | None) -> dict[str, object] | None:
    """The same for machines; null where nothing was taken back."""
    if back is None:
        return None
    return {
        "alias": back.alias,
        "model": back.model,
        "release": back.release,
        "how": back.how,
        "at": moment_text(back.at.replace(microsecond=0)),
        "reason": back.reason,
        "landed": back.has_landed,
    }
