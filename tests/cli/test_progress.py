"""Progress: a bar on stderr for a person who watches, and nothing at all for a pipe."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Event

import pytest
from tests.cli.conversation import Desk

from zumik.cli import progress
from zumik.cli.progress import waiting, watched, watched_files
from zumik.logs.files.log_files import Seen


class Terminal(io.StringIO):
    """What is written to it; `shown` is set once `words` are."""

    def __init__(self, words: str | None = None) -> None:
        super().__init__()
        self._words = words
        self.shown = Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._words is not None and self._words in text:
            self.shown.set()
        return super().write(text)


def a_watched_terminal(monkeypatch: pytest.MonkeyPatch, words: str | None = None) -> Terminal:
    """The stderr of a person who watches. No fixture: pytest sets stderr again before a test."""
    screen = Terminal(words)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_items_pass_unchanged(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(watched("abc", "letters", 3)) == ["a", "b", "c"]
    assert list(watched_files(_read, "letters", lambda: 3)) == ["a", "b", "c"]


def test_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = a_watched_terminal(monkeypatch)
    list(watched("abc", "letters", 3))
    assert "letters" in screen.getvalue()


@pytest.mark.parametrize("size", [3, None])
def test_files_show_items_their_rate_and_the_time_left(
    size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = a_watched_terminal(monkeypatch)
    assert list(watched_files(_read, "letters", lambda: size)) == ["a", "b", "c"]
    shown = screen.getvalue()
    assert "letters" in shown
    assert "/s" in shown
    assert ("100%" in shown) is (size is not None)


def test_what_is_counted_beside_the_items_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = a_watched_terminal(monkeypatch)

    def read(seen: Seen) -> Iterator[str]:
        seen(2, 4_000)
        yield "a"
        seen(1, 1_000)

    assert list(watched_files(read, "lines", lambda: 3, counts_items=False)) == ["a"]
    assert "5,000 lines, " in screen.getvalue()
    assert "/s" in screen.getvalue()


def test_until_the_first_lines_are_counted_the_bar_says_that_it_prepares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = a_watched_terminal(monkeypatch, "preparing, which takes")

    def read(seen: Seen) -> Iterator[str]:
        assert screen.shown.wait(60)
        assert "0 lines" not in screen.getvalue()
        seen(1, 1_000)
        yield "a"

    assert list(watched_files(read, "lines", lambda: 1, counts_items=False)) == ["a"]
    assert "1,000 lines" in screen.getvalue()


def test_the_time_before_the_first_is_no_part_of_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    rate = progress._Rate("lines")
    now[0] = 10.0
    rate.add(1_000)
    assert str(rate) == "1,000 lines"
    now[0] = 12.0
    rate.add(500)
    assert str(rate) == "1,500 lines, 250/s"


def test_bar_takes_the_place_of_the_words_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = a_watched_terminal(monkeypatch, "checking")
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    with waiting("checking"):
        assert screen.shown.wait(60)
        assert list(watched_files(_read, "letters", lambda: 3)) == ["a", "b", "c"]
    bar = screen.getvalue().index("letters")
    assert "checking" not in screen.getvalue()[bar:]


def test_results_on_the_same_terminal_have_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = a_watched_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", screen)
    list(watched_files(_read, "letters", lambda: 3, beside_results=True))
    assert screen.getvalue() == ""


def _read(seen: Seen) -> Iterator[str]:
    for letter in "abc":
        seen(1)
        yield letter


def test_pipe_shows_nothing_and_loads_no_rich() -> None:
    code = (
        "import sys; from zumik.cli.progress import watched; list(watched('abc', 'letters', 3)); "
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_second_of_work_is_named_while_a_person_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = a_watched_terminal(monkeypatch, "checking")
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    with waiting("checking"):
        assert screen.shown.wait(60)
    assert "checking …" in screen.getvalue()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (("status",), "looking at what is live"),
        (("validate",), "validating"),
        (("bundle", "--ref", "HEAD", "-o", "live.json"), "reading releases"),
        (("release", "create", "--allow-unchanged"), "freezing"),
        (("catalog", "refresh", "--dry-run"), "reading own:none.csv"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_command_that_may_take_a_second_names_its_work(
    command: tuple[str, ...],
    what: str,
    desk_after: Callable[[str], Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, said = desk_after("promoted"), []

    @contextmanager
    def noted(text: str) -> Iterator[None]:
        said.append(text)
        yield

    monkeypatch.setattr(import_module(f"zumik.cli.{command[0]}"), "waiting", noted)
    with (desk.releases / "zumik.yaml").open("a") as settings:
        settings.write("sources: ['own:none.csv']\n")
    desk.zumik(*command)
    assert said == [what]


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_work_that_is_done_at_once_shows_nothing(
    term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", screen)
    with waiting("checking"):
        pass
    with pytest.raises(KeyError), waiting("checking"):
        raise KeyError
    assert screen.getvalue() == ""
