"""The configuration of LiteLLM's proxy, from live releases: facts in, data and findings out.

LiteLLM is not imported. Its own validation finds little: it loads a file with an unknown provider,
with two different deployments of one name, or with a price that it reads as text. These faults are
found here.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.findings import Finding, collected
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import STANDARD, Service
from zumik.core.live.bundle import Bundle
from zumik.core.releases.release import VerifiedRelease
from zumik.rules.export_rules import (
    LITELLM_FEES_UNKNOWN,
    LITELLM_NEWEST_PRICE,
    LITELLM_NOTHING_LIVE,
    LITELLM_PREFIX_UNKNOWN,
    LITELLM_PRICE_CHANGES,
    LITELLM_PRICE_UNKNOWN,
    LITELLM_PROVIDER_UNKNOWN,
    LITELLM_TIER_UNKNOWN,
    LITELLM_TWO_UPSTREAMS,
    LITELLM_UPSTREAM_MISSING,
)

CALLBACK = "zumik.integrations.litellm.resolver"


class Provider(NamedTuple):
    """How LiteLLM names a provider, and the variable that its key is read from.

    `key` is None where LiteLLM signs in without one; `base` is an API address of your own.
    """

    prefix: str
    key: str | None
    base: str | None = None


PROVIDERS = {
    "alibaba": Provider("dashscope", "DASHSCOPE_API_KEY"),
    "amazon-bedrock": Provider("bedrock", None),
    "anthropic": Provider("anthropic", "ANTHROPIC_API_KEY"),
    "cohere": Provider("cohere_chat", "COHERE_API_KEY"),
    "deepseek": Provider("deepseek", "DEEPSEEK_API_KEY"),
    "google": Provider("gemini", "GEMINI_API_KEY"),
    "groq": Provider("groq", "GROQ_API_KEY"),
    "meta": Provider("meta_llama", "LLAMA_API_KEY"),
    "minimax": Provider("minimax", "MINIMAX_API_KEY"),
    "mistral": Provider("mistral", "MISTRAL_API_KEY"),
    "moonshotai": Provider("moonshot", "MOONSHOT_API_KEY"),
    "openai": Provider("openai", "OPENAI_API_KEY"),
    "together": Provider("together_ai", "TOGETHERAI_API_KEY"),
    "xai": Provider("xai", "XAI_API_KEY"),
    "zai": Provider("zai", "ZAI_API_KEY"),
}
"""By our provider ids. Prefixes and variables are those of LiteLLM 1.108.7: its `LlmProviders`, and
the variables that its `get_llm_provider` and provider modules read."""

_NAMES = """
ai21 ai21_chat aiml aiohttp_openai amazon_nova anthropic anthropic_text azure azure_ai
azure_text baseten bedrock bedrock_mantle bytez cerebras chutes clarifai cloudflare
codestral cohere cohere_chat cometapi custom_openai dashscope databricks datarobot deepinfra
deepseek docker_model_runner featherless_ai fireworks_ai friendliai galadriel gemini
gigachat github github_copilot gradient_ai groq heroku hosted_vllm huggingface hyperbolic
inception jina_ai lambda_ai lemonade litellm_proxy llamafile lm_studio maritalk meta
meta_llama minimax mistral moonshot morph nano-gpt nebius novita nscale nvidia_nim oci
ollama ollama_chat oobabooga openai openai_like openrouter ovhcloud perplexity poe predibase
publicai replicate sagemaker sagemaker_chat sambanova sap scaleway snowflake synthetic
text-completion-openai together_ai triton v0 vercel_ai_gateway vertex_ai vertex_ai_beta vllm
volcengine voyage wandb watsonx watsonx_text xai xiaomi_mimo xinference zai
"""

PREFIXES = frozenset(_NAMES.split())
"""The prefixes of LiteLLM 1.108.7 that a model's name may have."""

_RATES = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "input_audio": "input_cost_per_audio_token",
    "input_image": "input_cost_per_image_token",
    "output_audio": "output_cost_per_audio_token",
    "output_image": "output_cost_per_image_token",
    "output_reasoning": "output_cost_per_reasoning_token",
}
_SERVICES = {"standard": "", "batch": "_batches", "flex": "_flex", "priority": "_priority"}
"""The services for which LiteLLM has fields, and how these end."""

_TEXT = frozenset(("input", "output", "cache_read", "cache_write"))
_FIELDS: dict[tuple[str, int], frozenset[str]] = {
    ("standard", 0): frozenset(_RATES),
    ("batch", 0): _TEXT | {"input_audio", "input_image", "output_image"},
    ("flex", 0): _TEXT | {"output_reasoning", "input_audio"},
    ("priority", 0): _TEXT | {"output_reasoning", "input_audio", "output_image"},
    ("standard", 100_000): _TEXT | {"cache_write_1h"},
    ("batch", 100_000): _TEXT,
    ("standard", 128_000): frozenset(("input", "output")),
    ("standard", 200_000): _TEXT | {"input_audio"},
    ("batch", 200_000): _TEXT | {"input_audio"},
    ("flex", 200_000): frozenset(("input", "output", "input_audio")),
    ("priority", 200_000): frozenset(("input", "output", "cache_read", "input_audio")),
    ("standard", 272_000): _TEXT,
    ("batch", 272_000): _TEXT,
    ("flex", 272_000): _TEXT,
    ("priority", 272_000): _TEXT,
    ("standard", 512_000): frozenset(("input", "output", "cache_read")),
}
"""By service and the tokens that a tier is above: the rates for which `CustomPricingLiteLLMParams`
of LiteLLM 1.108.7 has a field. It sends any other parameter on to the provider."""

_FEATURES = {
    "tools": "supports_function_calling",
    "parallel_tools": "supports_parallel_function_calling",
    "structured_output": "supports_response_schema",
    "prompt_caching": "supports_prompt_caching",
    "reasoning": "supports_reasoning",
    "web_search": "supports_web_search",
    "image": "supports_vision",
    "pdf": "supports_pdf_input",
    "audio": "supports_audio_input",
}


class Exported(NamedTuple):
    """The whole configuration as data, its findings, and the live releases it came from."""

    config: dict[str, object]
    findings: tuple[Finding, ...]
    releases: tuple[ReleaseId, ...]


def config_of(
    bundle: Bundle,
    providers: Mapping[str, Provider] = PROVIDERS,
    *,
    today: date,
    serve_from: str = "live.json",
) -> Exported:
    """The proxy's configuration for every live alias of a bundle.

    It has one deployment for each ranked model, named by the model id; prices are exact, in USD
    per token, and those of the day.
    """
    (config, releases), findings = collected(_config(bundle, providers, today, serve_from))
    return Exported(config, tuple(findings), releases)


def _config(
    bundle: Bundle, providers: Mapping[str, Provider], today: date, serve_from: str
) -> Generator[Finding, None, tuple[dict[str, object], tuple[ReleaseId, ...]]]:
    live = bundle.live_releases
    if not live:
        yield LITELLM_NOTHING_LIVE.at("zumik", "no alias has a live pointer", "zumik alias promote")
    models = yield from _models(live)
    entries = []
    for model in models.values():
        if entry := (yield from _entry(model, providers, today)):
            entries.append(entry)  # noqa: PERF401  a comprehension cannot yield findings
    config: dict[str, object] = {
        "model_list": entries,
        "litellm_settings": {
            "zumik": {"bundle": serve_from, "on_error": "reject"},
            "callbacks": [CALLBACK],
        },
        # LiteLLM does not start without one.
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
        "router_settings": {
            "fallbacks": [
                {str(alias): [str(model) for model in source.aliases[alias].ranking[1:]]}
                for alias, source in live.items()
                if len(source.aliases[alias].ranking) > 1
            ]
        },
    }
    releases = sorted({source.ref.id for source in live.values()}, key=lambda found: found.order)
    return config, tuple(releases)


def _models(
    live: Mapping[AliasName, VerifiedRelease],
) -> Generator[Finding, None, dict[ModelId, Model]]:
    """Each ranked model once, with its newest facts; a finding where two releases disagree."""
    found: dict[ModelId, tuple[Model, VerifiedRelease, AliasName]] = {}
    for alias, source in sorted(live.items(), key=lambda item: item[1].ref.id.order):
        for ranked in source.aliases[alias].ranking:
            model = source.models[ranked]
            before = found.get(ranked)
            if before is not None and before[0].upstream != model.upstream:
                yield LITELLM_TWO_UPSTREAMS.at(
                    ranked,
                    f"{before[2]} uses {shown(str(_upstream(before[0])))} by "
                    f"{before[1].ref.id}, and {alias} uses {shown(str(_upstream(model)))} by "
                    f"{source.ref.id}: one deployment cannot be both",
                    "promote both aliases to one release",
                )
            elif before is not None and before[0].price != model.price:
                yield LITELLM_NEWEST_PRICE.at(
                    ranked,
                    f"its price differs between {before[1].ref.id} and {source.ref.id}",
                    "LiteLLM gets the newer price",
                )
            found[ranked] = (model, source, alias)
    return {name: found[name][0] for name in sorted(found)}


def _upstream(model: Model) -> str:
    """The name in the provider's API: the catalog's, else the id without its provider."""
    if model.upstream.model is not None:
        return model.upstream.model
    plain = model.variant_of or model.id
    return plain.removeprefix(f"{plain.provider}/")


def _entry(
    model: Model, providers: Mapping[str, Provider], today: date
) -> Generator[Finding, None, dict[str, object] | None]:
    """The deployment of a model; None, and a finding, where it has a fault."""
    provider = providers.get(model.id.provider)
    fault = _fault(model, provider)
    if fault is not None or provider is None:
        yield from [fault] if fault else []
        return None
    upstream = _upstream(model)
    params: dict[str, object] = {"model": f"{provider.prefix}/{upstream}"}
    if provider.base is not None:
        params["api_base"] = provider.base
    if provider.key is not None:
        params["api_key"] = f"os.environ/{provider.key}"
    prices = yield from _prices(model, today)
    return {
        "model_name": str(model.id),
        "litellm_params": {**params, **_params(model), **prices},
        "model_info": _info(model),
    }


def _fault(model: Model, provider: Provider | None) -> Finding | None:
    """Why LiteLLM could not call a model, though it would load the file without an error."""
    name, upstream = model.id.provider, _upstream(model)
    if provider is None:
        return LITELLM_PROVIDER_UNKNOWN.at(
            model.id,
            f"LiteLLM's name for the provider {name} is unknown",
            f"--provider {name}=PREFIX, as in {name}=openai",
        )
    if provider.prefix not in PREFIXES:
        return LITELLM_PREFIX_UNKNOWN.at(
            model.id,
            f"LiteLLM has no provider {shown(provider.prefix)}",
            "openai is the prefix of every server with OpenAI's API; add --api-base",
        )
    if not upstream.strip() or upstream.startswith("os.environ/") or not upstream.isprintable():
        return LITELLM_UPSTREAM_MISSING.at(
            model.id,
            f"its upstream model is {shown(upstream)}",
            "set upstream: {model: …} in the catalog, and make a release",
        )
    return None


def _params(model: Model) -> dict[str, object]:
    """The catalog's parameters as LiteLLM names them."""
    found: dict[str, object] = {}
    for name, value in model.upstream.params.items():
        if name == "thinking_budget_tokens":
            found["thinking"] = {"type": "enabled", "budget_tokens": value}
        else:
            found[name] = value
    return found


def _prices(model: Model, today: date) -> Generator[Finding, None, dict[str, object]]:
    """The price of the day, each rate in the field that LiteLLM has for it."""
    if model.price is None:
        yield LITELLM_PRICE_UNKNOWN.at(
            model.id, "its price is unknown", "LiteLLM uses its own price, or none"
        )
        return {}
    price = model.price.on(today)
    found: dict[str, object] = {}
    for name in dict.fromkeys((*_SERVICES, *price.services)):
        service = price.service(name)
        if service is not None:
            found |= yield from _service_prices(model, name, service)
    if price.fees:
        yield LITELLM_FEES_UNKNOWN.at(
            model.id,
            f"LiteLLM counts no fee for {', '.join(sorted(price.fees))}",
            "its spend is too low by them; zumik counts those of requests and searches",
        )
    begins = [each.effective_from for each in model.price.dated if each.effective_from]
    if upcoming := [day for day in begins if day > today]:
        yield LITELLM_PRICE_CHANGES.at(
            model.id,
            f"its price changes on {min(upcoming)}",
            "LiteLLM gets the price of today: export again on that day",
        )
    return found


def _service_prices(
    model: Model, name: str, service: Service
) -> Generator[Finding, None, dict[str, object]]:
    found: dict[str, object] = {}
    lost: list[str] = []
    tiers = [(tier.above_input_tokens, tier.rates) for tier in service.tiers]
    for above, rates in [(0, service.rates), *tiers]:
        known = _FIELDS.get((name, above), frozenset())
        length = f"_above_{above // 1000}k_tokens" if above else ""
        for rate in _RATES:
            if rate in known and rate in rates:
                found[f"{_RATES[rate]}{length}{_SERVICES[name]}"] = rates[rate] / 1_000_000
        if rates.keys() & _RATES.keys() - known:
            lost.append(f"above {above:,} tokens" if above else "at any length")
    if lost:
        of = "" if name == STANDARD else f"of the service {shown(name)} "
        yield LITELLM_TIER_UNKNOWN.at(
            model.id,
            f"LiteLLM has no field for each price {of}{' and '.join(lost)}",
            "LiteLLM uses the base price for them; zumik does not",
        )
    return found


def _info(model: Model) -> dict[str, object]:
    """What LiteLLM shows of a deployment. Its id is the model id, also in LiteLLM's headers."""
    info: dict[str, object] = {"id": str(model.id)}
    if "input_tokens" in model.limits:
        info["max_input_tokens"] = model.limits["input_tokens"]
    if "output_tokens" in model.limits:
        info["max_output_tokens"] = model.limits["output_tokens"]
    for words in (model.capabilities, model.input):
        for word in sorted(words or ()):
            if word in _FEATURES:
                info[_FEATURES[word]] = True
    return info
