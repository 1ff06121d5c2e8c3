"""What is answered from when files change: the new ones, or the last good ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.core.builders import CODE_FAST, FIRST, but, verified
from tests.core.bundles import BEST, LONG_AGO, ONE, SECOND, TWO, bundled, pointed
from tests.resolver.files import put, resolver_of

from zumik import Resolver
from zumik.core.live.bundle import MAX_BUNDLE_BYTES, Bundle, Frozen, bundle_to_bytes
from zumik.core.live.drains import NO_DRAINS
from zumik.core.releases.release import release_to_bytes
from zumik.errors import CannotRun, IntegrityError, ZumikError


def test_a_new_bundle_is_used_after_the_next_look(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)), check_every=0)
    put(file, bundled(pointed(TWO, generation=2)))
    assert resolver.resolve("code.fast").model == "bolt/big"


def test_files_are_not_read_before_the_interval(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)))
    put(file, bundled(pointed(TWO, generation=2)))
    assert resolver.resolve("code.fast").model == "acme/small"
    assert resolver.refresh()
    assert resolver.resolve("code.fast").model == "bolt/big"
    assert not resolver.refresh()


def test_answers_of_two_bundles_never_mix(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)))
    for generation in range(2, 12):
        source = (ONE, TWO)[generation % 2]
        resolver.resolve("code.fast")
        put(file, bundled(pointed(source, generation=generation)))
        assert resolver.refresh()
        assert resolver.resolve("code.fast").source == source


def test_the_answer_cache_is_bounded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zumik.resolver._MOST_ANSWERS", 2)
    resolver = resolver_of(file, bundled(pointed(ONE), pointed(TWO, BEST)))
    for reference in ("code.fast", "reasoning.best", f"code.fast@{SECOND}", "acme/small"):
        assert resolver.resolve(reference) == resolver.resolve(reference)
    assert len(resolver._loaded.span.answers) == 2


def test_answers_with_needs_are_not_cached(file: Path) -> None:
    resolver = resolver_of(file, bundled())
    assert resolver.resolve("code.fast", {"input_tokens": 500}).model == "bolt/big"
    assert resolver.resolve("code.fast").model == "acme/small"
    assert resolver.resolve("code.fast", {"input_tokens": 500}).model == "bolt/big"


def test_unchanged_releases_are_not_read_again(file: Path) -> None:
    resolver = resolver_of(file, bundled(pointed(ONE)))
    before = resolver.bundle.releases[FIRST]
    put(file, bundled(pointed(TWO, generation=2)))
    assert resolver.refresh()
    assert resolver.bundle.releases[FIRST] is before


# Bad files


def older(file: Path) -> None:
    put(file, bundled(pointed(TWO, generation=3)))


def without_an_alias(file: Path) -> None:
    put(file, bundled(pointed(ONE, BEST, generation=9)))


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def one_byte_changed(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[data.index(b'"generation": ') + 14] = ord("7")
    file.write_bytes(data)


def of_the_future(file: Path) -> None:
    source = verified(but(TWO.release, resolver=9))
    kept = Frozen(source, release_to_bytes(source.release))
    pointer = pointed(source, generation=9)
    file.write_bytes(
        bundle_to_bytes(Bundle({CODE_FAST: pointer}, {SECOND: kept}, NO_DRAINS, None, LONG_AGO))
    )


def deleted(file: Path) -> None:
    file.unlink()


def a_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def huge(file: Path) -> None:
    os.truncate(file, MAX_BUNDLE_BYTES + 1)  # sparse: no byte of it is written


def a_dangling_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("nothing.json")


def a_link_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def deeply_nested(file: Path) -> None:
    file.write_bytes(b"[" * 1_000_000)


BAD_FILES = {
    older: "older than those in use: code.fast has generation 3 in it, and had 4",
    without_an_alias: "code.fast is not in it, and was live",
    cut_off: "not a bundle: not JSON",
    one_byte_changed: "its digest does not match",
    of_the_future: "made by resolver 9",
    deleted: "No such file",
    a_directory: "is not a regular file",
    a_pipe: "is not a regular file",
    huge: "more than the 536,870,912 that are read",
    a_dangling_link: "No such file",
    a_link_to_itself: "symlink|symbolic links",
    empty: "not a bundle: not JSON",
    deeply_nested: "nested too deeply|not JSON",
}


@pytest.mark.parametrize("spoil", BAD_FILES, ids=lambda spoil: spoil.__name__)
def test_the_last_good_bundle_answers_when_the_new_one_is_bad(
    file: Path, spoil: Callable[[Path], None]
) -> None:
    good = bundled(pointed(ONE, generation=4))
    resolver = resolver_of(file, good, check_every=0)
    spoil(file)
    for _ in range(3):
        assert resolver.resolve("code.fast").model == "acme/small"
        assert resolver.bundle == good
        assert resolver.problem is not None
        assert resolver.problem.hint
        with pytest.raises(ZumikError, match=BAD_FILES[spoil]):
            raise resolver.problem
    if file.is_dir():
        file.rmdir()
    put(file, bundled(pointed(TWO, generation=5)))
    assert resolver.resolve("code.fast").model == "bolt/big"
    assert resolver.problem is None


@pytest.mark.parametrize("spoil", [deleted, a_directory, cut_off, empty, a_link_to_itself])
def test_a_bad_bundle_at_the_start_is_a_zumik_error(
    file: Path, spoil: Callable[[Path], None]
) -> None:
    put(file, bundled())
    spoil(file)
    with pytest.raises((CannotRun, IntegrityError), match=BAD_FILES[spoil]) as bad:
        Resolver.from_bundle(file)
    assert "zumik bundle" in str(bad.value.hint)


def test_restoring_the_good_file_clears_the_problem(file: Path) -> None:
    resolver = resolver_of(file, bundled())
    aside = file.with_suffix(".aside")
    file.rename(aside)
    assert not resolver.refresh()
    assert resolver.problem is not None
    aside.rename(file)
    resolver.refresh()
    assert resolver.problem is None


def test_a_problem_is_logged_once_with_what_a_restart_answers(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    resolver = resolver_of(file, bundled(pointed(TWO, generation=2)), check_every=0)
    put(file, bundled(pointed(ONE, generation=1)))
    for _ in range(3):
        assert resolver.resolve("code.fast").model == "bolt/big"
    (line,) = caplog.messages
    assert "code.fast has generation 1 in it, and had 2" in line
    assert "if they stay for 5 s, they are taken into use" in line
    assert line.endswith(
        "going on with the last good files; a process that is started now answers from the older "
        f"files: code.fast from {ONE.ref.id} and not from {TWO.ref.id}"
    )
    assert Resolver.from_bundle(file).resolve("code.fast").source == ONE
    file.write_bytes(b"{}")
    resolver.refresh()
    assert caplog.messages[1].endswith("a process that is started now has nothing to answer from")
    put(file, bundled(pointed(TWO, generation=3)))
    resolver.refresh()
    assert caplog.messages[2:] == ["zumik: answering from the newest files again"]


def test_older_files_that_stay_are_taken_into_use_as_after_a_restart(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("zumik.resolver.time.monotonic", lambda: now[0])
    resolver = resolver_of(file, bundled(pointed(TWO, generation=2)))
    put(file, bundled(pointed(ONE, generation=1)))
    os.utime(file, (1, 1))  # a file that is younger than a tick may still change
    assert not resolver.refresh()
    now[0] += 4
    assert not resolver.refresh()
    assert resolver.resolve("code.fast").source == TWO
    now[0] += 1
    assert resolver.refresh()
    assert (resolver.resolve("code.fast").source, resolver.problem) == (ONE, None)
    assert Resolver.from_bundle(file).resolve("code.fast").source == ONE
    assert resolver.put_back == 1
    assert caplog.messages[-1] == (
        "zumik: older files were put back: code.fast has generation 1 in it, and had 2: answering "
        f"from them: code.fast from {ONE.ref.id} and not from {TWO.ref.id}"
    )
    put(file, bundled(pointed(TWO, generation=2)))
    assert resolver.refresh(), "and forward again at once"


def test_older_files_that_change_begin_to_stay_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("zumik.resolver.time.monotonic", lambda: now[0])
    resolver = resolver_of(file, bundled(pointed(TWO, generation=5)))
    for generation in (1, 2, 3, 4):
        put(file, bundled(pointed(ONE, generation=generation)))
        assert not resolver.refresh()
        now[0] += 4
    file.write_bytes(b"{}")
    assert not resolver.refresh()
    put(file, bundled(pointed(ONE, generation=4)))
    now[0] += 4
    assert not resolver.refresh()
    assert resolver.resolve("code.fast").source == TWO


def test_an_unchanged_file_stamp_clears_the_problem() -> None:
    stamps = iter([1, 2, 1])
    bundles = iter([bundled()])
    resolver = Resolver(lambda _: next(bundles, None) or broken(), lambda: next(stamps))
    assert not resolver.refresh()
    assert resolver.problem is not None
    assert not resolver.refresh()
    assert resolver.problem is None


def broken() -> Bundle:
    raise CannotRun("broken")


def test_files_are_read_once_for_each_change() -> None:
    loads: list[Bundle | None] = []
    stamp = [1]

    def load(known: Bundle | None) -> Bundle:
        loads.append(known)
        return bundled(pointed(ONE, generation=stamp[0]))

    resolver = Resolver(load, lambda: stamp[0], check_every=0)
    for change in (2, 3):
        stamp[0] = change
        for _ in range(3):
            resolver.resolve("code.fast")
    assert [known and known.pointers[CODE_FAST].generation for known in loads] == [None, 1, 2]


def test_a_refused_file_is_read_again_when_it_changes_or_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loads: list[object] = []
    stamp = [1]
    clock = [0.0]
    monkeypatch.setattr("zumik.resolver.time.monotonic", lambda: clock[0])

    def load(known: Bundle | None) -> Bundle:
        loads.append(stamp[0])
        return bundled() if stamp[0] == 1 else broken()

    resolver = Resolver(load, lambda: stamp[0], check_every=0)
    stamp[0] = 2
    for _ in range(5):
        resolver.resolve("code.fast")
    assert loads == [1, 2]
    stamp[0] = 3
    for _ in range(5):
        resolver.resolve("code.fast")
    assert loads == [1, 2, 3]
    clock[0] = 60.0
    resolver.resolve("code.fast")
    resolver.resolve("code.fast")
    assert loads == [1, 2, 3, 3]


@pytest.mark.parametrize(("age_ns", "seen"), [(1_000_000, True), (10**9, False), (-(10**9), False)])
def test_a_young_file_is_read_again_without_a_changed_stamp(
    file: Path, monkeypatch: pytest.MonkeyPatch, age_ns: int, seen: bool
) -> None:
    """Written twice within one tick of its clock, a file has the same size, place and times."""
    put(file, bundled(pointed(ONE)))
    status = file.stat()
    with monkeypatch.context() as patch:
        patch.setattr("zumik.resolver.Path.stat", lambda path: status)
        patch.setattr("zumik.resolver.time.time_ns", lambda: status.st_mtime_ns + age_ns)
        resolver = Resolver.from_bundle(file, check_every=1e9)
        file.write_bytes(bundle_to_bytes(bundled(pointed(TWO, generation=2))))
        assert resolver.refresh() is seen


def test_a_symlink_is_followed_each_time(tmp_path: Path) -> None:
    """How Kubernetes mounts a ConfigMap: live.json -> ..data/live.json, ..data -> ..2026_06_09."""
    for name, bundle in (
        ("..1", bundled(pointed(ONE))),
        ("..2", bundled(pointed(TWO, generation=2))),
    ):
        (tmp_path / name).mkdir()
        put(tmp_path / name / "live.json", bundle)
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "live.json").symlink_to("..data/live.json")
    resolver = Resolver.from_bundle(tmp_path / "live.json", check_every=0)
    assert resolver.resolve("code.fast").model == "acme/small"
    (tmp_path / "..next").symlink_to("..2")
    (tmp_path / "..next").replace(tmp_path / "..data")
    assert resolver.resolve("code.fast").model == "bolt/big"


def test_a_relative_path_survives_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "live.json", bundled())
    monkeypatch.chdir(tmp_path)
    resolver = Resolver.from_bundle("live.json", check_every=0)
    monkeypatch.chdir("/")
    resolver.resolve("code.fast")
    assert resolver.problem is None


def test_the_age_counts_from_the_bundle_s_creation(file: Path) -> None:
    made = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    age = resolver_of(file, bundled(made_at=made)).age
    assert timedelta(hours=3) <= age < timedelta(hours=3, minutes=10)
