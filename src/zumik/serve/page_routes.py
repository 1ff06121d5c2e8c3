"""`/` and below: the pages, where the extra `pages` is installed."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

from starlette.routing import Match, Route

from zumik.serve.answers import Answer, Refusal
from zumik.serve.asgi import Call
from zumik.serve.live_pages import LivePages, no_such_page

PATH = "/{address:path}"


def has_pages() -> bool:
    """Whether the extra is installed."""
    return find_spec("jinja2") is not None


def is_page(path: str) -> bool:
    """Whether pages have an address of this form, as `/aliases/code.fast/`, with or without `/`."""
    from zumik.pages.site import is_address

    return is_address(path[1:]) or is_address(f"{path[1:]}/")


class PageRoute(Route):
    """A route of pages alone: any other path is answered as if there were no pages."""

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        """Whether this route has the path of a request."""
        if scope["type"] != "http" or not is_page(scope["path"]):
            return Match.NONE, {}
        return super().matches(scope)


def page(pages: LivePages, call: Call, path: str) -> Answer:
    """The page at a path. Raises Refusal and ZumikError."""
    from zumik.pages.site import is_address

    address = path[1:]
    if is_address(address):
        found = pages.page(call.view, address, call.private)
        if found is not None:
            return found
        if address.endswith("/"):
            return no_such_page(address)
    elif pages.page(call.view, f"{address}/", call.private) is not None:
        # Relative, because the server may lie below a path of a proxy's.
        location = f"./{quote(address.rpartition('/')[2])}/"
        return Answer(308, b"", ((b"location", location.encode()),))
    raise Refusal(404, "unknown_page", "no such page", hint="/ is the first page")


def no_pages() -> Answer:
    """The answer at `/` where the extra is not installed. Raises Refusal."""
    raise Refusal(
        404, "no_pages", "this server has no pages", hint="pip install 'zumik[pages]' adds them"
    )
