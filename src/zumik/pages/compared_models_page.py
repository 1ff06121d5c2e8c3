"""The page that compares two models which an alias ranks close together: how do these two differ?

A pair that any release ranks close has a page, so that none vanishes while its releases are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.ranked_pair import RankedPair, ranked_pair
from zumik.core.facts.catalog import model_to_json
from zumik.core.releases.rank_index import DEEPEST
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
"""Close are, in each ranking, all pairs among so many of its first models."""

FAR = DEEPEST
"""And the first model with each down to this rank: of 500 ranked models there are 124,750 pairs."""

DECIDING = 3
MAX_DECIDED = 30


class LastClose(NamedTuple):
    """The newest release that ranks a pair close, and an alias in which it does."""

    release: ReleaseId
    alias: AliasName


class ComparedAnswer(NamedTuple):
    """That one model comes before another, and in how many aliases; or that none ranks both."""

    first: ModelId
    second: ModelId
    where: str

    @property
    def verb(self) -> str:
        """What stands between the two models."""
        return "comes before" if self.where else "is ranked by no live alias beside"

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{' '.join(filter(None, (self.first, self.verb, self.second, self.where)))}."


_PAGE = re.compile(
    rf"(?P<data>data/)?compare/{MODEL_PART}/with/{MODEL_PART.replace('model', 'other')}"
    r"(?(data)\.json|/)"
)


def compared_with(source: SiteSource, model: ModelId) -> Sequence[ModelId]:
    """The models that are close to a model in what is live, in the order of the aliases."""

    def made() -> dict[ModelId, dict[ModelId, None]]:
        found: dict[ModelId, dict[ModelId, None]] = {}
        for live in source.live.values():
            if live.known_table is not None and not live.pointer.is_retired:
                for one, other in _close([row.model.id for row in live.known_table.ranked[:FAR]]):
                    found.setdefault(one, {})[other] = None
                    found.setdefault(other, {})[one] = None
        return found

    return [*source.remembered("compared models", made).get(model, ())]


def _close(ranked: Sequence[ModelId]) -> Iterator[tuple[ModelId, ModelId]]:
    yield from combinations(ranked[:CLOSE], 2)
    yield from ((ranked[0], one) for one in ranked[CLOSE:FAR])


def last_close(source: SiteSource, one: ModelId, other: ModelId) -> LastClose | None:
    """Where a pair was close last; None for one that never was. Raises ZumikError."""
    return _pairs(source).get(_sorted(one, other))


def _sorted(one: ModelId, other: ModelId) -> tuple[ModelId, ModelId]:
    return (one, other) if one < other else (other, one)


def _pairs(source: SiteSource) -> Mapping[tuple[ModelId, ModelId], LastClose]:
    return source.remembered("close models", lambda: _made_pairs(source))


def _made_pairs(source: SiteSource) -> dict[tuple[ModelId, ModelId], LastClose]:
    # What many releases have alike is kept once, by the last of them.
    last: dict[tuple[AliasName, tuple[ModelId, ...]], ReleaseId] = {}
    for release, outline in source.outlines.items():
        for alias, ranking in outline.rankings.items():
            last[alias, ranking.top] = release
    found: dict[tuple[ModelId, ModelId], LastClose] = {}
    for (alias, top), release in last.items():
        for pair in _close(top):
            key, place = _sorted(*pair), LastClose(release, alias)
            before = found.get(key)
            if before is None or before.release.order < release.order:
                found[key] = place
    return found


def _addresses(source: SiteSource) -> Iterator[str]:
    for one, other in sorted(_pairs(source)):
        address = compared_models_address(one, other)
        yield from (address, data_address(address))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...]:
    return (state_of(source),)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    one, other = model_at(found["model"]), model_at(found["other"])
    address = compared_models_address(one, other)
    asked = data_address(address) if found["data"] else address
    last = last_close(source, one, other)
    if found[0] != asked or last is None:
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
                "last_close": {"release": last.release, "alias": last.alias},
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
        last=last,
        first_decided=[f"{pair_to_text(pair)}." for pair in decided[:DECIDING]],
        more_decided=[f"{pair_to_text(pair)}." for pair in decided[DECIDING:MAX_DECIDED]],
        left_out=max(0, len(decided) - MAX_DECIDED),
        tables=compared_tables(first, second, source.today),
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
    if not count:
        return ComparedAnswer(one, other, "")
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
