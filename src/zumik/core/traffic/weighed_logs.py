"""Logs weighed on a change: what was read of them, and which of their requests would move."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.traffic.impact import Impact
from zumik.core.traffic.logs_read import LogsRead


class WeighedLogs(NamedTuple):
    """What was read, without a verdict on any decision, and the whole impact."""

    logs: LogsRead
    impact: Impact
