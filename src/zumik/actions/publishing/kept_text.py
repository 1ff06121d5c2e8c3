"""Notes and reasons: text of a person that is kept for ever and shown everywhere."""

from __future__ import annotations

from zumik.core.releases.release import MAX_TEXT
from zumik.errors import UsageError


def require_text(text: str | None, option: str) -> None:
    """Raises UsageError for text that is too long, is not UTF-8, or holds what looks like a key."""
    if text is None:
        return
    # Python reads bytes that are not UTF-8 as lone surrogates, which no file can hold.
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{option} is not UTF-8", hint="write it in a UTF-8 terminal")
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"{option} has {len(text):,} characters, more than {MAX_TEXT:,}",
            hint="link to the discussion instead",
        )
    from zumik.core.basics.secret_keys import secret_in

    secret = secret_in(text)
    if secret is not None:
        raise UsageError(
            f"{option} holds what looks like {secret}; nothing was written",
            hint="it would be published for ever: write it without the key, and revoke the key if "
            "others may have seen it, as in the shell's history",
        )


def require_reason(text: str, hint: str) -> None:
    """As `require_text` for a reason that is needed: it may not be blank."""
    require_text(text, "--reason")
    if not text.strip():
        raise UsageError("--reason is empty", hint=hint)
