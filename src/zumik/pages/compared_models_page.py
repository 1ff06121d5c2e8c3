"""The page that compares two models which an alias ranks together: how do these two differ?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.decisions.ranked_pair import RankedPair, ranked_pair
from zumik.core.facts.catalog import model_to_json
from zumik.pages.addresses import (
    MODEL_PART,
    compared_models_address,
    data_address,
    model_at,
)
from zumik.pages.compared_facts import compared_tables
from zumik.pages.html import to_data, to_html
from zumik.pages.known_models import known_models
from zumik.pages.live_models import state_of
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource
from zumik.reports.ranked_pair_report import pair_to_json, pair_to_text
from zumik.reports.text import count_in_words

CLOSE = 5
"""Of each live ranking, all pairs among so many of its first models are compared."""

FAR = 10
"""And the first model with each down to this rank: of 500 ranked models there are 124,750 pairs."""

DECIDING = 3
MAX_DECIDED = 30


class ComparedAnswer(NamedTuple):
    """That one model comes before another, and in how many aliases."""

    first: ModelId
    second: ModelId
    where: str

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.first} comes before {self.second} {self.where}."


_PAGE = re.compile(
    rf"(?P<data>data/)?compare/{MODEL_PART}/with/{MODEL_PART.replace('model', 'other')}"
    r"(?(data)\.json|/)"
)


def compared_with(source: SiteSource, model: ModelId) -> Sequence[ModelId]:
    """The models with which a page compares a model, those that an alias ranks first before."""
    return _pairs(source).get(model, ())


def _pairs(source: SiteSource) -> Mapping[ModelId, Sequence[ModelId]]:
    return source.remembered("compared models", lambda: _made_pairs(source))


def _made_pairs(source: SiteSource) -> dict[ModelId, list[ModelId]]:
    found: dict[ModelId, dict[ModelId, None]] = {}
    for live in source.live.values():
        table = live.known_table
        if table is None or live.pointer.is_retired:
            continue
        ranked = [row.model.id for row in table.ranked[:FAR]]
        pairs = [*combinations(ranked[:CLOSE], 2), *((ranked[0], one) for one in ranked[CLOSE:])]
        for one, other in pairs:
            found.setdefault(one, {})[other] = None
            found.setdefault(other, {})[one] = None
    return {model: list(others) for model, others in found.items()}


def _addresses(source: SiteSource) -> Iterator[str]:
    for model, others in sorted(_pairs(source).items()):
        for other in sorted(others):
            if model < other:
                address = compared_models_address(model, other)
                yield from (address, data_address(address))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...]:
    return (state_of(source),)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    one, other = model_at(found["model"]), model_at(found["other"])
    address = compared_models_address(one, other)
    asked = data_address(address) if found["data"] else address
    if found[0] != asked or other not in compared_with(source, one):
        return None
    decided = sorted(_decided(source, one, other), key=_order)
    answer = _answer(one, other, decided)
    first, second = map(known_models(source).known, (answer.first, answer.second))
    if found["data"]:
        return to_data(
            {
                "sentence": answer.text,
                "models": [answer.first, answer.second],
                "facts_from": [first.newest, second.newest],
                "decided": [pair_to_json(pair) for pair in decided],
                "facts": [model_to_json(first.model), model_to_json(second.model)],
            }
        )
    return to_html(
        "compared_models.html",
        address,
        one=first,
        other=second,
        answer=answer,
        first_decided=[f"{pair_to_text(pair)}." for pair in decided[:DECIDING]],
        more_decided=[f"{pair_to_text(pair)}." for pair in decided[DECIDING:MAX_DECIDED]],
        left_out=max(0, len(decided) - MAX_DECIDED),
        tables=compared_tables(first, second),
    )


def _decided(source: SiteSource, one: ModelId, other: ModelId) -> Iterator[RankedPair]:
    """How each live alias that ranks both parts them."""
    for live in source.live.values():
        if live.known_table is not None and not live.pointer.is_retired:
            pair = ranked_pair(live.known_table, one, other)
            if pair is not None:
                yield pair


def _order(pair: RankedPair) -> tuple[int, int, str]:
    return pair.better.rank or 0, pair.worse.rank or 0, pair.table.alias.name


def _answer(one: ModelId, other: ModelId, decided: Sequence[RankedPair]) -> ComparedAnswer:
    """Which of two models comes before the other, and how often."""
    count = len(decided)
    ahead = sum(pair.better.model.id == one for pair in decided)
    first, second = (one, other) if ahead * 2 >= count else (other, one)
    often = max(ahead, count - ahead)
    if count == 1:
        rest = "the one live alias that ranks"
    elif often == count:
        both = "the two" if count == 2 else f"all {count_in_words(count)}"
        rest = f"{both} live aliases that rank"
    else:
        rest = f"{count_in_words(often)} of the {count_in_words(count)} live aliases that rank"
    return ComparedAnswer(first, second, f"in {rest} both")


KINDS = (PageKind(_PAGE, _addresses, _rendered, _inputs),)
