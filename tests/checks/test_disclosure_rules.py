"""What was confidential and would be shown to everybody is told, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from zumik.checks.newly_visible import check_disclosure
from zumik.core.basics.findings import Finding, Severity
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.work_tree import WorkTree


def written(root: Path, *files: str) -> Authored:
    """A catalog of these files, each of which begins with its provider."""
    for text in files:
        provider = text.split()[1]
        path = root / "releases" / "catalog" / f"{provider}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    authored = read_authored(WorkTree(root / "releases"))
    assert authored.findings == []
    return authored


def found(root: Path, before: list[str], after: list[str]) -> list[Finding]:
    was, now = written(root / "before", *before), written(root / "after", *after)
    models = [what.catalog.models.values() for what in (was, now)]
    return list(check_disclosure(*models, now.locate))


HIDDEN = "provider: acme\nconfidential: true\nmodels:\n  a: {}\n  b: {}\n"
SHOWN = "provider: acme\nmodels:\n  a: {}\n  b: {}\n"
OTHER = "provider: globex\nmodels:\n  c: {}\n"


def test_a_provider_that_stops_being_confidential_is_found_once(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, [HIDDEN, OTHER], [SHOWN, OTHER])
    assert (finding.code, finding.severity) == ("confidential-no-longer", Severity.WARNING)
    assert "acme/a and 1 more" in finding.message
    assert str(finding.location) == "releases/catalog/acme.yaml:3:3"


def test_new_models_of_such_a_provider_are_found_too(tmp_path: Path) -> None:
    renamed = SHOWN.replace("  a: {}\n  b: {}\n", "  new: {}\n")
    (finding,) = found(tmp_path, [HIDDEN], [renamed])
    assert "acme/new would" in finding.message


def test_other_changes_of_confidentiality_have_no_findings(tmp_path: Path) -> None:
    said_no = SHOWN.replace("models:", "confidential: false\nmodels:")
    for number, (before, after) in enumerate(
        [
            ([HIDDEN], [HIDDEN]),
            ([SHOWN], [HIDDEN]),
            ([SHOWN], [said_no]),
            ([HIDDEN], [OTHER]),
            ([OTHER], [OTHER, SHOWN]),
        ]
    ):
        assert found(tmp_path / str(number), before, after) == []
