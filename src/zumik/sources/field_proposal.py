"""A proposal: what would change in one field of a model, for people and for the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zumik.core.facts.catalog import Model
from zumik.core.facts.price import Origin, Price
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import Edit
from zumik.sources.offers import KEPT, Imported, Source, refusals_in


@dataclass(frozen=True, slots=True)
class FieldProposal:
    """What would change in one field: for people as changes, for the file as edits.

    `part` names the one value of the field that it is about, where each has a source of its own.
    `price` is the price that would result, where that is the field. `kept` names rates of the old
    price that the source does not state, beside others that move; `lost` those of tiers that would
    go with their threshold. `loosens` is set where the change makes a model eligible that a stated
    fact keeps out today. `origin` is that of the part, where it is not the field's. `unplanned` is
    the day of a planned price that the source contradicts while it is in force, and `withdrawn`
    that of a plan of the source's own that it states no more. `planned` are new prices of days to
    come.
    """

    field: str
    changes: tuple[FieldChange, ...]
    edits: tuple[Edit, ...]
    price: Price | None = None
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    loosens: bool = False
    part: str = ""
    origin: Origin | None = None
    unplanned: date | None = None
    withdrawn: date | None = None
    planned: tuple[Price, ...] = ()

    @property
    def cited(self) -> str:
        """Under which key of a model's `sources` its source stands."""
        return f"{self.field}.{self.part}" if self.part else self.field

    @property
    def only_adds(self) -> bool:
        """Whether it says what the catalog does not, and changes nothing that it does say."""
        return all(change.before is None for change in self.changes)


def answers_to_others(text: str | None, imported: Imported) -> str:
    """What a source's text says that a person refused of other sources, which stays answered."""
    name = Source.parse(imported.source).name
    others = (each for each in refusals_in(text or "") if not each.startswith(f"{name}: "))
    return "".join(KEPT + each for each in others)


def citation(known: Model, field: str, imported: Imported) -> Iterator[Edit]:
    """Where a field is from now, where the model's own source does not say it."""
    same = (known.source, known.observed_on) == (imported.source, imported.observed_on)
    text = imported.cited + answers_to_others(known.sources.get(field), imported)
    whole = field.partition(".")[0]
    if known.sources.get(field) == text or known.sources.get(whole) == imported.cited:
        return
    if not (same and field not in known.sources and whole not in known.sources):
        yield ("sources", field), text
