"""What changed between two releases in one sentence: winners, and aliases that came or went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zumik.core.reviews.changes import AliasChange, Changes
from zumik.reports.fact_changes import listed
from zumik.reports.text import count_in_words, in_words

_MAX_NAMED = 5


def freeze_sentence(release: str, aliases: int, changes: Changes | None, missing: str = "") -> str:
    """`alr_2026_06_09_002 freezes nine aliases; one winner changed: …`.

    Without changes it is the first of its line, or its parent is `missing` here.
    """
    said = None if changes is None else what_changed(changes)
    return _frozen(release, aliases, said, missing)


def winners_sentence(
    release: str, aliases: int, changes: Sequence[AliasChange] | None, missing: str = ""
) -> str:
    """The same of aliases alone, which does not say whether facts changed."""
    said = None if changes is None else "; ".join(_parts(changes))
    return _frozen(release, aliases, said, missing)


def _frozen(release: str, aliases: int, said: str | None, missing: str) -> str:
    head = f"{release} freezes {in_words(aliases, 'alias', 'aliases')}"
    if missing:
        return f"{head}; its parent {missing} is not on this site, so what changed is not shown"
    return f"{head}, the first of its line" if said is None else f"{head}; {said}"


def what_changed(changes: Changes) -> str:
    """`one winner changed: code.fast answers with a/y instead of a/x; one alias is new: auto`."""
    return "; ".join(_parts(changes.aliases)) if changes else "nothing changed"


def _parts(changes: Sequence[AliasChange]) -> Iterator[str]:
    moved = [c for c in changes if c.kind == "changed" and c.changes_winner]
    yield _winners(moved) if moved else "no winner changed"
    for kind, words in (("added", "new"), ("removed", "removed")):
        names = [change.alias for change in changes if change.kind == kind]
        if names:
            verb = "is" if len(names) == 1 else "are"
            count = in_words(len(names), "alias", "aliases")
            yield f"{count} {verb} {words}: {listed(names, _MAX_NAMED)}"


def _winners(moved: Sequence[AliasChange]) -> str:
    if len(moved) == 1:
        (only,) = moved
        return (
            f"{count_in_words(1)} winner changed: "
            f"{only.alias} answers with {only.after} instead of {only.before}"
        )
    names = listed([change.alias for change in moved], _MAX_NAMED)
    return f"{in_words(len(moved), 'winner')} changed: {names}"
