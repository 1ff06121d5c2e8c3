"""The newest resolver, which every new release names."""

from __future__ import annotations

from zumik.core.resolvers import NEWEST, resolver

LATEST = resolver(NEWEST)
