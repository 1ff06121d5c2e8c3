"""Placeholders: texts that another tool was to replace before zumik reads the file.

zumik replaces nothing, so `${MODEL}` would be taken for a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zumik.core.basics.findings import Finding, Path
from zumik.rules.authoring_rules import PLACEHOLDER
from zumik.yaml_text.document import Document
from zumik.yaml_text.scalars import show

_PLACEHOLDER = re.compile(
    r"\$\{[^{}]*\}?"  # shell, Compose, Terraform
    r"|\$\([^()]*\)"  # make, Kubernetes
    r"|\$\$?[A-Za-z_][A-Za-z0-9_]*"  # shell, envsubst
    r"|\{\{.*?(\}\}|$)|\{%.*?(%\}|$)"  # Jinja, Helm, Go templates
    r"|<%.*?(%>|$)|#\{[^{}]*\}"  # ERB, Ruby
    r"|%\([A-Za-z_][A-Za-z0-9_]*\)[sdrf]|%[A-Za-z_][A-Za-z0-9_]*%"  # Python, Windows
    r"|\b(?:os\.environ|env)/[A-Z_][A-Z0-9_]*"  # LiteLLM
    r"|@[A-Z_][A-Z0-9_]*@|__[A-Z][A-Z0-9_]*__"  # autoconf, sed
)

_PROSE = frozenset({"description", "note", "notes", "reason", "licence", "source", "sources"})
"""Keys whose text people read and nothing is decided by, where `$5` or `{{` may be meant."""


def check_placeholders(document: Document) -> Iterator[Finding]:
    """A finding for each key and each text with a placeholder; a warning where it is prose."""
    if _PLACEHOLDER.search(document.text):
        yield from _check(document, document.value, (), prose=False)


def _check(document: Document, value: Any, path: Path, *, prose: bool) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if _PLACEHOLDER.search(key):
                yield _finding(document, key, (*path, key), key=True, prose=prose)
            yield from _check(document, inside, (*path, key), prose=prose or key in _PROSE)
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from _check(document, inside, (*path, index), prose=prose)
    elif isinstance(value, str) and _PLACEHOLDER.search(value):
        yield _finding(document, value, path, key=False, prose=prose)


def _finding(document: Document, text: str, path: Path, *, key: bool, prose: bool) -> Finding:
    found = _PLACEHOLDER.search(text)
    assert found is not None
    return PLACEHOLDER.at(
        document.locate(path, key=key),
        f"{show(found[0])} is a placeholder of another tool, and zumik replaces none",
        "run that tool first and commit what it writes, or write the value",
        about=(found[0],),
        lesser=prose,
    )
