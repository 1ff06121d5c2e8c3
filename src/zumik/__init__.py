"""zumik: release manager for reproducible model aliases.

    from zumik import NoCandidate, Resolver
    resolver = Resolver.from_bundle("live.json")
    decision = resolver.resolve("code.fast", {"input_tokens": 3000})
    decision.model, decision.receipt

Every error that these names raise is a ZumikError, whose `message` says what is wrong and where and
whose `hint` is the next step:

    UnknownReference  the alias, release or model is not in the files, or the alias was retired
    BadName           the reference is not written as one
    UsageError        the request is not written as one
    NoCandidate       no ranked model meets the request; `passed` says why for each
    CannotRun         the files cannot be read; UnknownReference and BadName are CannotRun too
    IntegrityError    the files are not what their digests say

Importing this package loads nothing but itself. A name is loaded when it is used, and needs nothing
but the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zumik.core.basics.names import BadName as BadName
    from zumik.core.decisions.decision import Decision as Decision
    from zumik.core.decisions.decision import NoCandidate as NoCandidate
    from zumik.core.facts.request import Request as Request
    from zumik.errors import CannotRun as CannotRun
    from zumik.errors import IntegrityError as IntegrityError
    from zumik.errors import UsageError as UsageError
    from zumik.errors import ZumikError as ZumikError
    from zumik.resolver import Resolver as Resolver
    from zumik.resolver import UnknownReference as UnknownReference

__version__ = "0.1.0"

__all__ = [
    "BadName",
    "CannotRun",
    "Decision",
    "IntegrityError",
    "NoCandidate",
    "Request",
    "Resolver",
    "UnknownReference",
    "UsageError",
    "ZumikError",
    "__version__",
]

_MODULES = {
    "BadName": "zumik.core.basics.names",
    "CannotRun": "zumik.errors",
    "Decision": "zumik.core.decisions.decision",
    "IntegrityError": "zumik.errors",
    "NoCandidate": "zumik.core.decisions.decision",
    "Request": "zumik.core.facts.request",
    "Resolver": "zumik.resolver",
    "UnknownReference": "zumik.resolver",
    "UsageError": "zumik.errors",
    "ZumikError": "zumik.errors",
}

# Hidden from type checkers, which would take any name at all for one of this package.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module 'zumik' has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(_MODULES[name]), name)
        # The next look-up finds it here and does not call this function.
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
