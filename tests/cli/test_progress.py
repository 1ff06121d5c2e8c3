"""Progress: a bar on stderr for a person who watches, and nothing at all for a pipe."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from zumik.cli.progress import beside_results, watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_items_pass_unchanged(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(watched("abc", "letters", 3)) == ["a", "b", "c"]
    assert list(beside_results("abc", "letters")) == ["a", "b", "c"]


def test_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    list(watched("abc", "letters", 3))
    assert "letters" in screen.getvalue()


def test_results_on_the_same_terminal_have_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", screen)
    list(beside_results("abc", "letters"))
    assert screen.getvalue() == ""


def test_pipe_shows_nothing_and_loads_no_rich() -> None:
    code = (
        "import sys; from zumik.cli.progress import watched; list(watched('abc', 'letters', 3)); "
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
