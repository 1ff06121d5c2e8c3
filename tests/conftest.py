"""One environment for all tests: no setting of the machine, of git or of a terminal gets in."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Profiles of hypothesis. None times an example, on however slow a machine, nor leaves a database
# behind. The quick one is loaded here; `--hypothesis-profile=ci` then replaces it. Both draw the
# same examples each time, so that a change is refused for what it changed. `search` draws others
# each time: that is how a person looks for what no example has met.
for _profile, _examples in (("quick", 30), ("ci", 200), ("search", 1000)):
    settings.register_profile(
        _profile,
        max_examples=_examples,
        derandomize=_profile != "search",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
        print_blob=True,
    )
settings.load_profile("quick")

GIT_CONFIG = """\
[user]
    name = Ada Example
    email = ada@example.org
[commit]
    gpgsign = false
[gc]
    auto = 0
[core]
    # No test cuts the power: what git wrote need not reach the disk.
    fsync = none
[advice]
    detachedHead = false
"""


@pytest.fixture(scope="session", autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(GIT_CONFIG)
    # Git's own template has 13 sample hooks, which every test would copy twice.
    for name in ("hooks", "info"):
        (home / "template" / name).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GIT_", "ZUMIK_", "LC_", "XDG_")):
                patch.delenv(name)
        for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING"):
            patch.delenv(name, raising=False)
        for name, value in {
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TEMPLATE_DIR": str(home / "template"),
            "GIT_TERMINAL_PROMPT": "0",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TZ": "UTC",
            "COLUMNS": "80",
        }.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def _few_descriptors() -> Iterator[None]:
    """A run of all tests fits into 1,024 open descriptors, the usual limit of a process.

    A command that runs inside the tests' own process leaves GitPython's `git cat-file` open until
    the next collection, which may come thousands of tests later.
    """
    yield
    if sum(1 for _ in Path("/dev/fd").iterdir()) > 200:
        gc.collect()
