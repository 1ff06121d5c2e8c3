"""LiteLLM's price file: JSON bytes in, offers out.

LiteLLM states prices in USD per token as floats, flags instead of lists, and nothing on the context
window, the revision or whether an id is pinned. What it does not state is not derived here, least
of all from an id. Which offer changes a catalog is for `merge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Lacks, Lifecycle, Model, Upstream
from zumik.sources.foreign_entries import (
    Entry,
    Fields,
    Unusable,
    any_list,
    day_near,
    flag,
    json_object,
    kind_of,
    modalities,
    read_entries,
    short_text,
    tokens,
)
from zumik.sources.litellm_rates import litellm_price
from zumik.sources.offers import Imported, Offer, charge_key, every_rate

PROVIDERS = {
    "gemini": "google",
    "dashscope": "alibaba",
    "meta_llama": "meta",
    "together_ai": "together",
    "moonshot": "moonshotai",
    "bedrock": "amazon-bedrock",
    "bedrock_converse": "amazon-bedrock",
    "cohere_chat": "cohere",
}
"""LiteLLM's providers that have another name here; the others keep theirs, with `-` for `_`."""

_VERTEX = "vertex_ai-"
"""LiteLLM has a provider for each maker on Vertex AI: `vertex_ai-anthropic_models`."""

CAPABILITIES = {
    "supports_function_calling": "tools",
    "supports_parallel_function_calling": "parallel_tools",
    "supports_response_schema": "structured_output",
    "supports_native_structured_output": "structured_output",
    "supports_prompt_caching": "prompt_caching",
    "supports_reasoning": "reasoning",
    "supports_web_search": "web_search",
    "supports_computer_use": "computer_use",
    "supports_audio_output": "audio_output",
}
"""The flags that say what a model can do. The many others say how LiteLLM is to call it."""

INPUTS = {
    "supports_vision": "image",
    "supports_pdf_input": "pdf",
    "supports_audio_input": "audio",
    "supports_video_input": "video",
}

_LIMITS = {"max_input_tokens": "input_tokens", "max_output_tokens": "output_tokens"}

_MODES = ("chat", "responses")
"""The modes that are models of chat; `responses` only the provider's Responses API serves."""

HINT = "--from litellm:model_prices_and_context_window.json, LiteLLM's price file"


def read_litellm(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The chat models of a LiteLLM price file (`model_prices_and_context_window.json`).

    `source` names it and its version, as in `litellm 1.109.1`; prices become USD per million
    tokens. An entry that cannot be read is a finding and no offer. Raises CannotRun where the bytes
    are not strict JSON, or hold no chat model at all.
    """
    (data,) = files.values()
    entries = json_object(data, source, HINT)
    return read_entries(
        entries.items(),
        lambda key, value: _offer(key, value, entries, source, observed_on),
        source=source,
        observed_on=observed_on,
        one_of=_one_of,
        hint=HINT,
    )


def _offer(
    key: str, value: object, entries: Fields, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    """The offer that an entry makes, or why it makes none, and its unreadable fields.

    `entries` are all of the file, one of which may be named as a successor. Raises Unusable where
    the value is not an object.
    """
    if not isinstance(value, dict):
        raise Unusable(f"expected an object, found {kind_of(value)}")
    mode = value.get("mode")
    if not isinstance(mode, str):
        return "no mode", []
    if mode not in _MODES:
        return f"mode {shown(mode, 40)}", []
    provider = value.get("litellm_provider")
    if not isinstance(provider, str):
        return "no provider", []
    try:
        model_id, upstream = _model_id(key, provider)
    except BadName:
        return "no model id", []
    entry = Entry(value)
    capabilities, no_capabilities = _flags(entry, CAPABILITIES)
    inputs, no_inputs = _flags(entry, INPUTS)
    inputs |= {"text", *_modalities(entry)}
    price = litellm_price(entry, source)
    lifecycle = _lifecycle(entry, entries, source, observed_on)
    model = Model(
        id=model_id,
        retires_on=lifecycle.retires_on if lifecycle else None,
        upstream=upstream,
        limits=_limits(entry),
        input=frozenset(inputs),
        capabilities=frozenset(capabilities),
        price=price,
        source=source,
        observed_on=observed_on,
        output=entry.take("supported_output_modalities", modalities),
        mode=mode,
        # Most flags are silent: what is not denied is unknown.
        lacks=Lacks(frozenset(no_capabilities), frozenset(no_inputs - inputs)),
        lifecycle=lifecycle,
        cacheable_from_tokens=entry.take("prompt_cache_min_tokens", tokens) or None,
    )
    named = {charge_key(text) for text in (price.also_charged if price else ())}
    return Offer(
        key,
        model,
        frozenset(no_capabilities | (no_inputs - inputs)),
        settled=frozenset(value.keys() - named),
    ), entry.problems


def _lifecycle(entry: Entry, entries: Fields, source: str, observed_on: date) -> Lifecycle | None:
    """The day of retirement with the page that LiteLLM has it from, and the successor."""
    day = entry.take("deprecation_date", day_near(observed_on))
    successor = entry.take("successor_model", lambda value, key: _successor(value, key, entries))
    if day is None and successor is None:
        return None
    page = entry.take("deprecation_source", short_text) if day else None
    return Lifecycle(day, f"{source}, {page}" if page else source, observed_on, successor)


def _successor(value: object, key: str, entries: Fields) -> ModelId | None:
    """The model of the entry that is named; None where the file has no such entry."""
    other = entries.get(short_text(value, key))
    provider = other.get("litellm_provider") if isinstance(other, dict) else None
    try:
        return _model_id(str(value), provider)[0] if isinstance(provider, str) else None
    except BadName:
        raise Unusable(f"{key}: names no model id") from None


def _model_id(key: str, provider: str) -> tuple[ModelId, Upstream]:
    """`gemini/gemini-2.5-pro` of `gemini` is google's `gemini-2.5-pro`. Raises BadName.

    An id never begins with `@`: Cloudflare's `@cf/meta/…` is sent upstream as it is.
    """
    theirs = "vertex_ai" if provider.startswith(_VERTEX) else provider
    ours = PROVIDERS.get(theirs, theirs.lower().replace("_", "-"))
    prefixes = {ours, theirs, ours.replace("-", "_")}
    prefixes |= {name for name, other in PROVIDERS.items() if other == ours}
    prefix, slash, rest = key.partition("/")
    name = rest if slash and prefix in prefixes else key
    upstream = Upstream(name) if name.startswith("@") else Upstream()
    return ModelId(f"{ours}/{name.lstrip('@')}"), upstream


def _one_of(first: Offer, second: Offer) -> Offer:
    """Of two entries for one model, the one that LiteLLM itself looks up first.

    That is the one with the provider in its key. Where the two disagree, it is said; one may well
    state what the other leaves out.
    """
    best, other = sorted((first, second), key=lambda offer: len(offer.key), reverse=True)
    facts = (_flat(best.model), _flat(other.model))
    days = [offer.model.retires_on for offer in (best, other) if offer.model.retires_on]
    if days:
        # The earlier day, from either: a model that is still chosen after it retired fails.
        ends = min((best.model, other.model), key=lambda model: model.retires_on or date.max)
        model = best.model._replace(retires_on=ends.retires_on, lifecycle=ends.lifecycle)
        best = replace(best, model=model)
    differing = {key for key in facts[0].keys() & facts[1].keys() if facts[0][key] != facts[1][key]}
    return replace(best, disputed=frozenset(str(field) for field, *_ in differing))


def _flat(model: Model) -> dict[tuple[str | int, ...], object]:
    """The single numbers that a model states, each under its field."""
    flat: dict[tuple[str | int, ...], object] = {
        ("limits", name): n for name, n in model.limits.items()
    }
    if model.price is not None:
        flat |= {("price", *place): rate for place, rate in every_rate(model.price).items()}
    return flat


def _flags(entry: Entry, words: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """What an entry says yes to and what it says no to; a flag that is not there says nothing."""
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for key, word in words.items():
        value = entry.take(key, flag)
        if value is not None:
            said[value].add(word)
    return said[True], said[False] - said[True]


def _modalities(entry: Entry) -> list[str]:
    listed = entry.take("supported_modalities", any_list) or []
    return [kind for kind in INPUTS.values() if kind in listed]


def _limits(entry: Entry) -> dict[str, int]:
    """The limits that are stated; zero tokens is how LiteLLM writes that it does not know."""
    limits = {name: entry.take(key, tokens) for key, name in _LIMITS.items()}
    return {name: limit for name, limit in limits.items() if limit}
