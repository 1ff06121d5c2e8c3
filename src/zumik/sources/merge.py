"""The merge: what an import would change in the catalog, what it would add, and what it asks.

Facts in, plan out: nothing is written here. A plan's edits are paths and values inside one model,
so that the writer of the file changes those and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from shlex import quote

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding, Locate, Location, Rule
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Catalog, Model, Price
from zumik.core.facts.policy import glob_matcher
from zumik.core.reviews.import_changes import Addition, ImportPlan, Update
from zumik.errors import UsageError
from zumik.rules.import_rules import (
    CAPABILITY_DENIED,
    OLDER_SOURCE,
    PRICE_LACKS_A_PART,
    RATE_DROPPED,
    TIER_NOT_STATED,
)
from zumik.sources.import_questions import (
    SourceRank,
    asking_of,
    conflict,
    path_of,
    questions,
    source_rank,
)
from zumik.sources.offers import Imported, Offer
from zumik.sources.proposals import (
    FieldProposal,
    charge_key,
    merged_price,
    new_model,
    proposals,
)


def plan_import(
    known: Catalog,
    imported: Imported,
    *,
    only: Sequence[str] = (),
    add: Sequence[str] = (),
    precedence: Sequence[str] = (),
    today: date,
    accept_questioned: bool = False,
    locate: Locate | None = None,
) -> ImportPlan:
    """What an import changes in the models that the catalog has, and which of the others it adds.

    `only` are globs that narrow both; `add` are globs of models to add, none without. `precedence`
    names sources, best first. `locate` says where a part of the catalog is written, from
    `("models", ID, FIELD)`. Raises UsageError for a glob that matches nothing.
    """
    _refuse_idle_globs(only, [*known.models, *imported.offers])
    _refuse_idle_globs(add, imported.offers)
    wanted = _matcher(only) if only else lambda _: True
    work = _Work(imported, tuple(precedence), today, accept_questioned, locate)
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
    asked = _matcher(add)
    additions = [work.addition(imported.offers[model_id]) for model_id in new if asked(model_id)]
    return ImportPlan(
        source=imported.source,
        observed_on=imported.observed_on,
        updates=tuple(updates),
        additions=tuple(addition for addition in additions if addition is not None),
        new=tuple(new),
        compared=len(models) - len(missing),
        unknown_to_source=tuple(missing),
        findings=(*imported.findings, *work.findings),
        skipped=imported.skipped,
    )


def offer_for(model: Model, offers: Mapping[ModelId, Offer]) -> Offer | None:
    """The source's entry for a model: under its own id or, failing that, the one sent upstream."""
    if (exact := offers.get(model.id)) is not None or model.upstream.model is None:
        return exact
    try:
        return offers.get(ModelId(f"{model.id.provider}/{model.upstream.model}"))
    except BadName:
        return None


def _matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    patterns = [glob_matcher(glob) for glob in globs]
    return lambda text: any(pattern.fullmatch(text) for pattern in patterns)


def _refuse_idle_globs(globs: Iterable[str], models: Iterable[ModelId]) -> None:
    models = list(models)
    for glob in globs:
        if not any(map(glob_matcher(glob).fullmatch, models)):
            raise UsageError(
                f"{shown(glob)} matches no model of the source",
                hint=_hyphened(glob, models)
                or did_you_mean(glob, models, "quote globs, as in 'anthropic/*'"),
            )


def _hyphened(glob: str, models: Iterable[ModelId]) -> str | None:
    """The hint for a glob with LiteLLM's spelling of a provider; None where that is not it."""
    provider, slash, rest = glob.partition("/")
    ours = f"{provider.replace('_', '-')}{slash}{rest}"
    return (
        f"did you mean {quote(ours)}?" if any(map(glob_matcher(ours).fullmatch, models)) else None
    )


@dataclass
class _Work:
    """One import in progress, and what it has found so far."""

    imported: Imported
    precedence: tuple[str, ...]
    today: date
    accept_questioned: bool
    locate: Locate | None
    findings: list[Finding] = field(default_factory=list)

    def update(self, known: Model, offer: Offer) -> Update | None:
        """What becomes of a model that the catalog has, or None where nothing does."""
        taken: list[FieldProposal] = []
        held: list[FieldProposal] = []
        for proposal in proposals(known, offer, self.imported):
            verdict = self._judged(known, offer, proposal)
            if verdict is not None:
                (taken if verdict else held).append(proposal)
        self._note_denials(known, offer)
        self._note_missing_tiers(known, offer)
        self._note_charges(offer, self._location(known.id, "price"), known.price)
        if not taken and not held:
            return None
        return Update(
            known.id,
            offer.model.id,
            tuple(change for proposal in taken for change in proposal.changes),
            tuple(change for proposal in held for change in proposal.changes),
            tuple(edit for proposal in taken for edit in proposal.edits),
        )

    def _judged(self, known: Model, offer: Offer, proposal: FieldProposal) -> bool | None:
        """Whether a proposal is taken; None where the catalog's own fact is newer."""
        ask = asking_of(known.id, self._location(known.id, proposal.field))
        asked: list[Finding] = []
        # Charges are named beside the rates and contradict none, from any source.
        if getattr(known, proposal.field, None) not in (None, {}):
            found, text = source_rank(known, proposal.field, self.imported, self.precedence)
            if found is SourceRank.OLDER:
                self._note(
                    known.id,
                    proposal.field,
                    OLDER_SOURCE,
                    f"{proposal.field} stays: {shown(text)} is newer than this import",
                    "import the newest version of the source",
                )
                return None
            if found is SourceRank.LOWER:
                asked.append(conflict(text, self.imported, proposal, ask))
        asked += questions(known, offer, proposal, self.today, ask)
        self.findings += asked
        taken = self.accept_questioned or not asked
        if taken and proposal.unmentioned:
            self._note(
                known.id,
                "price",
                RATE_DROPPED,
                f"{', '.join(proposal.unmentioned)} belonged to the old price and would go with it",
                "the source does not state it; add the new one by hand where it is known",
            )
        return taken

    def addition(self, offer: Offer) -> Addition | None:
        """A model to add, less what is questioned; none where it is said to have retired."""
        offered = offer.model
        ask = asking_of(offered.id, self._location(None, ""))
        held: set[str] = set()
        for proposal in _first_proposals(offered):
            asked = list(questions(None, offer, proposal, self.today, ask))
            self.findings += asked
            if asked and not self.accept_questioned:
                held.add(proposal.field)
        if "retires_on" in held:
            return None
        self._note_charges(offer, self._location(None, ""), None)
        return Addition(offered.id, new_model(offered, without=held), tuple(sorted(held)))

    def _note_denials(self, known: Model, offer: Offer) -> None:
        for name in ("input", "capabilities"):
            denied = sorted((getattr(known, name) or frozenset()) & offer.denied)
            if denied:
                self.findings.append(
                    asking_of(known.id, self._location(known.id, name))(
                        CAPABILITY_DENIED,
                        f"the source says no to {', '.join(denied)}, which the catalog lists",
                        "nothing is taken away by an import; check it, and edit the list",
                    )
                )

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
                    "expected_cost is too low where it applies, and is shown with ≥: the import "
                    "names the charge in the price's also_charged",
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


def _list(parts: Sequence[str]) -> str:
    return ", ".join(neutral(part) for part in parts)


def _first_proposals(offered: Model) -> Iterator[FieldProposal]:
    """The fields of a new model that can be doubtful."""
    if offered.price is not None:
        yield FieldProposal("price", (), (), offered.price)
    yield FieldProposal("limits", (), ())
    if offered.retires_on is not None:
        yield FieldProposal("retires_on", (), ())
