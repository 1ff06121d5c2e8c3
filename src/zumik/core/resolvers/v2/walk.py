"""Resolver 2, walking: the first ranked model that a request can use.

As in resolver 1, but a request that is provably within the known limits is not refused for an
unknown context window. Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.resolvers.v1.reach import request_reaching as reaching
from zumik.core.resolvers.v2.limits import limit_of, with_known_context


def walk(
    ranking: Sequence[ModelId], models: Mapping[ModelId, Model], request: Request
) -> tuple[int | None, tuple[tuple[ModelId, str], ...]]:
    """The index of the model to use, or None; and each model passed over, with why."""
    if request.asks_nothing:
        return 0, ()
    passed: list[tuple[ModelId, str]] = []
    for index, model in enumerate(ranking):
        gone = model in request.unavailable
        why = "unavailable" if gone else _unmet(models[model], request)
        if why is None:
            return index, tuple(passed)
        passed.append((model, why))
    return None, tuple(passed)


def _unmet(model: Model, request: Request) -> str | None:
    """The first need of the request that the model does not meet; an unknown fact meets none."""
    limits = model.limits
    tokens_in, tokens_out = request.input_tokens or 0, request.output_tokens or 0
    for name, asked in (
        ("input_tokens", tokens_in),
        ("output_tokens", tokens_out),
        ("context_tokens", tokens_in + tokens_out),
    ):
        if asked > (limit_of(limits, name) or 0):
            return f"{name} {limits.get(name, 'unknown')}, asked {asked}"
    for field, known, words in (
        ("capabilities", model.capabilities, request.capabilities),
        ("input", model.input, request.input),
    ):
        for word in words:
            if known is None or word not in known:
                unknown = model.has_word(field, word) is None
                return f"{field} unknown, asked {word}" if unknown else f"{field} without {word}"
    return None


def request_reaching(
    ranking: Sequence[ModelId], models: Mapping[ModelId, Model], index: int
) -> Request | None:
    """A request with every model available that the model at `index` answers; None if none does."""
    known = {model: with_known_context(models[model]) for model in ranking}
    return reaching(ranking, known, index)
