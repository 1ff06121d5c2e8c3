"""Model identity: whether a text that a provider or a gateway wrote names a given model.

One model is spelled in many ways: with its provider or a path before it, with a region, a version
mark or a date behind it, in capitals. Nothing here guesses at families: what is left after the
marks are taken off must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from zumik.core.facts.catalog import Model


class Identity(Enum):
    """How a text relates to a model: it names this revision, another revision, another model."""

    SAME = "same"
    OTHER_REVISION = "other_revision"
    OTHER_MODEL = "other_model"


class Spelling(NamedTuple):
    """A model's name without its marks, and the one that distinguishes revisions, if there is one.

    `mark` is a date as eight digits, or a number of three or four such as `0613` or `2508`.
    """

    name: str
    mark: str | None = None


PROVIDER_NAMES = {
    "gemini": "google",
    "bedrock": "amazon-bedrock",
    "together_ai": "together",
    "moonshot": "moonshotai",
    "dashscope": "alibaba",
}
"""Other names of providers, as gateways write them before the first `/`."""

# Paths that a provider's own API puts before the model: Google's `models/` and
# `publishers/google/models/`, Fireworks' `accounts/fireworks/models/`, and Amazon's ARN
# `arn:aws:bedrock:us-east-1:123456789012:inference-profile/`.
_PATH = re.compile(r"(?:.*[/:])?(?:models|foundation-model|inference-profile)/(?=[^/]+$)")
# Amazon Bedrock: an optional region, then the maker, as in `us.anthropic.claude-haiku-5-5`. The
# makers are listed because `gpt-5.4` has a dot too.
_BEDROCK = re.compile(
    r"(?:(?:us|us-gov|eu|apac|ap|jp|au|ca|sa|me|global)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai"
    r"|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.(?=.)"
)
_BEDROCK_VERSION = re.compile(r"-v[0-9]+:[0-9]+(?::[0-9]+k)?$")
# Claude Code's mark for the long context, as in `claude-sonnet-5[1m]`.
_CONTEXT_MARK = re.compile(r"\[[0-9]+[km]\]$")
_NO_DATE = re.compile(r"[@-](?:latest|default)$")
_DATE = re.compile(r"[@-](20[0-9]{2})-?([01][0-9])-?([0-3][0-9])$")
_NUMBER = re.compile(r"[@-]([0-9]{3,4})$")


def spelling_of(text: str) -> Spelling:
    """The name that is left of a text without its path, region and marks."""
    name = _CONTEXT_MARK.sub("", text.strip().lower())
    name = _BEDROCK_VERSION.sub("", name)
    name = _PATH.sub("", name)
    name = _BEDROCK.sub("", name, count=1) if _BEDROCK.match(name) else name
    name = _NO_DATE.sub("", name)
    mark = _DATE.search(name) or _NUMBER.search(name)
    return Spelling(name[: mark.start()], "".join(mark.groups())) if mark else Spelling(name)


def identity_of(text: str, model: Model, revisions: Iterable[str | None] = ()) -> Identity:
    """How a text relates to a model; `revisions` are further names that are known to be its own.

    A text without a mark names this revision where one of the model's own names has none either. A
    mark is held against those of the model's names; where they have none, against the day of its
    release if the provider promises not to re-point the name: any other date is another revision.
    """
    known = {spelling_of(name) for name in _names_of(model, revisions)}
    bare = _without_provider(text, model)
    said = spelling_of(bare) if bare is not None else spelling_of(text)
    if said.name not in {spelling.name for spelling in known}:
        return Identity.OTHER_MODEL
    if said in known:
        return Identity.SAME
    marks = {spelling.mark for spelling in known} - {None}
    if not marks and model.pinned and model.released_on is not None:
        marks = {f"{model.released_on:%Y%m%d}"}
    return Identity.SAME if not marks or said.mark in marks else Identity.OTHER_REVISION


def _names_of(model: Model, revisions: Iterable[str | None]) -> set[str]:
    """Every name of a model without its provider: of its id, its revision, upstream."""
    ids = {model.id, model.variant_of or model.id}
    names = {id_.removeprefix(f"{id_.provider}/") for id_ in ids}
    return names | {
        name for name in (model.revision, model.upstream.model, *revisions) if name is not None
    }


def _without_provider(text: str, model: Model) -> str | None:
    """The text after the model's own provider, by any of its names; None where it names another."""
    provider, slash, rest = text.strip().partition("/")
    if not slash:
        return None
    ours = {model.id.provider, model.id.provider.replace("-", "_")}
    ours |= {other for other, name in PROVIDER_NAMES.items() if name == model.id.provider}
    return rest if provider.lower() in ours else None
