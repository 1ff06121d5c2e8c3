"""`/v2/models/{id}`: every fact of a model with its source, and the aliases that it wins."""

from __future__ import annotations

from zumik.core.basics.names import AliasName, BadName, ModelId
from zumik.reports.target_report import target_to_json
from zumik.serve.answers import Answer, cached_json, model_not_found
from zumik.serve.view import View


def facts(view: View, name: str, authenticated: bool, private: bool) -> Answer:
    """A model with the facts of the newest release that holds it. Raises Refusal."""
    try:
        model = ModelId(name)
    except BadName:
        raise model_not_found(name) from None
    tree = model_to_json(view, model, authenticated)
    if tree is None:
        raise model_not_found(name)
    head: dict[str, object] = {"id": model, "object": "model"}
    return view.remembered(
        ("/v2/models", model, authenticated), lambda: cached_json(head | tree, private=private)
    )


def model_to_json(view: View, model: ModelId, authenticated: bool) -> dict[str, object] | None:
    """The facts of a model that the caller may see; None where there are none."""
    known = view.models.get(model)
    if known is None or not view.shows(model, authenticated):
        return None
    tree = target_to_json(known.model, known.source, served_by(view, model, authenticated), None)
    del tree["replay"]
    if not authenticated:
        tree["facts"] = view.public_model(known.model)
    return view.discreet(tree, authenticated)


def served_by(view: View, model: ModelId, authenticated: bool) -> list[AliasName]:
    """The live aliases whose winner is this model, as far as the caller may see them."""
    found = []
    for alias in view.bundle.pointers:
        source = view.live(alias)
        if source is None or not view.shows_alias(source, alias, authenticated):
            continue
        if source.aliases[alias].winner == model:
            found.append(alias)
    return found
