"""Resolver 2, limits: how many tokens a model is known to take.

A context window holds the longest input and the longest output, so one that is unknown is at least
as large as either. Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Mapping

from zumik.core.facts.catalog import Model


def limit_of(limits: Mapping[str, int], name: str) -> int | None:
    """The tokens that a limit is known to be at least; None where nothing is known of it."""
    known = limits.get(name)
    if known is not None or name != "context_tokens":
        return known
    return max(
        (limits[other] for other in ("input_tokens", "output_tokens") if other in limits),
        default=None,
    )


def with_known_context(model: Model) -> Model:
    """The model with the context window that it is known to have at least."""
    context = limit_of(model.limits, "context_tokens")
    if context is None or "context_tokens" in model.limits:
        return model
    return model._replace(limits={**model.limits, "context_tokens": context})
