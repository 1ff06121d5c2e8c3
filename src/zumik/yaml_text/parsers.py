"""The two parsers of YAML, libyaml and PyYAML's own, in one form: text in, events out.

Both give the same events with the same offsets, libyaml many times as fast. Only its parser is
used: its composer calls itself for each nested list, and a file of a million brackets crashes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

ERRORS = (yaml.YAMLError, ValueError, OverflowError)
"""What the parsers raise. PyYAML's passes the number in a `\\U` escape to chr() unchecked."""


class SyntaxRefusal(NamedTuple):
    """Where a parser gave up: what it was doing, where that began, and the offset it had reached.

    An error without a place has offsets of None.
    """

    context: str | None
    begin: int | None
    at: int | None


def refusal(error: Exception) -> SyntaxRefusal:
    """What a parser's error says."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return SyntaxRefusal(None, None, None)
    at = error.problem_mark.index if error.problem_mark else None
    return SyntaxRefusal(error.context, error.context_mark.index if error.context_mark else at, at)


GLUED_COMMENT = "while scanning a comment without a space before it"
"""The context of a refusal that PyYAML's parser has from us."""

_LAST_IN_LINE = re.compile(r"[ \t]*(?=\r?\n|#|\0)")
_SPACES = re.compile(r"[ \t]*")


class _PythonParser(yaml.SafeLoader):
    """PyYAML's parser, with a short answer to what its scanner asks most often.

    Between tokens it takes a tab for a space where no reader can take it for indentation: inside
    brackets, as in JSON, and where only a comment or nothing follows in the line.
    """

    def scan_to_next_token(self) -> None:
        """Skip to the next token; refuses a comment that stands right after a token."""
        if self.peek() == "#" and self.pointer and self.buffer[self.pointer - 1] not in " \t\n":
            # The rules of YAML ask for a space; PyYAML and libyaml do not.
            mark = self.get_mark()
            raise yaml.scanner.ScannerError(GLUED_COMMENT, mark, None, mark)
        super().scan_to_next_token()
        while self.peek() == "\t":
            spaces = _SPACES if self.flow_level else _LAST_IN_LINE
            skipped = spaces.match(self.buffer, self.pointer)
            if skipped is None:
                break
            self.forward(skipped.end() - self.pointer)
            super().scan_to_next_token()

    def need_more_tokens(self) -> bool:
        """No, where a token is ready that no key can come before, which is nearly always."""
        if self.tokens and not self.possible_simple_keys:
            return False
        return bool(super().need_more_tokens())


def python_events(text: str) -> Callable[[], Any]:
    """PyYAML's events, one a call, then None. A call raises one of ERRORS at a fault."""
    next_event: Callable[[], Any] = _PythonParser(text).get_event
    return next_event


def libyaml_events(text: str) -> Callable[[], Any] | None:
    """libyaml's events, one a call, then None; no events where PyYAML was built without it."""
    if not yaml.__with_libyaml__:
        return None
    next_event: Callable[[], Any] = yaml.CSafeLoader(text).get_event
    return next_event


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """First offset and the one after the last of each token of a text that was read before."""
    # libyaml refuses some of the tabs that are read.
    fast = yaml.__with_libyaml__ and "\t" not in text
    loader = yaml.CSafeLoader if fast else _PythonParser
    for token in yaml.scan(text, Loader=loader):
        yield token.start_mark.index, token.end_mark.index
