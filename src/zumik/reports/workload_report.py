"""What aliases are really asked for, beside their policies, as text and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from zumik.core.traffic.seen_workload import (
    TokenSpread,
    WorkloadBeside,
    WorkloadsSeen,
    WrittenWorkloads,
    percent_text,
)
from zumik.reports.blocks import (
    Block,
    Column,
    Fields,
    Report,
    Section,
    Table,
    doubtful,
    quiet,
    strong,
)
from zumik.reports.logs_read_report import logs_read_rows, logs_read_to_json, unreadable_section
from zumik.reports.text import exact, plural, share, share_text

_COLUMNS = (
    Column(""),
    Column("mean", number=True),
    Column("p50", number=True),
    Column("p95", number=True),
    Column("policy", number=True),
)


def workload_report(seen: WorkloadsSeen) -> Report:
    """A section for each alias, with the edit of the policy that would make it true."""
    requests = sum(each.seen.requests for each in seen.aliases)
    aliases = plural(len(seen.aliases), "alias", "aliases")
    head = strong(f"{plural(requests, 'request')} of {aliases}")
    rows = logs_read_rows(seen.logs)
    if seen.other:
        rows.append(("not used", f"{plural(seen.other, 'request')}: {_why_not_used(seen)}"))
    if requests or seen.other:
        rows.append(("batch", "unknown: no log says whether a request was part of a batch"))
    top: Section = [head, Fields(rows)] if rows else [head]
    lacking: Section = []
    if seen.without_tokens and not requests:
        lacking = [
            doubtful("these logs have no counts of tokens, so they show no workload"),
            "  give the log that a gateway writes of its calls, which counts tokens",
        ]
    edits = {each.seen.alias: edit for each, edit in seen.edits()}
    each = [_alias(seen, beside, edits.get(beside.seen.alias)) for beside in seen.aliases]
    return [top, *filter(None, [lacking]), *each, *filter(None, [unreadable_section(seen.logs)])]


def _why_not_used(seen: WorkloadsSeen) -> str:
    of_none = seen.other - seen.failed - seen.without_tokens
    counts = (
        (seen.without_tokens, "without tokens"),
        (seen.failed, "failed"),
        (of_none, "of no known alias"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in counts if count)


def _alias(seen: WorkloadsSeen, each: WorkloadBeside, edit: Mapping[str, object] | None) -> Section:
    found, assumed = each.seen, each.assumed
    rows = [
        _row("tokens in", found.input, assumed.input_tokens if assumed else None),
        _row("tokens out", found.output, assumed.output_tokens if assumed else None),
    ]
    cached = "unknown" if found.cached_input is None else share_text(found.cached_input)
    rows.append(("cached", cached, "-", "-", share(assumed.cached_input) if assumed else "none"))
    blocks: list[Block] = [
        f"{strong(found.alias)}  {plural(found.requests, 'request')}",
        Table(_COLUMNS, rows, 2),
    ]
    if each.location is None:
        return [*blocks, quiet("  the policy has no such alias")]
    if not seen.is_enough(each):
        return [*blocks, quiet(f"  too few for an edit: fewer than {seen.min_samples:,}")]
    if not found.is_counted:
        return [*blocks, quiet("  no edit: each request has input, and the logs count 0 tokens")]
    if edit is None:
        return [*blocks, "  the policy says so"]
    return [*blocks, f"  {each.location}: write", f"    workload: {_yaml(each)}"]


def _row(name: str, spread: TokenSpread, assumed: int | None) -> tuple[str, ...]:
    policy = "none" if assumed is None else f"{assumed:,}"
    return name, f"{round(spread.mean):,}", f"{spread.p50:,}", f"{spread.p95:,}", policy


def _yaml(each: WorkloadBeside) -> str:
    wanted = each.seen.as_workload(each.assumed)
    fields = {
        "input_tokens": str(wanted.input_tokens),
        "output_tokens": str(wanted.output_tokens),
        **({"cached_input": percent_text(wanted.cached_input)} if wanted.cached_input else {}),
        **({"tier": wanted.tier} if wanted.batch else {}),
    }
    return "{" + ", ".join(f"{name}: {text}" for name, text in fields.items()) + "}"


def written_workloads_report(what: WrittenWorkloads) -> Report:
    """The files."""
    changed = f"{plural(len(what.files), 'file')} changed"
    return [[f"{changed}: {', '.join(what.files)}" if what.files else changed]]


def workload_to_json(seen: WorkloadsSeen) -> dict[str, object]:
    """Each alias with exact means, its policy's workload, and the fields to edit."""
    edits = {each.seen.alias: edit for each, edit in seen.edits()}
    return {
        **logs_read_to_json(seen.logs),
        "min_samples": seen.min_samples,
        "requests_not_used": seen.other,
        "requests_failed": seen.failed,
        "requests_without_tokens": seen.without_tokens,
        "aliases": [
            {
                "alias": each.seen.alias,
                "requests": each.seen.requests,
                "input_tokens": _spread(each.seen.input),
                "output_tokens": _spread(each.seen.output),
                "cached_input": _share(each.seen.cached_input),
                "requests_with_cached_tokens": each.seen.cached_requests,
                "batch": None,
                "policy": _policy(each),
                "location": str(each.location) if each.location else None,
                "edit": {
                    name: value if isinstance(value, int) else str(value)
                    for name, value in edits.get(each.seen.alias, {}).items()
                },
            }
            for each in seen.aliases
        ],
    }


def _policy(each: WorkloadBeside) -> dict[str, object] | None:
    if each.assumed is None:
        return None
    return {
        "input_tokens": each.assumed.input_tokens,
        "output_tokens": each.assumed.output_tokens,
        "cached_input": exact(each.assumed.cached_input),
        "tier": each.assumed.tier,
    }


def _spread(spread: TokenSpread) -> dict[str, object]:
    return {"mean": exact(spread.mean), "p50": spread.p50, "p95": spread.p95}


def _share(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)
