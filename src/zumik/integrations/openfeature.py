"""OpenFeature: a provider that answers an alias as a string flag.

    api.set_provider_and_wait(ZumikProvider.from_bundle("live.json"))
    client = api.get_client()
    client.get_string_details("code.fast", "openai/gpt-5")

The value is the model, the variant the release that named it, and the flag metadata the receipt and
the log line. An object flag has the log line as its value. Other types are TYPE_MISMATCH.

The evaluation context says what a request needs, under `zumik.` and a field of a logged request:
`zumik.input_tokens`, `zumik.output_tokens`, `zumik.capabilities`, `zumik.input` and
`zumik.unavailable`. One object `zumik` with these fields is read too. A need that has neither
(`input_tokens` alone, of any type) is INVALID_CONTEXT and not ignored. Other keys belong to
other flags.

Reasons, as OpenFeature names them: STALE where newer files cannot be used and the last good ones
answer; TARGETING_MATCH where the context or a drain influenced the choice; else STATIC. Never
CACHED: a kept answer equals a new one. `resolution_reason` says why it is this model.
"""

from __future__ import annotations

import json
import math
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEventDetails
from openfeature.exception import (
    ErrorCode,
    FlagNotFoundError,
    GeneralError,
    InvalidContextError,
    OpenFeatureError,
    ProviderNotReadyError,
    TypeMismatchError,
)
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata

from zumik.core.basics.display import neutral, shown
from zumik.core.basics.names import AliasName, BadName
from zumik.core.basics.times import moment_text
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import drained_models
from zumik.core.facts.request import Request
from zumik.core.live.bundle import Bundle
from zumik.errors import UsageError, ZumikError
from zumik.resolver import Resolver, UnknownReference

_OBJECT = "zumik"
_NEED = f"{_OBJECT}."
_SEPARATORS = re.compile(r"[-_. ]")
_HINT = "zumik.input_tokens: 3000, or zumik: {input_tokens: 3000}"


class ZumikProvider(AbstractProvider):  # type: ignore[misc, unused-ignore]
    """Answers flags from the resolver that `open_resolver` returns when OpenFeature initialises it.

    Where that raises a ZumikError the provider is not ready, and tries again every `check_every`
    seconds. A thread checks the files as often, and emits an event when something changed.
    """

    def __init__(self, open_resolver: Callable[[], Resolver], *, check_every: float = 1.0) -> None:
        super().__init__()
        self._open_resolver = open_resolver
        self._check_every = check_every
        self._resolver: Resolver | None = None
        self._reported: str | None = None
        self._closed = threading.Event()

    @classmethod
    def from_bundle(
        cls, path: str | os.PathLike[str], *, check_every: float = 1.0
    ) -> ZumikProvider:
        """Answer from a file that `zumik bundle` wrote."""
        return cls(
            lambda: Resolver.from_bundle(path, check_every=math.inf), check_every=check_every
        )

    @classmethod
    def from_workspace(
        cls, path: str | os.PathLike[str] = ".", *, check_every: float = 1.0
    ) -> ZumikProvider:
        """Answer from the files of a workspace as they are on the disk, landed or not."""
        return cls(
            lambda: Resolver.from_workspace(path, check_every=math.inf), check_every=check_every
        )

    def get_metadata(self) -> Metadata:
        """The provider's name."""
        return Metadata("zumik")

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        """Raises ProviderNotReadyError. It becomes ready by itself once there is a good bundle."""
        self._closed = closed = threading.Event()
        watch = threading.Thread(
            target=self._watch, args=(closed,), name="zumik-openfeature", daemon=True
        )
        try:
            self._resolver = self._open_resolver()
        except ZumikError as error:
            self._reported = error.message
            raise ProviderNotReadyError(_one_line(error)) from None
        else:
            self._reported = None
        finally:
            watch.start()

    def shutdown(self) -> None:
        """Stop checking the files."""
        self._closed.set()

    def refresh(self) -> None:
        """Check the files now, and emit what changed: READY, CONFIGURATION_CHANGED or STALE."""
        resolver = self._resolver
        if resolver is None:
            self._open_again()
            return
        before = resolver.bundle
        if resolver.refresh():
            changed = _changed_aliases(before, resolver.bundle, datetime.now(UTC))
            self.emit_provider_configuration_changed(ProviderEventDetails(flags_changed=changed))
        problem = resolver.problem
        if problem is None and self._reported is not None:
            self.emit_provider_ready(ProviderEventDetails())
        elif problem is not None and self._reported != problem.message:
            self.emit_provider_stale(ProviderEventDetails(message=_one_line(problem)))
        self._reported = problem.message if problem is not None else None

    def _open_again(self) -> None:
        try:
            self._resolver = self._open_resolver()
        except ZumikError as error:
            if self._reported != error.message:
                self.emit_provider_error(
                    ProviderEventDetails(
                        message=_one_line(error), error_code=ErrorCode.PROVIDER_NOT_READY
                    )
                )
            self._reported = error.message
        else:
            self._reported = None
            self.emit_provider_ready(ProviderEventDetails())

    def _watch(self, closed: threading.Event) -> None:
        while not closed.wait(self._check_every):
            self.refresh()

    def resolve_string_details(
        self,
        flag_key: str,
        default_value: str,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[str]:
        """The model for a reference. Raises OpenFeatureError."""
        decision, reason = self._decide(flag_key, evaluation_context)
        return _details(decision.model, decision, _line(decision), reason)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        """The log line for a reference. Raises OpenFeatureError."""
        decision, reason = self._decide(flag_key, evaluation_context)
        line = _line(decision)
        return _details(line, decision, line, reason)

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        """Raises TypeMismatchError."""
        self._refuse_type(flag_key, evaluation_context)

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[int]:
        """Raises TypeMismatchError."""
        self._refuse_type(flag_key, evaluation_context)

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[float]:
        """Raises TypeMismatchError."""
        self._refuse_type(flag_key, evaluation_context)

    def _refuse_type(self, flag_key: str, context: EvaluationContext | None) -> NoReturn:
        """Refuse the type; a flag that does not exist is not found, of any type."""
        decision, _ = self._decide(flag_key, context)
        raise TypeMismatchError(
            f"{decision.requested} is a string or an object: the model, or the log line"
        )

    def _decide(self, flag_key: str, context: EvaluationContext | None) -> tuple[Decision, Reason]:
        resolver = self._resolver
        if resolver is None:
            raise ProviderNotReadyError("no bundle is loaded")
        try:
            decision = resolver.resolve(flag_key, _needs(context))
        except ZumikError as error:
            raise _refusal(error) from None
        if resolver.problem is not None:
            return decision, Reason.STALE
        asked = not decision.request.asks_nothing
        return decision, Reason.TARGETING_MATCH if asked else Reason.STATIC


def _needs(context: EvaluationContext | None) -> dict[str, object]:
    """The request's needs in the context. Raises UsageError for one that would be ignored."""
    needs: dict[str, object] = {}
    for name, value in (context.attributes if context is not None else {}).items():
        found: Mapping[str, object] = {}
        if name.startswith(_NEED):
            found = {name.removeprefix(_NEED): value}
        elif name == _OBJECT:
            if not isinstance(value, Mapping):
                raise UsageError("the context's 'zumik' is not an object", hint=_HINT)
            found = value
        elif (need := _meant_need(name)) is not None:
            raise UsageError(f"the context's {shown(name)} is not read", hint=f"{_NEED}{need}")
        for need, item in found.items():
            if need in needs:
                raise UsageError(f"the context has 'zumik.{need}' twice", hint=_HINT)
            needs[need] = _plain(item)
    return needs


def _meant_need(name: str) -> str | None:
    """The need that an attribute without `zumik.` is, also as `inputTokens` or `input-tokens`."""
    plain = _SEPARATORS.sub("", name).lower()
    return next((need for need in Request._fields if need.replace("_", "") == plain), None)


def _plain(value: object) -> object:
    """Tuples and other sequences as lists."""
    return [*value] if isinstance(value, Sequence) and not isinstance(value, str) else value


def _refusal(error: ZumikError) -> OpenFeatureError:
    if isinstance(error, UnknownReference | BadName):
        return FlagNotFoundError(_one_line(error))
    if isinstance(error, UsageError):
        return InvalidContextError(_one_line(error))
    return GeneralError(_one_line(error))


def _one_line(error: ZumikError) -> str:
    hint = f" ({error.hint})" if error.hint else ""
    return neutral(error.message.replace("\n", ";")) + neutral(hint)


def _line(decision: Decision) -> dict[str, object]:
    return decision.to_json(moment_text(datetime.now(UTC)))


def _details(
    value: Any, decision: Decision, line: Mapping[str, object], reason: Reason
) -> FlagResolutionDetails[Any]:
    """Flag metadata may hold only texts and numbers, so the whole log line is one text in it."""
    metadata = {
        name: item
        for name, item in line.items()
        if isinstance(item, str | int) and name != "timestamp"
    }
    if decision.receipt is not None:
        metadata["receipt"] = str(decision.receipt)
    metadata["log_line"] = json.dumps(line)
    release = decision.source.ref.id if decision.source is not None else None
    return FlagResolutionDetails(value, reason=reason, variant=release, flag_metadata=metadata)


def _changed_aliases(before: Bundle, after: Bundle, now: datetime) -> list[str]:
    """The aliases that point to another release, or of which other models are drained.

    A drain that ends by itself changes no file, so it is not reported.
    """
    return [
        alias
        for alias in after.pointers
        if _target_and_drains(before, alias, now) != _target_and_drains(after, alias, now)
    ]


def _target_and_drains(bundle: Bundle, alias: AliasName, now: datetime) -> object:
    pointer = bundle.pointers.get(alias)
    source = bundle.live_release(alias)
    if pointer is None or source is None:
        return pointer and (pointer.target, pointer.kind)
    return pointer.target, pointer.kind, drained_models(bundle.drains, source, alias, now)
