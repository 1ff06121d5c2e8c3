"""A changed list of drains as text and JSON: what each alias answers by it, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from zumik.core.basics.display import neutral
from zumik.core.basics.times import moment_text
from zumik.core.reviews.outcomes import ChangedDrains
from zumik.reports.blocks import Report
from zumik.reports.drain_report import drain_to_text, effects_section, effects_to_json
from zumik.reports.published_report import (
    published_to_json,
    published_to_text,
    same_options,
)


def drain_change_report(what: ChangedDrains) -> Report:
    """The drains that were added or removed, and what each alias answers now."""
    if what.drained is not None:
        drained = drain_to_text(what.drained, what.at)
        if what.published is None:
            return [[f"drained already: {drained}"]]
        head = [f"drains {drained}"]
    elif what.published is None:
        return [["nothing is drained"]]
    else:
        head = [f"undrains {drain_to_text(drain, what.at)}" for drain in what.undrained]
    return [[*head], effects_section(what.effects)]


def drain_change_notes(what: ChangedDrains) -> str | None:
    """What could not be looked at, which drains are ignored, and how far the change has come."""
    if what.published is None:
        return None
    lines = [f"warning: not looked at: {neutral(problem)}" for problem in what.unread]
    ignored = [effect.alias for effect in what.effects if effect.after.drain_ignored]
    if ignored:
        lines.append(
            f"warning: DRAIN IGNORED for {', '.join(ignored)}: no other model could answer; "
            "zumik alias show ALIAS shows the ranking"
        )
    undo = " && ".join(_undo(what)) or None
    return "\n".join([*lines, published_to_text(what.published, live=_live(what), undo=undo)])


def drain_change_to_json(what: ChangedDrains) -> dict[str, object]:
    """What was added or removed, the new list, and what each alias answers."""
    done = what.published
    nothing = "drained already" if what.drained is not None else "nothing is drained"
    return {
        "drained": what.drained and what.drained.to_json(),
        "undrained": [drain.to_json() for drain in what.undrained],
        "already": done is None,
        "list": what.drains and what.drains.to_json(),
        **published_to_json(done, live=_live(what), otherwise=nothing),
        "aliases": effects_to_json(what.effects),
    }


def _live(what: ChangedDrains) -> str:
    """The word for a change that is on `live_ref`."""
    return "IN FORCE" if what.drained is not None else "LIVE"


def _undo(what: ChangedDrains) -> Iterator[str]:
    """The commands that put back the list as it was."""
    options = same_options(what.published)
    if what.drained is not None and not what.restores:
        yield f"zumik undrain {quote(neutral(what.drained.models))}{options}"
    for drain in what.restores:
        until, reason = moment_text(drain.until), quote(neutral(drain.reason))
        models = quote(neutral(drain.models))
        yield f"zumik drain {models} --until {until} --reason {reason}{options}"
