"""No page, nor any other file of a site, names what a release or the catalog keeps confidential."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.confidential_provider import CATALOG, NAMES
from tests.cli.conftest import desk_after, played
from tests.cli.conversation import Desk

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.pages.addresses import alias_address, release_address

__all__ = ["desk_after", "played"]

ALIAS = AliasName("review.listed")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """A workspace in which a release ranked a confidential provider, and the next one forgot it."""
    desk = desk_after("promoted")
    catalog = desk.releases / "catalog" / "hush.yaml"
    policy = next(p for p in (desk.releases / "policy").glob("*.yaml") if ALIAS in p.read_text())
    before = policy.read_text()
    catalog.write_text(CATALOG)
    listed = 'candidates: [hush/quiet, hush/whisper-7b, "acme/large:deep"'
    policy.write_text(before.replace('candidates: ["acme/large:deep"', listed))
    for note, reason in (("hush/quiet is a bargain", "whisper-7b was slower"), ("No hush", "Back")):
        desk.git("add", "-A")
        desk.git("commit", "-qm", note)
        assert desk.zumik("release", "create", "--note", note).exit_code == 0
        moved = desk.zumik("alias", "promote", ALIAS, "--latest", "--reason", reason)
        assert moved.exit_code == 0, moved.err
        catalog.unlink(missing_ok=True)
        policy.write_text(before)
    return desk


def test_no_file_of_a_site_names_a_confidential_provider(desk: Desk, tmp_path: Path) -> None:
    site = tmp_path / "site"
    built = desk.zumik("pages", "build", "--out", str(site))
    assert built.exit_code == 0, built.err
    files = [path for path in sorted(site.rglob("*")) if path.is_file()]
    assert len(files) > 20
    for path in files:
        if path.suffix in (".js", ".css"):
            continue  # the same for every workspace
        said = f"{path.relative_to(site)}\n{path.read_text()}".lower()
        # A class of the pages is called as one of the models is.
        said = re.sub(r'class="[^"]*"', "", said)
        assert [name for name in NAMES if name in said] == [], path
    hidden = sorted(path.name[:18] for path in desk.releases.glob("frozen/*.json"))[1]
    then = site / alias_address(ALIAS, ReleaseId(hidden)) / "index.html"
    assert f"how {ALIAS} is ranked is confidential" in then.read_text()
    assert (
        "Its bytes are not published"
        in (site / release_address(ReleaseId(hidden)) / "index.html").read_text()
    )
