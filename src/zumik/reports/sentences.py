"""Sentences: what failed, what would flip a decision, and what a reason means, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.policy import LATENCY, LISTED, Deprecation, Goal, Preference, read_deprecation
from zumik.core.resolvers.derivation import Flip
from zumik.core.resolvers.facts import Failure
from zumik.reports.text import figure, safe, share

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
    "fact_unknown": "{field} unknown",
    "fact_too_old": "{field} {found}, wanted {wanted}",
}


def failure(item: Failure) -> str:
    """Why a requirement was not met: `limits.context_tokens 64000, wanted at least 128000`."""
    template = _MEANINGS.get(item.code, item.code + ": {field} {found}, wanted {wanted}")
    found, wanted = safe(item.found), safe(item.wanted)
    if item.code == "limit_too_small":
        found, wanted = (_COUNT.sub(lambda n: f"{int(n[0]):,}", text) for text in (found, wanted))
    return template.format(field=safe(item.field), found=found, wanted=wanted)


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
    return figure(found, units.get(word, ""))


def preference(item: Preference) -> str:
    """A preference in words: `lowest expected_cost`, `highest quality.general, within 10 %`."""
    if item.word == LISTED:
        return "first in the list"
    end = "lowest" if item.goal is Goal.MINIMIZE else "highest"
    within = f", within {share(item.within)} of the best" if item.within is not None else ""
    return f"{end} {safe(item.word)}{within}"


def why(table: AliasTable) -> str:
    """The winner's deciding figure: `lowest expected_latency: 1.68 s`."""
    winner = table.winner
    if winner is None:
        return "no candidate is eligible"
    steps = " → ".join(preference(item) for item in table.alias.prefer)
    if table.deciding.word == LISTED:
        return steps
    return f"{steps}: {value(winner, table.deciding.word, table.units)}"


def margin(table: AliasTable) -> str:
    """By how much the winner wins on the deciding figure, and where it would lose."""
    if table.reason.startswith("incumbent_"):
        keeps = table.alias.incumbent_margin
        return f"the incumbent, within its margin of {share(keeps) if keeps else '0 %'} of the best"
    if len(table.ranked) < 2:
        return "no other candidate is eligible"
    if table.deciding.word == LISTED:
        return f"the next in the list is {table.ranked[1].model.id}"
    first = next((f for f in table.flips if f.word == table.deciding.word and not f.bound), None)
    if first is None:
        return f"alone in the band; next is {table.ranked[1].model.id}"
    if first.by == 0:
        return f"ties with {first.to}, and the tie-break decides"
    return f"wins by {figure(first.by, table.units.get(first.word, ''))} over {first.to}"


def flip(item: Flip, table: AliasTable) -> str:
    """What would make another model win: `expected_latency above 4.31 s: … would win`."""
    unit = table.units.get(item.word, "")
    at, now = figure(item.at, unit), figure(item.now, unit)
    worse = "above" if item.at > item.now else "below"
    side = f"any worse than {now}" if item.at == item.now else f"{worse} {at}"
    if item.inclusive and item.at != item.now:
        side = f"at {at} or {worse}"
    heir = f"{item.to} would win" if item.to else "no candidate would be eligible"
    note = f" (required; now {now})" if item.bound else ""
    return f"{safe(item.word)} {side}{note}: {heir}"


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
    cached = f", {share(load.cached_input)} of the input cached" if load.cached_input else ""
    tier = ", batch tier" if load.batch else ""
    return f"{load.input_tokens:,} tokens in, {load.output_tokens:,} out{cached}{tier}"
