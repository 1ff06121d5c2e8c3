"""`/v2/model-aliases`: where each alias points, how it was ranked, and where it pointed before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zumik.actions.live.landed_pointers import History
from zumik.core.basics.names import AliasName, BadName
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, ZumikError
from zumik.reports.alias_history_report import past_to_json
from zumik.reports.alias_report import alias_to_json, lives_to_json
from zumik.reports.ranking_table import table_to_json
from zumik.serve.answers import (
    Answer,
    Refusal,
    cached_json,
    deprecation_headers,
    uncached_json,
    withheld,
)
from zumik.serve.list_pages import Page, list_page
from zumik.serve.view import View, now

_LISTED = "GET /v2/model-aliases lists them"

Histories = Callable[[], History]
"""Makes the history as of now. Git is read again for each request."""


def aliases(view: View, page: Page, authenticated: bool, private: bool) -> Answer:
    """The live and the retired aliases, by name. Raises Refusal."""
    ids, at = list(view.bundle.pointers), now()

    def render() -> Answer:
        found = list_page(
            ids, page, "asc", lambda name: _item(view, AliasName(name), at, authenticated)
        )
        return cached_json(found, private=private)

    return view.remembered(("aliases", page, authenticated, view.span(at), at.date()), render)


def alias(view: View, name: str, authenticated: bool, private: bool) -> Answer:
    """One alias: pointer, answer, policy as frozen, and table. Raises Refusal and ZumikError."""
    pointer, source = pointed(view, name, authenticated)
    at = now()

    def render() -> Answer:
        found = view.table(source, pointer.alias, authenticated)
        mark, _ = view.releases.withdrawal(pointer.target.id)
        answer_now = view.answered(source, pointer.alias, at, authenticated)
        retirement = view.releases.retirement(at.date())
        retires = retirement(pointer.alias, source, answer_now.decision.model)
        tree = alias_to_json(pointer, found, mark, answer_now, retirement=retires)
        del tree["landed_instead"]  # A server knows no other files than those that it serves.
        if not authenticated:
            shown = view.public_content(source)[0]["aliases"]
            assert isinstance(shown, dict)
            tree["policy"] = shown[pointer.alias]["policy"]
        answer = cached_json(
            _seen(view, _head(pointer.alias) | tree, authenticated), private=private
        )
        return answer._replace(
            headers=(*answer.headers, *deprecation_headers(source, pointer.alias))
        )

    return view.remembered(
        ("alias", pointer.alias, authenticated, view.span(at), at.date()), render
    )


def candidates(view: View, name: str, page: Page, authenticated: bool, private: bool) -> Answer:
    """The candidates of an alias by rank, then the excluded ones. Raises as `alias`."""
    pointer, source = pointed(view, name, authenticated)

    def render() -> Answer:
        table = table_to_json(view.table(source, pointer.alias, authenticated).table)
        ranking, excluded = table["ranking"], table["excluded"]
        assert isinstance(ranking, list)
        assert isinstance(excluded, list)
        rows = {
            str(row["model"]): {"id": row["model"], "object": "model_alias.candidate", **row}
            for row in (*ranking, *excluded)
        }
        found = list_page(list(rows), page, "asc", rows.__getitem__)
        return cached_json(_seen(view, found, authenticated), private=private)

    return view.remembered(("candidates", pointer.alias, page, authenticated), render)


def history(
    view: View, name: str, page: Page, authenticated: bool, histories: Histories | None
) -> Answer:
    """Every move of an alias that landed, newest first. Raises Refusal and ZumikError."""
    found = alias_name(view, name, authenticated)
    if histories is None:
        raise Refusal(
            404,
            "no_history",
            "this server answers from a bundle, which has no history",
            hint="serve from a workspace in a git repository, or run zumik alias history there",
        )
    if found not in view.bundle.pointers:
        raise _not_live(view, found, authenticated)
    try:
        moves = histories().of(found)
    except CannotRun as error:
        raise Refusal(404, "no_history", error.message, hint=error.hint) from None
    # A commit moves a pointer at most once, so it names the move. The oldest move of a shallow
    # clone has no commit.
    pasts = {past.commit or "earlier": past for past in reversed(moves)}
    return uncached_json(
        list_page(
            list(pasts),
            page,
            "desc",
            lambda key: _past(view, found, key, pasts[key], authenticated),
        )
    )


def _past(
    view: View, alias: AliasName, key: str, past: LandedPointer, authenticated: bool
) -> dict[str, object]:
    head: dict[str, object] = {"id": key, "object": "model_alias.move"}
    if not authenticated and view.hides and past.pointer is not None:
        try:
            source = view.release(past.pointer.target.id)
        except ZumikError:
            return {**head, "withheld": True}
        if not view.shows_alias(source, alias, authenticated):
            return {**head, "withheld": True}
    return view.discreet(head | past_to_json(past), authenticated) or {**head, "withheld": True}


def alias_name(view: View, name: str, authenticated: bool) -> AliasName:
    """The path's alias. Raises Refusal: a text that is not an alias name has no pointer either."""
    try:
        return AliasName(name)
    except BadName as error:
        hint = view.hint_of_meant(name, authenticated, error.hint or _LISTED)
        raise Refusal(404, "alias_not_found", error.message, hint=hint, param="alias") from None


def pointed(view: View, name: str, authenticated: bool) -> tuple[Pointer, VerifiedRelease]:
    """The pointer and the release of a live alias that the caller may see. Raises Refusal."""
    found = alias_name(view, name, authenticated)
    source = view.live(found)
    if source is None:
        raise _not_live(view, found, authenticated)
    if not view.shows_alias(source, found, authenticated):
        raise withheld(f"how {found} is ranked")
    return view.bundle.pointers[found], source


def _not_live(view: View, alias: AliasName, authenticated: bool) -> Refusal:
    retired = alias in view.bundle.pointers
    return Refusal(
        404,
        "alias_not_found",
        f"{alias} was retired" if retired else f"{alias} has no live pointer",
        hint=view.hint_of_meant(alias, authenticated, _LISTED),
        param="alias",
    )


def _head(alias: AliasName) -> dict[str, object]:
    return {"id": alias, "object": "model_alias"}


def _item(view: View, alias: AliasName, at: datetime, authenticated: bool) -> dict[str, object]:
    pointer, source = view.bundle.pointers[alias], view.live(alias)
    bare: dict[str, object] = {**_head(alias), "alias": alias, "withheld": True}
    if source is not None and not view.shows_alias(source, alias, authenticated):
        return bare
    (item,) = lives_to_json([live_alias(view, pointer, at, authenticated)])
    del item["landed_instead"]
    return view.discreet(_head(alias) | item, authenticated) or bare


def live_alias(view: View, pointer: Pointer, at: datetime, authenticated: bool) -> LiveAlias:
    """A pointer with the table behind it, and what it answers at a time.

    Call it only for an alias that the caller may see.
    """
    alias, source = pointer.alias, view.live(pointer.alias)
    if source is None:
        return LiveAlias(pointer, Unknown("retired"))
    table: AliasTable | Unknown
    answer, retires, deprecated = None, None, None
    try:
        table = view.table(source, alias, authenticated).table
        deprecated = table.alias.deprecated
        answer = view.answered(source, alias, at, authenticated)
        retirement = view.releases.retirement(at.date())
        retires = retirement(alias, source, answer.decision.model)
    except ZumikError as error:
        table = Unknown(error.message)
    mark = view.releases.withdrawal(pointer.target.id)[0]
    overdue = deprecated is not None and deprecated.has_ended(at.date())
    return LiveAlias(
        pointer,
        table,
        withdrawal=mark,
        overdue=overdue,
        answered=answer,
        retirement=retires,
    )


def _seen(view: View, tree: dict[str, object], authenticated: bool) -> dict[str, object]:
    found = view.discreet(tree, authenticated)
    if found is None:
        raise withheld("this answer")
    return found
