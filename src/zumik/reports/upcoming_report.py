"""Upcoming retirements and prices, in words and as JSON: by day, with the aliases touched."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.facts.price import TOKEN_RATES, Price, price_to_json
from zumik.core.reviews.upcoming_days import AliasThen, PriceStep, Upcoming, UpcomingDay
from zumik.reports.blocks import Report, Section, bad, doubtful, quiet, strong
from zumik.reports.fact_changes import MAX_LISTED, listed, models_to_text
from zumik.reports.model_facts import rate_name, rate_to_text
from zumik.reports.retirement_report import retirement_to_text, retirements_to_json
from zumik.reports.text import (
    and_more,
    count_in_words,
    day_in_words,
    days_ahead,
    in_words,
    plural,
    safe,
)

_MAX_DAYS = 8
_MAX_ALIASES = 4
_MAX_PRICES = 4


def upcoming_report(found: Upcoming, *, whole: bool = False) -> Report:
    """Each day with its models and aliases; a page of them, or with `whole` everything."""
    days = found.days if whole else found.days[:_MAX_DAYS]
    sections = [[_sentence(found)], *([_over(found)] if found.over else [])]
    sections += [list(_day(day, found, whole)) for day in days]
    left = len(found.days) - len(days)
    if left:
        later = len(
            {
                *(model for day in found.days[_MAX_DAYS:] for model in day.models),
                *(step.model for day in found.days[_MAX_DAYS:] for step in day.prices),
            }
        )
        sections.append([f"and {plural(later, 'model')} more on {plural(left, 'later day')}"])
    if not whole and _is_cut(found):
        sections.append(
            [quiet(f"everything: zumik catalog upcoming --within {_within(found)} --all")]
        )
    return sections


def upcoming_notes(found: Upcoming) -> str | None:
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


def _within(found: Upcoming) -> str:
    return f"{(found.until - found.today).days}d"


def _sentence(found: Upcoming) -> str:
    """`Until 28 December 2026 seven models retire and one changes its price; two of nine …`."""
    retiring = sum(len(day.models) for day in found.days)
    priced = sum(len(day.prices) for day in found.days)
    until = day_in_words(found.until)
    if not retiring and not priced:
        return f"Until {until} no model of the catalog retires or changes its price"
    said = []
    if retiring:
        said.append(f"{in_words(retiring, 'model')} {'retires' if retiring == 1 else 'retire'}")
    if priced:
        verb = "changes its price" if priced == 1 else "change their price"
        said.append(f"{in_words(priced, 'model')} {verb}")
    needing = {alias.alias for day in found.days for alias in day.aliases if alias.needs_release}
    count = count_in_words(len(needing)) if needing else "none"
    of = in_words(found.total, "alias", "aliases")
    need = "needs" if len(needing) == 1 else "need"
    return f"Until {until} {' and '.join(said)}; " + strong(
        f"{count} of {of} {need} a release for that"
    )


def _over(found: Upcoming) -> Section:
    """Live winners that are not served any more."""
    return [bad(f"{item.alias}: {retirement_to_text(item)}") for item in found.over]


def _day(day: UpcomingDay, found: Upcoming, whole: bool) -> Iterator[str]:
    names = ", ".join(day.models) if whole else models_to_text(day.models)
    retiring = f": {names}" if day.models else ""
    yield f"{strong(str(day.day))}, {days_ahead(day.day, found.today)}{retiring}"
    shown_prices = day.prices if whole else day.prices[:_MAX_PRICES]
    yield from (f"  {price_step_to_text(step)}" for step in shown_prices)
    yield from and_more(len(day.prices) - len(shown_prices), "price", "prices")
    needing = [alias for alias in day.aliases if alias.needs_release]
    shown = needing if whole else needing[:_MAX_ALIASES]
    yield from (f"  {_alias(alias)}" for alias in shown)
    yield from and_more(len(needing) - len(shown), "alias", "aliases")
    same = [alias.alias for alias in day.aliases if not alias.needs_release]
    if same:
        names = ", ".join(same) if whole else listed(same)
        touched = "ranked" if day.models and not day.prices else "touched"
        yield f"  {touched}, and the winner stays: {names}"
    if not day.aliases:
        them = "it" if len({*day.models, *(step.model for step in day.prices)}) == 1 else "them"
        yield f"  no alias ranks {them}"


def price_step_to_text(step: PriceStep) -> str:
    """`acme/small: input $2 → $4, output $10 → $20 (planned, genai-prices 0.2.3)`."""
    return f"{step.model}: {rates_step_to_text(step)}{plan_to_text(step.after)}"


def rates_step_to_text(step: PriceStep) -> str:
    """`input $2 → $4, output $10 → $20`; the other rates are counted."""
    # Batch rates stand in two forms, and are counted with no other.
    moved = [n for n in TOKEN_RATES if step.before.rates.get(n) != step.after.rates.get(n)]
    first = [name for name in moved if name in _FIRST_RATES] or moved[:2]
    parts = [
        f"{rate_name(name)} {rate_to_text(step.before.rates, name)} → "
        f"{rate_to_text(step.after.rates, name)}"
        for name in first
    ]
    if left := len(moved) - len(first):
        parts.append(plural(left, "other rate"))
    return ", ".join(parts) or "the same rates"


def plan_to_text(price: Price) -> str:
    """Where a price of a day to come is from, and that it is a plan, in brackets."""
    words = ["planned"] if price.is_planned else []
    words += [safe(price.source)] if price.source else []
    return f" ({', '.join(words)})" if words else ""


_FIRST_RATES = ("input", "output")


def _alias(item: AliasThen) -> str:
    """`code.fast: acme/small → acme/large`, and where that differs, the winner of today."""
    then = doubtful(item.then) if item.then else bad("no model")
    moves = f"{strong(item.alias)}: {item.live or 'not live'} → {then}"
    if item.now == item.then:
        return f"{moves} {quiet('(and if frozen today)')}"
    return moves if item.now == item.live else f"{moves} (if frozen today: {item.now})"


def _is_cut(found: Upcoming) -> bool:
    return len(found.days) > _MAX_DAYS or any(
        max(len(day.models), len(day.aliases) - needing) > MAX_LISTED
        or needing > _MAX_ALIASES
        or len(day.prices) > _MAX_PRICES
        for day in found.days
        for needing in [sum(alias.needs_release for alias in day.aliases)]
    )


def upcoming_to_json(found: Upcoming) -> dict[str, object]:
    """Everything for machines."""
    return {
        "today": found.today.isoformat(),
        "until": found.until.isoformat(),
        "days": [
            {
                "day": day.day.isoformat(),
                "models": list(day.models),
                "prices": [_step_to_json(step) for step in day.prices],
                "aliases": [
                    {
                        "alias": item.alias,
                        "models": list(item.models),
                        "priced": list(item.priced),
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


def _step_to_json(step: PriceStep) -> dict[str, object]:
    return {
        "model": step.model,
        "before": price_to_json(step.before._replace(dated=())),
        "after": price_to_json(step.after),
        "planned": step.after.is_planned,
    }
