"""What the requests of each alias really are, beside its policy, and the edit of the policy."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zumik.actions.authoring.authored_edit import write_edited
from zumik.actions.logs.ranked_values import ranked_values
from zumik.actions.logs.tabled_calls import tabled_calls
from zumik.actions.session import Session
from zumik.core.basics.findings import Invalid, has_errors
from zumik.core.basics.names import AliasName
from zumik.core.traffic.seen_workload import (
    SeenWorkload,
    TokenSpread,
    WorkloadBeside,
    WorkloadsSeen,
    WrittenWorkloads,
)
from zumik.core.traffic.selection import Selection
from zumik.logs.call_table import TableOf
from zumik.transaction.file_plan import NewBytes
from zumik.workspace.authored_files import Authored, read_authored

if TYPE_CHECKING:
    from ibis import Table


def workloads_of(
    session: Session,
    table_of: TableOf,
    selection: Selection,
    min_samples: int,
) -> WorkloadsSeen:
    """What each alias is asked for, beside its policy. Raises CannotRun without the extra."""
    from zumik.logs.call_questions import not_in_workload

    with tabled_calls(session, table_of, selection) as (logs, table):
        seen = seen_workloads(table)
        (counts,) = not_in_workload(table).to_pyarrow().to_pylist()
    authored = read_authored(session.store.tree)
    beside = tuple(_beside(authored, each) for each in seen)
    other = (counts["requests"] or 0) - sum(each.requests for each in seen)
    apart = (counts["failed"] or 0, counts["without_tokens"] or 0)
    return WorkloadsSeen(logs, beside, other, min_samples, *apart)


def seen_workloads(table: Table) -> list[SeenWorkload]:
    """Each alias of a table of calls, in DuckDB or in another engine, by its name."""
    from zumik.logs.call_questions import WORKLOAD_KEYS, workload_sums, workload_values

    ranked = ranked_values(workload_values(table), WORKLOAD_KEYS, lambda _: (0.5, 0.95))

    def spread(alias: str, measure: str, total: int, requests: int) -> TokenSpread:
        p50, p95 = (int(ranked[(alias, measure), share].value) for share in (0.5, 0.95))
        return TokenSpread(Fraction(total, requests), p50, p95)

    found = []
    for row in workload_sums(table).to_pyarrow().to_pylist():
        alias, requests, of = row["alias"], row["requests"], row["cached_of"]
        cached = min(Fraction(int(row["cached_tokens"]), int(of)), Fraction(1)) if of else None
        found.append(
            SeenWorkload(
                AliasName(alias),
                requests,
                spread(alias, "input_tokens", int(row["input_tokens"]), requests),
                spread(alias, "output_tokens", int(row["output_tokens"]), requests),
                row["cached_requests"] or 0,
                cached,
            )
        )
    return sorted(found, key=lambda each: each.alias)


def _beside(authored: Authored, seen: SeenWorkload) -> WorkloadBeside:
    policy = authored.aliases.get(seen.alias)
    if policy is None:
        return WorkloadBeside(seen, None, None)
    path = ("aliases", seen.alias, *(("workload",) if policy.workload else ()))
    return WorkloadBeside(seen, policy.workload, authored.locate(path, key=True))


def write_workloads(session: Session, seen: WorkloadsSeen, *, dry_run: bool) -> WrittenWorkloads:
    """Edit the policy in place, so that its workloads are what was seen; commit nothing.

    Raises Invalid where policy or catalog are not valid, EditRefused.
    """
    from zumik.yaml_text.editor import Edit, edit_yaml

    authored = read_authored(session.store.tree)
    errors = [finding for finding in authored.findings if has_errors([finding])]
    if errors:
        raise Invalid("policy and catalog are not valid", errors)
    documents, edits = {}, dict[str, list[Edit]]()
    for each, fields in seen.edits():
        place = authored.place_of("aliases", each.seen.alias)
        assert place is not None, "an edit is proposed only where the policy has the alias"
        document, base = place
        documents[document.file] = document
        path = (*base, "workload")
        edits.setdefault(document.file, []).extend(
            [((*path, name), value) for name, value in fields.items()]
            if each.assumed
            else [(path, fields)]
        )
    root = session.store.root.parent
    files = [
        NewBytes(root / name, edit_yaml(documents[name], changes).encode())
        for name, changes in edits.items()
    ]
    return WrittenWorkloads(write_edited(session, files, dry_run=dry_run), dry_run)
