"""A workspace with invented models, and a real LiteLLM proxy process in front of the upstream."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

CATALOG = """
provider: {provider}
models:
"""

MODEL = """  {name}:
    revision: {name}-2026-01-01
    pinned: true
    upstream: {{model: {name}-2026-01-01}}
    limits: {{context_tokens: {context}, input_tokens: {context}, output_tokens: {output}}}
    input: [{input}]
    capabilities: [{capabilities}]
    price: {{input: {price}, output: 2, source: invented, observed_on: 2026-01-01}}
"""

ALIASES = {
    "code.fast": ["acme/fast-1", "acme/text-1", "acme/steady-1"],
    "code.other": ["acme/fast-1", "acme/steady-1"],
    "code.claude": ["claudish/haiku-1", "claudish/haiku-2", "acme/steady-1"],
    "search.embed": ["acme/embed-1", "acme/embed-2"],
}

KEY = "sk-" + "0123456789abcdef" * 4

LOGGER = """
import json, os
from litellm.integrations.custom_logger import CustomLogger

class Log(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self.write(kwargs)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.write(kwargs)

    def write(self, kwargs):
        payload = kwargs["standard_logging_object"]
        kept = {name: payload[name] for name in ("status", "model", "model_group", "metadata")}
        kept["cost"] = payload["response_cost"]
        with open(os.environ["LOG_FILE"], "a") as file:
            file.write(json.dumps(kept, default=str) + "\\n")

log = Log()
"""


def run_zumik(root: Path, *words: str, stdin: str | None = None) -> str:
    """What the command line prints. A command that fails fails the test."""
    done = subprocess.run(
        [sys.executable, "-m", "zumik", *words],
        cwd=root,
        capture_output=True,
        text=True,
        input=stdin,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def judged(workspace: Path, line: dict[str, Any]) -> tuple[str, list[str]]:
    """What `zumik replay` says of a line that LiteLLM logged, and what it had to assume."""
    file = workspace / "one.jsonl"
    file.write_text(json.dumps(line) + "\n")
    found = json.loads(run_zumik(workspace, "replay", str(file), "--each", "--format", "json"))
    assert not found["differences"]
    return found["verdict"], found["assumed"]


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


def model(name: str, **facts: object) -> str:
    known: dict[str, object] = {
        "context": 200000,
        "output": 64000,
        "input": "text, image",
        "price": 1,
        "capabilities": "tools, structured_output",
    }
    return MODEL.format(name=name, **{**known, **facts})


def make_workspace(root: Path) -> None:
    """A git repository with a landed release of every alias in ALIASES, all of them live."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    releases = root / "releases"
    for place in ("policy", "catalog"):
        (releases / place).mkdir(parents=True)
    (releases / "zumik.yaml").write_text("required_version: '>=0'\n")
    (releases / "catalog" / "metrics.yaml").write_text("metrics: {}\n")
    acme = model("fast-1") + model("text-1", input="text", capabilities="tools")
    acme += model("steady-1", price="0.3") + model("embed-1") + model("embed-2")
    (releases / "catalog" / "acme.yaml").write_text(CATALOG.format(provider="acme") + acme)
    claudish = model("haiku-1") + model("haiku-2", output=100)
    text = CATALOG.format(provider="claudish") + claudish
    (releases / "catalog" / "claudish.yaml").write_text(text)
    write_policy(root, ALIASES)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Start")
    release(root)


def write_policy(root: Path, aliases: dict[str, list[str]]) -> None:
    lines = ["aliases:"]
    for alias, listed in aliases.items():
        lines += [f"  {alias}:", f"    candidates: {json.dumps(listed)}", "    prefer: [listed]"]
    (root / "releases" / "policy" / "all.yaml").write_text("\n".join(lines) + "\n")


def release(root: Path) -> None:
    """Freeze and promote everything."""
    if subprocess.run(["git", "diff", "--quiet"], cwd=root, check=False).returncode:
        git(root, "commit", "-qam", "Edit")
    run_zumik(root, "release", "create", "--note", "Next")
    run_zumik(root, "alias", "promote", "--all", "--latest", "--reason", "go")


def bundle(root: Path, file: Path) -> None:
    run_zumik(root, "bundle", "--all-releases", "-o", str(file))


def export(root: Path, base: str, *words: str) -> str:
    """The exported configuration for the upstream at `base`, with a logger and quick to give up."""
    text = run_zumik(
        root,
        "export",
        "litellm",
        *words,
        "--provider",
        "acme=openai",
        "--api-base",
        f"acme={base}/v1",
        "--provider",
        "claudish=anthropic",
        "--api-base",
        f"claudish={base}",
    )
    config = yaml.safe_load(text)
    config["litellm_settings"]["callbacks"].append("keep.log")
    config["router_settings"] |= {"num_retries": 0, "timeout": 3}
    return str(yaml.safe_dump(config))


class Gateway:
    """LiteLLM's proxy as a process of its own; `log` is the file that its logger writes."""

    def __init__(
        self,
        place: Path,
        config: str,
        *,
        timeout: float = 120,
        logger: str = LOGGER,
        **environment: str,
    ) -> None:
        self.place = place
        self.log = place / "log.jsonl"
        self.said = place / "proxy.txt"
        self.port = _free_port()
        (place / "keep.py").write_text(logger)
        (place / "config.yaml").write_text(config)
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LITELLM", "ZUMIK", "OPENAI", "ANTHROPIC", "COV_"))
        }
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [
                    str(Path(sys.executable).parent / "litellm"),
                    "--config",
                    "config.yaml",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                    "--telemetry",
                    "False",
                ],
                cwd=place,
                env={
                    **known,
                    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                    "LOG_FILE": str(self.log),
                    "LITELLM_MASTER_KEY": KEY,
                    "ACME_API_KEY": "sk-secret-of-acme",
                    "CLAUDISH_API_KEY": "sk-secret-of-claudish",
                    **environment,
                },
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._deadline = time.monotonic() + timeout

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> Gateway:
        """Until it answers. Raises AssertionError with what it said where it does not."""
        import httpx

        while time.monotonic() < self._deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.base}/health/liveliness", timeout=5).status_code == 200:
                    return self
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.stop()
        raise AssertionError(self.said.read_text()[-4000:])

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def logged(self, call: str, status: str = "success", seconds: float = 20) -> dict[str, Any]:
        """What LiteLLM's log has of a call that was marked so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # The last line may be being written.
            for line in self.log.read_text().split("\n")[:-1] if self.log.exists() else ():
                found: dict[str, Any] = json.loads(line)
                said = found["metadata"].get("spend_logs_metadata") or {}
                if found["status"] == status and said.get("call") == call:
                    return found
            time.sleep(0.05)
        raise AssertionError(f"{call} is not in the log: {self.said.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
