"""Resolver 1, walking: the first ranked model that a request can use.

A walk, not a new ranking: a long request may cost another order than the workload's. Append-only
once a release has landed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request


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
        if asked > limits.get(name, 0):
            return f"{name} {limits.get(name, 'unknown')}, asked {asked}"
    for field, known, words in (
        ("capabilities", model.capabilities, request.capabilities),
        ("input", model.input, request.input),
    ):
        for word in words:
            if known is None:
                return f"{field} unknown, asked {word}"
            if word not in known:
                return f"{field} without {word}"
    return None
