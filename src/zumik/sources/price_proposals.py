"""Proposals about a price: what an offer would change in it, each part by its own source.

A price, a group of its rates, a service, a fee and a dated price may each come from another source.
What has one source is proposed together, and a source that may not change the price can still add
what no source has stated yet, under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from zumik.sources.field_proposal import FieldProposal, citation
from zumik.sources.offers import Imported, Offer, Place, Source, charge_key, every_rate
from zumik.sources.price_changes import dotted, price_change, price_changes
from zumik.sources.price_merge import (
    BASE,
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
    if bases_differ(now, offered):
        return
    if now is not known.price:
        yield from _in_force(known, known.price, now, offered, imported)
    else:
        yield from _parts(known, known.price, offered, imported, outranked=outranked)
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
    known: Model, price: Price, now: Price, offered: Price, imported: Imported
) -> Iterator[FieldProposal]:
    """What a source says while a dated price of the catalog is in force.

    It confirms the price where it says the same. Where it says otherwise, the price that it states
    takes the place of those that have begun.
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
    later = tuple(p for p in price.dated if (p.effective_from or date.min) > imported.observed_on)
    whole = target._replace(
        source=imported.source,
        observed_on=imported.observed_on,
        effective_from=begins,
        confirmed_on=None,
        dated=later,
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
    by_day = {p.effective_from: (i, p) for i, p in enumerate(known.dated) if p.effective_from}
    added = len(known.dated)
    for price in offered.dated:
        day = price.effective_from
        assert day is not None
        cited = price._replace(source=imported.source, observed_on=imported.observed_on)
        texts, tree = (price_tree(cited, write) for write in (fraction_to_text, number))
        if day not in by_day:
            path: Path = ("price", "dated", added) if added else ("price", "dated")
            edit: Edit = (path, tree) if added else (path, [tree])
            added += 1
            change = price_change(("price", "dated", added - 1), None, texts)
            yield FieldProposal("price", (change,), (edit,), price, part=f"dated.{day}")
            continue
        index, mine = by_day.pop(day)
        target = merged_price(mine, price)
        changes, _ = price_changes(mine, target)
        if changes:
            path = ("price", "dated", index)
            change = price_change(path, price_tree(mine, fraction_to_text), texts)
            yield FieldProposal(
                "price",
                (change,),
                ((path, tree),),
                price,
                part=f"dated.{day}",
                origin=mine.origin,
            )
    ours = Source.parse(imported.source).name
    for day, (index, price) in by_day.items():
        if day <= imported.observed_on or not Source.parse(price.source or "").is_of(ours):
            continue
        path = ("price", "dated", index) if len(known.dated) > 1 else ("price", "dated")
        change = price_change(("price", "dated", index), price_tree(price, fraction_to_text), None)
        yield FieldProposal(
            "price",
            (change,),
            ((path, None),),
            part=f"dated.{day}",
            origin=price.origin,
            withdrawn=day,
        )


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
    if price.source != imported.source:
        yield ("price", "source"), imported.source
    if price.observed_on != day:
        yield ("price", "observed_on"), day.isoformat()
    if "price" in known.sources:
        yield from citation(known, "price", imported)
