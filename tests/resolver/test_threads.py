"""Many threads ask while bundles come and go: nobody sees half of one, and nobody fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.core.bundles import BEST, ONE, TWO, bundled, pointed
from tests.resolver.files import put, resolver_of

from zumik import Resolver, ZumikError
from zumik.core.live.bundle import Bundle
from zumik.core.releases.release import VerifiedRelease

THREADS = 8
MOVES = 40
WINNER = {ONE.ref: "acme/small", TWO.ref: "bolt/big"}


@pytest.fixture(autouse=True)
def _threads_change_hands_all_the_time() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def both(source: VerifiedRelease, generation: int) -> Bundle:
    """Both aliases moved together."""
    return bundled(
        pointed(source, generation=generation), pointed(source, BEST, generation=generation)
    )


def while_asked(ask: Callable[[], None], change: Callable[[], None]) -> None:
    """`change` runs once, while threads `ask` until it is through; any failure is raised."""
    started, done = threading.Barrier(THREADS + 1, timeout=60), threading.Event()

    def run() -> None:
        started.wait()
        while not done.is_set():
            ask()

    with ThreadPoolExecutor(THREADS) as pool:
        threads = [pool.submit(run) for _ in range(THREADS)]
        try:
            started.wait()
            change()
        finally:
            done.set()
    for thread in threads:
        thread.result()


def test_no_thread_sees_half_of_a_bundle(file: Path) -> None:
    resolver = resolver_of(file, both(ONE, 1), check_every=0)

    def ask() -> None:
        for name in ("code.fast", "reasoning.best"):
            decision = resolver.resolve(name)
            assert decision.source is not None
            assert decision.model == WINNER[decision.source.ref]
            assert decision.requested == name
        bundle = resolver.bundle
        assert len({(p.target, p.generation) for p in bundle.pointers.values()}) == 1

    def change() -> None:
        for generation in range(2, MOVES):
            put(file, both((ONE, TWO)[generation % 2], generation))
            resolver.refresh()

    while_asked(ask, change)
    resolver.refresh()
    assert resolver.problem is None
    assert resolver.bundle.pointers[BEST].generation == MOVES - 1


def test_no_thread_goes_back_to_an_older_bundle(file: Path) -> None:
    """Each thread sees generations grow, though older bundles are put in the way."""
    resolver = resolver_of(file, both(ONE, 1), check_every=0)
    last = threading.local()

    def ask() -> None:
        resolver.resolve("code.fast")
        generation = resolver.bundle.pointers[BEST].generation
        assert generation >= getattr(last, "generation", 0)
        last.generation = generation

    def change() -> None:
        for generation in range(2, MOVES):
            put(file, both(TWO, generation if generation % 3 else 1))
            resolver.refresh()

    while_asked(ask, change)


def test_no_thread_fails_while_the_file_is_missing_or_bad(file: Path) -> None:
    resolver = resolver_of(file, both(ONE, 1), check_every=0)

    def ask() -> None:
        assert resolver.resolve("code.fast").source is not None
        problem = resolver.problem
        assert problem is None or isinstance(problem, ZumikError)

    def change() -> None:
        for generation in range(2, MOVES):
            file.unlink()
            resolver.refresh()
            file.write_bytes(b"{")
            resolver.refresh()
            put(file, both((ONE, TWO)[generation % 2], generation))
            resolver.refresh()

    while_asked(ask, change)
    resolver.refresh()
    assert resolver.bundle.pointers[BEST].generation == MOVES - 1


def test_one_thread_reads_the_files_and_the_others_do_not_wait() -> None:
    loading, go_on = threading.Event(), threading.Event()
    stamps = iter(range(10))
    bundles = [both(ONE, 1), both(TWO, 2)]

    def load(known: Bundle | None) -> Bundle:
        if known is not None:
            loading.set()
            assert go_on.wait(60)
        return bundles.pop(0)

    resolver = Resolver(load, lambda: next(stamps), check_every=1e9)
    with ThreadPoolExecutor(1) as pool:
        reload = pool.submit(resolver.refresh)
        assert loading.wait(60)
        try:
            assert not resolver.refresh(), "somebody does it"
            assert resolver.resolve("code.fast").model == "acme/small"
        finally:
            go_on.set()
        assert reload.result()
    assert resolver.resolve("code.fast").model == "bolt/big"


def test_a_watched_file_has_its_own_thread(file: Path) -> None:
    put(file, both(ONE, 1))
    resolver = Resolver.from_bundle(file, check_every=0.001)
    resolver.watch()
    try:
        put(file, both(TWO, 2))
        wait_for(lambda: resolver.resolve("code.fast").model == "bolt/big")
        file.write_bytes(b"{")
        wait_for(lambda: resolver.problem is not None)
    finally:
        resolver.close()
    wait_for(lambda: "zumik-watch" not in {thread.name for thread in threading.enumerate()})
    put(file, both(ONE, 3))
    assert resolver.resolve("code.fast").model == "bolt/big"


def test_asking_a_watched_resolver_reads_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[object] = []
    stamps = iter(range(10))

    def load(known: Bundle | None) -> Bundle:
        loads.append(known)
        return both(ONE, len(loads))

    resolver = Resolver(load, lambda: next(stamps), check_every=3600)
    resolver.watch()
    try:
        assert resolver.refresh()
        with monkeypatch.context() as patch:
            patch.setattr("zumik.resolver.time.monotonic", lambda: 1e12)
            resolver.resolve("code.fast")
    finally:
        resolver.close()
    assert len(loads) == 2


def test_an_error_does_not_end_the_watching() -> None:
    """What is no error of ours is no reason to answer from old files for ever."""
    stamps = iter(range(10**9))
    loads: list[object] = []

    def load(known: Bundle | None) -> Bundle:
        loads.append(known)
        if len(loads) == 2:
            raise MemoryError
        return both(ONE, len(loads))

    resolver = Resolver(load, lambda: next(stamps), check_every=0)
    resolver.watch()
    try:
        wait_for(lambda: len(loads) > 3)
    finally:
        resolver.close()
    wait_for(lambda: resolver.problem is None)


def wait_for(holds: Callable[[], bool]) -> None:
    """Until something holds that another thread brings about."""
    deadline = threading.Event()
    timer = threading.Timer(60, deadline.set)
    timer.start()
    try:
        while not holds():
            assert not deadline.is_set()
    finally:
        timer.cancel()
