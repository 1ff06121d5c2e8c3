"""Lists in pages, as OpenAI has them: a cursor is an id, and no page has a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.serve.answers import Refusal

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_CURSOR = 128

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+(_[0-9]+)*(\.0+)?", re.ASCII)
_MOST_DIGITS = 4300


class Page(NamedTuple):
    """Which part of a list: at most `limit` items after one id and before another.

    `order` is `asc`, `desc`, or None for the list's default.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    before: str | None = None
    order: str | None = None


def read_page(query: Mapping[str, str]) -> Page:
    """The page that a query asks for; what it does not name is as in `Page`. Raises Refusal."""
    limit = _limit(query["limit"]) if "limit" in query else DEFAULT_LIMIT
    after, before = _cursor(query, "after"), _cursor(query, "before")
    order = query.get("order")
    if order not in (None, "asc", "desc"):
        raise _refused("order", "Input should be 'asc' or 'desc'")
    return Page(limit, after, before, order)


def _limit(text: str) -> int:
    text = text.strip()
    if not _WHOLE_NUMBER.fullmatch(text):
        problem = "Input should be a valid integer, unable to parse string as an integer"
        raise _refused("limit", problem)
    if len(text) > _MOST_DIGITS:
        problem = "Unable to parse input string as an integer, exceeded maximum size"
        raise _refused("limit", problem)
    limit = int(text.partition(".")[0])
    if limit < 1:
        raise _refused("limit", "Input should be greater than or equal to 1")
    if limit > MAX_LIMIT:
        raise _refused("limit", f"Input should be less than or equal to {MAX_LIMIT}")
    return limit


def _cursor(query: Mapping[str, str], name: str) -> str | None:
    cursor = query.get(name)
    if cursor is not None and len(cursor) > MAX_CURSOR:
        raise _refused(name, f"String should have at most {MAX_CURSOR} characters")
    return cursor


def _refused(param: str, problem: str) -> Refusal:
    return Refusal(
        400,
        "bad_request",
        f"{param}: {problem}",
        hint="/openapi.json describes the parameters",
        param=param,
    )


def list_page(
    ids: Sequence[str], page: Page, default: str, item: Callable[[str], Mapping[str, object]]
) -> dict[str, object]:
    """A page of items. `ids` ascend, and `default` is the order where the page names none.

    Only the items of the page are made. Raises Refusal for a cursor that is no item's id.
    """
    ids = ids if (page.order or default) == "asc" else ids[::-1]
    start = _index(ids, page.after, "after") + 1 if page.after is not None else 0
    end = _index(ids, page.before, "before") if page.before is not None else len(ids)
    found = ids[start:end]
    # With `before` alone the page ends right before it, and has_more speaks of earlier items.
    backwards = page.before is not None and page.after is None
    chosen = found[-page.limit :] if backwards else found[: page.limit]
    return {
        "object": "list",
        "data": [item(name) for name in chosen],
        "first_id": chosen[0] if chosen else None,
        "last_id": chosen[-1] if chosen else None,
        "has_more": len(found) > len(chosen),
    }


def _index(ids: Sequence[str], cursor: str, param: str) -> int:
    try:
        return ids.index(cursor)
    except ValueError:
        raise Refusal(
            404,
            "unknown_cursor",
            f"no item of this list has the id {shown(cursor)}",
            hint="the first_id and the last_id of a page are cursors",
            param=param,
        ) from None
