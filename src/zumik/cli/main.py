"""The entry point: the commands by name, and the one funnel that every error passes."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer.core import TyperGroup

from zumik.actions.session import Session
from zumik.cli.examples import show_example
from zumik.cli.proposed import begin, stand
from zumik.errors import Interrupted, UsageError, ZumikError

if TYPE_CHECKING:
    from typer._click import Command, Context
    from typer._click.shell_completion import CompletionItem

COMMANDS = (
    "init",
    "status",
    "validate",
    "plan",
    "catalog",
    "metrics",
    "release",
    "alias",
    "resolve",
    "explain",
    "replay",
    "logs",
    "drain",
    "undrain",
    "check",
    "recover",
    "bundle",
    "serve",
    "pages",
    "export",
)
"""In the order of the work; each is the module of that name."""


class LazyGroup(TyperGroup):
    """Commands imported when they are called, so that none pays for another's libraries."""

    def list_commands(self, ctx: Context) -> list[str]:
        """All commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """One command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"zumik.cli.{cmd_name}").app)
        show_example(cmd_name, command)
        if ctx is not None and ctx.resilient_parsing:
            from zumik.cli.completion import offer_names

            offer_names(command)
        return command

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """The names of the commands, of which none has to be imported, and the options."""
        from typer._click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]


app = typer.Typer(
    cls=LazyGroup,
    name="zumik",
    help="Release manager for reproducible model aliases: freeze, promote, explain, replay.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from zumik import __version__

        typer.echo(f"zumik {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            envvar="ZUMIK_WORKSPACE",
            metavar="DIRECTORY",
            help="The workspace to work in, where it is not the current directory or one above.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    stand(workspace)
    context.obj = Session(chosen_workspace=workspace)


def main() -> NoReturn:
    """Run the command line and exit with the code that the design promises."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot show an arrow gets its escape, and no error.
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    # The process ends and its memory with it: going through that for garbage took a sixth of the
    # time of a short command.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; its exit code. Prints every error that a person can cause."""
    begin(arguments)
    if arguments and arguments[0].startswith(("--install-completion", "--show-completion")):
        from zumik.cli.completion import install_own_scripts

        install_own_scripts()
    try:
        result = app(arguments, prog_name="zumik", standalone_mode=False)
    except ZumikError as error:
        return _tell(error, arguments)
    except (typer.Abort, KeyboardInterrupt):
        return _tell(Interrupted("interrupted"), arguments)
    except typer.TyperException as error:
        return _tell_usage(error, arguments)
    except SystemExit:
        # Typer's way out of a broken pipe: the reader of our output has closed it.
        return 0
    except OSError as error:
        return _tell(_from_system(error), arguments)
    if result == Interrupted.exit_code:
        # Typer ends a command by this code where Ctrl-C was pressed, and says nothing.
        return _tell(Interrupted("interrupted"), arguments)
    return result if isinstance(result, int) else 0


def _from_system(error: OSError) -> ZumikError:
    """What the system refused, where no command has better words for it."""
    from pathlib import Path

    from zumik.errors import CannotRun

    try:
        Path.cwd()
    except FileNotFoundError:
        return CannotRun("the current folder was deleted", hint="cd to a folder that exists")
    place = f"{error.filename}: " if isinstance(error.filename, str) else ""
    hint = "see whether the disk is full, and who may write"
    return CannotRun(f"{place}{error.strerror or error}", hint=hint)


def _tell(error: ZumikError, arguments: list[str]) -> int:
    """An error as the result would have been, had there been one: text, or JSON."""
    from zumik.cli.output import asks_for_json, error_to_json, error_to_text

    _to_stderr((error_to_json if asks_for_json(arguments) else error_to_text)(error))
    return error.exit_code


def _to_stderr(text: str) -> None:
    # Where stderr is full too, the exit code still says what happened.
    with suppress(OSError):
        # A terminal shows ^C at the key, and this line takes its place.
        over = "\r" if text == "interrupted" and sys.stderr and sys.stderr.isatty() else ""
        typer.echo(f"{over}{text}", err=True)


def _tell_usage(error: typer.TyperException, arguments: list[str]) -> int:
    from zumik.cli.meant_command import meant_command

    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message())
        return 2
    path = context.command_path if context else "zumik"
    message, hint = error.format_message(), f"{path} --help"
    meant = meant_command(message, path.removeprefix("zumik").strip(), arguments)
    if meant:
        message, hint = message.partition(" Did you mean")[0], f"did you mean: {meant}"
    return _tell(UsageError(message, hint=hint), arguments)
