"""A configuration of LiteLLM that its owner writes: what it lacks to use exported models.

It is read as LiteLLM reads it, and never written. LiteLLM adds the lists of an included file to
those of the file that includes it, and lets every other value of it win: so only `model_list` is
included, and the callback is named in the owner's own file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from os.path import relpath
from pathlib import Path
from typing import Any

from zumik.bounded_file import read_bounded
from zumik.core.basics.findings import Finding
from zumik.errors import CannotRun
from zumik.integrations.litellm_config import CALLBACK
from zumik.rules.export_rules import (
    LITELLM_ALIAS_DEPLOYED,
    LITELLM_CONFIG_INCOMPLETE,
    LITELLM_DEPLOYED_TWICE,
)
from zumik.yaml_text.foreign_yaml import read_foreign_yaml

_MOST_BYTES = 16 * 1024 * 1024


def read_own_config(path: Path) -> Mapping[str, Any]:
    """The configuration as LiteLLM reads it. Raises CannotRun."""
    found = read_foreign_yaml(str(path), read_bounded(path, _MOST_BYTES))
    if not isinstance(found, dict):
        raise CannotRun(f"{path}: not a mapping, as LiteLLM's configuration is")
    return found


def own_config_findings(
    path: Path,
    config: Mapping[str, Any],
    *,
    models_file: Path,
    bundle: str,
    models: Collection[str],
    aliases: Collection[str],
) -> Iterator[Finding]:
    """The lines that are missing, each as its hint, and names that LiteLLM would mix up."""
    place = str(path)
    entry = relpath(models_file.absolute(), path.absolute().parent)
    included = config.get("include")
    entries = included if isinstance(included, list) else []
    folder = path.absolute().parent
    if models_file.absolute() not in [Path(folder, str(one)).absolute() for one in entries]:
        yield LITELLM_CONFIG_INCOMPLETE.at(
            place,
            f"it does not include {entry}",
            f"include: [{', '.join([*map(str, entries), entry])}]",
        )
    settings = _mapping(config.get("litellm_settings"))
    named = settings.get("callbacks")
    callbacks = [str(one) for one in (named if isinstance(named, list) else [named]) if one]
    if CALLBACK not in callbacks:
        yield LITELLM_CONFIG_INCOMPLETE.at(
            place,
            "litellm_settings: callbacks: does not have the callback",
            f"under litellm_settings: callbacks: [{', '.join([*callbacks, CALLBACK])}]",
        )
    own = _mapping(settings.get("zumik"))
    if not own.get("bundle") and not own.get("workspace"):
        yield LITELLM_CONFIG_INCOMPLETE.at(
            place,
            "litellm_settings: zumik: does not say which bundle the callback answers from",
            f"under litellm_settings: zumik: {{bundle: {bundle}}}",
        )
    yield from _name_findings(place, config, models, aliases)


def _name_findings(
    place: str, config: Mapping[str, Any], models: Collection[str], aliases: Collection[str]
) -> Iterator[Finding]:
    entries = config.get("model_list")
    deployed = {
        str(entry.get("model_name"))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    }
    renamed = _mapping(_mapping(config.get("router_settings")).get("model_group_alias"))
    for name in sorted(deployed.intersection(models)):
        yield LITELLM_DEPLOYED_TWICE.at(
            place,
            f"it deploys {name}, which the exported file deploys too",
            "remove it here, or name it otherwise",
        )
    for name in sorted({*deployed, *renamed}.intersection(aliases)):
        yield LITELLM_ALIAS_DEPLOYED.at(
            place, f"it has the name of an alias: {name}", "name it otherwise"
        )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
