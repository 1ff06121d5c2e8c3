"""Sentences: what failed, what would flip a decision, and what a reason means, in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.decisions.figure_errors import PairErrors, pair_errors
from zumik.core.facts.policy import (
    COST,
    LATENCY,
    LISTED,
    Deprecation,
    Goal,
    Preference,
    read_deprecation,
)
from zumik.core.facts.price import STANDARD
from zumik.core.resolvers.derivation import Flip, Step
from zumik.core.resolvers.facts import Failure
from zumik.reports.text import figure, joined, plural, safe, share

_COUNT = re.compile(r"[0-9]{4,12}")

_MEANINGS = {
    "capability_missing": "lacks {wanted}",
    "input_missing": "takes no {wanted}",
    "limit_too_small": "{field} {found}, wanted {wanted}",
    "price_too_high": "{field} {found}, wanted {wanted}",
    "price_too_low": "{field} {found}, wanted {wanted}",
    "measure_too_low": "{field} {found}, wanted {wanted}",
    "measure_too_high": "{field} {found}, wanted {wanted}",
    "revision_floating": "its revision floats",
    "revision_unknown": "{field} unknown",
    "not_yet_released": "released on {found}",
    "retires_too_soon": "retires on {found}, wanted {wanted}",
    "not_open_weights": "its weights are not open",
    "output_missing": "gives no {wanted}",
    "mode_differs": "its mode is {found}, wanted {wanted}",
    "region_differs": "served in {found}, wanted {wanted}",
    "residency_differs": "its data stays in {found}, wanted {wanted}",
    "label_missing": "has no label {wanted}",
    "no_longer_served": "not served since {found}, wanted {wanted}",
    "cost_incomplete": "a part of its cost is unknown: {field}",
    "fact_unknown": "{field} unknown",
    "fact_too_old": "{field} {found}, wanted {wanted}",
}


_LEFT_OUT = {
    CostGap.CACHE_WRITES_LEFT_OUT: "cache writes, which have a price",
    CostGap.OTHER_CHARGES_LEFT_OUT: "other charges",
    CostGap.OFF_PEAK_PRICE: "what hours beside off-peak cost more",
    CostGap.CACHE_WRITES_AT_INPUT_PRICE: "what cache writes cost more than input",
    CostGap.SEARCHES_LEFT_OUT: "searches",
}
_MAX_CHARGED = 3


def failures(items: Iterable[Failure]) -> str:
    """Every reason once; two that read alike are one."""
    return "; ".join(dict.fromkeys(map(failure, items)))


def failure(item: Failure) -> str:
    """Why a requirement was not met: `limits.context_tokens 64000, wanted at least 128000`."""
    template = _MEANINGS.get(item.code, item.code + ": {field} {found}, wanted {wanted}")
    found, wanted = safe(item.found), safe(item.wanted)
    if item.code == "limit_too_small":
        found, wanted = (_COUNT.sub(lambda n: f"{int(n[0]):,}", text) for text in (found, wanted))
    return template.format(field=safe(item.field), found=found, wanted=wanted)


UNKNOWN_REVISION = "revision_unknown"
INCOMPLETE_COST = "cost_incomplete"

_WAYS_IN = {
    UNKNOWN_REVISION: (
        "revision or pinned unknown: no source says which revision the id serves, and that it "
        "stays",
        "to let such models in: floating_allowed: true in the policy's require; or revision and "
        "pinned: true in the catalog, with a source",
    ),
    INCOMPLETE_COST: (
        "a part of its cost is unknown: what is known is a lower bound, and is not compared",
        "to let such models in, their costs marked with ≥: incomplete_cost_allowed: true in the "
        "policy's require; or the missing part in the catalog, with a source",
    ),
}
"""By the code of a reason: what it means, and the edits that let such a model in."""


def ways_in(rows: Iterable[CandidateRow]) -> list[str]:
    """What reasons mean that a newcomer meets first, and the edits that let such models in."""
    codes = {item.code for row in rows for item in row.failures}
    return [line for code, lines in _WAYS_IN.items() if code in codes for line in lines]


def frozen(backfilled: bool, moment: str) -> str:
    """When a release was frozen; for one made later with `--as-of`, for which moment."""
    return f"{'frozen afterwards for' if backfilled else 'frozen on'} {moment}"


def deprecation(said: Deprecation, *, overdue: bool = False) -> str:
    """What to do about a deprecated alias: `use code.balanced; ends 2027-03-01`."""
    parts = [f"use {said.replaced_by}"] if said.replaced_by else []
    if said.sunset:
        parts.append(f"{'was to end' if overdue else 'ends'} {said.sunset}")
    return "; ".join(parts)


def deprecation_change(path: str, before: object, after: object) -> str | None:
    """That an alias became deprecated, or is no longer; None for any other change."""
    if path != "policy.deprecated":
        return None
    if after is None:
        return f"no longer deprecated (was: {deprecation(read_deprecation(before, ()))})"
    return f"deprecated: {deprecation(read_deprecation(after, ()))}"


def value(row: CandidateRow, word: str, units: Mapping[str, str]) -> str:
    """A candidate's figure, or a dash where it is unknown."""
    found = row.figures.get(word)
    if found is None:
        return "-"
    if word == LISTED:
        return f"#{found.numerator + 1}"
    mark = f"{cost_mark(row.cost_gaps)} " if word == COST and row.cost_gaps else ""
    return f"{mark}{figure(found, units.get(word, ''))}"


def cost_mark(gaps: Collection[CostGap]) -> str:
    """≤ for an upper bound, ≥ where a part is left out, ≈ where both hold."""
    if CostGap.CACHED_AT_INPUT_PRICE not in gaps:
        return "≥"
    return "≤" if len(gaps) == 1 else "≈"


def preference(item: Preference) -> str:
    """A preference in words: `lowest expected_cost`, `highest quality.general, within 10 %`."""
    if item.word == LISTED:
        return "first in the list"
    end = "lowest" if item.goal is Goal.MINIMIZE else "highest"
    if not item.is_band:
        return f"{end} {safe(item.word)}"
    return f"{end} {safe(item.word)}, within {band_of(item)} of the best"


def band_of(item: Preference) -> str:
    """How far from the best a band lets a model be: `5 %`, or the standard error of the figures."""
    return share(item.within) if item.within is not None else "the standard error"


def why(table: AliasTable) -> str:
    """Why rank 1 has it: by the preferences in their order, or because the incumbent was kept."""
    winner, word = table.winner, table.deciding.word
    if winner is None:
        return "no candidate is eligible"
    bands = list(_bands(table))
    if table.kept is not None:
        best = table.row(table.kept.best)
        mine, least = (value(row, word, table.units) for row in (winner, best))
        kept = (
            f"the incumbent is kept: its {safe(word)}, {mine}, is within "
            f"{share(table.kept.margin)} of the best, {least} ({best.model.id})"
        )
        return " → ".join([*bands, kept])
    if bands and len(table.steps[-2].left) == 1:
        return " → ".join(bands)
    end = preference(table.deciding)
    if word != LISTED:
        end += f": {value(winner, word, table.units)}"
    return " → ".join([*bands, f"of these the {end}" if bands else end])


def because(table: AliasTable, *, past: bool = False) -> str:
    """The same as a clause: `it has the lowest expected_cost of the 3 candidates within …: $0.02`.

    Raises ValueError where no candidate is eligible.
    """
    winner, word = table.winner, table.deciding.word
    if winner is None:
        raise ValueError("no winner, and so no reason")
    among = _among(table)
    if table.kept is not None:
        best = table.row(table.kept.best)
        mine, least = (value(row, word, table.units) for row in (winner, best))
        return (
            f"it {'had' if past else 'has'} won before, and its {safe(word)}, {mine}, "
            f"{'was' if past else 'is'} within {share(table.kept.margin)} of the best"
            f"{among}, {least} ({best.model.id})"
        )
    if among and len(table.steps[-2].left) == 1:
        bands = [_band(step) for step in table.steps[:-1]]
        return f"it {'was' if past else 'is'} the only candidate {' and '.join(bands)}"
    if word == LISTED:
        return f"it {'was' if past else 'is'} the first in the list{among}"
    end = "lowest" if table.deciding.goal is Goal.MINIMIZE else "highest"
    own = value(winner, word, table.units)
    return f"it {'had' if past else 'has'} the {end} {safe(word)}{among}: {own}"


def _among(table: AliasTable) -> str:
    """Whom the last preference chose from, where others came before it."""
    if len(table.steps) < 2:
        return ""
    left = len(table.steps[-2].left)
    bands = " and ".join(_band(step) for step in table.steps[:-1])
    return f" of the {left:,} candidates {bands}"


def _band(step: Step) -> str:
    """`within 5 % of the highest quality.coding`."""
    item = step.preference
    end = "lowest" if item.goal is Goal.MINIMIZE else "highest"
    if not item.is_band:
        return f"with the {preference(item)}"
    return f"within {band_of(item)} of the {end} {safe(item.word)}"


def _bands(table: AliasTable) -> Iterator[str]:
    """What each preference before the last left: `highest q, within 5 % of the best: 3 of 7`."""
    before = len(table.ranked)
    for step in table.steps[:-1]:
        left = len(step.left)
        alone = "the only one" if left == 1 else f"{left:,}"
        yield f"{preference(step.preference)}: {alone} of {before:,}"
        if left == 1:
            return
        before = left


def margin(table: AliasTable) -> str:
    """How far rank 1 is from the next, in the figure that parted them; no figure of a flip.

    Where both figures have a known error, it also says whether the two can be told apart.
    """
    winner = table.winner
    if winner is None or len(table.ranked) < 2:
        return "no other candidate is eligible"
    if table.kept is not None:
        return _behind(table, winner, table.row(table.kept.best))
    second = table.ranked[1]
    parted = next((s for s in table.steps if second.model.id not in s.left), None)
    if parted is None:
        return f"ties with {second.model.id} (rank 2), and the tie-break decides"
    if parted.preference.word == LISTED:
        return f"{second.model.id} (rank 2) comes later in the list"
    if parted.preference.is_band:
        return _outside(table, second, parted)
    word = parted.preference.word
    lead = f"leads {second.model.id} (rank 2) by {_distance(table, word, winner, second)}"
    known = _pair_errors(word, winner, second)
    if known is None:
        return lead
    said = f"{lead}; {_told_apart(table, word, known)}"
    return said if known.distinct else f"{said}: the order is the policy's tie-break, not evidence"


def _behind(table: AliasTable, kept: CandidateRow, best: CandidateRow) -> str:
    """How far a kept incumbent is from the model that would be first without its margin."""
    word = table.deciding.word
    without = f"{best.model.id}, which would be first without the incumbent's margin"
    if kept.figures[word] == best.figures[word]:
        return f"level on {safe(word)} with {without}"
    apart = _distance(table, word, kept, best)
    # The aside about unknown costs needs a comma at its end, too, where the sentence goes on.
    said = f"{apart}{',' if _has_cost_gaps(word, kept, best) else ''} behind {without}"
    known = _pair_errors(word, kept, best)
    return said if known is None else f"{said}; {_told_apart(table, word, known)}"


def _outside(table: AliasTable, second: CandidateRow, parted: Step) -> str:
    word, unit = parted.preference.word, table.units.get(parted.preference.word, "")
    bound = "at most" if parted.preference.goal is Goal.MINIMIZE else "at least"
    has = f"{second.model.id} (rank 2) has {safe(word)} {value(second, word, table.units)}"
    if parted.preference.within_error:
        return f"{has}, further from {figure(parted.best, unit)} than their errors explain"
    return f"{has}, and the band needs {bound} {figure(parted.worst, unit)}"


def _distance(table: AliasTable, word: str, one: CandidateRow, other: CandidateRow) -> str:
    """The difference of two figures: `$0.0012 of expected_cost`."""
    apart = figure(abs(one.figures[word] - other.figures[word]), table.units.get(word, ""))
    gaps = _has_cost_gaps(word, one, other)
    return f"{apart} of {safe(word)}{', as far as it is counted' if gaps else ''}"


def _pair_errors(word: str, one: CandidateRow, other: CandidateRow) -> PairErrors | None:
    apart = one.figures[word] - other.figures[word]
    return pair_errors(apart, one.errors.get(word), other.errors.get(word))


def _told_apart(table: AliasTable, word: str, known: PairErrors) -> str:
    """`the two cannot be told apart (95 % intervals: ±0.031 and ±0.027)`."""
    one, other = (figure(half, table.units.get(word, "")) for half in known[:2])
    both = f"±{one} each" if one == other else f"±{one} and ±{other}"
    can = "can" if known.distinct else "cannot"
    return f"the two {can} be told apart (95 % intervals: {both})"


def _has_cost_gaps(word: str, one: CandidateRow, other: CandidateRow) -> bool:
    return word == COST and bool(one.cost_gaps or other.cost_gaps)


def flip(item: Flip, table: AliasTable) -> str:
    """What would make another model win: `expected_latency above 4.31 s: … would win`."""
    unit = table.units.get(item.word, "")
    upwards = item.at > item.now
    # Rounded away from the figure of today, so that the sentence holds for every value it names.
    at, now = figure(item.at, unit, up=upwards), figure(item.now, unit)
    worse = "above" if upwards else "below"
    side = f"any worse than {now}" if item.at == item.now else f"{worse} {at}"
    if item.inclusive and item.at != item.now:
        side = f"at {at} or {worse}"
    elif not item.bound and item.at != item.now and _has_bands(table):
        # Far beyond, the band may let in others yet.
        side = f"just {side}"
    heir = f"{item.to} would win" if item.to else "no candidate would be eligible"
    note = f" (required; now {now})" if item.bound else ""
    return f"{safe(item.word)} {side}{note}: {heir}"


def _has_bands(table: AliasTable) -> bool:
    return any(item.is_band for item in table.alias.prefer)


def cost_note(rows: Iterable[CandidateRow | None]) -> str | None:
    """What the marks before the costs of these rows mean; None where every cost is exact."""
    marked = [row for row in rows if row is not None and row.cost_gaps]
    order = list(CostGap)
    found = {row.cost_gaps for row in marked}
    shapes = sorted(found, key=lambda gaps: (len(gaps), [order.index(gap) for gap in gaps]))
    said = [f"{cost_mark(gaps)} {_meaning(gaps)}" for gaps in shapes]
    said += _charges(marked)
    return f"{COST}: {'; '.join(said)}" if said else None


def usage_cost_note(gaps: Collection[CostGap]) -> str | None:
    """What the mark means before a cost of tokens that a log counts; None where it is exact."""
    if not gaps:
        return None
    left_out = joined([words for gap, words in _LEFT_OUT.items() if gap in gaps])
    parts = [f"leaves out {left_out}"] if left_out else []
    if CostGap.CACHED_AT_INPUT_PRICE in gaps:
        words = "counts input at its whole price where no log or price says what a cache saved"
        parts = [f"an upper bound: {words}"] if not left_out else [words, *parts]
    return f"{cost_mark(gaps)} {', and '.join(parts)}"


def _meaning(gaps: Sequence[CostGap]) -> str:
    left_out = joined([words for gap, words in _LEFT_OUT.items() if gap in gaps])
    if CostGap.CACHED_AT_INPUT_PRICE not in gaps:
        return f"leaves out {left_out}"
    if not left_out:
        return "is an upper bound: the price of cache reads is unknown, so they count as input"
    return f"counts cache reads as input, as their price is unknown, and leaves out {left_out}"


def _charges(rows: Iterable[CandidateRow]) -> Iterator[str]:
    """Which model has which other charges, for as many models as fit in a line."""
    charged = {row.model.id: row.also_charged for row in rows if row.also_charged}
    if charged:
        named = [f"{model} {', '.join(map(safe, of))}" for model, of in charged.items()]
        more = len(named) - _MAX_CHARGED
        rest = [f"and {more} other models"] if more > 0 else []
        yield f"other charges: {' · '.join([*named[:_MAX_CHARGED], *rest])}"


def latency_note(table: AliasTable) -> str | None:
    """The benchmark's latency is not the workload's, and the reader should know."""
    words = {item.word for item in table.alias.prefer} | set(table.alias.require.measures)
    if LATENCY in words and table.latency_ignores_workload:
        return "expected_latency is the metric's own figure; it does not follow the workload"
    return None


def workload(table: AliasTable) -> str | None:
    """The request that candidates are compared by."""
    load = table.alias.workload
    if load is None:
        return None
    kept = {"5m": "", "1h": " for an hour"}[load.cache_kept]
    parts = [f"{load.input_tokens:,} tokens in", f"{load.output_tokens:,} out"]
    parts += [
        f"{share(value)} of the {of}"
        for value, of in (
            (load.cached_input, "input cached"),
            (load.cache_written, f"input written to the cache{kept}"),
            (load.input_audio, "input audio"),
            (load.input_image, "input images"),
            (load.output_audio, "output audio"),
            (load.output_image, "output images"),
            (load.reasoning, "output reasoning"),
        )
        if value
    ]
    parts += [plural(load.searches, "search", "searches")] if load.searches else []
    parts += [f"{load.tier} tier"] if load.tier != STANDARD else []
    return ", ".join(parts)
