"""The settings of LiteLLM's callback, from its configuration and the environment.

LiteLLM is not imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from zumik.core.basics.display import shown
from zumik.errors import UsageError
from zumik.integrations.request_needs import NEEDS

OnError = Literal["reject", "pass"]


class CallbackSettings(NamedTuple):
    """Where the releases are, and how requests are answered from them.

    `on_error`: `reject` answers a request that cannot be answered with a clear 4xx; `pass` leaves
    it to LiteLLM, without a receipt. `log` is a file to which each call is appended. `count_input`
    counts the prompt, which then needs that many input tokens. `ignore_needs` are needs of requests
    that are not read. `list_aliases` shows live aliases in LiteLLM's list of models.
    """

    bundle: str | None = None
    workspace: str | None = None
    on_error: OnError = "reject"
    log: str | None = None
    count_input: bool = False
    ignore_needs: frozenset[str] = frozenset()
    list_aliases: bool = False


def settings_of(environment: Mapping[str, str], written: object) -> CallbackSettings:
    """The settings of `litellm_settings: zumik:` and of the environment, which comes first.

    Raises UsageError where a setting is unknown, malformed or missing.
    """
    if written is not None and not isinstance(written, Mapping):
        raise UsageError("litellm_settings: zumik: is not a mapping", hint="zumik: {bundle: FILE}")
    said = {str(name): _as_text(value) for name, value in (written or {}).items()}
    unknown = sorted(said.keys() - set(CallbackSettings._fields))
    if unknown:
        raise UsageError(
            f"litellm_settings: zumik: has the unknown key {shown(unknown[0])}",
            hint=f"it takes {', '.join(CallbackSettings._fields)}",
        )
    named = {name: environment.get(f"ZUMIK_{name.upper()}") for name in CallbackSettings._fields}
    given = {**said, **{name: value for name, value in named.items() if value}}
    if named["bundle"]:
        # ZUMIK_WORKSPACE is also read by the command line. Where both are set, the bundle is meant.
        given.pop("workspace", None)
    if not given.get("bundle") and not given.get("workspace"):
        raise UsageError(
            "no bundle is set",
            hint="ZUMIK_BUNDLE=live.json, or litellm_settings: zumik: {bundle: …}",
        )
    return CallbackSettings(
        given.get("bundle"),
        given.get("workspace"),
        "pass" if _one_of(given, "on_error", ("reject", "pass")) == "pass" else "reject",
        given.get("log") or None,
        _one_of(given, "count_input", _FLAGS) == "true",
        _needs(given.get("ignore_needs", "")),
        _one_of(given, "list_aliases", _FLAGS) == "true",
    )


_FLAGS = ("false", "true")


def _as_text(value: object) -> str:
    """A setting as the environment would have it: a list by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _one_of(given: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    """The first value is the default."""
    value = given.get(name) or values[0]
    if value not in values:
        raise UsageError(f"{name} {shown(value)}", hint=" or ".join(values))
    return value


def _needs(text: str) -> frozenset[str]:
    found = frozenset(word for word in re.split(r"[\s,]+", text) if word)
    for word in sorted(found - NEEDS):
        raise UsageError(f"ignore_needs {shown(word)}", hint=f"it takes {', '.join(sorted(NEEDS))}")
    return found
