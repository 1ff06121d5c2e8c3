"""The page of journeys names functions; each of them has to exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import zumik

PAGE = Path(__file__).parents[2] / ".github" / "JOURNEYS.md"

ROOMS = "|".join(
    path.stem for path in Path(zumik.__file__).parent.iterdir() if not path.name.startswith("_")
)
NAMES = sorted(set(re.findall(rf"`((?:{ROOMS})\.[\w.]+)`", PAGE.read_text("utf-8"))))


def test_the_page_of_journeys_names_functions() -> None:
    assert len(NAMES) > 30


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_journey_exists(name: str) -> None:
    module, rest = f"zumik.{name}", ""
    found = None
    while found is None and "." in module:
        try:
            found = import_module(module)
        except ModuleNotFoundError as error:
            # An extra that is not installed is no fault of the page.
            if error.name is None or not error.name.startswith("zumik"):
                pytest.skip(f"{error.name} is not installed")
            module, _, last = module.rpartition(".")
            rest = f"{last}.{rest}".rstrip(".")
    for part in rest.split(".") if rest else ():
        assert hasattr(found, part), (
            f"{name} no longer exists: write in .github/JOURNEYS.md what took its place"
        )
        found = getattr(found, part)
