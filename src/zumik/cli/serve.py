"""`zumik serve`: answer over HTTP what is live, read-only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import stdin, tell
from zumik.core.basics.times import span_from_text
from zumik.errors import CannotRun, UsageError

if TYPE_CHECKING:
    import socket

    from zumik.serve.alias_routes import Histories
    from zumik.serve.asgi import Authentication
    from zumik.serve.state import ServeState

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("serve")
def serve(
    context: typer.Context,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="Answer from a bundle, not the workspace."),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="All but loopback need --api-keys.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0 takes any free port.")
    ] = 8642,
    api_keys: Annotated[
        Path | None,
        typer.Option("--api-keys", metavar="FILE", help="Hashes of the accepted keys."),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Answer callers without a key too.")
    ] = False,
    list_aliases: Annotated[
        bool, typer.Option("--list-aliases", help="List aliases in /v1/models.")
    ] = False,
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age", metavar="SPAN", help="Not ready if the bundle is older: 90s, 1h."
        ),
    ] = None,
    max_degraded: Annotated[
        str | None,
        typer.Option(
            "--max-degraded",
            metavar="SPAN",
            help="Not ready if new files could not be used for so long.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="Another name of a server on loopback; repeatable."
        ),
    ] = None,
    docs: Annotated[
        bool, typer.Option("--docs", help="Serve /docs, a page with scripts of another site.")
    ] = False,
    hash_key: Annotated[
        str | None,
        typer.Option(
            "--hash-key", metavar="NAME", help="Read a key on stdin, print its line, and stop."
        ),
    ] = None,
) -> int:
    """Serve models and aliases over HTTP, read-only.

    /v1/models answers as OpenAI's does; everything about aliases is under /v2. With the extra
    pages, / has the pages of zumik pages build, always of now; in a browser a key is the password.
    Reads a new bundle or a change in the workspace without a restart. Shows models of confidential
    providers only to callers with a key. Exits with 0 on SIGTERM, 130 on Ctrl-C.
    """
    _require_extra()
    if hash_key is not None:
        return _print_key(hash_key)
    from zumik.serve.routes import new_application
    from zumik.serve.server import bound, run

    authentication = _gate(api_keys, no_auth)
    served = _served(session_of(context), bundle, max_age, max_degraded, list_aliases)
    listening = bound(host, port)
    try:
        _require_gate(listening, authentication, no_auth)
        _tell_start(listening, served, bundle, authentication)
        hosts = _further_hosts(listening, allow_host)
        made = new_application(served, authentication, docs=docs, hosts=hosts)
        return run(made, listening)
    finally:
        listening.close()


def _require_extra() -> None:
    """Raises CannotRun where a package of the extra is not installed."""
    from importlib.util import find_spec

    missing = [
        name
        for name in ("starlette", "uvicorn", "httptools", "prometheus_client")
        if find_spec(name) is None
    ]
    if missing:
        raise CannotRun(f"serving needs {', '.join(missing)}", hint="pip install 'zumik[serve]'")


def _print_key(name: str) -> int:
    from zumik.serve.api_keys import MAX_KEY, hashed

    typer.echo(hashed(name, stdin().read(MAX_KEY + 2)))
    return 0


def _gate(api_keys: Path | None, no_auth: bool) -> Authentication:
    from zumik.serve.api_keys import KeyFile
    from zumik.serve.asgi import Authentication

    if api_keys is None:
        return Authentication()
    return Authentication(KeyFile(api_keys.absolute()), optional=no_auth)


def _further_hosts(listening: socket.socket, allow_host: list[str] | None) -> frozenset[str] | None:
    """The names that a caller may ask beside those of loopback; None where it is not loopback."""
    from zumik.serve.server import is_loopback

    if not is_loopback(listening):
        return None
    return frozenset(name.lower().removesuffix(".") for name in allow_host or ())


def _served(
    session: Session,
    bundle: Path | None,
    max_age: str | None,
    max_degraded: str | None,
    list_aliases: bool,
) -> ServeState:
    from zumik.resolver import Resolver
    from zumik.serve.state import ServeState

    span = _span("--max-age", max_age)
    degraded = _span("--max-degraded", max_degraded)
    if bundle is not None:
        resolver = Resolver.from_bundle(bundle.absolute())
        return ServeState(resolver, max_age=span, max_degraded=degraded, list_aliases=list_aliases)
    if span is not None:
        raise UsageError("--max-age is for a bundle", hint="drop --max-age: a workspace has no age")
    root = session.store.root
    resolver = Resolver.from_workspace(root)
    return ServeState(
        resolver,
        root=root,
        histories=_histories(root),
        max_degraded=degraded,
        list_aliases=list_aliases,
    )


def _histories(root: Path) -> Histories:
    from zumik.actions.live.landed_pointers import LandedPointers

    return lambda: LandedPointers(Session(root))


def _span(option: str, text: str | None) -> timedelta | None:
    if text is None:
        return None
    try:
        return span_from_text(text)
    except ValueError:
        raise UsageError(f"{option} takes a span", hint="90s, 15m, 1h or 2d") from None


def _require_gate(listening: socket.socket, authentication: Authentication, no_auth: bool) -> None:
    from zumik.serve.api_keys import HINT
    from zumik.serve.server import is_loopback, url_of

    if is_loopback(listening) or authentication.keys is not None or no_auth:
        return
    raise UsageError(
        f"other machines can reach {url_of(listening)}, and no keys are set",
        hint=f"--api-keys FILE, where {HINT}; or --no-auth to answer everyone",
    )


def _tell_start(
    listening: socket.socket,
    served: ServeState,
    bundle: Path | None,
    authentication: Authentication,
) -> None:
    from zumik.reports.text import plural
    from zumik.serve.server import is_loopback, url_of

    view = served.view
    live = sum(view.live(alias) is not None for alias in view.bundle.pointers)
    what = f"{plural(live, 'live alias', 'live aliases')}, {plural(len(view.models), 'model')}"
    source = f"the bundle {bundle}" if bundle is not None else "the work tree"
    tell(f"zumik serve: {url_of(listening)}, {what}, from {source}")
    if authentication.keys is not None and not authentication.optional:
        return
    if not is_loopback(listening):
        tell(
            "warning: --no-auth: everyone who reaches this address can read aliases, releases, "
            "models, prices and metrics; those of confidential providers need a key"
        )
    elif view.hides and authentication.keys is None:
        tell("what is confidential is hidden: --api-keys FILE shows it to callers with a key")
