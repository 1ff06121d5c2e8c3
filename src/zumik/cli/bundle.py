"""`zumik bundle`: all that a resolver needs, in one file that is replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.cli.context import end_like_ctrl_c, session_of
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, beside, emit, tell
from zumik.cli.progress import waiting
from zumik.core.basics.times import moment_text
from zumik.errors import UsageError
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
        bool, typer.Option("--all-releases", help="Every release, also for log lines of before.")
    ] = False,
    dry_run: DryRunOption = False,
    fetch: Annotated[
        str | None,
        typer.Option(
            "--fetch", metavar="URL", help="Take the bundle from there, if it is a newer one."
        ),
    ] = None,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="With --fetch: take an older one too.")
    ] = False,
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="SPAN", help="With --fetch: 90s, 5m.")
    ] = "1m",
    form: FormatOption = Format.TEXT,
) -> None:
    """Write what is live into one verified file, for gateways.

    It holds what is live on live_ref; without a live_ref, it is made from the work tree. It
    replaces the old file in one step, so that no resolver or gateway reads half of it.

    With --fetch it needs no workspace: a gateway gets the bundle that was published. One that has
    not changed, is not intact or is older leaves the file as it is. What logs in there is taken
    from the variable ZUMIK_BUNDLE_AUTHORIZATION, as in Bearer TOKEN.
    """
    if fetch is not None:
        if ref is not None or all_releases:
            raise UsageError(
                "--fetch takes a bundle as it was published",
                hint="drop --ref and --all-releases, or drop --fetch",
            )
        _fetch(context, fetch, output, timeout, form, older=allow_older, dry_run=dry_run)
        return
    from zumik.actions.gateways.write_bundle import write_bundle

    session = session_of(context)
    with waiting("reading releases"):
        made, size, retiring = write_bundle(
            session, output, ref, every=all_releases, dry_run=dry_run
        )
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


def _fetch(
    context: typer.Context,
    url: str,
    output: Path,
    timeout: str,
    form: Format,
    *,
    older: bool,
    dry_run: bool,
) -> None:
    from zumik.actions.gateways.fetch_bundle import fetch_bundle
    from zumik.core.basics.times import span_from_text
    from zumik.reports.fetched_bundle_report import fetched_notes, fetched_report, fetched_to_json

    try:
        longest = span_from_text(timeout, "smh")
    except ValueError:
        raise UsageError("--timeout takes a span", hint="as in 90s or 5m") from None
    end_like_ctrl_c(context)
    with waiting("fetching the bundle"):
        found = fetch_bundle(
            session_of(context), url, output, older=older, longest=longest, dry_run=dry_run
        )
    emit(
        form,
        "fetched-bundle",
        lambda: fetched_report(str(output), found),
        lambda: fetched_to_json(str(output), found),
    )
    tell(fetched_notes(found))
    if dry_run:
        tell("dry run: nothing was written")


def _drained(made: Bundle) -> str:
    """How many drains are in force, where any is."""
    from zumik.core.decisions.drained_decision import in_force

    count = len(in_force(made.drains, made.made_at))
    return f"{plural(count, 'drain')} in force, " if count else ""
