"""Offers: what a catalog source says about models, in the catalog's own words.

Every source is read into these; what an offer changes in a catalog is for `merge` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.findings import Finding
from zumik.core.basics.names import ModelId
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import BATCH, STANDARD, UNKNOWN_ORIGIN, Price, Tier

_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_SOURCE = 200
_BATCH_NAME = "batch_"
MODALITIES = ("text", "image", "pdf", "audio", "video")
"""The kinds of input that a catalog knows, in the order in which it writes them."""

KEPT = "; kept over "
"""In the source of a field: what stands before it holds, and the value after it was refused."""


def refusals_in(text: str) -> list[str]:
    """What a source's text says that a person refused, each as `SOURCE: VALUES`."""
    return text.split(KEPT)[1:]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, as far as its text says: `litellm 1.109.1`, `models.dev, DATE`."""

    text: str
    version: tuple[int, ...] | None
    day: date | None

    @classmethod
    def parse(cls, text: str) -> Source:
        """Never fails: what the text does not say is unknown."""
        text = text.partition(KEPT)[0][:_MAX_SOURCE]
        version = _VERSION.search(text)
        return cls(text, _numbers(version[0]) if version else None, _first_day(text))

    @property
    def name(self) -> str:
        """The text before its version or date."""
        cuts = [
            match.start()
            for match in (_VERSION.search(self.text), _DATE.search(self.text))
            if match
        ]
        return self.text[: min(cuts, default=len(self.text))].rstrip(" ,(")

    def is_of(self, name: str) -> bool:
        """Whether this is a version, or a part, of the source of that name."""
        text, name = self.text.casefold(), name.casefold()
        return bool(name) and text.startswith(name) and text[len(name) : len(name) + 1] in " ,("

    def rank(self, precedence: Sequence[str]) -> int | None:
        """Its place among the names, best first; None where it is not among them."""
        return next((i for i, name in enumerate(precedence) if self.is_of(name)), None)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _first_day(text: str) -> date | None:
    for match in _DATE.finditer(text):
        try:
            return day_from_text(match[0])
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Offer:
    """One model as a source has it; a fact it does not state is absent.

    `key` is the source's own name for it. `denied` are the capabilities and kinds of input that the
    source says no to, which is more than saying nothing. `disputed` are the fields in which two of
    its entries for the same model disagree. `not_served` says that the provider serves it no
    longer, by a source that states no day. `settled` are the names of charges that are in the price
    as a rate or a fee, or in no cost of a workload.
    """

    key: str
    model: Model
    denied: frozenset[str] = frozenset()
    disputed: frozenset[str] = frozenset()
    not_served: bool = False
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Imported:
    """All that was read from a source, observed on one day.

    `skipped` are the keys of the entries that are no offers, by why not; `findings` are about
    entries that should have been.
    """

    source: str
    observed_on: date
    offers: Mapping[ModelId, Offer]
    skipped: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]

    @property
    def cited(self) -> str:
        """The source with its day, which a source without versions has in its own text."""
        day = self.observed_on.isoformat()
        return self.source if self.source.endswith(day) else f"{self.source}, {day}"


class Place(NamedTuple):
    """Where a rate stands: its service, the input length that its tier begins above (0: base)."""

    service: str
    above: int
    name: str

    def __str__(self) -> str:
        name = self.name if self.service == STANDARD else f"{self.service} {self.name}"
        return f"{name} above {self.above:,} tokens" if self.above else name


def every_rate(price: Price) -> dict[Place, Fraction]:
    """Each rate by its place; those named `batch_` are of the service `batch`."""
    found = {}
    for service, (rates, tiers) in _tables(price):
        for above, table in ((0, rates), *((t.above_input_tokens, t.rates) for t in tiers)):
            for name, rate in table.items():
                batch = name.startswith(_BATCH_NAME)
                place = Place(BATCH if batch else service, above, name.removeprefix(_BATCH_NAME))
                found[place] = rate
    return found


def _tables(price: Price) -> Iterator[tuple[str, tuple[Mapping[str, Fraction], Sequence[Tier]]]]:
    yield STANDARD, (price.rates, price.tiers)
    for name, service in price.services.items():
        yield name, (service.rates, service.tiers)


def stated_price(price: Price) -> Price | None:
    """A price without the tiers, services and days that state nothing; None where nothing is."""
    services = {
        name: service._replace(tiers=tiers)
        for name, service in price.services.items()
        if (tiers := _stated_tiers(service.tiers)) or service.rates
    }
    dated = tuple(stated for later in price.dated if (stated := stated_price(later)) is not None)
    found = price._replace(tiers=_stated_tiers(price.tiers), services=services, dated=dated)
    says = found.rates or found.tiers or services or found.fees or found.also_charged
    return found if says else None


def _stated_tiers(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers with a rate, or with a source that is named because it states none."""
    return tuple(tier for tier in tiers if tier.rates or tier.origin != UNKNOWN_ORIGIN)


def charge_key(text: str) -> str:
    """What a charge is, without its amount: `input_cost_per_request` of `… 0.005`."""
    return text.split(" ")[0]
