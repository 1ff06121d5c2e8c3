"""The exported configuration: what is in it, and what is refused that LiteLLM would load."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from tests.integration.litellm.gateway import run_zumik

from zumik.core.basics.findings import Severity
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model, Upstream
from zumik.core.facts.price import Fee, Price, Service, Tier
from zumik.core.live.bundle import Bundle
from zumik.integrations.litellm_config import (
    _FIELDS,
    _RATES,
    _SERVICES,
    PREFIXES,
    PROVIDERS,
    Provider,
    config_of,
)
from zumik.resolver import Resolver, bundle_of_workspace
from zumik.workspace.store import Store
from zumik.yaml_text.writer import block_yaml

TODAY = date(2026, 11, 28)
OURS = {"acme": Provider("openai", "ACME_API_KEY"), "claudish": Provider("anthropic", None)}
WORDS = ("export", "litellm", "--provider", "acme=openai", "--provider", "claudish=anthropic")

# The folder of these tests is called as the package is, and can be taken for it.
_NEEDS_LITELLM = pytest.mark.skipif(
    not (Path(sys.executable).parent / "litellm").exists(), reason="needs the integration extra"
)


@pytest.fixture
def bundle(workspace: Path) -> Bundle:
    return Resolver.from_workspace(workspace).bundle


def changed(bundle: Bundle, alias: str, name: str, **facts: object) -> Bundle:
    """The bundle, with other facts of one model in a release of its own for one alias."""
    pointer = bundle.pointers[alias]  # type: ignore[index]
    frozen = bundle.releases[pointer.target.id]
    content = frozen.source.release.content
    model: Model = content.models[ModelId(name)]._replace(**facts)
    release = frozen.source.release._replace(
        content=content._replace(models={**content.models, ModelId(name): model})
    )
    other = type(pointer.target.id).next(pointer.target.id.day, max(bundle.releases))
    ref = frozen.source.ref._replace(id=other)
    source = frozen.source._replace(ref=ref, release=release)
    return bundle._replace(
        releases={**bundle.releases, other: frozen._replace(source=source)},
        pointers={**bundle.pointers, alias: pointer._replace(target=ref)},
    )


def codes(bundle: Bundle) -> dict[str, tuple[str, Severity]]:
    found = config_of(bundle, OURS, today=TODAY).findings
    return {finding.code: (str(finding.location), finding.severity) for finding in found}


def test_the_same_releases_give_the_same_bytes(workspace: Path) -> None:
    assert run_zumik(workspace, *WORDS) == run_zumik(workspace, *WORDS)


def test_prices_are_written_exactly_and_read_as_numbers(bundle: Bundle) -> None:
    price = Price(
        {"input": Fraction(1, 10), "output": Fraction(25, 100), "cache_read": Fraction(0)}
    )
    found = config_of(changed(bundle, "code.other", "acme/fast-1", price=price), OURS, today=TODAY)
    text = block_yaml(found.config, [])
    params = {
        entry["model_name"]: entry["litellm_params"] for entry in yaml.safe_load(text)["model_list"]
    }["acme/fast-1"]
    assert "input_cost_per_token: 0.0000001\n" in text
    assert "output_cost_per_token: 0.00000025\n" in text
    assert params["input_cost_per_token"] == 1e-07
    assert params["cache_read_input_token_cost"] == 0


def test_a_variant_asks_the_same_model_with_its_own_parameters(bundle: Bundle) -> None:
    upstream = Upstream("up", {"reasoning_effort": "high", "thinking_budget_tokens": 9})
    only = bundle._replace(pointers={"code.other": bundle.pointers["code.other"]})  # type: ignore
    found = config_of(
        changed(only, "code.other", "acme/fast-1", upstream=upstream), OURS, today=TODAY
    )
    entries = found.config["model_list"]
    assert isinstance(entries, list)
    params = entries[0]["litellm_params"]
    assert params["model"] == "openai/up"
    assert params["reasoning_effort"] == "high"
    assert params["thinking"] == {"type": "enabled", "budget_tokens": 9}


def test_two_upstreams_for_one_id_are_refused(bundle: Bundle) -> None:
    two = changed(bundle, "code.other", "acme/fast-1", upstream=Upstream("another"))
    assert codes(two)["litellm-two-upstreams"] == ("acme/fast-1", Severity.ERROR)


def test_two_prices_for_one_id_are_reported(bundle: Bundle) -> None:
    two = changed(bundle, "code.other", "acme/fast-1", price=Price({"input": Fraction(9)}))
    assert codes(two) == {"litellm-newest-price": ("acme/fast-1", Severity.NOTICE)}


@pytest.mark.parametrize("asked", ["", " ", "os.environ/SECRET", "a\nb"])
def test_an_invalid_upstream_is_refused(bundle: Bundle, asked: str) -> None:
    bad = changed(bundle, "code.other", "acme/fast-1", upstream=Upstream(asked))
    assert codes(bad)["litellm-upstream-missing"][1] is Severity.ERROR


def test_a_price_without_a_litellm_field_is_reported(bundle: Bundle) -> None:
    tiers = (Tier(200_000, {"input": Fraction(2)}), Tier(300_000, {"input": Fraction(3)}))
    tiered = changed(
        bundle, "code.other", "acme/fast-1", price=Price({"input": Fraction(1)}, tiers)
    )
    found = config_of(tiered, OURS, today=TODAY)
    assert "litellm-tier-unknown" in {finding.code for finding in found.findings}
    assert "input_cost_per_token_above_200k_tokens: 0.000002\n" in block_yaml(found.config, [])


def test_services_classes_of_cache_writes_and_media_have_their_fields(bundle: Bundle) -> None:
    rate = Fraction(2)
    price = Price(
        {"input": rate, "batch_input": rate, "cache_write_1h": rate, "output_reasoning": rate},
        (Tier(272_000, {"input": rate, "batch_input": rate}),),
        services={
            "flex": Service({"input": rate}, (Tier(200_000, {"input": rate}),)),
            "priority": Service({"cache_read": rate}),
        },
    )
    found = config_of(changed(bundle, "code.other", "acme/fast-1", price=price), OURS, today=TODAY)
    assert {item.code for item in found.findings} == {"litellm-newest-price"}
    entries = found.config["model_list"]
    assert isinstance(entries, list)
    (params,) = (e["litellm_params"] for e in entries if e["model_name"] == "acme/fast-1")
    fields = {
        "input_cost_per_token",
        "input_cost_per_token_batches",
        "cache_creation_input_token_cost_above_1hr",
        "output_cost_per_reasoning_token",
        "input_cost_per_token_above_272k_tokens",
        "input_cost_per_token_above_272k_tokens_batches",
        "input_cost_per_token_flex",
        "input_cost_per_token_above_200k_tokens_flex",
        "cache_read_input_token_cost_priority",
    }
    assert {key for key in params if "cost" in key} == fields


@_NEEDS_LITELLM
def test_every_field_of_a_price_is_one_that_litellm_keeps_for_itself() -> None:
    types = import_module("litellm.types.utils")
    written = {
        f"{_RATES[rate]}{f'_above_{above // 1000}k_tokens' if above else ''}{_SERVICES[service]}"
        for (service, above), rates in _FIELDS.items()
        for rate in rates
    }
    assert written <= types.CustomPricingLiteLLMParams.model_fields.keys()


def test_the_price_of_the_day_is_written_and_a_later_one_is_reported(bundle: Bundle) -> None:
    later = Price({"input": Fraction(3)}, effective_from=date(2026, 12, 1))
    price = Price({"input": Fraction(1)}, dated=(later,), fees={"search": Fee(Fraction(1))})
    both = changed(bundle, "code.other", "acme/fast-1", price=price)
    for today, cost in ((TODAY, "0.000001"), (date(2026, 12, 1), "0.000003")):
        found = config_of(both, OURS, today=today)
        codes = {item.code for item in found.findings}
        assert ("litellm-price-changes" in codes) == (today == TODAY)
        assert ("litellm-fees-unknown" in codes) == (today == TODAY)
        assert f"input_cost_per_token: {cost}\n" in block_yaml(found.config, [])


def test_a_service_without_a_litellm_field_is_reported(bundle: Bundle) -> None:
    price = Price({"input": Fraction(1)}, services={"scale": Service({"input": Fraction(2)})})
    found = codes(changed(bundle, "code.other", "acme/fast-1", price=price))
    assert found["litellm-tier-unknown"] == ("acme/fast-1", Severity.NOTICE)


def test_a_missing_price_is_reported(bundle: Bundle) -> None:
    only = bundle._replace(pointers={"code.other": bundle.pointers["code.other"]})  # type: ignore
    free = changed(only, "code.other", "acme/fast-1", price=None)
    assert codes(free) == {"litellm-price-unknown": ("acme/fast-1", Severity.NOTICE)}


def test_a_workspace_without_live_aliases_is_refused(bundle: Bundle) -> None:
    assert codes(bundle._replace(pointers={}))["litellm-nothing-live"][1] is Severity.ERROR


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "litellm"), "litellm-provider-unknown"),
        ((*WORDS, "--provider", "acme=acme"), "litellm-prefix-unknown"),
        ((*WORDS, "--provider", "acme"), "--provider acme=…"),
        ((*WORDS, "--api-base", "other=http://x"), "--provider other=openai"),
        ((*WORDS, "--api-base", "acme=http://me:secret@x"), "without credentials"),
        ((*WORDS, "--bundle", "none.json"), "none.json"),
    ],
)
def test_a_model_that_litellm_cannot_serve_is_refused(
    workspace: Path, words: tuple[str, ...], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zumik", *words], cwd=workspace, capture_output=True, text=True
    )
    assert done.returncode in (2, 3, 4)
    assert told in done.stderr
    assert "secret" not in done.stderr
    assert done.stdout == ""


def test_the_example_can_be_exported() -> None:
    root = Path(__file__).parents[3] / "releases"
    bundle = bundle_of_workspace(Store.at(root), datetime(2026, 1, 1, tzinfo=UTC))
    found = config_of(bundle, today=TODAY)
    assert not [item for item in found.findings if item.severity is Severity.ERROR]
    assert f"os.environ/{PROVIDERS['anthropic'].key}" in block_yaml(found.config, [])


@_NEEDS_LITELLM
def test_litellm_knows_every_prefix_and_loads_what_is_refused_here(tmp_path: Path) -> None:
    code = (
        "import litellm, sys; known = {getattr(x, 'value', x) for x in litellm.provider_list};"
        "print(*sorted(set(sys.argv[1:]) - known))"
    )
    prefixes = [*PREFIXES, *(known.prefix for known in PROVIDERS.values())]
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    asked = subprocess.run(
        [sys.executable, "-c", code, *prefixes],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert asked.stdout.strip() == ""
    entry = {"model_name": "acme/x", "litellm_params": {"model": "no-such-provider/x"}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"model_list": [entry]}))
    loaded = subprocess.run(
        [
            str(Path(sys.executable).parent / "litellm"),
            "--config",
            "config.yaml",
            "--validate_config",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert loaded.returncode == 0, "LiteLLM finds it by itself now"
