"""`zumik catalog refresh`: every source read, and what is left on a branch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.schemas.output_documents import require_valid

PRICES = "model,price.input,open_weights\nacme/small,0.9,false\nacme/none,1,\n"


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """The small workspace with a release, and settings that name sources of which one is broken."""
    desk = desk_after("small")
    (desk.repo / "prices.csv").write_text(PRICES)
    (desk.repo / "broken.csv").write_text("nothing\n")
    settings = desk.releases / "zumik.yaml"
    sources = "sources: ['own:broken.csv', 'own:prices.csv']\n"
    settings.write_text(settings.read_text() + sources)
    assert desk.zumik("release", "create", "--note", "First").exit_code == 0
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "-m", "Sources")
    return desk


def text_of(desk: Desk) -> str:
    return (desk.releases / "catalog" / "acme.yaml").read_text()


def test_a_broken_source_does_not_keep_the_others_back(desk: Desk) -> None:
    before = text_of(desk)
    turn = desk.zumik("catalog", "refresh", "--dry-run")
    assert turn.exit_code == 3, turn
    assert "own:broken.csv: not read: 'broken.csv, 2026-01-10': its first line" in turn.out
    assert re.search(r"^  acme/small#price \([^()]+\)$", turn.out, re.MULTILINE), turn
    assert text_of(desk) == before


def test_a_branch_gets_the_commit_and_the_checkout_stays(desk: Desk) -> None:
    before, head = text_of(desk), desk.git("rev-parse", "HEAD").strip()
    (desk.releases / "catalog" / "acme.yaml").write_text(before + "# an edit of mine\n")
    turn = desk.zumik("catalog", "refresh", "--branch", "catalog/today")
    assert turn.exit_code == 3, turn
    assert "on the new branch catalog/today" in turn.err
    assert text_of(desk) == before + "# an edit of mine\n"
    assert desk.git("rev-parse", "HEAD").strip() == head
    assert len(desk.git("worktree", "list").splitlines()) == 1
    message = desk.git("log", "-1", "--format=%B", "catalog/today")
    assert message.startswith("Refresh the catalog\n")
    assert "- `own:broken.csv`: **not read**" in message
    assert "1 fact taken" in message
    changed = desk.git("diff", "--name-only", head, "catalog/today").split()
    assert changed == ["releases/catalog/acme.yaml"]
    assert "open_weights: false" in desk.git("show", "catalog/today:releases/catalog/acme.yaml")
    again = desk.zumik("catalog", "refresh", "--branch", "catalog/today")
    assert (again.exit_code, "already" in again.err) == (4, True), again


def test_without_a_branch_the_files_are_edited(desk: Desk) -> None:
    turn = desk.zumik("catalog", "refresh", "--format", "json")
    assert turn.exit_code == 3, turn
    found = json.loads(turn.out)
    assert require_valid(found) == "catalog-refresh"
    assert [one["problem"] is None for one in found["sources"]] == [False, True]
    assert found["waiting"] == ["acme/small#price"]
    assert "open_weights: false" in text_of(desk)


def test_without_a_source_that_can_be_read_nothing_is_done(desk: Desk) -> None:
    (desk.repo / "prices.csv").unlink()
    turn = desk.zumik("catalog", "refresh", "--branch", "catalog/today")
    assert turn.exit_code == 4, turn
    assert turn.err.startswith("error: no source could be read: ")
    assert "catalog/today" not in desk.git("branch", "--list")


def test_sources_have_to_be_set(desk_after: Callable[[str], Desk]) -> None:
    turn = desk_after("small").zumik("catalog", "refresh")
    assert turn.exit_code == 2, turn
    assert "sources: [litellm, genai-prices]" in turn.err


def test_a_package_that_is_missing_is_named(desk_after: Callable[[str], Desk]) -> None:
    turn = desk_after("small").zumik("catalog", "import", "--from", "langchain-none")
    assert turn.exit_code == 4, turn
    assert "langchain-none is not installed beside zumik" in turn.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--from", "litellm", "prices.json"], "name one source"),
        ([], "name one source"),
        (["--from", "litellm:x.json"], "does not say its version"),
        (["--from", "models.dev:x.json"], "no day is given for it"),
        (["--from", "own"], "needs a file"),
        (["--from", "litelm"], "no such source"),
    ],
)
def test_a_source_that_is_not_clear_is_asked_for(
    desk_after: Callable[[str], Desk], words: list[str], why: str
) -> None:
    turn = desk_after("small").zumik("catalog", "import", *words)
    assert (turn.exit_code, why in turn.err) == (2, True), turn


def test_an_installed_package_is_read_and_cited_by_its_version(
    desk_after: Callable[[str], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "langchain_acme"
    (package / "data").mkdir(parents=True)
    literal = "_PROFILES: dict = {'small': {'max_output_tokens': 32000, 'open_weights': False}}\n"
    (package / "data" / "_profiles.py").write_text(literal + "raise SystemExit\n")
    about = tmp_path / "site" / "langchain_acme-1.2.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: langchain-acme\nVersion: 1.2.3\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    desk = desk_after("small")
    turn = desk.zumik("catalog", "import", "--from", "langchain-acme")
    assert turn.exit_code == 3, turn
    assert (
        "acme/small\n  left alone (written by hand): limits.output_tokens: 64,000 → 32,000"
        in turn.out
    )
    assert "\n  open_weights: unknown → no" in turn.out
    assert 'open_weights: "langchain-acme 1.2.3, 2026-01-10"' in text_of(desk)
