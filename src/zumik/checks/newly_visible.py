"""Rules for what a branch would show to everybody that was confidential before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from zumik.core.basics.findings import Finding, Locate
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.rules.branch_rules import CONFIDENTIAL_NO_LONGER, CONFIDENTIAL_UNSAID


def check_disclosure(
    hidden: AbstractSet[str], said: Mapping[str, bool], after: Iterable[Model], locate: Locate
) -> Iterator[Finding]:
    """One finding for each provider that was confidential, and is not said to be so now.

    `hidden` are the providers that the base keeps confidential: one that left the catalog may come
    back. `said` is what the catalog would say of each provider, `after` are the models in it, and
    `locate` says where one of those is written, from `("models", ID)`.
    """
    shown: defaultdict[str, list[ModelId]] = defaultdict(list)
    for model in after:
        provider = model.id.provider
        if provider in hidden and not said.get(provider, False):
            shown[provider].append(model.id)
    for provider, models in sorted(shown.items()):
        where, more = locate(("models", models[0])), ""
        if len(models) > 1:
            more = f" and {len(models) - 1} more"
        if provider in said:
            yield CONFIDENTIAL_NO_LONGER.at(
                where,
                f"{provider} was confidential: {models[0]}{more} would be shown to everybody",
                "restore confidential: true; if it lands, pages and the API show all of it",
                about=(provider,),
            )
        else:
            yield CONFIDENTIAL_UNSAID.at(
                where,
                f"{provider} was confidential, and its catalog file does not say whether it is: "
                f"{models[0]}{more}",
                "write confidential: true beside provider:, or false to show it to everybody",
            )
