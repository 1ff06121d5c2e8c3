"""A refresh of the catalog as text, as JSON, and as the message of its commit."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.reviews.import_changes import ImportPlan
from zumik.core.reviews.refreshed_catalog import ReadSource, RefreshedCatalog
from zumik.reports.blocks import Column, Report, Section, Table, bad, doubtful
from zumik.reports.catalog_changes_report import catalog_changes_report, catalog_changes_to_json
from zumik.reports.import_report import import_to_json
from zumik.reports.markdown_text import code, md
from zumik.reports.text import plural, safe

_MAX_FACTS = 20
_MAX_ALIASES = 50


def refresh_report(found: RefreshedCatalog, *, whole: bool = False) -> Report:
    """The sources, what the catalog then says beside the newest release, and what waits."""
    columns = (
        Column("source", identifier=True),
        Column("models\ncompared", number=True),
        Column("facts\ntaken", number=True),
        Column("facts\nleft", number=True),
        Column("questions\nwaiting", number=True),
    )
    rows = [_row(one) for one in found.sources]
    problems = [
        bad(f"{safe(one.source)}: not read: {safe(one.problem)}")
        for one in found.sources
        if one.problem is not None
    ]
    return [
        [Table(columns, rows), *problems],
        *catalog_changes_report(found.changes, whole=whole),
        _waiting(found, whole=whole),
    ]


def _row(one: ReadSource) -> list[str]:
    if one.imported is None:
        return [safe(one.source), "", "", "", ""]
    plan = one.imported.plan
    taken, left = _counts(plan)
    return [safe(plan.source), *(f"{n:,}" for n in (plan.compared, taken, left, len(plan.waiting)))]


def _counts(plan: ImportPlan) -> tuple[int, int]:
    taken = sum(len(update.changes) for update in plan.updates)
    return taken, sum(len(update.held) for update in plan.updates)


def _waiting(found: RefreshedCatalog, *, whole: bool) -> Section:
    if not found.waiting:
        return []
    facts = list(found.sources_by_fact.items())
    first = facts if whole else facts[:_MAX_FACTS]
    more = len(facts) - len(first)
    return [
        doubtful(f"{plural(len(facts), 'fact')} waiting for --accept or --keep:"),
        *(f"  {safe(fact)} ({safe(', '.join(sources))})" for fact, sources in first),
        *([f"  and {plural(more, 'other')} (--all)"] if more else []),
    ]


def refresh_notes(found: RefreshedCatalog) -> str:
    """What was done with it, and the next step."""
    if found.dry_run:
        return "\ndry run: nothing was written"
    if found.commit is not None:
        return (
            f"\ncommitted as {found.commit} on the new branch {found.branch}"
            f"\nnext: git push origin {found.branch}, and open the pull request"
        )
    if not found.has_edits:
        return "\nthe catalog is as the sources have it: nothing was written"
    return "\nnext: git diff shows it; zumik validate, zumik plan"


def refresh_message(found: RefreshedCatalog) -> str:
    """The message of the commit: a subject, and Markdown that a pull request can have."""
    return "\n".join(("Refresh the catalog", "", *_body(found))) + "\n"


def _body(found: RefreshedCatalog) -> Iterator[str]:
    for one in found.sources:
        if one.imported is None:
            yield f"- {code(neutral(one.source))}: **not read**: {md(neutral(one.problem or ''))}"
            continue
        plan = one.imported.plan
        taken, left = _counts(plan)
        yield (
            f"- {md(neutral(plan.source))}: {plural(plan.compared, 'model')} compared, "
            f"{plural(taken, 'fact')} taken, {left:,} left, {len(plan.waiting):,} waiting"
        )
    moved = [alias for alias in found.changes.aliases if alias.changes_winner]
    yield ""
    if moved:
        release = found.changes.release.ref.id
        yield f"Freezing now would change {plural(len(moved), 'winner')} since {release}:"
        yield ""
        for alias in moved[:_MAX_ALIASES]:
            now = code(alias.after) if alias.after else "**no model**"
            before = code(alias.before) if alias.before else "no model"
            yield f"- {code(alias.alias)}: {before} → {now}"
    else:
        yield "No alias would get another winner."
    if found.waiting:
        yield ""
        yield f"{plural(len(found.waiting), 'fact')} waiting for `--accept` or `--keep`:"
        yield ""
        for fact, sources in list(found.sources_by_fact.items())[:_MAX_FACTS]:
            yield f"- {code(neutral(fact))} ({md(neutral(', '.join(sources)))})"
        if len(found.waiting) > _MAX_FACTS:
            yield f"- and {len(found.waiting) - _MAX_FACTS:,} others"


def refresh_to_json(found: RefreshedCatalog) -> dict[str, object]:
    """All of it for programs."""
    return {
        "sources": [
            {
                "source": one.source,
                "problem": one.problem if one.imported is None else None,
                "import": import_to_json(one.imported) if one.imported else None,
            }
            for one in found.sources
        ],
        "changes": catalog_changes_to_json(found.changes),
        "waiting": list(found.waiting),
        "branch": found.branch,
        "commit": found.commit,
        "dry_run": found.dry_run,
    }
