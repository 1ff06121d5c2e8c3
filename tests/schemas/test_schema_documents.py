"""Documents that the schemas accept and refuse: a file dropped into a folder is a test.

`positive/SCHEMA/NAME.yaml` (or `.json`) must give no finding. `negative/SCHEMA/NAME.yaml` must give
the findings in `NAME.txt` beside it, one a line: `LINE:COLUMN CODE MESSAGE -- HINT`. To write that
file, run the tests with UPDATE_EXPECTED=1 in the environment, and then read what it says.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zumik.core.basics.findings import Finding
from zumik.resources import schema_names
from zumik.yaml_text.document import Document
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape

HERE = Path(__file__).parent


def documents(folder: str) -> list[Path]:
    found = (HERE / folder).glob("*/*")
    return sorted(path for path in found if path.suffix in (".yaml", ".json"))


def title(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def read(path: Path) -> Document:
    """JSON is read by the YAML reader too, which knows where things stand."""
    reading = read_yaml(path.name, path.read_bytes())
    assert reading.findings == ()
    assert reading.document is not None
    return reading.document


def line(finding: Finding) -> str:
    where = f"{finding.location.line}:{finding.location.column}"
    hint = f" -- {finding.hint}" if finding.hint else ""
    return f"{where} {finding.code} {finding.message}{hint}\n"


@pytest.mark.parametrize("path", documents("positive"), ids=title)
def test_good_documents_have_no_findings(path: Path) -> None:
    assert check_shape(read(path), path.parent.name) == []


@pytest.mark.parametrize("path", documents("negative"), ids=title)
def test_bad_documents_have_the_findings_beside_them(path: Path) -> None:
    found = "".join(line(finding) for finding in check_shape(read(path), path.parent.name))
    expected = path.with_suffix(".txt")
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert found


def test_every_schema_has_good_and_bad_documents() -> None:
    assert {path.parent.name for path in documents("positive")} == set(schema_names())
    assert {path.parent.name for path in documents("negative")} == set(schema_names())
