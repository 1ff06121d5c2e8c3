"""Token edges: the counts at which a request stops fitting a model, and where a request lies.

A walk compares tokens with limits and with nothing else. So two requests that differ only in their
counts, and pass the same limits, get the same answer: of many distinct counts few decisions remain.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from zumik.core.facts.catalog import Model

Ranks = tuple[int, int, int]
"""How many limits are below the tokens in, the tokens out, and both together."""


class TokenEdges(NamedTuple):
    """The distinct limits of all models, in order. A limit that is not known counts as 0."""

    input: tuple[int, ...]
    output: tuple[int, ...]
    context: tuple[int, ...]

    def ranks(self, input_tokens: int, output_tokens: int) -> Ranks:
        """Equal ranks get equal verdicts; a count that equals a limit is still within it."""
        return (
            bisect_left(self.input, input_tokens),
            bisect_left(self.output, output_tokens),
            bisect_left(self.context, input_tokens + output_tokens),
        )


def _with_context(limits: Mapping[str, int]) -> Mapping[str, int]:
    """The limits that count for some resolver: in resolver 2 a context follows from the others."""
    if "context_tokens" in limits or not limits:
        return limits
    return {**limits, "context_tokens": max(limits.values())}


def token_edges(models: Iterable[Model]) -> TokenEdges:
    """The edges of these models: of every release's, where any release may be named."""
    limits = [_with_context(model.limits) for model in models]
    return TokenEdges(
        *(
            tuple(sorted({0, *(known[name] for known in limits if name in known)}))
            for name in ("input_tokens", "output_tokens", "context_tokens")
        )
    )
