"""What the catalog says otherwise than a release: a page for people, everything for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zumik.core.basics.names import AliasName
from zumik.core.reviews.catalog_changes import CatalogChanges, TouchedAlias
from zumik.core.reviews.changes import CHANGED, FIRST_KNOWN, ModelChange
from zumik.reports.blocks import (
    Column,
    Report,
    Section,
    Table,
    bad,
    doubtful,
    quiet,
    strong,
)
from zumik.reports.changes_report import changes_to_json, field_to_text
from zumik.reports.fact_changes import (
    MAX_LISTED,
    FactRow,
    fact_rows,
    listed,
    models_to_text,
    title,
    upstream_to_text,
)
from zumik.reports.text import and_more, count_in_words, day_in_words, in_words, plural, safe

_MAX_ALIASES = 9
_MAX_ROWS = 3
_MAX_VALUES = 4
_WHOLE = 10**9
_RETIRES = "retires_on"


def catalog_changes_report(found: CatalogChanges, *, whole: bool = False) -> Report:
    """Winners first, then the facts by kind; a page of them, or with `whole` everything."""
    if not found.changes and not found.aliases:
        return [[_sentence(found)], *_unselected(found)]
    sections = [
        [_sentence(found)],
        _aliases(found, _WHOLE if whole else _MAX_ALIASES),
        *_facts(found, whole),
        _presence(found, _WHOLE if whole else _MAX_ROWS),
        *_unselected(found),
    ]
    shown = [section for section in sections if section]
    return (
        shown
        if whole or not _is_cut(found)
        else [*shown, [quiet(f"everything: zumik catalog diff {found.release.ref.id} --all")]]
    )


def _sentence(found: CatalogChanges) -> str:
    """`Since alr_2026_10_28_001 of 28 October 2026: three models changed; no winner changed`."""
    release = found.release
    said = {"changed": "changed", "added": "new to it", "removed": "no longer in the catalog"}
    counts = {kind: len(_models(found, kind)) for kind in said}
    parts = [
        f"{in_words(count, 'model')} {said[kind]}"
        if not at
        else f"{count_in_words(count)} {said[kind]}"
        for at, (kind, count) in enumerate((k, c) for k, c in counts.items() if c)
    ]
    facts = ", ".join(parts) or "no model changed"
    moved = sum(alias.changes_winner for alias in found.aliases)
    of = in_words(found.total, "alias", "aliases")
    count = count_in_words(moved) if moved else "none"
    winners = strong(f"{count} of {of} with another winner")
    day = day_in_words(release.release.created_at.date())
    return f"Since {release.ref.id} of {day}: {facts}; {winners}"


def _models(found: CatalogChanges, kind: str) -> list[ModelChange]:
    """The models of which a fact changed in this way."""
    return [
        change
        for change in found.changes.models
        if change.kind == kind and not change.provenance_only
    ]


def _aliases(found: CatalogChanges, most: int) -> Section:
    """The aliases that are touched, those with another winner first."""
    if not found.aliases:
        return []
    columns = (
        Column("alias"),
        Column(f"winner by the facts\nof {found.release.ref.id}", identifier=True),
        Column("winner by the\ncatalog now", identifier=True),
        Column("ranked models\nthat changed", number=True),
    )
    ordered = sorted(found.aliases, key=lambda alias: (not alias.changes_winner, alias.alias))
    table = Table(columns, [_alias_row(alias) for alias in ordered[:most]])
    return [table, *and_more(len(ordered) - most, "alias", "aliases")]


def _alias_row(alias: TouchedAlias) -> list[str]:
    after = alias.after or bad("no model")
    now = doubtful(after) if alias.changes_winner and alias.after else after
    return [
        strong(alias.alias),
        alias.before or "no model",
        now if alias.changes_winner else "the same",
        f"{len(alias.models):,}",
    ]


def _facts(found: CatalogChanges, whole: bool) -> Iterator[Section]:
    most = _WHOLE if whole else _MAX_ROWS
    for kind, gathered in fact_rows(found.changes, found.answering, found.units).items():
        rows = sorted(gathered, key=lambda row: (_is_news_only(row), not _touched(row, found)))
        lines = [strong(title(kind)), *(_row(row, found, whole) for row in rows[:most])]
        left = sum(len(row.models) for row in rows[most:])
        yield [*lines, *and_more(left, "model")]
    upstream = _upstream(found)
    if upstream:
        head = strong("What the provider is asked for")
        yield [head, *upstream[:most], *and_more(len(upstream) - most, "value")]
    definitions = [f"  {field_to_text(field)}" for field in found.changes.definitions]
    if definitions:
        head = strong("Metrics, as they are described")
        yield [head, *definitions[:most], *and_more(len(definitions) - most, "value")]


def _upstream(found: CatalogChanges) -> list[str]:
    """What a provider is asked for otherwise, which changes answers under the same id."""
    return [
        f"  {change.model}: {upstream_to_text(field)}"
        for change in found.changes.models
        for field in change.fields
        if field.kind == "upstream"
    ]


def _is_news_only(row: FactRow) -> bool:
    """Whether a fact merely became known; of a retirement that is as much as a change."""
    return row.how == FIRST_KNOWN and not any(_RETIRES in value for value in row.values)


def _row(row: FactRow, found: CatalogChanges, whole: bool) -> str:
    values = list(row.values) if whole else list(row.values[:_MAX_VALUES])
    left = len(row.values) - len(values)
    # Lists have commas of their own.
    between = "; " if any(", " in value for value in values) else ", "
    said = between.join(values) + (f" and {plural(left, 'value')} more" if left > 0 else "")
    way = "" if row.how == CHANGED else f"  [{row.way}]"
    touched = _touched(row, found) if whole else []
    by = f"\n    {quiet(f'ranked by {listed(touched)}')}" if touched else ""
    return f"  {models_to_text(row.models)}: {said}{way}{by}"


def _touched(row: FactRow, found: CatalogChanges) -> list[AliasName]:
    """The aliases that rank one of the models."""
    names = (alias for model in row.models for alias in found.touched_by(model))
    return list(dict.fromkeys(names))


def _presence(found: CatalogChanges, most: int) -> Section:
    """Models that only one side knows, and those of which only a source or date is newer."""
    lines = []
    for kind, said in (("added", "new to the release"), ("removed", "no longer in the catalog")):
        models = [change.model for change in _models(found, kind)]
        if models:
            count = plural(len(models), "model")
            names = models_to_text(models) if most < _WHOLE else ", ".join(models)
            lines.append(f"{count} {said}: {safe(names)}")
    dated = sum(change.provenance_only for change in found.changes.models)
    if dated:
        lines.append(f"{plural(dated, 'model')} with newer sources or dates, and the same facts")
    return lines


def _unselected(found: CatalogChanges) -> Iterator[Section]:
    if found.unselected:
        yield [
            f"not compared: {plural(found.unselected, 'model')} that no alias selects; "
            "a release has only those that one selects"
        ]


def _is_cut(found: CatalogChanges) -> bool:
    """Whether the page leaves out anything that everything has."""
    rows = fact_rows(found.changes, found.answering, found.units).values()
    long = any(len(row.values) > _MAX_VALUES for each in rows for row in each)
    many = [*map(len, rows), len(found.changes.definitions), len(_upstream(found))]
    listed_whole = all(len(_models(found, kind)) <= MAX_LISTED for kind in ("added", "removed"))
    return (
        long
        or not listed_whole
        or len(found.aliases) > _MAX_ALIASES
        or any(count > _MAX_ROWS for count in many)
    )


def catalog_changes_to_json(found: CatalogChanges) -> dict[str, object]:
    """Everything for machines, with the aliases of each model that changed."""
    changes = changes_to_json(found.changes)
    return {
        "release": found.release.ref.id,
        "release_day": found.release.release.created_at.date().isoformat(),
        "day": found.day.isoformat(),
        "aliases": [
            {
                "alias": alias.alias,
                "winner_before": alias.before,
                "winner_after": alias.after,
                "changes_winner": alias.changes_winner,
                "models": list(alias.models),
            }
            for alias in found.aliases
        ],
        "models": [
            {
                **model,
                "aliases": list(found.touched_by(change.model)),
            }
            for model, change in _paired(changes["models"], found.changes.models)
        ],
        "metrics": changes["definitions"],
        "not_compared": found.unselected,
    }


def _paired(
    written: object, models: Sequence[ModelChange]
) -> Iterator[tuple[dict[str, object], ModelChange]]:
    assert isinstance(written, list)
    yield from zip(written, models, strict=True)
