"""`/openapi.json`: the document of `schemas/`, complete in itself, for one server."""

from __future__ import annotations

import json
from typing import Any

from zumik.resources import api_document_bytes, schema_bytes
from zumik.serve.answers import to_json
from zumik.serve.asgi import Authentication

_SUFFIX = ".schema.json"
_DEFINITION = "/$defs/"
_FILES = {"release": "ReleaseFile", "pointer": "Pointer", "logline": "LogLine"}
"""What a whole schema file is called in the document: `Release` is a release in a list."""
_OF_FILES = frozenset({"$id", "$schema", "$defs", "title"})

Tree = dict[str, Any]


def api_document(authentication: Authentication) -> bytes:
    """The document with every schema that it refers to. Raises CannotRun where one is missing."""
    document: Tree = json.loads(api_document_bytes())
    if authentication.keys is None:
        _drop_keys(document)
    elif authentication.optional:
        document["security"].append({})
    return to_json(_Completed(document).document)


def _drop_keys(document: Tree) -> None:
    """A server without keys asks its callers for none."""
    document["security"] = []
    del document["components"]["securitySchemes"]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)


class _Completed:
    """The document, in which every reference leads to a component.

    Many generators of clients follow a reference to a component, and none that leads inside one.
    So each definition of a schema file becomes a component of its own.
    """

    def __init__(self, document: Tree) -> None:
        components: Tree = document["components"]["schemas"]
        self._written = frozenset(components)
        self._added: Tree = {}
        self.document: Tree = self._local(document, "")
        self.document["components"]["schemas"].update(sorted(self._added.items()))

    def _local(self, tree: Any, inside: str) -> Any:
        """A tree with local references. `inside` is the file that `#/…` means, "" for none."""
        if isinstance(tree, list):
            return [self._local(item, inside) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if not isinstance(tree.get("$ref"), str):
            return {key: self._local(_no_bools(key, value), inside) for key, value in tree.items()}
        more = {key: self._local(value, inside) for key, value in tree.items() if key != "$ref"}
        return {**self._followed(tree["$ref"], inside), **more}

    def _followed(self, reference: str, inside: str) -> Tree:
        name, is_file, place = reference.partition(_SUFFIX)
        if not is_file:
            name, place = inside, reference
        if not name:
            return {"$ref": reference}
        place = place.removeprefix("#")
        if place and not place.startswith(_DEFINITION):
            # One property of a file: it is short, and has no name of its own.
            found: Tree = self._local(_at(name, place), name)
            return found
        return {"$ref": f"#/components/schemas/{self._component(name, place)}"}

    def _component(self, file: str, place: str) -> str:
        name = self._name(file, place.removeprefix(_DEFINITION))
        if name not in self._added:
            self._added[name] = {}  # its place, for a schema that refers to itself
            self._added[name] = self._local(_at(file, place), file)
        return name

    def _name(self, file: str, definition: str) -> str:
        if not definition:
            return _FILES[file]
        name = definition[0].upper() + definition[1:]
        return file.capitalize() + name if name in self._written else name


def _no_bools(key: str, value: Any) -> Any:
    """Properties that may not be there, in the form that generators of clients read too."""
    if key != "properties":
        return value
    return {name: {"not": {}} if schema is False else schema for name, schema in value.items()}


def _at(file: str, place: str) -> Tree:
    """The schema at a place of a file; for the whole file without what only a file has."""
    tree: Tree = json.loads(schema_bytes(file))
    if not place:
        return {key: tree[key] for key in tree if key not in _OF_FILES}
    for key in place.strip("/").split("/"):
        tree = tree[key]
    return tree
