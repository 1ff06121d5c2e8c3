"""LangChain's model profiles: the `_profiles.py` of an installed `langchain-…` package, offers out.

The file is a Python literal that LangChain generates from models.dev and amends by hand. It is
read as a literal and never run. It has no prices.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from zumik.core.basics.display import shown
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import Lacks, Model
from zumik.errors import CannotRun
from zumik.sources.foreign_entries import Entry, flag, object_of, read_entries, tokens
from zumik.sources.models_dev import whole_day
from zumik.sources.offers import MODALITIES, Imported, Offer

PROVIDERS = {
    "langchain-aws": "amazon-bedrock",
    "langchain-google-genai": "google",
    "langchain-mistralai": "mistral",
}
"""The packages whose provider has another name here than behind `langchain-`."""

HINT = (
    "--from langchain-anthropic, the name of an installed package, or with :FILE its _profiles.py"
)

_CAPABILITIES = {
    "tool_calling": "tools",
    "structured_output": "structured_output",
    "reasoning_output": "reasoning",
}
_LIMITS = {"max_input_tokens": "input_tokens", "max_output_tokens": "output_tokens"}


def reader_of(package: str) -> Callable[..., Imported]:
    """Reads the profiles of a package, whose name says the provider."""
    provider = PROVIDERS.get(package, package.removeprefix("langchain-"))
    return partial(read_langchain, provider=provider)


def read_langchain(
    files: Mapping[str, bytes], *, source: str, observed_on: date, provider: str
) -> Imported:
    """The profiles of one package. Raises CannotRun where the file is no literal of profiles."""
    (data,) = files.values()
    return read_entries(
        _profiles(data, source).items(),
        lambda key, value: _offer(provider, key, value, source, observed_on),
        source=source,
        observed_on=observed_on,
        hint=HINT,
    )


def _profiles(data: bytes, source: str) -> dict[str, object]:
    try:
        for statement in ast.parse(data).body:
            if not isinstance(statement, ast.AnnAssign) or statement.value is None:
                continue
            if isinstance(statement.target, ast.Name) and statement.target.id == "_PROFILES":
                found = ast.literal_eval(statement.value)
                if isinstance(found, dict):
                    return {str(key): value for key, value in found.items()}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    raise CannotRun(f"{shown(source)}: it has no literal _PROFILES", hint=HINT)


def _offer(
    provider: str, key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    entry = Entry(object_of(value, "profile"))
    try:
        model_id = ModelId(f"{provider}/{key}")
    except BadName:
        return "no model id", []
    if entry.fields.get("text_outputs") is False:
        return "gives no text", []
    limits = {name: entry.take(theirs, tokens) for theirs, name in _LIMITS.items()}
    given = {word for word in MODALITIES if entry.take(f"{word}_inputs", flag)}
    model = Model(
        id=model_id,
        released_on=entry.take("release_date", whole_day),
        open_weights=entry.take("open_weights", flag),
        limits={name: limit for name, limit in limits.items() if limit},
        input=frozenset(given) or None,
        capabilities=frozenset(
            word for theirs, word in _CAPABILITIES.items() if entry.take(theirs, flag)
        ),
        source=source,
        observed_on=observed_on,
        output=frozenset(w for w in MODALITIES if entry.take(f"{w}_outputs", flag)) or None,
        lacks=Lacks(capabilities=frozenset()),
    )
    return Offer(key, model, not_served=entry.fields.get("status") == "deprecated"), entry.problems
