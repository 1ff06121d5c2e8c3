"""What is measured of serving: the resolver in a process, the server, the callback, and a soak.

Servers are processes of their own on loopback, one worker each, asked in turn by `wrk`.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import yaml
from tests.benchmarks.measuring import Figure, in_turn
from tests.benchmarks.rivals import checking_routers, choosing_routers
from tests.benchmarks.servers import (
    LITELLM,
    ZUMIK,
    Load,
    Server,
    ask,
    litellm_proxy,
    need,
    nginx_of,
    running,
    upstream,
    zumik_serve,
)

from zumik import Resolver

ALIAS = "code.fast"

_MODEL = """\
  {name}:
    revision: {name}-2026-01-01
    pinned: true
    upstream: {{model: {name}-2026-01-01}}
    limits: {{context_tokens: 200000, input_tokens: 200000, output_tokens: 64000}}
    input: [text]
    capabilities: [tools]
    price: {{input: 1, output: 2, source: invented, observed_on: 2026-01-01}}
"""
_NAMES = [f"model-{number}" for number in range(20)]

_KEEP = """\
import json
from litellm.integrations.custom_logger import CustomLogger


class Keep(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        line = kwargs["standard_logging_object"]["metadata"]["spend_logs_metadata"]
        with open("lines.jsonl", "a") as file:
            file.write(json.dumps(line) + "\\n")


keep = Keep()
"""


class Desk:
    """A workspace with two releases, the second of which ranks the other way round."""

    def __init__(self, place: Path) -> None:
        self.root = place / "repo"
        self.bundle = place / "live.json"
        releases = self.root / "releases"
        for directory in ("policy", "catalog"):
            (releases / directory).mkdir(parents=True)
        (releases / "zumik.yaml").write_text("required_version: '>=0'\n")
        (releases / "catalog" / "metrics.yaml").write_text("metrics: {}\n")
        models = "".join(_MODEL.format(name=name) for name in _NAMES)
        (releases / "catalog" / "acme.yaml").write_text(f"provider: acme\nmodels:\n{models}")
        self._git("init", "-q", "-b", "main")
        self._git("config", "user.name", "bench")
        self._git("config", "user.email", "bench@localhost")
        for order in (_NAMES, _NAMES[::-1]):
            listed = json.dumps([f"acme/{name}" for name in order])
            policy = f"aliases:\n  {ALIAS}: {{candidates: {listed}, prefer: [listed]}}\n"
            (releases / "policy" / "all.yaml").write_text(policy)
            self._git("add", "-A")
            self._git("commit", "-qm", "Edit")
            self.zumik("release", "create", "--note", "Next")
        listed_ids = json.loads(self.zumik("release", "list", "--format", "json"))["releases"]
        self.releases = [item["id"] for item in listed_ids]
        self.promote(0)

    def promote(self, number: int) -> None:
        """Move the alias, and bundle what is live then."""
        release = self.releases[number % 2]
        self.zumik("alias", "promote", ALIAS, "--to", release, "--reason", "bench")
        self.zumik("bundle", "--all-releases", "-o", str(self.bundle))

    def replayed(self, lines: Path) -> dict[str, int]:
        """How many lines have which verdict, of those that any has."""
        done = self._run(ZUMIK, "replay", str(lines), "--format", "json")
        found = json.loads(done.stdout)["verdicts"]
        return {verdict: calls for verdict, calls in found.items() if calls}

    def releases_of(self, lines: Path) -> list[int]:
        """How many lines name the one release, and how many the other."""
        logged = map(json.loads, lines.read_text().split("\n")[:-1])
        found = Counter(line["alias_release"] for line in logged)
        return [found[release] for release in self.releases]

    def config(self, place: Path, base: str, callbacks: Callable[[str], list[str]]) -> Path:
        """What `zumik export litellm` writes, with these callbacks in the place of its one."""
        text = self.zumik(
            *("export", "litellm", "--bundle", str(self.bundle)),
            *("--provider", "acme=openai", "--api-base", f"acme={base}/v1"),
        )
        config = yaml.safe_load(text)
        (ours,) = config["litellm_settings"].pop("callbacks")
        if callbacks(ours):
            config["litellm_settings"]["callbacks"] = callbacks(ours)
        place.mkdir()
        (place / "keep.py").write_text(_KEEP)
        (place / "config.yaml").write_text(yaml.safe_dump(config))
        return place / "config.yaml"

    def zumik(self, *words: str) -> str:
        done = self._run(ZUMIK, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def _git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True)

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=self.root, capture_output=True, text=True, check=False)


def in_process(scratch: Path, *, rounds: int = 9, times: int = 2000) -> list[Figure]:
    """`Resolver.resolve` from a bundle, new files looked for, beside a LiteLLM Router."""
    resolver = Resolver.from_bundle(Desk(scratch).bundle)
    needs = {"input_tokens": 3000, "capabilities": ["tools"], "unavailable": ["acme/model-0"]}
    figures = []
    for what, call, rivals in (
        ("Resolver.resolve", partial(resolver.resolve, ALIAS), choosing_routers()),
        ("Resolver.resolve, needs", partial(resolver.resolve, ALIAS, needs), checking_routers()),
    ):
        for against, many in {"a dict look-up": partial(_look_up, {ALIAS: 1}), **rivals}.items():
            ours, theirs, ratio = in_turn(
                partial(_repeat, call, times), partial(many, times), rounds
            )
            goal = "-" if against == "a dict look-up" else "<= 0.05 x"
            figures.append(Figure(what, against, ours / times, theirs / times, ratio, goal))
    return figures


def _repeat(call: Callable[[], object], times: int) -> None:
    for _ in range(times):
        call()


def _look_up(known: dict[str, int], times: int) -> None:
    _repeat(partial(known.__getitem__, ALIAS), times)


def serving(scratch: Path, *, rounds: int = 5, seconds: float = 3) -> list[Figure]:
    """Time per request of `zumik serve` and of LiteLLM's proxy, which list the same models."""
    need("starlette", "uvicorn", "litellm")
    desk = Desk(scratch)
    with ExitStack() as stack:
        config = desk.config(scratch / "proxy", "http://127.0.0.1:9", lambda ours: [])
        ours = stack.enter_context(running(zumik_serve(desk.bundle), "/readyz", scratch))
        theirs = stack.enter_context(_proxy(config))
        listing = partial(ask, f"{theirs.url}/v1/models", seconds)
        models = partial(ask, f"{ours.url}/v1/models", seconds)
        resolve = partial(ask, f"{ours.url}/v2/resolve", seconds, body={"reference": ALIAS})
        listing()
        return [
            _figure(what, [(mine(), listing()) for _ in range(rounds)])
            for what, mine in (("GET /v1/models", models), ("POST /v2/resolve", resolve))
        ]


def serving_files(scratch: Path, *, rounds: int = 7, seconds: float = 3) -> list[Figure]:
    """Requests a second of `zumik serve` and of nginx, which sends the same bytes from files."""
    need("starlette", "uvicorn")
    desk, body = Desk(scratch), {"reference": ALIAS}
    with ExitStack() as stack:
        ours = stack.enter_context(running(zumik_serve(desk.bundle), "/readyz", scratch)).url
        files = {
            "models.json": _bytes_of(f"{ours}/v1/models"),
            "decision.json": _bytes_of(f"{ours}/v2/resolve", json.dumps(body).encode()),
        }
        nginx = nginx_of(files, scratch / "nginx")
        theirs = stack.enter_context(running(nginx, "/models.json", scratch)).url
        asked = (
            ("GET /v1/models", partial(ask, f"{ours}/v1/models", seconds), "models.json", 0.4),
            (
                "POST /v2/resolve",
                partial(ask, f"{ours}/v2/resolve", seconds, body=body),
                "decision.json",
                0.25,
            ),
        )
        figures = []
        for what, mine, name, goal in asked:
            sent = partial(ask, f"{theirs}/{name}", seconds)
            pairs = [(mine(), sent()) for _ in range(rounds)]
            assert not any(load.failed for pair in pairs for load in pair), pairs
            figures.append(
                Figure(
                    f"zumik serve, {what}",
                    "nginx, its bytes from a file",
                    median(own.each for own, _ in pairs),
                    median(other.each for _, other in pairs),
                    median(other.each / own.each for own, other in pairs),
                    goal=f">= {goal} x",
                )
            )
        return figures


def _bytes_of(url: str, body: bytes | None = None) -> bytes:
    asked = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return bytes(answer.read())


@contextmanager
def _proxy(config: Path) -> Iterator[Server]:
    with running(litellm_proxy(config), "/health/liveliness", config.parent, LITELLM) as server:
        yield server


def _figure(what: str, pairs: list[tuple[Load, Load]]) -> Figure:
    assert not any(load.failed for pair in pairs for load in pair), pairs
    return Figure(
        f"zumik serve, {what}",
        "LiteLLM, GET /v1/models",
        median(ours.each for ours, _ in pairs),
        median(theirs.each for _, theirs in pairs),
        median(ours.each / theirs.each for ours, theirs in pairs),
        goal="<= 0.1 x",
    )


def gateway(scratch: Path, *, rounds: int = 7, seconds: float = 5) -> list[Figure]:
    """A chat through LiteLLM's proxy: an alias with our callback, its model without.

    Without it is measured twice in each round: how far the two are apart is noise.
    """
    need("uvicorn", "litellm")
    desk = Desk(scratch)
    with ExitStack() as stack:
        base = stack.enter_context(running(upstream, "/", scratch)).url
        with_it = desk.config(scratch / "with", base, lambda ours: [ours])
        without = desk.config(scratch / "without", base, lambda ours: [])
        ours, theirs = stack.enter_context(_proxy(with_it)), stack.enter_context(_proxy(without))
        for server in (ours, theirs):
            _chat(server, "acme/model-0", 2)
        asked = ((ours, ALIAS), (theirs, "acme/model-0"), (theirs, "acme/model-0"))
        loads = [[_chat(*one, seconds) for one in asked] for _ in range(rounds)]
    assert not any(load.failed for three in loads for load in three), loads
    return [
        Figure(
            f"LiteLLM, a chat {what}, {name}",
            "without",
            median(getattr(three[place], field) for three in loads),
            median(getattr(three[1], field) for three in loads),
            median(getattr(three[place], field) / getattr(three[1], field) for three in loads),
        )
        for name, field in (("p50", "median"), ("p99", "slow"))
        for what, place in (("with the callback", 0), ("without it, again", 2))
    ]


def _chat(server: Server, model: str, seconds: float, connections: int = 1) -> Load:
    body = {"model": model, "messages": [{"role": "user", "content": "-"}]}
    url = f"{server.url}/v1/chat/completions"
    return ask(url, seconds, connections=connections, body=body)


def soak(scratch: Path, *, seconds: float = 20, requests: int = 100_000) -> list[Figure]:
    """What comes of load while the alias is promoted every second, and of many requests."""
    need("starlette", "uvicorn")
    desk, body, lines = Desk(scratch), {"reference": ALIAS}, scratch / "lines.jsonl"
    with running(zumik_serve(desk.bundle), "/readyz", scratch) as server:
        url = f"{server.url}/v2/resolve"
        with _promoting(desk) as promoted:
            load = ask(url, seconds, body=body, log=lines)
        print(_soaked("zumik serve", load, promoted, desk, lines))
        before, done = server.resident, 0
        while done < requests:
            done += ask(url, seconds / 4, body=body).requests
        held = f"{before / 2**20:.1f} MiB, and {server.resident / 2**20:.1f} MiB"
        print(f"zumik serve holds {held} after {done:,} requests more")
    return []


def gateway_soak(scratch: Path, *, seconds: float = 20) -> list[Figure]:
    """The same of LiteLLM's proxy with our callback, by the log that LiteLLM writes."""
    need("uvicorn", "litellm")
    desk, lines = Desk(scratch), scratch / "proxy" / "lines.jsonl"
    with ExitStack() as stack:
        base = stack.enter_context(running(upstream, "/", scratch)).url
        config = desk.config(scratch / "proxy", base, lambda ours: [ours, "keep.keep"])
        server = stack.enter_context(_proxy(config))
        _chat(server, ALIAS, 1)
        with _promoting(desk) as promoted:
            load = _chat(server, ALIAS, seconds, connections=8)
    # LiteLLM has written all that it will once it has ended.
    print(_soaked("LiteLLM with the callback", load, promoted, desk, lines))
    return []


@contextmanager
def _promoting(desk: Desk) -> Iterator[list[int]]:
    """A promotion begins every second, or as soon as the one before is through."""
    promoted, done = [], threading.Event()

    def run() -> None:
        due = time.monotonic()
        while not done.wait(max(due - time.monotonic(), 0)):
            due = time.monotonic() + 1
            desk.promote(len(promoted) + 1)
            promoted.append(len(promoted))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield promoted
    finally:
        done.set()
        thread.join()


def _soaked(what: str, load: Load, promoted: list[int], desk: Desk, lines: Path) -> str:
    return (
        f"{what}, promoted {len(promoted)} times in {load.seconds:.0f} s: "
        f"{load.requests:,} requests, {load.failed} failed; "
        f"lines by release {desk.releases_of(lines)}, replayed {desk.replayed(lines)}"
    )


SUBJECTS = {
    "in-process": in_process,
    "serving": serving,
    "serving-files": serving_files,
    "gateway": gateway,
    "soak": soak,
    "gateway-soak": gateway_soak,
}
