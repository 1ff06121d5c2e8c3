"""The sources beside LiteLLM: what each one states, and what its silence and zeros mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import Price, Service, Tier
from zumik.errors import UsageError, ZumikError
from zumik.sources.kinds import source_kind
from zumik.sources.offers import Imported

DAY = date(2026, 11, 28)


def read(kind: str, name: str, text: str) -> Imported:
    return source_kind(kind).read({name: text.encode()}, source=f"{kind} 1", observed_on=DAY)


def one(found: Imported) -> Model:
    (offer,) = found.offers.values()
    return offer.model


def prices_of(**rates: float | str) -> dict[str, Fraction]:
    return {name: Fraction(str(rate)) for name, rate in rates.items()}


# models.dev


def api(**entry: object) -> str:
    return json.dumps({"mistral": {"id": "mistral", "models": {"m-1": entry}}})


def test_models_dev_states_the_context_window_and_what_weights_are() -> None:
    model = one(
        read(
            "models.dev",
            "api.json",
            api(
                tool_call=True,
                structured_output=False,
                reasoning=True,
                open_weights=True,
                release_date="2026-10-05",
                modalities={"input": ["text", "image"], "output": ["text"]},
                limit={"context": 262144, "input": 0, "output": 32768},
                cost={"input": 0.7, "output": 2.1, "cache_read": 0.07},
            ),
        )
    )
    assert model.id == "mistral/m-1"
    assert model.limits == {"context_tokens": 262144, "output_tokens": 32768}
    assert model.input == {"text", "image"}
    assert model.capabilities == {"tools", "reasoning", "prompt_caching"}
    assert (model.released_on, model.open_weights) == (date(2026, 10, 5), True)
    assert model.price == Price(prices_of(input="0.7", output="2.1", cache_read="0.07"))


@pytest.mark.parametrize(
    ("entry", "field", "expected"),
    [
        ({"release_date": "2026-10"}, "released_on", None),
        ({"cost": {"input": 0, "output": 0}}, "price", None),
        ({"limit": {"context": 0, "output": 0}}, "limits", {}),
        (
            {"cost": {"input": 2, "output": 6, "context_over_200k": {"input": 4, "output": 12}}},
            "price",
            Price(prices_of(input=2, output=6), (Tier(200_000, prices_of(input=4, output=12)),)),
        ),
        (
            {"cost": {"input": 2, "output": 6, "tiers": [{"input": 4, "tier": {"size": 272000}}]}},
            "price",
            Price(prices_of(input=2, output=6), (Tier(272_000, prices_of(input=4)),)),
        ),
    ],
)
def test_what_models_dev_does_not_know_stays_unknown(
    entry: Mapping[str, object], field: str, expected: object
) -> None:
    assert getattr(one(read("models.dev", "api.json", api(**entry))), field) == expected


def test_a_false_of_models_dev_is_no_denial() -> None:
    (offer,) = read("models.dev", "api.json", api(tool_call=False)).offers.values()
    assert offer.denied == frozenset()


def test_a_checkout_of_models_dev_inherits_from_the_weights() -> None:
    files = {
        "providers/mistral/models/m-1.toml": b"""
            base_model = "mistral/m-1"
            base_model_omit = ["limit.input"]
            status = "deprecated"
            [cost]
            input = 0.68
            output = 2.09
        """,
        "providers/mistral/models/lost.toml": b'base_model = "mistral/none"',
        "providers/mistral/provider.toml": b'name = "Mistral"',
        "models/mistral/m-1.toml": b"""
            open_weights = true
            [limit]
            context = 262_144
            input = 200_000
        """,
    }
    found = source_kind("models.dev").read(files, source="models.dev, 1", observed_on=DAY)
    (offer,) = found.offers.values()
    assert offer.model.limits == {"context_tokens": 262144}
    assert offer.model.owned_by == "mistral"
    assert offer.model.price == Price(prices_of(input="0.68", output="2.09"))
    assert offer.not_served
    assert found.skipped == {"not readable": ("mistral/lost",)}


# genai-prices

ARGON = """
providers: list[Provider] = [Provider(id='x-ai', models=[ModelInfo(
    id='argon', match=ClauseEquals(equals='argon'), context_window=1048576,
    prices=[
        ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('2'), output_mtok=Decimal('10'))),
        ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 11, 1)),
            prices=ModelPrice(input_mtok=Decimal('3'), output_mtok=TieredPrices(
                base=Decimal('12'), tiers=[Tier(start=199999, price=Decimal('24'))]))),
        ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 12, 1)),
            prices=ModelPrice(input_mtok=Decimal('4'), output_mtok=Decimal('20'))),
    ],
    price_variants=[
        PriceVariant(when={'processing': 'batch'}, prices=ModelPrice(input_mtok=Decimal('2')),
            constraint=StartDateConstraint(start_date=datetime.date(2026, 12, 1))),
        PriceVariant(when={'processing': 'batch'}, prices=ModelPrice(input_mtok=Decimal('1.5'))),
        PriceVariant(when={'processing': 'batch'}, prices=ModelPrice(input_mtok=Decimal('1'))),
    ])])]
"""


def test_genai_prices_counts_the_price_of_the_day() -> None:
    # Of the base the last in force counts, of the variants the first.
    model = one(read("genai-prices", "data.py", ARGON))
    assert model.id == "xai/argon"
    assert model.limits == {"context_tokens": 1048576}
    assert model.price == Price(
        prices_of(input=3, output=12),
        (Tier(199_999, prices_of(input=3, output=24), written_from=True),),
        effective_from=date(2026, 11, 1),
        services={"batch": Service(prices_of(input="1.5"))},
        dated=(
            Price(
                prices_of(input=4, output=20),
                effective_from=date(2026, 12, 1),
                services={"batch": Service(prices_of(input=2))},
            ),
        ),
    )


def test_genai_prices_of_its_repository_are_the_same() -> None:
    models = [{"id": "argon", "prices": {"input_mtok": 2, "output_mtok": 10}}]
    text = json.dumps([{"id": "x-ai", "models": models}])
    assert one(read("genai-prices", "data.json", text)).price == Price(
        prices_of(input=2, output=10)
    )


def test_a_rounded_context_window_is_not_taken() -> None:
    entry = {"id": "a", "context_window": 1_000_000, "prices": {"input_mtok": 2}}
    text = json.dumps([{"id": "x-ai", "models": [entry]}])
    assert one(read("genai-prices", "data.json", text)).limits == {}


@pytest.mark.parametrize(
    ("usual", "hourly", "basis"),
    [(1, [2, 3], "off_peak"), (3, [1, 2], "peak"), (2, [1, 3], None), (2, [2], None)],
)
def test_a_price_beside_those_of_some_hours_says_which_it_is(
    usual: int, hourly: list[int], basis: str | None
) -> None:
    hours = {"start_time": "00:30", "end_time": "16:30"}
    prices: list[object] = [{"prices": {"input_mtok": usual}}]
    prices += [{"constraint": hours, "prices": {"input_mtok": usd}} for usd in hourly]
    entry = {"id": "a", "context_window": 65_536, "prices": prices}
    found = read("genai-prices", "data.json", json.dumps([{"id": "x-ai", "models": [entry]}]))
    if basis is None:
        assert one(found).price is None
        assert "by hours of the day" in found.findings[0].message
    else:
        assert one(found).price == Price(prices_of(input=usual), basis=basis)


def test_a_variant_that_cannot_be_read_costs_itself_alone() -> None:
    variants = [
        {"when": {"service_tier": "flex"}, "prices": {"input_mtok": "?"}},
        {"when": {"service_tier": "priority"}, "prices": {"input_mtok": 4}},
        {"when": {"route": "eu"}, "prices": {"input_mtok": 3}},
        {"when": ["flex"], "prices": []},
    ]
    entry = {"id": "a", "prices": {"input_mtok": 2}, "price_variants": variants}
    found = read("genai-prices", "data.json", json.dumps([{"id": "x-ai", "models": [entry]}]))
    assert one(found).price == Price(
        prices_of(input=2), services={"priority": Service(prices_of(input=4))}
    )
    assert [finding.code for finding in found.findings] == ["unusable-field"]


@pytest.mark.parametrize(
    ("schedule", "basis"),
    [
        ({"peak_multiplier": 2.0}, "off_peak"),
        ({"peak_multiplier": 2.0, "valid_from": "2026-12-01T00:00:00Z"}, None),
        ({"peak_multiplier": 2.0, "valid_until": "2026-11-28T00:00:00Z"}, None),
        ({"off_peak_multiplier": {"grok": 0.5}}, "peak"),
        ({"off_peak_multiplier": {"other": 0.5}}, None),
        ({"provider": "deepseek", "peak_multiplier": 2.0}, None),
    ],
)
def test_a_schedule_of_model_prices_says_which_price_is_listed(
    schedule: dict[str, object], basis: str | None
) -> None:
    text = json.loads(snapshot(standard=[{"rates": {"input": 2.0}}]))
    text["schedules"] = {"schedule": [{"provider": "xai", **schedule}]}
    price = one(read("model-prices", "snapshot.json", json.dumps(text))).price
    assert price == Price(prices_of(input=2), basis=basis)


@pytest.mark.parametrize(
    "code", ["providers: list = open('x')", "import os", "providers: list = ("]
)
def test_code_is_never_run(code: str) -> None:
    with pytest.raises(ZumikError, match=r"no literal providers|no chat model"):
        read("genai-prices", "data.py", code)


# model-prices


def snapshot(**services: object) -> str:
    found = {"prices": {"xai": {"grok": services}}, "status": {"xai": {"grok": None}}}
    return json.dumps(found)


def test_model_prices_has_the_last_price_of_each_service_without_the_noise() -> None:
    text = snapshot(
        standard=[
            {"rates": {"input": 9.0}},
            {"rates": {"input": 2.0, "tiers": [{"above": 200000, "input": 4.0}]}},
        ],
        batch=[
            {"rates": None},
            {"rates": {"output": 4.800000000000001, "tiers": [{"above": 200000, "input": 3.2}]}},
        ],
    )
    assert one(read("model-prices", "snapshot.json", text)).price == Price(
        prices_of(input=2),
        (Tier(200_000, prices_of(input=4)),),
        services={
            "batch": Service(prices_of(output="4.8"), (Tier(200_000, prices_of(input="3.2")),)),
        },
    )


def test_an_estimate_by_another_model_is_no_price() -> None:
    text = snapshot(standard=[{"rates": {"input": 2.0, "output": 4.0, "model": "other"}}])
    assert one(read("model-prices", "snapshot.json", text)).price is None


# LangChain


def test_a_profile_of_langchain_states_limits_and_capabilities() -> None:
    text = (
        "_PROFILES: dict = {'m-1': {'release_date': '2026-09-01', 'max_input_tokens': 1000,"
        " 'max_output_tokens': 100, 'text_inputs': True, 'image_inputs': False,"
        " 'tool_calling': True, 'structured_output': False}}"
    )
    model = one(read("langchain-google-genai", "_profiles.py", text))
    assert model.id == "google/m-1"
    assert model.limits == {"input_tokens": 1000, "output_tokens": 100}
    assert (model.input, model.capabilities) == ({"text"}, {"tools"})
    assert model.price is None


# A list of one's own

CSV = """\
model,price.input,price.output,limits.context_tokens,capabilities,pinned,retires_on,source
acme/own-1,0.30,1,32768,tools reasoning,true,2027-01-31,contract of May
acme/own-2,,,,,,,
"""


def test_a_csv_of_ones_own_has_the_keys_of_a_catalog() -> None:
    found = read("own", "contract.csv", CSV)
    model = found.offers[ModelId("acme/own-1")].model
    assert model.price == Price(prices_of(input="0.3", output=1))
    assert model.limits == {"context_tokens": 32768}
    assert model.capabilities == {"tools", "reasoning"}
    assert (model.pinned, model.retires_on) == (True, date(2027, 1, 31))
    assert model.source == "contract of May"
    assert found.offers[ModelId("acme/own-2")].model.price is None


def test_json_of_ones_own_says_the_same() -> None:
    text = json.dumps({"acme/own-1": {"price": {"input": 0.3}, "limits": {"output_tokens": 8}}})
    model = one(read("own", "contract.json", text))
    assert model.price == Price({"input": Fraction(Decimal("0.3"))})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,price.input\na/b,1\n", "no column model"),
        ("model,x,x\na/b,1,2\n", "a column stands twice"),
        ('model,a\n"a/b,1\n', "not CSV"),
        ("model,nonsense\na/b,1\n", "nonsense"),
        ("model,price.input\na/b,much\n", "price.input"),
        ("model,price.input\nnone,1\n", "no model id"),
        ("model,price.input\na/b,1,2\n", "more cells than columns"),
    ],
)
def test_a_fault_of_ones_own_list_is_said(text: str, why: str) -> None:
    with pytest.raises(ZumikError, match=why):
        read("own", "contract.csv", text)


# All of them


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("litellm", "l.json"),
        ("models.dev", "api.json"),
        ("genai-prices", "data.py"),
        ("genai-prices", "data.json"),
        ("model-prices", "snapshot.json"),
        ("langchain-xai", "_profiles.py"),
        ("own", "own.csv"),
        ("own", "own.json"),
    ],
)
@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "\x00", "[" * 5000, '{"a": {"models": {"b": 1}}}', "1" * 5000]
)
def test_a_file_that_is_no_such_source_is_an_error(kind: str, name: str, text: str) -> None:
    with pytest.raises(ZumikError) as caught:
        read(kind, name, text)
    assert caught.value.hint


def test_a_source_that_does_not_exist_gets_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        source_kind("genai_prices")
    assert caught.value.hint == "did you mean genai-prices?"
