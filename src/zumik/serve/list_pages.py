"""Lists in pages, as OpenAI's lists have them: cursors are ids, and nothing is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.serve.answers import Refusal

DEFAULT_LIMIT = 20
MAX_LIMIT = 100


class Page(NamedTuple):
    """Which part of a list: `limit` items after one and before another, in an order.

    `order` None is the list's own.
    """

    limit: int = DEFAULT_LIMIT
    after: str | None = None
    before: str | None = None
    order: str | None = None


def listed(
    ids: Sequence[str], page: Page, own: str, item: Callable[[str], Mapping[str, object]]
) -> dict[str, object]:
    """A page of items; `ids` ascend, and `own` is the order that nobody has to ask for.

    Only what is on the page is made. Raises Refusal for a cursor that is no item.
    """
    ids = ids if (page.order or own) == "asc" else ids[::-1]
    start = _place(ids, page.after, "after") + 1 if page.after is not None else 0
    end = _place(ids, page.before, "before") if page.before is not None else len(ids)
    found = ids[start:end]
    # With `before` alone, the page is what comes right before it, and the rest lies further back.
    backwards = page.before is not None and page.after is None
    chosen = found[-page.limit :] if backwards else found[: page.limit]
    return {
        "object": "list",
        "data": [item(name) for name in chosen],
        "first_id": chosen[0] if chosen else None,
        "last_id": chosen[-1] if chosen else None,
        "has_more": len(found) > len(chosen),
    }


def _place(ids: Sequence[str], cursor: str, param: str) -> int:
    try:
        return ids.index(cursor)
    except ValueError:
        raise Refusal(
            404,
            "unknown_cursor",
            f"nothing in this list has the id {shown(cursor)}",
            hint="first_id and last_id of a page are cursors",
            param=param,
        ) from None
