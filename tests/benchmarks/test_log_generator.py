"""The generated logs are the same for the same seed, and hold what real logs hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.benchmarks.damaged_lines import KINDS
from tests.benchmarks.log_generator import GATEWAYS, RELEASES, litellm_lines, zumik_lines

from zumik.core.basics.names import ModelId
from zumik.core.decisions.log_line import UnreadableLine, read_log_line
from zumik.core.decisions.replay import ServedVerdict, Verdict, replay
from zumik.core.facts.catalog import Model
from zumik.workspace.store import Store

LINES = 3_000


@pytest.fixture(scope="module")
def log() -> bytes:
    return b"".join(zumik_lines(LINES))


def test_the_same_seed_gives_the_same_lines(log: bytes) -> None:
    assert b"".join(zumik_lines(LINES)) == log
    assert b"".join(zumik_lines(LINES, seed=2)) != log


def test_it_has_as_many_lines_as_were_asked_for_about_650_bytes_each(log: bytes) -> None:
    assert log.count(b"\n") == LINES
    assert 600 < len(log) / LINES < 700


def test_a_log_without_damage_is_what_its_releases_answer_but_for_the_spoofed_lines() -> None:
    store = Store.at(RELEASES)
    releases = [store.release(release) for release in store.releases]

    def known_as(model: ModelId) -> Iterator[Model]:
        return (source.models[model] for source in releases if model in source.models)

    verdicts: Counter[Verdict] = Counter()
    served: Counter[ServedVerdict] = Counter()
    for line in b"".join(zumik_lines(LINES, damage=0)).splitlines():
        found = replay(read_log_line(line), store.release, None, known_as)
        verdicts[found.verdict] += 1
        served[found.served] += 1
    assert verdicts[Verdict.REPRODUCED] > 0.98 * LINES
    assert verdicts[Verdict.DIVERGED]
    assert verdicts[Verdict.UNREPLAYABLE]
    assert served[ServedVerdict.AS_RESOLVED] > served[ServedVerdict.OTHER_MODEL] > 0


def test_one_line_in_fifty_is_damaged(log: bytes) -> None:
    whole = b"".join(zumik_lines(LINES, damage=0)).splitlines()
    differ = sum(a != b for a, b in zip(whole, log.splitlines(), strict=False))
    assert differ > 0
    unreadable = 0
    for line in log.splitlines():
        try:
            read_log_line(line)
        except UnreadableLine:
            unreadable += 1
    assert 0.005 * LINES < unreadable < 0.02 * LINES


def test_gateways_lag_so_that_several_releases_answer_on_one_day(log: bytes) -> None:
    releases: dict[str, set[str]] = {}
    for line in b"".join(zumik_lines(LINES, damage=0)).splitlines():
        fields = json.loads(line)
        if fields["alias_release"]:
            releases.setdefault(fields["timestamp"][:10], set()).add(fields["alias_release"])
    assert any(len(on_a_day) > 1 for on_a_day in releases.values())
    assert len(GATEWAYS) == 4


def test_a_payload_of_litellm_has_the_decision_and_the_tokens() -> None:
    lines = b"".join(litellm_lines(100, damage=0)).splitlines()
    assert 5_400 < sum(map(len, lines)) / 100 < 5_900
    for line in lines:
        payload = json.loads(line)
        assert payload["metadata"]["spend_logs_metadata"]["requested_model"]
        assert payload["prompt_tokens"] + payload["completion_tokens"] == payload["total_tokens"]
        assert payload["endTime"] > payload["startTime"]


@pytest.mark.parametrize("kind", KINDS)
def test_damage_changes_one_line_and_keeps_its_end(kind: str, log: bytes) -> None:
    line = log[: log.index(b"\n") + 1]
    made = KINDS[kind](line)
    assert made != line
    assert made.endswith(b"\n")
    assert made.count(b"\n") == 1
