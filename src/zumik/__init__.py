"""zumik: release manager for reproducible model aliases.

    from zumik import Resolver
    resolver = Resolver.from_bundle("live.json")
    decision = resolver.resolve("code.fast", {"input_tokens": 3000})
    decision.model, decision.receipt

Importing this package loads nothing but itself; what is named here is loaded when it is used, and
needs nothing but the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zumik.core.decisions.decision import Decision as Decision
    from zumik.core.decisions.decision import NoCandidate as NoCandidate
    from zumik.core.facts.request import Request as Request
    from zumik.errors import ZumikError as ZumikError
    from zumik.resolver import Resolver as Resolver

__version__ = "0.1.0"

__all__ = ["Decision", "NoCandidate", "Request", "Resolver", "ZumikError", "__version__"]

_PLACES = {
    "Decision": "zumik.core.decisions.decision",
    "NoCandidate": "zumik.core.decisions.decision",
    "Request": "zumik.core.facts.request",
    "Resolver": "zumik.resolver",
    "ZumikError": "zumik.errors",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'zumik' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)
