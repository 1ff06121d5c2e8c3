"""The sources that an import can read: by name, where each lies and what reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Protocol

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.errors import UsageError
from zumik.sources import (
    genai_prices,
    langchain_profiles,
    litellm_prices,
    model_prices,
    models_dev,
    own_list,
)
from zumik.sources.offers import Imported

LANGCHAIN = "langchain-"
"""What the names of LangChain's packages begin with; each is a source of its own."""


class ReadFiles(Protocol):
    """Reads a source: its files by their paths, how facts will cite it, and its day."""

    def __call__(self, files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
        """The offers; `source` names it with its version or day, as facts cite it."""
        ...


class SourceKind(NamedTuple):
    """A kind of source.

    `package` is the Python package that holds it, and `member` the file inside. Without a package,
    a file is always named. With `has_versions` its versions order it, else its days. `folder`
    matches the files to read where a folder is named.
    """

    name: str
    read: ReadFiles
    hint: str
    package: str | None = None
    member: str | None = None
    has_versions: bool = False
    folder: str | None = None


_KINDS = (
    SourceKind(
        "litellm",
        litellm_prices.read_litellm,
        litellm_prices.HINT,
        package="litellm",
        member="litellm/model_prices_and_context_window_backup.json",
        has_versions=True,
    ),
    SourceKind("models.dev", models_dev.read_models_dev, models_dev.HINT, folder="**/*.toml"),
    SourceKind(
        "genai-prices",
        genai_prices.read_genai_prices,
        genai_prices.HINT,
        package="genai-prices",
        member="genai_prices/data.py",
        has_versions=True,
    ),
    SourceKind(
        "model-prices",
        model_prices.read_model_prices,
        model_prices.HINT,
        package="model-prices",
        member="model_prices/snapshot.json",
        has_versions=True,
    ),
    SourceKind("own", own_list.read_own_list, own_list.HINT),
)
_BY_NAME = {kind.name: kind for kind in _KINDS}


def source_kind(name: str) -> SourceKind:
    """The kind of source of a name. Raises UsageError."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith(LANGCHAIN):
        return SourceKind(
            name,
            langchain_profiles.reader_of(name),
            langchain_profiles.HINT,
            package=name,
            member=f"{name.replace('-', '_')}/data/_profiles.py",
            has_versions=True,
        )
    names = [*_BY_NAME, "langchain-anthropic"]
    raise UsageError(
        f"--from {shown(name)}: no such source",
        hint=did_you_mean(name, names, f"one of {', '.join(names)} and its like"),
    )
