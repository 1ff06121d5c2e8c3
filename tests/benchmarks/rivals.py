"""What `resolve()` is held against: LiteLLM's Router choosing among three deployments.

It does other work than zumik: it spreads load and sits out failures. It is here because it is what
stands in a gateway's path today.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

Many = Callable[[int], object]
"""Makes a choice so many times."""

_ALIAS = "code.fast"
_MESSAGES = [{"role": "user", "content": "-"}]


def choosing_routers() -> Mapping[str, Many]:
    """The Router as it comes, which looks at no need of a request."""
    router = _router()
    if router is None:
        print("litellm is not installed: its Router is not measured", file=sys.stderr)
        return {}
    return {
        "LiteLLM Router, sync": partial(_choose, router),
        "LiteLLM Router, async": partial(_choose_async, router),
    }


def checking_routers() -> Mapping[str, Many]:
    """The Router with the checks that look at a request's needs."""
    router = _router(enable_pre_call_checks=True)
    return {} if router is None else {"LiteLLM Router, pre-call checks": partial(_choose, router)}


def _router(**options: bool) -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would ask the network otherwise
    try:
        from litellm import Router
    except ImportError:
        return None
    deployments = [
        {"model_name": _ALIAS, "litellm_params": {"model": f"openai/{name}", "api_key": "-"}}
        for name in ("gpt-5", "gpt-5-mini", "gpt-4.1")
    ]
    return Router(model_list=deployments, **options)


def _choose(router: Any, times: int) -> None:
    for _ in range(times):
        router.get_available_deployment(model=_ALIAS, messages=_MESSAGES)


def _choose_async(router: Any, times: int) -> None:
    async def choose() -> None:
        for _ in range(times):
            await router.async_get_available_deployment(
                model=_ALIAS, messages=_MESSAGES, request_kwargs={}
            )

    asyncio.run(choose())
