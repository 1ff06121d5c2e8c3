"""The schemas themselves: valid, explained to the last key, safe, and in step with the core."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.facts import catalog, policy
from zumik.core.facts.price import BASES, GROUPS, RATES, TOKEN_RATES
from zumik.core.live import pointer
from zumik.core.releases.release import SCHEMA
from zumik.errors import ZumikError
from zumik.resources import schema_bytes, schema_names

OUTPUTS = (Path(__file__).parents[2] / "schemas/outputs").glob("*.schema.json")
SCHEMAS: dict[str, Any] = {
    **{name: json.loads(schema_bytes(name)) for name in schema_names()},
    **{path.name.removesuffix(".schema.json"): json.loads(path.read_bytes()) for path in OUTPUTS},
}

every_schema = pytest.mark.parametrize("name", SCHEMAS)


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, itself included, with the path to it."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword in ("properties", "$defs"):
        for key, inner in schema.get(keyword, {}).items():
            yield from subschemas(inner, f"{path}/{keyword}/{key}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        yield from subschemas(schema.get(keyword), f"{path}/{keyword}")
    for keyword in ("anyOf", "oneOf"):
        for index, inner in enumerate(schema.get(keyword, ())):
            yield from subschemas(inner, f"{path}/{keyword}/{index}")


def is_group(path: str) -> bool:
    """Whether a schema only says which keys go together, and describes none of them."""
    return "/oneOf/" in path


@every_schema
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@every_schema
def test_schemas_use_only_known_keywords(name: str) -> None:
    known = {
        *("$schema", "$id", "$defs", "$ref", "title", "description", "examples", "default"),
        *("type", "enum", "const", "pattern", "patternErrorMessage", "format"),
        *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("items", "properties", "required", "additionalProperties", "propertyNames"),
        *("minProperties", "maxProperties", "anyOf", "oneOf"),
    }
    for path, schema in subschemas(SCHEMAS[name]):
        assert set(schema) <= known, path
        # A finding for one of these says "must not be empty".
        assert schema.get("minItems", 1) == schema.get("minLength", 1) == 1, path


@every_schema
def test_the_schema_says_what_it_is(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:zumik:schema:{name}:1"
    assert schema["title"]
    assert schema["description"]


@every_schema
def test_every_example_is_valid(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["examples"]
    for path, inner in subschemas(schema):
        validator = Draft202012Validator({**inner, "$defs": schema["$defs"]})
        for example in inner.get("examples", ()):
            assert validator.is_valid(example), (path, example)


@every_schema
def test_every_property_has_a_description(name: str) -> None:
    for path, schema in subschemas(SCHEMAS[name]):
        for key, inner in schema.get("properties", {}).items():
            if not is_group(path):
                assert inner.get("description"), f"{path}/{key}"


@every_schema
def test_every_object_is_closed(name: str) -> None:
    for path, schema in subschemas(SCHEMAS[name]):
        kinds = schema.get("type", ())
        if "object" in (kinds if isinstance(kinds, list) else [kinds]):
            # Loggers add fields of their own to a line.
            assert ("additionalProperties" in schema) or (name, path) == ("logline", ""), path


@every_schema
def test_every_reference_has_a_definition_and_every_definition_a_reference(name: str) -> None:
    schema = SCHEMAS[name]
    used = {inner["$ref"] for _, inner in subschemas(schema) if "$ref" in inner}
    assert used == {f"#/$defs/{key}" for key in schema["$defs"]}


@every_schema
def test_every_pattern_is_a_full_match_in_every_language(name: str) -> None:
    for path, schema in subschemas(SCHEMAS[name]):
        if "pattern" in schema:
            pattern = schema["pattern"]
            assert pattern.startswith("^"), path
            assert pattern.endswith(r"$(?!\n)"), path
            assert not re.search(r"\\[dDwWsSbB]", pattern), path
            assert schema["patternErrorMessage"].startswith("Write "), path


@every_schema
def test_no_pattern_accepts_a_newline_or_non_ascii_digits(name: str) -> None:
    for path, schema in subschemas(SCHEMAS[name]):
        if "pattern" in schema:
            for example in filter(lambda example: isinstance(example, str), schema["examples"]):
                assert re.search(schema["pattern"], example), path
                assert not re.search(schema["pattern"], example + "\n"), path
                assert not re.search(schema["pattern"], example + "٣"), path


NUMERIC = {
    *("alias", "bounds", "datedPrice", "fee", "figure", "metric", "model", "preference", "price"),
    *("service", "serviceTier", "tier"),
}
"""Definitions that differ between what people write and what a release holds: numbers, shares."""


def test_definitions_with_the_same_name_are_equal() -> None:
    seen: dict[str, Any] = {}
    for schema in SCHEMAS.values():
        for key, definition in schema["$defs"].items():
            if key not in NUMERIC | {"workload"}:
                assert seen.setdefault(key, definition) == definition, key


def test_a_release_has_the_keys_of_authored_files() -> None:
    written = SCHEMAS["policy"]["$defs"] | SCHEMAS["catalog"]["$defs"] | SCHEMAS["metrics"]["$defs"]
    frozen = SCHEMAS["release"]["$defs"]
    assert keys(frozen["policy"]) == keys(SCHEMAS["policy"]["$defs"]["alias"])
    of_a_model = {"variant_of", "confidential"}  # which its place and its provider say in a catalog
    assert keys(frozen["model"]) == keys(written["model"]) - {"variants"} | of_a_model
    for key in (
        "workload",
        "require",
        "priceBounds",
        "measure",
        "metric",
        "price",
        "tier",
        "service",
    ):
        assert keys(frozen[key]) == keys(written[key]), key
    assert keys(frozen["preference"]["anyOf"][0]) == keys(written["preference"]["anyOf"][1])


def keys(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


def test_schema_enums_equal_the_core_enums() -> None:
    of_catalog, of_policy = SCHEMAS["catalog"]["$defs"], SCHEMAS["policy"]["$defs"]
    parameters = of_catalog["params"]["properties"]
    metric = SCHEMAS["metrics"]["$defs"]["metric"]["properties"]
    assert set(parameters["reasoning_effort"]["enum"]) == set(catalog.EFFORTS)
    assert set(parameters["verbosity"]["enum"]) == set(catalog.VERBOSITIES)
    assert set(metric["unit"]["enum"]) == set(catalog.UNITS)
    assert keys(of_catalog["limits"]) == set(catalog.LIMITS)
    bounds, origin = {"above_input_tokens", "from_input_tokens"}, keys(of_catalog["origin"])
    assert keys(of_catalog["tier"]) == {*bounds, *RATES, *origin}
    assert keys(of_catalog["serviceTier"]) == {*bounds, *TOKEN_RATES, *origin}
    assert keys(of_catalog["service"]) == {*TOKEN_RATES, "tiers", *origin}
    assert set(of_catalog["price"]["properties"]["origins"]["properties"]) == set(GROUPS)
    assert of_catalog["price"]["properties"]["basis"]["enum"] == [*BASES]
    workload = of_policy["workload"]["properties"]
    assert workload.keys() == set(policy.Workload._fields)
    assert workload["cache_kept"]["enum"] == [*policy.CACHE_TIMES]
    assert keys(of_policy["require"]) == set(policy.Requirements._fields)
    assert keys(of_policy["priceBounds"]) == set(policy.BOUNDED_PRICES)
    assert set(SCHEMAS["pointer"]["properties"]["kind"]["enum"]) == set(pointer.KINDS)
    assert SCHEMAS["release"]["properties"]["schema"]["const"] == SCHEMA


NAMES = st.text(alphabet="aZc1.-_/:@+con\n ٣", max_size=12)
RESERVED = ["con", "com1", "unavailable"]
NAME_LIKE = st.lists(
    st.sampled_from([*RESERVED, "a", "code", "Z", "9", ".", "-", "/", ":", "@", "\n", "x" * 30]),
    max_size=8,
).map("".join)


def accepts(definition: dict[str, Any], text: str) -> bool:
    return Draft202012Validator(definition).is_valid(text)


def parses(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except ZumikError:
        return False
    return True


@given(NAMES | NAME_LIKE)
def test_the_schemas_and_the_core_agree_on_names(text: str) -> None:
    definitions = SCHEMAS["release"]["$defs"]
    assert accepts(definitions["aliasName"], text) == parses(AliasName, text)
    assert accepts(definitions["modelId"], text) == parses(ModelId, text)


RELEASE_LIKE = st.from_regex(
    r"alr_20(26|24)_(0[0-9]|1[0-9])_[0-3][0-9]_0?[0-9]{3}\n?", fullmatch=True
)


@given(RELEASE_LIKE)
def test_the_schemas_accept_every_release_id_that_the_core_accepts(text: str) -> None:
    accepted = accepts(SCHEMAS["release"]["$defs"]["releaseId"], text)
    assert accepted or not parses(ReleaseId, text)
    # What is left for the core is whether the calendar has the day.
    assert parses(ReleaseId, text) or not accepted or re.search("_(29|30|31)_", text)


@given(NAME_LIKE, RELEASE_LIKE | st.none())
def test_the_schemas_accept_every_reference_that_the_core_accepts(
    name: str, release: str | None
) -> None:
    text = name if release is None else f"{name}@{release}"
    requested = SCHEMAS["logline"]["properties"]["requested_model"]
    assert accepts(requested, text) or not parses(Reference.parse, text)
