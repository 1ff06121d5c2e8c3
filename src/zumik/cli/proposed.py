"""The commands that a hint proposes, completed so that they run from where the person stands.

A text names a command as it is run inside the workspace. Who works from elsewhere, with
`--workspace`, gets it with that option, and git's commands with the repository that they are for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from shlex import join, quote

from zumik.actions.session import repository_elsewhere

_LINE = re.compile(
    r"\s*(?:hint|next|not done|to undo|to move it all the same|way to traffic): "
    r"|.*(?:: git (?:pull|merge \S+|add .+ && git commit)$|\bwith: zumik )"
)
_QUOTED = re.compile(r"('[^']*')")
_GIT = re.compile(
    r"(?<![\w./-])git (?=(?:add|branch|checkout|cherry-pick|commit|config|diff|fetch|log|merge|"
    r"pull|push|rebase|remote|restore|revert|rm|sparse-checkout|status|switch)\b)"
)


class Standing:
    """Where this run's person stands: `workspace` is what they typed after `--workspace`."""

    workspace: Path | None = None
    arguments: Sequence[str] = ()


def begin(arguments: Sequence[str]) -> None:
    """Remember the command that a person typed, after `zumik`."""
    Standing.workspace, Standing.arguments = None, tuple(arguments)


def typed_again(option: str, value: str) -> str:
    """The command that the person typed, with an option; what the option had before is dropped."""
    # Imported here because few runs end in such a hint.
    from zumik.core.basics.display import neutral

    words, kept = iter(Standing.arguments), list[str]()
    for word in words:
        if word == option:
            next(words, None)
        elif not word.startswith(f"{option}="):
            kept.append(word)
    # After `--` it would be an argument.
    end = kept.index("--") if "--" in kept else len(kept)
    return f"zumik {neutral(join([*kept[:end], option, value, *kept[end:]]))}"


def stand(workspace: Path | None) -> None:
    """Remember what the person typed. A workspace that the environment names stays named there."""
    named = os.environ.get("ZUMIK_WORKSPACE") == str(workspace)
    Standing.workspace = None if named else workspace


def from_here(text: str) -> str:
    """A text with each command that it proposes as it runs from where the person stands."""
    workspace = Standing.workspace
    if workspace is None:
        return text
    # Imported here because the entry point imports this module, and most texts need neither.
    from zumik.cli.main import COMMANDS
    from zumik.core.basics.display import neutral

    # `init` names its directory itself.
    names = "|".join(name for name in COMMANDS if name != "init")
    zumik = re.compile(rf"(?<![\w./-])zumik (?=(?:{names})\b)")
    root = repository_elsewhere(workspace)

    def completed(words: str) -> str:
        option = neutral(quote(str(workspace)))
        words = zumik.sub(lambda _: f"zumik --workspace {option} ", words)
        if root is None:
            return words
        return _GIT.sub(lambda _: f"git -C {neutral(quote(str(root)))} ", words)

    def line_of(line: str) -> str:
        if not _LINE.match(line):
            return line
        # What is quoted is an argument, such as a person's reason, and stays as it is.
        parts = _QUOTED.split(line)
        return "".join(part if index % 2 else completed(part) for index, part in enumerate(parts))

    return "\n".join(line_of(line) for line in text.split("\n"))
