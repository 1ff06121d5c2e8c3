"""`zumik replay`: do logged decisions follow from the releases they name?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, json_text, stdin, tell, terminal_style
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.decisions.decision import NoCandidate, resolve
from zumik.core.decisions.log_line import MAX_LINE_BYTES, LogLine, UnreadableLine, read_log_line
from zumik.core.decisions.replay import Replay, Verdict, replay
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, IntegrityError, UsageError, ZumikError
from zumik.reports.decision_report import (
    counts_to_text,
    differences_to_text,
    replay_to_json,
    replay_to_text,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)

Against = Callable[[AliasName], VerifiedRelease]


@dataclass
class Tally:
    """What a replay of many lines comes to."""

    verdicts: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    broken: bool = False
    against: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def exit_code(self) -> int:
        """5 where bytes were not intact, 3 where a line diverged, 4 where one could not be told."""
        if self.broken:
            return 5
        if self.verdicts[Verdict.DIVERGED.value]:
            return 3
        return 4 if self.unreadable or self.verdicts[Verdict.UNREPLAYABLE.value] else 0


@app.command("replay")
def replay_logs(
    context: typer.Context,
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LOGS|LINE|-]...", help="JSONL files, a log line, or - for stdin."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REFERENCE|RELEASE|live",
            help="Also answer each logged request from there, and count what would differ.",
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Replay logged decisions: reproduced, consistent, diverged or unreplayable, and why.

    Exits with 3 where a line diverged, 4 where one could not be read or replayed, 5 where a
    release's bytes are not intact.
    """
    session = session_of(context)
    other = _against(session, against) if against else None
    lookup = _remembered(session.store.release)
    tally = Tally()
    for number, data in _lines(logs or ["-"]):
        try:
            line = read_log_line(data)
        except UnreadableLine as error:
            tally.unreadable += 1
            tell(f"{number:>6}  unreadable: {error.message}")
            continue
        found = replay(line, lookup)
        tally.verdicts[found.verdict.value] += 1
        tally.broken |= isinstance(found.cause, IntegrityError)
        _show(session, number, found, form)
        if other is not None:
            tally.against[_compared(line, other)] += 1
    _show_tally(session, tally, form)
    return tally.exit_code


def _lines(logs: list[str]) -> Iterator[tuple[int, bytes]]:
    """The lines of all logs, numbered through; a line given as an argument is one."""
    number = 0
    for log in logs:
        if log.lstrip().startswith("{"):
            number += 1
            yield number, log.encode("utf-8", "surrogateescape")
            continue
        with _opened(log) as file:
            for line in _bounded_lines(file):
                number += 1
                if line.strip():
                    yield number, line


def _opened(log: str) -> IO[bytes]:
    if log == "-":
        return stdin()
    try:
        return Path(log).open("rb")
    except OSError as error:
        raise CannotRun(
            f"cannot read {log}: {error.strerror}",
            hint="a file of log lines, a log line in quotes, or - for stdin",
        ) from None


def _bounded_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines, of which a monstrous one is cut so that it is refused and memory stays bounded."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def _remembered(
    lookup: Callable[[ReleaseId], VerifiedRelease],
) -> Callable[[ReleaseId], VerifiedRelease]:
    """A look-up that reads and verifies each release once."""
    found: dict[ReleaseId, VerifiedRelease] = {}

    def remembered(release: ReleaseId) -> VerifiedRelease:
        if release not in found:
            found[release] = lookup(release)
        return found[release]

    return remembered


def _against(session: Session, text: str) -> Against:
    """The release that answers instead, for each alias."""
    store = session.store
    if text == "live":
        return store.live_release
    if text.startswith("alr_"):
        source = store.release(ReleaseId(text))
        return lambda _: source
    reference = Reference.parse(text)
    if reference.alias is None:
        raise UsageError("--against takes a release, an alias or live", hint="--against live")
    alias = reference.alias
    chosen = store.release(reference.release) if reference.release else store.live_release(alias)
    return lambda _: chosen


def _compared(line: LogLine, other: Against) -> tuple[str, str]:
    """The model that was logged, and the one that the other release gives."""
    then = line.model or "-"
    if line.reference.alias is None:
        return then, then
    try:
        alias = line.reference.alias
        return then, resolve(other(alias), alias, line.request or NOTHING_ASKED).model
    except NoCandidate:
        return then, "no candidate"
    except ZumikError as error:
        return then, error.message


def _show(session: Session, number: int, found: Replay, form: Format) -> None:
    if form is Format.JSON:
        typer.echo(json_text({"line": number, **replay_to_json(found)}))
    else:
        typer.echo(replay_to_text(number, found, terminal_style()))


def _show_tally(session: Session, tally: Tally, form: Format) -> None:
    counted = counts_to_text(tally.verdicts, tally.unreadable)
    moved = [(n, pair) for pair, n in tally.against.most_common() if pair[0] != pair[1]]
    if form is Format.JSON:
        tell(counted)
        for count, (then, other) in moved:
            typer.echo(json_text({"against": other, "then": then, "lines": count}))
        return
    typer.echo(counted)
    if tally.against:
        total = sum(n for n, _ in moved)
        typer.echo(f"{total:,} would be answered by another model")
        if moved:
            typer.echo(
                differences_to_text([(f"{n:,}", *pair) for n, pair in moved], terminal_style())
            )
