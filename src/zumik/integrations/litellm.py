"""LiteLLM: a callback of its proxy that answers aliases from live releases, and logs the receipt.

    litellm_settings:
      zumik: {bundle: live.json}
      callbacks: zumik.integrations.litellm.resolver

It rewrites the model that a request names, gives LiteLLM the rest of the ranking as fallbacks, and
logs which model the provider says answered (see `litellm_answer`, which also says where that cannot
be seen). It carries no traffic, reads of a prompt only which kinds of parts it has (and how long it
is, where `count_input` is set), and of an answer only the model that it names. A request that it
cannot answer gets a clear error in the caller's API format, or goes on to LiteLLM unchanged. No
fault of it ends the proxy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from zumik.core.basics.display import neutral
from zumik.core.basics.names import ModelId
from zumik.core.basics.times import moment_text
from zumik.core.decisions.decision import Decision
from zumik.core.facts.request import Request
from zumik.errors import CannotRun, ZumikError
from zumik.integrations.litellm_answer import (
    MessageStart,
    kept_model,
    provider_model,
    record_served,
)
from zumik.integrations.litellm_files import LOG, LiveFiles
from zumik.integrations.litellm_limits import (
    Counted,
    affordable,
    allow_fallbacks,
    count_answer,
    count_request,
)
from zumik.integrations.litellm_listing import ListedAliases
from zumik.integrations.litellm_log import append_line, line_of_call
from zumik.integrations.litellm_proxy import (
    input_tokens,
    proxy_router,
    proxy_settings,
    refusal,
)
from zumik.integrations.litellm_request import (
    after_failures,
    fallbacks_of,
    headers_of,
    line_of,
    metadata_name,
    with_line,
    without_claims,
)
from zumik.integrations.litellm_settings import CallbackSettings
from zumik.integrations.request_needs import needs_of

_ROUTER_COMES_WITHIN = 120.0
"""Seconds that LiteLLM may take to start. A request does not wait for them."""

_CLIENT_FALLBACKS = ("context_window_fallbacks", "content_policy_fallbacks")


class _Trace:
    """One request in progress: its first decision, that of the model tried last, and its fate.

    `counted` says which limits its answer is counted against.
    """

    __slots__ = ("call_id", "counted", "decision", "failed", "first")

    def __init__(self, call_id: object, decision: Decision) -> None:
        self.call_id = call_id
        self.first = decision
        self.decision = decision
        self.failed = False
        self.counted: Counted | None = None


_UNDER_WAY: ContextVar[_Trace | None] = ContextVar("zumik_litellm", default=None)


class ZumikResolver(CustomLogger):  # type: ignore[misc, unused-ignore]
    """Answers aliases, pinned aliases and concrete targets in LiteLLM's proxy.

    `settings` and `router` are called when they are first needed: LiteLLM imports its callbacks
    before it has read all of its file.
    """

    def __init__(
        self,
        settings: Callable[[], CallbackSettings] | None = None,
        router: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__()
        self._files = LiveFiles(settings or proxy_settings)
        self._router = router or proxy_router
        self._listed = ListedAliases()
        self._starting: asyncio.Task[None] | None = None
        self._reported: set[str] = set()

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: object, data: dict[str, Any], call_type: str
    ) -> dict[str, Any] | None:
        """Rewrite the model, write the log line, and give LiteLLM the ranking to fall back to.

        Raises LiteLLM's own errors where the request cannot be answered, or where a limit or a
        budget of the key is reached.
        """
        before = _UNDER_WAY.get()
        _UNDER_WAY.set(None)
        without_claims(data)
        reference = data.get("model")
        if not isinstance(reference, str):
            return None
        await self._look()
        request = await self._needs(reference, data)
        try:
            decision = self._decide(reference, request, data, before)
        except ZumikError as error:
            if self._passes(reference):
                return None
            raise refusal(error, reference, known=self._files.resolver is not None) from None
        self._apply(decision, data)
        if user_api_key_dict is not None:
            await self._limit(user_api_key_dict, decision, data, before)
        return data

    async def async_filter_listed_models(
        self, user_api_key_dict: object, model_names: Sequence[str]
    ) -> Sequence[str]:
        """LiteLLM's list of models, without aliases that have just stopped to be live."""
        before = self._listed.names
        await self._look()
        return [name for name in model_names if name not in before or name in self._listed.names]

    async def async_pre_call_deployment_hook(
        self, kwargs: dict[str, Any], call_type: object
    ) -> dict[str, Any] | None:
        """Before each try: where LiteLLM tries again or falls back, begin another log line."""
        trace = _UNDER_WAY.get()
        if trace is None:
            return None
        try:
            metadata = kwargs.get(metadata_name(kwargs))
            group = metadata.get("model_group") if isinstance(metadata, dict) else None
            if isinstance(metadata, dict) and isinstance(group, str):
                self._tried(trace, group, metadata)
        except Exception as error:  # noqa: BLE001  # a log line may not fail a request
            LOG.error("zumik: the log line could not be written: %s", type(error).__name__)
        return None

    async def async_post_call_failure_deployment_hook(
        self,
        request_data: Mapping[str, object],
        exception: Exception,
        call_type: object,
        fallback_depth: int | None = None,
    ) -> None:
        """After a try that failed: the next one gets a log line of its own."""
        trace = _UNDER_WAY.get()
        if trace is not None:
            trace.failed = True

    async def async_post_call_success_deployment_hook(
        self, request_data: dict[str, Any], response: Any, call_type: object
    ) -> None:
        """After an answer in one piece, before LiteLLM overwrites the model that it names."""
        _record(request_data, response, provider_model)

    async def async_post_call_streaming_deployment_hook(
        self, request_data: dict[str, Any], response_chunk: Any, call_type: object
    ) -> None:
        """At the events of a stream: `/v1/messages` over another API is seen only here."""
        _record(request_data, response_chunk, kept_model)

    async def async_logging_hook(
        self, kwargs: dict[str, Any], result: Any, call_type: str
    ) -> tuple[dict[str, Any], Any]:
        """Before any logger: a chat stream whose last event the hook above did not get."""
        _record(kwargs, result, kept_model)
        return kwargs, result

    async def async_post_call_streaming_iterator_hook(
        self,
        user_api_key_dict: object,
        response: AsyncIterable[Any],
        request_data: dict[str, Any],
    ) -> AsyncGenerator[Any, None]:
        """A stream to the client, unchanged: of `/v1/messages` only its first event is read."""
        start = MessageStart(request_data.get("litellm_logging_obj"))
        async for chunk in response:
            if start.looking:
                _record(request_data, chunk, start.model_in)
            yield chunk

    async def async_post_call_response_headers_hook(
        self,
        data: dict[str, Any],
        user_api_key_dict: object,
        response: object,
        request_headers: dict[str, str] | None = None,
        litellm_call_info: dict[str, object] | None = None,
    ) -> dict[str, str] | None:
        """The receipt in response headers, of answers, streams and errors."""
        trace = _UNDER_WAY.get()
        if trace is None or trace.call_id != data.get("litellm_call_id"):
            return None
        return headers_of(trace.decision)

    async def async_log_success_event(
        self, kwargs: dict[str, Any], response_obj: object, start_time: object, end_time: object
    ) -> None:
        """Count what an alias was answered with against its limits, and log the call."""
        trace = _UNDER_WAY.get()
        if trace is not None and trace.call_id == kwargs.get("litellm_call_id"):
            try:
                await count_answer(trace.counted, kwargs, response_obj, start_time, end_time)
            except Exception as error:  # noqa: BLE001  # as LiteLLM: an answer was given
                LOG.error("zumik: limits were not counted: %s", type(error).__name__)
        await self._write(kwargs)

    async def async_log_failure_event(
        self, kwargs: dict[str, Any], response_obj: object, start_time: object, end_time: object
    ) -> None:
        """Log a call that failed."""
        await self._write(kwargs)

    async def _write(self, kwargs: Mapping[str, Any]) -> None:
        """Append a call to the log file, where the settings name one."""
        path, payload = self._files.settings.log, kwargs.get("standard_logging_object")
        if path is None or payload is None:
            return
        try:
            await asyncio.to_thread(append_line, path, line_of_call(payload))
        except Exception as error:  # noqa: BLE001  # an answer was given
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._log_once(f"the log {path} cannot be written: {reason}")

    async def _limit(
        self, token: Any, decision: Decision, data: dict[str, Any], before: _Trace | None
    ) -> None:
        """Hold a request to the key's limits and budgets for its alias and for its model."""
        data["fallbacks"] = await affordable(token, decision, data["fallbacks"])
        allow_fallbacks(token, data)
        trace = _UNDER_WAY.get()
        assert trace is not None
        if before is not None and before.call_id == trace.call_id:
            # LiteLLM asks again for the same request after a rate limit of its own.
            trace.counted = before.counted
        elif decision.alias is not None:
            trace.counted = await count_request(token, decision.alias)

    def _tried(self, trace: _Trace, group: str, metadata: dict[str, Any]) -> None:
        if group == trace.decision.model and not trace.failed:
            return
        # Loggers that write in batches still hold the line of the try that failed.
        trace.failed = False
        decision = trace.first
        if "/" in group:
            decision = after_failures(trace.first, ModelId(group))
        trace.decision = decision
        with_line(metadata, line_of(decision, _now(), group))

    def _apply(self, decision: Decision, data: dict[str, Any]) -> None:
        data["model"] = str(decision.model)
        # A fallback that the caller names was not decided here, and the receipt would be wrong.
        for name in _CLIENT_FALLBACKS:
            data.pop(name, None)
        data["fallbacks"] = [str(model) for model in fallbacks_of(decision)]
        name = metadata_name(data)
        if not isinstance(data.get(name), dict):
            data[name] = {}
        with_line(data[name], line_of(decision, _now()))
        _UNDER_WAY.set(_Trace(data.get("litellm_call_id"), decision))

    async def _needs(self, reference: str, data: Mapping[str, Any]) -> Request:
        """What a request needs of the model that an alias chooses."""
        if "/" in reference:
            return Request()
        settings = self._files.settings
        request = needs_of(data, settings.ignore_needs)
        if not settings.count_input:
            return request
        try:
            # In a thread: a long prompt takes a while, and other requests go on.
            counted = await asyncio.to_thread(input_tokens, data)
        except Exception as error:  # noqa: BLE001  # what cannot be counted is not needed
            LOG.error("zumik: a prompt could not be counted: %s", type(error).__name__)
            return request
        return request._replace(input_tokens=counted)

    def _decide(
        self, reference: str, request: Request, data: Mapping[str, Any], before: _Trace | None
    ) -> Decision:
        """Raises ZumikError."""
        resolver = self._files.resolver
        if resolver is None:
            raise self._files.trouble or CannotRun("no bundle is loaded")
        if before is not None and before.call_id == data.get("litellm_call_id"):
            # LiteLLM calls the hook again for the same request after a rate limit of its own.
            again = after_failures(before.first, ModelId(reference)) if "/" in reference else None
            if again is not None and again.model == reference:
                return again
        decision = resolver.resolve(reference, request)
        while decision.source is not None and not self._deployed(decision.model):
            # Drained models are not added: one may still have to answer, where no other can.
            request = request._replace(unavailable=(*request.unavailable, decision.model))
            decision = resolver.resolve(reference, request)
        return decision

    def _deployed(self, model: str) -> bool:
        """Whether LiteLLM has a deployment of a model; logged once where it has none."""
        router = self._router()
        if router is None or model in router.model_names:
            return True
        if router.get_model_list(model_name=model):
            return True
        self._log_once(
            f"{model} is ranked, but this proxy has no deployment of it: it counts as unavailable. "
            "zumik export litellm writes one; restart LiteLLM to read it"
        )
        return False

    def _passes(self, reference: str) -> bool:
        """Whether a request that cannot be answered goes on to LiteLLM unchanged.

        A target may go on by a wildcard such as `openai/*`. A name without a `/` may be an alias,
        so it goes on only where that very name is deployed: a catch-all `*` would send every
        misspelt alias to a provider, without a receipt. An alias that is live never goes on.
        """
        if self._files.settings.on_error == "pass":
            return True
        router = self._router()
        if router is None:
            return False
        if "/" in reference:
            return bool(
                reference in router.model_names or router.get_model_list(model_name=reference)
            )
        resolver = self._files.resolver
        if reference in self._listed.names or (
            resolver is not None and reference in resolver.bundle.pointers
        ):
            return False
        aliases = getattr(router, "model_group_alias", None) or {}
        return reference != "*" and (reference in router.model_names or reference in aliases)

    async def _look(self) -> None:
        """Check the files when it is time, and keep LiteLLM's list of models as they are."""
        if await self._files.look() and self._files.settings.list_aliases:
            router, resolver = self._router(), self._files.resolver
            if router is not None and resolver is not None:
                self._listed.show(router, resolver.bundle.pointers)

    def start(self) -> ZumikResolver:
        """Open the files without waiting for a request, so that a fault of them is logged. Never
        raises.

        LiteLLM imports its callbacks before it has read the rest of its file and made its router.
        """
        try:
            self._starting = asyncio.get_running_loop().create_task(self._begin())
        except RuntimeError:
            self._files.open_now()
        return self

    async def _begin(self) -> None:
        deadline = time.monotonic() + _ROUTER_COMES_WITHIN
        while self._router() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        await self._look()

    def _log_once(self, message: str) -> None:
        if message not in self._reported and len(self._reported) < 1000:
            self._reported.add(message)
            LOG.error("zumik: %s", neutral(message))


def _record(
    data: Mapping[str, Any], answer: object, model_of: Callable[[object], str | None]
) -> None:
    """Log what an answer says of its model. A fault is logged, and the request goes on."""
    try:
        record_served(data, model_of(answer))
    except Exception as error:  # noqa: BLE001  # a log line may not fail a request
        LOG.error("zumik: served_model could not be logged: %s", type(error).__name__)


def _now() -> str:
    return moment_text(datetime.now(UTC).replace(microsecond=0))


def __getattr__(name: str) -> object:
    """`resolver`: the callback that LiteLLM loads, made at the first access."""
    if name != "resolver":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = ZumikResolver().start()
    globals()["resolver"] = made
    return made
