"""Escaping: text from outside as each format may hold it, so that it is read and never acts.

Markdown has a module of its own, `markdown_text`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from zumik.core.basics.display import neutral

MAX_SHOWN = 1000
"""Characters of one text that a report shows; what is cut away is counted."""

_OLD_COMMAND, _BROKEN = "##[", "## ["


def one_line(text: object, limit: int = MAX_SHOWN) -> str:
    """Any text on one line, at most about `limit` long: what cannot be seen is escaped.

    What comes out is fit for XML and UTF-8: no control character and no lone surrogate is left.
    """
    whole = str(text)
    cut = f"… ({len(whole) - limit:,} more characters)" if len(whole) > limit else ""
    return neutral(whole[:limit]) + cut


def command_data(text: str) -> str:
    """Text as the message of a workflow command; a line end in it stays one.

    As the toolkit of GitHub Actions writes it. A runner that does not know the command reads the
    line once more for one of the older form, so there is none in it.
    """
    text = text.replace(_OLD_COMMAND, _BROKEN)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Text as the value of a property of a workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def log_line(text: str) -> str:
    """One line of a log that GitHub's runner reads for commands, and finds none in.

    A command begins its line with `::`; in its older form it begins anywhere, with `##[`.
    """
    return re.sub(r"^(\s*):(?=:)", r"\1: ", text).replace(_OLD_COMMAND, _BROKEN)


def relative_uri(path: str) -> str:
    """A path as a relative reference; a name with a colon cannot pass for a scheme in it."""
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")


def sarif_text(text: str) -> str:
    """Text for a plain-text message of SARIF, where `[words](target)` would be a link."""
    return text.replace("](", "] (")
