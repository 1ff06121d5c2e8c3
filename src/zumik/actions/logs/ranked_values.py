"""The values at quantiles of each group: first how many there are, then those at the ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from zumik.core.traffic.intervals import Ranks, quantile_ranks

if TYPE_CHECKING:
    from ibis import Table


class RankedValue(NamedTuple):
    """The value at a quantile, the ends of its interval where there are any, and the samples."""

    value: float
    low: float | None
    high: float | None
    samples: int


Group = tuple[Any, ...]


def ranked_values(
    values: Table, keys: Sequence[str], quantiles_of: Callable[[Group], Sequence[float]]
) -> dict[tuple[Group, float], RankedValue]:
    """The values at some quantiles of each group, in the engine of the table."""
    import ibis
    import pyarrow as pa

    from zumik.logs.call_questions import samples_of, values_at

    wanted: list[tuple[Group, float, int, Ranks]] = []
    for row in samples_of(values, keys).to_pyarrow().to_pylist():
        group = tuple(row[key] for key in keys)
        wanted += [
            (group, share, row["samples"], quantile_ranks(row["samples"], share))
            for share in quantiles_of(group)
        ]
    asked = {(*group, rank) for group, _, _, ranks in wanted for rank in ranks if rank is not None}
    if not asked:
        return {}
    columns = [*keys, "rank"]
    arrays = [pa.array(column) for column in zip(*sorted(asked), strict=True)]
    rows = values_at(values, keys, ibis.memtable(pa.table(arrays, names=columns)))
    at = {
        tuple(row[column] for column in columns): row["value"]
        for row in rows.to_pyarrow().to_pylist()
    }
    found = {}
    for group, share, samples, ranks in wanted:
        value, low, high = (at.get((*group, rank)) for rank in ranks)
        assert value is not None, "a rank is between 1 and the number of samples"
        found[group, share] = RankedValue(value, low, high, samples)
    return found
