"""A new alias as a policy file: what a person chose, with comments on what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from zumik.yaml_text.writer import Block, as_tree, block_lines, emit, is_read_as

_CANDIDATES = "Globs of model ids, only * and ? are special. What is known: zumik catalog list"
_WORKLOAD = (
    "A usual request: costs and speeds are counted by it. To measure it: zumik logs workload LOGS"
)
_REQUIRE = "A model that lacks one of these is left out; so is one of which that is not known."
_PREFER = (
    "The best by the first; what still ties, by the next. `within: 10%` keeps all near the best."
)
_SUGGESTED = (
    "outlives_days: 60    # not retired within these days",
    "measures: {expected_cost: {at_most: 0.05}}    # USD for each request",
)
_MARGIN = "incumbent_margin: 5%    # the live winner stays while it is this near the best"


class AliasChoices(NamedTuple):
    """What a new alias is for and how it chooses, each part as policy files hold it.

    `measures` are the words that it uses and no other file declares.
    """

    name: str
    prefer: Sequence[object]
    candidates: Sequence[str] = ("*",)
    exclude: Sequence[str] = ()
    description: str | None = None
    workload: Mapping[str, object] = {}
    require: Mapping[str, object] = {}
    measures: Mapping[str, Mapping[str, object]] = {}


def alias_file(choices: AliasChoices, editor_line: str) -> bytes:
    """The file of one alias. Raises EditRefused for a text that no YAML of ours can hold."""
    text = "\n".join([editor_line, *_lines(choices)]) + "\n"
    assert is_read_as(text, as_tree(_tree(choices))), "a policy file holds what was chosen"
    return text.encode()


def _tree(choices: AliasChoices) -> dict[str, object]:
    fields = {
        name: value
        for name, value in choices._asdict().items()
        if value and name not in ("name", "measures")
    }
    measures = {"measures": choices.measures} if choices.measures else {}
    return {**measures, "aliases": {choices.name: fields}}


def _lines(choices: AliasChoices) -> Iterator[str]:
    yield f"# Begun by zumik alias new. The file is yours: edit it, then zumik plan {choices.name}"
    if choices.measures:
        yield "measures:"
        for word, measure in choices.measures.items():
            yield from block_lines(word, Block(measure), 2, 2)
    yield "aliases:"
    yield f"  {emit(choices.name)}:"
    if choices.description:
        yield from block_lines("description", choices.description, 4, 2)
    yield f"    # {_CANDIDATES}"
    yield from _list("candidates", choices.candidates)
    if choices.exclude:
        yield from _list("exclude", choices.exclude)
    if choices.workload:
        yield f"    # {_WORKLOAD}"
        yield from block_lines("workload", choices.workload, 4, 2)
    yield f"    # {_REQUIRE}"
    yield f"    {'' if choices.require else '# '}require:"
    for key, value in choices.require.items():
        yield from block_lines(key, value, 6, 2)
    lead = "      # " if choices.require else "    #   "
    yield from (f"{lead}{line}" for line in _SUGGESTED if line.split(":")[0] not in choices.require)
    yield f"    # {_PREFER}"
    yield from _list("prefer", choices.prefer)
    if choices.prefer[-1] != "listed":
        yield f"    # {_MARGIN}"


def _list(key: str, items: Sequence[object]) -> Iterator[str]:
    yield f"    {key}:"
    for item in items:
        lines = (
            [f"{emit(name)}: {emit(value)}" for name, value in item.items()]
            if isinstance(item, Mapping)
            else [emit(item)]
        )
        yield f"      - {lines[0]}"
        yield from (f"        {line}" for line in lines[1:])
