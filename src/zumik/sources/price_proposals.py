"""Proposals about a price: what an offer would change in it, each part by its own source.

A price, a group of its rates, a service, a fee and a dated price may each come from another source.
What has one source is proposed together, and a source that may not change the price can still add
what no source has stated yet, under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.findings import Path
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import (
    BATCH,
    GROUPS,
    UNKNOWN_ORIGIN,
    Origin,
    Price,
)
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import Edit
from zumik.sources.field_proposal import FieldProposal, answers_to_others, citation
from zumik.sources.offers import Imported, Offer, Place, Source, charge_key, every_rate
from zumik.sources.price_changes import dotted, price_change, price_changes
from zumik.sources.price_merge import (
    BASE,
    aligned,
    group_of,
    groups_of,
    merged_price,
    only,
    unstated,
    without_new_form,
)
from zumik.sources.price_trees import number, price_tree

ALSO_CHARGED = "also_charged"


def price_proposals(
    known: Model, offer: Offer, imported: Imported, *, outranked: bool
) -> Iterator[FieldProposal]:
    """What the offer's price would change.

    With `outranked` the source may not change what the catalog's price has, and adds by itself what
    the catalog does not have.
    """
    offered = offer.model.price
    if offered is None:
        return
    if known.price is None:
        yield _first_price(known, offered, imported)
        return
    now = known.price.on(imported.observed_on)
    offered = aligned(now, offered)
    if bases_differ(now, offered):
        return
    if now is not known.price:
        found = list(_in_force(known.price, now, offered, imported))
        yield from found
    else:
        found = []
        yield from _parts(known, known.price, offered, imported, outranked=outranked)
    if not any(proposal.price for proposal in found):
        yield from _dated(known.price, offered, imported)
    charges = merged_charges(known.price, offered, offer.settled)
    if charges != known.price.also_charged:
        before, after = (list(texts) or None for texts in (known.price.also_charged, charges))
        named = FieldChange("price.also_charged", before, after, "price")
        yield FieldProposal(ALSO_CHARGED, (named,), ((("price", ALSO_CHARGED), after),))


def bases_differ(known: Price, offered: Price) -> bool:
    """Whether one is of the peak and the other of the hours beside it: neither is wrong."""
    return None not in (known.basis, offered.basis) and known.basis != offered.basis


def merged_charges(
    known: Price, offered: Price, settled: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """What is charged besides, by both, less what the source has in its price by now.

    An import takes no other charge away, and an amount may move.
    """
    stated = {charge_key(text) for text in offered.also_charged} | settled
    own = [text for text in known.also_charged if charge_key(text) not in stated]
    return (*own, *offered.also_charged)


def _first_price(known: Model, offered: Price, imported: Imported) -> FieldProposal:
    cited = list(_price_citation(known, imported))
    stamp = {str(path[-1]): value for path, value in cited if path[0] == "price"}
    change = FieldChange("price", None, price_tree(offered, fraction_to_text, imported), "price")
    whole: Edit = (("price",), {**price_tree(offered, number, imported), **stamp})
    others = [edit for edit in cited if edit[0][0] != "price"]
    return FieldProposal("price", (change,), (whole, *others), offered)


# Rates, services and fees


def _parts(
    known: Model, price: Price, offered: Price, imported: Imported, *, outranked: bool
) -> Iterator[FieldProposal]:
    """About the price of now: what has one source together, and what none has yet by group."""
    if outranked:
        offered = without_new_form(price, offered)
        if only(offered, {BASE}).rates != only(price, {BASE}).rates:
            offered = offered._replace(basis=None)  # of its own rates, which are not taken
    stated, mine = groups_of(offered), groups_of(price)
    own = {group for group in stated if _origin_of(price, group) == UNKNOWN_ORIGIN}
    new = {group for group in own if group not in mine} if outranked else set()
    if proposal := _main(known, price, only(offered, own - new), imported):
        yield proposal
    for group in sorted(new):
        yield from _added(price, group, offered, imported)
    for group in sorted(stated - own):
        part = only(offered, {group})
        target = merged_price(price, part)
        changes, edits = price_changes(price, target)
        if changes:
            cited = _origin_edits(price, group, imported)
            yield FieldProposal(
                "price",
                tuple(changes),
                (*edits, *cited),
                target,
                part=group,
                origin=_origin_of(price, group),
            )


def _origin_of(price: Price, group: str) -> Origin:
    """The origin of a group's own; unknown where it has the price's."""
    kind, _, name = group.partition(".")
    if kind == "services":
        return price.services[name].origin if name in price.services else UNKNOWN_ORIGIN
    if kind == "fees":
        return price.fees[name].origin if name in price.fees else UNKNOWN_ORIGIN
    if kind == BATCH and BATCH in price.services:
        return price.services[BATCH].origin
    return price.origins.get(group, UNKNOWN_ORIGIN)


def _origin_path(price: Price, group: str) -> Path:
    if group.startswith("fees."):
        return ("price", *group.split("."))
    if group.startswith("services."):
        return ("price", *group.split("."))
    if group == BATCH and BATCH in price.services:
        return ("price", "services", BATCH)
    return ("price", "origins", group)


def _origin_edits(price: Price, group: str, imported: Imported) -> Iterator[Edit]:
    """The citation of a group that has another origin than the price."""
    path = _origin_path(price, group)
    origin = _origin_of(price, group)
    yield (*path, "source"), imported.source
    yield (*path, "observed_on"), imported.observed_on.isoformat()
    if origin.effective_from is not None:
        yield (*path, "from"), None
    if origin.confirmed_on is not None:
        yield (*path, "confirmed_on"), None


def _main(known: Model, price: Price, offered: Price, imported: Imported) -> FieldProposal | None:
    """The proposal about all that has the price's own source, or none yet."""
    target = merged_price(price, offered)
    changes, edits = price_changes(price, target)
    if not changes:
        return None
    lost = every_rate(price).keys() - every_rate(target).keys()
    stated = {place._replace(above=0) for place in every_rate(target) if place.above}
    mine = {group for group in groups_of(price) if _origin_of(price, group) == UNKNOWN_ORIGIN}
    kept = sorted(place for place in unstated(price, offered) if group_of(place) in mine)
    silent = mine - groups_of(offered) - {BASE, "basis"}
    cited = [
        *_begins(price, target, offered),
        *_price_citation(known, imported),
        *(edit for group in sorted(silent) for edit in _kept_origin(price, group, imported)),
    ]
    return FieldProposal(
        "price",
        tuple(changes),
        (*edits, *cited),
        target,
        kept=_names(kept),
        lost=_names(sorted(place for place in lost if place._replace(above=0) not in stated)),
    )


def _kept_origin(price: Price, group: str, imported: Imported) -> Iterator[Edit]:
    """Where a group is from that the source does not state, once the price has another source."""
    old = price.source and Source.parse(price.source).name
    if not price.source or old == Source.parse(imported.source).name:
        return
    if not group.startswith("fees."):
        path = _origin_path(price, group)
        yield (*path, "source"), price.source
        if price.observed_on is not None:
            yield (*path, "observed_on"), price.observed_on.isoformat()


def _added(price: Price, group: str, offered: Price, imported: Imported) -> Iterator[FieldProposal]:
    """A group that the catalog does not have, under the name of its own source."""
    part = only(offered, {group})
    steps = {tier.above_input_tokens for tier in price.tiers}
    part = part._replace(
        # A tier of these rates alone would make the others unknown there.
        tiers=tuple(tier for tier in part.tiers if tier.above_input_tokens in steps),
        services={n: s._replace(origin=_origin(imported)) for n, s in part.services.items()},
        fees={n: fee._replace(origin=_origin(imported)) for n, fee in part.fees.items()},
    )
    target = merged_price(price, part)
    changes, edits = price_changes(price, target)
    if changes:
        named = group in GROUPS and not part.services
        cited = list(_origin_edits(price, group, imported)) if named else []
        yield FieldProposal("price", tuple(changes), (*edits, *cited), target, part=group)


def _origin(imported: Imported) -> Origin:
    return Origin(imported.source, imported.observed_on)


def _names(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(map(str, places))


# Prices by their day


def _in_force(
    price: Price, now: Price, offered: Price, imported: Imported
) -> Iterator[FieldProposal]:
    """What a source says while a dated price of the catalog is in force.

    It confirms the price where it says the same. Where it says otherwise, the price that it states
    takes the place of those that have begun, with the days to come of both.
    """
    index = price.dated.index(now)
    target = merged_price(now, offered)
    changes, _ = price_changes(now, target)
    if not changes:
        if now.is_planned and groups_of(offered) & {BASE}:
            day = imported.observed_on.isoformat()
            path: Path = ("price", "dated", index, "confirmed_on")
            change = FieldChange(dotted(path), None, day, "provenance")
            yield FieldProposal("price", (change,), ((path, day),), part=f"dated.{index}")
        return
    contradicts = any(change.before is not None for change in changes)
    begins = offered.effective_from or (None if contradicts else now.effective_from)
    later = {
        one.effective_from: one
        for one in (*price.dated, *(_cited_by(imported, one) for one in offered.dated))
        if one.effective_from and one.effective_from > imported.observed_on
    }
    whole = target._replace(
        source=imported.source,
        observed_on=imported.observed_on,
        effective_from=begins,
        confirmed_on=None,
        dated=tuple(later.values()),
    )
    yield FieldProposal(
        "price",
        tuple(changes),
        ((("price",), price_tree(whole, number)),),
        target,
        origin=now.origin if now.source else None,
        unplanned=now.effective_from if now.is_planned and contradicts else None,
    )


def _dated(known: Price, offered: Price, imported: Imported) -> Iterator[FieldProposal]:
    """Prices of days to come: those that the source states, and its own that it states no more."""
    stated = {p.effective_from: _cited_by(imported, p) for p in offered.dated if p.effective_from}
    mine = {p.effective_from for p in known.dated}
    ours = Source.parse(imported.source).name
    gone = [
        price
        for price in known.dated
        if price.effective_from not in stated
        and (price.effective_from or date.min) > imported.observed_on
        and Source.parse(price.source or "").is_of(ours)
    ]
    new = [price for day, price in stated.items() if day not in mine]
    if gone:
        yield _replanned(known, stated, new, gone)
        return
    if new:
        yield _newly_planned(known, new)
    for index, price in enumerate(known.dated):
        later = stated.get(price.effective_from) if price.effective_from else None
        if later is not None and price_changes(price, merged_price(price, later))[0]:
            path = ("price", "dated", index)
            yield FieldProposal(
                "price",
                (price_change(path, _texts(price), _texts(later)),),
                ((path, price_tree(later, number)),),
                later,
                part=f"dated.{price.effective_from}",
                origin=price.origin,
            )


def _newly_planned(known: Price, new: Sequence[Price]) -> FieldProposal:
    first = len(known.dated)
    trees = [price_tree(price, number) for price in new]
    edits: list[Edit] = [(("price", "dated"), trees)]
    if first:
        edits = [(("price", "dated", first + n), tree) for n, tree in enumerate(trees)]
    changes = [
        price_change(("price", "dated", first + n), None, _texts(price))
        for n, price in enumerate(new)
    ]
    return FieldProposal("price", tuple(changes), tuple(edits), part="dated", planned=tuple(new))


def _replanned(
    known: Price, stated: Mapping[date, Price], new: Sequence[Price], gone: Sequence[Price]
) -> FieldProposal:
    """Another plan of a source in the place of its last one: taken or left as a whole."""
    changes, after = [], []
    for index, price in enumerate(known.dated):
        path = ("price", "dated", index)
        later = stated.get(price.effective_from) if price.effective_from else None
        if price in gone:
            changes.append(price_change(path, _texts(price), None))
            continue
        moves = later is not None and price.source == gone[0].source
        after.append(later if moves and later is not None else price)
    for price in new:
        changes.append(price_change(("price", "dated", len(after)), None, _texts(price)))
        after.append(price)
    trees = [price_tree(price, number) for price in after]
    return FieldProposal(
        "price",
        tuple(changes),
        ((("price", "dated"), trees or None),),
        part="dated",
        origin=gone[0].origin,
        planned=tuple(new),
        withdrawn=gone[0].effective_from,
    )


def _texts(price: Price) -> dict[str, object]:
    return price_tree(price, fraction_to_text)


def _cited_by(imported: Imported, price: Price) -> Price:
    return price._replace(source=imported.source, observed_on=imported.observed_on)


def _begins(price: Price, target: Price, offered: Price) -> Iterator[Edit]:
    """Since when a price that moves holds, as far as its source says; the old day goes."""
    before, after = every_rate(price), every_rate(target)
    if all(after.get(place) == rate for place, rate in before.items() if group_of(place) == BASE):
        return
    begins = offered.effective_from
    if price.effective_from != begins:
        yield ("price", "from"), begins.isoformat() if begins else None
    if price.confirmed_on is not None:
        yield ("price", "confirmed_on"), None


def _price_citation(known: Model, imported: Imported) -> Iterator[Edit]:
    price = known.price or Price({})
    day = imported.observed_on
    own = price.source or price.observed_on or known.sources.get("price")
    if own is None and (known.source, known.observed_on) == (imported.source, day):
        return
    source = imported.source + answers_to_others(price.source, imported)
    if price.source != source:
        yield ("price", "source"), source
    if price.observed_on != day:
        yield ("price", "observed_on"), day.isoformat()
    if "price" in known.sources:
        yield from citation(known, "price", imported)
