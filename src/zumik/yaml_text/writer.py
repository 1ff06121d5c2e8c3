"""Emitting: values as YAML text that the strict reader reads back as the same values.

Mappings and lists in flow style, texts in quotes only where they need them. Nothing here opens a
file or changes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from json import dumps
from typing import Any

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral
from zumik.errors import CannotRun
from zumik.yaml_text.reader import read_yaml

WIDTH = 100
"""Where a mapping or list in flow style goes on in the next line."""

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{8,}")
_UNQUOTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/@+()'%-]*")


class EditRefused(CannotRun):
    """An edit that could not be made without touching something else."""


@dataclass(frozen=True, slots=True)
class Block:
    """A new mapping to be written in block style, a line for each key, where it can be."""

    fields: Mapping[str, object]


def emit(value: object, *, column: int = 0) -> str:
    """The YAML of a value in flow style, which the strict reader reads back as the same value.

    Where the line would be longer than WIDTH, it goes on in the next, below the first item;
    `column` says how far into its line the text begins. Raises EditRefused for a text that no YAML
    of ours can hold.
    """
    if isinstance(value, Mapping):
        texts = {emit_text(key): item for key, item in value.items()}
        items = [
            f"{key}: {emit(item, column=column + len(key) + 3)}" for key, item in texts.items()
        ]
        return "{" + folded(items, column + 1) + "}"
    if isinstance(value, list | tuple):
        return "[" + folded([emit(item, column=column + 1) for item in value], column + 1) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Block):
        return emit(value.fields, column=column)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return emit_text(value) if isinstance(value, str) else str(value)


def folded(items: Sequence[str], column: int, used: int | None = None) -> str:
    """Items in a row, folded to begin at `column`; the first stands at `used`.

    An item of several lines, each with its own indentation, begins a line.
    """
    text, used = "", column if used is None else used
    for index, item in enumerate(items):
        first, *others = item.split("\n")
        if index == 0:
            text, used = item, used + len(first)
        elif others or used + len(first) + 2 >= WIDTH:
            text, used = f"{text},\n{' ' * column}{item}", column + len(first)
        else:
            text, used = f"{text}, {item}", used + len(first) + 2
        used = len(others[-1]) if others else used
    return text


@lru_cache(maxsize=4096)
def emit_text(text: str) -> str:
    """A text as YAML has it, in quotes only where it would be read as something else without."""
    if _WORD.fullmatch(text):
        return text
    quoted = dumps(text, ensure_ascii=False)
    if _UNQUOTED.fullmatch(text) and is_read_as(f"[{text}]", [text]):
        return text if is_read_as(f"{{{text}: 0}}", {text: 0}) else quoted
    if not is_read_as(quoted, text):
        raise EditRefused(f"{neutral(quoted[:60])} holds a character that no text here may have")
    return quoted


def is_read_as(text: str, value: object) -> bool:
    """Whether the strict reader finds this value in a text, and nothing wrong with it."""
    reading = read_yaml("", text.encode("utf-8", "surrogatepass"))
    return (
        reading.document is not None
        and not reading.findings
        and equal_trees(reading.document.value, value)
    )


def equal_trees(one: object, other: object) -> bool:
    """Equality of trees in which true differs from 1, and 1 equals 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal_trees(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal_trees, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def provider_file(
    provider: str, models: Mapping[str, Mapping[str, object]], *, header: Iterable[str] = ()
) -> str:
    """The text of a new catalog file: the header's lines as comments, then each model as a block.

    Raises EditRefused for what no catalog file can hold.
    """
    lines = [f"# {neutral(line)}".rstrip() for line in header]
    lines += [f"provider: {emit_text(provider)}", "models:" if models else "models: {}"]
    for name, facts in models.items():
        lines += block_lines(name, Block(facts), 2, 2)
    text = "\n".join(lines) + "\n"
    if not is_read_as(text, {"provider": provider, "models": as_tree(models)}):
        raise EditRefused(f"the models of {neutral(provider)} cannot be written as YAML")
    return text


def as_tree(value: object) -> Any:
    """The value as the reader would give it: a tree of dict, list and scalars, without Blocks."""
    if isinstance(value, Block):
        value = value.fields
    if isinstance(value, Mapping):
        return {key: as_tree(item) for key, item in value.items()}
    return [as_tree(item) for item in value] if isinstance(value, list | tuple) else value


def block_lines(key: str, value: object, indent: int, step: int) -> list[str]:
    """A key and its value as lines of a block mapping."""
    start = f"{' ' * indent}{emit_text(key)}:"
    if isinstance(value, Block) and value.fields:
        rows = [block_lines(name, item, indent + step, step) for name, item in value.fields.items()]
        return [start, *(line for row in rows for line in row)]
    return f"{start} {emit(value, column=len(start) + 1)}".split("\n")


def block_yaml(tree: Mapping[str, object], header: Iterable[str]) -> str:
    """A file for another program, in block style below comments: the same bytes for the same tree.

    A Fraction is written as the decimal that it is, and never as 1e-07, which readers of YAML 1.1
    take for a text.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    def exact(dumper: yaml.SafeDumper, value: Fraction) -> yaml.ScalarNode:
        text = fraction_to_text(value)
        kind = "float" if "." in text else "int"
        return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)

    Dumper.add_representer(Fraction, exact)
    body = yaml.dump(dict(tree), Dumper=Dumper, sort_keys=False, allow_unicode=False, width=1000)
    return "".join(f"# {line}".rstrip() + "\n" for line in header) + body
