"""The hint under a file that was changed: how to bring it back."""

from __future__ import annotations

from zumik.core.basics.tree import Tree

BRINGS_ALL = "git sparse-checkout disable brings all folders"
"""What a person does about a folder, or a file, that a sparse checkout leaves out."""


def restore_hint(tree: Tree, path: str, then: str = "git log shows who changed it") -> str:
    """How to bring a file back, and what `then` holds or is to do; "" for nothing more.

    Where git has no file of this name, no command brings it back, and nothing follows.
    """
    command = tree.restore_command(path)
    if command is None:
        return "git has no file of this name: restore a backup, or remove it"
    return f"restore it: {command}" + (f"; {then}" if then else "")
