"""The table of calls: a row a logged call, in Arrow, for DuckDB here or for a team's own engine.

Only what is counted is kept: no prompt, no key, and no name from a log that nothing here knows, so
that the groups of any question are as few as the aliases, releases and models that exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.times import micros_from_moment
from zumik.core.decisions.decision import NEXT_AFTER_UNAVAILABLE
from zumik.core.decisions.log_line import LogLine
from zumik.core.traffic.called_model import CalledModels
from zumik.core.traffic.logged_call import LoggedCall, ReadEntry
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.mix import ALIAS, BY_NAME, NO_DECISION, UNKNOWN
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun, IntegrityError
from zumik.logs.query_interrupts import query_interrupts

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

COLUMNS = (
    ("place", "int64"),
    ("format", "string"),
    ("call_id", "string"),
    ("at", "int64"),
    ("day", "string"),
    ("decided_by", "string"),
    ("alias", "string"),
    ("release", "string"),
    ("model", "string"),
    ("served_other", "bool"),
    ("fell_back", "bool"),
    ("failed", "bool"),
    ("input_tokens", "int64"),
    ("output_tokens", "int64"),
    ("cached_tokens", "int64"),
    ("cost_usd", "decimal128(24, 12)"),
    ("seconds", "float64"),
    ("first_token_seconds", "float64"),
    ("calls", "int64"),
)
"""Each column and its type in Arrow. `at` is in microseconds since 1970, `place` orders calls of
one time, `fell_back` says that a better ranked model was unavailable when it was decided."""

BATCH = 20_000
MEMORY = "400MB"
"""What DuckDB may hold before it spills to its temporary directory."""

_CENTURY = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
_MAX_COUNT = 2**62
_MAX_USD = Decimal(10**11)
_PICO = Decimal("1e-12")


class CallNames(NamedTuple):
    """What a log may name: models, and the aliases of each release; of None those that are live.

    `releases` lists those that exist. Raises IntegrityError where one that is asked for is not
    intact.
    """

    models: CalledModels
    aliases_of: Callable[[ReleaseId | None], Collection[AliasName]]
    releases: Callable[[], Collection[ReleaseId]] = tuple

    def read(self) -> CallNames:
        """The same as plain data, for another process: every release is read."""
        found: dict[ReleaseId | None, Collection[AliasName] | IntegrityError] = {}
        for release in (None, *self.releases()):
            try:
                found[release] = frozenset(self.aliases_of(release))
            except IntegrityError as error:
                found[release] = error
        return self._replace(aliases_of=_ReadAliases(found).of, releases=tuple)


class _ReadAliases(NamedTuple):
    found: Mapping[ReleaseId | None, Collection[AliasName] | IntegrityError]

    def of(self, release: ReleaseId | None) -> Collection[AliasName]:
        known = self.found.get(release, ())
        if isinstance(known, IntegrityError):
            raise known
        return known


TableOf = Callable[[LogsRead, Selection, CallNames], "AbstractContextManager[ibis.Table]"]
"""Gives the table of the calls that are asked about, and counts in LogsRead what was read."""


def call_row(call: LoggedCall, place: int, names: CallNames) -> tuple[Any, ...]:
    """The values of a call, in the order of the columns."""
    called = names.models.of(call)
    decided_by, alias, release = _decider(call, names)
    line = call.decision
    at = call.at if call.at is not None and _CENTURY[0] <= call.at < _CENTURY[1] else None
    return (
        place,
        call.format,
        call.call_id,
        micros_from_moment(at) if at else None,
        f"{at.astimezone(UTC):%Y-%m-%d}" if at else None,
        decided_by,
        alias,
        release,
        called.model,
        called.served_other,
        line is not None and _fell_back(line),
        call.failed,
        _count(call.input_tokens),
        _count(call.output_tokens),
        _count(call.cached_tokens),
        _usd(call.cost_usd),
        call.seconds,
        call.first_token_seconds,
        call.calls,
    )


def _decider(call: LoggedCall, names: CallNames) -> tuple[str, AliasName | None, ReleaseId | None]:
    line = call.decision
    if line is None:
        return NO_DECISION, None, None
    alias, release = line.reference.alias, line.release or line.reference.release
    if alias is None:
        return BY_NAME, None, None
    if alias not in names.aliases_of(release):
        return UNKNOWN, None, None
    return ALIAS, alias, release


def _fell_back(line: LogLine) -> bool:
    """A line that gives no reason may still name the models that were unavailable."""
    if line.reason is None:
        return bool(line.request and line.request.unavailable)
    return line.reason == NEXT_AFTER_UNAVAILABLE


def _count(tokens: int | None) -> int | None:
    return tokens if tokens is not None and tokens < _MAX_COUNT else None


def _usd(cost: Decimal | None) -> Decimal | None:
    return cost.quantize(_PICO) if cost is not None and abs(cost) < _MAX_USD else None


def call_schema() -> pa.Schema:
    """The columns in Arrow. Raises CannotRun without the extra."""
    pa = _pyarrow()
    kinds = {"bool": pa.bool_(), "decimal128(24, 12)": pa.decimal128(24, 12)}
    return pa.schema([(name, kinds.get(kind) or pa.type_for_alias(kind)) for name, kind in COLUMNS])


def call_batches(
    calls: Iterable[LoggedCall], names: CallNames, first_place: int = 0
) -> Iterator[pa.RecordBatch]:
    """The calls as batches of rows."""
    pa, schema = _pyarrow(), call_schema()
    rows: list[tuple[Any, ...]] = []
    for place, call in enumerate(calls, first_place):
        rows.append(call_row(call, place, names))
        if len(rows) >= BATCH:
            yield _batch(pa, schema, rows)
            rows = []
    if rows:
        yield _batch(pa, schema, rows)


def _batch(pa: Any, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def table_of_entries(entries: Iterable[ReadEntry]) -> TableOf:
    """The table of what was read here. Raises as call_table."""

    @contextmanager
    def table(logs: LogsRead, selection: Selection, names: CallNames) -> Iterator[ibis.Table]:
        with call_table(call_batches(logs.selected(entries, selection), names)) as found:
            yield found

    return table


@contextmanager
def call_table(batches: Iterable[pa.RecordBatch]) -> Iterator[ibis.Table]:
    """The batches as one table in DuckDB, in a file that is removed with the block.

    Raises CannotRun without the extra, or where the disk for temporary files is full.
    """
    ibis, schema = _ibis(), call_schema()
    with TemporaryDirectory(prefix="zumik-logs-") as folder, _translated(folder):
        database = ibis.duckdb.connect(
            str(Path(folder) / "calls.duckdb"), memory_limit=MEMORY, temp_directory=folder
        )
        try:
            table = database.create_table("calls", schema=ibis.schema(schema))
            connection = database.con
            for batch in batches:
                connection.register("batch", batch)
                connection.execute("INSERT INTO calls SELECT * FROM batch")
                connection.unregister("batch")
            yield table
        finally:
            database.disconnect()


@contextmanager
def _translated(folder: str) -> Iterator[None]:
    import duckdb

    try:
        with query_interrupts():
            yield
    # A commit that cannot write is a TransactionException.
    except (duckdb.OperationalError, duckdb.FatalException) as error:
        raise CannotRun(
            f"the table of calls does not fit in {Path(folder).parent}: "
            f"{str(error).splitlines()[0]}",
            hint="free some space there, or set TMPDIR to a larger disk",
        ) from None


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
    except ImportError:
        raise _missing() from None
    return pa


def _ibis() -> Any:
    try:
        import duckdb  # noqa: F401
        import ibis
    except ImportError:
        raise _missing() from None
    return ibis


def _missing() -> CannotRun:
    return CannotRun(
        "counting the calls of logs needs ibis and DuckDB", hint="pip install 'zumik[logs]'"
    )
