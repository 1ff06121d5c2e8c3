"""Completion in the shell: what the workspace has, offered where a command takes it.

Which parameter takes what is read from its name and metavar, so that every command completes alike.
A key was pressed: what is offered are names alone, read without checks and at once, and where there
is no workspace or a file cannot be read, nothing. A name that could mean something to a shell is
never one of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from zumik.errors import ZumikError

if TYPE_CHECKING:
    from typer._click import Command, Context, Parameter

    from zumik.workspace.store import Store

_MAX_BYTES = 16 * 1024 * 1024
_KEY = re.compile(r"""^( +)["']?([A-Za-z0-9][A-Za-z0-9._:/@+-]*)["']?:(?: |$)""")
_SECTION = re.compile(r"^([a-z_]+):")

_ALIAS, _RELEASE, _MODEL, _CODE, _PROVIDER, _LIVE = (
    "alias",
    "release",
    "model",
    "code",
    "provider",
    "live",
)
_BY_NAME = {
    "alias": (_ALIAS,),
    "aliases": (_ALIAS,),
    "replacement": (_ALIAS,),
    "release": (_RELEASE,),
    "before": (_RELEASE,),
    "after": (_RELEASE,),
    "to": (_RELEASE,),
    "model": (_MODEL,),
    "models": (_MODEL,),
    "unavailable": (_MODEL,),
    "candidates": (_MODEL,),
    "exclude": (_MODEL,),
    "only": (_MODEL,),
    "reference": (_ALIAS, _MODEL),
    "what": (_ALIAS, _MODEL),
    "against": (_LIVE, _RELEASE, _ALIAS, _MODEL),
    "rule": (_CODE,),
}
"""What a parameter of each name takes."""


def offer_names(command: Command) -> None:
    """Let the parameters of a command, and of those below it, be completed from the workspace."""
    for below in getattr(command, "commands", {}).values():
        offer_names(below)
    for parameter in command.params:
        kinds = _BY_NAME.get(parameter.name or "", ())
        if parameter.name == "provider" and parameter.metavar == "NAMES":
            kinds = (_PROVIDER,)
        # A choice completes itself.
        if kinds and not hasattr(parameter.type, "choices"):
            parameter._custom_shell_complete = _completer(kinds)


def _completer(kinds: Iterable[str]) -> Callable[[Context, Parameter, str], list[str]]:
    def complete(context: Context, parameter: Parameter, incomplete: str) -> list[str]:
        found = dict.fromkeys(name for kind in kinds for name in _names(context, kind))
        return [name for name in found if name.startswith(incomplete)]

    return complete


def _names(context: Context, kind: str) -> Iterator[str]:
    with suppress(ZumikError, OSError, ValueError):
        if kind == _CODE:
            from zumik.rules.rule_registry import RULES

            yield from RULES
        elif kind == _LIVE:
            yield "live"
        elif kind == _PROVIDER:
            from zumik.resources import example_files

            yield from (
                path.removeprefix("catalog/").removesuffix(".yaml")
                for path in sorted(example_files())
                if path.startswith("catalog/") and path != "catalog/metrics.yaml"
            )
        else:
            yield from _IN_WORKSPACE[kind](_store(context))


def _store(context: Context) -> Store:
    """The workspace that is named so far, or that the person stands in. Raises CannotRun."""
    from zumik.workspace.store import find_workspace

    chosen = context.find_root().params.get("workspace")
    return find_workspace(Path.cwd(), Path(chosen) if chosen else None)


def _aliases(store: Store) -> Iterator[str]:
    """The aliases that are live, then those of the policy."""
    from zumik.core.basics.names import AliasName, BadName

    live = (name.removesuffix(".json") for name in store.tree.entries("live"))
    for name in (*live, *_keys(store, "policy", "aliases")):
        with suppress(BadName):
            if name != "unavailable":
                yield AliasName(name)


def _releases(store: Store) -> Iterator[str]:
    """The releases, the newest first."""
    return (str(name) for name in reversed([*store.releases]))


def _models(store: Store) -> Iterator[str]:
    """The models of the newest release, with its variants, then those of the catalog."""
    newest = store.newest
    if newest is not None:
        frozen = json.loads(store.tree.read(f"frozen/{newest.file_name}", _MAX_BYTES))
        yield from (name for name in sorted(frozen["models"]) if _is_model(name))
    for file in store.tree.entries("catalog"):
        provider = file.removesuffix(".yaml")
        yield from (
            name
            for key in _keys(store, "catalog", "models", only=file)
            if _is_model(name := f"{provider}/{key}")
        )


def _is_model(name: str) -> bool:
    from zumik.core.basics.names import BadName, ModelId

    with suppress(BadName):
        return bool(ModelId(name))
    return False


def _keys(store: Store, folder: str, section: str, only: str | None = None) -> Iterator[str]:
    """The names that the files of a folder define in a section, as their lines look.

    Reading YAML strictly takes longer than a person waits for a key.
    """
    for file in store.tree.entries(folder):
        if not file.endswith(".yaml") or (only is not None and file != only):
            continue
        text = store.tree.read(f"{folder}/{file}", _MAX_BYTES).decode("utf-8", "replace")
        inside, depth = False, None
        for line in text.splitlines():
            if head := _SECTION.match(line):
                inside, depth = head[1] == section, None
            elif inside and (key := _KEY.match(line)):
                depth = depth or len(key[1])
                if len(key[1]) == depth:
                    yield key[2]


_IN_WORKSPACE: dict[str, Callable[[Store], Iterator[str]]] = {
    _ALIAS: _aliases,
    _RELEASE: _releases,
    _MODEL: _models,
}


def complete_at_first_key() -> None:
    """Let the script that typer installs for zsh complete at once, also while it is loaded.

    zsh loads it at the first key, and typer's only registers itself then: that key did nothing.
    """
    from typer import _completion_shared

    scripts = _completion_shared._completion_scripts
    loaded = "[[ $zsh_eval_context[-1] != loadautofunc ]] || %(complete_func)s"
    scripts["zsh"] = f"{scripts['zsh'].rstrip()}\n{loaded}\n"
