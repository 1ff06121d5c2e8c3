"""One decision out of anything that a person or a client can pass as a log line."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.decisions.log_line import LogLine, UnreadableLine, read_log_line


class TakenDecision(NamedTuple):
    """A line of zumik, and what was taken off around it, from the outside in."""

    line: LogLine
    taken_from: tuple[str, ...] = ()

    def taken_to_json(self) -> dict[str, object]:
        """What was taken off, for programs; a bare line adds no key."""
        return {"taken_from": list(self.taken_from)} if self.taken_from else {}


def decision_in(data: bytes) -> TakenDecision:
    """The decision in a line, in any wrapping. Raises UnreadableLine.

    A line of zumik's own is read first, and nothing is loaded for the others.
    """
    try:
        return TakenDecision(read_log_line(data))
    except UnreadableLine as error:
        return _unwrapped(data, error)


def _unwrapped(data: bytes, refused: UnreadableLine) -> TakenDecision:
    from zumik.core.traffic.logged_call import (
        HOW_TO_LOG,
        NO_DECISION,
        LoggedCall,
        UnreadEntry,
    )
    from zumik.logs.calls import calls_in_text

    fault = refused
    found: list[TakenDecision] = []
    for call in calls_in_text(data):
        if isinstance(call, LoggedCall) and call.decision is not None:
            found.append(TakenDecision(call.decision, call.taken_from))
        elif fault is refused and isinstance(call, LoggedCall) and call.taken_from:
            where = ", in the ".join(reversed(call.taken_from))
            if call.fault == NO_DECISION:
                said, hint = f"{call.fault}: it was read as {where}", " ".join(HOW_TO_LOG)
                fault = UnreadableLine(said, hint=hint)
            else:
                fault = UnreadableLine(f"{call.fault}, in the {where}", hint=refused.hint)
        elif fault is refused and isinstance(call, UnreadEntry) and ", in the " in call.why:
            fault = UnreadableLine(f"the log line: {call.why}", hint=refused.hint)
        if len(found) > 1:
            raise UnreadableLine(
                "more than one logged call",
                hint="zumik replay judges each call of a log, also from stdin: zumik replay -",
            )
    if not found:
        raise fault
    return found[0]
