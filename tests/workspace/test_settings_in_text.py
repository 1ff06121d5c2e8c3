"""The settings that are found without a YAML reader are those that the strict reader finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from zumik.workspace.settings import read_settings
from zumik.workspace.settings_in_text import live_ref_setting, retirement_days_setting
from zumik.workspace.work_tree import WorkTree


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "live_ref: origin/main\n",
        "live_ref: 'origin/main'   # what counts\n",
        '"live_ref": upstream/release\n',
        "live_ref:\n  origin/main\n",
        "{live_ref: origin/main}\n",
        "{horizons: {retirement_days: 400}, live_ref: origin/main}\n",
        "# live_ref: origin/other\nhorizons:\n  retirement_days: 7\n",
        "horizons: {retirement_days:\n    400}\n",
        "horizons: {retirement_days: 0}\n",
        "# retirement_days: 9\nlive_ref: origin/main\n",
        '"live\\x5fref": origin/main\n"horizons": {"retirement\\x5fdays": 9}\n',
    ],
)
def test_both_readers_find_the_same_settings(text: str, tmp_path: Path) -> None:
    (tmp_path / "zumik.yaml").write_text(text)
    tree = WorkTree(tmp_path)
    settings = read_settings(tree)
    assert live_ref_setting(tree) == settings.live_ref
    assert retirement_days_setting(tree) == settings.retirement_days


@pytest.mark.parametrize("key", ["acknowledged", '"acknowledge\\x64"'])
@pytest.mark.parametrize("reason", ["plain", "\nlive_ref: other", "\nretirement_days: 9"])
@pytest.mark.parametrize("before", ["", "live_ref: origin/main, horizons: {retirement_days: 8}, "])
@pytest.mark.parametrize("after", ["", ", live_ref: origin/main, horizons: {retirement_days: 8}"])
def test_what_a_reason_says_is_no_setting(
    key: str, reason: str, before: str, after: str, tmp_path: Path
) -> None:
    entry = f'{{code: zero-price, about: [a/b], until: 2026-12-09, reason: "why{reason}"}}'
    (tmp_path / "zumik.yaml").write_text(
        f"{{{before}{key}: [{entry}]{after if not before else ''}}}\n"
    )
    tree = WorkTree(tmp_path)
    settings = read_settings(tree)
    assert live_ref_setting(tree) == settings.live_ref
    assert retirement_days_setting(tree) == settings.retirement_days


@pytest.mark.parametrize("text", ["live_ref: --output=x\n", "live_ref: [", "live_ref: a..b\n"])
def test_a_setting_that_is_not_valid_is_not_used(text: str, tmp_path: Path) -> None:
    (tmp_path / "zumik.yaml").write_text(text)
    assert live_ref_setting(WorkTree(tmp_path)) is None
