"""Which models and facts an import is about: globs of models, and facts named as MODEL#FIELD."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from shlex import quote

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.candidate_globs import glob_matcher
from zumik.core.facts.catalog import Model
from zumik.errors import UsageError
from zumik.sources.offers import Offer
from zumik.sources.proposals import LISTS, SCALARS

FIELDS = ("price", "limits", *LISTS, "retires_on", "lifecycle", "revision", *SCALARS)
"""The fields that an import can change and a person accept."""


def asked_to_add(add: Sequence[str], providers: Sequence[str]) -> Callable[[ModelId], bool]:
    """Whether a model is to be added: of another provider only where the glob names that one."""
    by_name = matcher([glob for glob in add if not set(glob.partition("/")[0]) & set("*?")])
    by_glob = matcher(add)

    def asked(model: ModelId) -> bool:
        return by_name(model) or ((not providers or model.provider in providers) and by_glob(model))

    return asked


def offer_for(model: Model, offers: Mapping[ModelId, Offer]) -> Offer | None:
    """The source's entry for a model: under its own id or, failing that, the one sent upstream."""
    if (exact := offers.get(model.id)) is not None or model.upstream.model is None:
        return exact
    try:
        return offers.get(ModelId(f"{model.id.provider}/{model.upstream.model}"))
    except BadName:
        return None


def named_facts(
    option: str, facts: Iterable[str], models: Iterable[ModelId]
) -> Callable[[ModelId, str], bool]:
    """Whether an option names a field of a model. Raises UsageError."""
    asked = [(glob, field) for glob, _, field in (text.partition("#") for text in facts)]
    for glob, name in asked:
        if name and name not in FIELDS:
            raise UsageError(
                f"{option} {shown(f'{glob}#{name}')} names no field that an import can change",
                hint=f"MODEL#FIELD with one of {', '.join(FIELDS)}",
            )
    refuse_idle_globs((glob for glob, _ in asked), models)
    patterns = [(glob_matcher(glob), name) for glob, name in asked]
    return lambda model, name: any(
        pattern.fullmatch(model) and only in ("", name) for pattern, only in patterns
    )


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text matches any of the globs."""
    patterns = [glob_matcher(glob) for glob in globs]
    return lambda text: any(pattern.fullmatch(text) for pattern in patterns)


def refuse_idle_globs(globs: Iterable[str], models: Iterable[ModelId]) -> None:
    """Raises UsageError for a glob that matches none of the models."""
    models = list(models)
    for glob in globs:
        if not any(map(glob_matcher(glob).fullmatch, models)):
            raise UsageError(
                f"{shown(glob)} matches no model of the source",
                hint=_hyphened(glob, models)
                or did_you_mean(glob, models, "quote globs, as in 'anthropic/*'"),
            )


def _hyphened(glob: str, models: Iterable[ModelId]) -> str | None:
    """The hint for a glob with LiteLLM's spelling of a provider; None where that is not it."""
    provider, slash, rest = glob.partition("/")
    ours = f"{provider.replace('_', '-')}{slash}{rest}"
    return (
        f"did you mean {quote(ours)}?" if any(map(glob_matcher(ours).fullmatch, models)) else None
    )
