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
_FACT = re.compile(
    r"^ +(capabilities|input|output|mode|region|data_residency|labels): *\[?([A-Za-z][^#\]{}]*)"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")

_ALIAS, _RELEASE, _MODEL, _CODE, _PROVIDER, _LIVE = (
    "alias",
    "release",
    "model",
    "code",
    "provider",
    "live",
)
_PINNED, _NEED, _PREFERENCE, _CAPABILITY, _INPUT = (
    "alias at a release",
    "requirement",
    "preference",
    "capability",
    "input",
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
    "reference": (_ALIAS, _PINNED, _MODEL),
    "what": (_ALIAS, _PINNED, _MODEL),
    "against": (_LIVE, _RELEASE, _ALIAS, _PINNED, _MODEL),
    "require": (_NEED,),
    "prefer": (_PREFERENCE,),
    "capability": (_CAPABILITY,),
    "input_kind": (_INPUT,),
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
        alias, at, _ = incomplete.partition("@")
        if at and _PINNED in kinds and alias in found:
            # Only after the @, because every alias is in many releases.
            found |= dict.fromkeys(f"{alias}@{name}" for name in _names(context, _RELEASE))
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
        elif kind in _IN_WORKSPACE:
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


def _facts(store: Store) -> Iterator[tuple[str, str]]:
    """What the catalog's files say of models in words, as their lines look: key and word."""
    for file in store.tree.entries("catalog"):
        text = store.tree.read(f"catalog/{file}", _MAX_BYTES).decode("utf-8", "replace")
        for line in text.splitlines():
            if fact := _FACT.match(line):
                yield from ((fact[1], word) for word in _WORD.findall(fact[2]))


def _words_of(store: Store, key: str) -> list[str]:
    return sorted({word for name, word in _facts(store) if name == key})


def _needs(store: Store) -> Iterator[str]:
    """What `--require` takes: capabilities as words, then what else some model meets."""
    yield from _words_of(store, "capabilities")
    others = {(key, word) for key, word in _facts(store) if key != "capabilities"}
    yield from (f"{key}={word}" for key, word in sorted(others))
    yield from ("open_weights=true", "floating_allowed=true")


def _preferences(store: Store) -> Iterator[str]:
    """What `--prefer` takes: cost, the order as written, measures, and metrics."""
    from zumik.core.facts.policy import COST, LATENCY, LISTED

    yield from (COST, LISTED)
    measures = [*_keys(store, "policy", "measures")]
    yield from (LATENCY if name == "latency" else name for name in measures)
    yield from _keys(store, "catalog", "metrics", only="metrics.yaml")


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
    _NEED: _needs,
    _PREFERENCE: _preferences,
    _CAPABILITY: lambda store: iter(_words_of(store, "capabilities")),
    _INPUT: lambda store: iter(_words_of(store, "input")),
}


_BASH = """
%(complete_func)s() {
    local IFS=$'\\n' rest="${COMP_LINE:0:COMP_POINT}" words=() word i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [[ $i == 0 || $rest == [[:space:]]* ]]; then
            rest="${rest#"${rest%%%%[![:space:]]*}"}"
            words+=("")
        fi
        [[ $i != "$COMP_CWORD" && $rest == "$word"* ]] || word="$rest"
        words[${#words[@]}-1]+="$word"
        rest="${rest#"$word"}"
    done
    word="${words[${#words[@]}-1]}"
    COMPREPLY=( $( env COMP_WORDS="${words[*]}" COMP_CWORD=$((${#words[@]} - 1)) \\
                   %(autocomplete_var)s=complete_bash $1 ) )
    [[ $word != --*=* ]] || word="${word#*=}"
    word="${word%%"$2"}"
    COMPREPLY=("${COMPREPLY[@]#"$word"}")
    return 0
}

complete -o default -F %(complete_func)s %(prog_name)s
"""
"""Typer's script for bash, for names with a : or @ in them. Bash takes each part for a word.

So what is typed is put together again, as COMP_LINE has it up to the cursor. Bash puts what is
offered in place of the last part alone, which is $2; what stands before that is taken off.
"""


def install_own_scripts() -> None:
    """Let typer install a script for bash that knows our names, and for zsh one that acts at once.

    zsh loads it at the first key, and typer's only registers itself then: that key did nothing.
    """
    from typer import _completion_shared

    scripts = _completion_shared._completion_scripts
    scripts["bash"] = _BASH
    loaded = "[[ $zsh_eval_context[-1] != loadautofunc ]] || %(complete_func)s"
    scripts["zsh"] = f"{scripts['zsh'].rstrip()}\n{loaded}\n"
