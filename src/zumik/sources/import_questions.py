"""Questions: what an import asks a person before it takes a value.

Sources have had zeros for unknown prices, input and output swapped, and prices off by a factor of
ten. Each question is a finding; none changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Protocol

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding, Location, Path, Rule
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.price import STANDARD
from zumik.rules.authoring_rules import SWAPPED_PRICE, ZERO_PRICE
from zumik.rules.import_rules import (
    AMBIGUOUS_ENTRY,
    FACT_LOOSENED,
    PLAN_WITHDRAWN,
    PLANNED_PRICE_DIFFERS,
    PRICE_JUMP,
    RATE_DROPPED,
    SOURCE_CONFLICT,
    TINY_PRICE,
)
from zumik.sources.field_proposal import FieldProposal
from zumik.sources.offers import Imported, Offer, Place, Source, every_rate

LARGEST_MOVE = 5
"""A price that moves by more than this factor has been a slip of unit as often as a change."""


class Ask(Protocol):
    """Makes a finding of a rule, a message and a hint."""

    def __call__(self, rule: Rule, message: str, hint: str, *, lesser: bool = False) -> Finding:
        """The finding, at the place that is asked about."""
        ...


PeerPrices = Mapping[str, Fraction]
"""The lowest rate of a provider's other models, by the name of the rate."""

_FREE = ("cache_write", "cache_write_1h")
_FIRST = ("input", "output")
# What a rate is a part of: of 2,500 models of LiteLLM 4 have a cheaper read of a cache.
_BESIDE = {"cache_read": "input"}
_SMALLEST_SHARE = 100
_LOWEST = Fraction(2, 100)
"""USD per million tokens; of 2,500 models of LiteLLM twelve cost less, all of them of hosts."""

CHECK_IT = "check it against the provider's page; --accept takes it as it is"


class SourceRank(Enum):
    """How an import ranks against the source that a field of the catalog has now."""

    FREE = "free"
    OLDER = "older"
    LOWER = "lower"
    BY_HAND = "by hand"


def source_rank(
    known: Model, proposal: FieldProposal, imported: Imported, precedence: Sequence[str]
) -> tuple[SourceRank, str | None]:
    """Whether the import may change what a proposal is about, and the text of its source of now.

    A part of a price with an origin of its own is ranked by that.
    """
    text, day = _provenance(known, proposal.cited)
    whole, _, part = proposal.cited.partition(".")
    value = getattr(known, whole, None)
    empty = value in (None, {}) or bool(part and value is not None and proposal.only_adds)
    if proposal.origin is not None and proposal.origin.source is not None:
        text, day, empty = proposal.origin.source, proposal.origin.observed_on, False
    return rank_of(text, day, imported, precedence, empty=empty)


def price_is_outranked(known: Model, imported: Imported, precedence: Sequence[str]) -> bool:
    """Whether the import may only add to a model's price, and change nothing that is there."""
    if known.price is None:
        return False
    text, day = _provenance(known, "price")
    rank, _ = rank_of(text, day, imported, precedence, empty=False)
    return rank in (SourceRank.BY_HAND, SourceRank.LOWER)


def newer_version(known: Catalog, imported: Imported) -> str | None:
    """The newest version of the imported source that the catalog cites, if it is a newer one.

    A file without a day counts as of today, so that its version alone shows that it is old.
    """
    ours = Source.parse(imported.source)
    models = known.models.values()
    texts = {text for model in models for text in (model.source, *model.sources.values())}
    texts |= {model.price.source for model in models if model.price is not None}
    cited = [Source.parse(text) for text in texts if text is not None]
    newest = max(
        (one for one in cited if one.version and one.is_of(ours.name)),
        key=lambda one: (_trimmed(one.version), one.text),
        default=None,
    )
    is_newer = newest and ours.version and _trimmed(newest.version) > _trimmed(ours.version)
    return newest.text if newest and is_newer else None


def rank_of(
    text: str | None,
    day: date | None,
    imported: Imported,
    precedence: Sequence[str],
    *,
    empty: bool,
) -> tuple[SourceRank, str | None]:
    """How an import ranks against the text and the day of a source.

    Versions of one source are ordered by number, then by date; different sources by precedence. A
    value without a source, or of one that the precedence does not name, was put there by a person
    and is above it. Where the field has no value, `empty`, only a newer version of the same source
    is above: it was silent on what an older one still says.
    """
    if text is None:
        return SourceRank.FREE if empty else SourceRank.BY_HAND, None
    theirs, ours = Source.parse(text), Source.parse(imported.source)
    if theirs.is_of(ours.name):
        versions = [_trimmed(source.version) for source in (theirs, ours)]
        if all(versions) and versions[0] != versions[1]:
            older = versions[0] > versions[1]
        else:
            older = _later(day, imported)
        return SourceRank.OLDER if older else SourceRank.FREE, text
    if empty:
        return SourceRank.FREE, text
    mine, its = ours.rank(precedence), theirs.rank(precedence)
    if its is None or mine is None:
        return SourceRank.BY_HAND, text
    if its < mine:
        return SourceRank.LOWER, text
    return SourceRank.OLDER if _later(day, imported) else SourceRank.FREE, text


def _trimmed(version: tuple[int, ...] | None) -> tuple[int, ...]:
    """A version to order by: 1.109 and 1.109.0 are the same one."""
    numbers = list(version or ())
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _later(day: date | None, imported: Imported) -> bool:
    return day is not None and day > imported.observed_on


def _provenance(known: Model, field: str) -> tuple[str | None, date | None]:
    """Source and date of a field: its own, else the model's."""
    if field == "also_charged" or field.startswith("price."):
        field = "price"
    ends = known.lifecycle if field.startswith(("retires_on", "lifecycle")) else None
    if ends is not None and ends.source is not None and "retires_on" not in known.sources:
        return ends.source, ends.observed_on
    price = known.price if field == "price" else None
    own = (price.source if price else None) or known.sources.get(field)
    own = own or known.sources.get(field.partition(".")[0])
    day = price.observed_on if price else None
    if own is not None:
        return own, day or Source.parse(own).day
    return known.source, day or known.observed_on


def questions(
    known: Model | None, offer: Offer, proposal: FieldProposal, others: PeerPrices, ask: Ask
) -> Iterator[Finding]:
    """What is doubtful about a proposed value itself; `known` is None for a new model.

    `others` are the lowest first rates of the provider's other models, by name of the rate.
    """
    if proposal.field in offer.disputed:
        yield ask(
            AMBIGUOUS_ENTRY,
            f"the source has two entries for it, which differ in {proposal.field}",
            f"the value is that of {shown(offer.key)}; {CHECK_IT}",
        )
    if proposal.loosens:
        change = proposal.changes[0]
        yield ask(
            FACT_LOOSENED,
            f"{change.path} would move from {shown_value(change.before)} to "
            f"{shown_value(change.after)}, and the model be eligible where it is not today",
            CHECK_IT,
        )
    yield from _about_plans(proposal, ask)
    before = every_rate(known.price) if known is not None and known.price else {}
    for price in (proposal.price, *proposal.planned):
        if price is None:
            continue
        after = every_rate(price)
        moved = {place for place, rate in after.items() if before.get(place) != rate}
        yield from _about_zero(after, moved, ask)
        yield from _about_order(after, moved, ask)
        yield from _about_jumps(before, after, ask)
        yield from _about_first(before, after, others, ask)
    if proposal.lost:
        yield ask(
            RATE_DROPPED,
            f"{', '.join(proposal.lost)} would go: the source has tiers at other thresholds",
            f"the source does not state it; {CHECK_IT}",
        )


def _about_plans(proposal: FieldProposal, ask: Ask) -> Iterator[Finding]:
    if proposal.withdrawn is not None:
        yield ask(
            PLAN_WITHDRAWN,
            f"the source no longer states the price that it planned from {proposal.withdrawn}",
            "the plan stays; check the provider's page, and --accept takes it out",
        )
    if proposal.unplanned is not None:
        yield ask(
            PLANNED_PRICE_DIFFERS,
            f"the price planned from {proposal.unplanned} is in force, and the source states "
            f"another: {difference(proposal)}",
            "check the provider's page; --accept takes the source's price in its place",
        )


def shown_value(value: object) -> str:
    """A value of a change as a sentence has it."""
    return f"{value:,}" if isinstance(value, int) else neutral(str(value))


_Rates = dict[Place, Fraction]


def _about_zero(after: _Rates, moved: set[Place], ask: Ask) -> Iterator[Finding]:
    names = [str(p) for p in sorted(moved) if after[p] == 0 and _must_be_paid(p, after)]
    if names:
        yield ask(
            ZERO_PRICE,
            f"{', '.join(names)} would cost nothing",
            f"0 is no way to say unknown, and wins every comparison of cost; {CHECK_IT}",
        )


def _must_be_paid(place: Place, after: _Rates) -> bool:
    """Whether a zero is doubtful: writing to a cache is free at some, reading from it is not."""
    beside = _BESIDE.get(place.name)
    if beside is not None:
        return any(after.get(place._replace(above=a, name=beside)) for a in (place.above, 0))
    return place.name not in _FREE


def _about_first(before: _Rates, after: _Rates, others: PeerPrices, ask: Ask) -> Iterator[Finding]:
    """A rate that the catalog does not have yet cannot jump, and is held against other prices."""
    for place in sorted(after.keys() - before.keys()):
        rate = after[place]
        beside, name = _standard_of(place)
        whole = after.get(beside)
        if not rate or place.name in _FREE:
            continue
        first = place.service == STANDARD and place.above == 0 and place.name in _FIRST
        if whole and beside != place and rate * _SMALLEST_SHARE < whole:
            yield ask(
                TINY_PRICE,
                f"{place} {fraction_to_text(rate)} is less than 1/{_SMALLEST_SHARE} of "
                f"{name} {fraction_to_text(whole)}",
                f"it may be a slip of unit; {CHECK_IT}",
            )
        elif first and rate < _LOWEST:
            yield ask(
                TINY_PRICE,
                f"{place} {fraction_to_text(rate)} USD per million tokens is below any usual price",
                f"it may be a slip of unit; {CHECK_IT}",
            )
        elif first and place.name in others and rate * LARGEST_MOVE < others[place.name]:
            lowest = fraction_to_text(others[place.name])
            yield ask(
                TINY_PRICE,
                f"{place} {fraction_to_text(rate)} is less than 1/{LARGEST_MOVE} of "
                f"{lowest}, the lowest of the provider's other models",
                f"it may be a slip of unit; {CHECK_IT}",
            )


def _standard_of(place: Place) -> tuple[Place, str]:
    """The rate that one is a part of: of its own service, or the same one of the standard."""
    if place.name in _BESIDE:
        found = place._replace(name=_BESIDE[place.name])
        return found, found.name
    found = place._replace(service=STANDARD)
    return found, found.name


def _about_order(after: _Rates, moved: set[Place], ask: Ask) -> Iterator[Finding]:
    for place in sorted(after):
        paid = place._replace(name="output")
        first, second = after[place], after.get(paid)
        # A zero is asked about as such.
        if place.name != "input" or not second or first <= second:
            continue
        if {place, paid} & moved:
            yield ask(
                SWAPPED_PRICE,
                f"{place} {fraction_to_text(first)} would cost more than "
                f"output {fraction_to_text(second)}",
                f"sources have swapped the pair before; {CHECK_IT}",
            )


def _about_jumps(before: _Rates, after: _Rates, ask: Ask) -> Iterator[Finding]:
    for place in sorted(before.keys() & after.keys()):
        old, new = sorted((before[place], after[place]))
        if place.name in _FIRST and after[place] == 0:
            continue
        if new > LARGEST_MOVE * old:
            yield ask(
                PRICE_JUMP,
                f"{place} moves from {fraction_to_text(before[place])} to "
                f"{fraction_to_text(after[place])}, by more than a factor of {LARGEST_MOVE}",
                f"it may be a slip of unit; {CHECK_IT}",
            )


def conflict(text: str | None, imported: Imported, proposal: FieldProposal, ask: Ask) -> Finding:
    """The field has a source that goes before the imported one, or a person wrote it."""
    above = neutral(text) if text else "what a person wrote without a source"
    return ask(
        SOURCE_CONFLICT,
        f"{above} goes before {neutral(imported.source)}: {difference(proposal)}",
        "source_precedence in zumik.yaml orders the sources, and one it does not name goes first; "
        "--accept takes the imported value",
    )


def overruled(text: str, imported: Imported, proposal: FieldProposal, ask: Ask) -> Finding:
    """The imported source goes before the one that the field has, and they differ."""
    return ask(
        SOURCE_CONFLICT,
        f"{neutral(imported.source)} goes before {neutral(text)}: "
        f"{difference(proposal, taken=True)}",
        "the imported value is taken: source_precedence in zumik.yaml orders the sources",
        lesser=True,
    )


def difference(proposal: FieldProposal, *, taken: bool = False) -> str:
    """The value that counts and the one that does not: the catalog's counts if none is `taken`."""
    parts = []
    replaced = [change for change in proposal.changes if change.before is not None]
    for change in replaced or proposal.changes:
        if isinstance(change.before, list | dict) or isinstance(change.after, list | dict):
            parts.append(f"{change.path} differs")
        elif change.before is None:
            parts.append(f"{change.path} is unknown, not {shown_value(change.after)}")
        else:
            values = shown_value(change.before), shown_value(change.after)
            counts, other = reversed(values) if taken else values
            parts.append(f"{change.path} is {counts}, not {other}")
    return neutral(", ".join(parts))


def asking_of(model: ModelId, location: Location) -> Ask:
    """Makes findings about a model at one place."""

    def ask(rule: Rule, message: str, hint: str, *, lesser: bool = False) -> Finding:
        about = (model,) if rule.about else ()
        return rule.at(location, f"{model}: {message}", hint, about=about, lesser=lesser)

    return ask


def path_of(model: ModelId, field: str) -> Path:
    """The path to a field of a model, as the catalog as a whole is addressed."""
    return ("models", model, field)
