"""What a command gets from typer's context: its session, and the lock of a command that writes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from zumik.actions.session import Session

if TYPE_CHECKING:
    from zumik.actions.publishing.publish import PublishOptions

_ENDING = "zumik.ending"


def session_of(context: object) -> Session:
    """The session of a command's context."""
    session = getattr(context, "obj", None)
    return session if isinstance(session, Session) else Session()


def writer(context: typer.Context, command: str, *, dry_run: bool = False) -> Session:
    """The session of a command that writes: alone, from before it reads anything until it ends.

    A dry run writes nothing, and waits for no lock. Raises CannotRun while another command writes,
    or where one was interrupted.
    """
    from zumik.transaction import single_writer
    from zumik.transaction.lock import this_process

    session = session_of(context)
    if not dry_run:
        end_like_ctrl_c(context)
        session.writer = context.with_resource(
            single_writer.writer(
                session.store.root,
                session.repository_or_none,
                this_process(command, session.now()),
                lambda text: typer.echo(text, err=True),
            )
        )
    return session


def publisher(context: typer.Context, command: str, options: PublishOptions) -> Session:
    """The session of a command that moves what is live.

    For a pull request it is in a work tree of what is live now, and else in the checkout. Raises
    as `writer`, and CannotRun where nothing can be fetched.
    """
    if not options.pull_request:
        return writer(context, command, dry_run=options.dry_run)
    from zumik.actions.publishing.pull_request import work_tree_of_live

    end_like_ctrl_c(context)
    session = session_of(context)
    options.require_possible(session)
    if sys.stderr is not None and sys.stderr.isatty():
        session.progress = lambda text: typer.echo(f"{text} …", err=True)
    tree = work_tree_of_live(session, command, lambda text: typer.echo(text, err=True))
    return context.with_resource(tree)


def end_like_ctrl_c(context: typer.Context) -> None:
    """SIGTERM ends this command as Ctrl-C does, so that it removes what it began to write."""
    if _ENDING not in context.meta:
        context.meta[_ENDING] = True
        context.with_resource(_ending_like_ctrl_c())


@contextmanager
def _ending_like_ctrl_c() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does, so that it undoes what it began."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
