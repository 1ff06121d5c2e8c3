"""Which model of the catalog a logged call was made to.

A decision says which model should answer, and a gateway may call another, as after a fallback of
its own. So the name that was called counts where it clearly means another model of the catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.model_identity import Identity, identity_of
from zumik.core.traffic.logged_call import LoggedCall

# A log may hold any number of names that no catalog has, and each is compared with every model.
_MAX_SOUGHT = 1_000


class CalledModel(NamedTuple):
    """The model, if it is known; and whether the provider served another revision or model of it.

    `served_other` is None where the log does not say what was served.
    """

    model: ModelId | None
    served_other: bool | None = None


class CalledModels:
    """The models of a catalog by the names that logs have for them."""

    def __init__(self, models: Mapping[ModelId, Model]) -> None:
        self._models = dict(models)
        self._sought = 0
        self._named = lru_cache(maxsize=10_000)(self._find)
        self._served = lru_cache(maxsize=10_000)(self._is_other)

    def __reduce__(self) -> tuple[type[CalledModels], tuple[Mapping[ModelId, Model]]]:
        """What another process needs: the models, and none of what was found."""
        return CalledModels, (self._models,)

    def of(self, call: LoggedCall) -> CalledModel:
        """The model that a call was made to; None where it is not one of these."""
        line = call.decision
        model = self._named(call.called, line.model if line else None)
        served = call.served or (line.served_model if line else None)
        if model is None or served is None:
            return CalledModel(model)
        if line is not None and line.reference.alias and served == line.reference.alias:
            return CalledModel(model)
        return CalledModel(model, self._served(served, model, line.revision if line else None))

    def _find(self, called: str | None, decided: ModelId | None) -> ModelId | None:
        known = self._models.get(decided) if decided else None
        if known is None:
            decided = None
        if called is None or called == decided:
            return decided
        if known is not None and identity_of(called, known) is not Identity.OTHER_MODEL:
            return decided
        named = self._named_by(called)
        # A name that no model has is the gateway's own, as a deployment's or the alias's is.
        if not named:
            return decided
        return named.pop() if len(named) == 1 else None

    def _named_by(self, called: str) -> set[ModelId]:
        """The models that are called so."""
        with suppress(BadName):
            if (whole := ModelId(called)) in self._models:
                return {whole}
        if self._sought >= _MAX_SOUGHT:
            return set()
        found = {
            name
            for name, model in self._models.items()
            if model.variant_of is None
            and identity_of(called, model) in (Identity.SAME, Identity.NO_REVISION)
        }
        self._sought += not found
        return found

    def _is_other(self, served: str, model: ModelId, revision: str | None) -> bool:
        known = self._models.__contains__
        identity = identity_of(served, self._models[model], [revision], known)
        return identity in (Identity.OTHER_REVISION, Identity.OTHER_MODEL)
