"""`zumik bundle`: all that a resolver needs, in one file that is replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.core.basics.times import moment_text
from zumik.errors import CannotRun
from zumik.reports.text import plural
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from datetime import datetime

    from zumik.core.live.bundle import Bundle

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("bundle")
def bundle(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="As live.json.")],
    ref: Annotated[
        str | None, typer.Option("--ref", metavar="REF", help="What is live there, not live_ref.")
    ] = None,
    all_releases: Annotated[
        bool, typer.Option("--all-releases", help="Every release, for references that pin one.")
    ] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write what is live on live_ref into one verified file, for resolvers and gateways.

    It takes the place of the old file in one step, so that nobody reads half of it. Without a
    live_ref the work tree is what counts.
    """
    from zumik.core.live.bundle import bundle_to_bytes
    from zumik.resolver import bundle_of_workspace
    from zumik.transaction.file_plan import NewBytes, write_together

    session = session_of(context)
    store, commit = _source(session, ref)
    now = session.now()
    made = bundle_of_workspace(store, now, commit=commit, every=all_releases)
    data = bundle_to_bytes(made)
    write_together([NewBytes(output.absolute(), data)])
    emit(
        form,
        lambda: (
            f"{output}: {plural(len(made.pointers), 'live alias', 'live aliases')}, "
            f"{plural(len(made.releases), 'release')}, {_drained(made, now)}{len(data):,} bytes"
        ),
        lambda: {
            "file": str(output),
            "bytes": len(data),
            "commit": commit,
            "made_at": moment_text(made.made_at),
            "aliases": list(made.pointers),
            "releases": list(made.releases),
            "drains": [drain.to_json() for drain in made.drains.drains],
        },
    )
    if commit is None:
        tell("from the work tree, landed or not: no live_ref is set")


def _drained(made: Bundle, now: datetime) -> str:
    """How many drains are in force, where any is."""
    from zumik.core.decisions.drained_decision import in_force

    count = len(in_force(made.drains, now))
    return f"{plural(count, 'drain')} in force, " if count else ""


def _source(session: Session, ref: str | None) -> tuple[Store, str | None]:
    """The workspace on a ref, and the commit that is. Raises CannotRun where it is not known."""
    from zumik.git.commit_tree import CommitTree

    wanted = ref if ref is not None else session.settings.live_ref
    if wanted is None:
        return session.store, None
    repository, root = session.repository, session.store.root
    commit = repository.parsed(f"{wanted}^{{commit}}")
    if commit is None:
        raise CannotRun(
            f"{wanted!a} is not known here",
            hint="git fetch brings it; --ref HEAD takes what is committed here",
        )
    tree = CommitTree(repository, commit, root.relative_to(repository.root).as_posix())
    return Store(root, tree), commit
