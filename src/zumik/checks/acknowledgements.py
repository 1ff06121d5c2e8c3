"""Rules for what acknowledges a warning: it names one that is there, and ends within a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from zumik.core.basics.acknowledged_warnings import MOST_DAYS, is_of, names_of
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Acknowledgement, Finding, Rule, Severity
from zumik.rules.authoring_rules import (
    BAD_VALUE,
    DUPLICATE_ITEM,
    EMPTY_VALUE,
    OUT_OF_RANGE,
    UNUSED_ACKNOWLEDGEMENT,
)
from zumik.rules.rule_registry import RULES

_MOST_NAMED = 3


def check_acknowledgements(
    entries: Iterable[Acknowledgement],
    findings: Sequence[Finding],
    day: date,
    directory: str,
    judged: Collection[str],
) -> Iterator[Finding]:
    """What is wrong with each entry, and which of them no warning needs.

    `findings` are those of the whole run, `judged` the kinds of rules of which it has them all. An
    entry of another kind is unused once it has ended; without any such kind no entry is unused.
    """
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
    known: set[tuple[str, frozenset[str]]] = set()
    for entry in entries:
        rule, key = RULES.get(entry.code), (entry.code, frozenset(entry.about))
        if rule is None or not rule.can_be_acknowledged:
            yield _no_warning(entry, rule)
            continue
        if not entry.reason:
            yield EMPTY_VALUE.at(entry.place, "an acknowledgement has no reason", "say why")
        if key in known:
            yield DUPLICATE_ITEM.at(
                entry.place, f"{_named(entry)} is acknowledged twice", "keep one of the two"
            )
            continue
        known.add(key)
        found = by_code[entry.code]
        if (entry.until - day).days > MOST_DAYS:
            yield OUT_OF_RANGE.at(
                entry.place,
                f"until: {entry.until} is more than a year away, so it does not hold yet",
                f"end it by {date.fromordinal(day.toordinal() + MOST_DAYS)}",
            )
        elif (rule.kind in judged or (judged and entry.until < day)) and not any(
            is_of(entry, item, directory) for item in found
        ):
            yield _unused(entry, found, day, directory)


def _no_warning(entry: Acknowledgement, rule: Rule | None) -> Finding:
    """The code belongs to no warning that `zumik check` gives."""
    code, hint = entry.code, "remove the entry"
    if rule is None:
        codes = [item.code for item in RULES.values() if item.can_be_acknowledged]
        message = f"no warning has the code {shown(code)}"
        hint = did_you_mean(code, codes, "a warning shows its code in brackets")
    elif rule.warns:
        message = f"{code} is no warning of zumik check, which alone reads acknowledgements"
    elif rule.severity is Severity.ERROR:
        message = f"{code} is an error, and only a warning can be acknowledged"
        hint = f"remove the entry, and correct what was found: zumik check --rule {code}"
    else:
        message = f"{code} is a notice, and only a warning can be acknowledged"
    return BAD_VALUE.at(entry.place, message, hint)


def _unused(entry: Acknowledgement, found: Iterable[Finding], day: date, directory: str) -> Finding:
    ended = f" and ended on {entry.until}" if entry.until < day else ""
    others = [
        ", ".join(map(neutral, names_of(item, directory)))
        for item in found
        if item.severity is Severity.WARNING and item.acknowledged is None
    ]
    hint = "remove it, or correct it"
    if others:
        more = len(others) - _MOST_NAMED
        named = "; ".join(others[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        hint = f"this code is about: {named}"
    return UNUSED_ACKNOWLEDGEMENT.at(
        entry.place, f"it acknowledges {_named(entry)}, which is not found{ended}", hint
    )


def _named(entry: Acknowledgement) -> str:
    return f"{entry.code} of {', '.join(map(neutral, entry.about))}"
