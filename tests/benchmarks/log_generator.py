"""Realistic logs of any size, the same for the same seed: months of traffic through four gateways.

    python -m tests.benchmarks.log_generator --lines 1000000 --output calls.jsonl
    python -m tests.benchmarks.log_generator --lines 40000 --litellm --output payloads.jsonl

Every decision is what a frozen release of the example really answers, but for the few that are
spoofed. Days are busy and nights are calm; each gateway goes on with an earlier release for as long
as it lags; models are unavailable at times; one provider serves another revision from a day on; and
one line in fifty is damaged.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.benchmarks.damaged_lines import damaged

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.references import Reference
from zumik.core.basics.times import moment_text
from zumik.core.decisions.decision import Decision, NoCandidate, resolve, resolve_target
from zumik.core.facts.request import Request
from zumik.core.releases.release import VerifiedRelease
from zumik.core.traffic.token_edges import TokenEdges, token_edges
from zumik.workspace.store import Store

RELEASES = Path(__file__).parents[2] / "releases"

DAMAGED_SHARE = 0.02

BEGIN = datetime(2026, 6, 9, 14, tzinfo=UTC)
HOURS = 172 * 24

_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 20, 16, 18, 20, 20, 18, 14, 10, 8, 7, 6, 4, 3)
_WEEKEND = 0.3
_DRIFT = datetime(2026, 10, 20, tzinfo=UTC)
_DRIFTING = "openai/"

_ALIAS_WEIGHTS = (14, 4, 22, 12, 6, 10, 24, 3, 5)
_TEAMS = ("search", "support", "billing", "platform", "docs-writer")
_SECONDS = [b":%02d:%02dZ" % divmod(second, 60) for second in range(3600)]
_TOKEN_SLOTS = {"input_tokens": "@in@", "output_tokens": "@out@"}
_KINDS = 300
"""Distinct calls of one release at one gateway, before their tokens vary."""


class Gateway(NamedTuple):
    """What one gateway adds to a decision, in front and behind, and how late it reads releases."""

    name: str
    share: float
    lag: timedelta
    front: str = ""
    says_served: bool = False
    behind: str = ', "gateway": "%s", "team": "%s", "trace_id": "@id@", "latency_ms": @ms@'


GATEWAYS = (
    Gateway("edge-1", 0.45, timedelta(minutes=10)),
    Gateway("edge-2", 0.30, timedelta(hours=2), says_served=True),
    Gateway("batch-1", 0.15, timedelta(hours=30), behind=', "job": "%s/%s", "request_id": "@id@"'),
    Gateway("lab", 0.10, timedelta(0), front='"level": "info", "logger": "router", '),
)


class Kind(NamedTuple):
    """One kind of call: a line with slots, and how far its tokens vary without another decision."""

    template: bytes
    least: tuple[int, int]
    width: tuple[int, int]


Template = Callable[[dict[str, object], Gateway, str], str]
"""Makes a line of the fields of a decision, its gateway and team; `@name@` marks its slots."""


def zumik_lines(lines: int, seed: int = 1, damage: float = DAMAGED_SHARE) -> Iterator[bytes]:
    """Blocks of whole lines of zumik's own format, in the order of their times."""
    return _blocks(lines, seed, damage, _zumik_template)


def litellm_lines(lines: int, seed: int = 1, damage: float = DAMAGED_SHARE) -> Iterator[bytes]:
    """Blocks of LiteLLM's payloads, 5.6 KB each, which carry the same decisions."""
    return _blocks(lines, seed, damage, _litellm_template)


class _Writer:
    """The releases of the example, and the kinds of call that each gateway makes under each."""

    def __init__(self, seed: int, template: Template) -> None:
        store = Store.at(RELEASES)
        self.releases = [store.release(release) for release in store.releases]
        self.releases.sort(key=lambda source: source.release.created_at)
        self.edges = token_edges(
            model for source in self.releases for model in source.models.values()
        )
        self.seed = seed
        self.template = template
        self.kinds = cache(self._kinds)

    def live_at(self, time: datetime) -> int:
        """The index of the release that had landed by a time."""
        landed = [n for n, r in enumerate(self.releases) if r.release.created_at <= time]
        return landed[-1] if landed else 0

    def _kinds(self, release: int, gateway: Gateway, drifted: bool) -> list[Kind]:
        random = Random(f"{self.seed}/{release}/{gateway.name}")
        source = self.releases[release]
        made: list[Kind] = []
        while len(made) < _KINDS:
            request = _request(random, source, self.edges)
            decision = _decision(random, source, request)
            if decision is not None:
                made.append(self._kind(random, decision, request, (gateway, drifted)))
        return made

    def _kind(
        self, random: Random, decision: Decision, request: Request, at: tuple[Gateway, bool]
    ) -> Kind:
        gateway, drifted = at
        fields = _spoofed(random, decision.to_json("@time@"))
        asked = decision.request.to_json()
        fields["request"] = {key: _TOKEN_SLOTS.get(key, value) for key, value in asked.items()}
        if gateway.says_served and decision.revision:
            moved = drifted and decision.model.startswith(_DRIFTING)
            fields["served_model"] = decision.revision + ("-20261019" if moved else "")
        if decision.receipt is not None:
            fields["receipt"] = str(decision.receipt)
        text = self.template(fields, gateway, random.choice(_TEAMS))
        return Kind(_slots(text), *_room(request, self.edges))


def _blocks(lines: int, seed: int, damage: float, template: Template) -> Iterator[bytes]:
    writer = _Writer(seed, template)
    random = Random(seed)
    for hour, count in _hours(lines):
        time = BEGIN + timedelta(hours=hour)
        made = [
            writer.kinds(writer.live_at(time - gateway.lag), gateway, time >= _DRIFT)
            for gateway in GATEWAYS
        ]
        for start in range(0, count, 5_000):
            size = min(5_000, count - start)
            block = _block(random, made, time, (start, size, count))
            yield b"".join(_with_damage(random, block, damage))


def _block(
    random: Random, made: list[list[Kind]], time: datetime, part: tuple[int, int, int]
) -> list[bytes]:
    """`size` of the `count` lines of an hour, from the line `start` of it on."""
    start, size, count = part
    began, hour = time.timestamp(), moment_text(time)[:13].encode()
    gateways = random.choices(made, [gateway.share for gateway in GATEWAYS], k=size)
    kinds = [kinds[int(random.random() * _KINDS)] for kinds in gateways]
    ids = random.randbytes(16 * size).hex().encode()
    number = random.random
    lines: list[bytes] = []
    for n, (template, (least_in, least_out), (width_in, width_out)) in enumerate(kinds):
        second = (start + n) * 3600 // count
        tokens_in = least_in + int(number() * width_in)
        tokens_out = least_out + int(number() * width_out)
        took, begun = 0.1 + number() * 4, began + second
        slots = {
            b"in": tokens_in,
            b"out": tokens_out,
            b"sum": tokens_in + tokens_out,
            b"time": hour + _SECONDS[second],
            b"id": ids[32 * n : 32 * n + 32],
            b"ms": took * 1000,
            b"start": begun,
            b"first": begun + took / 4,
            b"end": begun + took,
            b"ttft": took / 4,
            b"cost": tokens_in * 1e-6 + tokens_out * 5e-6,
        }
        lines.append(template % slots)
    return lines


def _with_damage(random: Random, block: list[bytes], share: float) -> list[bytes]:
    if share:
        for place, line in enumerate(block):
            if random.random() < share:
                block[place] = damaged(random, line)
    return block


def _hours(lines: int) -> Iterator[tuple[int, int]]:
    """The hours that have lines, with how many: all of them together have `lines`."""
    weights = [
        _BY_HOUR[time.hour] * (_WEEKEND if time.weekday() > 4 else 1)
        for time in (BEGIN + timedelta(hours=hour) for hour in range(HOURS))
    ]
    whole, before, sum_so_far = sum(weights), 0, 0.0
    for hour, weight in enumerate(weights):
        sum_so_far += weight
        until = lines if hour == HOURS - 1 else int(lines * sum_so_far / whole)
        if until > before:
            yield hour, until - before
        before = until


def _request(random: Random, source: VerifiedRelease, edges: TokenEdges) -> Request:
    """A request as agents, chats and jobs ask it: most are short, a few fill a context."""
    chance = random.random()
    tokens_in = int(random.lognormvariate(8.2, 1.3)) + 1
    tokens_out = random.choice((256, 800, 1024, 2000, 4096, 8192, 16_000, 40_000))
    capabilities = random.choice(((), (), (), ("tools",), ("tools", "structured_output")))
    kinds = random.choice(((),) * 8 + (("image",), ("text", "image")))
    if chance < 0.2:
        return Request(capabilities=capabilities)
    if chance < 0.4:
        return Request(None, tokens_out, capabilities, kinds)
    return Request(min(tokens_in, 900_000), tokens_out, capabilities, kinds)


def _decision(random: Random, source: VerifiedRelease, request: Request) -> Decision | None:
    """What the release answers, at times without its first ranks; None where none can answer."""
    alias = random.choices(list(source.aliases), _ALIAS_WEIGHTS)[0]
    ranking = source.aliases[alias].ranking
    chance = random.random()
    if chance < 0.03:
        model = random.choice(ranking)
        return resolve_target(Reference.parse(model), model, source.models[model].revision)
    lost: tuple[ModelId, ...] = ranking[:2] if chance < 0.04 else ()
    if 0.04 < chance < 0.08:
        lost = ranking[:1]
    asked = f"{alias}@{source.ref.id}" if chance > 0.98 else None
    try:
        return resolve(
            source, AliasName(alias), request._replace(unavailable=lost), requested=asked
        )
    except NoCandidate:
        return None


def _spoofed(random: Random, fields: dict[str, object]) -> dict[str, object]:
    """The fields, one call in 250 with an id, a digest or an answer that no release gives."""
    if random.random() > 0.004 or fields["alias_release"] is None:
        return fields
    spoof = random.choice(("alias_release", "alias_release_sha256", "resolved_model"))
    value = {
        "alias_release": "alr_2026_07_15_001",
        "alias_release_sha256": "0" * 64,
        "resolved_model": "openai/gpt-0",
    }
    return {**fields, spoof: value[spoof]}


def _room(request: Request, edges: TokenEdges) -> tuple[tuple[int, int], tuple[int, int]]:
    """How far the tokens may go up without crossing an edge: (least in, out), (width in, out)."""
    least = request.input_tokens or 0, request.output_tokens or 0
    width_in, width_out = least[0] // 2, 0 if request.input_tokens else least[1] // 8
    while width_in and edges.ranks(least[0] + width_in, least[1]) != edges.ranks(*least):
        width_in //= 2
    while width_out and edges.ranks(least[0], least[1] + width_out) != edges.ranks(*least):
        width_out //= 2
    return least, (width_in + 1, width_out + 1)


def _zumik_template(fields: dict[str, object], gateway: Gateway, team: str) -> str:
    behind = gateway.behind % (gateway.name, team)
    return "{" + gateway.front + json.dumps(fields)[1:-1] + behind + "}\n"


@cache
def _payload() -> str:
    return (Path(__file__).parent / "litellm_payload.json").read_text()


def _litellm_template(fields: dict[str, object], gateway: Gateway, team: str) -> str:
    text = _payload().replace('"@decision@"', json.dumps(fields))
    return text.replace("@model@", str(fields["resolved_model"]))


_SLOTS = {
    "in": "d",
    "out": "d",
    "sum": "d",
    "start": ".6f",
    "end": ".6f",
    "first": ".6f",
    "ttft": ".6f",
    "cost": ".8f",
    "ms": ".1f",
}
"""Slots that are numbers, with how they are written; the others are text."""


def _slots(text: str) -> bytes:
    """The text as a template of bytes: each mark becomes a slot of the operator `%`."""
    text = text.replace("%", "%%")
    for name in ("id", "time"):
        text = text.replace(f"@{name}@", f"%({name})s")
    for name, form in _SLOTS.items():
        text = text.replace(f'"@{name}@"', f"%({name}){form}").replace(
            f"@{name}@", f"%({name}){form}"
        )
    return text.encode()


def main() -> None:
    """Write a log, to a file or to the output."""
    parser = argparse.ArgumentParser(description="Write a realistic log.")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--damage", type=float, default=DAMAGED_SHARE)
    parser.add_argument("--litellm", action="store_true", help="payloads of LiteLLM")
    parser.add_argument("--output", type=Path)
    wanted = parser.parse_args()
    write = litellm_lines if wanted.litellm else zumik_lines
    blocks = partial(write, wanted.lines, wanted.seed, wanted.damage)
    with wanted.output.open("wb") if wanted.output else sys.stdout.buffer as file:
        for block in blocks():
            file.write(block)


if __name__ == "__main__":
    main()
