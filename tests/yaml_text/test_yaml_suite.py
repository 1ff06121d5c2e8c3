"""The public YAML test suite: each case is refused with a finding, or has the values it should.

`yaml_suite.json` has what the strict reader makes of each case: the first finding, or `values`
where it gives those of `in.json`. No case that the suite refuses is read. UPDATE_EXPECTED=1 writes
the file again. JSON is YAML too: what the public JSON suite accepts has the same values here.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

from tests.public_suites import suite_files
from tests.yaml_text.both_parsers import assert_both_agree

from zumik.yaml_text.reader import read_yaml

EXPECTED = Path(__file__).parent / "yaml_suite.json"
JSON_EXPECTED = Path(__file__).parent / "json_suite_as_yaml.json"


def with_types(value: object) -> object:
    if isinstance(value, dict):
        return {key: with_types(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_types(inner) for inner in value]
    return type(value).__name__, str(value)


def outcome(case: str, data: bytes, meant: bytes | None) -> str:
    """The first finding; or `values`, where they are those that are meant."""
    reading = read_yaml("f", data)
    if reading.findings:
        first = reading.findings[0]
        return f"{first.code} {str(first.location).removeprefix('f:')}"
    assert reading.document is not None
    assert meant is not None, f"{case} is to be refused"
    values = json.loads(meant, parse_float=Decimal)
    assert with_types(reading.document.value) == with_types(values), case
    return "values"


def check_expected(file: Path, found: dict[str, str]) -> None:
    if os.environ.get("UPDATE_EXPECTED"):
        file.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    assert found == json.loads(file.read_text(encoding="utf-8"))


def test_each_case_is_refused_or_has_its_values_with_either_parser() -> None:
    files = suite_files("yaml-test-suite.tar.gz")
    cases = sorted(path.parent for path in files if path.name == "in.yaml")
    found = {}
    for case in cases:
        data = files[case / "in.yaml"]
        meant = None if case / "error" in files else files.get(case / "in.json")
        name = "/".join(case.parts[1:])
        assert_both_agree(data)
        found[name] = outcome(name, data, meant)
    check_expected(EXPECTED, found)
    assert len(found) == 402


def test_json_has_the_values_of_json_or_is_refused_at_a_place() -> None:
    files = suite_files("json-test-suite.tar.gz")
    found = {}
    for path in sorted(path for path in files if path.name.startswith("y_")):
        assert_both_agree(files[path])
        found[path.name] = outcome(path.name, files[path], files[path])
    check_expected(JSON_EXPECTED, found)
