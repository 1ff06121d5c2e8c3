"""Runs the vectors of the resolvers and of bytes: freeze, resolve, digest."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from tests.conformance.vectors import cases, raw, verified

from zumik.core.basics.decimals import fraction_from_text, fraction_to_text
from zumik.core.basics.field_readers import Malformed, share
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.strict_json import MalformedJson, from_strict, to_canonical
from zumik.core.basics.times import moment_from_text
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.facts.catalog import read_metrics, read_model
from zumik.core.facts.policy import read_alias, read_measures
from zumik.core.facts.request import read_request
from zumik.core.live.drains import Drains, read_drain
from zumik.core.releases.release import digest_of, verify
from zumik.core.resolvers import resolver
from zumik.core.resolvers.facts import Facts, Incumbent


@pytest.mark.parametrize("case", cases("freeze"))
def test_freeze(case: Any) -> None:
    facts = Facts(
        models={ModelId(key): read_model(ModelId(key), m, ()) for key, m in case["models"].items()},
        metrics={metric.name: metric for metric in read_metrics(case["metrics"])},
        measures={measure.word: measure for measure in read_measures(case["measures"], ())},
        day=date.fromisoformat(case["day"]),
    )
    live = case.get("incumbent")
    made_by = resolver(case.get("resolver", 1))
    derivation = made_by.derive(
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
    assert len(made_by.known_defects(derivation, facts)) == expect.get("known_defects", 0)


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


@pytest.mark.parametrize("case", cases("freeze", "refused_aliases"))
def test_refused_policy(case: Any) -> None:
    with pytest.raises(Malformed):
        read_alias("conformance", case["alias"], ())


@pytest.mark.parametrize("case", cases("freeze", "refused_measures"))
def test_refused_measure(case: Any) -> None:
    with pytest.raises(Malformed):
        read_measures({case["word"]: case["measure"]}, ())


@pytest.mark.parametrize("case", cases("freeze", "refused_models"))
def test_refused_model(case: Any) -> None:
    with pytest.raises(Malformed):
        read_model(ModelId("a/x"), case["model"], ())


@pytest.mark.parametrize("case", cases("freeze", "shares"))
def test_share(case: Any) -> None:
    assert fraction_to_text(share(case["written"], ())) == case["share"]


@pytest.mark.parametrize("case", cases("resolve", "drained"))
def test_drained(case: Any) -> None:
    decision = resolve_under(
        Drains(1, tuple(read_drain(drain, ()) for drain in case["drains"])),
        verified(case["release"]),
        AliasName(case["alias"]),
        read_request(case["request"], ()),
        moment_from_text(case["now"]),
        requested=case.get("requested"),
    )
    line = {"drain_ignored": [], **decision.to_json()}
    assert {field: line[field] for field in case["expect"]} == case["expect"]


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
