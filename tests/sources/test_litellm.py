"""LiteLLM's file: what it says, in the catalog's words, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Lacks, Lifecycle
from zumik.core.facts.price import Fee, Origin, Price, Service, Tier
from zumik.errors import ZumikError
from zumik.sources.foreign_entries import MAX_BYTES
from zumik.sources.litellm_prices import read_litellm
from zumik.sources.offers import Imported, Offer

FIXTURES = Path(__file__).parent / "litellm"
DAYS = {"1.79.0": date(2025, 10, 26), "1.86.2": date(2026, 5, 27), "1.109.1": date(2026, 11, 12)}


def litellm(version: str) -> Imported:
    data = (FIXTURES / f"{version}.json").read_bytes()
    return read_litellm(
        {"litellm.json": data}, source=f"litellm {version}", observed_on=DAYS[version]
    )


def read(data: bytes) -> Imported:
    return read_litellm({"litellm.json": data}, source="litellm 1.0", observed_on=date(2026, 1, 1))


def one(key: str = "m", **fields: object) -> Offer:
    """The offer of one entry; numbers are given as the text that the file has."""
    entry = {"litellm_provider": "p", "mode": "chat", **fields}
    (offer,) = read(json.dumps({key: entry}).encode()).offers.values()
    return offer


def service(**rates: str | int) -> Service:
    return Service({name: Fraction(rate) for name, rate in rates.items()})


def priced(number: str) -> Fraction:
    fields = f'"litellm_provider": "p", "mode": "chat", "input_cost_per_token": {number}'
    (offer,) = read(f'{{"m": {{{fields}}}}}'.encode()).offers.values()
    assert offer.model.price is not None
    return offer.model.price.rates["input"]


def test_an_entry_becomes_a_model() -> None:
    model = litellm("1.109.1").offers["openai/gpt-5"].model  # type: ignore[index]
    assert model.limits == {"input_tokens": 272000, "output_tokens": 128000}
    assert model.input == {"text", "image", "pdf"}
    assert model.capabilities == {
        "tools",
        "parallel_tools",
        "structured_output",
        "prompt_caching",
        "reasoning",
        "web_search",
    }
    assert model.retires_on == date(2026, 12, 11)
    assert model.price == Price(
        {
            "input": Fraction("1.25"),
            "output": Fraction(10),
            "cache_read": Fraction("0.125"),
        },
        services={
            "batch": service(input="0.625", output=5, cache_read="0.0625"),
            "flex": service(input="0.625", output=5, cache_read="0.0625"),
            "priority": service(input="2.5", output=20, cache_read="0.25"),
        },
        fees={"search": Fee(Fraction("0.01"))},
    )
    assert (model.source, model.observed_on) == ("litellm 1.109.1", date(2026, 11, 12))


def test_unstated_facts_are_not_derived() -> None:
    for offer in litellm("1.109.1").offers.values():
        model = offer.model
        derived = (model.pinned, model.revision, model.owned_by, model.released_on)
        assert derived == (None, None, None, None)
        assert "context_tokens" not in model.limits
        assert model.upstream.model is None


def test_keys_become_ids() -> None:
    assert set(litellm("1.109.1").offers) >= {
        "google/gemini-2.5-pro",
        "alibaba/qwen3.7-plus",
        "amazon-bedrock/amazon.nova-pro-v1:0",
        "groq/openai/gpt-oss-120b",
        "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "cohere/command-a-03-2025",
        "deepseek/deepseek-v4-pro",
        "mistral/mistral-large-latest",
        "zai/glm-4.5-flash",
    }
    assert one("new-cloud/m", litellm_provider="new-cloud").model.id == "new-cloud/m"


PROVIDERS = {
    ("vertex_ai/claude-x@20251001", "vertex_ai-anthropic_models"): "vertex-ai/claude-x@20251001",
    ("gemini-9-pro", "vertex_ai-language-models"): "vertex-ai/gemini-9-pro",
    ("azure_ai/deepseek-r9", "azure_ai"): "azure-ai/deepseek-r9",
    ("fireworks_ai/accounts/f/models/k", "fireworks_ai"): "fireworks-ai/accounts/f/models/k",
    ("vercel_ai_gateway/openai/o9", "vercel_ai_gateway"): "vercel-ai-gateway/openai/o9",
    ("bedrock_mantle/openai.gpt-oss", "bedrock_mantle"): "bedrock-mantle/openai.gpt-oss",
    ("amazon-nova/nova-pro-v1", "amazon_nova"): "amazon-nova/nova-pro-v1",
    ("cloudflare/@cf/meta/llama", "cloudflare"): "cloudflare/cf/meta/llama",
}


@pytest.mark.parametrize(("entry", "model"), PROVIDERS.items())
def test_a_provider_with_an_underscore_is_read_with_a_hyphen(
    entry: tuple[str, str], model: str
) -> None:
    assert one(entry[0], litellm_provider=entry[1]).model.id == model


def test_an_id_that_begins_otherwise_here_is_sent_upstream_as_it_is() -> None:
    offer = one("cloudflare/@cf/meta/llama", litellm_provider="cloudflare")
    assert offer.model.upstream.model == "@cf/meta/llama"


CHARGES = {
    "search_context_cost_per_query": (
        {"low": 0.01, "high": 0.02},
        ("search_context_cost_per_query",),
    ),
    "output_cost_per_image": (0.04, ("output_cost_per_image 0.04",)),
    "citation_cost_per_token": (2e-06, ("citation_cost_per_token 0.000002",)),
    "new_cost_per_thing": (1, ("new_cost_per_thing 1",)),
    "input_cost_per_image": (0, ()),
    "input_cost_per_token_priority": (1, ()),
    "input_cost_per_audio_token": (1e-06, ()),
    "cache_creation_input_token_cost_above_12hr": (1e-06, ()),
    "cache_read_input_audio_token_cost": (1e-06, ()),
    "output_cost_per_token_above_200k_tokens": (1e-06, ()),
}


@pytest.mark.parametrize("key", CHARGES)
def test_a_charge_that_no_price_can_hold_is_named(key: str) -> None:
    value, named = CHARGES[key]
    fields = {"input_cost_per_token": 1e-06, key: value}
    price = one(**fields).model.price
    assert price is not None
    assert price.also_charged == named


def test_a_model_that_has_only_a_fee_has_a_price_without_rates() -> None:
    fee = one(input_cost_per_request=0.005).model.price
    assert fee == Price({}, fees={"request": Fee(Fraction("0.005"))})
    image = one(output_cost_per_image=0.04).model.price
    assert image == Price({}, also_charged=("output_cost_per_image 0.04",))


@pytest.mark.parametrize(
    ("key", "value", "fees"),
    [
        ("search_context_cost_per_query", {"low": 0.01, "high": 0.01}, {"search": "0.01"}),
        ("search_context_cost_per_query", {"low": 0.01, "high": 0.02}, {}),
        ("search_context_cost_per_query", {}, {}),
        ("search_context_cost_per_query", {"low": 0}, {}),
        ("search_context_cost_per_query", {"low": "0.01"}, {}),
        ("google_maps_grounding_cost_per_query", 0.025, {"google_maps": "0.025"}),
        ("code_interpreter_cost_per_session", 0.033, {"code_interpreter": "0.033"}),
        ("input_cost_per_request", 1e-300, {}),
        ("input_cost_per_request", -1, {}),
        ("input_cost_per_request", [0.01], {}),
        ("input_cost_per_request", True, {}),
        ("search_context_cost_per_query", {"low": [1], "high": {"a": 1}}, {}),
        ("input_cost_per_request", 1e30, {}),
    ],
)
def test_a_fee_is_one_number_per_call_and_never_a_guess(
    key: str, value: object, fees: dict[str, str]
) -> None:
    price = one(input_cost_per_token=1e-06, **{key: value}).model.price
    assert price is not None
    assert price.fees == {name: Fee(Fraction(usd)) for name, usd in fees.items()}


def test_each_service_has_its_own_rates_and_tiers() -> None:
    model = one(
        input_cost_per_token=1e-06,
        input_cost_per_token_above_200k_tokens=2e-06,
        input_cost_per_token_batches=5e-07,
        input_cost_per_token_above_200k_tokens_batches=1e-06,
        cache_creation_input_token_cost_above_1hr=3e-06,
        cache_creation_input_token_cost_above_1hr_above_200k_tokens=6e-06,
        input_cost_per_token_priority=2e-06,
        input_cost_per_token_decisions=1e-07,
    ).model
    assert model.price is not None
    assert model.price.services == {
        "batch": Service({"input": Fraction("0.5")}, (Tier(200_000, {"input": Fraction(1)}),)),
        # What a priority request costs above 200,000 tokens is not stated.
        "priority": Service(
            {"input": Fraction(2)}, (Tier(200_000, {}, origin=Origin("litellm 1.0")),)
        ),
    }
    assert model.price.tiers == (
        Tier(200_000, {"input": Fraction(2), "cache_write_1h": Fraction(6)}),
    )


def test_rates_of_audio_images_and_reasoning_are_read_and_their_zeros_are_not() -> None:
    price = one(
        input_cost_per_token=1e-06,
        input_cost_per_audio_token=3e-06,
        output_cost_per_image_token=3e-05,
        output_cost_per_reasoning_token=4e-06,
        input_cost_per_image_token=0,
    ).model.price
    assert price is not None
    assert price.rates == {
        "input": 1,
        "input_audio": 3,
        "output_image": 30,
        "output_reasoning": 4,
    }


def test_a_base_price_beside_an_off_peak_one_is_that_of_the_peak() -> None:
    price = one(
        input_cost_per_token=3e-07, off_peak_pricing={"input_cost_per_token": 1}
    ).model.price
    assert price is not None
    assert price.basis == "peak"
    assert one(input_cost_per_token=3e-07).model.price == Price({"input": Fraction("0.3")})


def test_an_end_has_its_day_its_page_and_its_successor() -> None:
    entry = {"litellm_provider": "gemini", "mode": "chat"}
    old = {
        **entry,
        "deprecation_date": "2026-12-01",
        "deprecation_source": "https://ai.example/ends",
        "successor_model": "gemini/new",
    }
    lost = {**entry, "successor_model": "gemini/none", "deprecation_source": "https://ai.example"}
    data = json.dumps({"gemini/old": old, "gemini/new": entry, "gemini/lost": lost}).encode()
    offers = read(data).offers
    assert offers[ModelId("google/old")].model.lifecycle == Lifecycle(
        date(2026, 12, 1),
        "litellm 1.0, https://ai.example/ends",
        date(2026, 1, 1),
        ModelId("google/new"),
    )
    assert offers[ModelId("google/old")].model.retires_on == date(2026, 12, 1)
    assert offers[ModelId("google/lost")].model.lifecycle is None


def test_mode_output_and_the_shortest_cached_prompt_are_read() -> None:
    model = one(
        mode="responses",
        supported_output_modalities=["text", "audio", "smell"],
        prompt_cache_min_tokens=1024.0,
        supports_vision=False,
        supports_function_calling=False,
    ).model
    assert (model.mode, model.note) == ("responses", None)
    assert (model.output, model.cacheable_from_tokens) == ({"text", "audio"}, 1024)
    # A flag that is not there says nothing, so the lists are not complete.
    assert model.lacks == Lacks(frozenset({"tools"}), frozenset({"image"}))
    assert one().model.lacks == Lacks(frozenset(), frozenset())


def test_skipped_entries_are_counted_and_listed() -> None:
    entry = {"litellm_provider": "p", "mode": "chat"}
    others = {"e": {**entry, "mode": "embedding"}, "a*b": entry, "bad": {**entry, "mode": 7}}
    skipped = read(json.dumps({"m": entry, **others}).encode()).skipped
    assert skipped == {"mode 'embedding'": ("e",), "no mode": ("bad",), "no model id": ("a*b",)}


@pytest.mark.parametrize("version", DAYS)
def test_every_entry_is_an_offer_or_is_counted_with_a_reason(version: str) -> None:
    entries = json.loads((FIXTURES / f"{version}.json").read_bytes())
    found = litellm(version)
    assert len(found.offers) + sum(map(len, found.skipped.values())) == len(entries)


@pytest.mark.parametrize(
    ("number", "usd"),
    [
        ("4.6999999999999995e-07", "0.47"),
        ("1.0000000000000002e-06", "1"),
        ("7.499999999999999e-08", "0.075"),
        ("1.23456789e-07", "0.123456789"),
        ("0.000002", "2"),
        ("3e-09", "0.003"),
        ("1e-15", "0.000000001"),
        ("0", "0"),
        ("-0.0", "0"),
        ("1", "1000000"),
    ],
)
def test_prices_are_per_million_and_free_of_noise(number: str, usd: str) -> None:
    assert priced(number) == Fraction(usd)


@given(st.integers(0, 10**12))
def test_any_price_of_twelve_digits_survives_a_float(nano: int) -> None:
    usd = Fraction(nano, 10**9)
    assert priced(repr(float(usd / 10**6))) == usd


@given(st.decimals(0, 1, allow_nan=False, places=17))
def test_no_price_is_moved_by_more_than_noise(per_token: Decimal) -> None:
    usd = Fraction(per_token) * 10**6
    assert abs(priced(f"{per_token:f}") - usd) <= max(usd / 10**11, Fraction(1, 10**12))


def test_tiers_come_from_keys_and_from_lists() -> None:
    offers = {str(key): offer.model.price for key, offer in litellm("1.109.1").offers.items()}
    sonnet = offers["anthropic/claude-haiku-5-5"]
    assert sonnet is not None
    assert sonnet.tiers == (
        Tier(
            100_000,
            {
                "input": Fraction("0.5"),
                "output": Fraction("2.5"),
                "cache_read": Fraction("0.05"),
                "cache_write": Fraction("0.625"),
                "cache_write_1h": Fraction(1),
            },
        ),
    )
    assert sonnet.services["batch"].tiers == (
        Tier(
            100_000,
            {
                "input": Fraction("0.25"),
                "output": Fraction("1.25"),
                "cache_read": Fraction("0.025"),
                "cache_write": Fraction("0.3125"),
            },
        ),
    )
    assert offers["alibaba/qwen3.7-plus"] == Price(
        {"input": Fraction("0.4"), "output": Fraction("1.6"), "cache_read": Fraction("0.08")},
        (
            Tier(
                256_000,
                {
                    "input": Fraction("1.2"),
                    "output": Fraction("4.8"),
                    "cache_read": Fraction("0.24"),
                },
            ),
        ),
    )


def test_limits_written_as_floats_become_integers() -> None:
    limits = litellm("1.79.0").offers["xai/grok-4-fast-reasoning"].model.limits  # type: ignore[index]
    assert limits == {"input_tokens": 2_000_000, "output_tokens": 2_000_000}
    assert one(max_input_tokens=0).model.limits == {}


def test_only_a_false_flag_means_no() -> None:
    offer = one(supports_vision=False, supports_function_calling=True, supports_pdf_input=None)
    assert offer.model.capabilities == {"tools"}
    assert offer.model.input == {"text"}
    assert offer.denied == {"image"}
    both = one(supports_response_schema=False, supports_native_structured_output=True)
    assert (both.model.capabilities, both.denied) == ({"structured_output"}, frozenset())
    listed = one(supports_vision=False, supported_modalities=["text", "image", "smell"])
    assert (listed.model.input, listed.denied) == ({"text", "image"}, frozenset())


def test_of_two_entries_for_one_model_the_one_with_a_provider_counts() -> None:
    chat = litellm("1.79.0").offers["deepseek/deepseek-chat"]  # type: ignore[index]
    assert chat.key == "deepseek/deepseek-chat"
    assert chat.disputed == {"price", "limits"}
    pro = litellm("1.109.1").offers["deepseek/deepseek-v4-pro"]  # type: ignore[index]
    assert pro.disputed == frozenset()


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ('"input_cost_per_token": "1e-06"', "expected a number, found text"),
        ('"input_cost_per_token": true', "expected a number, found true or false"),
        ('"input_cost_per_token": -1e-06', "a price below 0"),
        ('"output_cost_per_token": 1.5', "a price of more than 1,000,000 USD"),
        ('"output_cost_per_token": 1e999999999', "a price of more than 1,000,000 USD"),
        ('"output_cost_per_token": 1e-999999999', "a price too small to be one"),
        ('"input_cost_per_token_above_200k_tokens": []', "expected a number, found a list"),
        ('"max_input_tokens": "many"', "expected a number, found text"),
        ('"max_input_tokens": 1.5', "expected a number of tokens"),
        ('"max_input_tokens": 1e999999999', "expected a number of tokens"),
        ('"max_input_tokens": -1', "expected a number of tokens"),
        ('"supports_vision": "yes"', "expected true or false, found text"),
        ('"supported_modalities": "text"', "expected a list, found text"),
        ('"deprecation_date": "2026-02-30"', "expected a date"),
        ('"deprecation_date": "20260228"', "expected a date"),
        ('"deprecation_date": "2062-02-28"', "more than 20 years from 2026-01-01"),
        ('"deprecation_date": "0026-02-28"', "more than 20 years from 2026-01-01"),
        ('"tiered_pricing": [{"range": []}]', "expected objects with a range"),
        ('"successor_model": ["m"]', "expected a text"),
        ('"successor_model": "\\u001b[31m"', "expected a text"),
        ('"prompt_cache_min_tokens": -1', "expected a number of tokens"),
        ('"supported_output_modalities": "text"', "expected a list, found text"),
        ('"output_cost_per_reasoning_token": "?"', "expected a number, found text"),
        ('"input_cost_per_token_flex": {}', "expected a number, found an object"),
        ('"tiered_pricing": [{"range": ["x"], "input_cost_per_token": 0}]', "found text"),
    ],
)
def test_a_field_that_cannot_be_read_is_a_finding_and_costs_that_field_alone(
    field: str, problem: str
) -> None:
    name = field.split('"')[1]
    others = {
        "supports_function_calling": True,
        "max_output_tokens": 7,
        "deprecation_date": "2027-01-02",
    }
    others.pop(name, None)
    entry = '{"litellm_provider": "p", "mode": "chat", ' + field + ", " + json.dumps(others)[1:]
    imported = read(f'{{"m": {entry}}}'.encode())
    (finding,) = imported.findings
    assert (finding.code, imported.skipped) == ("unusable-field", {})
    assert problem in finding.message
    model = imported.offers["p/m"].model  # type: ignore[index]
    assert model.capabilities == {"tools"}
    assert model.limits == {"output_tokens": 7}
    assert model.retires_on == (date(2027, 1, 2) if "deprecation_date" in others else None)


def test_one_bad_rate_leaves_the_others_and_one_of_a_tier_leaves_no_price() -> None:
    rates = {"input_cost_per_token": 1e-06, "cache_read_input_token_cost": "?"}
    price = one(**rates).model.price
    assert price is not None
    assert dict(price.rates) == {"input": 1}
    tier = {"input_cost_per_token_above_200k_tokens": 2e-06}
    assert one(**rates, **tier, output_cost_per_token_above_200k_tokens="?").model.price is None


def test_tiers_of_a_list_stand_beside_a_base_price() -> None:
    tiers = [
        {"range": [0, 100], "input_cost_per_token": 9e-06},
        {"range": [100, 200], "input_cost_per_token": 3e-06},
    ]
    price = one(input_cost_per_token=1e-06, tiered_pricing=tiers).model.price
    assert price == Price({"input": Fraction(1)}, (Tier(100, {"input": Fraction(3)}),))


def test_an_entry_that_is_not_an_object_is_a_finding() -> None:
    good = '{"litellm_provider": "p", "mode": "chat"}'
    imported = read(f'{{"bad": 5, "good": {good}}}'.encode())
    assert set(imported.offers) == {"p/good"}
    (finding,) = imported.findings
    assert finding.code == "unusable-entry"
    assert "expected an object, found a number" in finding.message
    with pytest.raises(ZumikError, match="no chat model in 1 entries"):
        read(b'{"bad": 5}')


def test_of_two_entries_the_earlier_retirement_counts() -> None:
    entry = {"litellm_provider": "p", "mode": "chat"}
    content = {"p/m": entry, "m": {**entry, "deprecation_date": "2026-03-01"}}
    offer = read(json.dumps(content).encode()).offers["p/m"]  # type: ignore[index]
    assert (offer.key, offer.model.retires_on) == ("p/m", date(2026, 3, 1))


def test_text_in_a_price_file_cannot_steer_a_terminal() -> None:
    imported = read(b'{"\\u001b[31m": 5, "m": {"litellm_provider": "p", "mode": "chat"}}')
    assert imported.findings[0].message == r"'\x1b[31m': expected an object, found a number"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b"[]", "expected an object of models, found a list"),
        (b"null", "expected an object of models, found nothing"),
        (b'"\xff"', "not UTF-8 at 1:2"),
        (b"\xef\xbb\xbf{}", "has a byte order mark at 1:1"),
        (b"{}", "no chat model in 0 entries"),
        (b'{"a": {"mode": "embedding"}}', "no chat model in 1 entries"),
        (b'{"a": {"mode": ["chat"]}}', "no chat model"),
        (b'{"a": {"mode": "chat", "litellm_provider": 5}}', "no chat model"),
        (b'{"a": {}, "a": {}}', "has the key 'a' twice"),
        (b'{"a": {"x": NaN}}', "has NaN"),
        (b'{"a": {"x": -Infinity}}', "has -Infinity"),
        (b'{"a": ' + b"9" * 400 + b"}", "an integer of 400 digits"),
        (b'{"a": 0.' + b"9" * 400 + b"}", "a number of 402 characters"),
        (b'{"a": 1e99999999999999999999}', "an exponent beyond all bounds"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (MAX_BYTES + 1), "more than the 33,554,432 that are read"),
    ],
)
def test_a_malformed_price_file_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ZumikError) as caught:
        read(data)
    assert problem in caught.value.message


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    [
        *("input_cost_per_token", "output_cost_per_token_above_200k_tokens_batches"),
        *("max_input_tokens", "supports_vision", "supported_modalities", "deprecation_date"),
        *("tiered_pricing", "mode", "litellm_provider"),
    ]
)


@given(st.dictionaries(st.text(max_size=8), st.dictionaries(_KEYS, _JSON) | _JSON, min_size=1))
def test_only_zumik_errors_are_raised(content: dict[str, object]) -> None:
    for entry in content.values():
        if isinstance(entry, dict):
            entry.setdefault("mode", "chat")
            entry.setdefault("litellm_provider", "p")
    with suppress(ZumikError):
        read(json.dumps(content).encode())


@given(st.binary(max_size=40))
def test_any_bytes_raise_a_zumik_error_or_nothing(data: bytes) -> None:
    with pytest.raises(ZumikError):
        read(data)


@pytest.mark.parametrize(("tiers", "fits"), [(101, True), (102, False)])
def test_a_price_that_no_catalog_takes_is_left_out_with_a_finding(tiers: int, fits: bool) -> None:
    # The first range is the price itself.
    ranges = [
        {"range": [above * 1000, above * 1000 + 1000], "input_cost_per_token": 1e-6 + above * 1e-8}
        for above in range(tiers)
    ]
    entry = {"litellm_provider": "p", "mode": "chat", "tiered_pricing": ranges}
    found = read(json.dumps({"m": {**entry, "max_output_tokens": 5}}).encode())
    (offer,) = found.offers.values()
    assert offer.model.limits == {"output_tokens": 5}
    assert (offer.model.price is not None) == fits
    messages = [finding.message for finding in found.findings]
    assert messages == ([] if fits else ["'m': the price has more than 100 tiers"])
