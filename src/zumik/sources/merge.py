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

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Locate
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.price import Price
from zumik.core.reviews.import_changes import RETIRED, Addition, HeldChange, ImportPlan, Update
from zumik.sources.field_proposal import FieldProposal
from zumik.sources.import_notes import ImportNotes
from zumik.sources.import_questions import (
    PeerPrices,
    SourceRank,
    asking_of,
    conflict,
    newer_version,
    overruled,
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
from zumik.sources.offers import Imported, Offer, Source
from zumik.sources.proposals import (
    new_model,
    proposals,
    refusal,
    refusal_edits,
    refused,
)


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
    notes = ImportNotes(imported, today, locate)
    work = _Work(known, imported, tuple(precedence), today, accepted, kept, notes)
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
        findings=tuple(dict.fromkeys((*imported.findings, *work.notes.findings))),
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
    notes: ImportNotes
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
        self.notes.missing_tiers(known, offer)
        self.notes.basis(known, offer)
        self.notes.not_served(known, offer)
        self.notes.charges(offer, known)
        if not taken and not held:
            return None
        self.notes.metrics(known, taken)
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
        ask = asking_of(known.id, self.notes.location(known.id, proposal.field))
        rank, text = source_rank(known, proposal, self.imported, self.precedence)
        if rank is SourceRank.OLDER and text is not None:
            self.notes.older(known.id, text, proposal)
            return _Verdict.OLDER, ""
        if refused(known, proposal, self.imported) and not self.accepted(known.id, proposal.field):
            return _Verdict.REFUSED, ""
        # Charges are named beside the rates and contradict none, from any source.
        stated = not (proposal.part and proposal.only_adds)
        stated = stated and getattr(known, proposal.field, None) not in (None, {})
        if stated and rank is SourceRank.FREE and self._newer is not None:
            # What the catalog has of another source was there when the newer version was read.
            self.notes.older(known.id, self._newer, proposal)
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
            self.notes.findings.append(conflict(text, self.imported, proposal, ask))
        if accepted or not lower:
            self.notes.findings += asked
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
            self.notes.findings.append(overruled(text, self.imported, proposal, ask))
        self.notes.taken(known, offer, proposal)
        return _Verdict.TAKEN, ""

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
        ask = asking_of(offered.id, self.notes.location(None, ""))
        held: set[tuple[str, str]] = set()
        day = offered.retires_on
        past = offer.not_served or (day is not None and day < self.today)
        if past and not self.accepted(offered.id, "retires_on"):
            self.retired.append(offer.key)
            return None
        for proposal in _first_proposals(offered):
            asked = list(questions(None, offer, proposal, self._peers(offered.id), ask))
            self.notes.findings += asked
            if asked and not self.accepted(offered.id, proposal.field):
                held.add((proposal.field, proposal.part))
        self.notes.charges(offer, None)
        facts = new_model(offered, self.imported, without=held)
        return Addition(offered.id, facts, tuple(sorted({name for name, _ in held})))


def _two_lowest(ranked: list[tuple[Fraction, ModelId]]) -> list[tuple[Fraction, ModelId]]:
    lowest = min(ranked)
    others = [item for item in ranked if item[1] != lowest[1]]
    return [lowest, min(others)] if others else [lowest]


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
