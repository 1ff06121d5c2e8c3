"""Single settings, found in the text of `zumik.yaml` without a YAML reader.

`explain` and `resolve` say what has landed and what retires, and loading PyYAML would take longer
than the rest of them. Where the text names a setting in a form that is not found here, the strict
reader is asked after all, so that both always give the same.
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

REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
"""What `live_ref` may be: nothing that git could read as an option."""

_RETIREMENT_DAYS = re.compile(
    rb"""^[^#\n]*\bretirement_days["']?[ \t]*:[ \t]*(\d{1,5})\b""", re.MULTILINE
)


def retirement_days_setting(tree: Tree) -> int:
    """How many days before a retirement a warning begins; the default where it is not set."""
    data = _text_of(tree)
    found = _RETIREMENT_DAYS.search(data)
    is_plain = _is_plain(data, b"retirement_days")
    if is_plain and (found is not None or b"retirement_days" not in data):
        return int(found[1]) if found else DEFAULT_RETIREMENT_DAYS
    horizons = _strictly(data).get("horizons")
    days = horizons.get("retirement_days") if isinstance(horizons, dict) else None
    return days if isinstance(days, int) else DEFAULT_RETIREMENT_DAYS


def live_ref_setting(tree: Tree) -> str | None:
    """The ref on which things count as landed; None where it is not set, or not readable here."""
    data = _text_of(tree)
    found = _LIVE_REF.search(data)
    if _is_plain(data, b"live_ref") and (found is not None or b"live_ref" not in data):
        ref = found[3].decode("ascii") if found else None
        return None if ref is None or ref in ("null", "~") or ".." in ref else ref
    ref = _strictly(data).get("live_ref")
    return ref if isinstance(ref, str) and REF.fullmatch(ref) and ".." not in ref else None


def providers_setting(tree: Tree) -> tuple[str, ...]:
    """The providers that aliases may choose from; none where all are allowed.

    A setting that is not valid counts as absent here; reading all settings reports it.
    """
    data = _text_of(tree)
    if _is_plain(data, b"providers") and b"providers" not in data:
        return ()
    found = _strictly(data).get("providers")
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def _is_plain(data: bytes, name: bytes) -> bool:
    r"""Whether a setting's name in the text can be no other thing, and no other text be the name.

    The reasons of `acknowledged` are free text, whose lines may begin anywhere and say anything. A
    key in quotes can be written with escapes, as in "live\x5fref".
    """
    return b"\\" not in data and name not in data.partition(b"acknowledged")[2]


def _text_of(tree: Tree) -> bytes:
    """The settings; nothing where they cannot be read, which other commands report."""
    try:
        return tree.read(MARKER, _MOST)
    except ZumikError:
        return b""


def _strictly(data: bytes) -> dict[str, object]:
    """All settings by the strict reader; none where they are not valid YAML."""
    from zumik.yaml_text.reader import read_yaml

    document = read_yaml(MARKER, data).document
    return document.value if document is not None and isinstance(document.value, dict) else {}
