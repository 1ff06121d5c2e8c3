"""Changes between two releases as text and JSON: winners first, then policies, then facts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from zumik.core.reviews.changes import CHANGED, AliasChange, Changes, FieldChange, ModelChange
from zumik.reports import sentences
from zumik.reports.blocks import Report, Section, doubtful, good, quiet, strong
from zumik.reports.text import plural, safe, value_to_text

_MAX_VALUE = 60
_MAX_LINES = 20


def changes_report(changes: Changes, whole: str = "--format json has them all") -> Report:
    """Everything that changed, for people; `whole` says where a long list is complete."""
    if not changes:
        return [["nothing changed"]]
    sections = (_aliases(changes), _definitions(changes), _models(changes, whole))
    return [section for section in sections if section]


def changes_to_json(changes: Changes) -> dict[str, object]:
    """Everything that changed, for machines."""
    return {
        "aliases": [
            {
                "alias": change.alias,
                "kind": change.kind,
                "winner_before": change.before,
                "winner_after": change.after,
                "fields": [field_to_json(field) for field in change.fields],
            }
            for change in changes.aliases
        ],
        "definitions": [field_to_json(field) for field in changes.definitions],
        "models": [
            {
                "model": change.model,
                "kind": change.kind,
                "fields": [{**field_to_json(field), "how": field.how} for field in change.fields],
            }
            for change in changes.models
        ],
    }


def field_to_json(field: FieldChange) -> dict[str, object]:
    """One value that changed, as it is written in a release."""
    return {"path": field.path, "kind": field.kind, "before": field.before, "after": field.after}


def _aliases(changes: Changes) -> Section:
    return [_alias(change) for change in changes.aliases]


def _alias(change: AliasChange) -> str:
    name = strong(change.alias)
    if change.kind == "added":
        return f"{name}: new → {good(change.after or '')}"
    if change.kind == "removed":
        return f"{name}: removed (was {change.before})"
    lines = [f"{name}: {change.before} → {doubtful(change.after or '')}"]
    if not change.changes_winner:
        lines = [f"{name}: {change.after} {quiet('(the same winner)')}"]
    lines += [
        f"  {field_to_text(field)}" for field in change.fields if field.path.startswith("policy")
    ]
    lines += [f"  {_ranking(field)}" for field in change.fields if field.path == "ranking"]
    return "\n".join(lines)


def _ranking(field: FieldChange) -> str:
    """Who joined and who left a ranking, or that its order changed."""
    before = field.before if isinstance(field.before, list) else []
    after = field.after if isinstance(field.after, list) else []
    joined = [model for model in after if model not in before]
    left = [model for model in before if model not in after]
    parts = [f"joined: {_listed(joined)}"] if joined else []
    parts += [f"left: {_listed(left)}"] if left else []
    return f"ranking of {len(after)}, {'; '.join(parts) or 'in another order'}"


def _definitions(changes: Changes) -> Section:
    if not changes.definitions:
        return []
    head = strong("Measures and metrics")
    if len(changes.definitions) > _MAX_LINES:
        return [f"{head}: {plural(len(changes.definitions), 'value')} changed"]
    return [head, *(f"  {field_to_text(field)}" for field in changes.definitions)]


def _models(changes: Changes, whole: str) -> Section:
    """Facts by model; sources and dates that moved on alone are only counted."""
    added = [change.model for change in changes.models if change.kind == "added"]
    removed = [change.model for change in changes.models if change.kind == "removed"]
    changed = [c for c in changes.models if c.kind == "changed" and not c.provenance_only]
    dated = sum(change.provenance_only for change in changes.models)
    lines = [strong("Facts")] if changes.models else []
    if added:
        lines.append(f"  {plural(len(added), 'model')} added: {_listed(added)}")
    if removed:
        lines.append(f"  {plural(len(removed), 'model')} removed: {_listed(removed)}")
    for change in changed[:_MAX_LINES]:
        lines += _model(change)
    if len(changed) > _MAX_LINES:
        lines.append(f"  and {len(changed) - _MAX_LINES:,} more changed: {whole}")
    if dated:
        lines.append(f"  {plural(dated, 'model')} with newer sources or dates, and the same facts")
    return lines


def _model(change: ModelChange) -> list[str]:
    facts = [field for field in change.fields if field.kind != "provenance"]
    return [
        f"  {change.model}",
        *(f"    {field_to_text(field)}  [{field_kind(field)}]" for field in facts),
    ]


def field_kind(field: FieldChange) -> str:
    """What kind of fact it is, and where it is not simply another value, how that came about."""
    return field.kind if field.how == CHANGED else f"{field.kind}, {field.how.replace('_', ' ')}"


def _listed(models: Sequence[str]) -> str:
    return ", ".join(models[:8]) + (f" and {len(models) - 8} more" if len(models) > 8 else "")


def field_to_text(field: FieldChange) -> str:
    """One value that changed: `price.input: 1 → 0.2`."""
    if field.kind == "definition" and isinstance(field.after, dict):
        return f"{safe(field.path)}: new"
    if field.kind == "definition" and isinstance(field.before, dict):
        return f"{safe(field.path)}: removed"
    said = sentences.deprecation_change(field.path, field.before, field.after)
    if said is not None:
        return said
    set_by_people = field.path.startswith("policy") or field.kind == "definition"
    absent = "unset" if set_by_people else "unknown"
    before, after = (
        absent if value is None else value_to_text(value) for value in (field.before, field.after)
    )
    # Long values that begin alike are shown from where they differ.
    pairs = zip(before, after, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    skip = max(0, alike - _MAX_VALUE // 2) if max(len(before), len(after)) > _MAX_VALUE else 0
    return f"{safe(field.path)}: {_cut(before, skip)} → {_cut(after, skip)}"


def _cut(text: str, skip: int) -> str:
    shown = text[skip : skip + _MAX_VALUE]
    return safe(f"{'…' if skip else ''}{shown}{'…' if len(text) > skip + _MAX_VALUE else ''}")
