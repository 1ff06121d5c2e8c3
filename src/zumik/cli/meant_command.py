"""The command that was meant, where a person typed one that does not exist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from shlex import join

from zumik.cli.examples import EXAMPLES

_NO_SUCH = re.compile(r"No such command '(.*?)'\.")
_ALSO = {"freeze": "release create", "revert": "alias rollback", "lint": "validate"}
"""Words by which people look for a command."""

_MOST = 3


def meant_command(message: str, group: str, arguments: Sequence[str]) -> str | None:
    """The whole command as it was meant, or the few that it can be; None where none is close.

    `message` is typer's, `group` the words before the unknown one, and `arguments` all that was
    typed after `zumik`.
    """
    found = _NO_SUCH.match(message)
    if found is None or found[1] not in arguments:
        return None
    names = _meant(found[1], group)
    if len(names) != 1:
        return ", ".join(f"zumik {name}" for name in names[:-1]) + (
            f" or zumik {names[-1]}" if names else ""
        )
    at = arguments.index(found[1])
    before = [*arguments[:at]]
    for word in reversed(group.split()):
        if before and before[-1] == word:
            before.pop()
    return f"zumik {join([*before, *names[0].split(), *arguments[at + 1 :]])}"


def _meant(word: str, group: str) -> list[str]:
    """The commands that a word can mean: those of its group first, then any of that last word."""
    if word in _ALSO:
        return [_ALSO[word]]
    own = {name.rpartition(" ")[2]: name for name in EXAMPLES if name.rpartition(" ")[0] == group}
    close = get_close_matches(word[:40], list(own), n=1, cutoff=0.7)
    if close:
        return [own[close[0]]]
    last: dict[str, list[str]] = {}
    for name in EXAMPLES:
        if " " in name or group:
            last.setdefault(name.rpartition(" ")[2], []).append(name)
    close = get_close_matches(word[:40], list(last), n=1, cutoff=0.7)
    return last[close[0]][:_MOST] if close else []
