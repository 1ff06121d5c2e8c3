"""`/v2/alias-releases`: the releases, and each as the exact bytes that were frozen."""

from __future__ import annotations

from zumik.core.basics.names import BadName, ReleaseId
from zumik.core.releases.listed_release import ListedRelease
from zumik.reports.release_report import releases_to_json
from zumik.serve.answers import JSON, Answer, Refusal, cached_json, withheld
from zumik.serve.list_pages import Page, list_page
from zumik.serve.view import View

_A_YEAR = 365 * 24 * 60 * 60


def releases(view: View, page: Page, authenticated: bool, private: bool) -> Answer:
    """The releases, newest first. Raises Refusal and ZumikError."""
    ids = list(view.releases.ids)

    def render() -> Answer:
        found = list_page(
            ids, page, "desc", lambda name: _item(view, ReleaseId(name), authenticated)
        )
        return cached_json(found, private=private)

    return view.remembered(("releases", page, authenticated), render)


def _item(view: View, release: ReleaseId, authenticated: bool) -> dict[str, object]:
    source = view.release(release)
    live = tuple(
        pointer.alias
        for pointer in view.bundle.pointers.values()
        if pointer.target == source.ref and not pointer.is_retired
    )
    mark, _ = view.releases.withdrawal(release)
    head: dict[str, object] = {"id": release, "object": "alias_release"}
    (item,) = releases_to_json([ListedRelease(source, live, mark)])
    return view.discreet(head | item, authenticated) or {**head, "withheld": True}


def release(view: View, name: str, authenticated: bool, private: bool) -> Answer:
    """The exact bytes of a release. They never change, so a cache may keep them for ever.

    Raises Refusal and ZumikError.
    """
    try:
        frozen = view.releases.frozen(ReleaseId(name))
    except BadName as error:
        raise Refusal(404, "not_found", error.message, hint=error.hint, param="release") from None
    source = frozen.source
    if not authenticated and not view.public_content(source)[1]:
        raise withheld(f"a part of {source.ref.id}")
    etag = b'"%s"' % source.ref.sha256.encode()
    scope = b"private" if private or not view.public_content(source)[1] else b"public"
    control = b"%s, max-age=%d, immutable" % (scope, _A_YEAR)
    return Answer(200, frozen.data, (JSON, (b"cache-control", control), (b"etag", etag)), etag)
