"""The outline of a release: what a list of a thousand of them needs of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from zumik.core.basics.field_readers import moment
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, digest_of
from zumik.errors import IntegrityError


class RankingOutline(NamedTuple):
    """A ranking in short: its `first` model, how many are `ranked`, and a hash of their `order`.

    One that may not be shown is empty: it has no first model.
    """

    first: ModelId | None
    ranked: int
    order: bytes


class ReleaseOutline(NamedTuple):
    """A release's place in the line, why it was made, and what each alias ranks.

    It holds no whole ranking: a thousand releases of a hundred aliases would not fit in memory. Of
    the `models` it has those that may be shown. The `note` is as it was written, and may name what
    is not.
    """

    ref: ReleaseRef
    created_at: datetime
    rankings: Mapping[AliasName, RankingOutline]
    models: frozenset[ModelId]
    backfilled: bool = False
    note: str | None = None
    parent: ReleaseId | None = None


# Most releases name the same models, and each name is kept once.
_model_id = lru_cache(maxsize=8192)(ModelId)


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
            AliasName(name): tuple(map(_model_id, alias["ranking"]))
            for name, alias in tree["aliases"].items()
        }
        models = frozenset(filter(shows, map(_model_id, tree["models"])))
        created_at = moment(tree["created_at"], ("created_at",))
        backfilled, note = tree.get("backfilled") is True, tree["note"]
        parent = tree["parent"] and ReleaseId(tree["parent"]["id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise IntegrityError(
            f"{ref.id} cannot be read, though its bytes are intact",
            hint="zumik check shows what is wrong",
        ) from None
    short = _short(rankings, shows)
    return ReleaseOutline(ref, created_at, short, models, backfilled, note, parent)


def outline_of_release(source: VerifiedRelease, shows: Callable[[ModelId], bool]) -> ReleaseOutline:
    """The outline of a release that was read."""
    release = source.release
    rankings = {name: alias.ranking for name, alias in source.aliases.items()}
    models = frozenset(filter(shows, source.models))
    return ReleaseOutline(
        source.ref,
        release.created_at,
        _short(rankings, shows),
        models,
        release.backfilled,
        release.note,
        release.parent.id if release.parent else None,
    )


def _short(
    rankings: Mapping[AliasName, Sequence[ModelId]], shows: Callable[[ModelId], bool]
) -> Mapping[AliasName, RankingOutline]:
    """The rankings in short. Where a hidden model is ranked, all of it follows from that model."""
    return {
        name: RankingOutline(found[0], len(found), _hash(found))
        if all(map(shows, found))
        else RankingOutline(None, 0, b"")
        for name, found in rankings.items()
    }


def _hash(ranking: Sequence[ModelId]) -> bytes:
    return hashlib.blake2b("\n".join(ranking).encode(), digest_size=12).digest()
