"""What `import zumik` gives, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import zumik


def test_importing_the_resolver_loads_only_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import zumik, zumik.resolver; zumik.Resolver; "
        "print(chr(10).join(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(zumik.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "zumik" in loaded
    assert loaded - {"zumik"} <= sys.stdlib_module_names


def test_importing_zumik_loads_nothing_else() -> None:
    program = (
        "import sys; import typing; before = set(sys.modules); import zumik; "
        "print(chr(10).join(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(zumik.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["__future__", "zumik"]


@pytest.mark.parametrize("name", [name for name in zumik.__all__ if name != "__version__"])
def test_every_public_name_exists(name: str) -> None:
    assert getattr(zumik, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Router'"):
        zumik.Router  # type: ignore[attr-defined]  # noqa: B018
