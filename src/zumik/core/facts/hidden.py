"""What is hidden: the rule by which a provider is confidential, and the words for its models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model

FROZEN_MARK = b'"confidential"'
"""The key by which a frozen release says that a model is confidential, as its bytes have it."""


class Hidden(NamedTuple):
    """What may not be shown: the confidential providers, and what their models are called.

    `words` are the models' names, revisions and upstream names, without the provider.
    """

    providers: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def shows(self, model: ModelId) -> bool:
        """Whether a model may be shown to everybody."""
        return model.provider not in self.providers

    def shows_all(self, models: Iterable[ModelId]) -> bool:
        """Whether all of them may be shown, so that a ranking of them may be too."""
        return all(map(self.shows, models))


def confidential(marked: Iterable[str], said: Mapping[str, bool]) -> frozenset[str]:
    """The rule: which providers are confidential.

    `marked` are those that any release of the line ever marked, and `said` is what the catalog says
    today, by provider. What was marked once stays confidential until a person writes
    `confidential: false`: a flag that is merely missing says nothing.
    """
    hidden = {*marked, *(provider for provider, flag in said.items() if flag)}
    return frozenset(hidden - {provider for provider, flag in said.items() if not flag})


def marked_by(models: Iterable[Model]) -> frozenset[str]:
    """The providers that one of these models marks as confidential."""
    return frozenset(model.id.provider for model in models if model.confidential)


def hidden_among(models: Iterable[Model], providers: AbstractSet[str]) -> Hidden:
    """These confidential providers, with the words for those of the models that are theirs."""
    words = (words_for(model) for model in models if model.id.provider in providers)
    return Hidden(frozenset(providers), frozenset[str]().union(*words))


def words_for(model: Model) -> frozenset[str]:
    """The words by which a text may name a model, beside its provider's name."""
    name = model.id.removeprefix(f"{model.id.provider}/")
    return frozenset({name, model.revision or name, model.upstream.model or name})


def named_by(
    hidden: Hidden, aliases: Iterable[str] = (), shown: Iterable[Model] = ()
) -> Callable[[str], frozenset[str]]:
    """Finds the words for what is hidden that a text has, in lower case.

    The names of `aliases` are shown always. A word that a model in `shown` has too says nothing of
    a hidden one, nor does one without a letter: it may be a date or a number.
    """
    common = frozenset[str]().union(*map(words_for, shown))
    words = hidden.providers | {
        word for word in hidden.words - common if any(map(str.isalpha, word))
    }
    if not words:
        return lambda text: frozenset()
    hush = _any_of(words)
    allowed = [alias for alias in aliases if re.search(hush, alias, re.IGNORECASE)]
    either = f"{_any_of(allowed)}|({hush})" if allowed else f"({hush})"
    pattern = re.compile(either, re.IGNORECASE)
    return lambda text: frozenset(
        match[1].lower() for match in pattern.finditer(text) if match[1] is not None
    )


def _any_of(words: Iterable[str]) -> str:
    # The longest first: of two words that begin alike, the longer one is meant.
    listed = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
    return rf"(?<!\w)(?:{listed})(?!\w)"
