"""Building the pages: the whole site in a directory, of which only what changed is written.

A record in the directory says what every file was made of, so that pages of old releases are not
rendered again; what was interrupted is completed by the next build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import IO, NamedTuple

from zumik.actions.session import Session
from zumik.actions.site.pages_source import PagesSource, Watch
from zumik.actions.site.site_directory import SiteDirectory
from zumik.actions.site.site_record import (
    BEGUN,
    HEAD,
    BuiltFile,
    read_record,
    record_lines,
    record_text,
)
from zumik.actions.site.site_renderer import DonePage, SiteRecipe, SiteRenderer, WantedPage
from zumik.core.reviews.built_site import BuiltSite
from zumik.core.traffic.mix import Mix
from zumik.errors import UsageError
from zumik.pages.addresses import file_of
from zumik.pages.site import Site
from zumik.transaction.lock import this_process, writers_lock

_BATCH = 100
"""Pages that are rendered together: those of a release follow each other, and share its facts."""


class SiteOptions(NamedTuple):
    """What a person wants of a site. `url` is where it will lie, with a slash at its end."""

    url: str | None = None
    mix: Mix | None = None
    processes: int = 1


def build_pages(
    session: Session,
    directory: Path,
    options: SiteOptions,
    watch: Watch,
    say: Callable[[str], None],
) -> BuiltSite:
    """Build the site. `watch` gets releases as they are read and pages as they are done, and `say`
    what is waited for.

    Raises ZumikError and OSError. A build that fails or is ended leaves every page whole, and the
    next one completes the site.
    """
    started = monotonic()
    directory = directory.absolute()
    _require_apart(session.store.root, directory)
    place = SiteDirectory(directory)
    place.require_own()
    source = PagesSource(session, options.mix, url=options.url, watch=watch)
    _ = source.outlines  # every release can be read, or nothing is written
    with ExitStack() as stack:
        stack.enter_context(place.made())
        stack.enter_context(
            writers_lock(place.lock, this_process("pages build", session.now()), say)
        )
        stack.callback(place.leave)
        place.begin()
        recipe = SiteRecipe(
            session.store.root, source.today, options.url, source.hidden, options.mix
        )
        site = Site(source)
        renderer = stack.enter_context(SiteRenderer(site, recipe, place, options.processes))
        build = _Build(site, place, renderer)
        for _ in watch(build.pages(), "pages"):
            pass
        build.end()
        return build.summary(monotonic() - started)


def plan_pages(session: Session, directory: Path, options: SiteOptions, watch: Watch) -> BuiltSite:
    """What building the site would write and remove, at most; nothing is written.

    A page whose inputs no record names is rendered to know whether it changed, and counts as
    written. Raises ZumikError and OSError.
    """
    started = monotonic()
    directory = directory.absolute()
    _require_apart(session.store.root, directory)
    place = SiteDirectory(directory)
    place.require_own()
    site = Site(PagesSource(session, options.mix, url=options.url, watch=watch))
    return _Build(site, place).looked_at(watch, monotonic() - started)


def _require_apart(root: Path, directory: Path) -> None:
    """Raises UsageError where the site would lie among the workspace's own files."""
    real = directory.resolve()
    if real.is_relative_to(root) or root.is_relative_to(real):
        where = "in" if real.is_relative_to(root) else "around"
        raise UsageError(
            f"--out {directory} is {where} the workspace",
            hint="name a directory for the site alone: --out site",
        )


class _Build:
    """One build: what was there, what is in place, and the journal between the two."""

    def __init__(
        self, site: Site, place: SiteDirectory, renderer: SiteRenderer | None = None
    ) -> None:
        self._site = site
        self._place = place
        self._renderer = renderer
        self._before = read_record(place.record, place.journal)
        # The journal of an interrupted build is later than the record, which vouches for no time
        # after its own.
        self._recorded_at = place.record.stat().st_mtime_ns if place.record.exists() else 0
        self._files: dict[str, BuiltFile] = {}
        self._written = self._removed = 0

    def pages(self) -> Iterator[str]:
        """Put every page in its place; the file of each when it is done. Raises ZumikError."""
        code = code_digest()
        with self._place.journal.open("ab") as journal:
            if not journal.tell():
                _append(journal, f"{HEAD}\n")
            batch: list[WantedPage] = []
            for address in self._site.addresses():
                name, inputs = file_of(address), self._inputs(address, code)
                if self._is_as_built(name, inputs):
                    yield name
                    continue
                batch.append(WantedPage(address, name, inputs, name in self._before))
                if len(batch) == _BATCH:
                    yield from self._rendered(batch, journal)
                    batch = []
            yield from self._rendered(batch, journal)
            assert self._renderer is not None, "only a look goes without"
            yield from self._taken(self._renderer.rest(), journal)

    def looked_at(self, watch: Watch, seconds: float) -> BuiltSite:
        """What the build would do at most, where nothing is rendered. Raises ZumikError."""
        code, written = code_digest(), 0
        names: dict[str, None] = {}
        for address in watch(self._site.addresses(), "pages"):
            name = file_of(address)
            names[name] = None
            written += not self._is_as_built(name, self._inputs(address, code))
        return BuiltSite(
            directory=str(self._place.root),
            files=len(names),
            written=written,
            removed=len([name for name in self._before if name not in names]),
            size=0,
            biggest=None,
            seconds=seconds,
            dry_run=True,
        )

    def _inputs(self, address: str, code: str) -> str | None:
        found = self._site.inputs(address)
        if found is None:
            return None
        return hashlib.sha256(json.dumps([code, *found]).encode()).hexdigest()[:32]

    def _is_as_built(self, name: str, inputs: str | None) -> bool:
        before = self._before.get(name)
        if before is None or inputs is None or before.inputs != inputs:
            return False
        if not self._place.has(name, before, self._recorded_at):
            return False
        self._files[name] = before
        return True

    def _rendered(self, batch: list[WantedPage], journal: IO[bytes]) -> Iterator[str]:
        # A file is called the build's own before it can be there.
        _append(journal, record_lines((page.name, BEGUN) for page in batch if not page.is_own))
        assert self._renderer is not None, "only a look goes without"
        return self._taken(self._renderer.take(batch), journal)

    def _taken(self, done: Iterable[DonePage], journal: IO[bytes]) -> Iterator[str]:
        for page in done:
            if page.placed is None:
                continue
            self._files[page.name] = page.placed.built
            self._written += page.placed.was_written
            _append(journal, record_lines([(page.name, page.placed.built)]))
            yield page.name

    def end(self) -> None:
        """Remove the pages that the site no longer has, and write the record. Raises OSError."""
        for name in self._before:
            if name not in self._files:
                self._removed += self._place.remove(name)
        text = record_text(self._files).encode()
        if self._written or self._removed or self._place.own_bytes() != text:
            self._place.write_own(text)
        self._place.end()

    def summary(self, seconds: float) -> BuiltSite:
        """What the build did."""
        pages = ((name, file.size) for name, file in sorted(self._files.items()))
        html = (page for page in pages if page[0].endswith(".html"))
        return BuiltSite(
            directory=str(self._place.root),
            files=len(self._files),
            written=self._written,
            removed=self._removed,
            size=sum(file.size for file in self._files.values()),
            biggest=max(html, key=lambda page: page[1], default=None),
            seconds=seconds,
        )


def _append(journal: IO[bytes], text: str) -> None:
    journal.write(text.encode())
    journal.flush()


def code_digest() -> str:
    """A digest of all the code and templates that pages are made by."""
    found = hashlib.sha256(f"{version('jinja2')} {version('markupsafe')}".encode())
    room = Path(__file__).resolve().parents[1]
    for file in sorted(room.rglob("*")):
        if file.is_file() and file.suffix in (".py", ".html", ".css", ".js", ".json"):
            found.update(file.relative_to(room).as_posix().encode() + b"\0")
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()
