"""Settings: what each means, and what stands where one is not set."""

from __future__ import annotations

from pathlib import Path

import pytest

from zumik import __version__
from zumik.core.basics.findings import Invalid
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.settings import Settings, read_settings
from zumik.workspace.work_tree import WorkTree


def settings(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "zumik.yaml").write_text(text)
    return read_settings(WorkTree(tmp_path))


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = """\
required_version: ">=0.1, <99"
live_ref: origin/release-1.x
horizons: {retirement_days: 0}
source_precedence: [litellm, models.dev]
signatures: {required: true}
reasons: {required: true}
"""
    assert settings(tmp_path, text) == Settings(
        required_version=">=0.1, <99",
        live_ref="origin/release-1.x",
        retirement_days=0,
        source_precedence=("litellm", "models.dev"),
        signatures_required=True,
        reasons_required=True,
    )


@pytest.mark.parametrize(
    "text",
    [
        "{}\n",
        "reasons: {}\n",
        "reasons: {required: false}\n",
        "horizons: {}\n",
        "source_precedence: []\n",
        "signatures: {}\n",
        "signatures: {required: false}\n",
    ],
)
def test_missing_settings_have_defaults(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, text) == Settings(retirement_days=30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]\n",
        "live_ref: 7\n",
        "live_ref: --upload-pack=x\n",
        "live_ref: a..b\n",
        "live_ref: 'main:x'\n",
        "live_ref: 'main~1'\n",
        'live_ref: "main\\n"\n',
        "horizons: {retirement_days: soon}\n",
        "horizons: {days: 1}\n",
        "source_precedence: litellm\n",
        "required_version: latest\n",
        "signatures: true\n",
        "signatures: {required: 1}\n",
        "signatures: {required: 'true'}\n",
        "signatures: {require: true}\n",
        "more: 1\n",
    ],
)
def test_an_invalid_setting_is_refused_with_a_hint(tmp_path: Path, text: str) -> None:
    with pytest.raises(ZumikError, match=r"zumik\.yaml") as caught:
        settings(tmp_path, text)
    assert isinstance(caught.value, Invalid | CannotRun)
    assert caught.value.hint


def test_a_workspace_can_require_another_version(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=f"requires zumik >=99; this is {__version__}") as caught:
        settings(tmp_path, 'required_version: ">=99"\n')
    assert caught.value.hint == (
        "install such a version from the repository of zumik: "
        "pip install 'zumik @ git+https://ADDRESS/OF/zumik@COMMIT'"
    )
    assert settings(tmp_path, f'required_version: "=={__version__}"\n')
