"""Finding schemas and example files, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from zumik import resources
from zumik.errors import CannotRun

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["checkout", "wheel"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An installation with one schema and a small example; gives the example's directory."""
    package = tmp_path / "src" / "zumik"
    if request.param == "wheel":
        schemas, example = package / "_resources/schemas", package / "_resources/example"
    else:
        schemas, example = tmp_path / "schemas", tmp_path / "releases"
    for directory in (schemas, example / "policy", example / "catalog", example / "frozen"):
        directory.mkdir(parents=True)
    (schemas / "policy.schema.json").write_bytes(b"{}")
    (schemas / "http-api.openapi.json").write_bytes(b"{ }")
    (schemas / "README.md").write_bytes(b"about")
    for name in ("zumik.yaml", "policy/b.yaml", "policy/a.yaml", "catalog/x.yaml"):
        (example / name).write_bytes(name.encode())
    for name in ("README.md", "SHA256SUMS", "frozen/alr.json", "policy/notes.txt"):
        (example / name).write_bytes(b"not an example file")
    monkeypatch.setattr(resources, "_INSTALLED", package / "_resources")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    return example


@pytest.mark.usefixtures("installation")
def test_schemas_are_found() -> None:
    assert resources.schema_names() == ("policy",)
    assert resources.schema_bytes("policy") == b"{}"
    assert resources.schema_path("policy").is_file()


@pytest.mark.usefixtures("installation")
def test_the_document_of_the_http_api_is_found() -> None:
    assert resources.api_document_bytes() == b"{ }"


@pytest.mark.usefixtures("installation")
def test_an_unknown_schema_is_an_error() -> None:
    with pytest.raises(CannotRun, match="lacks the schema 'polcy'"):
        resources.schema_path("polcy")


@pytest.mark.usefixtures("installation")
def test_the_example_is_settings_policy_and_catalog_alone() -> None:
    assert resources.example_files() == {
        "catalog/x.yaml": b"catalog/x.yaml",
        "policy/a.yaml": b"policy/a.yaml",
        "policy/b.yaml": b"policy/b.yaml",
        "zumik.yaml": b"zumik.yaml",
    }


def test_an_incomplete_installation_is_an_error(installation: Path) -> None:
    (installation / "zumik.yaml").unlink()
    with pytest.raises(CannotRun, match="lacks the example workspace"):
        resources.example_files()
    resources.schema_path("policy").unlink()
    with pytest.raises(CannotRun, match="lacks its schemas"):
        resources.schema_names()


def test_this_installation_has_every_schema() -> None:
    names = (
        *("catalog", "log-format", "logline", "metrics", "pointer", "policy", "release"),
        *("settings", "unavailable", "withdrawal"),
    )
    assert resources.schema_names() == names
    assert b"/v2/resolve" in resources.api_document_bytes()
    for name in names:
        file = ROOT / "schemas" / f"{name}.schema.json"
        assert resources.schema_bytes(name) == file.read_bytes()
