"""genai-prices: the `data.py` of the package or the `data.json` of its repository; offers out.

It matches names by rules, so that one price covers many ids; only the id that an entry has
is taken here. Of the prices with a date, that of the day that the source was observed on is the
price, and those of later days are plans. `data.py` is read as text and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import TOKEN_RATES, Fee, Price, Service, Tier
from zumik.errors import CannotRun
from zumik.sources.foreign_entries import (
    Entry,
    Fields,
    Unusable,
    any_list,
    json_object,
    object_of,
    read_entries,
    threshold,
    tokens,
    usd_per_million,
)
from zumik.sources.offers import Imported, Offer

_SERVICES = (
    ("processing", {"batch": "batch"}),
    ("service_tier", {"flex": "flex", "priority": "priority", "fast": "fast"}),
    ("speed", {"fast": "fast"}),
)
"""What a variant of a price is for, and the service that it is here."""

_FEES = {"web_searches_kcount": "search", "requests_kcount": "request"}
"""The prices of a thousand calls; `storage_searches` is of files, and no fee of a search."""

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
    value = object_of(value, "entry")
    entry = Entry(value)
    context = entry.take("context_window", tokens)
    price = entry.take(
        "prices",
        lambda found, _: _price_on(found, value.get("price_variants"), observed_on, entry.problems),
    )
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


def _price_on(base: object, variants: object, day: date, problems: list[str]) -> Price | None:
    """The price of a day, with those that are planned for later days.

    Raises Unusable where the base price cannot be read; of the variants each fault is a problem.
    """
    bases = _conditional(base, "prices")
    others = _variants(variants, problems)
    price = _whole(bases, others, day)
    if price is None:
        return None
    days = {one.begins for one in (*bases, *(v for each in others.values() for v in each))}
    dated = []
    for later in sorted(one for one in days if one is not None and one > day):
        planned = _whole(bases, others, later)
        if planned is not None:
            dated.append(planned._replace(effective_from=later))
    basis = _basis(base)
    return price._replace(
        basis=basis, dated=tuple(planned._replace(basis=basis) for planned in dated)
    )


class _Conditional(NamedTuple):
    """Rates that hold from a day on; without one from the beginning."""

    begins: date | None
    rates: Fields

    def holds_on(self, day: date) -> bool:
        return self.begins is None or self.begins <= day


def _conditional(value: object, key: str) -> list[_Conditional]:
    """The prices of a base: one without a date, or a list, without those of hours of the day."""
    if isinstance(value, dict):
        return [_Conditional(None, value)]
    found = [one for one in any_list(value, key) if isinstance(one, dict)]
    return [_one_conditional(one, key) for one in found if not _is_hourly(one)]


def _is_hourly(value: Fields) -> bool:
    constraint = value.get("constraint")
    return isinstance(constraint, dict) and "start_time" in constraint


def _basis(value: object) -> str | None:
    """`off_peak` where every price of some hours is above the base, `peak` where each is below.

    Raises Unusable where they are on both sides of it, or have no price of input.
    """
    listed = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    hourly = [one.get("prices") for one in listed if _is_hourly(one)]
    if not hourly:
        return None
    base = [one.get("prices") for one in listed if not _is_hourly(one)]
    usual, others = ([_input(table) for table in tables] for tables in (base[-1:], hourly))
    for word, is_so in (("off_peak", Fraction.__lt__), ("peak", Fraction.__gt__)):
        if usual and all(is_so(usual[0], other) for other in others):
            return word
    raise Unusable("prices: prices by hours of the day, of which none is the usual one")


def _input(table: object) -> Fraction:
    rate = object_of(table, "prices").get("input_mtok")
    return usd_per_million(rate, "input_mtok")


def _one_conditional(value: Fields, key: str) -> _Conditional:
    """Raises Unusable for a constraint of another kind than a first day."""
    begins = None
    if value.get("constraint") is not None:
        start = object_of(value["constraint"], key).get("start_date")
        if not isinstance(start, str):
            raise Unusable(f"{key}: a price under a condition that a catalog cannot hold")
        try:
            begins = day_from_text(start)
        except ValueError:
            raise Unusable(f"{key}: expected a date, YYYY-MM-DD") from None
    return _Conditional(begins, object_of(value.get("prices"), key))


def _variants(value: object, problems: list[str]) -> dict[str, list[_Conditional]]:
    """The variants of each service, in the order in which the source has them."""
    found: dict[str, list[_Conditional]] = {}
    for one in value if isinstance(value, list) else ():
        service = _service_of(one.get("when")) if isinstance(one, dict) else None
        if service is None:
            continue
        try:
            variant = _one_conditional(one, "price_variants")
            _table(variant.rates)  # One that cannot be read costs itself, and not the price.
            found.setdefault(service, []).append(variant)
        except Unusable as error:
            problems.append(str(error))
    return found


def _service_of(when: object) -> str | None:
    """The service of a variant; None for another route or kind of search."""
    for key, names in _SERVICES:
        if isinstance(when, dict) and when.keys() == {key}:
            return names.get(str(when[key]))
    return None


def _whole(
    bases: list[_Conditional], variants: Mapping[str, list[_Conditional]], day: date
) -> Price | None:
    """The price of a day: of the bases the last that holds, of the variants for each rate the
    first.
    """
    active = [one for one in bases if one.holds_on(day)]
    if not active:
        return None
    base = active[-1]
    services = {}
    for name, each in variants.items():
        rates: dict[str, object] = {}
        for one in each:
            if one.holds_on(day):
                rates = {**one.rates, **rates}
        table = _table(rates)
        if table.rates:
            services[name] = table
    standard = _table(base.rates)
    fees = {
        name: Fee(usd_per_million(base.rates[theirs], theirs) / 1000)
        for theirs, name in _FEES.items()
        if base.rates.get(theirs)
    }
    if not standard.rates and not fees:
        return None
    return Price(
        standard.rates,
        standard.tiers,
        effective_from=base.begins,
        services=services,
        fees=fees,
    )


def _table(table: Fields) -> Service:
    """Rates that may have tiers each: a rate without tiers is the same in all."""
    rates = {
        name: _steps(table[theirs], theirs)
        for theirs, name in _RATES.items()
        if table.get(theirs) is not None
    }
    bounds = sorted({above for steps in rates.values() for above in steps} - {0})
    tiers = tuple(
        # It means "longer than 199,999" where a provider writes "from 200,000 on".
        Tier(above, _rates_above(rates, above), written_from=(above + 1) % 1000 == 0)
        for above in bounds
    )
    return Service(_rates_above(rates, 0), tiers)


def _steps(value: object, key: str) -> dict[int, Fraction]:
    """A rate by the input length above which it applies; 0 is the base."""
    if not isinstance(value, dict):
        return {0: usd_per_million(value, key)}
    steps = {0: usd_per_million(value.get("base"), key)}
    for tier in any_list(value.get("tiers"), key):
        table = object_of(tier, key)
        steps[threshold(table.get("start"), key)] = usd_per_million(table.get("price"), key)
    return steps


def _rates_above(rates: Mapping[str, Mapping[int, Fraction]], above: int) -> dict[str, Fraction]:
    """Each rate at an input just longer than `above`."""
    found = {
        name: steps[max(start for start in steps if start <= above)]
        for name, steps in rates.items()
    }
    return {name: found[name] for name in TOKEN_RATES if name in found}
