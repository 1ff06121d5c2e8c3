"""`zumik metrics`: figures of a team's own evaluations, for the catalog."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.progress import waiting
from zumik.core.basics.display import shown
from zumik.core.basics.times import day_from_text
from zumik.errors import UsageError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Import figures of your own evaluations into the catalog.",
)


class Scale(StrEnum):
    """What the values of a file are."""

    FRACTION = "fraction"
    PERCENT = "percent"


class Better(StrEnum):
    """Which direction of a metric is better."""

    HIGHER = "higher"
    LOWER = "lower"


class Unit(StrEnum):
    """The units of metrics."""

    SECONDS = "seconds"
    PERCENT = "percent"
    FRACTION = "fraction"
    POINTS = "points"
    TOKENS_PER_SECOND = "tokens_per_second"


class Effort(StrEnum):
    """The efforts that a model may be asked for."""

    NONE = "none"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


class Accepted(StrEnum):
    """What a person may say of a figure that is questioned."""

    LIMITED = "limited"
    CACHED = "cached"
    REPLACE = "replace"
    DATASET = "dataset"


@app.callback()
def _group() -> None:
    """Keep `import` a command of its own where it is the only one."""


@app.command("import")
def import_runs(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Inspect AI .eval or .json, lm_eval results_*.json, promptfoo -o FILE.json, CSV.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="MODEL[=NAME]",
            help="The catalog's model, and the file's name for it where it has several; "
            "repeatable.",
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="METRIC[=KEY]",
            help="The catalog's metric, and the file's figure where it has several; repeatable.",
        ),
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The day of the run, if no file says it."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="How many questions, if no file says it.")
    ] = None,
    effort: Annotated[
        Effort | None, typer.Option("--effort", help="The effort sent, if no file says it.")
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="TEXT", help="What answered, if no file says it."),
    ] = None,
    scale: Annotated[
        Scale | None, typer.Option("--scale", help="What the values are, if no file says it.")
    ] = None,
    unit: Annotated[Unit | None, typer.Option("--unit", help="The unit of a new metric.")] = None,
    better: Annotated[
        Better | None, typer.Option("--better", help="The better direction of a new metric.")
    ] = None,
    accept: Annotated[
        list[Accepted] | None,
        typer.Option(
            "--accept",
            help="Take a figure of a part of the questions, from a cache, in place of another, "
            "or of another dataset; repeatable.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the figures, and stop.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every file, figure and reason.")
    ] = False,
    form: FormatOption = Format.TEXT,
) -> int:
    """Import figures of evaluation runs, with error, date and digest.

    A run that did not finish, lost samples or graded itself is refused with its reason (exit code
    3), and what a file does not say is asked (3). A file that is not readable gives 4. No prompt,
    answer or key of a file is shown or kept. Commits nothing.
    """
    from zumik.actions.authoring.import_metrics import import_metrics
    from zumik.core.reviews.imported_metrics import Hindrance
    from zumik.evaluations.answers import Answers
    from zumik.evaluations.run_figures import Doubt
    from zumik.reports.metrics_import_report import (
        metrics_import_notes,
        metrics_import_report,
        metrics_import_to_json,
    )

    with waiting("importing"):
        what = import_metrics(
            writer(context, "metrics import", dry_run=dry_run),
            files,
            Answers(
                day=None if day is None else _day(day),
                samples=samples,
                effort=effort and effort.value,
                revision=revision,
                scale=scale and scale.value,
                unit=unit and unit.value,
                better=better and better.value,
                accepted=frozenset(Doubt(each.value) for each in accept or ()),
            ),
            models=model or (),
            metrics=metric or (),
            dry_run=dry_run,
        )
    emit(
        form,
        "metrics-import",
        lambda: metrics_import_report(what, everything=everything),
        lambda: metrics_import_to_json(what),
    )
    tell(metrics_import_notes(what))
    if what.has(Hindrance.UNREADABLE):
        return 4
    return 3 if what.has(Hindrance.REFUSED) or what.has(Hindrance.WAITING) else 0


def _day(text: str) -> date:
    try:
        return day_from_text(text)
    except ValueError:
        raise UsageError(
            f"--date {shown(text)} is no day", hint="--date YYYY-MM-DD, the day of the run"
        ) from None
