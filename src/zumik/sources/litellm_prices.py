"""LiteLLM's price file: JSON bytes in, offers out.

LiteLLM states prices in USD per token as floats, flags instead of lists, and nothing on the context
window, the revision or whether an id is pinned. What it does not state is not derived here, least
of all from an id. Which offer changes a catalog is for `merge`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import Malformed, text
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import BadName, ModelId
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import RATES, Model, Price, Tier, Upstream
from zumik.errors import CannotRun
from zumik.rules.import_rules import UNUSABLE_ENTRY, UNUSABLE_FIELD
from zumik.sources.offers import Imported, Offer, every_rate

MAX_BYTES = 32 * 1024 * 1024
"""Many times LiteLLM's file; a bound on what a hostile one can make us read."""

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

_MAX_YEARS = 20
_MAX_NUMBER = 40
_MAX_TOKENS = 10**9
_MAX_PRICE = 10**6
_PRECISION = Context(prec=12)
_FINEST = Fraction(1, 10**12)

_Fields = Mapping[str, Any]
T = TypeVar("T")


class _Unusable(Exception):
    """An entry, or one of its fields, that cannot be read; the message says why."""


class _Entry:
    """The fields of one entry, and the problems of those that could not be read."""

    def __init__(self, fields: _Fields) -> None:
        self.fields = fields
        self.problems: list[str] = []

    def take(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """A field as `read` has it; None where it is not stated, or cannot be read.

        One bad field costs that field alone: the others may hold the retirement that matters.
        """
        value = self.fields.get(key)
        if value is None:
            return None
        try:
            return read(value, key)
        except _Unusable as error:
            self.problems.append(str(error))
            return None


def read_litellm(data: bytes, *, source: str, observed_on: date) -> Imported:
    """The chat models of a LiteLLM price file (`model_prices_and_context_window.json`).

    `source` names it and its version, as in `litellm 1.109.1`; prices become USD per million
    tokens. An entry that cannot be read is a finding and no offer. Raises CannotRun where the bytes
    are not strict JSON, or hold no chat model at all.
    """
    entries = _entries(data, source)
    offers: dict[ModelId, Offer] = {}
    skipped: dict[str, list[str]] = {}
    findings: list[Finding] = []
    for key, entry in entries.items():
        try:
            offer, problems = _offer(key, entry, source, observed_on)
        except _Unusable as error:
            hint = "this entry was skipped; the others were read"
            findings.append(UNUSABLE_ENTRY.at(source, f"{shown(key)}: {error}", hint))
            skipped.setdefault("not readable", []).append(key)
            continue
        hint = "this field was skipped; the rest of the entry was read"
        findings += [UNUSABLE_FIELD.at(source, f"{shown(key)}: {why}", hint) for why in problems]
        if isinstance(offer, str):
            skipped.setdefault(offer, []).append(key)
        elif offer.model.id in offers:
            first = offers[offer.model.id]
            best = offers[offer.model.id] = _one_of(first, offer)
            other = offer.key if best.key == first.key else first.key
            skipped.setdefault("second entry of a model", []).append(other)
        else:
            offers[offer.model.id] = offer
    if not offers:
        raise CannotRun(
            f"{shown(source)}: no chat model in {len(entries):,} entries"
            + (f"; {findings[0].message}" if findings else ""),
            hint="import LiteLLM's model_prices_and_context_window.json",
        )
    return Imported(source, observed_on, offers, _sorted(skipped), tuple(findings))


def _sorted(skipped: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The reasons in the order of how often each applied."""
    by_count = sorted(skipped.items(), key=lambda item: (-len(item[1]), item[0]))
    return {reason: tuple(keys) for reason, keys in by_count}


# JSON


def _entries(data: bytes, source: str) -> _Fields:
    """The entries by key, numbers exact: an int, or the Decimal that the text says."""
    try:
        value = from_strict(
            data, max_bytes=MAX_BYTES, max_digits=_MAX_NUMBER, fraction=_exact_decimal
        )
    except MalformedJson as error:
        problem = error.message
    else:
        if isinstance(value, dict):
            return value
        problem = f"expected an object of models, found {_kind(value)}"
    raise MalformedJson(
        f"{shown(source)}: {problem}", hint="import LiteLLM's model_prices_and_context_window.json"
    )


def _exact_decimal(number: str) -> Decimal:
    """Decimal, because a float would already have rounded the price that is written."""
    if len(number) > _MAX_NUMBER:
        raise MalformedJson(f"has a number of {len(number)} characters")
    try:
        return Decimal(number)
    except InvalidOperation:
        raise MalformedJson("has a number with an exponent beyond all bounds") from None


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "nothing" if value is None else "a number")


# Entries


def _offer(
    key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    """The offer that an entry makes, or why it makes none, and its unreadable fields.

    Raises _Unusable where the value is not an object.
    """
    if not isinstance(value, dict):
        raise _Unusable(f"expected an object, found {_kind(value)}")
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
    entry = _Entry(value)
    capabilities, no_capabilities = _flags(entry, CAPABILITIES)
    inputs, no_inputs = _flags(entry, INPUTS)
    inputs |= {"text", *_modalities(entry)}
    model = Model(
        id=model_id,
        retires_on=entry.take("deprecation_date", _day_near(observed_on)),
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


def _also_charged(entry: _Fields) -> tuple[str, ...]:
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


def _flags(entry: _Entry, words: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """What an entry says yes to and what it says no to; a flag that is not there says nothing."""
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for key, word in words.items():
        value = entry.take(key, _flag)
        if value is not None:
            said[value].add(word)
    return said[True], said[False] - said[True]


def _flag(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise _Unusable(f"{key}: expected true or false, found {_kind(value)}")
    return value


def _modalities(entry: _Entry) -> list[str]:
    listed = entry.take("supported_modalities", _list) or []
    return [kind for kind in INPUTS.values() if kind in listed]


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _Unusable(f"{key}: expected a list, found {_kind(value)}")
    return value


def _day_near(observed_on: date) -> Callable[[object, str], date]:
    """Reads a date, and refuses a year far from the day of the list: it is a slip."""

    def read(value: object, key: str) -> date:
        try:
            day = day_from_text(text(value, ()))
        except (ValueError, Malformed):
            raise _Unusable(f"{key}: expected a date, YYYY-MM-DD") from None
        if abs(day.year - observed_on.year) > _MAX_YEARS:
            raise _Unusable(f"{key}: {day} is more than {_MAX_YEARS} years from {observed_on}")
        return day

    return read


def _limits(entry: _Entry) -> dict[str, int]:
    """The limits that are stated; zero tokens is how LiteLLM writes that it does not know."""
    limits = {name: entry.take(key, _tokens) for key, name in _LIMITS.items()}
    return {name: tokens for name, tokens in limits.items() if tokens}


def _tokens(value: object, key: str) -> int:
    number = _number(value, key)
    if not 0 <= number <= _MAX_TOKENS or number != int(number):
        raise _Unusable(f"{key}: expected a number of tokens")
    return int(number)


def _number(value: object, key: str) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _Unusable(f"{key}: expected a number, found {_kind(value)}")
    return value


# Prices


def _price(entry: _Entry) -> Price | None:
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
        rate = entry.take(key, _per_million)
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
            raise _Unusable(f"{key}: expected objects with a range")
        rates = {
            name: _per_million(tier[rate_key], rate_key)
            for rate_key, name in _RATES.items()
            if tier.get(rate_key) is not None
        }
        if rates:
            found.append((_tokens(bounds[0], key), rates))
    return found


def _ordered(rates: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {name: rates[name] for name in RATES if name in rates}


def _per_million(value: object, key: str) -> Fraction:
    """USD per token, as LiteLLM writes it, in USD per million tokens without the noise of floats.

    LiteLLM computes in binary floats, which leave noise from the sixteenth digit on, and writes
    0.47 per million as 4.6999999999999995e-07. A price has at most a dozen digits, so the decimal
    that was written is rounded to twelve significant ones, and no float is ever made of it.
    """
    usd = _number(value, key)
    if usd < 0:
        raise _Unusable(f"{key}: a price below 0")
    if usd > 1:
        raise _Unusable(f"{key}: a price of more than {_MAX_PRICE:,} USD per million tokens")
    # Checked by its exponent, because the fraction of a hostile one would have a billion digits.
    if usd > 0 and Decimal(usd).adjusted() < -17:
        raise _Unusable(f"{key}: a price too small to be one")
    price = Fraction(_PRECISION.multiply(Decimal(usd), Decimal(_MAX_PRICE)))
    return round(price / _FINEST) * _FINEST
