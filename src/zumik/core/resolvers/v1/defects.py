"""Resolver 1, defects: what it does and should not, and where it shows.

Nothing here changes an answer. A flaw stays as it is once a release has landed, is mended in the
next resolver, and is quoted where an explanation would otherwise mislead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zumik.core.basics.field_readers import NOTHING
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, Workload
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts

_CONTEXT = "context_tokens"


class KnownDefect(NamedTuple):
    """A flaw in one sentence, and whether a derived alias shows it by these facts."""

    text: str
    shows: Callable[[Derivation, Facts], bool]


def _lists_an_old_figure_twice(derivation: Derivation, facts: Facts) -> bool:
    # Both reasons are true, since each measure wants another age: they differ in what was wanted.
    for candidate in derivation.candidates:
        old = [failure.field for failure in candidate.failures if failure.code == "fact_too_old"]
        if len(old) != len(set(old)):
            return True
    return False


def _asks_for_a_context_that_follows(derivation: Derivation, facts: Facts) -> bool:
    least = derivation.alias.require.limits.get(_CONTEXT, 0)
    return any(
        0 < least <= max(facts.models[model].limits.values(), default=0)
        for model, field in _unknown(derivation)
        if field == f"limits.{_CONTEXT}"
    )


def _asks_for_a_limit_of_0(derivation: Derivation, facts: Facts) -> bool:
    limits = derivation.alias.require.limits
    free = {f"limits.{name}" for name, least in limits.items() if not least}
    return any(field in free for _, field in _unknown(derivation))


def _asks_for_a_rate_of_no_token(derivation: Derivation, facts: Facts) -> bool:
    alias = derivation.alias
    workload = alias.workload
    if workload is None or COST not in alias.words:
        return False
    batch = "batch_" if workload.batch else ""
    # What a bound needs is not demanded in vain.
    names = {f"price.{batch}{n}": n for n in ("input", "output") if n not in alias.require.price}
    return any(
        field in names and not _is_needed(names[field], facts.models[model], workload)
        for model, field in _unknown(derivation)
    )


def _is_needed(rate: str, model: Model, workload: Workload) -> bool:
    """Whether a token is charged at it; a model without a price needs any, as 0 is no cost."""
    if model.price is None:
        return True
    if rate == "output":
        return workload.output_tokens > 0
    if not workload.input_tokens:
        return False
    batch = "batch_" if workload.batch else ""
    cached = f"{batch}cache_read" in model.price.rates_at(workload.input_tokens)
    return workload.cached_input < 1 or not cached


def _bounds_a_cache_read_by_the_input(derivation: Derivation, facts: Facts) -> bool:
    alias = derivation.alias
    workload = alias.workload
    if workload is None or not workload.batch or "cache_read" not in alias.require.price:
        return False
    prices = [facts.models[candidate.model].price for candidate in derivation.candidates]
    rates = [p.rates_at(workload.input_tokens) if p else NOTHING for p in prices]
    return any("batch_input" in each and "batch_cache_read" not in each for each in rates)


def _unknown(derivation: Derivation) -> list[tuple[ModelId, str]]:
    """Each candidate that fails for an unknown fact, with the field."""
    return [
        (candidate.model, failure.field)
        for candidate in derivation.candidates
        for failure in candidate.failures
        if failure.code == "fact_unknown"
    ]


KNOWN_DEFECTS = (
    KnownDefect(
        "resolver 1 lists a figure that is too old for two measures twice, once for each age; "
        "eligibility and ranking are right",
        _lists_an_old_figure_twice,
    ),
    KnownDefect(
        "resolver 1 leaves out a model whose context_tokens is unknown, although another limit of "
        "it is as large as what is required",
        _asks_for_a_context_that_follows,
    ),
    KnownDefect(
        "resolver 1 leaves out a model whose limit is unknown where 0 tokens are required",
        _asks_for_a_limit_of_0,
    ),
    KnownDefect(
        "resolver 1 leaves out a model whose rate is unknown, although no token of the workload is "
        "charged at it",
        _asks_for_a_rate_of_no_token,
    ),
    KnownDefect(
        "resolver 1 holds a bound on cache_read against batch_input where batch_cache_read is "
        "unknown",
        _bounds_a_cache_read_by_the_input,
    ),
)
"""In the order in which they were found; the specification lists them too."""


def known_defects(derivation: Derivation, facts: Facts) -> tuple[str, ...]:
    """The known defects that an alias shows, derived from these facts."""
    return tuple(defect.text for defect in KNOWN_DEFECTS if defect.shows(derivation, facts))
