"""A new workspace as text: its files, and the first steps in it."""

from __future__ import annotations

from zumik.core.reviews.outcomes import MadeWorkspace
from zumik.reports.text import plural, safe


def made_workspace_to_text(what: MadeWorkspace) -> str:
    """The files, one a line."""
    return "\n".join(map(safe, what.files))


def made_workspace_notes(what: MadeWorkspace) -> str:
    """What was made, whether git is there, and the next step."""
    count = plural(len(what.files), "file")
    if what.dry_run:
        return f"\ndry run: {count} not written"
    git = "commit it when it is ready: git add releases && git commit"
    if what.problem is not None:
        git = f"note: {what.problem}; releases are committed to git: git init"
    step = "zumik validate, then zumik plan"
    if what.empty:
        step = (
            "describe models in releases/catalog/, aliases in releases/policy/; then zumik validate"
        )
    return f"\nmade {count} in {safe(what.directory)}\n{git}\nnext: {step}"
