"""The two painters: the same words, drawn to a terminal's width or plain for a pipe."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zumik.reports.blocks import (
    Column,
    Excerpt,
    Fields,
    Table,
    bad,
    good,
    quiet,
    spans,
    strong,
    without_marks,
)
from zumik.reports.plain import plain
from zumik.reports.terminal import terminal
from zumik.reports.text import safe

ID = Column("model", identifier=True)
TABLE = Table(
    (Column("alias"), ID, Column("cost\nper request", number=True), Column("retires")),
    [
        [strong("code.fast"), "provider/a-model-with-a-very-long-name:high", "$1,234.5", "-"],
        ["auto", "acme/small", "-"],
    ],
)


def test_plain_aligns_what_shows_and_keeps_every_column() -> None:
    assert plain([[TABLE]]).splitlines() == [
        "alias      model                                        cost per request  retires",
        "code.fast  provider/a-model-with-a-very-long-name:high          $1,234.5  -",
        "auto       acme/small                                                  -",
    ]


def test_a_terminal_shortens_identifiers_in_the_middle_and_drops_empty_columns() -> None:
    assert terminal([[TABLE]], 50, colour=False).splitlines() == [
        "alias      model                              cost",
        "                                       per request",
        "code.fast  provider/a-m…ong-name:high     $1,234.5",
        "auto       acme/small                            -",
    ]


def test_a_remark_goes_below_its_row_before_a_name_is_shortened_for_it() -> None:
    columns = (Column("alias"), ID, Column("answers", identifier=True), Column(""))
    fast = "openai/gpt-5.4-mini"
    rows = [
        [strong("auto"), fast, fast, bad("DRAIN IGNORED: no other model could answer")],
        [strong("code.fast"), fast, "google/gemini-3.5-flash-lite"],
        ["embed", fast, fast, quiet("as before")],
    ]
    assert terminal([[Table(columns, rows)]], 72, colour=False).splitlines() == [
        "alias      model                answers",
        "auto       openai/gpt-5.4-mini  openai/gpt-5.4-mini",
        "    DRAIN IGNORED: no other model could answer",
        "code.fast  openai/gpt-5.4-mini  google/gemini-3.5-flash-lite",
        "embed      openai/gpt-5.4-mini  openai/gpt-5.4-mini           as before",
    ]


def test_a_head_is_not_broken_inside_a_word_while_a_narrow_gap_makes_room() -> None:
    heads = ("calls", "reproduced", "diverged", "unreplayable")
    columns = (
        Column("alias", whole=True),
        Column("release", whole=True),
        *(Column(head, number=True) for head in heads),
    )
    rows = [("(a model by name)", "alr_2026_06_09_003", "19,984", "19,847", "117", "20")]
    assert terminal([[Table(columns, rows, 2)]], 80, colour=False).splitlines() == [
        "  alias             release             calls reproduced diverged unreplayable",
        "  (a model by name) alr_2026_06_09_003 19,984     19,847      117           20",
    ]


def test_fields_are_wrapped_below_their_own_beginning() -> None:
    fields = Fields([("why", "the lowest cost of all that were ranked")])
    assert terminal([[fields]], 30, colour=False).splitlines() == [
        "  why      the lowest cost of",
        "           all that were",
        "           ranked",
    ]
    assert plain([[fields]]) == "  why      the lowest cost of all that were ranked"


def test_a_caret_stays_below_its_fault_where_the_line_is_cut() -> None:
    excerpt = Excerpt(7, "x" * 90 + "FAULT" + "y" * 90, 90, 5)
    source, carets = terminal([[excerpt]], 60, colour=False).splitlines()
    assert len(source) <= 60
    assert source[carets.index("^") :][:5] == "FAULT"
    plain_source, plain_carets = plain([[excerpt]]).splitlines()
    assert plain_source[plain_carets.index("^") :][:5] == "FAULT"


def test_meaning_is_colour_on_a_terminal_and_nothing_in_a_pipe() -> None:
    text = f"{good('intact')}, {bad('not clean')}, {quiet('later')}"
    assert plain([[text]]) == "intact, not clean, later"
    assert terminal([[text]], 80, colour=False) == "intact, not clean, later"
    assert terminal([[text]], 80, colour=True) == (
        "\x1b[32mintact\x1b[0m, \x1b[31mnot clean\x1b[0m, \x1b[2mlater\x1b[0m"
    )


def test_empty_text_has_no_meaning() -> None:
    assert bad("") == ""


def test_brackets_are_no_markup() -> None:
    text = "[bold]x[/bold] [link=http://x]y[/link] :smile:"
    assert terminal([[text]], 80, colour=True) == text


@given(st.text())
def test_text_from_outside_makes_no_mark(text: str) -> None:
    assert list(spans(safe(text))) == ([(safe(text), ())] if text else [])
    assert without_marks(safe(text)) == safe(text)


@given(st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_table_stays_in_its_width(cells: list[list[str]]) -> None:
    from rich.cells import cell_len

    rows = [[safe(cell) for cell in row] for row in cells]
    table = Table((Column("a"), ID, Column("")), rows)
    for line in terminal([[table]], 80, colour=False).splitlines():
        assert cell_len(line) <= 80
