"""Live aliases in LiteLLM's list of models, for the pickers of chat clients.

An alias is listed as a deployment that cannot answer: its address has a name that never resolves.
So a request that gets past the callback ends in an error, and never at a model without a receipt.
LiteLLM's own aliases (`model_group_alias`) would not do: a key that may call the model that an
alias is written for could then call the alias, and with it every other model of its ranking.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_NOWHERE = "https://only-the-zumik-callback-answers-aliases.invalid/v1"


class ListedAliases:
    """The aliases that were added to a router: `names`."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()

    def show(self, router: Any, live: Collection[str]) -> None:
        """Add the live aliases, and remove those that are not live any more.

        A name that is deployed otherwise stays as it is. LiteLLM may have made its router again, so
        what was added once is looked for.
        """
        for name in self.names.difference(live):
            router.delete_deployment(id=_id_of(name))
        added = {name for name in live if name not in router.model_names}
        for name in added:
            _add(router, name)
        self.names = self.names.intersection(live) | added


def _id_of(alias: str) -> str:
    return f"zumik-alias-{alias}"


def _add(router: Any, alias: str) -> None:
    from litellm.types.router import Deployment, LiteLLM_Params, ModelInfo

    router.add_deployment(
        Deployment(
            model_name=alias,
            litellm_params=LiteLLM_Params(
                model=f"openai/{alias}", api_base=_NOWHERE, api_key="none", max_retries=0
            ),
            # A health check would report it as ill.
            model_info=ModelInfo(id=_id_of(alias), disable_background_health_check=True),
        )
    )
