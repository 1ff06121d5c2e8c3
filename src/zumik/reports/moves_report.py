"""Moved aliases as text and JSON: who answered and answers now, and the way on and back."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from zumik.core.basics.display import neutral
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.pointer import Pointer
from zumik.core.reviews.outcomes import MovedAliases
from zumik.reports.alias_report import moves_section, moves_to_json
from zumik.reports.blocks import Report
from zumik.reports.published_report import (
    published_to_json,
    published_to_text,
    same_options,
)
from zumik.reports.retirement_report import retirement_to_text, retirements_to_json
from zumik.reports.taken_back_report import (
    history_to_json,
    history_to_lines,
    taken_back_to_json,
    taken_back_to_text,
)


def moved_report(what: MovedAliases) -> Report:
    """One line a move."""
    return [moves_section(what.moves)]


def moved_notes(what: MovedAliases) -> str | None:
    """What did not move, how far the rest has come, and how to undo it."""
    lines = [
        f"warning: {alias} has no replacement: {neutral(why)}"
        for alias, why in (what.without_replacement or {}).items()
    ]
    lines += [_other_kind(move.pointer) for move in what.moves if move.pointer.kind != what.kind]
    for back in what.taken_back:
        lines.append(f"warning: {back.alias}: {taken_back_to_text(back)}")
    lines += history_to_lines(what.history_from)
    for back, target in what.left_out:
        lines += _left_out(back.alias, taken_back_to_text(back), target)
    for pointer, target in what.left_retired:
        why = neutral(pointer.reason) if pointer.reason else "no reason given"
        retired = f"it was retired on {pointer.proposed_at:%Y-%m-%d}: {why}"
        lines += _left_out(pointer.alias, retired, target)
    for alias, release in what.unmoved:
        there = "was retired" if what.kind == "retire" else f"points to {release}"
        lines.append(f"{alias} {there} already")
    if what.published is not None:
        warnings = [f"warning: {item.alias}: {retirement_to_text(item)}" for item in what.retiring]
        undo = " && ".join(_undo(what)) or None
        stays = [move.pointer.alias for move in what.moves if move.previous is None]
        if undo and stays:
            undo += f"; new, with nothing to go back to: {', '.join(stays)}"
        lines.append(published_to_text(what.published, notes=warnings, undo=undo))
    return "\n".join(lines) or None


def _other_kind(pointer: Pointer) -> str:
    """That a move is of another kind than the command that made it."""
    if pointer.kind == "rollback":
        return f"{pointer.alias} goes back to {pointer.target.id}, which is a rollback"
    return f"{pointer.alias} goes on to {pointer.target.id}, which is a promotion"


def _left_out(alias: AliasName, why: str, target: ReleaseId) -> list[str]:
    """That `--all` left an alias out, and the command that moves it on purpose."""
    return [
        f"{alias} is left out: {why}",
        f"to move it all the same: zumik alias promote {alias} --to {target}",
    ]


def _undo(what: MovedAliases) -> Iterator[str]:
    """A command for each release or reason to go back to; none for an alias that is new."""
    moved_to = {move.pointer.alias: move.pointer.target.id.order for move in what.moves}
    groups: dict[str, list[str]] = {}
    for pointer in what.returns:
        if pointer.is_retired:
            back = f"retire ALIASES --reason {quote(neutral(pointer.reason or ''))}"
        else:
            # The way back from an older release leads forward, and that is a promotion.
            is_older = pointer.target.id.order < moved_to[pointer.alias]
            back = f"{'rollback' if is_older else 'promote'} ALIASES --to {pointer.target.id}"
        groups.setdefault(back, []).append(pointer.alias)
    options = same_options(what.published)
    for back, aliases in groups.items():
        yield f"zumik alias {back.replace('ALIASES', ' '.join(aliases), 1)}{options}"


def moved_to_json(what: MovedAliases) -> dict[str, object]:
    """The moves, and how far they have come."""
    done = what.published
    return {
        **published_to_json(done, otherwise="nothing moved"),
        "dry_run": what.dry_run,
        "moves": moves_to_json(what.moves),
        "taken_back": [taken_back_to_json(back) for back in what.taken_back],
        "left_out": [taken_back_to_json(back) for back, _ in what.left_out],
        "left_retired": [
            {"alias": pointer.alias, "reason": pointer.reason} for pointer, _ in what.left_retired
        ],
        "retirements": retirements_to_json(what.retiring),
        "history_from": history_to_json(what.history_from),
    }
