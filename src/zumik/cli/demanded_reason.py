"""A reason that the workspace demands: asked for at a terminal, and required everywhere."""

from __future__ import annotations

from contextlib import suppress

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import people_at_terminal
from zumik.cli.proposed import typed_again
from zumik.core.releases.release import is_blank
from zumik.errors import UsageError, ZumikError


def asked_reason(context: typer.Context, given: str | None) -> str | None:
    """The reason that was given, or the answer of a person where the workspace demands one.

    It is asked for before the command begins, so that no other one has to wait for the answer.
    """
    if is_blank(given) and people_at_terminal():
        # Settings that cannot be read are reported by the command itself, where it needs them.
        with suppress(ZumikError):
            if session_of(context).settings.reasons_required:
                return str(typer.prompt("why, for those who ask later", err=True))
    return given


def require_demanded(session: Session, reason: str | None, option: str = "--reason") -> None:
    """Raises UsageError without a reason where the workspace demands one."""
    if is_blank(reason) and session.settings.reasons_required:
        raise UsageError(
            f"{option} is missing: zumik.yaml requires reasons",
            hint=typed_again(option, "why it is done"),
        )
