"""Two settings alone, found in the text of `zumik.yaml` without a YAML reader.

`explain` and `resolve` say what has landed and what retires, and loading PyYAML would take longer
than the rest of them. A form that this does not find is only not looked at: every command that
changes something reads all settings, strictly.
"""

from __future__ import annotations

import re

from zumik.core.basics.tree import MARKER, Tree
from zumik.errors import ZumikError

DEFAULT_RETIREMENT_DAYS = 30

_MOST = 256 * 1024

# The strict reader allows no anchors, tags or second document, so that a key at the beginning of a
# line is a setting. The characters are those that `settings` takes for a ref.
_LIVE_REF = re.compile(
    rb"""^(['"]?)live_ref\1[ \t]*:[ \t]+"""
    rb"""(['"]?)([A-Za-z0-9][A-Za-z0-9._/-]*)\2[ \t]*(?:[#].*)?\r?$""",
    re.MULTILINE,
)


_RETIREMENT_DAYS = re.compile(
    rb"""^[^#\n]*\bretirement_days["']?[ \t]*:[ \t]*(\d{1,5})\b""", re.MULTILINE
)


def retirement_days_setting(tree: Tree) -> int:
    """How many days before a retirement a warning begins; the default where it is not set."""
    try:
        found = _RETIREMENT_DAYS.search(tree.read(MARKER, _MOST))
    except ZumikError:
        return DEFAULT_RETIREMENT_DAYS
    return int(found[1]) if found else DEFAULT_RETIREMENT_DAYS


def live_ref_setting(tree: Tree) -> str | None:
    """The ref on which things count as landed; None where it is not set, or not readable here."""
    try:
        found = _LIVE_REF.search(tree.read(MARKER, _MOST))
    except ZumikError:
        return None
    ref = found[3].decode("ascii") if found else None
    return None if ref is None or ref in ("null", "~") or ".." in ref else ref
