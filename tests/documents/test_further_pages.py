"""Single blocks of CATALOG.md, CHECKING.md, PUBLISHING.md and the README.md of schemas/."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.documents.pages import ROOT, block_with
from tests.documents.typed import place_of, type_lines

from zumik.workspace.check_jobs import jobs_of


def test_the_settings_of_the_catalog_are_valid(started: Desk) -> None:
    settings = place_of(started) / "releases/zumik.yaml"
    shown = block_with(".github/CATALOG.md", "source_precedence: [").text
    kept = re.sub(r"(?m)^(sources|source_precedence):.*(\n[ -].*)*\n", "", settings.read_text())
    settings.write_text(kept + shown)
    assert started.zumik("validate").out.startswith("nothing found\n")


def test_a_warning_is_accepted_as_shown(started: Desk) -> None:
    with (place_of(started) / "releases/zumik.yaml").open("a") as settings:
        settings.write(block_with(".github/CHECKING.md", "acknowledged:").text)
    assert started.zumik("validate").exit_code == 0
    checked = started.zumik("check")
    assert checked.exit_code == 0, checked
    assert "winner-retires-soon" in checked.out


def test_the_catalog_is_looked_at(started: Desk) -> None:
    turns = type_lines(started, block_with(".github/CATALOG.md", "zumik catalog list").commands)
    assert all(turn.out for turn in turns)


def test_the_jobs_are_written(started: Desk) -> None:
    type_lines(started, block_with(".github/CHECKING.md", "zumik init --ci github").commands)
    assert len(list((place_of(started) / ".github/workflows").iterdir())) == 2


def test_the_job_of_gitlab_is_the_one_that_is_written(tmp_path: Path) -> None:
    (file,) = jobs_of("gitlab", tmp_path, "releases", None, "main")
    assert f"\n{block_with('.github/CHECKING.md', 'zumik-check:').text}\n" in file.data.decode()


def test_a_site_is_built(started: Desk) -> None:
    pytest.importorskip("jinja2")
    type_lines(started, block_with(".github/PUBLISHING.md", "zumik pages build").commands)
    assert (place_of(started) / "site/index.html").exists()


def test_an_error_as_json_is_as_shown() -> None:
    arguments = (sys.executable, "-m", "zumik", "resolve", "code.slow", "--format", "json")
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False, text=True)
    assert done.stderr == block_with("schemas/README.md", '"schema": "zumik.error/1"').text
    assert (done.stdout, done.returncode) == ("", 4)


def test_the_line_of_an_editor_leads_to_a_schema() -> None:
    line = block_with("schemas/README.md", "yaml-language-server").text
    path = line.strip().partition("$schema=")[2]
    assert (ROOT / "releases/policy" / path).resolve().exists()
