"""Runs the conformance vectors: every file of a folder is a topic, every case in it a test."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from zumik.core.basics.decimals import fraction_from_text, fraction_to_text
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.strict_json import MalformedJson, from_strict, to_canonical
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.facts.catalog import read_metrics, read_model
from zumik.core.facts.policy import read_alias, read_measures
from zumik.core.facts.request import read_request
from zumik.core.releases.release import VerifiedRelease, digest_of, verify
from zumik.core.resolvers import LATEST
from zumik.core.resolvers.facts import Facts, Incumbent

HERE = Path(__file__).parent


def cases(folder: str, key: str = "cases") -> list[Any]:
    """Every case of every file: what the file says for all its cases, overridden by the case."""
    files = {file.stem: json.loads(file.read_bytes()) for file in (HERE / folder).glob("*.json")}
    return [
        pytest.param({**topic, **case}, id=f"{stem}: {case['title']}")
        for stem, topic in sorted(files.items())
        for case in topic.get(key, [])
    ]


@pytest.mark.parametrize("case", cases("freeze"))
def test_freeze(case: Any) -> None:
    facts = Facts(
        models={ModelId(key): read_model(ModelId(key), m, ()) for key, m in case["models"].items()},
        metrics={metric.name: metric for metric in read_metrics(case["metrics"])},
        measures={measure.word: measure for measure in read_measures(case["measures"], ())},
        day=date.fromisoformat(case["day"]),
    )
    live = case.get("incumbent")
    derivation = LATEST.derive(
        read_alias("conformance", case["alias"], ()),
        facts,
        live and Incumbent(ModelId(live["model"]), ReleaseId(live["release"])),
    )
    expect = case["expect"]
    assert list(derivation.ranking) == expect["ranking"]
    if expect["ranking"]:
        assert derivation.reason == expect["reason"]
    assert {
        candidate.model: sorted([failure.code, failure.field] for failure in candidate.failures)
        for candidate in derivation.candidates
        if not candidate.eligible
    } == {model: sorted(reasons) for model, reasons in expect["excluded"].items()}


def verified(tree: object) -> VerifiedRelease:
    data = to_canonical(tree)
    return verify(f"{tree['id']}.{digest_of(data)}.json", data)  # type: ignore[index]


@pytest.mark.parametrize("case", cases("resolve"))
def test_resolve(case: Any) -> None:
    source = verified(case["release"])
    request = read_request(case["request"], ())
    alias = AliasName(case["alias"])
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(NoCandidate) as failed:
            resolve(source, alias, request)
        assert failed.value.code == expect["error"]
        assert [model for model, _ in failed.value.passed] == expect["passed"]
        return
    decision = resolve(source, alias, request)
    line = decision.to_json()
    assert {field: line[field] for field in expect if field != "passed"} == {
        field: value for field, value in expect.items() if field != "passed"
    }
    assert [model for model, _ in decision.passed] == expect.get("passed", [])
    assert line["request"] == case["request"]


def raw(case: Any) -> bytes:
    return base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode()


@pytest.mark.parametrize("case", cases("digest", "digests"))
def test_digest(case: Any) -> None:
    assert digest_of(raw(case)) == case["sha256"]


@pytest.mark.parametrize("case", cases("digest", "canonical"))
def test_canonical_json(case: Any) -> None:
    data = to_canonical(case["content"])
    assert data == raw(case)
    assert from_strict(data) == case["content"]
    if "sha256" in case:
        assert hashlib.sha256(data).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", cases("digest", "refused"))
def test_refused_json(case: Any) -> None:
    with pytest.raises(MalformedJson):
        from_strict(raw(case))


@pytest.mark.parametrize("case", cases("digest", "decimals"))
def test_canonical_decimal(case: Any) -> None:
    canonical = case["canonical"]
    assert fraction_to_text(Fraction(case["written"])) == canonical
    assert fraction_from_text(canonical) == Fraction(case["written"])
    if case["written"] != canonical:
        with pytest.raises(ValueError, match="not a canonical decimal"):
            fraction_from_text(case["written"])


@pytest.mark.parametrize("case", cases("digest", "no_decimals"))
def test_refused_decimal(case: Any) -> None:
    with pytest.raises(ValueError, match="not a canonical decimal"):
        fraction_from_text(case["text"])


@pytest.mark.parametrize("case", cases("digest", "releases"))
def test_release_file(case: Any) -> None:
    source = verify(case["file_name"], raw(case))
    assert to_canonical(from_strict(raw(case))) == raw(case)
    assert source.ref.file_name == case["file_name"]
