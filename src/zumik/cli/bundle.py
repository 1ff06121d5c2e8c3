"""`zumik bundle`: all that a resolver needs, in one file that is replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.cli.context import session_of
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, beside, emit, tell
from zumik.core.basics.times import moment_text
from zumik.reports.retirement_report import retirement_to_text, retirements_to_json
from zumik.reports.text import plural

if TYPE_CHECKING:
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
    dry_run: DryRunOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write what is live into one verified file, for resolvers.

    It holds what is live on live_ref; without a live_ref, it is made from the work tree. It
    replaces the old file in one step, so that no resolver or gateway reads half of it.
    """
    from zumik.actions.write_bundle import write_bundle

    session = session_of(context)
    made, size, retiring = write_bundle(session, output, ref, every=all_releases, dry_run=dry_run)
    with beside(output):
        emit(
            form,
            "written-bundle",
            lambda: (
                f"{output}: {plural(len(made.pointers), 'live alias', 'live aliases')}, "
                f"{plural(len(made.releases), 'release')}, {_drained(made)}{size:,} bytes"
            ),
            lambda: {
                "file": str(output),
                "bytes": size,
                "commit": made.commit,
                "made_at": moment_text(made.made_at),
                "aliases": list(made.pointers),
                "releases": list(made.releases),
                "drains": [drain.to_json() for drain in made.drains.drains],
                "retirements": retirements_to_json(retiring),
            },
        )
    for item in retiring:
        tell(f"warning: {item.alias}: {retirement_to_text(item)}")
    if dry_run:
        tell(f"dry run: {output} not written")
    if made.commit is None:
        tell("made from the work tree, landed or not: no live_ref is set")


def _drained(made: Bundle) -> str:
    """How many drains are in force, where any is."""
    from zumik.core.decisions.drained_decision import in_force

    count = len(in_force(made.drains, made.made_at))
    return f"{plural(count, 'drain')} in force, " if count else ""
