"""The public names as a type checker and an editor see them in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="needs the extra lint")

import zumik

PROGRAM = """
from typing import assert_type

from zumik import (
    BadName,
    CannotRun,
    Decision,
    IntegrityError,
    NoCandidate,
    Request,
    Resolver,
    UnknownReference,
    UsageError,
    ZumikError,
    __version__,
)


def model_of(resolver: Resolver, reference: str) -> str | None:
    try:
        decision = resolver.resolve(reference, {"input_tokens": 3000})
    except NoCandidate as error:
        return ", ".join(model for model, why in error.passed)
    except (UnknownReference, BadName, UsageError) as error:
        assert_type(error.hint, str | None)
        return error.message
    assert_type(decision, Decision)
    assert_type(decision.rank, int)
    assert_type(decision.to_json(), dict[str, object])
    return decision.model


def opened(path: str) -> Resolver | None:
    try:
        return Resolver.from_bundle(path, check_every=5)
    except (CannotRun, IntegrityError) as error:
        print(__version__, error.message)
        return None


def problem_of(resolver: Resolver) -> ZumikError | None:
    resolver.resolve("code.fast", Request(input_tokens=80))
    return resolver.problem
"""

WRONG = """
import zumik

zumik.Router
zumik.Resolver.from_bundle(5)
zumik.Request(tokens=80)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has zumik installed, and nothing else."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False)
    (site_packages,) = place.glob("lib/python3*/site-packages")
    shutil.copytree(Path(zumik.__file__).parent, site_packages / "zumik")
    return place / "bin" / "python"


def checked(python: Path, program: str, place: Path) -> str:
    (place / "program.py").write_text(program)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python)]
    done = subprocess.run(
        [*command, "program.py"], cwd=place, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_program_with_every_public_name_is_strictly_typed(python: Path, tmp_path: Path) -> None:
    assert checked(python, PROGRAM, tmp_path) == "Success: no issues found in 1 source file\n"
    assert all(name in PROGRAM for name in zumik.__all__)


def test_a_program_that_uses_them_wrongly_is_refused(python: Path, tmp_path: Path) -> None:
    found = checked(python, WRONG, tmp_path)
    assert 'Module has no attribute "Router"' in found
    assert 'Argument 1 to "from_bundle" of "Resolver" has incompatible type "int"' in found
    assert 'Unexpected keyword argument "tokens" for "Request"' in found


def test_every_public_name_has_a_docstring_of_its_own() -> None:
    for name in set(zumik.__all__) - {"__version__"}:
        assert getattr(zumik, name).__dict__["__doc__"], name


def test_dir_lists_the_public_names() -> None:
    assert set(zumik.__all__) <= set(dir(zumik))
