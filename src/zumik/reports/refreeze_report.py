"""A refrozen draft as text and JSON: what it replaces, who wins otherwise, and what moves."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.releases.refreeze import WinnerChange
from zumik.core.releases.release import ReleaseRef
from zumik.core.reviews.refrozen import Refrozen
from zumik.reports.alias_report import moves_to_json, moves_to_text
from zumik.reports.text import PLAIN, Style, plural, safe


def refrozen_to_text(what: Refrozen, style: Style = PLAIN) -> str:
    """Everything that was done, what matters to a reviewer first."""
    blocks = [_release(what, style)] if what.dropped else []
    if what.dropped:
        blocks.append(_winners(what.changed, style))
    if what.moves:
        blocks.append(moves_to_text(what.moves, style))
    lines = [f"{alias} stays as it is on {what.live_ref}: {why}" for alias, why in what.staying]
    lines += [
        f"{style.doubtful('still in conflict')}: {safe(path)} names no draft on either side"
        for path in what.in_conflict
    ]
    return "\n\n".join([*blocks, *(["\n".join(lines)] if lines else [])])


def _release(what: Refrozen, style: Style) -> str:
    onto = f"{what.onto.id} of {what.live_ref}" if what.onto else f"nothing on {what.live_ref}"
    dropped = [f"{ref.id} {ref.sha256.short}…" for ref in what.dropped]
    lines = []
    if what.made is not None:
        lines.append(f"{style.bold(what.made.id)}  {what.made.sha256}")
        lines.append(f"  {style.dim('follows')}   {onto}")
    else:
        lines.append(f"no release is needed: {onto} says what policy and catalog say")
    lines += [f"  {style.dim('replaces')}  the draft {name}" for name in dropped]
    return "\n".join(lines)


def _winners(changed: Sequence[WinnerChange], style: Style) -> str:
    if not changed:
        return "every alias has the winner that was reviewed"
    lines = [f"changed since the review: {plural(len(changed), 'alias', 'aliases')}"]
    lines += [
        f"  {style.bold(item.alias)}: {item.before or 'none'} → "
        f"{style.doubtful(item.after or 'none')}"
        for item in changed
    ]
    return "\n".join(lines)


def refrozen_to_json(what: Refrozen) -> dict[str, object]:
    """Everything that was done."""
    return {
        "live_ref": what.live_ref,
        "onto": _ref(what.onto),
        "dropped": [_ref(ref) for ref in what.dropped],
        "release": _ref(what.made),
        "winners_changed": [
            {"alias": item.alias, "winner_before": item.before, "winner_after": item.after}
            for item in what.changed
        ],
        "moves": moves_to_json(what.moves),
        "staying": [{"alias": alias, "why": why} for alias, why in what.staying],
        "in_conflict": list(what.in_conflict),
    }


def _ref(ref: ReleaseRef | None) -> dict[str, str] | None:
    return ref and {"id": ref.id, "sha256": ref.sha256}
