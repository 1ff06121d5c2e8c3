"""What the core writes, the schemas accept: releases, pointers and log lines made by the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zumik.core.basics.findings import Location
from zumik.core.basics.findings import Path as FindingPath
from zumik.core.basics.names import AliasName, Digest, ModelId, ReleaseId
from zumik.core.decisions.decision import Decision
from zumik.core.facts.catalog import Model, read_metrics, read_provider
from zumik.core.facts.policy import Measure, read_alias, read_measures
from zumik.core.facts.request import Request
from zumik.core.live.drains import LONGEST, Drain, Drains, drains_to_bytes
from zumik.core.live.pointer import next_pointer, pointer_to_bytes
from zumik.core.releases.release import (
    Content,
    FrozenAlias,
    Release,
    ReleaseRef,
    digest_of,
    release_to_bytes,
    verify,
)
from zumik.core.releases.withdrawal import Withdrawal, withdrawal_to_bytes
from zumik.core.resolvers.facts import Incumbent
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape

POSITIVE = Path(__file__).parent / "positive"
HAIKU = ModelId("anthropic/claude-haiku-4-5")
WHEN = datetime(2026, 6, 9, 9, 0, 0, tzinfo=UTC)
REF = ReleaseRef(ReleaseId("alr_2026_06_09_001"), Digest("0" * 64))


@dataclass
class Tree:
    """A document of no file."""

    value: Any

    def locate(self, path: FindingPath, *, key: bool = False) -> Location:
        return Location(f"{path}")


def written(name: str) -> Any:
    reading = read_yaml(name, (POSITIVE / name).read_bytes())
    assert reading.document is not None
    return reading.document.value


def measures(files: Mapping[str, Any]) -> list[Measure]:
    return [m for file in files.values() for m in read_measures(file.get("measures", {}), ())]


def release() -> Release:
    """A release of every model, metric, measure and alias in the good documents."""
    models: list[Model] = []
    for path in sorted((POSITIVE / "catalog").glob("*.yaml")):
        models += read_provider(written(f"catalog/{path.name}"))
    policies = {p.name: written(f"policy/{p.name}") for p in (POSITIVE / "policy").glob("*.yaml")}
    aliases = {
        AliasName(name): FrozenAlias(
            read_alias(name, item, ()),
            ranking=tuple(model.id for model in models),
            reason="first_listed_under_policy",
            incumbent=Incumbent(HAIKU, REF.id),
        )
        for file in policies.values()
        for name, item in file.get("aliases", {}).items()
    }
    metrics = read_metrics(written("metrics/two.yaml")["metrics"])
    content = Content(
        measures={measure.word: measure for measure in measures(policies)},
        metrics={metric.name: metric for metric in metrics},
        aliases=aliases,
        models={model.id: model for model in models},
    )
    return Release(
        ReleaseId("alr_2026_06_09_002"), WHEN, REF, content, 2, backfilled=True, note="x"
    )


def test_the_release_schema_accepts_frozen_releases() -> None:
    data = release_to_bytes(release())
    assert check_shape(Tree(json.loads(data)), "release") == []


def test_the_pointer_schema_accepts_written_pointers() -> None:
    for reason in ("New prices.", None):
        alias = AliasName("code.fast")
        pointer = next_pointer(alias, REF, None, kind="promote", reason=reason, now=WHEN)
        assert check_shape(Tree(json.loads(pointer_to_bytes(pointer))), "pointer") == []


def test_the_withdrawal_schema_accepts_written_withdrawals() -> None:
    data = withdrawal_to_bytes(Withdrawal(REF, "The price was wrong.", WHEN))
    assert check_shape(Tree(json.loads(data)), "withdrawal") == []


def test_the_drains_schema_accepts_written_drains() -> None:
    drain = Drain("anthropic/*", WHEN, WHEN + LONGEST, "INC-42")
    for drains in (Drains(1, (drain,)), Drains(2)):
        data = drains_to_bytes(drains)
        assert check_shape(Tree(json.loads(data)), "unavailable") == []


def test_the_log_line_schema_accepts_written_log_lines() -> None:
    data = release_to_bytes(release())
    source = verify(f"alr_2026_06_09_002.{digest_of(data)}.json", data)
    asked = Request(input_tokens=1, capabilities=("tools",), unavailable=(HAIKU,))
    decisions = [
        Decision("code.fast", AliasName("code.fast"), source, HAIKU, 1, "a_b", asked, (), "r1"),
        Decision(str(HAIKU), None, None, HAIKU, 1, "pinned_target", Request(), (), None),
    ]
    decisions.append(decisions[0]._replace(drain_ignored=(HAIKU,)))
    for decision in decisions:
        line = json.loads(json.dumps(decision.to_json("2026-06-09T09:00:00Z")))
        assert check_shape(Tree(line), "logline") == []
