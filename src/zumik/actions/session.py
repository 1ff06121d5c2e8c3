"""What a command is run with: the workspace, the clock and the terminal.

Everything from outside enters here, so that the rooms never read the environment themselves.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from zumik.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from zumik.git.repository import Repository
    from zumik.reports.text import Style
    from zumik.transaction.writer import Writer
    from zumik.workspace.settings import Settings
    from zumik.workspace.store import Store


@dataclass
class Session:
    """One run of the command line. `writer` is there while a command may write."""

    chosen_workspace: Path | None = None
    writer: Writer | None = None

    @cached_property
    def store(self) -> Store:
        """The workspace's files. Raises CannotRun where there is no workspace."""
        from zumik.workspace.store import find_workspace

        return find_workspace(Path.cwd(), self.chosen_workspace)

    @cached_property
    def settings(self) -> Settings:
        """The workspace's settings. Raises Invalid and CannotRun."""
        from zumik.workspace.settings import read_settings

        return read_settings(self.store.tree)

    @cached_property
    def repository(self) -> Repository:
        """The git repository around the workspace. Raises CannotRun."""
        from zumik.git.repository import Repository

        return Repository.containing(self.store.root)

    @property
    def repository_or_none(self) -> Repository | None:
        """The git repository around the workspace, if there is one that can be asked."""
        try:
            return self.repository
        except CannotRun:
            return None

    @cached_property
    def style(self) -> Style:
        """Colour on a terminal, unless NO_COLOR asks for none."""
        from zumik.reports.text import Style

        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return Style(colour=bool(sys.stdout) and sys.stdout.isatty() and not plain)

    @property
    def environment(self) -> Mapping[str, str]:
        """What programs that are run for the person are told, such as where ssh-agent is."""
        return os.environ

    @property
    def at_terminal(self) -> bool:
        """Whether somebody is there who could be asked."""
        return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    def now(self, as_of: str | None = None) -> datetime:
        """The time in UTC, to the second; `as_of` instead where it is given. Raises UsageError."""
        now = utc_now()
        if as_of is None:
            return now
        try:
            asked = datetime.fromisoformat(as_of)
            asked = asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked.astimezone(UTC)
        except (ValueError, OverflowError):
            raise UsageError(
                "--as-of takes a date or a UTC time", hint="--as-of 2026-06-09T08:00:00Z"
            ) from None
        if asked > now:
            raise UsageError("--as-of lies in the future", hint="nobody knows those facts yet")
        return asked.replace(microsecond=0)


def utc_now() -> datetime:
    """The one clock of the command line, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def session_of(context: object) -> Session:
    """The session of a command's context."""
    session = getattr(context, "obj", None)
    return session if isinstance(session, Session) else Session()


def writer(context: typer.Context, command: str, *, dry_run: bool = False) -> Session:
    """The session of a command that writes: alone, from before it reads anything until it ends.

    A dry run writes nothing, and waits for nobody. Raises CannotRun while another writes, or where
    one was interrupted.
    """
    from zumik.transaction import writer
    from zumik.transaction.lock import held_by_me

    session = session_of(context)
    if not dry_run:
        context.with_resource(_ending_like_ctrl_c())
        session.writer = context.with_resource(
            writer.writer(
                session.store.root,
                session.repository_or_none,
                held_by_me(command, session.now()),
                lambda text: typer.echo(text, err=True),
            )
        )
    return session


@contextmanager
def _ending_like_ctrl_c() -> Iterator[None]:
    """Whoever is asked to end takes back what was begun."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)  # typer says nothing of it
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
