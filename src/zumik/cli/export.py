"""`zumik export`: the configuration of a gateway, from what is live."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.options import DryRunOption
from zumik.cli.output import beside, tell
from zumik.core.basics.display import shown
from zumik.errors import UsageError

if TYPE_CHECKING:
    from zumik.core.live.bundle import Bundle
    from zumik.integrations.litellm_config import Exported, Provider

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def export() -> None:
    """Write the configuration of a gateway from what is live."""


@app.command("litellm")
def export_litellm(
    context: typer.Context,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", metavar="FILE", help="The bundle that the proxy reads, from zumik bundle."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write here, not to stdout: config.yaml."
        ),
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option(
            "--provider", metavar="OURS=PREFIX", help="LiteLLM's name of a provider; repeatable."
        ),
    ] = None,
    api_base: Annotated[
        list[str] | None,
        typer.Option(
            "--api-base", metavar="OURS=URL", help="Your endpoint for a provider; repeatable."
        ),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Write the whole configuration of LiteLLM's proxy.

    It has models, prices, the callback, and the environment variables that hold the keys; never a
    key itself. Exits with 3 where LiteLLM would load the file but could not answer.
    """
    from zumik.core.basics.findings import Invalid, has_errors
    from zumik.integrations.litellm_config import config_of
    from zumik.reports.finding_report import findings_report
    from zumik.reports.plain import plain
    from zumik.transaction.file_plan import NewBytes
    from zumik.transaction.output_files import write_outputs
    from zumik.yaml_text.writer import block_yaml

    session = session_of(context)
    mapped = _providers(provider or [], api_base or [])
    source = _bundle(session, bundle)
    if bundle is None:
        _tell_live(session)
    found = config_of(
        source, mapped, today=session.now().date(), serve_from=str(bundle or "live.json")
    )
    if has_errors(found.findings):
        raise Invalid("LiteLLM could not serve what is live", found.findings)
    if found.findings:
        tell(plain(findings_report(found.findings)))
    text = block_yaml(found.config, _header(source, found, bundle))
    if output is None:
        typer.echo(text, nl=False)
        return
    if not dry_run:
        write_outputs([NewBytes(output, text.encode())])
    entries = found.config["model_list"]
    assert isinstance(entries, list)
    with beside(output):
        typer.echo(f"{output}: {len(entries)} models for {len(source.pointers)} aliases")
    if dry_run:
        tell(f"dry run: {output} not written")
    keys = sorted({known.key for known in _used(mapped, entries) if known.key})
    tell("keys that the proxy reads from its environment: " + ", ".join(keys or ["none"]))


def _used(mapped: dict[str, Provider], entries: list[dict[str, str]]) -> list[Provider]:
    names = {entry["model_name"].split("/", 1)[0] for entry in entries}
    return [mapped[name] for name in sorted(names)]


def _providers(named: list[str], bases: list[str]) -> dict[str, Provider]:
    """Raises UsageError."""
    from zumik.integrations.litellm_config import PROVIDERS, Provider

    mapped = dict(PROVIDERS)
    for ours, prefix in (_pair("--provider", text) for text in named):
        key = re.sub("[^A-Z0-9]", "_", ours.upper()) + "_API_KEY"
        mapped[ours] = Provider(prefix, key)
    for ours, base in (_pair("--api-base", text) for text in bases):
        if ours not in mapped:
            raise UsageError(
                f"--api-base {shown(ours)}: LiteLLM's name for it is not known",
                hint=f"--provider {ours}=openai where it speaks OpenAI's API",
            )
        if not re.fullmatch(r"https?://[^\s@]+", base):
            raise UsageError(
                f"--api-base {shown(ours)} takes an address without credentials",
                hint="https://host/v1",
            )
        mapped[ours] = mapped[ours]._replace(base=base)
    return mapped


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value or not re.fullmatch("[a-z][a-z0-9-]*", name):
        raise UsageError(f"{option} {shown(text)}", hint=f"{option} acme=…")
    return name, value


def _bundle(session: Session, path: Path | None) -> Bundle:
    """What is live in a bundle, or else in the work tree."""
    if path is not None:
        from zumik.bounded_file import read_bounded
        from zumik.core.live.bundle import MAX_BUNDLE_BYTES, read_bundle

        return read_bundle(read_bounded(path, MAX_BUNDLE_BYTES))
    from zumik.resolver import bundle_of_workspace

    return bundle_of_workspace(session.store, session.now())


def _tell_live(session: Session) -> None:
    """Warn where `live_ref` has other pointers than the work tree, and of what retires."""
    from zumik.actions.live_on_ref import live_on_ref
    from zumik.actions.live_retirements import live_retirements
    from zumik.reports.live_ref_report import differing_to_lines
    from zumik.reports.retirement_report import retirement_to_text

    tell("\n".join(differing_to_lines(live_on_ref(session.store))) or None)
    for item in live_retirements(session.store, session.now().date()):
        tell(f"warning: {item.alias}: {retirement_to_text(item)}")


def _header(bundle: Bundle, found: Exported, path: Path | None) -> list[str]:
    from zumik import __version__

    made_from = f"commit {bundle.commit}" if bundle.commit else "the work tree, landed or not"
    return [
        f"Written by zumik export litellm, zumik {__version__}. Do not edit: export again.",
        f"From {made_from}; releases: {', '.join(found.releases)}.",
        "",
        f"The callback answers from {path or 'live.json'}, which zumik bundle writes, and picks up",
        "a new one by itself. Export again when a promotion adds a model that is not below.",
        "With each request it sends the part of the ranking that can take that request as the",
        "fallbacks: those at the end are what the aliases rank in all.",
    ]
