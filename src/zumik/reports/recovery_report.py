"""An interrupted command as text and JSON: which it was, and what became of its files."""

from __future__ import annotations

from zumik.core.basics.display import neutral
from zumik.core.reviews.outcomes import RecoveredWrite


def recovered_to_text(what: RecoveredWrite) -> str:
    """The command, whether its change was complete, and its files."""
    if what.holder is None:
        return "nothing was interrupted"
    made = "the change was complete" if what.is_finished else "the change was not complete"
    would = "would be " if what.dry_run else ""
    rows = "".join(f"\n  {neutral(name)}" for name in what.files)
    return f"{what.holder} was interrupted\n{made}; {would}{what.outcome}:{rows}"


def recovered_notes(what: RecoveredWrite) -> str | None:
    """The next step; None where nothing is left to do."""
    if what.holder is None or what.dry_run:
        return None
    again = "" if what.is_finished else "; then run the command again: it was undone"
    return f"\nnext: zumik check{again}"


def recovered_to_json(what: RecoveredWrite) -> dict[str, object]:
    """The interrupted command, what became of it, and its files."""
    return {
        "interrupted": what.interrupted if what.holder else None,
        "outcome": what.outcome if what.holder else None,
        "files": list(what.files),
        "dry_run": what.dry_run,
    }
