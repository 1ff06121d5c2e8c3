"""The search index: every alias and model with what is said of it, for the page's search."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zumik.core.basics.names import AliasName, ModelId
from zumik.pages.addresses import SEARCH, alias_address, model_address
from zumik.pages.alias_timeline import aliases_of
from zumik.pages.html import to_data
from zumik.pages.live_models import all_models, serves
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource
from zumik.reports.fact_changes import listed

_MAX_SERVED = 3


def _addresses(source: SiteSource) -> Iterator[str]:
    yield SEARCH


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes:
    entries = [
        *(
            _entry(alias, _of_alias(source, alias), alias_address(alias))
            for alias in aliases_of(source)
        ),
        *(
            _entry(model, _of_model(source, model), model_address(model))
            for model in all_models(source)
        ),
    ]
    return to_data({"entries": entries})


def _entry(name: str, about: str, address: str) -> dict[str, str]:
    return {"name": name, "about": about, "address": address}


def _of_alias(source: SiteSource, alias: AliasName) -> str:
    live = source.live.get(alias)
    if live is None:
        return "alias, not live"
    if live.pointer.is_retired:
        return "alias, retired"
    return f"alias, answers with {live.answers.model.id}" if live.answers else "alias"


def _of_model(source: SiteSource, model: ModelId) -> str:
    served = serves(source, model)
    return f"model, serves {listed(served, _MAX_SERVED)}" if served else "model"


KINDS = (PageKind(re.compile(re.escape(SEARCH)), _addresses, _rendered),)
