"""`/v1/models`: OpenAI's model object and list, exactly, without a field of zumik's own.

`created` is midnight UTC of the day on which the model was released; 0 where that is unknown.
`owned_by` is the provider, unless the catalog names another owner.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from zumik.core.basics.names import AliasName, BadName, ModelId
from zumik.core.facts.catalog import Model
from zumik.serve.answers import Answer, cached_json, model_not_found
from zumik.serve.view import View

UNKNOWN = 0


def models(view: View, authenticated: bool, private: bool) -> Answer:
    """Every model, and with --list-aliases every live alias."""
    return view.remembered(
        ("/v1/models", authenticated),
        lambda: cached_json(_list(view, authenticated), private=private),
    )


def model(view: View, name: str, authenticated: bool, private: bool) -> Answer:
    """One model. Raises Refusal."""
    found = _object(view, name, authenticated)
    if found is None:
        raise model_not_found(name)
    return view.remembered(
        ("/v1/models", name, authenticated), lambda: cached_json(found, private=private)
    )


def _list(view: View, authenticated: bool) -> dict[str, object]:
    names = [*(_live_aliases(view) if view.list_aliases else ()), *sorted(view.models)]
    data = [item for name in names if (item := _object(view, name, authenticated)) is not None]
    return {"object": "list", "data": data}


def _live_aliases(view: View) -> list[AliasName]:
    return list(view.bundle.live_releases)


def _object(view: View, name: str, authenticated: bool) -> dict[str, object] | None:
    try:
        if "/" not in name:
            return _alias(view, AliasName(name)) if view.list_aliases else None
        known = view.models.get(ModelId(name))
    except BadName:
        return None
    if known is None or not view.shows(known.model.id, authenticated):
        return None
    return view.discreet(_model(known.model), authenticated)


def _model(model: Model) -> dict[str, object]:
    found: dict[str, object] = {
        "id": model.id,
        "object": "model",
        "created": _seconds(model.released_on),
        "owned_by": model.owned_by or model.id.provider,
    }
    if model.ends_on is not None:
        found["shutdown_date"] = model.ends_on.isoformat()
    return found


def _alias(view: View, alias: AliasName) -> dict[str, object] | None:
    """An alias as a model. It was created when its pointer moved last."""
    if view.live(alias) is None:
        return None
    moved = view.bundle.pointers[alias].proposed_at
    return {
        "id": alias,
        "object": "model",
        "created": int(moved.timestamp()),
        "owned_by": "zumik",
    }


def _seconds(day: date | None) -> int:
    return UNKNOWN if day is None else int(datetime.combine(day, time(), UTC).timestamp())
