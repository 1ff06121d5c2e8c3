"""Building the pages: every page of the site, written into a directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zumik.actions.pages_source import PagesSource
from zumik.actions.session import Session
from zumik.pages.addresses import file_of
from zumik.pages.site import Site


def build_pages(session: Session, directory: Path) -> Iterator[str]:
    """Write the site, one address after the other. Raises ZumikError and OSError."""
    site = Site(PagesSource(session))
    for address in site.addresses():
        data = site.rendered(address)
        if data is not None:
            file = directory / file_of(address)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            yield address
