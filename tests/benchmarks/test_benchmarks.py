from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from tests.benchmarks import serving, subjects
from tests.benchmarks.measuring import Figure, table
from tests.benchmarks.servers import NotHere
from tests.benchmarks.workspaces import write_line, write_workspace

from zumik.core.decisions.alias_table import rederive
from zumik.core.releases.freeze import derive_all
from zumik.core.releases.release import VerifiedRelease, release_to_bytes, verify
from zumik.workspace.authored_files import read_authored
from zumik.workspace.store import Store

SMALL = {
    "start-up": {"rounds": 1},
    "resolving": {"rounds": 1, "times": 1},
    "freezing": {"rounds": 1, "models": 50, "aliases": 2},
    "importing": {"rounds": 1, "models": 20},
    "checking": {"rounds": 1, "releases": 3, "few": 2, "aliases": 10},
    "auditing": {"rounds": 1, "lines": 2_000},
    "building": {"models": 20, "aliases": 2, "releases": 2},
    "in-process": {"rounds": 1, "times": 1},
    "serving": {"rounds": 1, "seconds": 1},
    "serving-files": {"rounds": 1, "seconds": 1},
    "gateway": {"rounds": 1, "seconds": 1},
    "soak": {"seconds": 1, "requests": 1},
    "gateway-soak": {"seconds": 1},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", subjects.SUBJECTS)
def test_every_subject_can_be_measured(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (subjects, serving):
        monkeypatch.setattr(module, "choosing_routers", dict)
        monkeypatch.setattr(module, "checking_routers", dict)
    try:
        figures: list[Figure] = subjects.SUBJECTS[name](tmp_path, **SMALL[name])
    except NotHere as missing:
        pytest.skip(str(missing))
    assert len(table(figures).splitlines()) == 1 + len(figures)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes, VerifiedRelease]:
    root = write_line(tmp_path_factory.mktemp("line") / "releases", releases=1)
    (file,) = (root / "frozen").iterdir()
    data = file.read_bytes()
    return file.name, data, verify(file.name, data)


Release = tuple[str, bytes, VerifiedRelease]
PARTS: dict[str, Callable[[Release], object]] = {
    "verify": lambda release: verify(*release[:2]),
    "write": lambda release: release_to_bytes(release[2].release),
    "re-derive": lambda release: [rederive(release[2], name) for name in release[2].aliases],
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.benchmark(group="a release of 9 aliases x 50 models")
def test_speed_of_a_part_of_checking(
    part: str, release: Release, benchmark: BenchmarkFixture
) -> None:
    assert benchmark(PARTS[part], release)


@pytest.mark.benchmark(group="200 models x 20 aliases")
def test_speed_of_reading(tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    store = Store.at(write_workspace(tmp_path / "releases", models=200, aliases=20))
    assert not benchmark(read_authored, store.tree).findings


@pytest.mark.benchmark(group="200 models x 20 aliases")
def test_speed_of_deriving(tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    store = Store.at(write_workspace(tmp_path / "releases", models=200, aliases=20))
    authored = read_authored(store.tree)
    day = date(2026, 2, 1)
    assert len(benchmark(derive_all, authored.catalog, authored.policy, day, {})) == 20
