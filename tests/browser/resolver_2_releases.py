"""Releases of resolver 2 that hypothesis draws, as trees: few values, so that edges are met."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ALIAS = "code.fast"
MODELS = ("a/x", "a/y", "a/y:high", "b/x")
WORDS = ("q", "r", "latency", "expected_latency", "expected_cost")
SERVICES = ("batch", "flex", "a-b_1")
RATES = (
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "input_audio",
    "input_image",
    "output_audio",
    "output_image",
    "output_reasoning",
)
BATCH_RATES = ("batch_input", "batch_output", "batch_cache_read")
# The release's day is among them, and the days around the one that it adds.
DAYS = ("2026-06-01", "2026-06-08", "2026-06-09", "2026-06-10", "2026-06-11", "2026-06-20")

days = st.sampled_from(DAYS)
rates = st.sampled_from(["0", "0.5", "1", "2", "3"])
counts = st.sampled_from([1, 9, 10, 11, 1000])
tokens = st.just(0) | counts
values = st.sampled_from(["-1", "0", "1", "1.96", "2", "2.5", "3", "10"])
Tree = dict[str, Any]


def some(
    needed: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Tree]:
    return st.fixed_dictionaries(needed, optional=optional)


def some_of(choices: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Tree]:
    """At least one of the keys."""
    # Drawn, not filtered: hypothesis refuses a test that throws away too many of its draws.
    chosen = st.lists(st.sampled_from(sorted(choices)), unique=True, min_size=1)
    return chosen.flatmap(lambda keys: some({key: choices[key] for key in keys}, {}))


def words(*choices: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(choices), min_size=least, max_size=3)


def sorted_words(*choices: str) -> st.SearchStrategy[list[str]]:
    return words(*choices).map(lambda found: sorted(set(found)))


def rates_of(*names: str) -> st.SearchStrategy[Tree]:
    """Mostly with both rates that nearly each request needs, and few of the others."""
    common = st.sampled_from([("input", "output")] * 4 + [("input",), ("output",), ()])
    others = st.lists(st.sampled_from(names), unique=True, max_size=6) | st.just(list(names))
    return st.builds(lambda a, b: [*a, *b], common, others).flatmap(
        lambda chosen: st.fixed_dictionaries(dict.fromkeys(chosen, rates))
    )


ORIGIN = {
    "source": st.sampled_from(["s", "é"]),
    "observed_on": days,
    "from": days,
    "confirmed_on": days,
}
origins = some({}, ORIGIN)


def joined(*parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def tiers_of(*names: str) -> st.SearchStrategy[list[Tree]]:
    above = st.fixed_dictionaries({"above_input_tokens": tokens})
    first = above | st.fixed_dictionaries({"from_input_tokens": counts})
    return st.lists(joined(first, rates_of(*names), origins), min_size=1, max_size=3)


def dictionaries(names: tuple[str, ...], each: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    return st.dictionaries(st.sampled_from(names), each, min_size=1, max_size=2)


services = dictionaries(
    SERVICES, joined(rates_of(*RATES), origins, some({}, {"tiers": tiers_of(*RATES)}))
)
_fee_objects = some({"usd": rates}, ORIGIN).map(lambda fee: fee if len(fee) > 1 else fee["usd"])
fees = dictionaries(("request", "search", "other_1"), rates | _fee_objects)
WHOLE: dict[str, st.SearchStrategy[Any]] = {
    "services": services,
    "fees": fees,
    "basis": st.sampled_from(["list", "peak", "off_peak"]),
    "source": st.just("s"),
    "observed_on": days,
    "confirmed_on": days,
}
rarely_charged = st.sampled_from([{}, {}, {}, {"also_charged": ["b", "a"]}])
dated = st.lists(
    joined(
        some({"from": days}, {**WHOLE, "tiers": tiers_of(*RATES)}),
        rates_of(*RATES),
        rarely_charged,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda price: price["from"],
)


def with_one_batch(price: Tree) -> Tree:
    """Rates that begin with batch_ and a service of that name are not there together."""
    named = [price, *price.get("tiers", [])]
    if "batch" in price.get("services", {}):
        for rates in named:
            for name in BATCH_RATES:
                rates.pop(name, None)
    return price


def prices() -> st.SearchStrategy[Tree]:
    more = {
        **WHOLE,
        "tiers": tiers_of(*RATES, *BATCH_RATES),
        "dated": dated,
        "from": days,
        "origins": dictionaries(("cache", "batch", "media", "reasoning"), origins),
    }
    few = st.lists(st.sampled_from(sorted(more)), unique=True, max_size=4).flatmap(
        lambda chosen: st.fixed_dictionaries({key: more[key] for key in chosen})
    )
    return joined(rates_of(*RATES, *BATCH_RATES), few, rarely_charged).map(with_one_batch)


every_rate = st.fixed_dictionaries(dict.fromkeys(("input", "output", *RATES), rates))
full_tiers = st.lists(
    joined(
        st.fixed_dictionaries({"above_input_tokens": tokens})
        | st.fixed_dictionaries({"from_input_tokens": counts}),
        every_rate | rates_of(*RATES),
    ),
    min_size=1,
    max_size=3,
)
_services = st.fixed_dictionaries(
    dict.fromkeys(SERVICES, joined(every_rate | rates_of(*RATES), some({}, {"tiers": full_tiers})))
)
_full = joined(
    every_rate,
    st.fixed_dictionaries({"services": _services}, optional={"tiers": full_tiers}),
    st.fixed_dictionaries({"fees": st.fixed_dictionaries({"search": rates, "request": rates})}),
)
full_prices = joined(
    _full,
    some(
        {},
        {
            "dated": st.lists(
                joined(_full, some({"from": days}, {})),
                min_size=1,
                max_size=2,
                unique_by=lambda price: price["from"],
            )
        },
    ),
)

figures = values | some(
    {"value": values},
    {
        "source": st.just("s"),
        "observed_on": days,
        "standard_error": st.sampled_from(["0", "0.5", "1", "0.25"]),
        "samples": tokens,
        "revision": st.just("r1"),
        "effort": st.just("high"),
        "run": st.just("u"),
    },
).map(lambda figure: figure if len(figure) > 1 else figure["value"])
errors = st.builds(
    lambda value, error: {"value": value, "standard_error": error},
    values,
    st.sampled_from(["0", "0.5", "1"]),
)
metrics_of = some_of(dict.fromkeys("mnts", figures)) | st.fixed_dictionaries(
    dict.fromkeys("mnts", errors)
)


def models_that_contradict_nothing(model: Tree) -> Tree:
    for field, lacking in model.get("lacks", {}).items():
        if field in model:
            model["lacks"][field] = [word for word in lacking if word not in model[field]]
    if "retires_on" in model:
        model.get("lifecycle", {}).pop("retires_on", None)
    if not model.get("lifecycle", {"x": 1}):
        del model["lifecycle"]
    return model


OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "released_on": days,
    "retires_on": days | st.just("2026-12-01"),
    "open_weights": st.booleans(),
    "limits": some_of(dict.fromkeys(("context_tokens", "input_tokens", "output_tokens"), tokens)),
    "input": sorted_words("text", "image"),
    "output": sorted_words("text", "audio"),
    "capabilities": sorted_words("tools", "code"),
    "labels": sorted_words("ok", "b.1"),
    "lacks": some_of(
        {
            "capabilities": sorted_words("tools", "code", "z"),
            "input": sorted_words("text", "image"),
            "output": sorted_words("text", "audio"),
        }
    ),
    "lifecycle": some_of(
        {
            "retires_on": days,
            "source": st.just("s"),
            "observed_on": days,
            "successor": st.just("a/z"),
            "not_served_since": days,
        }
    ),
    "mode": st.sampled_from(["chat", "chat", "embedding", "responses"]),
    "region": st.sampled_from(["eu", "us"]),
    "data_residency": st.sampled_from(["EU", "US"]),
    "cacheable_from_tokens": tokens,
    "price": prices(),
    "sources": st.fixed_dictionaries({"lacks": st.just("s"), "mode": st.just("s")}),
    "confidential": st.just(True),
}
_few = st.lists(st.sampled_from(sorted(OPTIONAL)), unique=True, max_size=3).flatmap(
    lambda chosen: st.fixed_dictionaries({key: OPTIONAL[key] for key in chosen})
)
_basic = st.just({}) | st.fixed_dictionaries(
    {}, optional={"pinned": st.booleans(), "revision": st.just("r")}
)
_priced = st.just({}) | st.fixed_dictionaries({"price": prices()})
_known = st.fixed_dictionaries(
    {
        "pinned": st.just(True),
        "revision": st.just("r1"),
        "price": full_prices,
        "metrics": st.fixed_dictionaries(dict.fromkeys("mnst", errors)),
    }
)
_few = st.just({}) | _few
models = joined(
    _known,
    _few,
    _priced,
    _basic,
    st.just({}) | st.just({}) | st.fixed_dictionaries({"metrics": metrics_of}),
).map(models_that_contradict_nothing)

shares = st.sampled_from(["0.1", "0.25", "0.3"])
ALL = st.just("1")


@st.composite
def workloads(draw: st.DrawFn) -> Tree:
    found = {"input_tokens": draw(tokens), "output_tokens": draw(tokens)}
    groups = [
        ("cached_input", "cache_written", "input_audio", "input_image"),
        ("output_audio", "output_image", "reasoning"),
    ]
    for group in groups:
        names = draw(st.lists(st.sampled_from(group), unique=True, max_size=3))
        whole = draw(st.booleans()) and len(names) == 1
        found |= {name: "1" if whole else draw(shares) for name in names}
    if "cache_written" in found and draw(st.booleans()):
        found["cache_kept"] = "1h"
    if draw(st.booleans()):
        found["searches"] = draw(st.sampled_from([1, 3]))
    if draw(st.booleans()):
        found["tier"] = draw(st.sampled_from(SERVICES))
    return found


bounds = some({}, {"at_least": rates, "at_most": rates})
REQUIRE: dict[str, st.SearchStrategy[Any]] = {
    "capabilities": words("tools", "code", least=1),
    "input": words("text", "image", least=1),
    "output": words("text", "audio", least=1),
    "mode": words("chat", "embedding", least=1),
    "region": words("eu", "us", least=1),
    "data_residency": words("EU", "US", least=1),
    "labels": words("ok", "b.1", least=1),
    "limits": some_of(dict.fromkeys(("context_tokens", "input_tokens", "output_tokens"), tokens)),
    "price": some_of(dict.fromkeys(("input", "output", "cache_read"), bounds)),
    "measures": dictionaries(("q", "latency", "expected_cost"), bounds),
    "open_weights": st.just(True),
    "outlives_days": st.sampled_from([1, 2]),
}
_required = st.lists(st.sampled_from(sorted(REQUIRE)), unique=True, max_size=2).flatmap(
    lambda chosen: st.fixed_dictionaries({key: REQUIRE[key] for key in chosen})
)
_allowed = st.fixed_dictionaries(
    {}, optional={"incomplete_cost_allowed": st.just(True), "floating_allowed": st.just(True)}
)


@st.composite
def policies(draw: st.DrawFn) -> Tree:
    goals = st.sampled_from(["minimize", "maximize"])
    prefer: list[Any] = []
    for place in range(draw(st.integers(1, 3))):
        word = draw(st.sampled_from([*WORDS, "expected_cost", "q", "listed"]))
        item: Any = word if word == "listed" else {draw(goals): word}
        if place and word != "listed":
            # The preferences come last first.
            bands = ["0", "0.1", "0.5", *(["error"] * 4 if word != "expected_cost" else [])]
            if draw(st.integers(0, 3)):
                item["within"] = draw(st.sampled_from(bands))
        prefer.insert(0, item)
    found: Tree = {"candidates": draw(st.sampled_from([["*"], ["b/*", "a/*"], ["a/*"]]))}
    found["prefer"] = prefer
    required = (draw(_required) if draw(st.booleans()) else {}) | draw(_allowed)
    if required:
        found["require"] = required
    if draw(st.integers(0, 3)) or "expected_cost" in str(found):
        found["workload"] = draw(workloads())
    if prefer[-1] != "listed" and draw(st.booleans()):
        found["incumbent_margin"] = draw(st.sampled_from(["0", "0.1", "0.5"]))
    return found


METRICS = {
    "m": {"unit": "points", "better": "higher", "observed_on": "2026-06-08"},
    "n": {"unit": "points", "better": "higher"},
    "s": {"unit": "tokens_per_second", "better": "higher", "collected_on": "2026-06-01"},
    "t": {"unit": "seconds", "better": "lower"},
}


@st.composite
def releases_of_2(draw: st.DrawFn, *, only: bool = False) -> Tree:
    """A release as a tree, with any ranking; some are of resolver 1, unless `only` those of 2."""
    known = draw(st.dictionaries(st.sampled_from(MODELS), models, min_size=1, max_size=4))
    ids = sorted(known)
    age = some({}, {"max_age_days": st.sampled_from([0, 1, 8])})
    latency = st.sampled_from([{"metric": "t"}, {"first_token": "t", "tokens_per_second": "s"}])
    policy = draw(policies())
    incumbent = None
    if "incumbent_margin" in policy and draw(st.booleans()):
        incumbent = {"model": draw(st.sampled_from(MODELS)), "release": "alr_2026_06_01_001"}
    measures = {
        "q": {"metric": "m", **draw(age)},
        "r": {"metric": draw(st.sampled_from("mn")), **draw(age)},
        "latency": {**draw(latency), **draw(age)},
    }
    return {
        "schema": "zumik.release/1",
        "id": "alr_2026_06_09_001",
        "created_at": "2026-06-09T09:00:00Z",
        "parent": None,
        "note": None,
        "resolver": 2 if only else draw(st.sampled_from([2, 2, 2, 2, 1])),
        "measures": {k: v for k, v in measures.items() if draw(st.integers(0, 20))},
        "metrics": {k: v for k, v in METRICS.items() if draw(st.integers(0, 30))},
        "aliases": {
            ALIAS: {
                "policy": policy,
                "ranking": draw(st.permutations(ids)),
                "reason": "r",
                "incumbent": incumbent,
            }
        },
        "models": known,
    }


NEW_OF_A_MODEL = {
    "output",
    "labels",
    "lacks",
    "lifecycle",
    "mode",
    "region",
    "data_residency",
    "cacheable_from_tokens",
}
NEW_OF_A_PRICE = {
    "services",
    "fees",
    "basis",
    "dated",
    "from",
    "confirmed_on",
    "origins",
    "cache_write_1h",
    "input_audio",
    "input_image",
    "output_audio",
    "output_image",
    "output_reasoning",
}
NEW_OF_A_WORKLOAD = {
    "cache_written",
    "cache_kept",
    "searches",
    "input_audio",
    "input_image",
    "output_audio",
    "output_image",
    "reasoning",
}
NEW_OF_A_REQUIREMENT = {
    "mode",
    "output",
    "region",
    "data_residency",
    "labels",
    "incomplete_cost_allowed",
}


def _without(tree: Tree, keys: set[str]) -> Tree:
    return {key: value for key, value in tree.items() if key not in keys}


def as_of_resolver_1(release: Tree) -> Tree:
    """The release without all that came with resolver 2, and of resolver 1."""
    for name, model in release["models"].items():
        left = _without(model, NEW_OF_A_MODEL)
        if "price" in left:
            left["price"] = _first_price(left["price"])
        for metric, figure in left.get("metrics", {}).items():
            if isinstance(figure, dict):
                known = {k: figure[k] for k in ("value", "source", "observed_on") if k in figure}
                left["metrics"][metric] = known if len(known) > 1 else figure["value"]
        release["models"][name] = left
    policy = release["aliases"][ALIAS]["policy"]
    for preference in policy["prefer"]:
        if isinstance(preference, dict) and preference.get("within") == "error":
            preference["within"] = "0.5"
    if "workload" in policy:
        policy["workload"] = _without(policy["workload"], NEW_OF_A_WORKLOAD)
        if policy["workload"].get("tier") != "batch":
            policy["workload"].pop("tier", None)
    if "require" in policy:
        policy["require"] = _without(policy["require"], NEW_OF_A_REQUIREMENT)
        if not policy["require"]:
            del policy["require"]
    release["resolver"] = 1
    return release


def _first_price(price: Tree) -> Tree:
    left = _without(price, NEW_OF_A_PRICE)
    tiers = []
    for tier in left.pop("tiers", []):
        first = _without(tier, {*NEW_OF_A_PRICE, "source", "observed_on", "from_input_tokens"})
        tiers.append({"above_input_tokens": tier.get("from_input_tokens", 1) - 1, **first})
    return {**left, "tiers": tiers} if tiers else left


releases_of_1 = releases_of_2(only=True).map(as_of_resolver_1)
