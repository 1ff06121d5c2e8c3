"""The ranking that a request to LiteLLM falls back to, and what is logged of it.

LiteLLM is not imported. What a request needs of a model, `request_needs` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping

from zumik.core.basics.names import ModelId
from zumik.core.decisions.decision import Decision, resolve
from zumik.core.decisions.log_line import LINE_FIELDS

LOGGED = "spend_logs_metadata"
"""The one field of a request's metadata that LiteLLM passes to every logger."""

LOG_HEADER = "x-litellm-spend-logs-metadata"

OWN_FIELDS = frozenset((*LINE_FIELDS, "receipt"))
"""The fields of a log line. Only the resolver may write them."""


def after_failures(decision: Decision, served: ModelId) -> Decision:
    """The decision that names `served`: all that were ranked before it were unavailable.

    A model that the alias does not rank, or that cannot take the request, was not chosen here: the
    decision stays what it was.
    """
    if decision.source is None or decision.alias is None or served == decision.model:
        return decision
    ranking = decision.source.aliases[decision.alias].ranking
    if served not in ranking:
        return decision
    request = decision.request
    before = _able(decision, ranking[: ranking.index(served)])
    request = request._replace(unavailable=tuple(dict.fromkeys((*request.unavailable, *before))))
    if served in request.unavailable or not _able(decision, (served,)):
        return decision
    found = resolve(decision.source, decision.alias, request, requested=decision.requested)
    # A drain that was ignored stays ignored: without the failed models only drained ones are left.
    stayed = tuple(m for m in decision.drain_ignored if m not in request.unavailable)
    return found._replace(drain_ignored=stayed)


def fallbacks_of(decision: Decision) -> tuple[ModelId, ...]:
    """The models to try next, in order: those ranked lower that meet the request.

    Drained models are left out, unless the drain is ignored.
    """
    if decision.source is None or decision.alias is None:
        return ()
    return _able(decision, decision.source.aliases[decision.alias].ranking[decision.rank :])


def _able(decision: Decision, models: tuple[ModelId, ...]) -> tuple[ModelId, ...]:
    assert decision.source is not None
    if decision.request.asks_nothing:
        return models
    walk = decision.source.release.made_by.walk
    known = decision.source.models
    return tuple(m for m in models if walk((m,), known, decision.request)[0] is not None)


def line_of(decision: Decision, timestamp: str, served: str | None = None) -> dict[str, object]:
    """The log line with the receipt, and `served_model` where another model was tried."""
    line = decision.to_json(timestamp)
    receipt = decision.receipt
    if receipt is not None:
        line["receipt"] = str(receipt)
    if served is not None and served != decision.model:
        line["served_model"] = served
    return line


def headers_of(decision: Decision) -> dict[str, str]:
    """The response headers of a decision. A concrete target has no release."""
    found = {
        "x-zumik-resolved-model": str(decision.model),
        "x-zumik-resolution-reason": decision.reason,
    }
    receipt = decision.receipt
    if receipt is not None:
        found["x-zumik-alias-release"] = str(receipt.release)
        found["x-zumik-receipt"] = str(receipt)
    return found


def metadata_name(data: Mapping[str, object]) -> str:
    """The field in which LiteLLM keeps its own metadata of a request, and finds what to log.

    With `litellm_metadata` (responses, messages, files, batches) `metadata` is the caller's: it
    goes to the provider, which would refuse a log line in it.
    """
    return "litellm_metadata" if "litellm_metadata" in data else "metadata"


def without_claims(data: MutableMapping[str, object]) -> None:
    """Remove the log line's fields that a caller wrote, wherever LiteLLM would read them."""
    for name in ("metadata", "litellm_metadata"):
        metadata = data.get(name)
        if not isinstance(metadata, dict):
            continue
        _disclaim(metadata)
        for inner in ("requester_metadata", "headers"):
            if isinstance(metadata.get(inner), dict):
                _disclaim(metadata[inner])
    request = data.get("proxy_server_request")
    if isinstance(request, dict):
        for part in (request.get("headers"), request.get("body")):
            if isinstance(part, dict):
                _disclaim(part)
                for name in ("metadata", "litellm_metadata"):
                    if isinstance(part.get(name), dict):
                        _disclaim(part[name])


def _disclaim(holder: dict[str, object]) -> None:
    for name in [name for name in holder if name.lower() == LOG_HEADER]:
        del holder[name]
    logged = holder.get(LOGGED)
    if logged is None:
        return
    if isinstance(logged, str):
        logged = _from_text(logged)
    if not isinstance(logged, dict):
        del holder[LOGGED]
    elif not OWN_FIELDS.isdisjoint(logged):
        holder[LOGGED] = {name: value for name, value in logged.items() if name not in OWN_FIELDS}


def _from_text(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def with_line(metadata: MutableMapping[str, object], line: Mapping[str, object]) -> None:
    """Write a log line into LiteLLM's metadata, and keep what others log there."""
    logged = metadata.get(LOGGED)
    others = logged if isinstance(logged, dict) else {}
    metadata[LOGGED] = {**{k: v for k, v in others.items() if k not in OWN_FIELDS}, **line}
