"""Every conformance vector, in Node and in Chromium."""

from __future__ import annotations

from typing import Any

from tests.conformance.vectors import HERE, vectors


def test_every_vector_holds(engine: Any) -> None:
    files = sorted(HERE.glob("*/*.json"))
    topics = [
        {"ask": "vectors", "folder": file.parent.name, "stem": file.stem, "text": file.read_text()}
        for file in files
    ]
    results = [result for found in engine.ask_all(topics) for result in found]
    assert {each["name"]: each["fault"] for each in results if each["fault"]} == {}
    assert sorted(each["name"] for each in results) == sorted(name for name, _ in vectors())
