"""YAML of another program, as that program reads it: no rule of ours is held against it."""

from __future__ import annotations

import yaml

from zumik.errors import CannotRun
from zumik.yaml_text.parsers import ERRORS


def read_foreign_yaml(name: str, data: bytes) -> object:
    """What PyYAML's safe loader reads, which makes no objects of Python. Raises CannotRun."""
    try:
        return yaml.safe_load(data)
    except (*ERRORS, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = name if mark is None else f"{name}:{mark.line + 1}"
        raise CannotRun(
            f"{place}: not YAML that a reader accepts", hint="the line before it may have the fault"
        ) from None
