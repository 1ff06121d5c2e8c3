"""The sentence that answers: what an alias means now, and what it meant in a release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.live_spans import LiveSpan, live_spans, served_spans
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease
from zumik.reports import sentences
from zumik.reports.text import count_in_words, day_in_words, safe

_MOST_SPANS = 3


class Answer(NamedTuple):
    """A sentence around the model that answers; without a model it is whole in `lead`."""

    lead: str
    model: ModelId | None = None
    rest: str = ""

    @property
    def text(self) -> str:
        """The whole sentence."""
        return f"{self.lead} {self.model}{self.rest}" if self.model else self.lead


def answer_now(live: LiveAlias, history: Sequence[LandedPointer]) -> Answer:
    """What a live alias answers, since when, and why."""
    pointer, table, row = live.pointer, live.known_table, live.answers
    if pointer.is_retired:
        return _retired(pointer)
    if table is None or row is None or table.winner is None:
        return Answer(f"{pointer.alias} points to {pointer.target.id}: {safe(live.problem)}.")
    model = row.model.id
    if model != table.winner.model.id:
        # Who asks for nothing gets the first model that is not drained.
        ahead = [each.model.id for each in table.ranked[: table.ranked.index(row)]]
        return Answer(f"{pointer.alias} answers with", model, f", because {_drained(ahead)}.")
    since = _since(history, model)
    return Answer(f"{pointer.alias} answers with", model, f"{since}, because {_reason(table)}.")


def answer_then(alias: AliasName, source: VerifiedRelease, table: AliasTable | None) -> Answer:
    """What an alias answered in a release: the same sentence for as long as the release exists."""
    release = source.release
    made = sentences.frozen(release.backfilled, day_in_words(release.created_at.date()))
    frozen = f"In {source.ref.id}, {made}"
    if table is None or table.winner is None:
        return Answer(f"{frozen}, how {alias} is ranked is confidential.")
    because = sentences.because(table, past=True)
    model = table.winner.model.id
    return Answer(f"{frozen}, {alias} answered with", model, f", because {because}.")


def receipt_now(live: LiveAlias | None) -> str:
    """The receipt of today's answer, to try the box with; empty where nothing answers."""
    if live is None or live.answered is None:
        return ""
    receipt = live.answered.decision.receipt
    return str(receipt) if receipt else ""


def answer_never(alias: AliasName) -> Answer:
    """That an alias of a release has never been live."""
    return Answer(f"{alias} has no live pointer.")


def _retired(pointer: Pointer) -> Answer:
    why = f": {safe(pointer.reason)}" if pointer.reason else ""
    day = day_in_words(pointer.proposed_at.date())
    return Answer(f"{pointer.alias} was retired on {day}{why}.")


def _reason(table: AliasTable) -> str:
    return sentences.because(table)


def _drained(ahead: Sequence[ModelId]) -> str:
    """`a/x, which has rank 1, is drained`, of the models that rank before the one that answers."""
    if len(ahead) == 1:
        return f"{ahead[0]}, which has rank 1, is drained"
    last = ahead[1] if len(ahead) == 2 else f"{count_in_words(len(ahead) - 1)} more models"
    return f"{ahead[0]} and {last}, which rank before it, are drained"


def _since(history: Sequence[LandedPointer], model: ModelId) -> str:
    """Since when the same model answers, where what landed is known and says so."""
    served = served_spans(live_spans(history))
    if not served or served[0].model != model or served[0].until is not None:
        return ""
    since = served[0].since
    return f" since {day_in_words(since.date())}" if since else ""


def live_then(spans: Sequence[LiveSpan]) -> str:
    """When an alias was live at a release, by its spans there, newest first."""
    if not spans:
        return "It was never live."
    said = [_span(span) for span in spans[:_MOST_SPANS]]
    more = len(spans) - len(said)
    if more > 0:
        said.append(f"{more} times before")
    sentence = " and ".join(said)
    return f"It {'is' if spans[0].until is None else 'was'} live {sentence}."


def _span(span: LiveSpan) -> str:
    since, until = span.since, span.until
    if until is None:
        return f"since {_day(since)}" if since else "now"
    if since is None:
        return f"until {_day(until)}"
    if since.date() == until.date():
        return f"on {_day(since)}"
    return f"from {_day(since)} to {_day(until)}"


def _day(moment: datetime) -> str:
    return day_in_words(moment.date())
