"""`zumik export`: the configuration of a gateway, from what is live."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of, writer
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, beside, emit, tell
from zumik.core.basics.display import shown
from zumik.core.basics.tree import MARKER
from zumik.errors import UsageError

if TYPE_CHECKING:
    from zumik.core.live.bundle import Bundle
    from zumik.integrations.litellm_config import Exported, Provider
    from zumik.workspace.settings import LitellmOptions

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
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Your own configuration, never written: it includes the output.",
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
    form: FormatOption = Format.TEXT,
) -> None:
    """Write LiteLLM's configuration, or the models that yours includes.

    It has models, prices, the callback, and the environment variables that hold the keys; never a
    key itself. Options are saved in zumik.yaml with --output, and used where they are not given.
    Exits with 3 where LiteLLM would load the file but could not answer.
    """
    from zumik.actions.gateways.export_litellm import merged_options, require_own_output
    from zumik.core.basics.findings import Invalid, folded, has_errors
    from zumik.integrations.litellm_config import config_of
    from zumik.reports.finding_report import finding_section, summary
    from zumik.reports.plain import plain
    from zumik.transaction.file_plan import NewBytes
    from zumik.transaction.output_files import is_written_into, write_outputs
    from zumik.yaml_text.writer import block_yaml

    session = session_of(context)
    given = _given(bundle, output, config, provider or [], api_base or [])
    # The settings may be absent where a bundle is given: it needs no workspace.
    options = merged_options(_saved(session), given)
    mapped = _providers(options)
    source = _bundle(session, options.bundle)
    if options.bundle is None:
        _tell_live(session)
    found = config_of(
        source, mapped, serve_from=options.bundle or "live.json", today=session.now().date()
    )
    if has_errors(found.findings):
        raise Invalid("LiteLLM could not serve what is live", found.findings)
    if found.findings:
        # Many models lack the same of LiteLLM: one sentence names them.
        said_once = map(finding_section, folded(found.findings))
        tell(plain([*said_once, [summary(found.findings)]]))
    entries = found.config["model_list"]
    assert isinstance(entries, list)
    tree = found.config if options.config is None else {"model_list": entries}
    text = block_yaml(tree, _header(source, found, options))
    keys = sorted({known.key for known in _used(mapped, entries) if known.key})
    data = partial(_to_json, source, found, keys, options.output, dry_run=dry_run)
    if options.output is None:
        if form is Format.JSON:
            emit(form, "litellm-export", str, lambda: data(text))
        else:
            typer.echo(text, nl=False)
        return
    target = Path(options.output)
    if not is_written_into(target):
        require_own_output(target)
    if not dry_run:
        write_outputs([NewBytes(target, text.encode())])
    with beside(target):
        said = f"{target}: {len(entries)} models for {len(source.pointers)} aliases"
        emit(form, "litellm-export", lambda: said, lambda: data(None))
    if dry_run:
        tell(f"dry run: {target} not written")
    tell("keys that the proxy reads from its environment: " + ", ".join(keys or ["none"]))
    if not dry_run:
        _save(context, session, options)
    if options.config is None and not dry_run:
        tell(f"next: litellm --config {quote(str(target))}, with these keys and LITELLM_MASTER_KEY")
    if options.config is not None:
        _check_own_config(options, source, entries)


def _to_json(
    source: Bundle,
    found: Exported,
    keys: list[str],
    output: str | None,
    text: str | None,
    *,
    dry_run: bool,
) -> dict[str, object]:
    """What was written, or the text where no file was named."""
    from zumik.reports.finding_report import findings_to_json

    entries = found.config["model_list"]
    assert isinstance(entries, list)
    return {
        "file": output,
        "text": text,
        "written": output is not None and not dry_run,
        "dry_run": dry_run,
        "models": list(dict.fromkeys(entry["model_name"] for entry in entries)),
        "aliases": [alias for alias, pointer in source.pointers.items() if not pointer.is_retired],
        "releases": list(found.releases),
        "environment": keys,
        "findings": findings_to_json(found.findings),
    }


def _given(
    bundle: Path | None,
    output: Path | None,
    config: Path | None,
    providers: list[str],
    bases: list[str],
) -> LitellmOptions:
    """The options as they were typed. Raises UsageError."""
    from zumik.workspace.settings import LitellmOptions

    return LitellmOptions(
        bundle=None if bundle is None else str(bundle),
        output=None if output is None else str(output),
        config=None if config is None else str(config),
        providers=dict(_pair("--provider", text) for text in providers),
        api_bases=dict(_pair("--api-base", text) for text in bases),
    )


def _saved(session: Session) -> LitellmOptions:
    """The options in the settings; none where there is no workspace."""
    from zumik.errors import CannotRun
    from zumik.workspace.settings import LitellmOptions

    try:
        session.store  # noqa: B018  # it is looked for
    except CannotRun:
        return LitellmOptions()
    return session.settings.litellm


def _save(context: typer.Context, session: Session, options: LitellmOptions) -> None:
    """Save the options in the settings, and say so; nothing where they are there already."""
    from zumik.actions.gateways.export_litellm import edits_to_save, save_options
    from zumik.errors import CannotRun

    try:
        root = session.store.root
    except CannotRun:
        return
    if edits := edits_to_save(session.settings.litellm, options):
        save_options(writer(context, "export litellm"), edits)
        said = f"{root.name}/{MARKER}: options saved under litellm; later runs need none of them"
        if session.repository_or_none is not None:
            file = session.as_typed(root / MARKER)
            said += f"; to commit them: git add {file} && git commit"
        tell(said)


def _check_own_config(
    options: LitellmOptions, source: Bundle, entries: list[dict[str, str]]
) -> None:
    """Raises Invalid where the owner's configuration does not use what was written."""
    from zumik.core.basics.findings import Invalid, has_errors
    from zumik.integrations.litellm_own_config import own_config_findings, read_own_config
    from zumik.reports.finding_report import findings_report
    from zumik.reports.plain import plain

    assert options.config is not None
    assert options.output is not None
    path = Path(options.config)
    findings = tuple(
        own_config_findings(
            path,
            read_own_config(path),
            models_file=Path(options.output),
            bundle=options.bundle or "live.json",
            models=[entry["model_name"] for entry in entries],
            aliases=[str(alias) for alias in source.pointers],
        )
    )
    if has_errors(findings):
        raise Invalid(f"{path} cannot use {options.output} yet", findings)
    if findings:
        tell(plain(findings_report(findings)))


def _used(mapped: dict[str, Provider], entries: list[dict[str, str]]) -> list[Provider]:
    names = {entry["model_name"].split("/", 1)[0] for entry in entries}
    return [mapped[name] for name in sorted(names)]


def _providers(options: LitellmOptions) -> dict[str, Provider]:
    """Raises UsageError."""
    from zumik.integrations.litellm_config import PROVIDERS, Provider

    mapped = dict(PROVIDERS)
    for ours, prefix in options.providers.items():
        key = re.sub("[^A-Z0-9]", "_", ours.upper()) + "_API_KEY"
        mapped[ours] = Provider(prefix, key)
    for ours, base in options.api_bases.items():
        if ours not in mapped:
            raise UsageError(
                f"--api-base {shown(ours)}: LiteLLM's name for it is not known",
                hint=f"--provider {ours}=openai where it speaks OpenAI's API",
            )
        if not re.fullmatch("https?://[!-?A-~]{1,980}", base):
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


def _bundle(session: Session, path: str | None) -> Bundle:
    """What is live in a bundle, or else in the work tree."""
    if path is not None:
        from zumik.bounded_file import read_bounded
        from zumik.core.live.bundle import MAX_BUNDLE_BYTES, read_bundle

        return read_bundle(read_bounded(Path(path), MAX_BUNDLE_BYTES))
    from zumik.resolver import bundle_of_workspace

    return bundle_of_workspace(session.store, session.now())


def _tell_live(session: Session) -> None:
    """Warn where `live_ref` has other pointers than the work tree, and of what retires."""
    from zumik.actions.live.live_on_ref import live_on_ref
    from zumik.actions.live.live_retirements import live_retirements
    from zumik.reports.live_ref_report import differing_to_lines
    from zumik.reports.retirement_report import retirement_to_text

    tell("\n".join(differing_to_lines(live_on_ref(session.store))) or None)
    for item in live_retirements(session.store, session.now().date()):
        tell(f"warning: {item.alias}: {retirement_to_text(item)}")


def _header(bundle: Bundle, found: Exported, options: LitellmOptions) -> list[str]:
    from zumik import __version__
    from zumik.actions.gateways.export_litellm import WRITTEN_BY

    made_from = f"commit {bundle.commit}" if bundle.commit else "the work tree, landed or not"
    head = [
        f"{WRITTEN_BY}, zumik {__version__}. Do not edit: export again.",
        f"From {made_from}; releases: {', '.join(found.releases)}.",
        "",
    ]
    if options.config is not None:
        return [
            *head,
            f"{options.config} includes these models. Export again when a promotion adds a model",
            "that is not below.",
        ]
    return [
        *head,
        f"The callback answers from {options.bundle or 'live.json'}, which zumik bundle writes, "
        "and picks up",
        "a new one by itself. Export again when a promotion adds a model that is not below.",
        "With each request it sends the part of the ranking that can take that request as the",
        "fallbacks: those at the end are what the aliases rank in all.",
    ]
