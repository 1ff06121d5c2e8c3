"""models.dev: `api.json`, `catalog.json`, or a checkout of its repository; offers out.

Prices are USD per million tokens. It states the context window, the day of a release and whether
weights are open, which LiteLLM does not, and no day of a retirement. `false` there is also what an
author writes who did not look, so a flag that is false says nothing here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import Lacks, Model
from zumik.core.facts.price import Price, Service, Tier
from zumik.sources.foreign_entries import (
    Entry,
    Unusable,
    any_list,
    flag,
    json_object,
    object_of,
    rates_of,
    read_entries,
    threshold,
    tokens,
    words,
)
from zumik.sources.offers import MODALITIES, Imported, Offer

PROVIDERS = {"togetherai": "together", "llama": "meta"}
"""models.dev's providers that have another name here."""

HINT = "--from models.dev:api.json, or the folder of a checkout of models.dev"

_CAPABILITIES = {
    "tool_call": "tools",
    "structured_output": "structured_output",
    "reasoning": "reasoning",
}
_LIMITS = {"context": "context_tokens", "input": "input_tokens", "output": "output_tokens"}
_RATES = {
    "input": "input",
    "output": "output",
    "cache_read": "cache_read",
    "cache_write": "cache_write",
    "reasoning": "output_reasoning",
    "input_audio": "input_audio",
    "output_audio": "output_audio",
}
_SERVICE = re.compile(r"(?!standard$)[a-z][a-z0-9_-]{0,63}")
_OVER_200K = "context_over_200k"


def read_models_dev(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The offerings of models.dev, of one JSON file or of the TOML files of a checkout.

    An entry that cannot be read is a finding and no offer. Raises CannotRun without an offer.
    """
    entries = _of_checkout(files) if len(files) != 1 else _of_api(*files.values(), source=source)
    return read_entries(
        entries,
        lambda key, value: _offer(key, value, source, observed_on),
        source=source,
        observed_on=observed_on,
        hint=HINT,
    )


def _of_api(data: bytes, *, source: str) -> Iterator[tuple[str, object]]:
    """Each `provider/model` with its entry."""
    found = json_object(data, source, HINT)
    providers = found.get("providers")
    for name, provider in (providers if isinstance(providers, dict) else found).items():
        models = provider.get("models") if isinstance(provider, dict) else None
        for key, entry in models.items() if isinstance(models, dict) else ():
            yield f"{name}/{key}", entry


def _of_checkout(files: Mapping[str, bytes]) -> Iterator[tuple[str, object]]:
    """Each `provider/model` of `providers/`, with the facts of the weights that it names."""
    for path in sorted(files):
        head, _, rest = path.partition("/models/")
        root, _, provider = head.rpartition("/")
        if root.split("/")[-1] != "providers" or not rest.endswith(".toml"):
            continue
        key = f"{provider}/{rest.removesuffix('.toml')}"
        base_of = f"{root.removesuffix('providers')}models/"
        yield key, _whole(_toml(files[path]), files, base_of)


def _whole(entry: object, files: Mapping[str, bytes], base_of: str) -> object:
    """An entry with what it inherits: its own tables stand whole before those of its base."""
    name = entry.get("base_model") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(name, str):
        return entry
    data = files.get(f"{base_of}{name}.toml")
    if data is None:
        return f"base_model {shown(name)} is not there"
    base = _toml(data)
    if not isinstance(base, dict):
        return base
    merged: dict[str, Any] = {**base, **entry}
    omitted = entry.get("base_model_omit")
    for path in omitted if isinstance(omitted, list) else ():
        table, _, field = str(path).rpartition(".")
        inside = merged.get(table) if table else merged
        if isinstance(inside, dict) and field in inside:
            kept = {name: value for name, value in inside.items() if name != field}
            merged = {**merged, table: kept} if table else kept
    return merged


def _toml(data: bytes) -> object:
    """A TOML file with exact numbers; a text that says why it cannot be read."""
    try:
        return tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        return "not UTF-8"
    except (tomllib.TOMLDecodeError, RecursionError, ArithmeticError) as error:
        return f"not TOML: {shown(str(error), 80)}"


def _offer(
    key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    """The offer that an entry makes, or why it makes none, and its unreadable fields."""
    if isinstance(value, str):
        raise Unusable(value)
    entry = Entry(object_of(value, "entry"))
    theirs, _, name = key.partition("/")
    try:
        model_id = ModelId(f"{PROVIDERS.get(theirs, theirs.replace('_', '-'))}/{name}")
    except BadName:
        return "no model id", []
    inputs = _modalities(entry, "input")
    given = _modalities(entry, "output")
    if given is not None and "text" not in given:
        return "gives no text", []
    deprecated = entry.fields.get("status") == "deprecated"
    owner = entry.fields.get("base_model")
    price = entry.take("cost", _price)
    model = Model(
        id=model_id,
        owned_by=owner.partition("/")[0] if isinstance(owner, str) and "/" in owner else None,
        released_on=entry.take("release_date", whole_day),
        open_weights=entry.take("open_weights", flag),
        limits=_limits(entry),
        input=inputs,
        capabilities=_capabilities(entry),
        price=price and price._replace(services=_modes(entry)),
        source=source,
        observed_on=observed_on,
        output=given,
        # A flag that is false is also what an author writes who did not look.
        lacks=Lacks(capabilities=frozenset()),
    )
    return Offer(key, model, not_served=deprecated), entry.problems


def whole_day(value: object, key: str) -> date | None:
    """A day; None for a month or a year, which is how models.dev writes that it knows no day."""
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    if len(text) < 10:
        return None
    try:
        return day_from_text(text)
    except ValueError:
        raise Unusable(f"{key}: expected a date, YYYY-MM-DD") from None


def _modalities(entry: Entry, side: str) -> frozenset[str] | None:
    table = entry.take("modalities", object_of)
    listed = Entry(table).take(side, words) if table else None
    return None if listed is None else frozenset(w for w in listed if w in MODALITIES)


def _capabilities(entry: Entry) -> frozenset[str]:
    found = {word for key, word in _CAPABILITIES.items() if entry.take(key, flag)}
    cost = entry.fields.get("cost")
    if isinstance(cost, dict) and cost.get("cache_read"):
        found.add("prompt_caching")
    return frozenset(found)


def _limits(entry: Entry) -> dict[str, int]:
    """The limits that are stated; zero tokens is how models.dev writes that it does not know."""
    table = Entry(entry.take("limit", object_of) or {})
    limits = {name: table.take(key, tokens) for key, name in _LIMITS.items()}
    entry.problems += [f"limit.{problem}" for problem in table.problems]
    return {name: limit for name, limit in limits.items() if limit}


def _price(value: object, key: str) -> Price | None:
    """A price, with the tiers above it.

    Input and output that both cost nothing are a subscription or a free preview, and say nothing
    of what a token costs.
    """
    table = object_of(value, key)
    rates = rates_of(table, _RATES, key)
    if not any(rates.get(name) for name in ("input", "output")):
        return None
    tiers = [_tier(tier, key) for tier in any_list(table.get("tiers") or [], key)]
    over = table.get(_OVER_200K)
    if over is not None and not tiers:
        tiers = [Tier(200_000, rates_of(object_of(over, _OVER_200K), _RATES, _OVER_200K))]
    return Price(rates, tuple(sorted(tiers, key=lambda tier: tier.above_input_tokens)))


def _modes(entry: Entry) -> dict[str, Service]:
    """The services of `experimental.modes` that have a price of their own, as `fast`."""
    experimental = Entry(entry.take("experimental", object_of) or {})
    modes = Entry(experimental.take("modes", object_of) or {})
    found = {}
    for name in modes.fields:
        mode = Entry(modes.take(name, object_of) or {})
        price = mode.take("cost", _price) if _SERVICE.fullmatch(name) else None
        if price is not None:
            found[name] = Service(price.rates, price.tiers)
        entry.problems += mode.problems
    return found


def _tier(value: object, key: str) -> Tier:
    table = object_of(value, f"{key}.tiers")
    bound = object_of(table.get("tier"), f"{key}.tiers.tier")
    return Tier(
        threshold(bound.get("size"), f"{key}.tiers.tier.size"), rates_of(table, _RATES, key)
    )
