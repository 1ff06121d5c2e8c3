"""Settings: `zumik.yaml`, which marks a workspace and says how strictly it is checked.

No setting can change what a release resolves to; `explain` and `resolve` do not read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from zumik.core.basics.field_readers import (
    JsonFields,
    Malformed,
    as_is,
    count,
    day,
    flag,
    list_of,
    map_of,
    named,
    text,
)
from zumik.core.basics.findings import Acknowledgement, Finding, Invalid, Locate, has_errors
from zumik.core.basics.tree import MARKER, Tree
from zumik.errors import INSTALL, CannotRun
from zumik.workspace.settings_in_text import DEFAULT_RETIREMENT_DAYS, REF
from zumik.yaml_text.placeholders import check_placeholders
from zumik.yaml_text.reader import read_yaml
from zumik.yaml_text.schema_check import check_shape

MAX_SETTINGS_BYTES = 256 * 1024


class LitellmOptions(NamedTuple):
    """What `zumik export litellm` is run with: paths as from the folder where it runs.

    `providers` has LiteLLM's names of providers, `api_bases` their addresses, by our names.
    """

    bundle: str | None = None
    output: str | None = None
    config: str | None = None
    providers: Mapping[str, str] = MappingProxyType({})
    api_bases: Mapping[str, str] = MappingProxyType({})


NO_OPTIONS = LitellmOptions()


@dataclass(frozen=True, slots=True)
class Settings:
    """How a workspace is checked.

    `live_ref` is the git ref on which releases and pointers count as landed. Aliases choose only
    models of `providers`, or of all where none is named. A winner that retires within
    `retirement_days` gets a warning. `source_precedence` names catalog sources, best first, and
    `sources` those that a refresh reads. With `signatures_required`, a release counts only with a
    good signature beside it; with `reasons_required`, all that moves or is made needs its reason.
    `litellm` has the options of an export. `acknowledged` are warnings that people accept for a
    while. `warnings` is what was found in the file that is no error.
    """

    required_version: str | None = None
    live_ref: str | None = None
    providers: tuple[str, ...] = ()
    retirement_days: int = DEFAULT_RETIREMENT_DAYS
    source_precedence: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    signatures_required: bool = False
    reasons_required: bool = False
    litellm: LitellmOptions = NO_OPTIONS
    acknowledged: tuple[Acknowledgement, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def demands(self) -> tuple[str, ...]:
        """What a branch must have, in words."""
        demanded = {"reasons": self.reasons_required, "signatures": self.signatures_required}
        return tuple(name for name, is_required in demanded.items() if is_required)


def read_settings(tree: Tree, *, any_version: bool = False) -> Settings:
    """The settings of a workspace.

    Raises Invalid with every finding, and CannotRun where they require another version of zumik,
    unless `any_version` is true.
    """
    name = f"{tree.name}/{MARKER}"
    reading = read_yaml(name, tree.read(MARKER, MAX_SETTINGS_BYTES))
    document = reading.document
    findings = list(reading.findings)
    if document is not None:
        findings += [*check_shape(document, "settings"), *check_placeholders(document)]
    if document is None or has_errors(findings):
        # A newer zumik may know the keys that this one does not.
        value = document.value if document is not None else None
        required = value.get("required_version") if isinstance(value, dict) else None
        if not any_version and isinstance(required, str):
            with suppress(MalformedVersion):  # it is among the findings, with its place
                _require_version(required)
        raise Invalid(
            f"{name} is not valid",
            findings,
            hint="it holds acknowledged, live_ref, providers, horizons, litellm, reasons, "
            "required_version, signatures, source_precedence and sources",
        )
    try:
        settings = _settings(JsonFields(document.value, ()), document.locate)
    except Malformed as error:
        raise CannotRun(f"{document.locate(error.path)}: {error.problem}") from None
    if not any_version:
        _require_version(settings.required_version)
    return replace(settings, warnings=tuple(findings))


def _settings(fields: JsonFields, locate: Locate) -> Settings:
    horizons = JsonFields(fields.get("horizons", as_is) or {}, ("horizons",))
    days = horizons.get("retirement_days", count)
    horizons.close()
    settings = Settings(
        required_version=fields.get("required_version", text),
        live_ref=fields.get("live_ref", named(ref_name)),
        providers=fields.get("providers", list_of(text)) or (),
        retirement_days=DEFAULT_RETIREMENT_DAYS if days is None else days,
        source_precedence=fields.get("source_precedence", list_of(text)) or (),
        sources=fields.get("sources", list_of(text)) or (),
        signatures_required=_is_required(fields, "signatures"),
        reasons_required=_is_required(fields, "reasons"),
        litellm=_litellm(JsonFields(fields.get("litellm", as_is) or {}, ("litellm",))),
        acknowledged=tuple(_acknowledged(fields, locate)),
    )
    fields.close()
    return settings


def _acknowledged(fields: JsonFields, locate: Locate) -> Iterator[Acknowledgement]:
    for index, item in enumerate(fields.get("acknowledged", list_of(as_is)) or ()):
        path = ("acknowledged", index)
        entry = JsonFields(item, path)
        yield Acknowledgement(
            entry.need("code", text),
            entry.need("about", list_of(text)),
            entry.need("until", day),
            " ".join(entry.need("reason", text).split()),
            locate((*path, "code")),
        )
        entry.close()


def _is_required(fields: JsonFields, name: str) -> bool:
    inner = JsonFields(fields.get(name, as_is) or {}, (name,))
    required = inner.get("required", flag)
    inner.close()
    return bool(required)


def _litellm(fields: JsonFields) -> LitellmOptions:
    options = LitellmOptions(
        bundle=fields.get("bundle", text),
        output=fields.get("output", text),
        config=fields.get("config", text),
        providers=fields.get("providers", map_of(text)) or {},
        api_bases=fields.get("api_bases", map_of(text)) or {},
    )
    fields.close()
    return options


def ref_name(name: str) -> str:
    """A ref that git cannot read as an option, a range or a revision expression."""
    if not REF.fullmatch(name) or ".." in name:
        raise CannotRun("not the name of a git ref", hint="as in origin/main")
    return name


class MalformedVersion(CannotRun):
    """A `required_version` that is no version specifier."""


def _require_version(specifier: str | None) -> None:
    if not serves(specifier):
        from zumik import __version__

        raise CannotRun(
            f"this workspace requires zumik {specifier}; this is {__version__}",
            hint=f"install such a version from the repository of zumik: {INSTALL}",
        )


def serves(specifier: str | None) -> bool:
    """Whether this version meets a specifier. Raises MalformedVersion."""
    if specifier is None:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from zumik import __version__

    try:
        return SpecifierSet(specifier).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise MalformedVersion(
            f"{MARKER}: required_version is not a version specifier", hint='as in ">=0.1"'
        ) from None
