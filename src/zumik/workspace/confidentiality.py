"""Which providers a workspace keeps confidential: by every release of its line, and its catalog.

Only files that have the word are parsed, because a workspace has thousands of releases and mostly
none with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from zumik.core.basics.tree import FROZEN, Tree
from zumik.core.facts.hidden import FROZEN_MARK, Hidden, confidential
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef
from zumik.errors import IntegrityError, ZumikError

CATALOG = "catalog"
MAX_CATALOG_BYTES = 16 * 1024 * 1024

_WORD = b"confidential"


class FrozenMarks:
    """What frozen releases say of confidentiality. A release never changes, so it is read once.

    Both methods raise CannotRun and IntegrityError where a release cannot be read: it may be the
    one that marks a provider.
    """

    def __init__(self) -> None:
        self._marked: dict[ReleaseRef, frozenset[str]] = {}
        self._words: dict[tuple[ReleaseRef, frozenset[str]], frozenset[str]] = {}

    def hidden_in(self, tree: Tree, refs: Iterable[ReleaseRef]) -> Hidden:
        """The confidential providers of a workspace, and every word for their models."""
        refs = list(refs)
        providers = confidential(self.marked_in(tree, refs), said_in(tree))
        if not providers:
            return Hidden()
        words = (self._words_of(tree, ref, providers) for ref in refs)
        return Hidden(providers, frozenset[str]().union(*words))

    def marked_in(self, tree: Tree, refs: Iterable[ReleaseRef]) -> frozenset[str]:
        """The providers that any of the releases marks as confidential."""
        for ref in refs:
            if ref not in self._marked:
                self._marked[ref] = frozenset(
                    model.partition("/")[0]
                    for model, facts in _models(ref, _bytes_of(tree, ref), FROZEN_MARK)
                    if facts.get("confidential") is True
                )
        return frozenset[str]().union(*(self._marked[ref] for ref in refs))

    def _words_of(self, tree: Tree, ref: ReleaseRef, providers: frozenset[str]) -> frozenset[str]:
        key = ref, providers
        if key not in self._words:
            data, words = _bytes_of(tree, ref), set[str]()
            for provider in providers:
                start = f"{provider}/"
                for model, facts in _models(ref, data, f'"{start}'.encode()):
                    if model.startswith(start):
                        words |= {model.removeprefix(start), *_names(facts)}
            self._words[key] = frozenset(words)
        return self._words[key]


def said_in(tree: Tree) -> dict[str, bool]:
    """What the catalog says of each provider, where it says anything: confidential or not.

    A file that has the word and cannot be read hides the provider that it is named after: what
    cannot be understood is not published.
    """
    said: dict[str, bool] = {}
    for path, data in _catalog_files(tree):
        from zumik.yaml_text.reader import read_yaml

        document = read_yaml(path, data).document
        value = document.value if document is not None else None
        if not isinstance(value, dict):
            said[path.removeprefix(f"{CATALOG}/").removesuffix(".yaml")] = True
            continue
        flag = value.get("confidential")
        if flag is not None:
            provider = str(value.get("provider"))
            # Two files of one provider may differ; then the careful one counts.
            said[provider] = said.get(provider, False) or flag is not False
    return said


def _catalog_files(tree: Tree) -> Iterator[tuple[str, bytes]]:
    try:
        names = tree.entries(CATALOG)
    except ZumikError:
        return
    for name in names:
        if not name.endswith(".yaml") or name.startswith("."):
            continue
        path = f"{CATALOG}/{name}"
        try:
            data = tree.read(path, MAX_CATALOG_BYTES)
        except ZumikError:
            yield path, b""
            continue
        if _WORD in data:
            yield path, data


def _bytes_of(tree: Tree, ref: ReleaseRef) -> bytes:
    return tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)


def _models(ref: ReleaseRef, data: bytes, having: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The models of a release as JSON, where its bytes have a text.

    The digest is not compared: a release that is not intact is refused when it is to be shown.
    """
    if having not in data:
        return
    try:
        models = json.loads(data)["models"]
        yield from ((str(name), dict(facts)) for name, facts in models.items())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IntegrityError(
            f"{ref.id} cannot be read, and it may say which providers are confidential",
            hint="zumik check shows what is wrong with it",
        ) from None


def _names(facts: Mapping[str, Any]) -> Iterator[str]:
    upstream = facts.get("upstream")
    for name in (
        facts.get("revision"),
        upstream.get("model") if isinstance(upstream, dict) else None,
    ):
        if isinstance(name, str) and name:
            yield name
