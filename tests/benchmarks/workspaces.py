"""Workspaces of any size, the same in every run: policy and catalog as people would write them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from zumik.core.facts.policy import Alias
from zumik.core.live.pointer import next_pointer, pointer_to_bytes
from zumik.core.releases.draft import draft
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import Content, ReleaseRef
from zumik.workspace.authored_files import read_authored
from zumik.workspace.new_workspace import ATTRIBUTES
from zumik.workspace.work_tree import WorkTree

PROVIDER_SIZE = 50

_SETTINGS = "horizons: {retirement_days: 30}\n"

_METRICS = """\
metrics:
  bench.latency:
    description: Mean seconds of a call.
    unit: seconds
    range: {at_least: 0}
    better: lower
    source: made up
    licence: CC0-1.0
    observed_on: 2026-01-10
  bench.coding:
    description: Share of tasks solved.
    unit: fraction
    range: {at_least: 0, at_most: 1}
    better: higher
    source: made up
    licence: CC0-1.0
    observed_on: 2026-01-10
  bench.general:
    description: Mean of many scores.
    unit: percent
    range: {at_least: 0, at_most: 100}
    better: higher
    source: made up
    licence: CC0-1.0
    observed_on: 2026-01-10
"""

_MEASURES = """\
measures:
  latency: {metric: bench.latency}
  quality.coding: {metric: bench.coding}
  quality.general: {metric: bench.general}
"""

_PREFERENCES = (
    "      - minimize: expected_cost\n",
    "      - minimize: expected_latency\n",
    "      - maximize: quality.coding\n        within: {}%\n      - minimize: expected_cost\n",
    "      - maximize: quality.general\n        within: {}%\n      - minimize: expected_latency\n",
    "      - minimize: expected_cost\n        within: {}%\n      - listed\n",
)


def write_workspace(root: Path, *, models: int, aliases: int) -> Path:
    """A workspace at `root` in which every alias selects among all the models."""
    random = Random(7)
    for directory in ("catalog", "policy", "frozen", "live"):
        (root / directory).mkdir(parents=True)
    (root / "zumik.yaml").write_text(_SETTINGS)
    (root / "catalog" / "metrics.yaml").write_text(_METRICS)
    for start in range(0, models, PROVIDER_SIZE):
        name = f"provider-{start // PROVIDER_SIZE:02}"
        entries = [_model(random, n) for n in range(start, min(start + PROVIDER_SIZE, models))]
        text = f"provider: {name}\nmodels:\n" + "\n".join(entries)
        (root / "catalog" / f"{name}.yaml").write_text(text)
    (root / "policy" / "measures.yaml").write_text(_MEASURES)
    (root / "policy" / "aliases.yaml").write_text(_policy(aliases))
    return root


def _policy(aliases: int) -> str:
    random = Random(11)
    return "aliases:\n" + "\n".join(_alias(random, number) for number in range(aliases))


def write_line(root: Path, *, releases: int, aliases: int = 9) -> Path:
    """A workspace with a line of releases of 9 aliases and 50 models each.

    With more `aliases` the policy and the last release have that many, and all of them are live.
    """
    write_workspace(root, models=50, aliases=9)
    ends = [_content(root)] * (releases - 1)
    (root / "policy" / "aliases.yaml").write_text(_policy(aliases))
    ends.append(_content(root))
    parent: tuple[ReleaseRef, datetime] | tuple[None, None] = (None, None)
    ledger = ""
    for number, content in enumerate(ends):
        now = datetime(2026, 1, 11, tzinfo=UTC) + timedelta(minutes=40 * number)
        ref, data = draft(content, *parent, now, note=f"Number {number}", backfilled=False)
        (root / "frozen" / ref.file_name).write_bytes(data)
        ledger += LedgerLine.of(ref).to_text()
        parent = (ref, now)
        for alias in content.aliases if number == releases - 1 else ():
            pointer = next_pointer(alias, ref, None, kind="promote", reason=None, now=now)
            (root / "live" / pointer.file_name).write_bytes(pointer_to_bytes(pointer))
    (root / "SHA256SUMS").write_text(ledger)
    return root


def write_changing_line(root: Path, *, models: int, aliases: int, releases: int) -> Path:
    """A workspace with a line in which each release has another price, and all aliases are live.

    Every alias weighs all models. The prices that change come back after a few releases, so that
    a long line is made in minutes.
    """
    write_workspace(root, models=models, aliases=aliases)
    place = root / "catalog" / "provider-00.yaml"
    text = place.read_text()
    contents = []
    for change in range(min(releases, 5)):
        place.write_text(text.replace("price: {input: ", f"price: {{input: 0.0{change}", change))
        contents.append(_content(root))
    _write_releases(root, (contents[number % len(contents)] for number in range(releases)))
    return root


def write_steady_line(
    root: Path, *, models: int, aliases: int, releases: int, changed: int = 3
) -> Path:
    """A workspace with a line in which each release has another workload for a few aliases.

    Every alias weighs all models, and all aliases are live. No release is like an earlier one.
    """
    write_workspace(root, models=models, aliases=aliases)
    _write_releases(root, _steady(root, releases, changed))
    return root


def add_steady_release(root: Path, *, releases: int, changed: int = 3) -> None:
    """Add the release that follows so many."""
    *_, last = _steady(root, releases + 1, changed)
    _write_releases(root, [last], at=releases)


def _steady(root: Path, releases: int, changed: int) -> Iterator[Content]:
    authored, content = read_authored(WorkTree(root)), _content(root)
    names, day = [*content.aliases], date(2026, 1, 11)
    yield content
    for number in range(1, releases):
        wanted = {names[(number * changed + place) % len(names)] for place in range(changed)}
        policies = {
            name: _with_workload(authored.policy.aliases[name], 1000 + number) for name in wanted
        }
        policy = authored.policy._replace(aliases=policies)
        frozen = freeze(authored.catalog, policy, derive_all(authored.catalog, policy, day, {}))
        content = content._replace(aliases={**content.aliases, **frozen.aliases})
        yield content


def _with_workload(alias: Alias, tokens: int) -> Alias:
    assert alias.workload is not None
    return alias._replace(workload=alias.workload._replace(input_tokens=tokens))


def _write_releases(root: Path, contents: Iterable[Content], at: int = 0) -> None:
    """Add releases to a line of `at` releases, and point every alias to the last."""
    began = datetime(2026, 1, 11, tzinfo=UTC)
    parent: tuple[ReleaseRef, datetime] | tuple[None, None] = (None, None)
    if at:
        name = max(path.name for path in (root / "frozen").iterdir())
        parent = ReleaseRef.from_file_name(name), began + timedelta(hours=7 * (at - 1))
    with (root / "SHA256SUMS").open("a") as ledger:
        for number, content in enumerate(contents, at):
            now = began + timedelta(hours=7 * number)
            ref, data = draft(content, *parent, now, note=f"Number {number}", backfilled=False)
            (root / "frozen" / ref.file_name).write_bytes(data)
            ledger.write(LedgerLine.of(ref).to_text())
            parent = (ref, now)
    for alias in content.aliases:
        pointer = next_pointer(alias, ref, None, kind="promote", reason=None, now=now)
        (root / "live" / pointer.file_name).write_bytes(pointer_to_bytes(pointer))


def _content(root: Path) -> Content:
    authored = read_authored(WorkTree(root))
    derivations = derive_all(authored.catalog, authored.policy, date(2026, 1, 11), {})
    return freeze(authored.catalog, authored.policy, derivations)


def commit_line(root: Path) -> None:
    """Commit a workspace on `main`, which is where things count as landed there."""
    (root / ".gitattributes").write_bytes(ATTRIBUTES)
    (root / "zumik.yaml").write_text(_SETTINGS + "live_ref: main\n")
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("config", "user.name", "bench"),
        ("config", "user.email", "bench@localhost"),
        ("config", "gc.auto", "0"),
        ("add", "releases"),
        ("commit", "--quiet", "--message", "A line"),
        ("switch", "--quiet", "--create", "change"),
    ):
        subprocess.run(["git", *arguments], cwd=root.parent, check=True, capture_output=True)


def yaml_texts(root: Path) -> list[str]:
    """The text of every YAML file that freezing the workspace reads."""
    return [path.read_text() for path in sorted(root.rglob("*.yaml"))]


def _model(random: Random, number: int) -> str:
    released = date(2025, 1, 1) + timedelta(days=random.randrange(360))
    rate = random.randrange(5, 1000)
    return f"""\
  model-{number}-{random.choice("abc")}:
    revision: model-{number}-{released:%Y%m%d}
    pinned: {str(random.random() < 0.9).lower()}
    owned_by: maker-{number % 17}
    released_on: {released}
    limits: {{context_tokens: {random.choice((128000, 200000, 1000000))}, input_tokens: 128000,
             output_tokens: {random.choice((8192, 32000, 64000))}}}
    input: [{random.choice(("text", "text, image", "text, image, pdf"))}]
    capabilities: [tools, structured_output{random.choice(("", ", prompt_caching, reasoning"))}]
    price: {{input: {rate / 100:.2f}, output: {rate * 4 / 100:.2f}, cache_read: {rate / 1000:.3f},
            batch_input: {rate / 200:.3f}, batch_output: {rate / 50:.2f}}}
    metrics: {{bench.latency: {random.randrange(50, 2000) / 100:.2f},
              bench.coding: {random.randrange(100, 900) / 1000:.3f},
              bench.general: {random.randrange(2000, 9000) / 100:.2f}}}
    source: made up
    observed_on: 2026-01-10
"""


def _alias(random: Random, number: int) -> str:
    prefer = _PREFERENCES[number % len(_PREFERENCES)].format(random.choice((2, 5, 10)))
    cached = random.choice((0, 50, 70))
    return f"""\
  team{number // 10}.purpose{number}:
    description: What team {number // 10} asks for, number {number}.
    candidates: ["*"]
    workload: {{input_tokens: {random.randrange(1, 40) * 500}, output_tokens: 800,
               cached_input: {cached}%}}
    require:
      capabilities: [{random.choice(("tools", "tools, reasoning"))}]
      input: [{random.choice(("text", "text, image"))}]
      limits: {{context_tokens: {random.choice((64000, 128000, 200000))}}}
      measures: {{quality.coding: {{at_least: 0.{random.randrange(1, 5)}}}}}
    prefer:
{prefer}"""
