"""The outline of a release: what a list of a thousand of them needs of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from zumik.core.basics.field_readers import moment
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.alias_identity import AliasIdentity, IdentityReader
from zumik.core.releases.rank_index import DEEPEST
from zumik.core.releases.release import ReleaseRef, digest_of
from zumik.errors import IntegrityError


class RankingOutline(NamedTuple):
    """A ranking in short: its `first` model, how many are `ranked`, and a hash of their `order`.

    `top` are the models whose rank an index keeps as a number. One that may not be shown is empty:
    it has no first model.
    """

    first: ModelId | None
    ranked: int
    order: bytes
    top: tuple[ModelId, ...] = ()


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
    identities: Mapping[AliasName, AliasIdentity] = MappingProxyType({})


# Most releases name the same models, and each name is kept once.
_model_id = lru_cache(maxsize=8192)(ModelId)


class OutlineReader:
    """Reads the outlines of a line, without the models that `shows` does not show.

    What the last release had is kept, because the next has most of it too.
    """

    def __init__(self, shows: Callable[[ModelId], bool]) -> None:
        self._shows = shows
        self._identities = IdentityReader(shows)

    def outline(self, ref: ReleaseRef, data: bytes) -> ReleaseOutline:
        """The outline of a release's bytes, which are hashed but not read as strictly as `verify`.

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
            created_at = moment(tree["created_at"], ("created_at",))
            short = _short(rankings, self._shows)
            found = self._identities.read(tree, created_at.date())
            return ReleaseOutline(
                ref,
                created_at,
                short,
                frozenset(filter(self._shows, map(_model_id, tree["models"]))),
                tree.get("backfilled") is True,
                tree["note"],
                tree["parent"] and ReleaseId(tree["parent"]["id"]),
                {name: found[name] for name in found if short[name].first is not None},
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise IntegrityError(
                f"{ref.id} cannot be read, though its bytes are intact",
                hint="zumik check shows what is wrong",
            ) from None


def _short(
    rankings: Mapping[AliasName, Sequence[ModelId]], shows: Callable[[ModelId], bool]
) -> Mapping[AliasName, RankingOutline]:
    """The rankings in short. Where a hidden model is ranked, all of it follows from that model."""
    return {
        name: RankingOutline(found[0], len(found), _hash(found), tuple(found[:DEEPEST]))
        if all(map(shows, found))
        else RankingOutline(None, 0, b"")
        for name, found in rankings.items()
    }


def _hash(ranking: Sequence[ModelId]) -> bytes:
    return hashlib.blake2b("\n".join(ranking).encode(), digest_size=12).digest()
