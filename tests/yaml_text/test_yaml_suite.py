"""The public YAML test suite: each case is refused with a finding, or has the values it should.

`yaml_suite.json` has what the strict reader makes of each case: the first finding, or `values`
where it gives those of `in.json`. The few that it accepts although the suite does not are marked:
PyYAML and libyaml both accept them, and read the same. UPDATE_EXPECTED=1 writes the file again.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path, PurePosixPath

from tests.public_suites import suite_files
from tests.yaml_text.both_parsers import assert_both_agree

from zumik.yaml_text.reader import read_yaml

EXPECTED = Path(__file__).parent / "yaml_suite.json"


def with_types(value: object) -> object:
    if isinstance(value, dict):
        return {key: with_types(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_types(inner) for inner in value]
    return type(value).__name__, str(value)


def outcome(case: PurePosixPath, files: dict[PurePosixPath, bytes]) -> str:
    reading = read_yaml("in.yaml", files[case / "in.yaml"])
    if reading.findings:
        first = reading.findings[0]
        return f"{first.code} {str(first.location).removeprefix('in.yaml:')}"
    assert reading.document is not None
    value = reading.document.value
    if case / "error" in files:
        return f"accepted, though the suite refuses it: {json.dumps(value)}"
    meant = json.loads(files[case / "in.json"], parse_float=Decimal)
    assert with_types(value) == with_types(meant), case
    return "values"


def test_each_case_is_refused_or_has_its_values_with_either_parser() -> None:
    files = suite_files("yaml-test-suite.tar.gz")
    cases = sorted(path.parent for path in files if path.name == "in.yaml")
    found = {"/".join(case.parts[1:]): outcome(case, files) for case in cases}
    for case in cases:
        assert_both_agree(files[case / "in.yaml"])
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
    assert found == json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert len(found) == 402
