"""genai-prices: the `data.py` of the package or the `data.json` of its repository; offers out.

It matches names by rules, so that one price covers many ids; only the id that an entry has
is taken here. Of the prices with a date, those of the day that the source was observed on count.
`data.py` is read as text and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import RATES, Price, Tier
from zumik.errors import CannotRun
from zumik.sources.foreign_entries import (
    Entry,
    Fields,
    Unusable,
    any_list,
    json_object,
    object_of,
    read_entries,
    tokens,
    usd_per_million,
)
from zumik.sources.offers import Imported, Offer

HINT = "--from genai-prices, the installed package, or with :FILE its data.py or data.json"

PROVIDERS = {"aws": "amazon-bedrock", "x-ai": "xai"}
"""genai-prices' providers that have another name here."""

_SAME_CASE = ("zai", "zhipuai", "minimax")
"""Providers whose ids genai-prices writes in another letter case than they do."""

_RATES = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "input_audio_mtok": "input_audio",
    "input_image_mtok": "input_image",
    "output_audio_mtok": "output_audio",
    "output_image_mtok": "output_image",
    "output_reasoning_mtok": "output_reasoning",
}


def read_genai_prices(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The prices of one version. Raises CannotRun where the file holds none."""
    ((name, data),) = files.items()
    providers = _of_python(data, source) if name.endswith(".py") else _of_json(data, source)
    return read_entries(
        _entries(providers),
        lambda key, value: _offer(key, value, source, observed_on),
        source=source,
        observed_on=observed_on,
        hint=HINT,
    )


def _of_json(data: bytes, source: str) -> object:
    # The repository's file is a list; newer ones put it beside their units.
    if data.lstrip()[:1] == b"[":
        data = b'{"providers":' + data + b"}"
    return json_object(data, source, HINT).get("providers")


def _of_python(data: bytes, source: str) -> object:
    """The literal `providers`, each call of a class as an object of its arguments."""
    try:
        for statement in ast.parse(data).body:
            if not isinstance(statement, ast.AnnAssign) or statement.value is None:
                continue
            if isinstance(statement.target, ast.Name) and statement.target.id == "providers":
                return _literal(statement.value)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    raise CannotRun(f"{shown(source)}: it has no literal providers", hint=HINT)


def _literal(node: ast.expr) -> object:
    """The value of an expression that computes nothing. Raises ValueError for any other."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items):
            return [_literal(item) for item in items]
        case ast.Dict(keys=keys, values=values) if all(keys):
            return {str(_literal(k)): _literal(v) for k, v in zip(keys, values, strict=True) if k}
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str(text))]):
            return _decimal(text)
        case ast.Call(func=ast.Attribute(attr="date"), args=[*numbers], keywords=[]):
            return "-".join(f"{_literal(number):02d}" for number in numbers)
        case ast.Call(func=ast.Attribute(attr="time")):
            return "a time of day"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return -number
        case ast.Call(keywords=named):
            return {word.arg.rstrip("_"): _literal(word.value) for word in named if word.arg}
    raise ValueError("not a literal")


def _decimal(text: str) -> Decimal:
    if len(text) > 40:
        raise ValueError("a number that is too long")
    return Decimal(text)


def _entries(providers: object) -> Iterator[tuple[str, object]]:
    for provider in providers if isinstance(providers, list) else ():
        models = provider.get("models") if isinstance(provider, dict) else None
        for model in models if isinstance(models, list) else ():
            if isinstance(model, dict):
                yield f"{provider.get('id')}/{model.get('id')}", model


def _offer(
    key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    theirs, _, name = key.partition("/")
    provider = PROVIDERS.get(theirs, theirs.replace("_", "-"))
    try:
        model_id = ModelId(f"{provider}/{name.lower() if provider in _SAME_CASE else name}")
    except BadName:
        return "no model id", []
    entry = Entry(object_of(value, "entry"))
    context = entry.take("context_window", tokens)
    base = entry.take("prices", lambda found, field: _on_day(found, field, observed_on, last=True))
    variants = entry.take("price_variants", any_list) or []
    batch = _batch(variants, observed_on, entry.problems)
    price = None if base is None else _price(base, {})
    if price is not None and batch is not None:
        price = _price(base or {}, batch)
    if price is None and not context:
        return "says nothing that a catalog has", entry.problems
    model = Model(
        id=model_id,
        # Rounded by genai-prices: 1,000,000 stands there for 1,048,576.
        limits={} if not context or context % 1000 == 0 else {"context_tokens": context},
        price=price,
        source=source,
        observed_on=observed_on,
    )
    return Offer(key, model, not_served=entry.fields.get("deprecated") is True), entry.problems


def _on_day(value: object, key: str, day: date, *, last: bool) -> Fields | None:
    """The price of a day: of those in force the `last` of a base, and of variants the first."""
    if isinstance(value, dict):
        return value
    active = [
        object_of(one.get("prices"), key)
        for one in any_list(value, key)
        if isinstance(one, dict) and _in_force(one.get("constraint"), key, day)
    ]
    return active[-1 if last else 0] if active else None


def _in_force(constraint: object, key: str, day: date) -> bool:
    """Whether a price holds on a day. Raises Unusable for one that holds at hours of the day."""
    if constraint is None:
        return True
    start = object_of(constraint, key).get("start_date")
    if not isinstance(start, str):
        raise Unusable(f"{key}: a price by hours of the day, which a catalog cannot hold")
    try:
        return day_from_text(start) <= day
    except ValueError:
        raise Unusable(f"{key}: expected a date, YYYY-MM-DD") from None


def _batch(variants: list[Any], day: date, problems: list[str]) -> Fields | None:
    """The batch price of a day, key by key from the first variant in force."""
    found: dict[str, object] = {}
    for one in variants:
        if not isinstance(one, dict) or one.get("when") != {"processing": "batch"}:
            continue
        try:
            if _in_force(one.get("constraint"), "price_variants", day):
                found = {**object_of(one.get("prices"), "price_variants"), **found}
        except Unusable as error:
            problems.append(str(error))
    return found or None


def _price(base: Fields, batch: Fields) -> Price | None:
    """A price of rates that may have tiers each: a rate without tiers is the same in all."""
    rates: dict[str, Mapping[int, Fraction]] = {}
    for prefix, table in (("", base), ("batch_", batch)):
        for theirs, name in _RATES.items():
            if table.get(theirs) is not None and prefix + name in RATES:
                rates[prefix + name] = _steps(table[theirs], theirs)
    if not rates:
        return None
    bounds = sorted({above for steps in rates.values() for above in steps} - {0})
    tiers = tuple(Tier(above, _rates_above(rates, above)) for above in bounds)
    return Price(_rates_above(rates, 0), tiers)


def _steps(value: object, key: str) -> dict[int, Fraction]:
    """A rate by the input length above which it applies; 0 is the base."""
    if not isinstance(value, dict):
        return {0: usd_per_million(value, key)}
    steps = {0: usd_per_million(value.get("base"), key)}
    for tier in any_list(value.get("tiers"), key):
        table = object_of(tier, key)
        steps[tokens(table.get("start"), key)] = usd_per_million(table.get("price"), key)
    return steps


def _rates_above(rates: Mapping[str, Mapping[int, Fraction]], above: int) -> dict[str, Fraction]:
    """Each rate at an input just longer than `above`."""
    found = {
        name: steps[max(start for start in steps if start <= above)]
        for name, steps in rates.items()
    }
    return {name: found[name] for name in RATES if name in found}
