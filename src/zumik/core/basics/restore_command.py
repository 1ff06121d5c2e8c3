"""The command that brings a file back as git has it."""

from __future__ import annotations

TOP = ":/"
"""What git reads as the top of the work tree, wherever in it a command runs."""


def restore_command(path: str, *, directory: str = ".", revision: str = "HEAD") -> str:
    """`git -C DIRECTORY checkout REVISION -- PATH`, quoted for a shell.

    The path is seen from the directory, or from the top of the repository after `:/`. A revision is
    named so that a file comes back even where its removal, or the wrong bytes, are staged; an empty
    one means the index, for a file that was never committed.
    """
    # Imported here because most commands finish without anything to restore.
    from shlex import quote

    if not path.isprintable():
        # No shell is given control characters; its directory brings the file back as well.
        parent = path.rpartition("/")[0]
        path = parent if parent.isprintable() and parent not in ("", ":") else TOP
    git = "git" if directory == "." else f"git -C {quote(directory)}"
    words = ["checkout", *([quote(revision)] if revision else []), "--", quote(path)]
    return f"{git} {' '.join(words)}"
