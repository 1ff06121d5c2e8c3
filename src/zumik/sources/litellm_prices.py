"""LiteLLM's price file: JSON bytes in, offers out.

LiteLLM states prices in USD per token as floats, flags instead of lists, and nothing on the context
window, the revision or whether an id is pinned. What it does not state is not derived here, least
of all from an id. Which offer changes a catalog is for `merge`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Model, Upstream
from zumik.core.facts.price import RATES, Price, Tier
from zumik.sources.foreign_entries import (
    Entry,
    Fields,
    Unusable,
    any_list,
    day_near,
    flag,
    json_object,
    kind_of,
    read_entries,
    tokens,
    usd_per_token,
)
from zumik.sources.offers import Imported, Offer, every_rate

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

# What a provider charges, under any key that no rate of a catalog can hold. Other services
# (priority, flex …) are other prices for the same request, and no part of it is missing.
_CHARGE = re.compile(r".*(cost|pricing|price)(_|$).*")
_OTHER_SERVICE = re.compile(
    r".*_(priority|flex|balanced|ultrafast|decisions|above_1hr\w*)$|off_peak_pricing|.*_dbu_.*"
    r"|(input|output)_cost_per_second|input_cost_per_token_cache_hit|explicit_cache_.*"
    r"|output_cost_per_reasoning_token|cache_creation_input_token_cost\w*_batches"
)

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

_RATES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
}
# Other suffixes of a rate (_priority, _flex, _above_1hr) mean another service, and are not read.
_RATE_KEY = re.compile(rf"({'|'.join(_RATES)})(?:_above_([1-9][0-9]{{0,5}})k_tokens)?(_batches)?")

_MODES = {"chat": None, "responses": "served by the provider's Responses API only"}
"""The modes that are models of chat, and the note that a new one gets."""

HINT = "--from litellm:model_prices_and_context_window.json, LiteLLM's price file"


def read_litellm(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The chat models of a LiteLLM price file (`model_prices_and_context_window.json`).

    `source` names it and its version, as in `litellm 1.109.1`; prices become USD per million
    tokens. An entry that cannot be read is a finding and no offer. Raises CannotRun where the bytes
    are not strict JSON, or hold no chat model at all.
    """
    (data,) = files.values()
    return read_entries(
        json_object(data, source, HINT).items(),
        lambda key, value: _offer(key, value, source, observed_on),
        source=source,
        observed_on=observed_on,
        one_of=_one_of,
        hint=HINT,
    )


def _offer(
    key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    """The offer that an entry makes, or why it makes none, and its unreadable fields.

    Raises Unusable where the value is not an object.
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
    model = Model(
        id=model_id,
        retires_on=entry.take("deprecation_date", day_near(observed_on)),
        upstream=upstream,
        limits=_limits(entry),
        input=frozenset(inputs),
        capabilities=frozenset(capabilities),
        price=_price(entry),
        source=source,
        observed_on=observed_on,
        note=_MODES[mode],
    )
    return Offer(key, model, frozenset(no_capabilities | (no_inputs - inputs))), entry.problems


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


def _also_charged(entry: Fields) -> tuple[str, ...]:
    """The charges that an entry states and no rate of a catalog can hold, with their USD."""
    found = []
    for key, value in sorted(entry.items()):
        is_charge = _CHARGE.fullmatch(key) and not _OTHER_SERVICE.fullmatch(key)
        if not is_charge or _RATE_KEY.fullmatch(key) or key == "tiered_pricing" or not value:
            continue
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        found.append(f"{key[:80]} {value}" if number else key[:80])
    return tuple(found)


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
        best = replace(best, model=best.model._replace(retires_on=min(days)))
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


# Prices


def _price(entry: Entry) -> Price | None:
    """The price that an entry states, of its rate keys and of its list of tiers.

    A tier without one of its rates would be charged at the base's, too low: where a rate of a tier
    cannot be read, there is no price.
    """
    by_threshold: dict[int, dict[str, Fraction]] = {}
    for key, value in entry.fields.items():
        match = _RATE_KEY.fullmatch(key)
        name = ("batch_" if match and match[3] else "") + (_RATES[match[1]] if match else "")
        if match is None or name not in RATES or value is None:
            continue
        rate = entry.take(key, usd_per_token)
        if rate is not None:
            by_threshold.setdefault(int(match[2] or 0) * 1000, {})[name] = rate
        elif match[2]:
            return None
    stated = entry.fields.get("tiered_pricing") is not None
    tiered = entry.take("tiered_pricing", _tiered)
    if stated and tiered is None:
        return None
    if tiered and (by_threshold.keys() <= {0}):
        # Beside a base price the list may be the only place that has the tiers.
        by_threshold = {**dict(tiered), **by_threshold}
    base = by_threshold.pop(0, None)
    charges = _also_charged(entry.fields)
    if base is None:
        return Price({}, also_charged=charges) if charges else None
    tiers = [Tier(above, _ordered(rates)) for above, rates in sorted(by_threshold.items())]
    return Price(_ordered(base), tuple(tiers), also_charged=charges)


def _tiered(value: object, key: str) -> list[tuple[int, dict[str, Fraction]]]:
    """The tiers of `tiered_pricing`: the input length that each begins above, and its rates."""
    found = []
    for tier in value if isinstance(value, list) else []:
        bounds = tier.get("range") if isinstance(tier, dict) else None
        if not isinstance(bounds, list) or not bounds:
            raise Unusable(f"{key}: expected objects with a range")
        rates = {
            name: usd_per_token(tier[rate_key], rate_key)
            for rate_key, name in _RATES.items()
            if tier.get(rate_key) is not None
        }
        if rates:
            found.append((tokens(bounds[0], key), rates))
    return found


def _ordered(rates: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {name: rates[name] for name in RATES if name in rates}
