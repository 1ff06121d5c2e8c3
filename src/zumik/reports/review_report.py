"""The review of a change as text, Markdown and JSON.

Its reader decides whether the change lands. Whether traffic moves is said above the findings, by
`moved_aliases_report`; this is the rest. A small change makes a short review, and nothing is left
out without being counted.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from zumik.core.basics.names import AliasName
from zumik.core.basics.times import moment_text
from zumik.core.reviews.changes import CHANGED
from zumik.core.reviews.review import AliasReview, NewRelease, PointerMove, Review
from zumik.reports.acknowledgement_lines import acknowledgement_changes_to_json
from zumik.reports.blocks import Report, Section, doubtful, quiet, strong
from zumik.reports.changes_report import changes_to_json, field_to_json, field_to_text
from zumik.reports.fact_changes import FactRow, listed, models_to_text, title
from zumik.reports.markdown_text import code, details, md, md_table
from zumik.reports.moved_aliases_report import leading_aliases
from zumik.reports.plan_report import plans_to_json
from zumik.reports.retirement_report import retirements_to_json
from zumik.reports.review_sentences import (
    alias_head,
    alias_lines,
    brings,
    dated,
    definitions,
    drained_lines,
    facts_by_kind,
    leads,
    models_that,
    rest_lines,
    traffic,
    upstream_lines,
)
from zumik.reports.text import plural
from zumik.reports.withdrawal_report import withdrawal_to_json

_MAX_ROWS = 12
"""Rows of facts that are shown at once."""

_MAX_OPEN = 2
"""Aliases with the same winner that are shown at once."""

_UPSTREAM = "What is asked of providers"
_DRAINED = "Who answers while models are drained"

_IN = {"added": "new in the release", "removed": "no longer in the release"}


# Text


def review_details(review: Review) -> Report:
    """What landing would do, beside the aliases that move: for people at a terminal."""
    leading = leading_aliases(review)
    sections: list[Section] = [[*brings(review)]] if any(brings(review)) else []
    upstream = upstream_lines(review)
    if upstream:
        sections.append([strong(_UPSTREAM), *(f"  {line}" for line in upstream)])
    drained = drained_lines(review)
    if drained:
        sections.append([strong(_DRAINED), *(f"  {line}" for line in drained)])
    for item in review.aliases:
        lines = [f"  {label}: {text}" for label, text in _lines(item, review, leading)]
        if lines:
            sections.append([_headed(item), *lines])
    return [*sections, *([line] for line in rest_lines(review)), *_facts(review)]


def _lines(
    item: AliasReview, review: Review, leading: Container[AliasName]
) -> list[tuple[str, str]]:
    """What is to be said of an alias, without what stands above the findings."""
    lines = alias_lines(item, review)
    if not item.move or item.plan.alias not in leading:
        return list(lines)
    return [line for line in lines if not leads(line[0])]


def _headed(item: AliasReview) -> str:
    alias, before, after = alias_head(item)
    name = strong(alias)
    if after is None:
        return f"{name}: {before} {quiet('(the same winner)')}"
    return f"{name}: {before} → {doubtful(after)}"


def _facts(review: Review) -> Iterator[Section]:
    for kind, rows in facts_by_kind(review).items():
        lines = [strong(title(kind)), *map(_row, rows[:_MAX_ROWS])]
        if len(rows) > _MAX_ROWS:
            models = sum(len(row.models) for row in rows[_MAX_ROWS:])
            lines.append(f"  and {plural(models, 'model')} more: --format json has them all")
        yield lines
    found = [field_to_text(field) for field in definitions(review)]
    if found:
        lines = [strong("Measures and metrics"), *(f"  {text}" for text in found[:_MAX_ROWS])]
        if len(found) > _MAX_ROWS:
            lines.append(f"  and {len(found) - _MAX_ROWS:,} more: --format json has them all")
        yield lines
    tail = []
    for kind in ("added", "removed"):
        named = models_that(review, kind)
        if named:
            tail.append(f"{plural(len(named), 'model')} {_IN[kind]}: {models_to_text(named)}")
    if same := dated(review):
        tail.append(same)
    if tail:
        yield tail


def _row(row: FactRow) -> str:
    way = "" if row.how == CHANGED else f"  [{row.way}]"
    return f"  {models_to_text(row.models)}: {', '.join(row.values)}{way}"


# Markdown


def review_details_to_markdown(review: Review) -> str:
    """The same for a pull request: what decides is open, long lists open on request.

    Headings begin at the third level.
    """
    leading = leading_aliases(review)
    found = [f"- {md(line)}" for line in brings(review)]
    blocks = [found] if found else []
    upstream = [f"- {md(line)}" for line in upstream_lines(review)]
    if upstream:
        blocks.append([f"**{_UPSTREAM} changes:**", "", *upstream])
    drained = [f"- {md(line)}" for line in drained_lines(review)]
    if drained:
        blocks.append([f"**{_DRAINED}:**", "", *drained])
    blocks += _overview(review)
    moved = [item for item in review.aliases if item.differs]
    same = [item for item in review.aliases if not item.differs]
    blocks += [_alias_block(item, review, leading) for item in moved]
    if len(same) > _MAX_OPEN:
        names = listed([item.plan.alias for item in same], most=20)
        lines = [line for item in same for line in (*_alias_block(item, review, leading), "")]
        kept = f"{plural(len(same), 'alias', 'aliases')} with the same winner: {names}"
        blocks.append(details(kept, lines[:-1]))
    else:
        blocks += [_alias_block(item, review, leading) for item in same]
    blocks += [[md(_capital(line))] for line in rest_lines(review)]
    blocks += _facts_in_markdown(review)
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _overview(review: Review) -> Iterator[list[str]]:
    """A table of the winners that a draft would change, where there is more than one."""
    drafted = [item for item in review.aliases if item.differs and not item.move]
    if len(drafted) < 2:
        return
    rows = [["alias", "now", "drafted", "decided by", "cost per request", "latency"]]
    for item in drafted:
        alias, before, after = alias_head(item)
        answers = dict(alias_lines(item, review))
        cells = [answers.get(label, "") for label in ("decided by", "cost per request", "latency")]
        rows.append([code(alias), _name(before), _name(after or before), *map(md, cells)])
    yield ["**What the draft would change, once it is promoted:**", "", *md_table(rows)]


def _name(text: str) -> str:
    """A model's id as code, and words as words."""
    return code(text) if "/" in text else md(text)


def _alias_block(item: AliasReview, review: Review, leading: Container[AliasName]) -> list[str]:
    alias, before, after = alias_head(item)
    head = f"{_name(before)} → {_name(after)}" if after else f"{_name(before)}, the same winner"
    lines = [f"- {label}: {md(text)}" for label, text in _lines(item, review, leading)]
    return [f"#### {code(alias)}: {head}", "", *lines]


def _facts_in_markdown(review: Review) -> Iterator[list[str]]:
    rows = facts_by_kind(review)
    if review.changes and (review.changes.models or review.changes.definitions):
        yield ["### Facts"]
    whole = sum(map(len, rows.values())) <= _MAX_ROWS
    for kind, found in rows.items():
        yield from _kind_in_markdown(title(kind), found, whole=whole)
    texts = [f"- {md(field_to_text(field))}" for field in definitions(review)]
    if texts:
        heading = f"Measures and metrics: {plural(len(texts), 'change')}"
        yield details(heading, texts) if len(texts) > _MAX_ROWS else [f"**{heading}**", "", *texts]
    for kind in ("added", "removed"):
        models = models_that(review, kind)
        names = ", ".join(map(code, models))
        heading = f"{plural(len(models), 'model')} {_IN[kind]}"
        if models:
            yield details(heading, [names]) if len(models) > _MAX_ROWS else [f"{heading}: {names}"]
    if same := dated(review):
        yield [same]


def _kind_in_markdown(heading: str, rows: Sequence[FactRow], *, whole: bool) -> Iterator[list[str]]:
    """Facts of one kind; of a long list only what answers is open."""
    shown = [row for row in rows if whole or row.answers]
    if shown:
        which = "" if len(shown) == len(rows) else " of models that answer, or would"
        yield [f"**{heading}**{which}", "", *_fact_table(shown)]
    hidden = [row for row in rows if row not in shown]
    if hidden:
        counts: dict[str, int] = {}
        for row in hidden:
            counts[row.way] = counts.get(row.way, 0) + len(row.models)
        ways = ", ".join(f"{count:,} {way}" for way, count in counts.items())
        other = "other models" if shown else "models"
        yield details(f"{heading}: {other} ({ways})", _fact_table(hidden))


def _fact_table(rows: Sequence[FactRow]) -> list[str]:
    cells = [
        [", ".join(map(code, row.models)), row.way, "; ".join(map(md, row.values))] for row in rows
    ]
    return md_table([["model", "how", "fact"], *cells])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# JSON


def review_to_json(review: Review) -> dict[str, object]:
    """What landing would do, for machines, with exact values."""
    traffic_of = {move.alias for move in review.traffic_moves}
    return {
        "on_merge": traffic(review),
        "traffic_moves": bool(review.traffic_moves or review.served_otherwise),
        "releases": [_release_to_json(item) for item in review.releases],
        "moves": [_move_to_json(move, traffic_of) for move in review.moves],
        "withdrawn": [
            {"release": mark.target.id, **(withdrawal_to_json(mark) or {})}
            for mark in review.withdrawn
        ],
        "drains": [
            {
                "before": change.before and change.before.to_json(),
                "after": change.after and change.after.to_json(),
            }
            for change in review.drains
        ],
        "drained": [item._asdict() for item in review.drained],
        "upstream": [{"model": model, **field_to_json(field)} for model, field in review.upstream],
        "aliases": [_alias_to_json(item) for item in review.aliases],
        "retiring": retirements_to_json(review.retiring),
        "acknowledged": acknowledgement_changes_to_json(review.acknowledged),
        "waiting": [item._asdict() for item in review.waiting],
        "unchanged": list(review.unchanged),
        "changes": changes_to_json(review.changes) if review.changes else None,
    }


def _release_to_json(item: NewRelease) -> dict[str, object]:
    return {
        "id": item.ref.id,
        "sha256": item.ref.sha256,
        "created_at": moment_text(item.created_at),
        "backfilled": item.backfilled,
        "note": item.note,
    }


def _move_to_json(move: PointerMove, traffic_of: Container[AliasName]) -> dict[str, object]:
    return {
        "alias": move.alias,
        "kind": move.kind,
        "reason": move.reason,
        "release_before": move.before,
        "release_after": move.after,
        "winner_before": move.winner_before,
        "winner_after": move.winner_after,
        "moves_traffic": move.alias in traffic_of,
    }


def _alias_to_json(item: AliasReview) -> dict[str, object]:
    fields = item.facts.fields if item.facts else ()
    return {
        **plans_to_json([item.plan])[0],
        "moves": item.differs,
        "proposed_release": item.proposed,
        "live_on_merge": item.move is not None,
        "changed": [field_to_json(field) for field in (item.change.fields if item.change else ())],
        "winner_facts": [{**field_to_json(field), "how": field.how} for field in fields],
    }
