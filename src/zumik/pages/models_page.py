"""The list of models: which are there, what each costs, and which aliases it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from zumik.core.facts.catalog import Model
from zumik.core.reviews.model_index import KnownModel
from zumik.core.reviews.model_use import ModelUse
from zumik.pages.addresses import MODELS, data_address
from zumik.pages.html import to_data, to_html
from zumik.pages.known_models import known_models
from zumik.pages.live_models import state_of
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, model_cell
from zumik.pages.site_source import SiteSource
from zumik.reports.blocks import Column
from zumik.reports.fact_changes import listed
from zumik.reports.model_facts import UNKNOWN, rate_to_text
from zumik.reports.text import count_in_words, in_words, safe

MAX_MODELS = 150
"""Rows with facts; of more models the page has the names alone, so that it stays small."""

MAX_NAMES = 600

_MAX_SERVED = 3


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from (MODELS, data_address(MODELS))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...]:
    return (state_of(source),)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes:
    models = known_models(source)
    known = [models.known(name) for name in models.ids]
    used = [(item, models.uses(item), models.retires_on(item.model)) for item in known]
    used.sort(key=lambda item: (_order(item[1]), item[0].model.id))
    if found["data"]:
        return to_data({"models": [_to_json(*item, source.today) for item in used]})
    serving = sum(any(use.answers for use in uses) for _, uses, _ in used)
    rest = [item.model.id for item, _, _ in used[MAX_MODELS : MAX_MODELS + MAX_NAMES]]
    return to_html(
        "models.html",
        MODELS,
        sentence=_sentence(len(used), serving),
        table=_table(used[:MAX_MODELS], source.today),
        rest=rest,
        left_out=max(0, len(used) - MAX_MODELS - MAX_NAMES),
    )


def _sentence(models: int, serving: int) -> str:
    verb = "serves" if serving == 1 else "serve"
    count = count_in_words(serving) if serving else "none"
    return f"The releases know {in_words(models, 'model')}; {count} of them {verb} an alias today."


def _order(uses: Sequence[ModelUse]) -> int:
    """Models that answer come first, then those that what is live ranks."""
    if any(use.answers for use in uses):
        return 0
    return 1 if any(use.live for use in uses) else 2


def _table(
    used: Sequence[tuple[KnownModel, tuple[ModelUse, ...], date | None]], today: date
) -> PageTable:
    has_modes = any(item.model.mode not in (None, "chat") for item, _, _ in used)
    columns = (
        Column("model"),
        *([Column("mode")] * has_modes),
        Column("serves today"),
        Column("input\nUSD/Mtok", number=True),
        Column("output\nUSD/Mtok", number=True),
        Column("context\ntokens", number=True),
        Column("revision"),
        Column("retires", whole=True),
    )
    rows = [
        _row(item.model, uses, ends_on, today, has_modes=has_modes) for item, uses, ends_on in used
    ]
    caption = "Models with their newest facts: those that serve an alias first."
    return PageTable("models", caption, columns, rows)


def _row(
    model: Model,
    uses: Sequence[ModelUse],
    ends_on: date | None,
    today: date,
    *,
    has_modes: bool,
) -> Row:
    serves = [use.alias for use in uses if use.answers]
    rates = model.price.on(today).rates if model.price else {}
    context = model.limits.get("context_tokens")
    texts = (
        *([safe(model.mode or UNKNOWN)] * has_modes),
        _serves(uses),
        rate_to_text(rates, "input"),
        rate_to_text(rates, "output"),
        UNKNOWN if context is None else f"{context:,}",
        _revision(model),
        _end(ends_on, today),
    )
    return Row([model_cell(model.id), *map(Cell, texts)], is_winner=bool(serves))


def _end(day: date | None, today: date) -> str:
    if day is None:
        return "not announced"
    return f"retired {day}" if day <= today else str(day)


def _serves(uses: Sequence[ModelUse]) -> str:
    serves = [use.alias for use in uses if use.answers]
    if serves:
        return listed(serves, _MAX_SERVED)
    if drained := [use.alias for use in uses if use.drained]:
        return f"none; drained in {listed(drained, _MAX_SERVED)}"
    ranked = sum(use.live is not None for use in uses)
    return f"none; ranked\u00a0in\u00a0{ranked}" if ranked else "none"


def _revision(model: Model) -> str:
    """Whether the exact id is known, and whether the provider promises not to re-point it."""
    if model.revision is None:
        return UNKNOWN
    return {True: "pinned", False: "floating", None: "known, not if pinned"}[model.pinned]


def _to_json(
    known: KnownModel, uses: Sequence[ModelUse], retires_on: date | None, today: date
) -> dict[str, object]:
    model = known.model
    rates = model.price.on(today).rates if model.price else {}
    return {
        "model": model.id,
        "serves": [use.alias for use in uses if use.answers],
        "ranked_in": [use.alias for use in uses if use.live],
        "input": rate_to_text(rates, "input"),
        "output": rate_to_text(rates, "output"),
        "context_tokens": model.limits.get("context_tokens"),
        "mode": model.mode,
        "revision": model.revision,
        "pinned": model.pinned,
        "retires_on": retires_on and retires_on.isoformat(),
        "facts_from": known.newest,
    }


KINDS = (
    PageKind(re.compile(r"models/|(?P<data>data/)models\.json"), _addresses, _rendered, _inputs),
)
