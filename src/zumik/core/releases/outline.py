"""The outline of a release: what a list of a thousand of them needs of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.field_readers import moment
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, digest_of
from zumik.errors import IntegrityError

Ranking = tuple[ModelId, ...]


class ReleaseOutline(NamedTuple):
    """A release's place in the line, and the ranking of each alias; an empty one is not shown."""

    ref: ReleaseRef
    created_at: datetime
    rankings: Mapping[AliasName, Ranking]


def outline_of(ref: ReleaseRef, data: bytes, shows: Callable[[ModelId], bool]) -> ReleaseOutline:
    """The outline of a release's bytes, which are hashed but not read as strictly as by `verify`.

    Raises IntegrityError.
    """
    if digest_of(data) != ref.sha256:
        raise IntegrityError(
            f"{ref.id}: the bytes do not hash to {ref.sha256.short}…",
            hint="zumik check shows what else differs",
        )
    try:
        tree = json.loads(data)
        rankings = {
            AliasName(name): tuple(map(ModelId, alias["ranking"]))
            for name, alias in tree["aliases"].items()
        }
        created_at = moment(tree["created_at"], ("created_at",))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IntegrityError(
            f"{ref.id} cannot be read, though its bytes are intact",
            hint="zumik check shows what is wrong",
        ) from None
    return ReleaseOutline(ref, created_at, _shown(rankings, shows))


def outline_of_release(source: VerifiedRelease, shows: Callable[[ModelId], bool]) -> ReleaseOutline:
    """The outline of a release that was read."""
    rankings = {name: alias.ranking for name, alias in source.aliases.items()}
    return ReleaseOutline(source.ref, source.release.created_at, _shown(rankings, shows))


def _shown(
    rankings: Mapping[AliasName, Ranking], shows: Callable[[ModelId], bool]
) -> Mapping[AliasName, Ranking]:
    """A ranking that has a hidden model is empty: all of it follows from that model's facts."""
    return {name: found if all(map(shows, found)) else () for name, found in rankings.items()}
