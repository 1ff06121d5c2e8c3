"""The two parsers of YAML, libyaml and PyYAML's own, in one form: text in, events out.

Both give the same events with the same offsets, libyaml many times as fast. Only its parser is
used: its composer calls itself for each nested list, and a file of a million brackets crashes it.
"""

from __future__ import annotations

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


class _PythonParser(yaml.SafeLoader):
    """PyYAML's parser, with a short answer to what its scanner asks most often."""

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
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    for token in yaml.scan(text, Loader=loader):
        yield token.start_mark.index, token.end_mark.index
