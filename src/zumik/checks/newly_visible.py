"""Rules for what a branch would show to everybody that was confidential before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from zumik.core.basics.findings import Finding, Locate
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.reviews.visibility import confidential_providers
from zumik.rules.branch_rules import CONFIDENTIAL_NO_LONGER


def check_disclosure(
    before: Iterable[Model], after: Iterable[Model], locate: Locate
) -> Iterator[Finding]:
    """One finding for each provider that was confidential, and has models that are not.

    `before` are the base's models, those of its newest release among them: a provider that left the
    catalog may come back. `after` are the catalog's that would land, and `locate` says where one of
    those is written, from `("models", ID)`.
    """
    hidden = confidential_providers(before)
    shown: defaultdict[str, list[ModelId]] = defaultdict(list)
    for model in after:
        if model.id.provider in hidden and not model.confidential:
            shown[model.id.provider].append(model.id)
    for provider, models in sorted(shown.items()):
        more = f" and {len(models) - 1} more" if len(models) > 1 else ""
        yield CONFIDENTIAL_NO_LONGER.at(
            locate(("models", models[0])),
            f"{provider} was confidential: {models[0]}{more} would be shown to everybody",
            "restore confidential: true; if it lands, pages and the API show all of it",
        )
