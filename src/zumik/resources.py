"""What ships with zumik beside its code: JSON Schemas, the HTTP API's document, an example.

In a wheel they are under `zumik/_resources`; in a checkout or an editable install they are the
repository's own `schemas/` and `releases/`. This module finds and reads them, and parses nothing.
"""

from __future__ import annotations

from pathlib import Path

from zumik.errors import CannotRun

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_CHECKOUT = _PACKAGE.parent.parent
_SUFFIX = ".schema.json"


def schema_names() -> tuple[str, ...]:
    """The schemas by name (`policy`, `release` …), in alphabetical order. Raises CannotRun."""
    names = [file.name.removesuffix(_SUFFIX) for file in _schemas().glob(f"*{_SUFFIX}")]
    if not names:
        raise _incomplete("its schemas")
    return tuple(sorted(names))


def schema_path(name: str) -> Path:
    """The path of a schema. Raises CannotRun where this installation has none of that name."""
    path = _schemas() / f"{name}{_SUFFIX}"
    if not path.is_file():
        raise _incomplete(f"the schema '{name}'")
    return path


def schema_bytes(name: str) -> bytes:
    """The bytes of a schema. Raises CannotRun."""
    return schema_path(name).read_bytes()


def api_document_bytes() -> bytes:
    """The OpenAPI document of `zumik serve`, as it is written. Raises CannotRun.

    It refers to the schemas by their file names, as `pointer.schema.json`.
    """
    path = _schemas() / "http-api.openapi.json"
    if not path.is_file():
        raise _incomplete("the document of its HTTP API")
    return path.read_bytes()


def example_files() -> dict[str, bytes]:
    """The example workspace's settings, policy and catalog by path inside a workspace.

    Paths have forward slashes, as `policy/code.yaml`, and come in order. Raises CannotRun.
    """
    root = _directory("example", "releases")
    settings = root / "zumik.yaml"
    if not settings.is_file():
        raise _incomplete("the example workspace")
    files = [*root.glob("policy/*.yaml"), *root.glob("catalog/*.yaml"), settings]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(files)}


def _schemas() -> Path:
    return _directory("schemas", "schemas")


def _directory(installed: str, checkout: str) -> Path:
    """The directory in a wheel or, where there is no wheel, in the checkout."""
    if _INSTALLED.is_dir():
        return _INSTALLED / installed
    return _CHECKOUT / checkout


def _incomplete(what: str) -> CannotRun:
    return CannotRun(f"this installation of zumik lacks {what}", hint="install zumik again")
