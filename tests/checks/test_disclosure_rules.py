"""What was confidential and would be shown to everybody is told, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from zumik.checks.newly_visible import check_disclosure
from zumik.core.basics.findings import Finding, Severity
from zumik.core.facts.hidden import confidential
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.confidentiality import said_in
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


def found(root: Path, before: list[str], after: list[str], *frozen: str) -> list[Finding]:
    """What is found between two catalogs; `frozen` are the providers that a release marks."""
    written(root / "before", *before)
    now = written(root / "after", *after)
    hidden = confidential(frozen, said(root / "before"))
    models = now.catalog.models.values()
    return list(check_disclosure(hidden, said(root / "after"), models, now.locate))


def said(root: Path) -> dict[str, bool]:
    return said_in(WorkTree(root / "releases"))


HIDDEN = "provider: acme\nconfidential: true\nmodels:\n  a: {}\n  b: {}\n"
SHOWN = "provider: acme\nmodels:\n  a: {}\n  b: {}\n"
OTHER = "provider: globex\nmodels:\n  c: {}\n"


SAID_NO = SHOWN.replace("models:", "confidential: false\nmodels:")


def test_a_provider_of_which_a_person_says_that_it_is_not_confidential(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, [HIDDEN, OTHER], [SAID_NO, OTHER])
    assert (finding.code, finding.severity) == ("confidential-no-longer", Severity.WARNING)
    assert "acme/a and 1 more" in finding.message
    assert str(finding.location) == "releases/catalog/acme.yaml:4:3"


@pytest.mark.parametrize("before", [[HIDDEN], [OTHER], [SHOWN]])
def test_a_flag_that_is_missing_says_nothing(tmp_path: Path, before: list[str]) -> None:
    (finding,) = found(tmp_path, before, [SHOWN], "acme")
    assert (finding.code, finding.severity) == ("confidential-unsaid", Severity.ERROR)
    assert str(finding.location) == "releases/catalog/acme.yaml:3:3"


def test_new_models_of_such_a_provider_are_found_too(tmp_path: Path) -> None:
    renamed = SHOWN.replace("  a: {}\n  b: {}\n", "  new: {}\n")
    (finding,) = found(tmp_path, [HIDDEN], [renamed])
    assert "acme/new" in finding.message


def test_other_changes_of_confidentiality_have_no_findings(tmp_path: Path) -> None:
    for number, (before, after, frozen) in enumerate(
        [
            ([HIDDEN], [HIDDEN], []),
            ([SHOWN], [HIDDEN], []),
            ([SHOWN], [SAID_NO], []),
            ([HIDDEN], [OTHER], []),
            ([OTHER], [OTHER, SHOWN], []),
            ([OTHER], [OTHER, HIDDEN], ["acme"]),
            ([SAID_NO], [SAID_NO], ["acme"]),
            ([SAID_NO], [SHOWN], ["acme"]),
        ]
    ):
        assert found(tmp_path / str(number), before, after, *frozen) == []
