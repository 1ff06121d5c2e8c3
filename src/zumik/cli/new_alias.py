"""`zumik alias new`: a policy file for a new alias, from options or from a person's answers."""

from __future__ import annotations

from collections.abc import Callable
from shlex import join
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from zumik.cli.context import session_of, writer
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, emit, people_at_terminal, tell
from zumik.errors import AnswerIsNo, UsageError

if TYPE_CHECKING:
    from zumik.actions.authoring.new_alias import KnownWords, Wanted

Answer = TypeVar("Answer")


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As in support.eu.")],
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What it is for.")
    ] = None,
    candidates: Annotated[
        list[str] | None,
        typer.Option(
            "--candidates", metavar="GLOBS", help="Who may answer, as in 'openai/*'; else all."
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="GLOBS", help="Which of these may not."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            metavar="WHAT",
            help="tools, data_residency=EU, context_tokens=128000, 'expected_cost<=0.05'; "
            "repeatable.",
        ),
    ] = None,
    workload: Annotated[
        list[str] | None,
        typer.Option(
            "--workload",
            metavar="TOKENS",
            help="A usual request: input_tokens=4000,output_tokens=800.",
        ),
    ] = None,
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            "--prefer",
            metavar="WORD",
            help="expected_cost, listed, a measure or a metric, 'quality.coding within 10%'; "
            "repeatable, the first counts first.",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write the policy file of a new alias, and plan it.

    At a terminal it asks for what no option gives. The file is checked, and planned against the
    catalog, before it is written: where no model would win, it is not written, the plan says who
    fails what, and the exit code is 3. Commits nothing.
    """
    from zumik.actions.authoring.new_alias import Wanted, names_of, new_alias
    from zumik.reports.new_alias_report import (
        new_alias_notes,
        new_alias_report,
        new_alias_to_json,
        no_winner_hint,
    )

    wanted = Wanted(
        name,
        names_of(prefer or []),
        names_of(candidates or []),
        names_of(exclude or []),
        require or [],
        workload or [],
        description,
    )
    if not wanted.prefer and people_at_terminal():
        wanted = _asked(context, wanted)
        tell(f"\nas a command: {_command(wanted)}\n")
    elif not wanted.prefer:
        raise UsageError(
            "--prefer says which of the candidates is best, and is missing",
            hint=f"zumik alias new {name} --candidates '*' --prefer expected_cost "
            "--workload input_tokens=4000,output_tokens=800",
        )
    made = new_alias(writer(context, "alias new", dry_run=dry_run), wanted, dry_run=dry_run)
    emit(form, "new-alias", lambda: new_alias_report(made), lambda: new_alias_to_json(made))
    if made.plan.winner_after is None:
        raise AnswerIsNo(
            f"no model would win {name}; nothing was written",
            hint=no_winner_hint(made),
        )
    tell(new_alias_notes(made))


def _asked(context: typer.Context, wanted: Wanted) -> Wanted:
    """What a person wants, asked in the order of a policy file; Enter takes what is in brackets."""
    from zumik.actions.authoring.new_alias import known_words, names_of

    known = known_words(session_of(context), wanted.name)
    tell(
        f"{wanted.name}: Enter takes what is in brackets; nothing is written before the last answer"
    )
    if wanted.description is None:
        answer = _answer("what is it for", "", str)
        wanted = wanted._replace(description=answer or None)
    if not wanted.candidates:
        offered = ", ".join(f"{name}/* ({count})" for name, count in known.providers.items())
        tell(f"  models: {offered}; or one, as zumik catalog list has it")
        answers = _answer(
            "who may answer, with commas between",
            "*",
            lambda text: names_of([text]),
            known.require_models,
        )
        wanted = wanted._replace(candidates=answers)
    if not wanted.require:
        tell(f"  capabilities: {', '.join(known.capabilities)}")
        tell(f"  or as in {', '.join([*known.places[:6], 'context_tokens=128000', 'input=image'])}")
        needs = _answer("what must they have, with spaces between", "", _needs, known.judge)
        wanted = wanted._replace(require=needs)
    tell(f"  {', '.join([*known.words, *known.metrics[:8]])}; listed is the order as written")
    prefer = _answer(
        f"what makes one better{_example(known)}",
        "listed" if "*" not in "".join(wanted.candidates) else "expected_cost",
        lambda text: names_of([text]),
        lambda words: known.need_workload(words, wanted.require),
    )
    wanted = wanted._replace(prefer=prefer)
    if not wanted.workload and known.need_workload(prefer, wanted.require):
        tell("  a usual request, which cost is counted by; zumik logs workload LOGS measures it")
        tokens = [
            f"{name}_tokens={_answer(f'{name} tokens', None, _count)}"
            for name in ("input", "output")
        ]
        wanted = wanted._replace(workload=tokens)
    return wanted


def _needs(text: str) -> list[str]:
    """Requirements with spaces between, or commas, as the list of capabilities is shown."""
    words = [word.strip(",") for word in text.split()]
    # A comma within a requirement is of its values: data_residency=EU,CH.
    apart = (part for word in words for part in ([word] if "=" in word else word.split(",")))
    return [part for part in apart if part]


def _count(text: str) -> int:
    """Raises ValueError for what is no number of tokens."""
    if not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _example(known: KnownWords) -> str:
    """A preference that this policy can have, as a person would type it."""
    quality = next((word for word in known.words if word.startswith("quality")), None)
    best = quality or next(iter(known.metrics), None)
    return f", as in {best} within 10%, expected_cost" if best else ""


def _answer(
    question: str,
    default: str | None,
    read: Callable[[str], Answer],
    judge: Callable[[Answer], object] = lambda answer: None,
) -> Answer:
    """An answer that can be read and judged; else the question again, with what is wrong."""
    while True:
        text = typer.prompt(question, default=default, show_default=bool(default), err=True)
        try:
            answer = read(text.strip())
            judge(answer)
        except UsageError as error:
            tell(f"  {error.message}; {error.hint}")
        except ValueError:
            tell("  a whole number")
        else:
            return answer


def _command(wanted: Wanted) -> str:
    """The command that gives these answers as options."""
    words = ["zumik", "alias", "new", wanted.name]
    if wanted.description:
        words += ["--description", wanted.description]
    for option in ("candidates", "exclude", "require", "workload", "prefer"):
        for value in getattr(wanted, option):
            words += [f"--{option}", value]
    return join(words)
