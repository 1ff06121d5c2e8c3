"""Resolver 1, reaching: whether some request makes the walk stop at a given rank.

Exact, not sampled. What a request asks can only grow harder to meet, so the hardest request that
the wanted model still meets is the one to try: every capability and kind of input that it has, and
as many tokens as fit. Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.resolvers.v1.walk import walk


def request_reaching(
    ranking: Sequence[ModelId], models: Mapping[ModelId, Model], index: int
) -> Request | None:
    """A request with every model available that the model at `index` answers; None if none does."""
    if index == 0:
        return Request()
    wanted = models[ranking[index]]
    for input_tokens, output_tokens in _hardest_tokens(
        wanted, [models[model] for model in ranking[:index]]
    ):
        request = Request(
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            capabilities=tuple(sorted(wanted.capabilities or ())),
            input=tuple(sorted(wanted.input or ())),
        )
        # The walk itself confirms it, so that this can never claim what the walk would not do.
        if walk(ranking, models, request)[0] == index:
            return request
    return None


def _hardest_tokens(wanted: Model, higher: Sequence[Model]) -> Iterator[tuple[int, int]]:
    """Tokens in and out of which at least one pair works, if any does.

    No pair asks more than one on the line from the longest input to the longest output that fit
    together. Along it a higher model meets the request in one stretch of inputs, `context - output
    limit` to its input limit, so only the ends of the line and the first step outside each stretch
    need to be tried.
    """
    inputs, outputs = wanted.limits.get("input_tokens", 0), wanted.limits.get("output_tokens", 0)
    context = wanted.limits.get("context_tokens", 0)
    longest, shortest = min(inputs, context), max(0, context - outputs)
    tries = {longest, min(shortest, longest)}
    for model in higher:
        tries.add(model.limits.get("input_tokens", 0) + 1)
        tries.add(context - model.limits.get("output_tokens", 0) - 1)
    for tokens in sorted(tries, reverse=True):
        if min(shortest, longest) <= tokens <= longest:
            yield tokens, min(outputs, context - tokens)
