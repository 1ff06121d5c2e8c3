"""What commands write with `--format json`, each held to the schema that its `schema` key names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"


@cache
def _validator(name: str) -> Draft202012Validator:
    folder = SCHEMAS if name == "logline" else SCHEMAS / "outputs"
    return Draft202012Validator(json.loads((folder / f"{name}.schema.json").read_bytes()))


def documents_in(text: str) -> list[Any]:
    """One document, or one a line."""
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


def require_valid(document: Any) -> str:
    """The name of a document's schema, which it has to follow."""
    product, _, version = document["schema"].partition("/")
    name = str(product.removeprefix("zumik."))
    assert version == "1", document["schema"]
    faults = [
        (*error.absolute_path, error.message) for error in _validator(name).iter_errors(document)
    ]
    assert faults == []
    return name
