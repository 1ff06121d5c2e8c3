"""Options of the commands that read logs: which calls are asked about, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zumik.cli.options import shared_option, takes_shared
from zumik.cli.output import tell
from zumik.cli.progress import watched_files
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.times import utc_from_iso
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.errors import UsageError

if TYPE_CHECKING:
    from zumik.actions.logs.weigh_logs import LoggedRequests
    from zumik.core.traffic.logged_call import ReadEntry
    from zumik.core.traffic.token_edges import TokenEdges
    from zumik.logs.call_table import TableOf
    from zumik.logs.counted.apart import IsApart
    from zumik.logs.formats.log_format import LogFormat

_SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Only calls from then on, in UTC.")
]
_UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="Only calls before then, in UTC.")
]
_AliasOption = Annotated[
    list[str] | None, typer.Option("--alias", metavar="ALIAS", help="Only calls of this alias.")
]
_ReleaseOption = Annotated[
    list[str] | None,
    typer.Option("--release", metavar="RELEASE", help="Only calls that this release decided."),
]
_ModelOption = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="MODEL", help="Only calls that this model answered."),
]


class Engine(StrEnum):
    """What reads the logs."""

    LOCAL = "local"
    SPARK = "spark"


_EngineOption = Annotated[
    Engine,
    typer.Option("--engine", help="Read the logs here or on Spark: the answers are equal."),
]
_SparkMasterOption = Annotated[
    str | None,
    typer.Option(
        "--spark-master",
        metavar="MASTER",
        help="Where Spark runs, as spark://HOST:7077; else by its settings, or on this computer.",
    ),
]

LogsOption = Annotated[
    list[str] | None,
    typer.Option("--logs", metavar="LOGS", help="Ask the requests of these logs before and after."),
]
_LogFormatOption = Annotated[
    str | None,
    typer.Option(
        "--log-format",
        metavar="NAME|FILE",
        help="The writer of the logs, or a file that maps its fields; else each entry shows it.",
    ),
]


# Below it, reading line by line takes less time than asking every release for its limits.
_WORTH_COUNTING = 1_000_000


def entries_of(
    logs: Sequence[str],
    form: LogFormat | None,
    selection: Selection = EVERY_CALL,
    *,
    edges: Callable[[], TokenEdges] | None = None,
    each_of: tuple[IsApart, ...] = (),
    each_day: bool = False,
    beside_results: bool = False,
) -> Iterator[ReadEntry]:
    """The calls of logs, with a bar. Raises CannotRun.

    With `edges` equal calls of large logs may come as one value, in another order; not those that
    one of `each_of` names, and with `each_day` only those of one day (UTC).
    """
    from zumik.logs.calls import calls_in
    from zumik.logs.databases.database_url import is_database
    from zumik.logs.files.log_names import bytes_of

    def size() -> int | None:
        return bytes_of(logs)

    if edges is not None and not any(map(is_database, logs)):
        found = size()
        if found is None or found >= _WORTH_COUNTING:
            from zumik.logs.counted.counted_calls import counted_calls_in
            from zumik.logs.counted.known_calls import Days

            limits, days = edges(), Days.EACH if each_day else Days.ENDS
            yield from watched_files(
                lambda seen: counted_calls_in(
                    logs, limits, form, tell, seen, selection, each_of, days=days
                ),
                "lines",
                size,
                counts_items=False,
                beside_results=beside_results,
            )
            return
    yield from watched_files(
        lambda seen: calls_in(logs, form, tell, selection, seen),
        "calls",
        size,
        beside_results=beside_results,
    )


class AskedCalls(NamedTuple):
    """Which calls of logs are asked about, and what wrote the logs, as the options say it."""

    since: str | None
    until: str | None
    aliases: Sequence[str] | None
    releases: Sequence[str] | None
    models: Sequence[str] | None
    log_format: str | None

    def selection(self) -> Selection:
        """The calls. Raises UsageError and BadName."""
        return Selection(
            _moment("--since", self.since),
            _moment("--until", self.until),
            frozenset(map(AliasName, self.aliases or ())),
            frozenset(map(ReleaseId, self.releases or ())),
            frozenset(map(ModelId, self.models or ())),
        )

    def form(self) -> LogFormat | None:
        """The format that is named. Raises UsageError and CannotRun."""
        from zumik.logs.formats.known_formats import log_format_named

        return None if self.log_format is None else log_format_named(self.log_format)

    def of_logs(self, logs: Sequence[str] | None) -> LoggedRequests | None:
        """The requests of the logs after --logs, not read yet; None without any.

        Raises UsageError, BadName and CannotRun.
        """
        if not logs:
            if any(self):
                raise UsageError("no logs are given to choose calls from", hint="add --logs LOGS")
            return None
        from zumik.actions.logs.weigh_logs import LoggedRequests
        from zumik.logs.counted.apart import logs_usage

        selection, form = self.selection(), self.form()

        def calls(edges: TokenEdges | None) -> Iterator[ReadEntry]:
            limits = None if edges is None else lambda: edges
            return entries_of(logs, form, selection, edges=limits, each_of=(logs_usage,))

        return LoggedRequests(calls, selection)


def _asked_calls(
    *,
    since: str | None,
    until: str | None,
    alias: list[str] | None,
    release: list[str] | None,
    model: list[str] | None,
    log_format: str | None,
) -> AskedCalls:
    return AskedCalls(since, until, alias, release, model, log_format)


asks_for_calls = takes_shared(
    "asked",
    (
        shared_option("since", _SinceOption, default=None),
        shared_option("until", _UntilOption, default=None),
        shared_option("alias", _AliasOption, default=None),
        shared_option("release", _ReleaseOption, default=None),
        shared_option("model", _ModelOption, default=None),
        shared_option("log_format", _LogFormatOption, default=None),
    ),
    _asked_calls,
)
"""A command that takes --since, --until, --alias, --release, --model and --log-format, as
`asked: AskedCalls`."""


class ReadBy(NamedTuple):
    """What reads the logs, as the options say it; `master` is None for that of Spark's settings."""

    engine: Engine
    master: str | None

    @property
    def is_spark(self) -> bool:
        """Whether Spark reads them."""
        return self.engine is Engine.SPARK

    def table_of(self, logs: Sequence[str], asked: AskedCalls, *, by_day: bool = False) -> TableOf:
        """The table of the calls of logs. Raises UsageError and CannotRun.

        With `by_day` no time is asked about but the day, so that equal calls of a day may be a row.
        """
        if self.is_spark:
            from zumik.logs.spark.spark_table import spark_table_of

            return spark_table_of(logs, asked.form(), tell, self.master)
        from zumik.core.traffic.token_edges import token_edges
        from zumik.logs.call_table import table_of_entries
        from zumik.logs.counted.apart import logs_usage

        entries = entries_of(
            logs,
            asked.form(),
            asked.selection(),
            # No verdict is asked for, so that no limit of a model decides.
            edges=(lambda: token_edges(())) if by_day else None,
            each_of=(logs_usage,),
            each_day=True,
        )
        return table_of_entries(entries)


def _read_by(*, engine: Engine, spark_master: str | None) -> ReadBy:
    if spark_master is not None and engine is not Engine.SPARK:
        raise UsageError("--spark-master is for --engine spark", hint="add --engine spark")
    return ReadBy(engine, spark_master)


chooses_engine = takes_shared(
    "read_by",
    (
        shared_option("engine", _EngineOption, default=Engine.LOCAL),
        shared_option("spark_master", _SparkMasterOption, default=None),
    ),
    _read_by,
)
"""A command that takes --engine and --spark-master, as `read_by: ReadBy`."""


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return utc_from_iso(text)
    except ValueError:
        raise UsageError(
            f"{option} takes a date or a UTC time", hint=f"{option} 2026-06-09T08:00:00Z"
        ) from None
