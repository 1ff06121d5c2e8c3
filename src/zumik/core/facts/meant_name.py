"""Meant names: the alias or model that a person most likely meant by a text that names none.

A hint never proposes another model: names that differ in a number or in a word of the family, such
as `haiku` and `opus`, are different models. What is close by letters is proposed only where the
numbers are the same and each word is close to one. Give only what the reader may see.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import partial

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.model_identity import Identity, identity_of

_MAX_TEXT = 200
_MAX_COMPARED = 2000
"""Names that a text is compared with; comparing more would let a bad name cost seconds."""
_MAX_NAMED = 3
_CLOSE = 0.7
"""How alike two words are, from 0 to 1: `haikuu` and `haiku` are, `haiku` and `opus` are not."""
_NUMBERS = re.compile(r"[0-9]+")
_WORDS = re.compile(r"[^\W\d_]+")


def meant_name(
    text: str, aliases: Iterable[str], models: Mapping[ModelId, Model], otherwise: str
) -> str:
    """The hint that names the alias or models that a text means, else `otherwise`.

    An alias is found in other letter case and before a tag such as `:latest`; a model by its
    revision, without its provider, under another one, and in every spelling that `model_identity`
    knows. Where several are equally near, the hint names all of them, or none if they are many.
    """
    text, known = text[:_MAX_TEXT], list(aliases)
    plain = re.split(r"[@:]", text.strip().casefold())[0]
    if plain in known and "/" not in text:
        return f"did you mean {plain}?"
    if len(models) <= _MAX_COMPARED:
        found = _identified(text, models) or _closest(text, models)
        if found:
            return found
    close = [name for name in known if _numbers(name) == _numbers(text)]
    return did_you_mean(text, close[:_MAX_COMPARED], otherwise)


def _identified(text: str, models: Mapping[ModelId, Model]) -> str | None:
    """The models that a text names in another spelling, then those that it names elsewhere.

    `azure/gpt-4.1` and `anthropic/gpt-4.1` name an offering of another provider than the one that
    has it, so the rest alone is looked for where no model has the whole.
    """
    for part in dict.fromkeys((text, text.strip().rpartition("/")[2])):
        named = part.strip().lower()
        exact = [m for m in models if named in (m.lower(), m.lower().partition("/")[2])]
        if exact:
            return _named(exact)
        names: dict[Identity, list[ModelId]] = {}
        for model in models.values():
            # Variants have no spellings of their own.
            if model.variant_of is None:
                names.setdefault(identity_of(part, model), []).append(model.id)
        for wanted in (Identity.SAME, Identity.NO_REVISION, Identity.OTHER_REVISION):
            if wanted in names:
                other = " This is another revision of it."
                return _named(names[wanted], other if wanted is Identity.OTHER_REVISION else "")
    return None


def _closest(text: str, models: Collection[ModelId]) -> str | None:
    """The models with the same numbers, and with a word close to each of the text's."""
    providers = {model.provider for model in models}
    provider, slash, rest = text.strip().lower().partition("/")
    ratios: dict[ModelId, float] = {}
    for model in models:
        named = model.lower().partition("/")[2]
        said = rest if slash else provider
        # A provider may be mistyped, but one that is known is the one that is meant.
        ours = provider == model.provider or (
            provider not in providers and _alike(provider, model.provider) >= _CLOSE
        )
        if (ours or not slash) and _numbers(named) == _numbers(said):
            ratios[model] = _words_alike(said, named)
    best = max(ratios.values(), default=0.0)
    if best < _CLOSE:
        return None
    names = [model for model, ratio in ratios.items() if ratio == best]
    return _named(names) if len(names) <= _MAX_NAMED else None


def _words_alike(text: str, name: str) -> float:
    """How alike the least alike words are; 0 where there are more words on one side.

    Words that both have are taken out first, so that each of the others is held against what is
    left: a family word must be there, and may be mistyped.
    """
    ours, theirs = Counter(_WORDS.findall(text)), Counter(_WORDS.findall(name))
    left, right = list((ours - theirs).elements()), list((theirs - ours).elements())
    if len(left) != len(right):
        return 0.0
    worst = 1.0
    for word in left:
        nearest = max(right, key=partial(_alike, word))
        right.remove(nearest)
        worst = min(worst, _alike(word, nearest))
    return worst


def _alike(left: str, right: str) -> float:
    # Imported here because most commands finish without a mistyped word.
    from difflib import SequenceMatcher

    return SequenceMatcher(None, left, right).ratio()


def _named(models: Iterable[ModelId], other: str = "") -> str:
    return f"did you mean {' or '.join(sorted(models)[:_MAX_NAMED])}?{other}"


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(text)
