"""Importing: the catalog files that an import plan changes or makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zumik.core.basics.findings import Path
    from zumik.core.reviews.import_changes import Addition, ImportPlan
    from zumik.transaction.file_plan import NewBytes
    from zumik.workspace.authored_files import Authored
    from zumik.workspace.store import Store
    from zumik.yaml_text.document import Document

KEYS = (
    *("value", "samples", "standard_error", "effort", "run"),
    *("revision", "pinned", "owned_by", "released_on", "retires_on", "lifecycle", "open_weights"),
    *("upstream", "region", "data_residency", "labels", "mode", "limits", "usd"),
    *("context_tokens", "input_tokens", "output_tokens", "above_input_tokens"),
    *("from_input_tokens", "input", "output", "cache_read", "cache_write", "cache_write_1h"),
    *("batch_input", "batch_output", "batch_cache_read", "input_audio", "input_image"),
    *("output_audio", "output_image", "output_reasoning", "capabilities", "lacks"),
    *("cacheable_from_tokens", "price", "tiers", "services", "fees", "also_charged", "basis"),
    *("metrics", "variants", "from", "source", "observed_on", "confirmed_on", "origins", "dated"),
    *("sources", "note"),
)
"""The keys of a model, its price and figures, in the order in which a person reads them."""


def imported_files(store: Store, authored: Authored, plan: ImportPlan) -> list[NewBytes]:
    """Each catalog file with its edits made, and a new one for each provider without one.

    Raises EditRefused where a change cannot be made in place.
    """
    from zumik.transaction.file_plan import NewBytes
    from zumik.yaml_text.editor import edit_yaml
    from zumik.yaml_text.writer import provider_file

    edits, new = _edits(authored, plan)
    files = [
        NewBytes(store.root.parent / document.file, edit_yaml(document, changes, KEYS).encode())
        for document, changes in edits
    ]
    for provider, additions in new.items():
        path = store.root / "catalog" / f"{provider}.yaml"
        facts = {addition.name: addition.facts for addition in additions}
        header = [_editor_line(authored), f"Models of {provider}, as {plan.source} has them."]
        files.append(NewBytes(path, provider_file(provider, facts, header=header).encode(), True))
    return files


def _edits(
    authored: Authored, plan: ImportPlan
) -> tuple[list[tuple[Document, list[tuple[Path, object]]]], dict[str, list[Addition]]]:
    """The edits by document, and the additions whose provider has no file yet."""
    from zumik.yaml_text.writer import Block

    documents = {document.file: document for document, _ in authored.places("models")}
    edits: dict[str, list[tuple[Path, object]]] = {}
    providers: dict[str, str] = {}
    for model in authored.models:
        place = authored.place_of("models", model)
        if place is not None:
            providers[model.provider] = place[0].file
    for update in plan.updates:
        place = authored.place_of("models", update.model)
        assert place is not None
        document, base = place
        edits.setdefault(document.file, []).extend(
            ((*base, *path), value) for path, value in update.edits
        )
    new: dict[str, list[Addition]] = {}
    for addition in plan.additions:
        file = providers.get(addition.model.provider)
        if file is None:
            new.setdefault(addition.model.provider, []).append(addition)
        else:
            edits.setdefault(file, []).append((("models", addition.name), Block(addition.facts)))
    return [(documents[file], changes) for file, changes in edits.items() if changes], new


def _editor_line(authored: Authored) -> str:
    """The editor line of the catalog's other files, so that a new one is completed like them."""
    for document, _ in authored.places("models"):
        first = document.text.split("\n", 1)[0]
        if first.startswith("# yaml-language-server:"):
            return first.removeprefix("# ").strip()
    return "yaml-language-server: $schema=../.schemas/catalog.schema.json"
