"""A fetched bundle as text and JSON: whether it is another, and who answers by it."""

from __future__ import annotations

from zumik.core.basics.display import neutral
from zumik.core.basics.times import moment_text
from zumik.core.live.fetched_bundle import FetchedBundle
from zumik.reports.blocks import Column, Report, Table, strong
from zumik.reports.text import plural


def fetched_report(file: str, what: FetchedBundle) -> Report:
    """One line; below it the aliases that rank another model first than before."""
    made = what.bundle
    place = neutral(file)
    if not what.changed:
        return [[f"{place}: not changed, made {moment_text(made.made_at)}"]]
    head = (
        f"{place}: {plural(len(made.pointers), 'live alias', 'live aliases')}, "
        f"{plural(len(made.releases), 'release')}, {what.size:,} bytes, "
        f"made {moment_text(made.made_at)}"
    )
    columns = (
        Column("alias"),
        Column("first before", identifier=True),
        Column("first now", identifier=True),
    )
    rows = [[strong(each.alias), each.before or "-", each.after or "-"] for each in what.answers]
    return [[head], [Table(columns, rows)]] if rows and what.before is not None else [[head]]


def fetched_notes(what: FetchedBundle) -> str | None:
    """That the file of before could not be compared with."""
    if what.unread is None:
        return None
    return f"warning: replaced a file that could not be compared with: {neutral(what.unread)}"


def fetched_to_json(file: str, what: FetchedBundle) -> dict[str, object]:
    """The file, whether it changed, and the aliases that rank another model first."""
    return {
        "file": file,
        "url": what.url,
        "changed": what.changed,
        "bytes": what.size,
        "commit": what.bundle.commit,
        "made_at": moment_text(what.bundle.made_at),
        "aliases": list(what.bundle.pointers),
        "releases": list(what.bundle.releases),
        "answers": [
            {"alias": each.alias, "before": each.before, "after": each.after}
            for each in what.answers
        ],
    }
