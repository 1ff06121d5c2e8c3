"""Runs the vectors of names and of the files that a release and its neighbours are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.conformance.vectors import cases, raw

from zumik.core.basics.names import AliasName, BadName, Digest, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.basics.times import moment_from_text
from zumik.core.facts.catalog import Catalog, model_to_json, read_metrics, read_model, read_provider
from zumik.core.facts.policy import Policy, alias_to_json, read_alias, read_measures
from zumik.core.live.drains import drains_to_bytes, read_drains
from zumik.core.live.pointer import next_pointer, pointer_from_json, pointer_to_bytes, read_pointer
from zumik.core.releases.draft import draft
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.incumbents import ClaimedIncumbent, incumbent_fault
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import ReleaseRef, digest_of, verify
from zumik.core.releases.withdrawal import read_withdrawal, withdrawal_to_bytes
from zumik.core.resolvers.facts import Incumbent
from zumik.errors import ZumikError

KINDS: dict[str, Any] = {
    "alias": AliasName,
    "model": ModelId,
    "release_id": ReleaseId,
    "digest": Digest,
}
FILES: dict[str, Any] = {
    "pointer": (read_pointer, pointer_to_bytes),
    "withdrawal": (read_withdrawal, withdrawal_to_bytes),
    "drains": (read_drains, drains_to_bytes),
}
NOON = moment_from_text("2026-06-09T12:00:00Z")


@pytest.mark.parametrize("kind", KINDS)
def test_names(kind: str) -> None:
    for param in cases("names", kind):
        (case,) = param.values
        try:
            valid = KINDS[kind](case["text"]) == case["text"]
        except BadName:
            valid = False
        assert valid == case["valid"], case["title"]


@pytest.mark.parametrize("case", cases("names", "next"))
def test_next_id(case: Any) -> None:
    parent = case["parent"] and ReleaseId(case["parent"])
    assert ReleaseId.next(date.fromisoformat(case["day"]), parent) == case["id"]


@pytest.mark.parametrize("case", cases("names", "references"))
def test_reference(case: Any) -> None:
    try:
        found = Reference.parse(case["text"])._asdict()
    except BadName:
        assert case["expect"] is None
        return
    del found["text"]
    assert {name: part for name, part in found.items() if part is not None} == case["expect"]


@pytest.mark.parametrize("case", cases("release"))
def test_release_bytes(case: Any) -> None:
    models = {model.id: model for tree in case["providers"] for model in read_provider(tree)}
    metrics = {metric.name: metric for metric in read_metrics(case["metrics"])}
    policy = Policy(
        {measure.word: measure for measure in read_measures(case["measures"], ())},
        {AliasName(name): read_alias(name, tree, ()) for name, tree in case["aliases"].items()},
    )
    incumbents = {
        AliasName(name): Incumbent(ModelId(live["model"]), ReleaseId(live["release"]))
        for name, live in case["incumbents"].items()
    }
    now = moment_from_text(case["created_at"])
    catalog = Catalog(models, metrics)
    content = freeze(catalog, policy, derive_all(catalog, policy, now.date(), incumbents))
    parent = case["parent"]
    parent = parent and ReleaseRef(ReleaseId(parent["id"]), Digest(parent["sha256"]))
    ref, data = draft(content, parent, None, now, note=case["note"], backfilled=case["backfilled"])
    assert verify(ref.file_name, data).ref == ref
    part = from_strict(data)
    for key in case["expect"].get("part", ()):
        part = part[key]
    assert to_canonical(part).decode() == "".join(f"{line}\n" for line in case["expect"]["text"])


@pytest.mark.parametrize("case", cases("release", "written_models"))
def test_written_model(case: Any) -> None:
    assert model_to_json(read_model(ModelId("a/x"), case["model"], ())) == case["written"]


@pytest.mark.parametrize("case", cases("release", "written_aliases"))
def test_written_alias(case: Any) -> None:
    assert alias_to_json(read_alias("code.fast", case["alias"], ())) == case["written"]


@pytest.mark.parametrize("case", cases("release", "refused"))
def test_refused_release(case: Any) -> None:
    data = to_canonical(case["content"])
    release_id = case["content"].get("id", "alr_2026_06_09_001")
    with pytest.raises(ZumikError):
        verify(f"{release_id}.{digest_of(data)}.json", data)


@pytest.mark.parametrize("case", cases("release", "incumbents"))
def test_claimed_incumbent(case: Any) -> None:
    named = case["incumbent"]
    incumbent = Incumbent(ModelId(named["model"]), ReleaseId(named["release"]))
    claim = ClaimedIncumbent(ReleaseId(case["release"]), AliasName(case["alias"]), incumbent)
    assert (incumbent_fault(claim, case["winners"].get) is not None) == case["is_fault"]


@pytest.mark.parametrize("case", cases("release", "misnamed"))
def test_misnamed_release(case: Any) -> None:
    with pytest.raises(ZumikError):
        verify(case["file_name"], raw(case))


@pytest.mark.parametrize("case", cases("release", "ledger"))
def test_ledger_line(case: Any) -> None:
    line = LedgerLine.of(ReleaseRef.from_file_name(case["file_name"]))
    assert line.to_text() == case["line"]
    assert LedgerLine.from_text(case["line"].rstrip("\n")) == line


@pytest.mark.parametrize("case", cases("release", "no_ledger_lines"))
def test_refused_ledger_line(case: Any) -> None:
    with pytest.raises(BadName):
        LedgerLine.from_text(case["line"])


@pytest.mark.parametrize("case", cases("files", "read"))
def test_small_file(case: Any) -> None:
    read, write = FILES[case["kind"]]
    data = to_canonical(case["content"])
    assert write(read(data)) == data


@pytest.mark.parametrize("case", cases("files", "refused"))
def test_refused_small_file(case: Any) -> None:
    with pytest.raises(ZumikError):
        FILES[case["kind"]][0](to_canonical(case["content"]))


@pytest.mark.parametrize("case", cases("files", "generations"))
def test_generation(case: Any) -> None:
    previous = case["previous"] and pointer_from_json(case["previous"])
    ref = ReleaseRef(ReleaseId("alr_2026_06_09_003"), Digest("0" * 64))
    moved = next_pointer(
        AliasName("code.fast"), ref, previous, kind="promote", reason=None, now=NOON
    )
    assert moved.generation == case["generation"]
