"""Releases as text and JSON: the line of them, and one with its aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zumik.core.basics.names import AliasName
from zumik.core.basics.times import moment_text
from zumik.core.decisions.alias_table import Rederived
from zumik.core.facts.policy import deprecation_to_json
from zumik.core.releases.listed_release import ListedRelease
from zumik.core.releases.release import VerifiedRelease
from zumik.core.releases.release_head import VerifiedHead
from zumik.core.releases.signature import SignatureState, SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal
from zumik.reports import sentences
from zumik.reports.blocks import (
    Column,
    Fields,
    Report,
    Section,
    Table,
    bad,
    doubtful,
    good,
    quiet,
    strong,
)
from zumik.reports.ranking_table import not_compared_to_text, table_to_json
from zumik.reports.resolver_report import resolver_to_text
from zumik.reports.text import plural, safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text


def releases_section(listed: Sequence[ListedRelease]) -> Section:
    """One line a release, newest first."""
    if not listed:
        return ["no releases yet; make one: zumik release create"]
    columns = (
        Column("release"),
        Column("created", whole=True),
        Column("sha256", identifier=True),
        Column("live"),
        Column("note"),
    )
    table = Table(columns, [_release_row(item) for item in listed])
    if any(item.found.release.backfilled for item in listed):
        return [table, quiet("* frozen afterwards, from the facts known at that time")]
    return [table]


def _release_row(item: ListedRelease) -> list[str]:
    release = item.found.release
    return [
        strong(release.id),
        f"{release.created_at:%Y-%m-%d %H:%M}{' *' if release.backfilled else ''}",
        item.found.ref.sha256.short,
        _live(item.live),
        _note(item),
    ]


def _live(aliases: tuple[AliasName, ...]) -> str:
    if len(aliases) > 2:
        return f"{len(aliases)} aliases"
    return ", ".join(aliases) or "-"


def _note(item: ListedRelease) -> str:
    """Why it was made; why it is withdrawn goes before."""
    if item.withdrawal is None:
        return safe(item.found.release.note or "")
    return bad(f"WITHDRAWN: {safe(item.withdrawal.reason)}")


def releases_to_json(listed: Sequence[ListedRelease]) -> list[dict[str, object]]:
    """The line of releases, newest first."""
    return [
        {
            **release_head_to_json(item.found),
            "live": list(item.live),
            "withdrawn": withdrawal_to_json(item.withdrawal),
        }
        for item in listed
    ]


def release_report(
    found: VerifiedRelease,
    tables: Mapping[AliasName, Rederived],
    vouched: bool,
    signed: SignatureVerdict | None = None,
    withdrawal: Withdrawal | None = None,
) -> Report:
    """One release: its place in the line, and a line an alias."""
    fields = release_fields(found, vouched, signed)
    mark = f"  {bad(f'WITHDRAWN {withdrawal_to_text(withdrawal)}')}" if withdrawal else ""
    head: Section = [
        strong(found.ref.id) + mark,
        Fields(fields),
    ]
    drifted = [name for name, item in tables.items() if not item.matches]
    if drifted:
        head = [*head, bad(f"  re-deriving gives other rankings for {', '.join(drifted)}")]
    return [head, [_alias(name, item) for name, item in tables.items()]]


def release_fields(
    found: VerifiedRelease, vouched: bool | None, signed: SignatureVerdict | None
) -> list[tuple[str, str]]:
    """When a release was made and why, its place in the line, and what vouches for its bytes.

    `vouched` is None where no ledger is known.
    """
    release = found.release
    models = plural(len(found.models), "model")
    ledger = "has it" if vouched else doubtful("does not have it")
    fields = [
        ("created", sentences.frozen(release.backfilled, moment_text(release.created_at))),
        ("note", safe(release.note or "")),
        ("parent", release.parent.id if release.parent else "none: the first"),
        ("sha256", found.ref.sha256),
        ("ledger", "" if vouched is None else ledger),
        ("signed", _signed(signed)),
        ("size", f"{found.size:,} bytes, {models}"),
        ("made by", f"resolver {resolver_to_text(release.resolver)}"),
    ]
    return [(name, text) for name, text in fields if text]


def _signed(verdict: SignatureVerdict | None) -> str:
    """Who signed, as far as that is proven today; empty where it is not signed."""
    if verdict is None:
        return ""
    if verdict.good:
        return f"by {safe(verdict.principal)}: {good('verified')}"
    why = safe(verdict.reason)
    if verdict.state is SignatureState.NOT_VALID_THEN:
        return doubtful(f"{why}; zumik check judges it at the time when it landed")
    return doubtful(f"not verified: {why}")


def _alias(name: AliasName, item: Rederived) -> str:
    """Two lines: who won among how many, and why."""
    what = item.table
    count = f"{len(item.ranking)} ranked, {len(what.excluded)} excluded"
    if what.not_compared:
        count += f", {len(what.not_compared)} of them newer and not compared"
    head = f"{strong(name)}: {item.frozen.winner}  {quiet(count)}"
    said = what.alias.deprecated
    ends = f"\n  {doubtful('deprecated')}: {sentences.deprecation(said)}" if said else ""
    note = sentences.cost_note([what.winner])
    cost = f"\n  {note}" if note else ""
    return f"{head}\n  {sentences.why(what)}; {sentences.margin(what)}{cost}{ends}"


def release_to_json(
    found: VerifiedRelease,
    tables: Mapping[AliasName, Rederived],
    vouched: bool,
    signed: SignatureVerdict | None = None,
    withdrawal: Withdrawal | None = None,
) -> dict[str, object]:
    """One release with its aliases explained."""
    return {
        **release_head_to_json(found),
        "ledger": vouched,
        "signature": signed and signed.to_json(),
        "withdrawn": withdrawal_to_json(withdrawal),
        "aliases": {
            name: {
                "winner": item.frozen.winner,
                "deprecated": deprecation_to_json(item.frozen.policy.deprecated),
                "ranking": list(item.frozen.ranking),
                "reason": item.frozen.reason,
                "rederived": item.matches,
                "not_compared": not_compared_to_text(item.table),
                "table": table_to_json(item.table),
            }
            for name, item in tables.items()
        },
    }


def release_head_to_json(found: VerifiedRelease | VerifiedHead) -> dict[str, object]:
    """What a release is, apart from what it freezes."""
    release = found.release
    return {
        "id": release.id,
        "sha256": found.ref.sha256,
        "created_at": moment_text(release.created_at),
        "backfilled": release.backfilled,
        "parent": release.parent.id if release.parent else None,
        "note": release.note,
        "resolver": release.resolver,
        "bytes": found.size,
    }
