"""The pages of what is live now: rendered when they are asked for, and kept while they hold."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from zumik.errors import ZumikError
from zumik.serve.alias_routes import Histories
from zumik.serve.answers import NO_STORE, Answer, Headers
from zumik.serve.view import View, now
from zumik.serve.view_source import Outlines

if TYPE_CHECKING:
    from zumik.pages.site import Site

_MOST_BYTES = 32 * 1024 * 1024
"""How much of rendered pages is kept; the oldest are dropped first."""

_ASK_GIT_EVERY = 1.0
"""Seconds for which pages rest on what git said of the ref."""

_KINDS = {
    ".json": b"application/json",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".atom": b"application/atom+xml",
}
_HTML = b"text/html; charset=utf-8"

# A badge stands in another site's page.
_BADGE: Headers = ((b"cross-origin-resource-policy", b"cross-origin"),)


class LivePages:
    """The pages of the view that is in use. They show to everyone what needs no key."""

    def __init__(self, histories: Histories | None) -> None:
        self._histories = histories
        self._lock = Lock()
        self._of: object = None
        self._site: Site | None = None
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._size = 0
        self._outlines: Outlines = {}
        self._tip: str | None = None
        self._asked_at = -_ASK_GIT_EVERY

    def page(self, view: View, address: str, private: bool) -> Answer | None:
        """The page at an address; None where no page is.

        `private`: a cache that callers share must not keep it. Raises ZumikError.
        """
        site = self._newest(view)
        found = self._kept.get(address)
        if found is None:
            data = site.rendered(address)
            if data is None:
                return None
            found = _answer(address, data)
            self._keep(site, address, found)
        scope = b"private, no-cache" if private else b"no-cache"
        return found._replace(headers=(*found.headers, (b"cache-control", scope)))

    def _newest(self, view: View) -> Site:
        """The site of a view. It is made again with a new view, day, drain or commit."""
        at = now()
        with self._lock:
            of = view, at.date(), view.span(at), self._newest_commit()
            if self._site is None or of != self._of:
                # Imported here because the extra may not be installed.
                from zumik.pages.site import Site
                from zumik.serve.view_source import ViewSource

                self._of = of
                self._site = Site(ViewSource(view, self._histories, self._outlines, at))
                self._kept.clear()
                self._size = 0
            return self._site

    def _newest_commit(self) -> str | None:
        if self._histories is not None and monotonic() - self._asked_at >= _ASK_GIT_EVERY:
            try:
                self._tip = self._histories().tip
            except ZumikError:
                self._tip = None
            self._asked_at = monotonic()
        return self._tip

    def _keep(self, site: Site, address: str, answer: Answer) -> None:
        with self._lock:
            if site is not self._site or address in self._kept:
                return
            self._kept[address] = answer
            self._size += len(answer.body)
            while self._size > _MOST_BYTES:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.body)


def no_such_page(address: str) -> Answer:
    """The answer for a person who followed a wrong link. It names nothing of the workspace."""
    from zumik.pages.html import missing_page

    found = _answer(address, missing_page(address))
    headers = tuple(pair for pair in found.headers if pair[0] != b"etag")
    return Answer(404, found.body, (*headers, NO_STORE))


def _answer(address: str, data: bytes) -> Answer:
    from zumik.pages.html import CONTENT_POLICY

    kind = next((kind for end, kind in _KINDS.items() if address.endswith(end)), _HTML)
    etag = b'"%s"' % hashlib.sha256(data).hexdigest()[:32].encode()
    headers: Headers = ((b"content-type", kind), (b"etag", etag))
    if kind is _HTML:
        policy = f"{CONTENT_POLICY}; frame-ancestors 'none'".encode()
        headers = (*headers, (b"content-security-policy", policy))
    if address.startswith("badges/"):
        headers = (*headers, *_BADGE)
    return Answer(200, data, headers, etag)
