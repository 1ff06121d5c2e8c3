"""Resolver 2 answers as resolver 1 where no key is new, but for the differences that are named.

Each difference has the paragraph of the specification that decides it. Whatever else hypothesis
draws, both leave out the same models for the same reasons, and rank the others alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given
from tests.browser.resolver_2_releases import releases_of_1

from zumik.core.basics.strict_json import to_canonical
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, Alias
from zumik.core.releases.release import Release, digest_of, verify
from zumik.core.resolvers import resolver
from zumik.core.resolvers.derivation import Candidate
from zumik.core.resolvers.facts import Failure
from zumik.errors import ZumikError

FIRST, SECOND = resolver(1), resolver(2)


def _read(tree: Any) -> Release | None:
    content = to_canonical(tree)
    try:
        return verify(f"{tree['id']}.{digest_of(content)}.json", content).release
    except ZumikError:
        return None


def _needed(model: Model, alias: Alias) -> set[str]:
    """The rates of `input` and `output` at which a token is charged, by their fields."""
    load = alias.workload
    assert load is not None
    batch = "batch_" if load.batch else ""
    rates = model.price.rates_at(load.input_tokens) if model.price else {}
    found = {f"price.{batch}output"} if load.output_tokens else set()
    fresh = load.cached_input < 1 or f"{batch}cache_read" not in rates
    return found | ({f"price.{batch}input"} if load.input_tokens and fresh else set())


def _dropped(failure: Failure, other: Candidate, model: Model, alias: Alias) -> str | None:
    """The paragraph by which resolver 2 does not give a reason of resolver 1."""
    code, field = failure.code, failure.field
    if code == "fact_too_old":
        same = [item for item in other.failures if (item.code, item.field) == (code, field)]
        return "18.1" if same else None
    if code == "fact_unknown" and field.startswith("limits."):
        name = field.removeprefix("limits.")
        least = alias.require.limits[name]
        follows = name == "context_tokens" and max(model.limits.values(), default=0) >= least
        return "18.2" if least == 0 or follows else None
    if code == "fact_unknown" and field.startswith("price."):
        return "18.10" if field not in _needed(model, alias) else None
    if code in ("price_too_high", "price_too_low") and field == "price.cache_read":
        return "18.8" if _has_no_batch_read(model, alias) else None
    return None


def _has_no_batch_read(model: Model, alias: Alias) -> bool:
    load = alias.workload
    if load is None or not load.batch or model.price is None:
        return False
    return "batch_cache_read" not in model.price.rates_at(load.input_tokens)


def _added(failure: Failure, first: Candidate, model: Model, alias: Alias) -> str | None:
    """The paragraph by which resolver 2 gives a reason that resolver 1 does not."""
    code, field = failure.code, failure.field
    if failure == Failure("fact_unknown", "price"):
        return "18.10" if model.price is None and not _needed(model, alias) else None
    if code == "fact_unknown" and field == "price.batch_cache_read":
        return "18.8" if _has_no_batch_read(model, alias) else None
    if failure == Failure("cost_incomplete", "price.also_charged"):
        return "18.11" if model.price and model.price.also_charged else None
    # What resolver 1 could not count may fail a bound, or lack the other of the two rates.
    if COST in first.values:
        return None
    return "18.10" if field == COST or field in _needed(model, alias) else None


def _differences(
    first: Candidate, second: Candidate, model: Model, alias: Alias
) -> Iterator[tuple[Failure, str | None]]:
    for failure in first.failures:
        if failure not in second.failures:
            yield failure, _dropped(failure, second, model, alias)
    for failure in second.failures:
        if failure not in first.failures:
            yield failure, _added(failure, first, model, alias)


@given(tree=releases_of_1)
def test_resolver_2_differs_from_resolver_1_only_as_the_specification_names(tree: Any) -> None:
    release = _read(tree)
    assume(release is not None)
    assert release is not None
    facts = release.facts
    for frozen in release.content.aliases.values():
        alias = frozen.policy
        first, second = (
            made_by.derive(alias, facts, frozen.incumbent) for made_by in (FIRST, SECOND)
        )
        differs = False
        for one, other in zip(first.candidates, second.candidates, strict=True):
            assert one.model == other.model
            found = list(_differences(one, other, facts.models[one.model], alias))
            assert not [failure for failure, named in found if named is None]
            known = one.values.keys() & other.values.keys()
            assert {word: one.values[word] for word in known} == {
                word: other.values[word] for word in known
            }
            differs = differs or one.eligible != other.eligible
        if not differs:
            assert (first.ranking, first.reason) == (second.ranking, second.reason)
