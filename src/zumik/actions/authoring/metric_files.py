"""The file of the catalog that declares metrics, with new ones in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zumik.workspace.authored_files import METRICS_FILE

if TYPE_CHECKING:
    from zumik.transaction.file_plan import NewBytes
    from zumik.workspace.store import Store

_EDITOR_LINE = "# yaml-language-server: $schema=../.schemas/metrics.schema.json\n"


def metric_files(store: Store, declared: Mapping[str, Mapping[str, object]]) -> list[NewBytes]:
    """`catalog/metrics.yaml` with these declarations; where the file is missing, a new one.

    Raises EditRefused where they cannot be put in place.
    """
    from zumik.transaction.file_plan import NewBytes
    from zumik.yaml_text.editor import edit_yaml
    from zumik.yaml_text.reader import read_yaml
    from zumik.yaml_text.writer import Block, block_lines

    path = store.root / "catalog" / METRICS_FILE
    blocks = {name: Block(fields) for name, fields in declared.items()}
    if not path.exists():
        text = "\n".join(block_lines("metrics", Block(blocks), 0, 2)) + "\n"
        return [NewBytes(path, (_EDITOR_LINE + text).encode(), True)]
    reading = read_yaml(f"{store.root.name}/catalog/{METRICS_FILE}", path.read_bytes())
    assert reading.document is not None, "the catalog was read before"
    edits = [(("metrics", name), block) for name, block in blocks.items()]
    return [NewBytes(path, edit_yaml(reading.document, edits).encode())]
