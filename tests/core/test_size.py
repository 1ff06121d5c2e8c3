"""The size of a release file, which is read by people in a diff and by gateways at start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.workspaces import write_workspace

from zumik.core.releases.draft import draft
from zumik.core.releases.freeze import derive_all, freeze
from zumik.workspace.authored_files import read_authored
from zumik.workspace.work_tree import WorkTree


def test_nine_aliases_by_fifty_models_fit_into_60_kib(tmp_path: Path) -> None:
    authored = read_authored(WorkTree(write_workspace(tmp_path / "releases", models=50, aliases=9)))
    now = datetime(2026, 2, 1, tzinfo=UTC)
    derivations = derive_all(authored.catalog, authored.policy, now.date(), {})
    content = freeze(authored.catalog, authored.policy, derivations)
    _, data = draft(content, None, None, now, note=None, backfilled=False)
    assert len(content.models) == 50
    assert len(data) <= 60 * 1024
