"""The settings of LiteLLM's callback, from its configuration and the environment.

LiteLLM is not imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from zumik.core.basics.display import shown
from zumik.errors import UsageError

OnError = Literal["reject", "pass"]


class CallbackSettings(NamedTuple):
    """Where the releases are, and what happens to a request that cannot be answered.

    `reject` answers with a clear 4xx; `pass` leaves the request to LiteLLM, without a receipt.
    """

    bundle: str | None = None
    workspace: str | None = None
    on_error: OnError = "reject"


def settings_of(environment: Mapping[str, str], written: object) -> CallbackSettings:
    """The settings of `litellm_settings: zumik:` and of the environment, which comes first.

    Raises UsageError where a setting is unknown, malformed or missing.
    """
    if written is not None and not isinstance(written, Mapping):
        raise UsageError("litellm_settings: zumik: is not a mapping", hint="zumik: {bundle: FILE}")
    said = {str(name): str(value) for name, value in (written or {}).items()}
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
    on_error = given.get("on_error", "reject")
    if on_error not in ("reject", "pass"):
        raise UsageError(f"on_error {shown(on_error)}", hint="reject or pass")
    if not given.get("bundle") and not given.get("workspace"):
        raise UsageError(
            "no bundle is set",
            hint="ZUMIK_BUNDLE=live.json, or litellm_settings: zumik: {bundle: …}",
        )
    return CallbackSettings(
        given.get("bundle"), given.get("workspace"), "pass" if on_error == "pass" else "reject"
    )
