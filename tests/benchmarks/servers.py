"""Servers under measurement: processes on loopback, what is asked of them, and what they take."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

BIN = Path(sys.executable).parent
ZUMIK = str(BIN / "zumik")

_START_SECONDS = 180


class NotHere(Exception):
    """Something that a measurement needs is not on this machine."""


def need(*modules: str) -> None:
    """Raises NotHere with what has to be installed."""
    for module in modules:
        if find_spec(module) is None:
            raise NotHere(f"{module} is not installed: pip install 'zumik[integration]'")
    if shutil.which("wrk") is None:
        raise NotHere("wrk is not installed: apt-get install wrk")


class Server(NamedTuple):
    """A process that answers at an address."""

    url: str
    pid: int

    @property
    def resident(self) -> int:
        """Bytes of memory that the process holds, with its children's."""
        pages = sum(_resident_pages(pid) for pid in _family(self.pid))
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(
    command: Callable[[int], list[str]],
    health: str,
    place: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A process that is told its port, once its health is good; ended in every case."""
    port = _free_port()
    said = place / f"said-{port}.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            command(port),
            cwd=place,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_healthy(process, url + health, said)
        yield Server(url, process.pid)
    finally:
        _end(process)


def _until_healthy(process: subprocess.Popen[bytes], url: str, said: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer:\n{said.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(15)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
        break
    process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(p for c in children.read_text().split() for p in _family(int(c)))]


def _resident_pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def zumik_serve(bundle: Path) -> Callable[[int], list[str]]:
    """`zumik serve` of a bundle, one process."""
    return lambda port: [ZUMIK, "serve", "--bundle", str(bundle), "--port", str(port)]


_NGINX = """\
worker_processes 1;
daemon off;
pid {place}/pid;
error_log stderr error;
{user}
events {{ worker_connections 768; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  types {{ application/json json; }}
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  server {{ listen 127.0.0.1:{port}; root {place}/files; }}
}}
"""


def nginx_of(files: Mapping[str, bytes], place: Path) -> Callable[[int], list[str]]:
    """nginx with one worker and no access log, which sends these files, as Debian sets it up."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise NotHere("nginx is not installed: apt-get install nginx-light")
    (place / "files").mkdir(parents=True)
    for name, data in files.items():
        (place / "files" / name).write_bytes(data)
    # As root its worker would be another user, who cannot read the files.
    user = "user root;" if os.geteuid() == 0 else ""

    def command(port: int) -> list[str]:
        config = place / "nginx.conf"
        config.write_text(_NGINX.format(place=place, port=port, user=user))
        return [program, "-c", str(config), "-p", str(place), "-e", "stderr"]

    return command


def litellm_proxy(config: Path) -> Callable[[int], list[str]]:
    """LiteLLM's proxy with one worker, and without keys, which would cost it time."""
    return lambda port: [
        str(BIN / "litellm"),
        *("--config", str(config), "--host", "127.0.0.1", "--port", str(port)),
        *("--telemetry", "False"),
    ]


def upstream(port: int) -> list[str]:
    """A provider that answers every chat at once."""
    return [sys.executable, str(Path(__file__).with_name("upstream.py")), str(port)]


LITELLM = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # it would ask the network for prices otherwise
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",  # as fast as it can be
    "LITELLM_LOG": "ERROR",
    "ACME_API_KEY": "-",
}


class Load(NamedTuple):
    """What came of asking a server for a while; times in seconds."""

    requests: int
    seconds: float
    median: float
    slow: float
    failed: int

    @property
    def each(self) -> float:
        """Seconds of the server for a request."""
        return self.seconds / self.requests


_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def ask(
    url: str, seconds: float, *, connections: int = 16, body: object = None, log: Path | None = None
) -> Load:
    """Load by `wrk` on one thread: GET, or POST where there is a body; answers kept in `log`."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(seconds, 1):.0f}s", "--latency"]
    command += ["--timeout", "30s"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body is not None:
            script.write(_script(json.dumps(body), log))
            script.flush()
            command += ["-s", script.name]
        done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return _read(done.stdout)


def _script(body: str, log: Path | None) -> str:
    """What makes wrk post, and keep the answers."""
    lines = [f"wrk.method = 'POST'; wrk.body = [[{body}]]"]
    lines += ["wrk.headers['Content-Type'] = 'application/json'"]
    if log is not None:
        lines += [
            f"local kept = io.open([[{log}]], 'a')",
            "function response(status, headers, body)",
            "  if status == 200 then kept:write(body, '\\n') end",
            "end",
        ]
    return "\n".join(lines)


def _read(said: str) -> Load:
    found = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", said)
    assert found is not None, said
    errors = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said
    )
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = sum(map(int, errors.groups())) if errors else 0
    return Load(
        requests=int(found[1]),
        seconds=float(found[2]) * _UNITS[found[3]],
        median=_percentile(said, 50),
        slow=_percentile(said, 99),
        failed=failed + (int(other[1]) if other else 0),
    )


def _percentile(said: str, percent: int) -> float:
    found = re.search(rf"\n\s+{percent}%\s+([\d.]+)(us|ms|s|m)\b", said)
    assert found is not None, said
    return float(found[1]) * _UNITS[found[2]]
