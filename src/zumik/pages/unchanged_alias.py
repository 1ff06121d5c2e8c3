"""An alias that a release leaves as it was: its page says so, and leads to the page that has all.

A line of a thousand releases would else repeat a hundred aliases in each, for a price of one model.
"""

from __future__ import annotations

from collections.abc import Mapping

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.alias_table import CandidateRow, table_of
from zumik.core.releases.alias_identity import AliasIdentity
from zumik.core.releases.outline import ReleaseOutline
from zumik.core.releases.release import VerifiedRelease
from zumik.pages.alias_answer import Answer
from zumik.pages.page_table import Cell, PageTable, Row, left_out, model_cell
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.blocks import Column
from zumik.reports.text import day_in_words

MAX_BY_DAY = 30

_Firsts = Mapping[ReleaseId, Mapping[AliasName, ReleaseId]]


def first_with_same(source: SiteSource, alias: AliasName, release: ReleaseId) -> ReleaseId | None:
    """The first release of the line that has exactly this of an alias; None for the first itself.

    Raises ZumikError.
    """
    firsts = source.remembered("first releases", lambda: _firsts(source))
    return firsts.get(release, {}).get(alias)


def _firsts(source: SiteSource) -> _Firsts:
    known: dict[tuple[AliasName, bytes], ReleaseId] = {}
    found: dict[ReleaseId, dict[AliasName, ReleaseId]] = {}
    for release, outline in source.outlines.items():
        firsts = {
            alias: known.setdefault((alias, identity.digest), release)
            for alias, identity in outline.identities.items()
        }
        found[release] = {alias: first for alias, first in firsts.items() if first != release}
    return found


def answer_unchanged(outline: ReleaseOutline, alias: AliasName, first: ReleaseId) -> Answer:
    """What an alias answered in a release, as it had since the `first`."""
    made = sentences.frozen(outline.backfilled, day_in_words(outline.created_at.date()))
    model = outline.rankings[alias].first
    rest = f", by the same policy, facts and ranking as in {first}."
    return Answer(f"In {outline.ref.id}, {made}, {alias} answered with", model, rest)


def failed_by_day(
    shown: VerifiedRelease, alias: AliasName, identity: AliasIdentity
) -> tuple[CandidateRow, ...]:
    """The candidates that the day of a release failed, each with all that it failed, by id.

    A candidate's failures do not depend on the others, so only these are derived.
    """
    made_by, facts = shown.release.made_by, shown.release.facts
    models = {model: facts.models[model] for model in identity.by_day}
    facts = facts._replace(models=models)
    derivation = made_by.derive(shown.aliases[alias].policy, facts, None)
    return table_of(derivation, facts, made_by).excluded


def by_day_table(rows: tuple[CandidateRow, ...], first: ReleaseId) -> PageTable | None:
    """What counts from the day of the release itself; None where nothing does."""
    if not rows:
        return None
    caption = f"What counts from the day of the release, and so reads otherwise than in {first}."
    said = [
        Row([model_cell(row.model.id), Cell(sentences.failures(row.failures))])
        for row in rows[:MAX_BY_DAY]
    ]
    columns = (Column("model"), Column("what it lacks"))
    more = left_out(len(rows) - len(said), "excluded candidate")
    return PageTable("by-day", caption, columns, said, more=more)
