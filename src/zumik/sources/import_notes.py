"""Notes: what a person should know of an import beside its questions.

None of them changes what is taken. Each is a finding at the place that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding, Locate, Location, Rule
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.rules.import_rules import (
    ALREADY_RETIRED,
    CAPABILITY_DENIED,
    METRICS_MAY_BE_OLD,
    NO_LONGER_SERVED,
    OLDER_SOURCE,
    PRICE_LACKS_A_PART,
    PRICE_OF_OTHER_HOURS,
    RATE_NOT_STATED,
    TIER_NOT_STATED,
)
from zumik.sources.field_proposal import FieldProposal
from zumik.sources.import_questions import asking_of, difference, path_of
from zumik.sources.offers import Imported, Offer, charge_key
from zumik.sources.price_merge import merged_price
from zumik.sources.price_proposals import bases_differ
from zumik.sources.proposals import LISTS

_TELLING = ("price", "limits", "input", "capabilities")


@dataclass
class ImportNotes:
    """The findings of one import so far. `locate` says where a part of the catalog is written."""

    imported: Imported
    today: date
    locate: Locate | None
    findings: list[Finding] = field(default_factory=list)

    def taken(self, known: Model, offer: Offer, proposal: FieldProposal) -> None:
        """What a person should know of a value that is taken."""
        if proposal.kept:
            self._note(
                known.id,
                "price",
                RATE_NOT_STATED,
                f"{', '.join(proposal.kept)} stays as it was, beside rates that move",
                "the source does not state it; check it against the provider's page",
            )
        day = offer.model.retires_on
        if proposal.field == "retires_on" and day is not None and day < self.today:
            message = f"retired on {day}, says the source"
            hint = "the day is taken; where it is wrong, write it by hand with its source"
            self._note(known.id, "retires_on", ALREADY_RETIRED, message, hint)
        listed = getattr(known, proposal.field) if proposal.field in LISTS else None
        denied = sorted((listed or frozenset()) & offer.denied)
        if denied:
            self._note(
                known.id,
                proposal.field,
                CAPABILITY_DENIED,
                f"the source says no to {', '.join(denied)}, which the catalog lists",
                "the no is taken; where it is wrong, write the list by hand with its source",
            )

    def older(self, model: ModelId, text: str, proposal: FieldProposal) -> None:
        """A value that is not taken, because the catalog's source, `text`, is newer."""
        self._note(
            model,
            proposal.field,
            OLDER_SOURCE,
            f"{shown(text)} is newer than this import: {difference(proposal)}",
            "import the newest version of the source",
        )

    def metrics(self, known: Model, taken: Sequence[FieldProposal]) -> None:
        """Figures beside a floating id whose facts moved may be those of another revision."""
        moved = [p.field for p in taken if p.field in _TELLING and getattr(known, p.field)]
        if known.metrics and moved and known.pinned is False:
            self._note(
                known.id,
                "metrics",
                METRICS_MAY_BE_OLD,
                f"{', '.join(dict.fromkeys(moved))} moved, and the id is not pinned: its figures "
                "may be of another revision",
                "where the provider serves a new one, remove the figures that were measured before",
            )

    def missing_tiers(self, known: Model, offer: Offer) -> None:
        """A catalog tier that a source no longer has: the provider may have dropped it."""
        price = offer.model.price
        if known.price is None or price is None or not price.rates:
            return
        if not known.price.tiers or price.tiers:
            return
        if merged_price(known.price, price).tiers:
            self._note(
                known.id,
                "price",
                TIER_NOT_STATED,
                "the source states no tiers for long requests, and the catalog keeps its own",
                "a source may leave them out; remove them by hand if the provider dropped them",
            )

    def basis(self, known: Model, offer: Offer) -> None:
        """A price of other hours of the day, which is compared with nothing."""
        price = known.price.on(self.imported.observed_on) if known.price else None
        offered = offer.model.price
        if price is not None and offered is not None and bases_differ(price, offered):
            self._note(
                known.id,
                "price",
                PRICE_OF_OTHER_HOURS,
                f"the catalog has the price of basis {price.basis}, the source that of "
                f"{offered.basis}",
                "neither is taken for the other; the catalog's stays",
            )

    def not_served(self, known: Model, offer: Offer) -> None:
        """A model that its provider serves no longer, by a source that states no day."""
        if offer.not_served and known.retires_on is None:
            self._note(
                known.id,
                "retires_on",
                NO_LONGER_SERVED,
                "the source says that its provider serves it no longer, and no day",
                "check the provider's page, and write retires_on by hand with its source",
            )

    def charges(self, offer: Offer, known: Model | None) -> None:
        """What the source charges besides, unless the price in the catalog names it."""
        price = known.price if known is not None else None
        named = {charge_key(part) for part in (price.also_charged if price else ())}
        stated = offer.model.price.also_charged if offer.model.price else ()
        missing = [part for part in stated if charge_key(part) not in named]
        if missing:
            # Every request costs such a fee; the others apply to some requests.
            lesser = not any("_per_request" in part for part in missing)
            self.findings.append(
                PRICE_LACKS_A_PART.at(
                    self.location(known.id, "price") if known else self.location(None, ""),
                    f"{offer.model.id}: price lacks what the source charges besides: "
                    f"{_list(missing)}",
                    "expected_cost is a lower bound with it, and decides only with "
                    "incomplete_cost_allowed; the import names it in the price's also_charged",
                    lesser=lesser,
                )
            )

    def _note(self, model: ModelId, name: str, rule: Rule, message: str, hint: str) -> None:
        ask = asking_of(model, self.location(model, name))
        self.findings.append(ask(rule, message, hint))

    def location(self, model: ModelId | None, name: str) -> Location:
        """Where a field of the catalog's model is written; without one, the source itself."""
        if model is None or self.locate is None:
            return Location(self.imported.source)
        return self.locate(path_of(model, name))


def _list(parts: Sequence[str]) -> str:
    return ", ".join(neutral(part) for part in parts)
