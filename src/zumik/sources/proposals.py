"""Proposals: what an offer would change in one model of the catalog, field by field.

A field has one source, so it is taken or left as a whole. A source that does not mention something
has not said no: a capability, a kind of input or a limit is never taken away. Whether a proposal
may be applied is for `questions` and `merge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.findings import Path
from zumik.core.facts.catalog import LIMITS, Model
from zumik.core.facts.price import RATES, Price, Tier
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import Edit
from zumik.sources.offers import KEPT, MODALITIES, Imported, Offer, Source, every_rate

CAPABILITY_ORDER = ("tools", "parallel_tools", "structured_output", "prompt_caching", "reasoning")
ALSO_CHARGED = "also_charged"


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """What would change in one field: for people as changes, for the file as edits.

    `part` names the one value of the field that it is about, where each has a source of its own.
    `price` is the price that would result, where that is the field. `kept` names rates of the old
    price that the source does not state, beside others that move; `lost` those of tiers that would
    go with their threshold. `loosens` is set where the change makes a model eligible that a stated
    fact keeps out today.
    """

    field: str
    changes: tuple[FieldChange, ...]
    edits: tuple[Edit, ...]
    price: Price | None = None
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    loosens: bool = False
    part: str = ""

    @property
    def cited(self) -> str:
        """Under which key of a model's `sources` its source stands."""
        return f"{self.field}.{self.part}" if self.part else self.field

    @property
    def only_adds(self) -> bool:
        """Whether it says what the catalog does not, and changes nothing that it does say."""
        return all(change.before is None for change in self.changes)


SCALARS = ("released_on", "open_weights", "owned_by")
"""The fields of one value that a source may state and no question is asked about."""


def proposals(
    known: Model, offer: Offer, imported: Imported, variants: Sequence[Model] = ()
) -> Iterator[FieldProposal]:
    """Every field in which the offer says something else than the catalog, or something more."""
    offered = offer.model
    if offered.price is not None:
        yield from _price(known, offered.price, imported)
    found = [
        *_limits(known, offered),
        _words("input", known.input, offered.input, offer.denied, MODALITIES),
        _words(
            "capabilities",
            known.capabilities,
            offered.capabilities,
            offer.denied,
            CAPABILITY_ORDER,
        ),
        _retires_on(known, offered.retires_on),
        _revision(known, offered.revision, variants),
        *_scalars(known, offered),
    ]
    for proposal in found:
        if proposal.changes:
            citation = _citation(known, _cited(known, proposal, imported), imported)
            yield replace(proposal, edits=(*proposal.edits, *citation))


def refusal(proposal: FieldProposal, imported: Imported) -> str:
    """How the source of a field says that a person refused the imported value of it."""
    name = Source.parse(imported.source).name
    values = ", ".join(f"{change.path} {_flat(change.after)}" for change in proposal.changes)
    return f"{KEPT}{name}: {values}"


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {_flat(item)}" for key, item in value.items()) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return "unknown" if value is None else str(value)


def refused(known: Model, proposal: FieldProposal, imported: Imported) -> bool:
    """Whether a person refused exactly this value before; another one is a new question."""
    answers = _source_of(known, proposal.field)[1].split(KEPT)[1:]
    return refusal(proposal, imported).removeprefix(KEPT) in answers


def refusal_edits(known: Model, refusals: Sequence[tuple[str, str]]) -> Iterator[Edit]:
    """The sources of the fields with what was refused now, as (field, refusal)."""
    for field in dict.fromkeys(field for field, _ in refusals):
        path, text = _source_of(known, field)
        yield path, text + "".join(refusal for name, refusal in refusals if name == field)


def _source_of(known: Model, field: str) -> tuple[Path, str]:
    """Where a field's own source is written, and the text that holds for it."""
    if field == "price" and known.price is not None and known.price.source is not None:
        return ("price", "source"), known.price.source
    stated = getattr(known, field, None) not in (None, {})
    whole = known.source if stated else "unknown"
    day = f", {known.observed_on}" if known.source and stated and known.observed_on else ""
    return ("sources", field), known.sources.get(field) or f"{whole or 'by hand'}{day}"


def new_model(offered: Model, *, without: Iterable[str] = ()) -> dict[str, object]:
    """A model's facts as a catalog file holds them, less the fields named in `without`."""
    fields: dict[str, object] = {
        "released_on": _day(offered.released_on),
        "retires_on": _day(offered.retires_on),
        "owned_by": offered.owned_by,
        "open_weights": offered.open_weights,
        "upstream": {"model": offered.upstream.model} if offered.upstream.model else None,
        "limits": dict(offered.limits) or None,
        "input": _listed(offered.input or (), MODALITIES) or None,
        "capabilities": _listed(offered.capabilities or (), CAPABILITY_ORDER) or None,
        "price": _price_tree(offered.price, _number) if offered.price else None,
        "source": offered.source,
        "observed_on": _day(offered.observed_on),
        "note": offered.note,
    }
    skip = set(without)
    return {name: value for name, value in fields.items() if value is not None and name not in skip}


# Prices


def _price(known: Model, offered: Price, imported: Imported) -> Iterator[FieldProposal]:
    citation = list(_price_citation(known, imported))
    if known.price is None:
        stamp = {str(path[-1]): value for path, value in citation if path[0] == "price"}
        change = FieldChange("price", None, _price_tree(offered, fraction_to_text), "price")
        whole: Edit = (("price",), {**_price_tree(offered, _number), **stamp})
        others = [edit for edit in citation if edit[0][0] != "price"]
        yield FieldProposal("price", (change,), (whole, *others), offered)
        return
    target = merged_price(known.price, offered)
    changes, edits = _price_changes(known.price, target)
    if changes:
        lost = every_rate(known.price).keys() - every_rate(target).keys()
        stated = {name for tier in target.tiers for name in tier.rates}
        yield FieldProposal(
            "price",
            tuple(changes),
            (*edits, *citation),
            target,
            kept=_names(_unstated(known.price, offered)),
            lost=_names(place for place in lost if place[1] not in stated),
        )
    charges = merged_charges(known.price, offered)
    if charges != known.price.also_charged:
        before = list(known.price.also_charged) or None
        named = FieldChange("price.also_charged", before, list(charges), "price")
        yield FieldProposal(ALSO_CHARGED, (named,), ((("price", ALSO_CHARGED), list(charges)),))


def merged_price(known: Price, offered: Price) -> Price:
    """The price that the catalog would have.

    A source often leaves out batch prices or tiers, and its silence takes none away. Only tiers
    whose thresholds the source states otherwise are replaced, as one table.
    """
    tiers = [{tier.above_input_tokens for tier in price.tiers} for price in (known, offered)]
    if all(tiers) and tiers[0] != tiers[1]:
        return Price({**known.rates, **offered.rates}, offered.tiers)
    extra = {tier.above_input_tokens: tier.rates for tier in offered.tiers}
    kept = [
        Tier(tier.above_input_tokens, {**tier.rates, **extra[tier.above_input_tokens]})
        if tier.above_input_tokens in extra
        else tier
        for tier in known.tiers
    ]
    return Price({**known.rates, **offered.rates}, tuple(kept) or offered.tiers)


def _unstated(known: Price, offered: Price) -> Iterator[tuple[int, str]]:
    """The rates that only the catalog has, where one that both have moves."""
    before, after = every_rate(known), every_rate(offered)
    if any(before[place] != after[place] for place in before.keys() & after.keys()):
        kept = every_rate(merged_price(known, offered)).keys()
        yield from (before.keys() - after.keys()) & kept


def _names(places: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(
        name if above == 0 else f"{name} above {above:,}" for above, name in sorted(places)
    )


def merged_charges(known: Price, offered: Price) -> tuple[str, ...]:
    """What is charged besides, by both; an import takes none away, and an amount may move."""
    stated = {charge_key(text) for text in offered.also_charged}
    own = [text for text in known.also_charged if charge_key(text) not in stated]
    return known.also_charged if not stated else (*own, *offered.also_charged)


def charge_key(text: str) -> str:
    """What a charge is, without its amount: `input_cost_per_request` of `… 0.005`."""
    return text.split(" ")[0]


def _price_changes(known: Price, target: Price) -> tuple[list[FieldChange], list[Edit]]:
    changes, edits = _rate_changes(known.rates, target.rates, "price.", ("price",))
    if known.tiers == target.tiers:
        return changes, edits
    old = [tier.above_input_tokens for tier in known.tiers]
    new = {tier.above_input_tokens: tier for tier in target.tiers}
    if set(old) == set(new) and len(old) == len(new):
        for index, tier in enumerate(known.tiers):
            # Rate by rate, so that what people wrote beside the others stays where it is.
            above = tier.above_input_tokens
            more, further = _rate_changes(
                tier.rates,
                new[above].rates,
                f"price.tiers[{index}].",
                ("price", "tiers", index),
            )
            changes += more
            edits += further
        return changes, edits
    before, after = (_tier_trees(price.tiers, fraction_to_text) for price in (known, target))
    changes.append(FieldChange("price.tiers", before or None, after or None, "price"))
    return changes, [*edits, (("price", "tiers"), _tier_trees(target.tiers, _number) or None)]


def _rate_changes(
    known: Mapping[str, Fraction], target: Mapping[str, Fraction], prefix: str, base: Path
) -> tuple[list[FieldChange], list[Edit]]:
    changes: list[FieldChange] = []
    edits: list[Edit] = []
    for name in RATES:
        before, after = known.get(name), target.get(name)
        if before != after:
            changes.append(FieldChange(prefix + name, _text(before), _text(after), "price"))
            edits.append(((*base, name), None if after is None else _number(after)))
    return changes, edits


def _price_tree(price: Price, write: Callable[[Fraction], object]) -> dict[str, object]:
    """A price under the keys of a catalog file, each rate as `write` gives it."""
    tree = _rate_tree(price.rates, write)
    if price.tiers:
        tree["tiers"] = _tier_trees(price.tiers, write)
    if price.also_charged:
        tree[ALSO_CHARGED] = list(price.also_charged)
    return tree


def _tier_trees(
    tiers: Iterable[Tier], write: Callable[[Fraction], object]
) -> list[dict[str, object]]:
    return [
        {"above_input_tokens": tier.above_input_tokens, **_rate_tree(tier.rates, write)}
        for tier in tiers
    ]


def _rate_tree(
    rates: Mapping[str, Fraction], write: Callable[[Fraction], object]
) -> dict[str, object]:
    return {name: write(rates[name]) for name in RATES if name in rates}


def _number(rate: Fraction) -> int | Decimal:
    return rate.numerator if rate.denominator == 1 else Decimal(fraction_to_text(rate))


def _text(rate: Fraction | None) -> str | None:
    return None if rate is None else fraction_to_text(rate)


# The other fields


def _limits(known: Model, offered: Model) -> Iterator[FieldProposal]:
    """Each limit by itself, so that a question about one never holds back a lower other."""
    for name in LIMITS:
        before, after = known.limits.get(name), offered.limits.get(name)
        if after is not None and before != after:
            change = FieldChange(f"limits.{name}", before, after, "limit")
            raised = before is not None and after > before
            edit: Edit = (("limits", name), after)
            yield FieldProposal("limits", (change,), (edit,), loosens=raised, part=name)


def _scalars(known: Model, offered: Model) -> Iterator[FieldProposal]:
    for field in SCALARS:
        before, after = getattr(known, field), getattr(offered, field)
        if after is not None and before != after:
            texts = [_day(v) if isinstance(v, date) else v for v in (before, after)]
            change = FieldChange(field, texts[0], texts[1])
            yield FieldProposal(field, (change,), (((field,), texts[1]),))


def _words(
    field: str,
    known: frozenset[str] | None,
    offered: frozenset[str] | None,
    denied: frozenset[str],
    order: tuple[str, ...],
) -> FieldProposal:
    """Words to add to a list, and those that the source denies to take out of it.

    A list that is not there yet, or from which a word goes, is written whole. The source's silence
    takes no word away.
    """
    had = known or frozenset()
    added = _listed((offered or frozenset()) - had, order)
    if not added and not had & denied:
        return FieldProposal(field, (), ())
    before = None if known is None else sorted(known)
    after = {*had, *added} - denied
    change = FieldChange(field, before, sorted(after), "capability")
    if had & denied:
        return FieldProposal(field, (change,), (((field,), _listed(after, order)),))
    edits: list[Edit] = [((field,), added)]
    if known is not None:
        edits = [((field, len(known) + index), word) for index, word in enumerate(added)]
    return FieldProposal(field, (change,), tuple(edits))


def _retires_on(known: Model, offered: date | None) -> FieldProposal:
    if offered is None or offered == known.retires_on:
        return FieldProposal("retires_on", (), ())
    before, after = _day(known.retires_on), _day(offered)
    change = FieldChange("retires_on", before, after, "lifecycle")
    later = known.retires_on is not None and offered > known.retires_on
    return FieldProposal("retires_on", (change,), ((("retires_on",), after),), loosens=later)


def _revision(known: Model, offered: str | None, variants: Sequence[Model]) -> FieldProposal:
    """Another revision under the same id; the figures of the old one go with it."""
    if offered is None or offered == known.revision:
        return FieldProposal("revision", (), ())
    change = FieldChange("revision", known.revision, offered, "revision")
    edits: list[Edit] = [(("revision",), offered)]
    if known.revision is None:
        return FieldProposal("revision", (change,), tuple(edits))
    measured = []
    for model in (known, *variants):
        base: Path = () if model is known else ("variants", model.id.removeprefix(f"{known.id}:"))
        if model.metrics:
            edits.append(((*base, "metrics"), None))
        for name, figure in model.metrics.items():
            path = ".".join(map(str, (*base, "metrics", name)))
            measured.append(FieldChange(path, fraction_to_text(figure.value), None, "metric"))
    return FieldProposal("revision", (change, *measured), tuple(edits), loosens=True)


def _listed(words: Iterable[str], order: tuple[str, ...]) -> list[str]:
    return sorted(words, key=lambda w: (order.index(w) if w in order else len(order), w))


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


# Citations


def _price_citation(known: Model, imported: Imported) -> Iterator[Edit]:
    price = known.price or Price({})
    day = imported.observed_on
    own = price.source or price.observed_on or known.sources.get("price")
    if own is None and (known.source, known.observed_on) == (imported.source, day):
        return
    if price.source != imported.source:
        yield ("price", "source"), imported.source
    if price.observed_on != day:
        yield ("price", "observed_on"), day.isoformat()
    if "price" in known.sources:
        yield from _citation(known, "price", imported)


def _cited(known: Model, proposal: FieldProposal, imported: Imported) -> str:
    """The key of a proposal's source: of the one value, where the field's others have another."""
    if not proposal.part or proposal.cited in known.sources:
        return proposal.cited
    others = known.limits.keys() - {proposal.part}
    of_one = Source.parse(_source_of(known, proposal.field)[1]).is_of(
        Source.parse(imported.source).name
    )
    return proposal.cited if others and not of_one else proposal.field


def _citation(known: Model, field: str, imported: Imported) -> Iterator[Edit]:
    """Where a field is from now, where the model's own source does not say it."""
    same = (known.source, known.observed_on) == (imported.source, imported.observed_on)
    text = imported.cited
    whole = field.partition(".")[0]
    if text in (known.sources.get(field), known.sources.get(whole)):
        return
    if not (same and field not in known.sources and whole not in known.sources):
        yield ("sources", field), text
