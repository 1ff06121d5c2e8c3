"""A build writes what changed, removes only its own files, and leaves all others alone."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.benchmarks.workspaces import write_line

from zumik.actions.session import Session
from zumik.actions.site import build_pages as building
from zumik.actions.site import site_renderer
from zumik.actions.site.build_pages import SiteOptions, build_pages
from zumik.actions.site.pages_source import Value, Watch, unwatched
from zumik.core.reviews.built_site import BuiltSite
from zumik.errors import CannotRun, UsageError, ZumikError
from zumik.pages import site as site_module
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource

Build = Callable[..., BuiltSite]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_line(tmp_path_factory.mktemp("line") / "releases", releases=3)


@pytest.fixture
def build(workspace: Path, tmp_path: Path) -> Build:
    """Builds into `site` of this test."""

    def built(
        out: Path = tmp_path / "site",
        options: SiteOptions = SiteOptions(),  # noqa: B008 - it never changes
        watch: Watch = unwatched,
    ) -> BuiltSite:
        return build_pages(Session(workspace), out, options, watch, lambda text: None)

    return built


class Pages:
    """Pages that a test makes up: their bytes by address, and how often each was rendered."""

    def __init__(self) -> None:
        self.bytes: dict[str, bytes] = {"": b"home", "a/": b"A", "a/b/": b"B", "c.json": b"{}"}
        self.inputs: dict[str, str] = {}
        self.rendered: list[str] = []

    def kind(self) -> PageKind:
        def rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
            self.rendered.append(found[0])
            return self.bytes.get(found[0])

        def inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
            return (self.inputs[found[0]],) if found[0] in self.inputs else None

        return PageKind(re.compile(".*"), lambda source: list(self.bytes), rendered, inputs)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    made_up = Pages()
    monkeypatch.setattr(site_module, "KINDS", (made_up.kind(),))
    return made_up


def files_of(root: Path) -> dict[str, bytes]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def times_of(root: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_same_workspace_gives_the_same_bytes(build: Build, tmp_path: Path) -> None:
    build(tmp_path / "one")
    build(tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_other_processes_render_the_same_bytes(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = build(tmp_path / "one")
    monkeypatch.setattr(site_renderer, "_ALONE", 0)
    monkeypatch.setattr(building, "_BATCH", 7)
    together = build(tmp_path / "two", SiteOptions(processes=2))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert together._replace(directory="", seconds=0) == alone._replace(directory="", seconds=0)


def test_second_build_touches_no_file(build: Build, tmp_path: Path) -> None:
    first = build()
    before = times_of(tmp_path / "site")
    second = build()
    assert (first.written, second.written, second.removed) == (first.files, 0, 0)
    assert times_of(tmp_path / "site") == before


def test_build_writes_what_changed_and_removes_what_is_no_longer_there(
    build: Build, pages: Pages, tmp_path: Path
) -> None:
    build()
    del pages.bytes["a/b/"]
    pages.bytes["a/"], pages.bytes["d/e/"] = b"other", b"new"
    before = times_of(tmp_path / "site")
    done = build()
    assert (done.files, done.written, done.removed, done.unchanged) == (4, 2, 1, 2)
    site = tmp_path / "site"
    assert not (site / "a/b").exists()
    assert (site / "a/index.html").read_bytes() == b"other"
    assert (site / "d/e/index.html").read_bytes() == b"new"
    assert times_of(site)["index.html"] == before["index.html"]


def test_page_with_the_same_inputs_is_not_rendered_again(build: Build, pages: Pages) -> None:
    pages.inputs = {"a/": "1", "a/b/": "1"}
    build()
    pages.rendered.clear()
    pages.inputs["a/b/"] = "2"
    build()
    assert pages.rendered == ["", "a/b/", "c.json"]


def test_page_is_rendered_again_when_the_code_changes(
    build: Build, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.inputs = dict.fromkeys(pages.bytes, "1")
    build()
    pages.rendered.clear()
    monkeypatch.setattr(building, "code_digest", lambda: "other templates")
    build()
    assert sorted(pages.rendered) == sorted(pages.bytes)


@pytest.mark.parametrize("size", ["same size", "other size", "removed", "link"])
def test_edited_page_is_put_right(build: Build, pages: Pages, tmp_path: Path, size: str) -> None:
    pages.inputs = dict.fromkeys(pages.bytes, "1")
    build()
    page, other = tmp_path / "site/a/index.html", tmp_path / "other"
    other.write_bytes(b"A")
    page.unlink()
    if size == "link":
        page.symlink_to(other)
    elif size != "removed":
        page.write_bytes(b"Z" if size == "same size" else b"edited")
    assert build().written == 1
    assert page.read_bytes() == b"A"
    assert not page.is_symlink()
    assert other.read_bytes() == b"A"
    assert build().written == 0


def test_files_of_others_stay(build: Build, pages: Pages, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build()
    (site / "CNAME").write_text("example.org")
    (site / "a/b/mine.txt").write_text("mine")
    del pages.bytes["a/b/"]
    build()
    assert (site / "CNAME").read_text() == "example.org"
    assert (site / "a/b/mine.txt").read_text() == "mine"
    assert not (site / "a/b/index.html").exists()


@pytest.mark.parametrize("name", ["index.html", "a", "mine.txt", ".git/config"])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.usefixtures("pages")
def test_directory_with_files_of_others_is_refused_and_left_as_it_was(
    build: Build, tmp_path: Path, name: str, own: bool
) -> None:
    site = tmp_path / "my site"
    (site / name).parent.mkdir(parents=True)
    (site / name).write_bytes(b"theirs")
    if own:  # a directory as that of a record, in which there is none
        (site / ".zumik").mkdir()
    before = sorted(site.rglob("*"))
    with pytest.raises(CannotRun, match="has files that no build of pages wrote, as") as error:
        build(site)
    assert sorted(site.rglob("*")) == before
    hint = error.value.hint or ""
    (free,) = shlex.split(hint.partition("--out ")[2])
    build(Path(free))
    assert (site / name).read_bytes() == b"theirs"


@pytest.mark.usefixtures("pages")
def test_empty_directory_is_built_in(build: Build, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    assert build().written == 4


@pytest.mark.parametrize("exists", [False, True])
def test_build_that_cannot_begin_leaves_nothing(
    build: Build, pages: Pages, tmp_path: Path, exists: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(place: object) -> None:
        raise CannotRun("no room")

    if exists:
        (tmp_path / "site").mkdir()
    monkeypatch.setattr(building, "_Build", lambda *arguments: broken(arguments))
    with pytest.raises(CannotRun, match="no room"):
        build()
    assert (tmp_path / "site").exists() == exists
    assert [*tmp_path.rglob("site/*")] == []


def test_file_of_another_in_the_way_of_a_new_page_is_refused(
    build: Build, pages: Pages, tmp_path: Path
) -> None:
    build()
    pages.bytes["d/"] = b"D"
    theirs = tmp_path / "site/d/index.html"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    with pytest.raises(CannotRun, match="in the way"):
        build()
    assert theirs.read_bytes() == b"theirs"
    theirs.unlink()
    assert build().written == 1


@pytest.mark.parametrize("link", ["", "a", "a/b", ".zumik"])
@pytest.mark.usefixtures("pages")
def test_nothing_is_written_through_a_link(build: Build, tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    build()
    at = tmp_path / "site" / link
    shutil.rmtree(at)
    at.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(CannotRun, match="is a link"):
        build()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("link", ["a", "a/b"])
def test_nothing_is_removed_through_a_link(
    build: Build, pages: Pages, tmp_path: Path, link: str
) -> None:
    build()
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "site" / link).rename(elsewhere)
    (tmp_path / "site" / link).symlink_to(elsewhere, target_is_directory=True)
    before = files_of(elsewhere)
    del pages.bytes["a/"], pages.bytes["a/b/"]
    build()
    assert files_of(elsewhere) == before


@pytest.mark.parametrize("address", ["../out/", "a/../../out/", "/etc/out/", "a//b/"])
def test_no_page_leads_out_of_the_site(
    build: Build, pages: Pages, tmp_path: Path, address: str
) -> None:
    pages.bytes[address] = b"out"
    with pytest.raises(CannotRun, match="leads out"):
        build()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("line", ["../theirs", "a/../../theirs", "/theirs"])
def test_edited_record_removes_nothing_elsewhere(
    build: Build, pages: Pages, tmp_path: Path, line: str
) -> None:
    build()
    (tmp_path / "theirs").write_text("theirs")
    record = tmp_path / "site/.zumik/record"
    record.write_text(record.read_text() + f"{'0' * 64} 6 - {line}\n")
    with pytest.raises(CannotRun, match="not a record") as error:
        build()
    assert error.value.hint
    assert (tmp_path / "theirs").exists()


@pytest.mark.parametrize("stop", range(5))
def test_next_build_completes_an_interrupted_one(
    build: Build, pages: Pages, tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_BATCH", 1)
    build()
    pages.bytes = {"": b"new home", "a/": b"A", "n/1/": b"1", "n/2/": b"2", "n/3/": b"3"}

    def until_killed(items: Iterable[Value], what: str) -> Iterator[Value]:
        for place, item in enumerate(items):
            if what == "pages" and place == stop:
                raise KeyboardInterrupt
            yield item

    with pytest.raises(KeyboardInterrupt):
        build(watch=until_killed)
    # Meanwhile the pages change once more, so that no bytes say whose the files are.
    pages.bytes["n/1/"], pages.bytes["n/2/"] = b"one", b"two"
    build()
    whole = build(tmp_path / "whole")
    assert whole.files == 5
    assert files_of(tmp_path / "site") == files_of(tmp_path / "whole")


def test_half_written_file_of_a_killed_build_is_removed(
    build: Build, pages: Pages, tmp_path: Path
) -> None:
    build()
    own = tmp_path / "site/.zumik"
    (own / "temporary").mkdir()
    (own / "temporary/123").write_text("ha")
    journal = f"zumik pages 1\n- 0 - a/b/index.html\n{'0' * 64} 3 - a/in"
    (own / "journal").write_text(journal)
    del pages.bytes["a/b/"]
    build()
    assert [path.name for path in own.iterdir()] == ["record"]
    assert not (tmp_path / "site/a/b").exists()


@pytest.mark.parametrize("way", ["root", "inside", "around"])
def test_site_among_the_workspace_files_is_refused(build: Build, workspace: Path, way: str) -> None:
    out = {"root": workspace, "inside": workspace / "site", "around": workspace.parent}[way]
    before = files_of(workspace.parent)
    with pytest.raises(UsageError, match="the workspace"):
        build(out)
    assert files_of(workspace.parent) == before


def test_two_builds_at_once_wait_for_each_other(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = partial(building.writers_lock, patience=0)
    monkeypatch.setattr(building, "writers_lock", impatient)

    def again(items: Iterable[Value], what: str) -> Iterator[Value]:
        if what != "pages":
            yield from items
            return
        for item in items:
            with pytest.raises(ZumikError, match="is writing here"):
                build()
            yield item
            return

    build(watch=again)


def test_summary_counts_bytes_and_names_the_biggest_page(build: Build, pages: Pages) -> None:
    pages.bytes["c.json"], pages.bytes["a/"] = b"x" * 500, b"y" * 50
    done = build()
    assert done.size == 4 + 50 + 1 + 500
    assert done.biggest == ("a/index.html", 50)
