"""What people wrote, as the rules for policy and catalog look at it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from zumik.core.basics.findings import Locate
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import Policy


class Authorship(NamedTuple):
    """The facts, the policy, where each value is written, and the day of the release.

    `providers` are those that aliases may choose from, none where all are allowed.
    """

    catalog: Catalog
    policy: Policy
    locate: Locate
    day: date
    providers: tuple[str, ...] = ()
