"""Resolver 2 in JavaScript, beside the vectors: keys read, written and refused."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from tests.browser.engines import Node

from zumik.core.basics.strict_json import to_canonical
from zumik.core.releases.release import digest_of

ID = "alr_2026_11_28_001"

# Everything that came with resolver 2, as a release writes it (section 8).
MODEL = {
    "capabilities": ["tools"],
    "cacheable_from_tokens": 1024,
    "data_residency": "EU",
    "labels": ["approved", "b"],
    "lacks": {"capabilities": [], "output": ["audio"]},
    "lifecycle": {"not_served_since": "2027-01-02", "retires_on": "2027-01-01", "successor": "a/y"},
    "limits": {"input_tokens": 1000, "output_tokens": 100},
    "metrics": {"q": {"samples": 5, "standard_error": "0.1", "value": "9"}, "r": "1"},
    "mode": "chat",
    "output": ["image", "text"],
    "pinned": True,
    "price": {
        "basis": "list",
        "confirmed_on": "2026-11-01",
        "dated": [
            {
                "also_charged": ["images"],
                "basis": "peak",
                "fees": {"request": "1"},
                "from": "2027-02-01",
                "input": "3",
                "services": {"flex": {"input": "2"}},
                "source": "s",
                "tiers": [{"from_input_tokens": 9, "input": "4"}],
            }
        ],
        "fees": {"search": {"from": "2026-01-01", "usd": "0.01"}, "request": "0.001"},
        "from": "2026-01-01",
        "input": "1",
        "input_audio": "5",
        "origins": {"cache": {"source": "s"}},
        "output": "2",
        "output_reasoning": "2.5",
        "services": {
            "flex": {
                "confirmed_on": "2026-11-01",
                "input": "0.5",
                "input_audio": "1",
                "output": "1",
            }
        },
        "tiers": [{"above_input_tokens": 9, "input": "4", "output": "8", "source": "s"}],
    },
    "region": "eu-west-1",
    "revision": "r1",
}
POLICY = {
    "candidates": ["a/*"],
    "prefer": [{"maximize": "q", "within": "error"}, {"minimize": "expected_cost"}],
    "require": {
        "data_residency": ["EU"],
        "incomplete_cost_allowed": True,
        "labels": ["b"],
        "mode": ["responses", "chat"],
        "output": ["text"],
        "region": ["eu-west-1"],
    },
    "workload": {
        "cache_kept": "1h",
        "cache_written": "0.5",
        "cached_input": "0.25",
        "input_audio": "0.25",
        "input_tokens": 8,
        "output_tokens": 4,
        "reasoning": "1",
        "searches": 2,
        "tier": "flex",
    },
}


def release_of(
    models: dict[str, Any], policy: dict[str, Any], ranking: list[str], resolver: int = 2
) -> dict[str, Any]:
    return {
        "schema": "zumik.release/1",
        "id": ID,
        "created_at": "2026-11-28T09:00:00Z",
        "parent": None,
        "note": None,
        "resolver": resolver,
        "measures": {"q": {"metric": "q"}} if resolver == 2 else {},
        "metrics": {
            name: {"better": "higher", "unit": "points"}
            for name in ("q", "r")
            if any(name in model.get("metrics", {}) for model in models.values())
        },
        "aliases": {
            "code.fast": {
                "policy": policy,
                "ranking": ranking,
                "reason": "lowest_expected_cost_within_q_band_under_policy",
                "incumbent": None,
            }
        },
        "models": models,
    }


def as_file(release: dict[str, Any]) -> dict[str, str]:
    data = to_canonical(release)
    name = f"{release['id']}.{digest_of(data)}.json"
    return {"file_name": name, "bytes": base64.b64encode(data).decode()}


def test_every_key_is_written_as_it_was_read(node: Node) -> None:
    release = release_of({"a/x": MODEL}, POLICY, ["a/x"])
    found = node.ask({"ask": "release", **as_file(release)})
    assert found["aliases"]["code.fast"]["ranking"] == ["a/x"]
    lines = to_canonical(release).decode().split("\n")
    assert found["refrozen"] == [line for line in lines if not line.startswith('  "id"')]


def test_a_browser_verifies_it(engine: Any) -> None:
    release = release_of({"a/x": MODEL}, POLICY, ["a/x"])
    other = copy.deepcopy(release)
    other["aliases"]["code.fast"]["reason"] = "first_listed_under_policy"
    questions = [{"ask": "verification", **as_file(each)} for each in (release, other)]
    assert engine.ask_all(questions) == [{"code.fast": True}, {"code.fast": False}]


FIRST_POLICY: dict[str, Any] = {"candidates": ["a/*"], "prefer": ["listed"]}
NEW_OF_A_MODEL = [
    "cacheable_from_tokens",
    "data_residency",
    "labels",
    "lacks",
    "lifecycle",
    "mode",
    "output",
    "region",
]
NEW_OF_A_PRICE = [
    "basis",
    "confirmed_on",
    "dated",
    "fees",
    "from",
    "input_audio",
    "origins",
    "output_reasoning",
    "services",
]


@pytest.mark.parametrize("key", NEW_OF_A_MODEL)
def test_a_release_of_resolver_1_has_no_key_that_came_later(node: Node, key: str) -> None:
    release = release_of({"a/x": {key: MODEL[key]}}, FIRST_POLICY, ["a/x"], resolver=1)
    assert node.ask({"ask": "fault", **as_file(release)}).endswith(f"not known: {key}")
    release["resolver"] = 2
    assert node.ask({"ask": "fault", **as_file(release)}) is None


@pytest.mark.parametrize("key", NEW_OF_A_PRICE)
def test_nor_has_its_price(node: Node, key: str) -> None:
    price = {key: MODEL["price"][key]}  # type: ignore[index]
    release = release_of({"a/x": {"price": price}}, FIRST_POLICY, ["a/x"], resolver=1)
    assert node.ask({"ask": "fault", **as_file(release)}).endswith(f"not known: {key}")
    release["resolver"] = 2
    assert node.ask({"ask": "fault", **as_file(release)}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"require": {key: value}}
        for key, value in POLICY["require"].items()  # type: ignore[attr-defined]
    ]
    + [
        {"workload": {"input_tokens": 1, "output_tokens": 1, **more}}
        for more in (
            {"tier": "flex"},
            {"searches": 1},
            {"cache_written": "0.5"},
            {"reasoning": "0.5"},
            {"input_image": "0.5"},
        )
    ]
    + [{"prefer": [{"maximize": "q", "within": "error"}, "listed"]}],
)
def test_nor_has_its_policy(node: Node, change: dict[str, Any]) -> None:
    release = release_of({"a/x": {}}, {**FIRST_POLICY, **change}, ["a/x"], resolver=1)
    assert node.ask({"ask": "release", **as_file(release)}) is None
    release["resolver"] = 2
    assert node.ask({"ask": "fault", **as_file(release)}) is None


RATES = {"input": "1"}
TIER = {"from_input_tokens": 1}
WRONG_FACTS = [
    {"price": {"tiers": [RATES]}},
    {"price": {"tiers": [{**TIER, "above_input_tokens": 1}]}},
    {"price": {"services": {"standard": RATES}}},
    {"price": {"services": {"Flex": RATES}}},
    {"price": {"services": {"x" * 65: RATES}}},
    {"price": {"services": {"flex": {"batch_input": "1"}}}},
    {"price": {"services": {"batch": RATES}, "batch_output": "1"}},
    {"price": {"services": {"batch": RATES}, "tiers": [{**TIER, "batch_input": "1"}]}},
    {"price": {"dated": [RATES]}},
    {"price": {"dated": [{"from": "2026-01-01"}, {"from": "2026-01-01", **RATES}]}},
    {"price": {"dated": [{"from": "2026-01-01", "batch_input": "1"}]}},
    {"price": {"dated": [{"from": "2026-01-01", "dated": []}]}},
    {"price": {"fees": {"a-b": "1"}}},
    {"price": {"fees": {"search": {"source": "s"}}}},
    {"price": {"basis": "other"}},
    {"price": {"origins": {"base": {"source": "s"}}}},
    {"lacks": {"capabilities": ["tools"]}, "capabilities": ["tools"]},
    {"lacks": {"labels": ["x"]}},
    {"lifecycle": {"retires_on": "2027-01-01"}, "retires_on": "2027-01-01"},
    {"lifecycle": {"successor": "y"}},
    {"mode": "Chat"},
    {"labels": ["A"]},
    {"metrics": {"q": {"value": "1", "standard_error": "-1"}}},
]


@pytest.mark.parametrize("facts", WRONG_FACTS, ids=str)
def test_facts_that_contradict_themselves_are_refused(node: Node, facts: dict[str, Any]) -> None:
    release = release_of({"a/x": facts}, FIRST_POLICY, ["a/x"])
    assert node.ask({"ask": "release", **as_file(release)}) is None


def test_a_context_that_follows_from_other_limits_takes_a_request(node: Node) -> None:
    release = release_of({"a/x": MODEL}, FIRST_POLICY, ["a/x"])
    question = {
        "ask": "resolve",
        "release": as_file(release),
        "alias": "code.fast",
        "drains": "[]",
        "request": json.dumps({"input_tokens": 900, "output_tokens": 100}),
    }
    assert node.ask(question)["resolved_model"] == "a/x"
    more = json.dumps({"input_tokens": 901, "output_tokens": 100})
    assert node.ask({**question, "request": more})["error"] == "no_candidate_meets_request"
    first = copy.deepcopy(release)
    first["resolver"], first["models"] = 1, {"a/x": {"limits": MODEL["limits"]}}
    found = node.ask({**question, "release": as_file(first)})
    assert found["error"] == "no_candidate_meets_request"


@pytest.mark.parametrize(("resolver", "verdict"), [(2, "consistent"), (1, "diverged")])
def test_a_lower_rank_is_reached_by_such_a_request(node: Node, resolver: int, verdict: str) -> None:
    models = {"a/x": {"limits": {"input_tokens": 10}}, "a/y": {"limits": {"input_tokens": 20}}}
    release = release_of(models, FIRST_POLICY, ["a/x", "a/y"], resolver)
    line = {
        "requested_model": "code.fast",
        "alias_release": ID,
        "resolved_model": "a/y",
        "resolution_reason": "next_ranked_meeting_request",
    }
    content = base64.b64encode(json.dumps(line).encode()).decode()
    question = {"ask": "replay", "releases": [as_file(release)], "bytes": content, "known": "{}"}
    assert node.ask(question)["verdict"] == verdict
