"""How a person says in one line what an alias requires and prefers: words to fields of a policy.

`tools`, `capabilities=tools,web_search`, `context_tokens=128000` or `expected_cost<=0.05` is one
requirement, and `quality.coding within 10%` one preference. Whether a field exists and a value is
allowed is left to the readers of a policy, which say so with the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.core.facts.catalog import LIMITS, Metric
from zumik.core.facts.policy import COST, LATENCY, LISTED, WORD_LISTS, Goal, Measure, Requirements
from zumik.errors import UsageError

_REQUIREMENT = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)(?:(>=|<=|=)(.+))?")
_PREFERENCE = re.compile(
    r"(?:(minimize|maximize)\s+)?([A-Za-z][A-Za-z0-9._-]*)(?:\s+within\s+(\S+))?"
)
_KEYS = (
    *(key for key in Requirements._fields if key not in ("limits", "measures", "price")),
    *LIMITS,
)
_EDGES = {">=": "at_least", "<=": "at_most"}
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")


def requirements_of(texts: list[str]) -> dict[str, Any]:
    """What a policy's `require` holds for these. Raises UsageError for a text of another form."""
    found: dict[str, Any] = {}
    for text in texts:
        match = _REQUIREMENT.fullmatch(text.strip())
        if match is None:
            raise UsageError(
                f"{shown(text)} is no requirement",
                hint="as in tools, data_residency=EU or 'expected_cost<=0.05'",
            )
        key, sign, value = match.groups()
        if sign is None:
            key, value = "capabilities", key
        if sign in _EDGES:
            _add_bound(found, key, _EDGES[sign], value)
        elif key in WORD_LISTS:
            words = [word.strip() for word in value.split(",") if word.strip()]
            found[key] = list(dict.fromkeys([*found.get(key, ()), *words]))
        elif key in LIMITS:
            found.setdefault("limits", {})[key] = scalar(value)
        elif key in _KEYS:
            found[key] = scalar(value)
        else:
            raise UsageError(
                f"{shown(key)} is nothing that an alias can require",
                hint=did_you_mean(key, _KEYS, f"there are {', '.join(_KEYS)}"),
            )
    return found


def _add_bound(found: dict[str, Any], word: str, edge: str, value: str) -> None:
    section, word = ("price", word[6:]) if word.startswith("price.") else ("measures", word)
    found.setdefault(section, {}).setdefault(word, {})[edge] = scalar(value)


def scalar(text: str) -> object:
    """A value as YAML would read it: a flag, a number or the text itself."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if not _NUMBER.fullmatch(text):
        return text
    return Decimal(text) if "." in text else int(text)


def workload_of(texts: list[str]) -> dict[str, object]:
    """What a policy's `workload` holds for `input_tokens=4000` and the like. Raises UsageError."""
    found: dict[str, object] = {}
    for text in ",".join(texts).split(","):
        name, equals, value = text.partition("=")
        if not equals or not value.strip():
            raise UsageError(
                f"{shown(text)} is no part of a workload",
                hint="--workload input_tokens=4000,output_tokens=800",
            )
        found[name.strip()] = scalar(value)
    return found


class Preferred:
    """What a policy's `prefer` holds for the words of a person, and the measures that it needs."""

    def __init__(
        self, texts: list[str], measures: Mapping[str, Measure], metrics: Mapping[str, Metric]
    ) -> None:
        """Raises UsageError for a word that is neither measure nor metric."""
        self.new_measures: dict[str, dict[str, object]] = {}
        self._measures, self._metrics = measures, metrics
        self.fields: list[object] = [self._field(text) for text in texts]

    @property
    def needs_workload(self) -> bool:
        """Whether what is preferred counts by tokens."""
        return any(COST in field.values() for field in self.fields if isinstance(field, dict))

    def _field(self, text: str) -> object:
        match = _PREFERENCE.fullmatch(text.strip())
        if match is None:
            raise UsageError(
                f"{shown(text)} is no preference",
                hint="as in expected_cost, listed or 'quality.coding within 10%'",
            )
        goal, word, within = match.groups()
        if word == LISTED:
            if goal or within:
                raise UsageError("listed has no band and no direction", hint="--prefer listed")
            return LISTED
        word, metric = self._measured(word)
        if goal is None:
            higher = metric is not None and metric.better == "higher"
            goal = (Goal.MAXIMIZE if higher else Goal.MINIMIZE).value
        return {goal: word, **({"within": within} if within else {})}

    def _measured(self, word: str) -> tuple[str, Metric | None]:
        """The measure that a word is, and its metric; a metric alone becomes a measure."""
        if word == COST:
            return word, None
        measure = self._measures.get("latency" if word == LATENCY else word)
        if measure is not None:
            return word, self._metrics.get(measure.metric or "")
        if word in self._metrics:
            named = re.sub(r"[^a-z0-9]+", ".", word)
            self.new_measures[named] = {"metric": word}
            return named, self._metrics[word]
        known = [COST, *([LATENCY] if "latency" in self._measures else []), *self._measures]
        raise UsageError(
            f"{shown(word)} is neither a measure of the policy nor a metric of the catalog",
            hint=did_you_mean(
                word, [*known, *self._metrics], f"there are {', '.join([*known, LISTED])}"
            ),
        )
