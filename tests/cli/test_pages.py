"""`zumik pages build` as a person calls it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk
from tests.schemas.output_documents import require_valid

# A case that leaves a promoted release.
CASE = "promoted"


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after(CASE)


def test_summary_says_what_was_done(desk: Desk) -> None:
    first = desk.zumik("pages", "build", "--out", "../site")
    assert first.exit_code == 0
    assert "written" in first.out
    assert first.err == ""
    again = desk.zumik("pages", "build", "--out", "../site")
    assert "nothing changed" in again.out
    tree = json.loads(desk.zumik("pages", "build", "--out", "../site", "-f", "json").out)
    assert require_valid(tree) == "built-site"
    assert tree["unchanged"] == tree["files"] > 0
    assert tree["written"] == tree["removed"] == 0


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://ada:secret@example.org/",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://example.org/a b",
        'https://example.org/"><script>',
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_address_that_is_none_is_refused(desk: Desk, url: str) -> None:
    done = desk.zumik("pages", "build", "--out", "../site", "--url", url)
    assert done.exit_code == 2
    assert "--url https://" in done.err
    assert not (desk.root / "site").exists()


def test_directory_with_other_files_is_an_error_with_a_way_on(desk: Desk) -> None:
    theirs = desk.root / "site" / "index.html"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    done = desk.zumik("pages", "build", "--out", "../site")
    assert done.exit_code == 4
    assert "site has files that no build of pages wrote, as index.html" in done.err
    assert [*theirs.parent.iterdir()] == [theirs]
    (hint,) = re.findall("--out (.*)", done.err)
    assert desk.zumik("pages", "build", "--out", *shlex.split(hint)).exit_code == 0
    assert theirs.read_text() == "theirs"


def test_site_in_the_workspace_is_refused(desk: Desk) -> None:
    for out in ("releases", "releases/site", "."):
        done = desk.zumik("pages", "build", "--out", out)
        assert done.exit_code == 2
        assert "--out site" in done.err
    assert desk.git("status", "--porcelain") == ""
