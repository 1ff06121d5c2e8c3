"""The setting `live_ref` alone, found in the text of `zumik.yaml` without a YAML reader.

`explain` and `resolve` say what has landed, and loading PyYAML would take longer than the rest of
them. A form that this does not find is only not looked at: every command that changes something
reads all settings, strictly.
"""

from __future__ import annotations

import re

from zumik.core.basics.tree import MARKER, Tree
from zumik.errors import ZumikError

_MOST = 256 * 1024

# The strict reader allows no anchors, tags or second document, so that a key at the beginning of a
# line is a setting. The characters are those that `settings` takes for a ref.
_LIVE_REF = re.compile(
    rb"""^(['"]?)live_ref\1[ \t]*:[ \t]+"""
    rb"""(['"]?)([A-Za-z0-9][A-Za-z0-9._/-]*)\2[ \t]*(?:[#].*)?\r?$""",
    re.MULTILINE,
)


def live_ref_setting(tree: Tree) -> str | None:
    """The ref on which things count as landed; None where it is not set, or not readable here."""
    try:
        found = _LIVE_REF.search(tree.read(MARKER, _MOST))
    except ZumikError:
        return None
    ref = found[3].decode("ascii") if found else None
    return None if ref is None or ref in ("null", "~") or ".." in ref else ref
