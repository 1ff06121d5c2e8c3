"""A refrozen draft as text and JSON: what it replaces, who wins otherwise, and what moves."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.releases.refreeze import WinnerChange
from zumik.core.releases.release import ReleaseRef
from zumik.core.reviews.outcomes import RefrozenDrafts, Staged
from zumik.core.reviews.refrozen import Refrozen
from zumik.reports.alias_report import moves_section, moves_to_json
from zumik.reports.blocks import Fields, Report, Section, doubtful, strong
from zumik.reports.published_report import (
    DIGEST_NOT_KNOWN,
    published_to_json,
    published_to_text,
    status_to_text,
)
from zumik.reports.text import plural, safe


def refrozen_report(what: Refrozen) -> Report:
    """Everything that was done, what matters to a reviewer first."""
    sections: list[Section] = [_release(what), _winners(what.changed)] if what.dropped else []
    if what.moves:
        sections.append(moves_section(what.moves))
    lines = [f"{alias} stays as it is on {what.live_ref}: {why}" for alias, why in what.staying]
    lines += [
        f"{doubtful('still in conflict')}: {safe(path)} names no draft on either side"
        for path in what.in_conflict
    ]
    return [*sections, *([lines] if lines else [])]


def _release(what: Refrozen) -> Section:
    onto = f"{what.onto.id} of {what.live_ref}" if what.onto else f"nothing on {what.live_ref}"
    rows = [("replaces", f"the draft {ref.id} {ref.sha256.short}…") for ref in what.dropped]
    if what.made is None:
        head = f"no release is needed: {onto} says what policy and catalog say"
        return [head, Fields(rows, width=9)]
    digest = what.made.sha256 if what.digest_is_final else DIGEST_NOT_KNOWN
    head = f"{strong(what.made.id)}  {digest}"
    return [head, Fields([("follows", onto), *rows], width=9)]


def _winners(changed: Sequence[WinnerChange]) -> Section:
    if not changed:
        return ["every alias has the winner that was reviewed"]
    head = f"changed since the review: {plural(len(changed), 'alias', 'aliases')}"
    lines = [
        f"  {strong(item.alias)}: {item.before or 'none'} → {doubtful(item.after or 'none')}"
        for item in changed
    ]
    return [head, *lines]


def refrozen_to_json(what: Refrozen) -> dict[str, object]:
    """Everything that was done."""
    return {
        "live_ref": what.live_ref,
        "onto": _ref(what.onto),
        "dropped": [_ref(ref) for ref in what.dropped],
        "release": _ref(what.made, is_final=what.digest_is_final),
        "winners_changed": [
            {"alias": item.alias, "winner_before": item.before, "winner_after": item.after}
            for item in what.changed
        ],
        "moves": [_without_digest(move, what) for move in moves_to_json(what.moves)],
        "staying": [{"alias": alias, "why": why} for alias, why in what.staying],
        "in_conflict": list(what.in_conflict),
    }


def _without_digest(move: dict[str, object], what: Refrozen) -> dict[str, object]:
    """The move; without the digest of a release that a dry run does not make."""
    is_made = what.made is not None and move["release"] == what.made.id
    return move if what.digest_is_final or not is_made else {**move, "sha256": None}


def _ref(ref: ReleaseRef | None, *, is_final: bool = True) -> dict[str, str | None] | None:
    return ref and {"id": ref.id, "sha256": ref.sha256 if is_final else None}


def refreeze_report(what: RefrozenDrafts) -> Report:
    """What was done, or why there was nothing to do."""
    if what.published is not None or what.staged is not None:
        return refrozen_report(what.refrozen)
    refrozen, why = what.refrozen, "this branch has no draft"
    if what.draft is not None:
        newest = f"{refrozen.onto.id}, the newest" if refrozen.onto else "no release"
        why = f"{what.draft.id} follows {newest} on {refrozen.live_ref}"
    return [[f"nothing to refreeze: {why}"]]


def refreeze_notes(what: RefrozenDrafts) -> str | None:
    """How far it has come, and the next step."""
    if what.published is not None:
        return published_to_text(what.published)
    if what.staged is not None:
        along = ", ".join(what.staged.along)
        taken = f"\nyour edits were staged along: {along}" if along else ""
        return f"\n{_status(what)}{taken}\nnext: {_next_step(what.staged, what.refrozen.dropped)}"
    lines = [
        f"\nstill in conflict: {path} names no draft on either side"
        for path in what.refrozen.in_conflict
    ]
    return "\n".join(lines) or None


def _next_step(staged: Staged, dropped: Sequence[ReleaseRef]) -> str:
    step = staged.continue_command
    if staged.unmerged:
        step = f"resolve {', '.join(staged.unmerged)} and git add it, then {step}"
    if staged.is_rebase:
        step += "; after the rebase, zumik release refreeze again, for pointers that follow"
        if dropped:
            step += f"\nthe message of this commit may still name {dropped[-1].id}"
    return step


def _status(what: RefrozenDrafts) -> str:
    if what.published is not None:
        return status_to_text(what.published)
    if what.staged is not None:
        return f"staged; NOT LIVE until merged to {what.refrozen.live_ref}"
    return "nothing to refreeze"


def refreeze_to_json(what: RefrozenDrafts) -> dict[str, object]:
    """How far it has come, and everything that was done."""
    return {
        **published_to_json(what.published),
        "status": _status(what),
        **refrozen_to_json(what.refrozen),
    }
