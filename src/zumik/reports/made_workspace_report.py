"""A new workspace as text: its files, how its aliases choose, and the next commands."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.tree import MARKER
from zumik.core.reviews.outcomes import MadeWorkspace
from zumik.reports.text import plural, safe


def made_workspace_to_text(what: MadeWorkspace) -> str:
    """The files, one a line."""
    return "\n".join(map(safe, what.files))


def made_workspace_to_json(what: MadeWorkspace) -> dict[str, object]:
    """The files, how each alias of a team chooses, and the next commands."""
    return {
        "directory": what.directory,
        "files": list(what.files),
        "empty": what.empty,
        "dry_run": what.dry_run,
        "live_ref": what.live_ref,
        "no_repository": what.problem,
        "providers": list(what.providers),
        "aliases": [
            {
                "alias": each.name,
                "winner": each.winner if each.alias is not None else None,
                "adapted": each.reason if each.is_adapted else None,
            }
            for each in what.team
        ],
        "notes": list(what.notes),
        "next": list(what.steps),
    }


def made_workspace_notes(what: MadeWorkspace) -> str:
    """What was made, how each alias of a team chooses, and the next commands."""
    return "\n".join(_notes(what))


def _notes(what: MadeWorkspace) -> Iterator[str]:
    count = plural(len(what.files), "file")
    yield ""
    yield from _aliases(what)
    if what.dry_run:
        yield f"dry run: {count} not written"
        return
    yield f"made {count} in {safe(what.directory)}"
    yield f"live ref: {safe(what.live_ref or '')}; what is merged there is live"
    if what.problem is not None:
        yield f"note: {safe(what.problem)}; releases are committed to git"
    yield from (f"note: {safe(note)}" for note in what.notes)
    if what.empty:
        settings = next(name for name in what.files if name.endswith(MARKER))
        catalog = safe(settings.removesuffix(MARKER) + "catalog/")
        yield f"describe models in {catalog}, then: zumik validate; zumik alias new NAME"
    yield ""
    yield "next:"
    yield from (f"  {safe(step)}" for step in what.steps)


def _aliases(what: MadeWorkspace) -> Iterator[str]:
    """For a team's providers: who would win each alias, and what is other than in the example."""
    if not what.providers:
        return
    served = [each for each in what.team if each.alias is not None]
    yield f"{len(served)} of {len(what.team)} aliases for {', '.join(map(safe, what.providers))}:"
    width = max(len(each.name) for each in what.team)
    for each in what.team:
        winner = f"→ {each.winner}" if each.alias is not None else "left out"
        yield f"  {each.name:{width}}  {safe(winner)}"
        if each.is_adapted:
            yield f"  {'':{width}}    {safe(each.reason)}"
    yield ""
