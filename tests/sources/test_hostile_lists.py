"""Lists with wrong values anywhere: what is taken of them always leaves a catalog of its shape."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zumik.actions.authoring.imported_files import KEYS
from zumik.core.facts.catalog import Catalog, read_provider
from zumik.core.reviews.import_changes import ImportPlan
from zumik.errors import ZumikError
from zumik.sources.kinds import source_kind
from zumik.sources.merge import plan_import
from zumik.yaml_text.document import Document
from zumik.yaml_text.editor import edit_yaml
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape
from zumik.yaml_text.writer import Block, provider_file

LITELLM = json.loads((Path(__file__).parent / "litellm" / "1.109.1.json").read_bytes())
FIELDS = sorted({field for entry in LITELLM.values() for field in entry})
WRONG: tuple[object, ...] = (
    *(None, 0, -1, True, "", [], {}, "x\x1b[31m\n", "e" * 300, [1, {"a": 2}], {"a": {"b": 1}}),
    *(1e-300, 1e300, 10**30, "2026-13-01", "2062-01-01", 0.1, 5, ["text", 3], {"low": 0.01}),
)
DAYS = [date(2026, 6, 1), date(2026, 11, 28), date(2026, 12, 2)]


def spoilt(value: Any, random: Random) -> Any:
    """The value with wrong ones in some of its places."""
    if isinstance(value, dict):
        found = {key: spoilt(item, random) for key, item in value.items()}
        if found and random.random() < 0.15:
            found[random.choice(list(found))] = random.choice(WRONG)
        return found
    if isinstance(value, list):
        return [spoilt(item, random) for item in value]
    return random.choice(WRONG) if random.random() < 0.03 else value


def litellm(random: Random) -> tuple[str, str, object]:
    keys = random.sample(sorted(LITELLM), 6)
    more = {field: random.choice([*WRONG, 3e-06]) for field in random.sample(FIELDS, 5)}
    return "litellm", "l.json", {key: spoilt({**LITELLM[key], **more}, random) for key in keys}


def genai_prices(random: Random) -> tuple[str, str, object]:
    def table() -> dict[str, object]:
        tiered = {"base": 1, "tiers": [{"start": 199_999, "price": 2}]}
        return {"input_mtok": random.choice([1, tiered]), "output_mtok": random.choice([5, 9])}

    def condition() -> object:
        first = {"start_date": random.choice(["2026-01-01", "2026-12-01", "2027-02-01"])}
        return random.choice([None, first, {"start_time": "00:30", "end_time": "03:00"}])

    models = [
        {
            "id": f"m{number}",
            "prices": [{"prices": table()}, {"constraint": condition(), "prices": table()}],
            "price_variants": [
                {"when": {"processing": "batch"}, "prices": table(), "constraint": condition()}
            ],
        }
        for number in range(4)
    ]
    return "genai-prices", "data.json", spoilt([{"id": "openai", "models": models}], random)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_taken_of_a_spoilt_list_leaves_a_catalog_of_its_shape(seed: int) -> None:
    random = Random(seed)
    files: dict[str, Document] = {}
    for _ in range(3):
        kind, name, content = random.choice([litellm, genai_prices])(random)
        try:
            imported = source_kind(kind).read(
                {name: json.dumps(content).encode()},
                source=f"{kind} {random.choice(['1.1.0', '2.3'])}",
                observed_on=random.choice(DAYS),
            )
        except ZumikError:
            continue
        models = [model for file in files.values() for model in read_provider(file.value)]
        plan = plan_import(
            Catalog({model.id: model for model in models}, {}),
            imported,
            add=["*"],
            accept=["*"] if random.random() < 0.5 else [],
            precedence=["litellm", "genai-prices"],
            today=DAYS[1],
        )
        for provider, text in written(files, plan).items():
            reading = read_yaml(f"{provider}.yaml", text.encode())
            assert reading.document is not None
            assert check_shape(reading.document, "catalog") == []
            files[provider] = reading.document
            read_provider(reading.document.value)


def written(files: dict[str, Document], plan: ImportPlan) -> dict[str, str]:
    """The text of each file that a plan changes or makes."""
    edits: dict[str, list[Any]] = {}
    new: dict[str, dict[str, Any]] = {}
    for update in plan.updates:
        provider, _, name = update.model.partition("/")
        edits.setdefault(provider, []).extend(
            (("models", name, *path), value) for path, value in update.edits
        )
    for addition in plan.additions:
        provider = addition.model.provider
        if provider in files:
            edits.setdefault(provider, []).append(
                (("models", addition.name), Block(addition.facts))
            )
        else:
            new.setdefault(provider, {})[addition.name] = addition.facts
    made = {provider: provider_file(provider, facts) for provider, facts in new.items()}
    return made | {
        provider: edit_yaml(files[provider], changes, KEYS) for provider, changes in edits.items()
    }
