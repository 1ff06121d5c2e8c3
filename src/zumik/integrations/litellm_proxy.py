"""What the callback asks of LiteLLM's proxy: its settings, its router, its counters, its errors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from zumik.core.basics.display import shown
from zumik.core.decisions.decision import NoCandidate
from zumik.errors import ZumikError
from zumik.integrations.litellm_settings import CallbackSettings, settings_of
from zumik.integrations.request_needs import prompts_of


def proxy_settings() -> CallbackSettings:
    """The settings of `litellm_settings: zumik:`, and of the environment. Raises UsageError."""
    import litellm

    # LiteLLM turns each setting that it does not know into an attribute of its module.
    return settings_of(os.environ, getattr(litellm, "zumik", None))


def proxy_router() -> Any:
    """The router of the proxy that runs in this process; None before it has one."""
    from litellm.proxy import proxy_server

    return proxy_server.llm_router


def budget_limiter() -> Any:
    """What keeps the budgets for single models."""
    from litellm.proxy import proxy_server

    return proxy_server.model_max_budget_limiter


def rate_limiter() -> Any:
    """What keeps the rate limits; None where LiteLLM is set to its older one, which counts other
    names."""
    import litellm

    return next(
        (found for found in litellm.callbacks if hasattr(found, "create_rate_limit_descriptors")),
        None,
    )


def input_tokens(data: Mapping[str, object]) -> int | None:
    """How long a request's longest prompt is, by LiteLLM's own counter; None where it is not used.

    It is counted without a model's own tokenizer, so it is an estimate, the same for every model.
    """
    import litellm

    counted = [
        litellm.token_counter(model="", text="\n".join(prompt.texts)) + prompt.tokens
        for prompt in prompts_of(data)
    ]
    return max(counted) or None


def refusal(error: ZumikError, reference: str, *, known: bool) -> Exception:
    """An error that LiteLLM turns into the caller's API format, OpenAI's or Anthropic's."""
    from litellm.proxy._types import ProxyException

    message, kind, status, code = error.message, "invalid_request_error", 404, "model_not_found"
    if error.hint and error.hint.startswith("did you mean"):
        message = f"{message}: {error.hint}"
    if not known:
        message = f"{shown(reference)}: this gateway has no releases to answer from"
        kind, status, code = "service_unavailable", 503, "no_releases"
    elif isinstance(error, NoCandidate):
        status, code = 400, error.code
    found: Exception = ProxyException(message, kind, "model", status, openai_code=code)
    return found


def limit_refusal(message: str, seconds: int) -> Exception:
    """A 429 for a rate limit of an alias, as LiteLLM gives it for one of a model."""
    from litellm.proxy._types import ProxyException

    found: Exception = ProxyException(
        message,
        "rate_limit_error",
        "model",
        429,
        headers={"retry-after": str(seconds)},
        openai_code="rate_limit_exceeded",
    )
    return found
