"""Every log that a real LiteLLM proxy writes, of calls whose verdicts are known."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml
from tests.integration.litellm.calls import MESSAGES
from tests.integration.litellm.gateway import KEY, Gateway, export
from tests.integration.litellm.upstream import Upstream

RECORDER = """
import json, os
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy.spend_tracking.spend_tracking_utils import get_logging_payload

def write(name, value):
    with open(name, "a") as file:
        file.write(json.dumps(value, default=str) + "\\n")

class Log(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        write("payloads.jsonl", kwargs["standard_logging_object"])
        row = get_logging_payload(kwargs, response_obj, start_time, end_time)
        write("spend.jsonl", row)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        write("payloads.jsonl", kwargs["standard_logging_object"])

log = Log()
"""


def importable(name: str) -> bool:
    """Whether a module is installed; its packages may be missing too."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


HAS_OTEL = importable("opentelemetry.sdk") and importable("opentelemetry.exporter.otlp.proto.http")


class Said(NamedTuple):
    """What replaying one call's log says: the verdict, and of the model that answered."""

    verdict: str
    served: str


class Scene(NamedTuple):
    """One call through the proxy, how the upstream behaves then, and what its log says.

    `failed` says that an attempt fails before the answer. Of several that fail, LiteLLM logs one.
    `cache` lets LiteLLM keep the answer, and give it again.
    """

    name: str
    path: str
    model: str
    said: Said | None
    stream: bool = False
    behave: Mapping[str, str] = MappingProxyType({})
    serves: Mapping[str, str] = MappingProxyType({})
    failed: bool = False
    cache: bool = False


GOOD = Said("reproduced", "as_resolved")
DRIFTED = Said("reproduced", "other_revision")
CACHED = Said("reproduced", "not_logged")
_DOWN = {"fast-1-2026-01-01": "429"}
_ONCE = {"fast-1-2026-01-01": "once 500"}
_NEWER = {f"{name}-2026-01-01": f"{name}-2026-03-01" for name in ("fast-1", "haiku-1", "embed-1")}

SCENES = (
    Scene("chat", "chat/completions", "code.fast", GOOD),
    Scene("stream", "chat/completions", "code.fast", GOOD, stream=True),
    Scene("pinned", "chat/completions", "code.fast@{release}", GOOD),
    Scene("concrete", "chat/completions", "acme/fast-1", GOOD),
    Scene("unknown", "chat/completions", "code.fats", None),
    Scene("embeddings", "embeddings", "search.embed", GOOD),
    Scene("messages", "messages", "code.claude", GOOD),
    Scene("message stream", "messages", "code.claude", GOOD, stream=True),
    Scene("adapted messages", "messages", "code.fast", GOOD),
    Scene("responses", "responses", "code.fast", GOOD),
    Scene("response stream", "responses", "code.fast", GOOD, stream=True),
    Scene("retry", "chat/completions", "code.fast", GOOD, behave=_ONCE, failed=True),
    Scene("retried stream", "chat/completions", "code.fast", DRIFTED, True, _ONCE, _NEWER, True),
    Scene("fallback", "chat/completions", "code.fast", GOOD, behave=_DOWN, failed=True),
    Scene("fallback stream", "chat/completions", "code.fast", GOOD, True, _DOWN, failed=True),
    Scene("drift", "chat/completions", "code.fast", DRIFTED, serves=_NEWER),
    Scene("drifting stream", "chat/completions", "code.fast", DRIFTED, True, serves=_NEWER),
    Scene("drifting messages", "messages", "code.claude", DRIFTED, serves=_NEWER),
    Scene("drifting message stream", "messages", "code.claude", DRIFTED, True, serves=_NEWER),
    Scene("drifting adapted messages", "messages", "code.fast", DRIFTED, serves=_NEWER),
    Scene("drifting adapted stream", "messages", "code.fast", DRIFTED, True, serves=_NEWER),
    Scene("drifting response", "responses", "code.fast", DRIFTED, serves=_NEWER),
    Scene("drifting response stream", "responses", "code.fast", DRIFTED, True, serves=_NEWER),
    Scene("drifting embeddings", "embeddings", "search.embed", DRIFTED, serves=_NEWER),
    Scene("kept", "chat/completions", "code.fast", DRIFTED, serves=_NEWER, cache=True),
    Scene("given again", "chat/completions", "code.fast", CACHED, serves=_NEWER, cache=True),
    Scene("kept stream", "messages", "code.fast", DRIFTED, True, serves=_NEWER, cache=True),
    Scene("stream given again", "messages", "code.fast", CACHED, True, serves=_NEWER, cache=True),
    Scene("kept events", "messages", "code.claude", DRIFTED, True, serves=_NEWER, cache=True),
    Scene("events given again", "messages", "code.claude", CACHED, True, serves=_NEWER, cache=True),
)


class Recorded(NamedTuple):
    """The folder with the logs, and LiteLLM's id of each scene's call."""

    place: Path
    ids: dict[str, str]


@contextmanager
def sinks(place: Path) -> Iterator[str]:
    """A server on loopback that keeps what LiteLLM posts to it; its base."""

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            name, keep = _SINKS[self.path]
            with (place / name).open("a") as file:
                file.write(keep(body) + "\n")
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _posted(body: bytes) -> str:
    """A body of the generic API as a line: whatever its layout, JSON has no line break in text."""
    return body.decode().replace("\n", " ")


def _spans(body: bytes) -> str:
    """A batch of spans as the file exporter of OpenTelemetry's collector writes it."""
    from google.protobuf.json_format import MessageToDict
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    batch = MessageToDict(ExportTraceServiceRequest.FromString(body))
    for resource in batch.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                _ids_as_hex(span)
    return json.dumps(batch)


def _ids_as_hex(span: dict[str, Any]) -> None:
    from base64 import b64decode

    for name in ("traceId", "spanId", "parentSpanId"):
        if name in span:
            span[name] = b64decode(span[name]).hex()


_SINKS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "/generic": ("generic.jsonl", _posted),
    "/v1/traces": ("spans.jsonl", _spans),
}


@contextmanager
def recording(workspace: Path, live: Path, upstream: Upstream, place: Path) -> Iterator[Gateway]:
    """A proxy that writes every log into a folder; the logs are complete when it has ended."""
    config = yaml.safe_load(export(workspace, upstream.base, "--bundle", str(live)))
    config["litellm_settings"]["callbacks"] += ["generic_api", *(["otel"] if HAS_OTEL else [])]
    config["router_settings"]["num_retries"] = 1
    config["litellm_settings"]["cache"] = True
    config["litellm_settings"]["cache_params"] = {"type": "local", "mode": "default_off"}
    with sinks(place) as base:
        gateway = Gateway(
            place,
            yaml.safe_dump(config),
            logger=RECORDER,
            GENERIC_LOGGER_ENDPOINT=f"{base}/generic",
            DEFAULT_FLUSH_INTERVAL_SECONDS="1",
            OTEL_EXPORTER="otlp_http",
            OTEL_ENDPOINT=f"{base}/v1/traces",
            OTEL_BSP_SCHEDULE_DELAY="200",
        )
        try:
            yield gateway.wait()
            _settle(place)
        finally:
            gateway.stop()


def record(workspace: Path, live: Path, upstream: Upstream, place: Path, release: str) -> Recorded:
    """The logs of all scenes."""
    with recording(workspace, live, upstream, place) as gateway:
        ids = {scene.name: _call(gateway, upstream, scene, release) for scene in SCENES}
    return Recorded(place, ids)


def _call(gateway: Gateway, upstream: Upstream, scene: Scene, release: str) -> str:
    import httpx

    upstream.forget()
    upstream.behave, upstream.serves = dict(scene.behave), dict(scene.serves)
    body: dict[str, Any] = {"model": scene.model.format(release=release), "stream": scene.stream}
    if scene.path in ("responses", "embeddings"):
        body["input"] = MESSAGES[0]["content"]
    else:
        body |= {"messages": MESSAGES, "max_tokens": 50}
    if scene.cache:
        body["cache"] = {"use-cache": True}
    if scene.path == "embeddings":
        del body["stream"]
    answered = httpx.post(
        f"{gateway.base}/v1/{scene.path}",
        json=body,
        headers={"authorization": f"Bearer {KEY}"},
        timeout=60,
    )
    assert answered.status_code == (200 if scene.said else 404), answered.text
    return answered.headers["x-litellm-call-id"]


def _settle(place: Path, seconds: float = 30) -> None:
    """Until no log has grown for two seconds."""
    deadline, before, still = time.monotonic() + seconds, 0, 0
    while still < 4 and time.monotonic() < deadline:
        time.sleep(0.5)
        now = sum(file.stat().st_size for file in place.glob("*.jsonl"))
        before, still = now, still + 1 if now == before else 0
