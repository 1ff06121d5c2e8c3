"""Proposals: what an offer would change in one model of the catalog, field by field.

A field has one source, so it is taken or left as a whole. A source that does not mention something
has not said no: a capability, a kind of input or a limit is never taken away. Whether a proposal
may be applied is for `questions` and `merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.findings import Path
from zumik.core.facts.catalog import LIMITS, Lacks, Lifecycle, Model
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import Edit
from zumik.sources.field_proposal import FieldProposal, citation
from zumik.sources.offers import KEPT, MODALITIES, Imported, Offer, Source, refusals_in
from zumik.sources.price_proposals import price_proposals
from zumik.sources.price_trees import number, price_tree

CAPABILITY_ORDER = ("tools", "parallel_tools", "structured_output", "prompt_caching", "reasoning")
LISTS = {
    "input": MODALITIES,
    "output": MODALITIES,
    "capabilities": CAPABILITY_ORDER,
    "labels": (),
}
"""The fields that are lists of words, each with the order in which its first ones are written."""

SCALARS = (
    "released_on",
    "open_weights",
    "owned_by",
    "pinned",
    "mode",
    "cacheable_from_tokens",
    "region",
    "data_residency",
)
"""The fields of one value that a source may state and no question is asked about."""

_LETS_IN = {"mode": "chat", "pinned": True}
"""The values that let a model in where another one keeps it out."""


def proposals(
    known: Model,
    offer: Offer,
    imported: Imported,
    variants: Sequence[Model] = (),
    *,
    price_outranked: bool = False,
) -> Iterator[FieldProposal]:
    """Every field in which the offer says something else than the catalog, or something more.

    With `price_outranked` the source may add to the price, and change nothing that is there.
    """
    offered = offer.model
    yield from price_proposals(known, offer, imported, outranked=price_outranked)
    found = [
        *_limits(known, offered),
        *(_words(field, known, offer) for field in LISTS),
        _revision(known, offered.revision, variants),
        *_scalars(known, offered),
    ]
    for proposal in found:
        if proposal.changes:
            cited = citation(known, _cited(known, proposal, imported), imported)
            yield replace(proposal, edits=(*proposal.edits, *cited))
    yield from _lifecycle(known, offered, imported)


def refusal(proposal: FieldProposal, imported: Imported) -> str:
    """How the source of a field says that a person refused the imported value of it."""
    name = Source.parse(imported.source).name
    values = ", ".join(f"{change.path} {_short(change.after)}" for change in proposal.changes)
    return f"{KEPT}{name}: {values}"


def _short(value: object) -> str:
    """A value as a person reads it, or the digest of a long one, which names it as exactly."""
    text = _flat(value)
    return text if len(text) <= 40 else f"(sha256 {sha256(text.encode()).hexdigest()[:12]})"


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key} {_flat(item)}" for key, item in value.items()) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return "unknown" if value is None else str(value)


def refused(known: Model, proposal: FieldProposal, imported: Imported) -> bool:
    """Whether a person refused exactly this value before; another one is a new question."""
    answers = refusals_in(_source_of(known, proposal.field)[1])
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


def new_model(
    offered: Model, imported: Imported, *, without: Iterable[tuple[str, str]] = ()
) -> dict[str, object]:
    """A model's facts as a catalog file holds them, less the (field, part) of `without`."""
    price = price_tree(offered.price, number, imported) if offered.price else None
    ends = offered.lifecycle is not None and offered.lifecycle.retires_on is not None
    fields: dict[str, object] = {
        "revision": offered.revision,
        "pinned": offered.pinned,
        "released_on": _day(offered.released_on),
        "retires_on": None if ends else _day(offered.retires_on),
        "lifecycle": _lifecycle_tree(offered.lifecycle) if offered.lifecycle else None,
        "owned_by": offered.owned_by,
        "open_weights": offered.open_weights,
        "mode": offered.mode,
        "upstream": {"model": offered.upstream.model} if offered.upstream.model else None,
        "limits": dict(offered.limits) or None,
        "cacheable_from_tokens": offered.cacheable_from_tokens,
        **{
            name: _listed(getattr(offered, name) or (), order) or None
            for name, order in LISTS.items()
        },
        "lacks": _lacks_tree(offered),
        "region": offered.region,
        "data_residency": offered.data_residency,
        "price": price,
        "source": offered.source,
        "observed_on": _day(offered.observed_on),
        "note": offered.note,
    }
    for field, part in without:
        if not part or price is None:
            fields[field] = None
            continue
        group, _, name = part.partition(".")
        table = price.get(group)
        if isinstance(table, dict):
            table.pop(name, None)
            if not table:
                del price[group]
    if price is not None and not price.keys() - {"from", "basis"}:
        fields["price"] = None
    return {name: value for name, value in fields.items() if value is not None}


def _lacks_tree(offered: Model) -> dict[str, object] | None:
    """What a new model is said to lack, beside each list that it has."""
    tree: dict[str, object] = {}
    for field, words in offered.lacks._asdict().items():
        if words is not None and (words or getattr(offered, field)):
            tree[field] = _listed(words, LISTS[field])
    return tree or None


def _lifecycle_tree(lifecycle: Lifecycle) -> dict[str, object]:
    values = {
        "retires_on": _day(lifecycle.retires_on),
        "not_served_since": _day(lifecycle.not_served_since),
        "successor": lifecycle.successor,
        "source": lifecycle.source,
        "observed_on": _day(lifecycle.observed_on),
    }
    return {name: value for name, value in values.items() if value is not None}


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
            change = FieldChange(field, texts[0], texts[1], _KINDS.get(field, "other"))
            loosens = before is not None and after == _LETS_IN.get(field)
            yield FieldProposal(field, (change,), (((field,), texts[1]),), loosens=loosens)


_KINDS = {"pinned": "revision", "mode": "capability", "cacheable_from_tokens": "limit"}


def _words(field: str, known: Model, offer: Offer) -> FieldProposal:
    """Words to add to a list, and those that the source denies to take out of it.

    A list that is not there yet, or from which a word goes, is written whole, with what the source
    says that the model lacks: its silence is no "no". The silence takes no word away either.
    """
    order = LISTS[field]
    denied = offer.denied if field in ("input", "capabilities") else frozenset[str]()
    mine: frozenset[str] | None = getattr(known, field)
    had = mine or frozenset()
    added = _listed((getattr(offer.model, field) or frozenset()) - had, order)
    lacked = _lacked(field, known, offer, added)
    if not added and not had & denied and not lacked:
        return FieldProposal(field, (), ())
    before = None if mine is None else sorted(mine)
    after = {*had, *added} - denied
    edits: list[Edit] = []
    changes = list(lacked)
    if added or had & denied:
        changes.insert(0, FieldChange(field, before, sorted(after), "capability"))
        if had & denied:
            edits = [((field,), _listed(after, order))]
        elif mine is None:
            edits = [((field,), added)]
        else:
            edits = [((field, len(mine) + index), word) for index, word in enumerate(added)]
    edits += [(("lacks", field), change.after) for change in lacked]
    loosens = any(set(added) & set(_texts(change.before)) for change in lacked)
    return FieldProposal(field, tuple(changes), tuple(edits), loosens=loosens)


def _lacked(field: str, known: Model, offer: Offer, added: Sequence[str]) -> list[FieldChange]:
    """How what the model lacks changes; a list of the catalog without it stays complete."""
    before, said = _lacks(known.lacks, field), _lacks(offer.model.lacks, field)
    if before is None and (getattr(known, field) is not None or said is None or not added):
        return []
    after = ((before or frozenset()) | (said or frozenset())) - frozenset(added)
    if after == before:
        return []
    texts = [None if words is None else _listed(words, LISTS[field]) for words in (before, after)]
    return [FieldChange(f"lacks.{field}", texts[0], texts[1], "capability")]


def _lacks(lacks: Lacks, field: str) -> frozenset[str] | None:
    found: frozenset[str] | None = getattr(lacks, field, None)
    return found


def _texts(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _lifecycle(known: Model, offered: Model, imported: Imported) -> Iterator[FieldProposal]:
    """The day of retirement, and the successor, each taken or left by itself.

    A day is written where the catalog has it; a new one as a record with its source and day.
    """
    said = offered.lifecycle or Lifecycle(offered.retires_on, imported.source, imported.observed_on)
    mine = known.lifecycle or Lifecycle()
    recorded = mine.retires_on is not None or known.retires_on is None
    cited = {"source": said.source or imported.source, "observed_on": _day(imported.observed_on)}
    record: list[Edit] = [
        (("lifecycle", name), value)
        for name, value in cited.items()
        if value != (mine.source if name == "source" else _day(mine.observed_on))
    ]
    day = offered.retires_on
    if day is not None and day != known.retires_on:
        before, after = _day(known.retires_on), _day(day)
        change = FieldChange("retires_on", before, after, "lifecycle")
        later = known.retires_on is not None and day > known.retires_on
        path: Path = ("lifecycle", "retires_on") if recorded else ("retires_on",)
        where = record if recorded else list(citation(known, "retires_on", imported))
        if recorded and "retires_on" in known.sources:
            where = [*where, (("sources", "retires_on"), None)]
        yield FieldProposal("retires_on", (change,), ((path, after), *where), loosens=later)
    for name in ("successor", "not_served_since"):
        value, was = (_plain(getattr(one, name)) for one in (said, mine))
        if value is not None and value != was:
            change = FieldChange(f"lifecycle.{name}", was, value, "lifecycle")
            edits = ((("lifecycle", name), value), *record)
            yield FieldProposal("lifecycle", (change,), edits, part=name)


def _plain(value: object) -> str | None:
    return None if value is None else _day(value) if isinstance(value, date) else str(value)


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


def _cited(known: Model, proposal: FieldProposal, imported: Imported) -> str:
    """The key of a proposal's source: of the one value, where the field's others have another."""
    if not proposal.part or proposal.cited in known.sources:
        return proposal.cited
    others = known.limits.keys() - {proposal.part}
    of_one = Source.parse(_source_of(known, proposal.field)[1]).is_of(
        Source.parse(imported.source).name
    )
    return proposal.cited if others and not of_one else proposal.field
