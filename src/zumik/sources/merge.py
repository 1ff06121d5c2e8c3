"""The merge: what an import would change in the catalog, what it would add, and what it asks.

Facts in, plan out: nothing is written here. A plan's edits are paths and values inside one model,
so that the writer of the file changes those and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding, Locate, Location, Rule
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.price import Price
from zumik.core.reviews.import_changes import RETIRED, Addition, HeldChange, ImportPlan, Update
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
from zumik.sources.import_questions import (
    PeerPrices,
    SourceRank,
    asking_of,
    conflict,
    difference,
    newer_version,
    overruled,
    path_of,
    price_is_outranked,
    questions,
    source_rank,
)
from zumik.sources.import_scope import (
    asked_to_add,
    matcher,
    named_facts,
    offer_for,
    refuse_idle_globs,
)
from zumik.sources.offers import Imported, Offer, Source, charge_key
from zumik.sources.price_merge import merged_price
from zumik.sources.price_proposals import bases_differ
from zumik.sources.proposals import (
    LISTS,
    new_model,
    proposals,
    refusal,
    refusal_edits,
    refused,
)

_TELLING = ("price", "limits", "input", "capabilities")


def plan_import(
    known: Catalog,
    imported: Imported,
    *,
    only: Sequence[str] = (),
    add: Sequence[str] = (),
    precedence: Sequence[str] = (),
    providers: Sequence[str] = (),
    today: date,
    accept: Sequence[str] = (),
    keep: Sequence[str] = (),
    locate: Locate | None = None,
) -> ImportPlan:
    """What an import changes in the models that the catalog has, and which of the others it adds.

    `only` are globs that narrow both; `add` are globs of models to add, none without. `precedence`
    names sources, best first. Of `providers`, where any is named, are the models that a glob may
    add without naming their provider. `accept` are the facts to take although they are questioned,
    as `GLOB#FIELD` or `GLOB`, and `keep` those not to ask about again. `locate` says where a part
    of the catalog is written, from `("models", ID, FIELD)`. Raises UsageError for a glob that
    matches nothing, or a wrong field.
    """
    refuse_idle_globs(only, [*known.models, *imported.offers])
    refuse_idle_globs(add, imported.offers)
    accepted = named_facts("--accept", accept, [*known.models, *imported.offers])
    kept = named_facts("--keep", keep, known.models)
    wanted = matcher(only) if only else lambda _: True
    work = _Work(known, imported, tuple(precedence), today, accepted, kept, locate)
    updates: list[Update] = []
    missing: list[ModelId] = []
    models = [m for m in known.models.values() if m.variant_of is None and wanted(m.id)]
    for model in models:
        offer = offer_for(model, imported.offers)
        if offer is None:
            missing.append(model.id)
        elif (update := work.update(model, offer)) is not None:
            updates.append(update)
    new = [i for i in sorted(imported.offers) if i not in known.models and wanted(i)]
    asked = asked_to_add(add, providers)
    additions = [work.addition(imported.offers[model_id]) for model_id in new if asked(model_id)]
    skipped = dict(imported.skipped)
    if work.retired:
        skipped[RETIRED] = tuple(work.retired)
    return ImportPlan(
        source=imported.source,
        observed_on=imported.observed_on,
        updates=tuple(updates),
        additions=tuple(addition for addition in additions if addition is not None),
        new=tuple(new),
        compared=len(models) - len(missing),
        unknown_to_source=tuple(missing),
        findings=tuple(dict.fromkeys((*imported.findings, *work.findings))),
        skipped=skipped,
    )


class _Verdict(Enum):
    """What becomes of a proposal.

    It `waits` for a person; the order of the sources has `outranked` it; or a person `refused` it.
    """

    TAKEN = "taken"
    WAITS = "waits"
    OUTRANKED = "outranked"
    OLDER = "older"
    REFUSED = "refused"


@dataclass
class _Work:
    """One import in progress, and what it has found so far."""

    known: Catalog
    imported: Imported
    precedence: tuple[str, ...]
    today: date
    accepted: Callable[[ModelId, str], bool]
    kept: Callable[[ModelId, str], bool]
    locate: Locate | None
    findings: list[Finding] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    def update(self, known: Model, offer: Offer) -> Update | None:
        """What becomes of a model that the catalog has, or None where nothing does."""
        taken: list[FieldProposal] = []
        held: list[HeldChange] = []
        waiting: list[str] = []
        refusals: list[tuple[str, str]] = []
        variants = [m for m in self.known.models.values() if m.variant_of == known.id]
        outranked = price_is_outranked(known, self.imported, self.precedence)
        for proposal in proposals(known, offer, self.imported, variants, price_outranked=outranked):
            verdict, why = self._judged(known, offer, proposal)
            if verdict is _Verdict.WAITS and self.kept(known.id, proposal.field):
                refusals.append((proposal.field, refusal(proposal, self.imported)))
                verdict, why = _Verdict.OUTRANKED, "kept by --keep"
            if verdict is _Verdict.TAKEN:
                taken.append(proposal)
            elif verdict not in (_Verdict.OLDER, _Verdict.REFUSED):
                held += [HeldChange(change, why) for change in proposal.changes]
            if verdict is _Verdict.WAITS and proposal.field not in waiting:
                waiting.append(proposal.field)
        self._note_missing_tiers(known, offer)
        self._note_basis(known, offer)
        if offer.not_served and known.retires_on is None:
            self._note(
                known.id,
                "retires_on",
                NO_LONGER_SERVED,
                "the source says that its provider serves it no longer, and no day",
                "check the provider's page, and write retires_on by hand with its source",
            )
        self._note_charges(offer, self._location(known.id, "price"), known.price)
        if not taken and not held:
            return None
        self._note_metrics(known, taken)
        edits = [edit for proposal in taken for edit in proposal.edits]
        edits += refusal_edits(known, refusals)
        return Update(
            known.id,
            offer.model.id,
            tuple(change for proposal in taken for change in proposal.changes),
            tuple(held),
            # Two limits cite one source: the same edit is made once.
            tuple(dict(edits).items()),
            tuple(waiting),
        )

    def _judged(self, known: Model, offer: Offer, proposal: FieldProposal) -> tuple[_Verdict, str]:
        """What becomes of a proposal, and why where it is shown and not taken."""
        ask = asking_of(known.id, self._location(known.id, proposal.field))
        rank, text = source_rank(known, proposal, self.imported, self.precedence)
        if rank is SourceRank.OLDER and text is not None:
            self._note_older(known.id, text, proposal)
            return _Verdict.OLDER, ""
        if refused(known, proposal, self.imported) and not self.accepted(known.id, proposal.field):
            return _Verdict.REFUSED, ""
        # Charges are named beside the rates and contradict none, from any source.
        stated = not (proposal.part and proposal.only_adds)
        stated = stated and getattr(known, proposal.field, None) not in (None, {})
        if stated and rank is SourceRank.FREE and self._newer is not None:
            # What the catalog has of another source was there when the newer version was read.
            self._note_older(known.id, self._newer, proposal)
            return _Verdict.OLDER, ""
        asked = list(questions(known, offer, proposal, self._peers(known.id), ask))
        by_hand = rank is SourceRank.BY_HAND and stated
        lower = rank is SourceRank.LOWER and stated
        # A model that a source says has retired must not win because another says it later.
        retires = proposal.field == "retires_on" and not proposal.loosens
        accepted = self.accepted(known.id, proposal.field)
        above = by_hand or lower
        first = f"{neutral(Source.parse(text).text)} goes first" if text else "written by hand"
        if above and not accepted and proposal.field == "price" and proposal.only_adds:
            # It contradicts nothing, and a group of rates has one source: it is shown alone.
            return _Verdict.OUTRANKED, first
        if above:
            self.findings.append(conflict(text, self.imported, proposal, ask))
        if accepted or not lower:
            self.findings += asked
        if not accepted:
            if by_hand:
                return _Verdict.WAITS, first
            if asked and not lower:
                return _Verdict.WAITS, ", ".join(dict.fromkeys(one.code for one in asked))
            if lower and not (retires and not asked):
                return _Verdict.OUTRANKED, first
        differs = any(change.before is not None for change in proposal.changes)
        ours = Source.parse(self.imported.source).name
        if not by_hand and not lower and differs and text and not Source.parse(text).is_of(ours):
            self.findings.append(overruled(text, self.imported, proposal, ask))
        self._note_taken(known, offer, proposal)
        return _Verdict.TAKEN, ""

    def _note_taken(self, known: Model, offer: Offer, proposal: FieldProposal) -> None:
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

    def _note_older(self, model: ModelId, text: str, proposal: FieldProposal) -> None:
        self._note(
            model,
            proposal.field,
            OLDER_SOURCE,
            f"{shown(text)} is newer than this import: {difference(proposal)}",
            "import the newest version of the source",
        )

    def _note_metrics(self, known: Model, taken: Sequence[FieldProposal]) -> None:
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

    def _peers(self, model: ModelId) -> PeerPrices:
        """The lowest first rates of the provider's other models, in the catalog and the source."""
        lowest = {}
        for name, ranked in self._ranked.get(model.provider, {}).items():
            other = next((rate for rate, owner in ranked if owner != model), None)
            if other is not None:
                lowest[name] = other
        return lowest

    @cached_property
    def _newer(self) -> str | None:
        return newer_version(self.known, self.imported)

    @cached_property
    def _ranked(self) -> dict[str, dict[str, list[tuple[Fraction, ModelId]]]]:
        """Of each provider the two lowest rates of each name, with their models."""
        found: dict[str, dict[str, list[tuple[Fraction, ModelId]]]] = {}
        offered = (offer.model for offer in self.imported.offers.values())
        for model in (*self.known.models.values(), *offered):
            if model.price is None or model.variant_of is not None:
                continue
            for name in ("input", "output"):
                rate = model.price.rates.get(name)
                if rate:
                    ranked = found.setdefault(model.id.provider, {}).setdefault(name, [])
                    ranked.append((rate, model.id))
        return {
            provider: {name: _two_lowest(ranked) for name, ranked in names.items()}
            for provider, names in found.items()
        }

    def addition(self, offer: Offer) -> Addition | None:
        """A model to add, less what is questioned; none where it is said to have retired."""
        offered = offer.model
        ask = asking_of(offered.id, self._location(None, ""))
        held: set[tuple[str, str]] = set()
        day = offered.retires_on
        past = offer.not_served or (day is not None and day < self.today)
        if past and not self.accepted(offered.id, "retires_on"):
            self.retired.append(offer.key)
            return None
        for proposal in _first_proposals(offered):
            asked = list(questions(None, offer, proposal, self._peers(offered.id), ask))
            self.findings += asked
            if asked and not self.accepted(offered.id, proposal.field):
                held.add((proposal.field, proposal.part))
        self._note_charges(offer, self._location(None, ""), None)
        facts = new_model(offered, self.imported, without=held)
        return Addition(offered.id, facts, tuple(sorted({name for name, _ in held})))

    def _note_missing_tiers(self, known: Model, offer: Offer) -> None:
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

    def _note_basis(self, known: Model, offer: Offer) -> None:
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

    def _note_charges(self, offer: Offer, location: Location, known: Price | None) -> None:
        """What the source charges besides, unless the price in the catalog names it."""
        named = {charge_key(part) for part in (known.also_charged if known else ())}
        stated = offer.model.price.also_charged if offer.model.price else ()
        missing = [part for part in stated if charge_key(part) not in named]
        if missing:
            # Every request costs such a fee; the others apply to some requests.
            lesser = not any("_per_request" in part for part in missing)
            self.findings.append(
                PRICE_LACKS_A_PART.at(
                    location,
                    f"{offer.model.id}: price lacks what the source charges besides: "
                    f"{_list(missing)}",
                    "expected_cost is a lower bound with it, and decides only with "
                    "incomplete_cost_allowed; the import names it in the price's also_charged",
                    lesser=lesser,
                )
            )

    def _note(self, model: ModelId, name: str, rule: Rule, message: str, hint: str) -> None:
        ask = asking_of(model, self._location(model, name))
        self.findings.append(ask(rule, message, hint))

    def _location(self, model: ModelId | None, name: str) -> Location:
        if model is None or self.locate is None:
            return Location(self.imported.source)
        return self.locate(path_of(model, name))


def _two_lowest(ranked: list[tuple[Fraction, ModelId]]) -> list[tuple[Fraction, ModelId]]:
    lowest = min(ranked)
    others = [item for item in ranked if item[1] != lowest[1]]
    return [lowest, min(others)] if others else [lowest]


def _list(parts: Sequence[str]) -> str:
    return ", ".join(neutral(part) for part in parts)


def _first_proposals(offered: Model) -> Iterator[FieldProposal]:
    """The fields of a new model that can be doubtful, and each service of its price by itself."""
    if offered.price is not None:
        price = offered.price
        yield FieldProposal("price", (), (), price._replace(services={}, dated=()))
        for name, service in price.services.items():
            part = f"services.{name}"
            alone = Price(price.rates, price.tiers, services={name: service})
            yield FieldProposal("price", (), (), alone, part=part)
    yield FieldProposal("limits", (), ())
