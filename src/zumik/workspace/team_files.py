"""A team's files: the example's, with the catalog and the policy kept to the team's providers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zumik.core.basics.tree import MARKER
from zumik.core.facts.policy import measure_to_json
from zumik.core.reviews.team_policy import TeamAlias
from zumik.workspace.authored_files import METRICS_FILE
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.writer import block_lines, emit

_WIDTH = 96


def team_files(
    files: Mapping[str, bytes], team: Sequence[TeamAlias], providers: Sequence[str]
) -> dict[str, bytes]:
    """The files of the example as a team has them, by path inside the workspace.

    A catalog file of another provider is left out. A policy file is written again from its values,
    with the reason of each alias above it: the example's own comments speak of models that are not
    there.
    """
    found: dict[str, bytes] = {}
    for path, data in files.items():
        document = read_yaml(path, data).document
        values: Any = document.value if document is not None else {}
        if path.startswith("catalog/"):
            if path == f"catalog/{METRICS_FILE}" or values["provider"] in providers:
                found[path] = data
        elif path.startswith("policy/") and "aliases" in values:
            head = data.decode().partition("\n")[0]
            text = "\n".join([head, *_policy(values, {each.name: each for each in team})])
            found[path] = f"{text}\n".encode()
        else:
            found[path] = data
    found[MARKER] += (
        "# Aliases choose among the models of these providers, and imports add no others.\n"
        f"providers: {emit([*providers])}\n"
    ).encode()
    return found


def _policy(values: Mapping[str, Any], team: Mapping[str, TeamAlias]) -> list[str]:
    """The lines of a policy file: what the aliases measure, then each alias or why it is absent."""
    chosen = {name: team[name] for name in values["aliases"] if name in team}
    lines = _comment("zumik's example, kept to your providers. The file is yours: edit it.", "")
    measures = {
        each.measure.word: measure_to_json(each.measure)
        for each in chosen.values()
        if each.measure is not None
    }
    if measures:
        lines += ["measures:"]
        for word, measure in measures.items():
            lines += block_lines(word, measure, 2, 2)
    served = any(each.alias is not None for each in chosen.values())
    lines += ["aliases:" if served else "aliases: {}"]
    for name, each in chosen.items():
        said = f"Left out, {name}: {each.reason}." if each.alias is None else f"{each.reason}."
        lines += _comment(said[0].upper() + said[1:], "  ")
        if each.alias is not None:
            lines += [*_alias(name, values["aliases"][name], each)]
        lines.append("")
    return lines[:-1]


def _alias(name: str, written: Mapping[str, Any], each: TeamAlias) -> Iterable[str]:
    """One alias: what the example says of it, with what is other for the team."""
    assert each.alias is not None
    fields = {key: value for key, value in written.items() if key not in ("candidates", "prefer")}
    prefer = written["prefer"]
    if each.by_figure:
        fields.pop("exclude", None)
        first = each.alias.prefer[0]
        prefer = [{first.goal.value: first.word}]
    if each.floating:
        fields["require"] = {**(fields.get("require") or {}), "floating_allowed": True}
    yield f"  {emit(name)}:"
    for key, value in fields.items():
        yield from block_lines(key, value, 4, 2)
        if key == "description":
            yield from _list("candidates", each.alias.candidates)
    if "description" not in fields:
        yield from _list("candidates", each.alias.candidates)
    yield from _list("prefer", prefer)


def _list(key: str, items: Iterable[object]) -> Iterable[str]:
    yield f"    {key}:"
    for item in items:
        if isinstance(item, Mapping):
            start = "      - "
            for name, value in item.items():
                yield f"{start}{emit(name)}: {emit(value)}"
                start = "        "
        else:
            yield f"      - {emit(item)}"


def _comment(text: str, indent: str) -> list[str]:
    lead = f"{indent}# "
    return textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=lead)
