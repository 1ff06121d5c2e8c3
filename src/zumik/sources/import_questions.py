"""Questions: what an import asks a person before it takes a value.

Sources have had zeros for unknown prices, input and output swapped, and prices off by a factor of
ten. Each question is a finding; none changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding, Location, Path, Rule
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model, Price
from zumik.rules.authoring_rules import SWAPPED_PRICE, ZERO_PRICE
from zumik.rules.import_rules import (
    ALREADY_RETIRED,
    AMBIGUOUS_ENTRY,
    PRICE_JUMP,
    SOURCE_CONFLICT,
)
from zumik.sources.offers import Imported, Offer, Source, every_rate
from zumik.sources.proposals import FieldProposal

LARGEST_MOVE = 5
"""A price that moves by more than this factor has been a slip of unit as often as a change."""

Ask = Callable[[Rule, str, str], Finding]
"""Makes a finding of a rule, a message and a hint."""

_PAID = ("input", "output", "batch_input", "batch_output")
_CHECK = "check it against the provider's page; --accept-questioned takes it as it is"


class SourceRank(Enum):
    """How an import ranks against the source that a field of the catalog has now."""

    FREE = "free"
    OLDER = "older"
    LOWER = "lower"


def source_rank(
    known: Model, field: str, imported: Imported, precedence: Sequence[str]
) -> tuple[SourceRank, str]:
    """Whether the import may overwrite a field, and the text of the source that the field has.

    Versions of one source are ordered by number, then by date; different sources by precedence. One
    that the precedence does not name was put there by a person, and is above it.
    """
    text, day = _provenance(known, field)
    if text is None:
        return SourceRank.OLDER if _later(day, imported) else SourceRank.FREE, "an unnamed source"
    theirs, ours = Source.parse(text), Source.parse(imported.source)
    if theirs.is_of(ours.name):
        if theirs.version and ours.version and theirs.version != ours.version:
            older = theirs.version > ours.version
        else:
            older = _later(day, imported)
        return SourceRank.OLDER if older else SourceRank.FREE, text
    mine, its = ours.rank(precedence), theirs.rank(precedence)
    if its is None or mine is None or its < mine:
        return SourceRank.LOWER, text
    return SourceRank.OLDER if _later(day, imported) else SourceRank.FREE, text


def _later(day: date | None, imported: Imported) -> bool:
    return day is not None and day > imported.observed_on


def _provenance(known: Model, field: str) -> tuple[str | None, date | None]:
    """Source and date of a field: its own, else the model's."""
    price = known.price if field == "price" else None
    own = (price.source if price else None) or known.sources.get(field)
    day = price.observed_on if price else None
    if own is not None:
        return own, day or Source.parse(own).day
    return known.source, day or known.observed_on


def questions(
    known: Model | None, offer: Offer, proposal: FieldProposal, today: date, ask: Ask
) -> Iterator[Finding]:
    """What is doubtful about a proposed value itself; `known` is None for a new model."""
    if proposal.field in offer.disputed:
        yield ask(
            AMBIGUOUS_ENTRY,
            f"the source has two entries for it, which differ in {proposal.field}",
            f"the value is that of {shown(offer.key)}; {_CHECK}",
        )
    if proposal.field == "retires_on":
        yield from _about_retirement(offer.model.retires_on, today, ask)
    if proposal.price is not None:
        before = every_rate(known.price) if known is not None and known.price else {}
        after = every_rate(proposal.price)
        moved = {place for place, rate in after.items() if before.get(place) != rate}
        yield from _about_zero(after, moved, ask)
        yield from _about_order(proposal.price, moved, ask)
        yield from _about_jumps(before, after, ask)


def _about_retirement(day: date | None, today: date, ask: Ask) -> Iterator[Finding]:
    if day is not None and day < today:
        yield ask(ALREADY_RETIRED, f"retired on {day}, says the source", _CHECK)


_Rates = dict[tuple[int, str], Fraction]


def _about_zero(after: _Rates, moved: set[tuple[int, str]], ask: Ask) -> Iterator[Finding]:
    names = [_named(place) for place in sorted(moved) if place[1] in _PAID and after[place] == 0]
    if names:
        yield ask(
            ZERO_PRICE,
            f"{', '.join(names)} would cost nothing",
            f"0 is no way to say unknown, and wins every comparison of cost; {_CHECK}",
        )


def _about_order(price: Price, moved: set[tuple[int, str]], ask: Ask) -> Iterator[Finding]:
    tiers = [(tier.above_input_tokens, tier.rates) for tier in price.tiers]
    for above, rates in [(0, price.rates), *tiers]:
        first, second = rates.get("input"), rates.get("output")
        # A zero is asked about as such.
        if first is None or not second or first <= second:
            continue
        if {(above, "input"), (above, "output")} & moved:
            yield ask(
                SWAPPED_PRICE,
                f"{_named((above, 'input'))} {fraction_to_text(first)} would cost more than "
                f"output {fraction_to_text(second)}",
                f"sources have swapped the pair before; {_CHECK}",
            )


def _about_jumps(before: _Rates, after: _Rates, ask: Ask) -> Iterator[Finding]:
    for place in sorted(before.keys() & after.keys()):
        old, new = sorted((before[place], after[place]))
        if place[1] in _PAID and after[place] == 0:
            continue
        if new > LARGEST_MOVE * old:
            yield ask(
                PRICE_JUMP,
                f"{_named(place)} moves from {fraction_to_text(before[place])} to "
                f"{fraction_to_text(after[place])}, by more than a factor of {LARGEST_MOVE}",
                f"it may be a slip of unit; {_CHECK}",
            )


def _named(place: tuple[int, str]) -> str:
    above, name = place
    return name if above == 0 else f"{name} above {above:,} tokens"


def conflict(text: str, imported: Imported, proposal: FieldProposal, ask: Ask) -> Finding:
    """The field has a source that goes before the imported one, and they differ."""
    what = ", ".join(change.path for change in proposal.changes)
    return ask(
        SOURCE_CONFLICT,
        f"{neutral(text)} goes before {neutral(imported.source)}; they differ in {neutral(what)}",
        "source_precedence in zumik.yaml orders the sources, and one it does not name goes first; "
        "--accept-questioned takes the imported value",
    )


def asking_of(model: ModelId, location: Location) -> Ask:
    """Makes findings about a model at one place."""

    def ask(rule: Rule, message: str, hint: str) -> Finding:
        return rule.at(location, f"{model}: {message}", hint)

    return ask


def path_of(model: ModelId, field: str) -> Path:
    """The path to a field of a model, as the catalog as a whole is addressed."""
    return ("models", model, field)
