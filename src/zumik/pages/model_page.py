"""The page of a model: where do we use it, and what do we know of it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import metric_to_json, model_to_json
from zumik.core.reviews.model_index import KnownModel
from zumik.pages import model_tables
from zumik.pages.addresses import MODEL_PART, data_address, model_address, model_at
from zumik.pages.compared_models_page import compared_with
from zumik.pages.html import to_data, to_html
from zumik.pages.known_models import KnownModels, known_models
from zumik.pages.live_models import all_models, state_of
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.changes_report import field_to_json
from zumik.reports.model_facts import fact_groups
from zumik.reports.model_use_report import use_sentence, uses_to_json
from zumik.reports.text import day_in_words, safe

MAX_COMPARED = 40

_PAGE = re.compile(rf"(?P<data>data/)?models/{MODEL_PART}(?(data)\.json|/)")


def _addresses(source: SiteSource) -> Iterator[str]:
    for model in all_models(source):
        address = model_address(model)
        yield from (address, data_address(address))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...]:
    return (state_of(source),)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    model = model_at(found["model"])
    if model not in all_models(source) or found[0] not in _addresses_of(model):
        return None
    models = known_models(source)
    known = models.known(model)
    uses = models.uses(known)
    retires_on = models.retires_on(known.model)
    sentence = use_sentence(model, uses, retires_on, source.today)
    if found["data"]:
        return to_data({"sentence": f"{sentence}.", **_to_json(models, known)})
    newest = source.release(known.newest).release
    variants = [models.known(name) for name in models.variants(known.model)]
    return to_html(
        "model.html",
        model_address(model),
        model=model,
        sentence=f"{sentence}.",
        usual_origin=model_tables.usual_origin(known.model),
        newest=known.newest,
        newest_frozen=sentences.frozen(newest.backfilled, day_in_words(newest.created_at.date())),
        is_newest=known.newest == source.releases[-1],
        first=known.first,
        note=safe(known.model.note or ""),
        uses=model_tables.uses(uses),
        ranks=model_tables.ranks(uses),
        prices=model_tables.prices(known.model, source.today),
        facts=model_tables.facts(fact_groups(known.model), known.model),
        figures=model_tables.figures(known),
        variants=model_tables.variants(variants),
        changed=model_tables.changed(known),
        compared_with=compared_with(source, model)[:MAX_COMPARED],
    )


def _addresses_of(model: ModelId) -> tuple[str, str]:
    address = model_address(model)
    return address, data_address(address)


def _to_json(models: KnownModels, known: KnownModel) -> dict[str, object]:
    model = known.model
    retires_on = models.retires_on(model)
    return {
        "model": model.id,
        "retires_on": retires_on and retires_on.isoformat(),
        "facts_from": known.newest,
        "first_known_in": known.first,
        "facts": model_to_json(model),
        "metrics": {
            name: metric_to_json(known.metrics[name])
            for name in sorted(model.metrics)
            if name in known.metrics
        },
        "uses": uses_to_json(models.uses(known)),
        "variants": list(models.variants(model)),
        "changes": [
            {
                "release": item.release,
                "kind": item.change.kind,
                "fields": [
                    {**field_to_json(field), "how": field.how} for field in item.change.fields
                ],
            }
            for item in known.changes
        ],
        "older_changes": known.older_changes,
    }


KINDS = (PageKind(_PAGE, _addresses, _rendered, _inputs),)
