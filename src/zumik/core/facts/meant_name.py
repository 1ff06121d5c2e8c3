"""Meant names: the alias or model that a person most likely meant by a text that names none.

A hint never proposes another model: names that differ in a number are different models, and what
is close by letters alone is proposed only where the numbers are the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.model_identity import Identity, identity_of

_MAX_TEXT = 200
_MAX_COMPARED = 2000
"""Names that a text is compared with; comparing more would let a bad name cost seconds."""
_MAX_NAMED = 3
_NUMBERS = re.compile(r"[0-9]+")


def meant_name(
    text: str, aliases: Iterable[str], models: Mapping[ModelId, Model], otherwise: str
) -> str:
    """The hint that names the alias or models that a text means, else `otherwise`.

    An alias is found in other letter case and before a tag such as `:latest`; a model by its
    revision, without its provider and in every spelling that `model_identity` knows.
    """
    text, known = text[:_MAX_TEXT], list(aliases)
    plain = re.split(r"[@:]", text.strip().casefold())[0]
    if plain in known and "/" not in text:
        return f"did you mean {plain}?"
    for wanted in (Identity.SAME, Identity.OTHER_REVISION):
        found = _identified(text, models.values(), wanted)
        if found:
            names = " or ".join(found[:_MAX_NAMED])
            other = "" if wanted is Identity.SAME else " This is another revision of it."
            return f"did you mean {names}?{other}"
    close = [name for name in [*known, *models] if _numbers(name) == _numbers(text)]
    return did_you_mean(text, close[:_MAX_COMPARED], otherwise)


def _identified(text: str, models: Collection[Model], wanted: Identity) -> list[ModelId]:
    """The models that a text names in another spelling; variants only where nothing else is."""
    if len(models) > _MAX_COMPARED:
        return []
    plain = (model for model in models if model.variant_of is None)
    return sorted(model.id for model in plain if identity_of(text, model) is wanted)


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(text)
