"""Upcoming retirements in words and as JSON: by day, with the aliases that they touch."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.reviews.upcoming_retirements import (
    AliasThen,
    RetirementDay,
    UpcomingRetirements,
)
from zumik.reports.blocks import Report, Section, bad, doubtful, quiet, strong
from zumik.reports.fact_changes import MAX_LISTED, listed, models_to_text
from zumik.reports.retirement_report import retirement_to_text, retirements_to_json
from zumik.reports.text import and_more, count_in_words, day_in_words, days_ahead, in_words, plural

_MAX_DAYS = 8
_MAX_ALIASES = 4


def upcoming_report(found: UpcomingRetirements, *, whole: bool = False) -> Report:
    """Each day with its models and aliases; a page of them, or with `whole` everything."""
    days = found.days if whole else found.days[:_MAX_DAYS]
    sections = [[_sentence(found)], *([_over(found)] if found.over else [])]
    sections += [list(_day(day, found, whole)) for day in days]
    left = len(found.days) - len(days)
    if left:
        later = sum(len(day.models) for day in found.days[_MAX_DAYS:])
        sections.append([f"and {plural(later, 'model')} more on {plural(left, 'later day')}"])
    if not whole and _is_cut(found):
        sections.append(
            [quiet(f"everything: zumik catalog upcoming --within {_within(found)} --all")]
        )
    return sections


def upcoming_notes(found: UpcomingRetirements) -> str | None:
    """The next step, where an alias needs a release."""
    if found.over:
        names = " ".join(item.alias for item in found.over if item.alias)
        return f"\nnext: zumik plan {names} shows what a release of today would choose"
    for day in found.days:
        for alias in day.aliases:
            if alias.needs_release:
                command = f"zumik plan {alias.alias} --as-of {day.day}"
                return f"\nnext: {command} shows what a release of that day would choose"
    return None


def _within(found: UpcomingRetirements) -> str:
    return f"{(found.until - found.today).days}d"


def _sentence(found: UpcomingRetirements) -> str:
    """`Until 28 December 2026 seven models retire; two of nine aliases need a release by then`."""
    models = sum(len(day.models) for day in found.days)
    until = day_in_words(found.until)
    if not models:
        return f"Until {until} no model of the catalog retires"
    needing = {alias.alias for day in found.days for alias in day.aliases if alias.needs_release}
    verb = "retires" if models == 1 else "retire"
    count = count_in_words(len(needing)) if needing else "none"
    of = in_words(found.total, "alias", "aliases")
    need = "needs" if len(needing) == 1 else "need"
    said = strong(f"{count} of {of} {need} a release for that")
    return f"Until {until} {in_words(models, 'model')} {verb}; {said}"


def _over(found: UpcomingRetirements) -> Section:
    """Live winners that are not served any more."""
    return [bad(f"{item.alias}: {retirement_to_text(item)}") for item in found.over]


def _day(day: RetirementDay, found: UpcomingRetirements, whole: bool) -> Iterator[str]:
    models = ", ".join(day.models) if whole else models_to_text(day.models)
    yield f"{strong(str(day.day))}, {days_ahead(day.day, found.today)}: {models}"
    needing = [alias for alias in day.aliases if alias.needs_release]
    shown = needing if whole else needing[:_MAX_ALIASES]
    yield from (f"  {_alias(alias)}" for alias in shown)
    yield from and_more(len(needing) - len(shown), "alias", "aliases")
    same = [alias.alias for alias in day.aliases if not alias.needs_release]
    if same:
        names = ", ".join(same) if whole else listed(same)
        yield f"  ranked, and the winner stays: {names}"
    if not day.aliases:
        yield "  no alias ranks " + ("it" if len(day.models) == 1 else "them")


def _alias(item: AliasThen) -> str:
    """`code.fast: acme/small → acme/large`, and where that differs, the winner of today."""
    then = doubtful(item.then) if item.then else bad("no model")
    moves = f"{strong(item.alias)}: {item.live or 'not live'} → {then}"
    if item.now == item.then:
        return f"{moves} {quiet('(and if frozen today)')}"
    return moves if item.now == item.live else f"{moves} (if frozen today: {item.now})"


def _is_cut(found: UpcomingRetirements) -> bool:
    return len(found.days) > _MAX_DAYS or any(
        max(len(day.models), len(day.aliases) - needing) > MAX_LISTED or needing > _MAX_ALIASES
        for day in found.days
        for needing in [sum(alias.needs_release for alias in day.aliases)]
    )


def upcoming_to_json(found: UpcomingRetirements) -> dict[str, object]:
    """Everything for machines."""
    return {
        "today": found.today.isoformat(),
        "until": found.until.isoformat(),
        "days": [
            {
                "retires_on": day.day.isoformat(),
                "models": list(day.models),
                "aliases": [
                    {
                        "alias": item.alias,
                        "models": list(item.models),
                        "live_winner": item.live,
                        "winner_now": item.now,
                        "winner_then": item.then,
                        "needs_release": item.needs_release,
                    }
                    for item in day.aliases
                ],
            }
            for day in found.days
        ],
        "retired": retirements_to_json(found.over),
    }
