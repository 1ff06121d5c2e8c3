"""The samples of an Inspect log: counted, and asked for the revision that answered.

The header of a log does not say which revision was served, nor whether a sample was withdrawn.
No text of a sample is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from zumik.evaluations.result_json import items, name, parse, table, text
from zumik.evaluations.run_figures import UnreadableRun
from zumik.evaluations.zip_members import ZipMembers

_MAX_SAMPLE = 16 * 1024 * 1024
_MAX_SAMPLES = 256 * 1024 * 1024
_MAX_SERVED = 20


class Samples(NamedTuple):
    """What was counted; `are_read` is False where they are missing, or too large to read."""

    served: frozenset[str] = frozenset()
    withdrawn: int = 0
    failed: int = 0
    cached: int = 0
    filtered: int = 0
    are_read: bool = False


def read_members(members: ZipMembers) -> Samples:
    """The samples of an `.eval`, each a member, as far as all of them fit the bounds.

    Raises UnreadableRun for a damaged one.
    """
    names = [found for found in members.by_name if found.startswith("samples/")]
    left, samples = _MAX_SAMPLES, []
    if sum(members.by_name[found].file_size for found in names) > left:
        return Samples()
    for found in names:
        if left <= 0:
            return Samples()
        data = members.read(found, min(_MAX_SAMPLE, left))
        left -= len(data)
        samples.append(_counted(parse(data)))
    return _sum(samples)


def read_samples(samples: list[Any]) -> Samples:
    """The samples of a `.json` log."""
    return _sum([_counted(sample) for sample in samples])


def _counted(value: object) -> Samples:
    sample = table(value)
    if not isinstance(value, Mapping):
        raise UnreadableRun("a sample is not an object")
    output = table(sample.get("output"))
    served = text(output.get("model"))
    choice = table(next(iter(items(output.get("choices"))), None))
    cached = any(table(event).get("cache") == "read" for event in items(sample.get("events")))
    return Samples(
        frozenset({name(served)} if served else ()),
        int(sample.get("invalidation") is not None),
        int(sample.get("error") is not None),
        int(cached),
        int(choice.get("stop_reason") == "content_filter"),
    )


def _sum(samples: Iterable[Samples]) -> Samples:
    found = list(samples)
    served = sorted(frozenset[str]().union(*(each.served for each in found)))[:_MAX_SERVED]
    return Samples(
        frozenset(served),
        sum(each.withdrawn for each in found),
        sum(each.failed for each in found),
        sum(each.cached for each in found),
        sum(each.filtered for each in found),
        are_read=bool(found),
    )
