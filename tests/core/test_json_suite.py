"""The public JSON test suite: y_ is accepted, n_ is refused with its place, i_ is up to the reader.

What a strict reader refuses although JSON allows it is a rule of ours, listed here by its message.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tests.public_suites import suite_files

from zumik.core.basics.strict_json import MalformedJson, from_strict

EXPECTED = Path(__file__).parent / "json_suite.json"

OUR_RULES = {
    # Readers differ in which of the two counts.
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
}


def outcome(data: bytes) -> str:
    try:
        from_strict(data, fraction=float)
    except MalformedJson as error:
        return error.message
    return "accepted"


def test_each_case_is_accepted_or_refused_as_its_name_says() -> None:
    files = suite_files("json-test-suite.tar.gz")
    cases = {path.name: data for path, data in files.items() if path.parent.name == "test_parsing"}
    found = {name: outcome(data) for name, data in cases.items()}
    for what in found.values():
        assert what == "accepted" or re.search(r" at [0-9]+:[0-9]+$", what)
    accepted = {name for name, what in found.items() if what == "accepted"}
    assert {name for name in found if name.startswith("y_")} - accepted == OUR_RULES
    assert not {name for name in accepted if name.startswith("n_")}
    free = {name: found[name] for name in sorted(found) if name.startswith("i_")}
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.write_text(json.dumps(free, indent=0) + "\n", encoding="utf-8")
    assert free == json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert len(found) == 318
