"""The note under an answer whose release the checkout does not have."""

from __future__ import annotations

from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.cli.output import tell


def tell_read_elsewhere(answers: WorkspaceAnswers) -> None:
    """Say which releases were read on `live_ref`, and what may bring those that were not found."""
    found = answers.landed
    if found.elsewhere:
        # Most answers need no such note.
        from zumik.reports.live_ref_report import elsewhere_to_lines

        tell("\n".join(elsewhere_to_lines(found.elsewhere)))
    if found.hint is not None:
        tell(f"hint: {found.hint}")
