"""The validation of shapes: what becomes of the library's errors."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from zumik.core.basics.findings import Location, Path, Severity
from zumik.resources import schema_bytes, schema_names
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape
from zumik.yaml_text.schema_fit import SchemaFits
from zumik.yaml_text.schema_validator import _inlined

SCHEMAS = {name: json.loads(schema_bytes(name)) for name in schema_names()}


@dataclass
class Tree:
    """A document of no file: a location is the path, and whether it was the key that was meant."""

    value: Any

    def locate(self, path: Path, *, key: bool = False) -> Location:
        return Location(f"{path}{' key' if key else ''}")


def found(schema: str, text: str) -> list[str]:
    reading = read_yaml("x.yaml", text.encode())
    assert reading.findings == ()
    assert reading.document is not None
    findings = check_shape(reading.document, schema)
    return [f"{f.location.line}:{f.location.column} {f.code} {f.message}" for f in findings]


def test_findings_come_in_the_order_of_the_text() -> None:
    text = "aliases:\n  b: {prefer: [], zzz: 1, candidates: 7}\n  a: {}\nmeasures: []\nfoo: 1\n"
    assert found("policy", text) == [
        "2:15 empty-value 'prefer' must not be empty",
        "2:19 unknown-key unknown key 'zzz' in 'aliases.b'",
        "2:39 wrong-type 'candidates' must be a list, not the number 7",
        "3:3 missing-key missing 'candidates' in 'aliases.a'",
        "3:3 missing-key missing 'prefer' in 'aliases.a'",
        "4:11 wrong-type 'measures' must be a mapping of keys to values, not a list",
        "5:1 unknown-key unknown key 'foo'",
    ]


def test_a_finding_underlines_its_fault() -> None:
    text = "aliases:\n  a: {candidates: ['*'], prefers: [listed], incumbent_margin: 5}\n"
    reading = read_yaml("x.yaml", text.encode())
    assert reading.document is not None
    marked = []
    for finding in check_shape(reading.document, "policy"):
        where = finding.location
        assert where.source is not None
        assert where.column is not None
        assert finding.severity is Severity.ERROR
        marked.append((finding.code, where.source[where.column - 1 :][: where.width]))
    assert marked == [("missing-key", "a"), ("unknown-key", "prefers"), ("wrong-type", "5")]


@pytest.mark.parametrize(
    ("value", "whole", "exact"),
    [
        (5, True, True),
        (Decimal("5.0"), False, True),
        (Decimal("0.5"), False, True),
        (True, False, False),
        ("5", False, False),
        (None, False, False),
    ],
)
def test_a_decimal_is_a_number_but_never_an_integer(value: Any, whole: bool, exact: bool) -> None:
    tokens = Tree({"provider": "a", "models": {"m": {"limits": {"context_tokens": value}}}})
    price = Tree({"provider": "a", "models": {"m": {"price": {"input": value}}}})
    assert (check_shape(tokens, "catalog") == []) == whole
    assert (check_shape(price, "catalog") == []) == exact


def test_a_missing_key_is_located_at_its_parent() -> None:
    findings = check_shape(Tree({"aliases": {"a": {"candidates": ["*"]}}}), "policy")
    assert [str(finding.location) for finding in findings] == ["('aliases', 'a') key"]
    (at_root,) = check_shape(Tree({"provider": "a"}), "catalog")
    assert str(at_root.location) == "()"
    tree = {"aliases": {"a": {"candidates": ["*"], "prefer": [{"within": "1%"}]}}}
    (in_list,) = check_shape(Tree(tree), "policy")
    assert str(in_list.location) == "('aliases', 'a', 'prefer', 0)"


def test_a_value_that_breaks_several_rules_gets_one_finding() -> None:
    findings = check_shape(Tree({"metrics": {"m": {"observed_on": "x" * 100}}}), "metrics")
    assert sum(f.location.file.endswith("'observed_on')") for f in findings) == 1


def test_messages_are_short_and_cannot_steer_a_terminal() -> None:
    hostile = "\x1b]0;x\x07\u202e" + "y" * 10_000
    trees = [
        {
            hostile: 1,
            "aliases": {hostile: {hostile: 1, "candidates": [hostile], "prefer": hostile}},
        },
        {"measures": {"a": {"metric": hostile, "max_age_days": hostile, "description": []}}},
        {"aliases": {"a": {"candidates": ["*"], "prefer": [{"minimize": hostile}, hostile]}}},
        [[hostile] * 1000],
    ]
    for tree in trees:
        findings = check_shape(Tree(tree), "policy")
        assert findings
        for finding in findings:
            assert f"{finding.message} {finding.hint}".isprintable()
            assert len(finding.message) < 300


def test_hints_use_the_pattern_messages_of_the_schema() -> None:
    (finding,) = check_shape(Tree({"live_ref": "-x"}), "settings")
    message = SCHEMAS["settings"]["properties"]["live_ref"]["patternErrorMessage"]
    assert finding.hint
    assert finding.hint.casefold() == message.removesuffix(".").casefold()


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**6),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.text(max_size=8),
    st.sampled_from(["listed", "10%", "a", "2026-06-09", "2026-02-30", "anthropic/x", "0.10"]),
)
KEYS = st.text(max_size=4) | st.sampled_from(
    sorted({key for schema in SCHEMAS.values() for key in schema["properties"]})
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key that a value inside `value` hangs on."""
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, Any]] = []
    for step, inner in steps:
        found.append((value, step))
        if isinstance(inner, dict | list):
            found += nodes(inner)
    return found


@st.composite
def nearly_valid(draw: st.DrawFn, name: str) -> Any:
    """An example of a schema with up to three of its values or keys changed."""
    tree = copy.deepcopy(draw(st.sampled_from(SCHEMAS[name]["examples"])))
    for _ in range(draw(st.integers(0, 3))):
        places = nodes(tree)
        if not places:
            break
        container, step = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["value", "drop", "add"]))
        if change == "value":
            container[step] = draw(TREES)
        elif isinstance(container, list):
            container.append(draw(TREES))
        elif change == "drop":
            del container[step]
        else:
            container[draw(KEYS)] = draw(TREES)
    return tree


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_findings_are_empty_exactly_where_the_document_is_valid(
    name: str, data: st.DataObject
) -> None:
    tree = data.draw(nearly_valid(name) | TREES)
    kinds = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: type(value) in (int, Decimal)
    )
    plain = extend(Draft202012Validator, type_checker=kinds)
    validator = plain(SCHEMAS[name], format_checker=FormatChecker(formats=["date"]))
    assert (check_shape(Tree(tree), name) == []) == validator.is_valid(tree)


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
def test_findings_do_not_quote_jsonschema_and_are_stable(name: str, data: st.DataObject) -> None:
    tree = data.draw(nearly_valid(name) | TREES)
    findings = check_shape(Tree(tree), name)
    assert findings == check_shape(Tree(copy.deepcopy(tree)), name)
    for finding in findings:
        assert finding.code != "shape"
        assert "is not valid under" not in finding.message


def test_the_library_is_loaded_only_for_what_is_not_well_formed() -> None:
    code = """if True:
        import sys
        from zumik.yaml_text.schema_check import JsonDocument, check_shape
        assert not check_shape(JsonDocument("x", {"aliases": {}}), "policy")
        assert "jsonschema" not in sys.modules
        assert check_shape(JsonDocument("x", {"aliases": []}), "policy")
        assert "jsonschema" in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def parts(schema: Any) -> Iterator[Any]:
    """A schema and every schema inside it."""
    yield schema
    inner = schema if isinstance(schema, dict) else {}
    further = [
        inner[key] for key in ("items", "additionalProperties", "propertyNames") if key in inner
    ]
    named = inner.get("properties", {}).values()
    for part in [*further, *named, *inner.get("anyOf", ()), *inner.get("oneOf", ())]:
        yield from parts(part)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_part_of_a_schema_says_whether_a_value_fits(name: str) -> None:
    schema = copy.deepcopy(SCHEMAS[name])
    whole = _inlined(schema, schema.pop("$defs", {}))
    fits = SchemaFits()
    for part in parts(whole):
        assert fits.of(part)(object()) in (True, False)


@pytest.mark.parametrize(
    ("price", "fault"),
    [
        ({"tiers": [{"wrong": n} for n in range(101)]}, "'tiers' must have at most 100 items"),
        ({"dated": [{"wrong": n} for n in range(101)]}, "'dated' must have at most 100 items"),
        ({"also_charged": list(range(101))}, "'also_charged' must have at most 100 items"),
        ({"fees": {f"f{n}": 1 for n in range(101)}}, "'fees' must have at most 100 keys"),
        (
            {"services": {f"s{n}": {"input": 1} for n in range(101)}},
            "'services' must have at most 100 keys",
        ),
        (
            {"services": {"flex": {"tiers": [{"wrong": n} for n in range(1000)]}}},
            "'tiers' must have at most 100 items, not 1,000",
        ),
    ],
)
def test_a_price_beyond_its_bounds_is_refused_before_what_is_in_it(
    price: dict[str, Any], fault: str
) -> None:
    (finding,) = check_shape(Tree({"provider": "a", "models": {"m": {"price": price}}}), "catalog")
    assert finding.code == "out-of-range"
    assert finding.message.startswith(fault)


def test_a_list_beyond_its_bound_has_a_place() -> None:
    tiers = "".join(f"      - {{above_input_tokens: {n}, input: 1}}\n" for n in range(1, 102))
    text = f"provider: a\nmodels:\n  m:\n    price:\n      tiers:\n{tiers}"
    assert found("catalog", text) == [
        "6:7 out-of-range 'tiers' must have at most 100 items, not 101"
    ]
