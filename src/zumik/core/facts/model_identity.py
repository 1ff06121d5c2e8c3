"""Model identity: whether a text that a provider or a gateway wrote names a given model.

One offering is spelled in many ways: with its provider, a gateway or a path before it, with a
region, a version mark or a date behind it, in capitals. Nothing here guesses at families: what is
left after the marks are taken off must be equal. Chapter 15 of the specification says each step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple

from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Model


class Identity(Enum):
    """How a text relates to a model: it names this revision, another revision, another model.

    NO_REVISION: it names the model, as `-latest` does, and the provider decides which revision.
    """

    SAME = "same"
    NO_REVISION = "no_revision"
    OTHER_REVISION = "other_revision"
    OTHER_MODEL = "other_model"


class Spelling(NamedTuple):
    """A model's name without its marks, and the one that distinguishes revisions, if there is one.

    `mark` is `latest`, a date as eight digits, a month and a year as in `03-2025`, or a number of
    three or four such as `0613` or `2508`.
    """

    name: str
    mark: str | None = None


LATEST = "latest"

PROVIDER_NAMES = {
    "gemini": "google",
    "vertex_ai": "google",
    "google-vertex": "google",
    "google-gla": "google",
    "google_genai": "google",
    "google_vertexai": "google",
    "gcp.gemini": "google",
    "gcp.vertex_ai": "google",
    "bedrock": "amazon-bedrock",
    "bedrock_converse": "amazon-bedrock",
    "aws_bedrock": "amazon-bedrock",
    "aws.bedrock": "amazon-bedrock",
    "together_ai": "together",
    "togetherai": "together",
    "moonshot": "moonshotai",
    "dashscope": "alibaba",
    "qwen": "alibaba",
    "x-ai": "xai",
    "x_ai": "xai",
    "z-ai": "zai",
    "mistralai": "mistral",
    "mistral_ai": "mistral",
    "meta-llama": "meta",
    "meta_llama": "meta",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
}
"""Other names of providers, as gateways write them before the first `/` or `:`."""

GATEWAYS = frozenset({"openrouter", "litellm_proxy", "vercel_ai_gateway", "portkey", "helicone"})
"""Names before a model that say who carried the request: a gateway serves no model itself."""

_FIRST = re.compile(r"([^/:]+)([/:])(?=.)")
# What LiteLLM writes between Bedrock and the model: the API that it calls, or a region.
_BEDROCK_ROUTE = re.compile(r"(?:converse|invoke|[a-z]{2}(?:-gov)?-[a-z]+-[0-9])/(?=.)")
# Amazon's ARN, as in `arn:aws:bedrock:us-east-1:123456789012:inference-profile/`, and Vertex AI's
# path. Their prefixes are written out, so that another host's path keeps the name of that host.
_PATH = re.compile(
    r"(?:(?:arn:aws[a-z-]*:bedrock:[^/]*:)?(?:foundation-model|inference-profile)"
    r"|(?:projects/[^/]+/locations/[^/]+/)?publishers/[^/]+/models)/(?=.)"
)
# Amazon Bedrock: an optional region, then the maker, as in `us.anthropic.claude-haiku-5-5`. The
# makers are listed because `gpt-5.4` has a dot too.
_BEDROCK = re.compile(
    r"(?:(?:us|us-gov|eu|apac|ap|jp|au|ca|sa|me|in|global)\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai"
    r"|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)\.(?=.)"
)
_BEDROCK_VERSION = re.compile(r"-v[0-9]+:[0-9]+(?::[0-9]+k)?$")
# Claude Code's mark for the long context, as in `claude-sonnet-5[1m]`.
_CONTEXT_MARK = re.compile(r"\[[0-9]+[km]\]$")
_NO_DATE = re.compile(r"[@-]default$")
_MARKS = (
    re.compile(rf"[@-]({LATEST})$"),
    re.compile(r"[@-](20[0-9]{2})-?([01][0-9])-?([0-3][0-9])$"),
    re.compile(r"[@-]((?:0[1-9]|1[0-2])-20[0-9]{2})$"),
    re.compile(r"[@-]([0-9]{3,4})$"),
)
_SPACE = " \t\n\v\f\r"
_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def identity_of(
    text: str,
    model: Model,
    revisions: Iterable[str | None] = (),
    is_known: Callable[[ModelId], bool] = lambda _: False,
) -> Identity:
    """How a text relates to a model; `revisions` are further names that are known to be its own.

    A mark is held against those of the model's names; where they have none, against the day of its
    release if the provider promises not to re-point the name. A text that would name another
    revision names another model where `is_known` says that there is a model with that id.
    """
    provider = model.id.provider
    known = {_spelling(name, provider) for name in _names_of(model, revisions)}
    said = _spelling(text, provider)
    if said.name not in {spelling.name for spelling in known}:
        return Identity.OTHER_MODEL
    if said in known:
        return Identity.SAME
    found = Identity.NO_REVISION
    if said.mark not in (None, LATEST):
        marks = {spelling.mark for spelling in known} - {None, LATEST}
        if not marks and model.pinned and model.released_on is not None:
            marks = {f"{model.released_on:%Y%m%d}"}
        if not marks or said.mark in marks:
            return Identity.SAME
        found = Identity.OTHER_REVISION
    return Identity.OTHER_MODEL if any(map(is_known, _ids_of(text, provider))) else found


def _names_of(model: Model, revisions: Iterable[str | None]) -> set[str]:
    """Every name of a model without its provider: of its id, its revision, upstream.

    A host of other makers' models has the maker in the id, as in `groq/openai/gpt-oss-120b`.
    """
    ids = {model.id, model.variant_of or model.id}
    names = {id_.removeprefix(f"{id_.provider}/") for id_ in ids}
    names |= {name.rpartition("/")[2] for name in names}
    return names | {
        name for name in (model.revision, model.upstream.model, *revisions) if name is not None
    }


def _ids_of(text: str, provider: str) -> set[ModelId]:
    """The ids that a model of the provider would have whose name the text is."""
    bare = _without_prefix(text.strip(_SPACE), provider)
    ids = set()
    for name in (bare, _without_route(bare.lower())):
        try:
            ids.add(ModelId(f"{provider}/{name}"))
        except BadName:
            continue
    return ids


def _spelling(text: str, provider: str) -> Spelling:
    """The name and the mark of a text that may name a model of the provider."""
    name, mark = _without_route(_without_prefix(text.strip(_SPACE), provider).lower()), None
    for pattern in _MARKS:
        found = pattern.search(name)
        if found:
            name, mark = name[: found.start()], "".join(found.groups())
            break
    return Spelling(_DOT.sub("-", name), mark)


def _without_route(name: str) -> str:
    """A lowercase name without its path, region and version, which distinguish no models."""
    name = _BEDROCK_VERSION.sub("", _CONTEXT_MARK.sub("", name))
    for leading in (_PATH, _BEDROCK):
        found = leading.match(name)
        name = name[found.end() :] if found else name
    return _NO_DATE.sub("", name)


def _without_prefix(text: str, provider: str) -> str:
    """A text without the provider, by any of its names, gateways and `models/` before it."""
    ours = {provider, provider.replace("-", "_")}
    ours |= {other for other, name in PROVIDER_NAMES.items() if name == provider}
    # A position and no slices: the text may be as long as a log line.
    start = 0
    while first := _FIRST.match(text, start):
        prefix, mark = first[1].lower(), first[2]
        if prefix not in ours | GATEWAYS and (prefix, mark) != ("models", "/"):
            break
        start = first.end()
        if provider == "amazon-bedrock" and prefix in ours:
            route = _BEDROCK_ROUTE.match(text, start)
            start = route.end() if route else start
    return text[start:]
