"""A created release as text and JSON: what it is called, and what changed since the one before."""

from __future__ import annotations

from zumik.core.basics.display import shown
from zumik.core.reviews.outcomes import CreatedRelease
from zumik.reports.blocks import Report
from zumik.reports.changes_report import changes_report, changes_to_json
from zumik.reports.finding_report import summary
from zumik.reports.published_report import (
    DIGEST_NOT_KNOWN,
    commit_command,
    published_to_json,
    published_to_text,
)
from zumik.reports.taken_back_report import (
    history_to_json,
    history_to_lines,
    taken_back_to_json,
    taken_back_to_text,
)

_FEW_ALIASES = 5
"""As many a hint names: a longer command would not be read before it is pasted."""


def creation_report(made: CreatedRelease) -> Report:
    """The release and its changes."""
    if made.changes is None:
        return [[f"unchanged: {made.ref.id} already holds what policy and catalog say"]]
    digest = made.ref.sha256 if made.digest_is_final else DIGEST_NOT_KNOWN
    return [[f"{made.ref.id}  {digest}"], *changes_report(made.changes)]


def creation_notes(made: CreatedRelease) -> str:
    """How far it has come, what to look at, and how aliases come to it."""
    done = made.published
    if done is None:
        return "\nno release was made; --allow-unchanged makes one all the same"
    notes: list[str] = []
    if made.repeats is not None:
        mark = made.repeats
        notes.append(
            f"warning: it holds the same as {mark.target.id}, which is withdrawn: "
            f"{shown(mark.reason)}"
        )
    commit = f"{commit_command(done)}, then " if done.commit is None else ""
    push = " --push" if done.pushed_to else ""
    sign = f"zumik release sign {made.ref.id}, then " if made.needs_signature else ""
    for back in made.taken_back:
        notes.append(
            f"warning: {back.alias}: {taken_back_to_text(back)}; promote --all leaves it out"
        )
        if not done.dry_run:
            promote = f"zumik alias promote {back.alias} --to {made.ref.id} --reason '…'{push}"
            notes.append(f"to move it all the same: {commit}{sign}{promote}")
    notes += history_to_lines(made.history_from)
    if found := [item for item in made.findings if item.acknowledged is None]:
        notes.append(f"{summary(found)}: zumik validate shows them")
    promoted = _promoted(made)
    if promoted is None:
        then = f"{commit}{sign}".removesuffix(", then ") or None
    else:
        then = f"{commit}{sign}zumik alias promote {promoted} --to {made.ref.id} --reason '…'{push}"
    return published_to_text(done, notes=notes, then=then)


def _promoted(made: CreatedRelease) -> str | None:
    """What to promote: the aliases by name where only a few change, else `--all`.

    None where people took back every winner that would change: promoting all would change nothing.
    """
    left_out = {back.alias for back in made.taken_back}
    named = [alias for alias in made.touched if alias not in left_out]
    if left_out and not named:
        return None
    few = made.untouched and 0 < len(named) <= _FEW_ALIASES
    return " ".join(named) if few else "--all"


def creation_to_json(made: CreatedRelease) -> dict[str, object]:
    """The release, how far it has come, and its changes."""
    done = made.published
    return {
        "id": made.ref.id,
        "sha256": made.ref.sha256 if made.digest_is_final else None,
        "unchanged": done is None,
        "bytes": made.size if done else None,
        **published_to_json(done, otherwise="no release was made"),
        "changes": changes_to_json(made.changes) if made.changes else None,
        "taken_back": [taken_back_to_json(back) for back in made.taken_back],
        "history_from": history_to_json(made.history_from),
    }
