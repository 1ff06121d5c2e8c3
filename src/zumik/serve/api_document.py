"""`/openapi.json`: the document of `schemas/`, complete in itself, for one server."""

from __future__ import annotations

import json
from typing import Any

from zumik.resources import api_document_bytes, schema_bytes
from zumik.serve.answers import to_json
from zumik.serve.asgi import Authentication

_SUFFIX = ".schema.json"

Tree = dict[str, Any]


def api_document(authentication: Authentication) -> bytes:
    """The document with every schema that it refers to. Raises CannotRun where one is missing."""
    document: Tree = json.loads(api_document_bytes())
    if authentication.keys is None:
        _drop_keys(document)
    elif authentication.optional:
        document["security"].append({})
    components = document["components"]["schemas"]
    for name in sorted(_referenced(document)):
        schema: Tree = json.loads(schema_bytes(name))
        # The address of a schema inside the document is its place there, and no longer its id.
        del schema["$id"], schema["$schema"]
        components[name] = _with_local_references(schema, name)
    return to_json(_with_local_references(document, ""))


def _drop_keys(document: Tree) -> None:
    """A server without keys asks its callers for none."""
    del document["security"], document["components"]["securitySchemes"]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)


def _referenced(tree: object) -> set[str]:
    """The names of the schemas that are files of their own."""
    if isinstance(tree, list):
        return set().union(*map(_referenced, tree))
    if not isinstance(tree, dict):
        return set()
    name, is_file, _ = str(tree.get("$ref", "")).partition(_SUFFIX)
    return set().union({name} if is_file else (), *map(_referenced, tree.values()))


def _with_local_references(tree: Any, inside: str) -> Any:
    """A tree whose references all lead to a place in the document.

    `inside` is the schema that `#/…` means; empty for the document itself.
    """
    if isinstance(tree, list):
        return [_with_local_references(item, inside) for item in tree]
    if not isinstance(tree, dict):
        return tree
    found = {key: _with_local_references(value, inside) for key, value in tree.items()}
    reference = found.get("$ref")
    if isinstance(reference, str):
        name, is_file, place = reference.partition(_SUFFIX)
        if is_file or inside:
            place = (place if is_file else reference).removeprefix("#")
            found["$ref"] = f"#/components/schemas/{name if is_file else inside}{place}"
    return found
