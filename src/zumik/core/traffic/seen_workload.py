"""What the requests of an alias really are, beside the workload that its policy assumes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.findings import Location
from zumik.core.basics.names import AliasName
from zumik.core.facts.policy import Workload
from zumik.core.traffic.logs_read import LogsRead


class TokenSpread(NamedTuple):
    """Tokens of requests: their mean, and what half and 95 % of the requests do not exceed."""

    mean: Fraction
    p50: int
    p95: int


class SeenWorkload(NamedTuple):
    """The answered requests of one alias whose log has their tokens.

    `cached_input` is the share of the input that came from a cache, over the `cached_requests`
    whose log says how much that was; None where no log does.
    """

    alias: AliasName
    requests: int
    input: TokenSpread
    output: TokenSpread
    cached_requests: int = 0
    cached_input: Fraction | None = None

    @property
    def is_counted(self) -> bool:
        """Whether a log counts any token of the input; gateways write 0 where they do not count."""
        return self.input.mean > 0

    def as_workload(self, assumed: Workload | None) -> Workload:
        """The workload that is true of them, with means to three digits; the rest as assumed.

        The mean, because a cost is linear in the tokens: the cost of the mean is the mean cost.
        """
        cached = assumed.cached_input if assumed else Fraction(0)
        if self.cached_input is not None:
            cached = Fraction(round(self.cached_input * 100), 100)
        return Workload(
            _three_digits(self.input.mean),
            _three_digits(self.output.mean),
            cached,
            assumed.tier if assumed else "standard",
        )


class WorkloadBeside(NamedTuple):
    """What is seen of an alias beside its policy; `location` is where its workload is written.

    `assumed` is None where the policy has no workload, `location` where it has no such alias.
    """

    seen: SeenWorkload
    assumed: Workload | None
    location: Location | None

    def edit(self) -> Mapping[str, object]:
        """The fields that would make the policy's workload true, as YAML has them."""
        wanted = self.seen.as_workload(self.assumed)
        fields: dict[str, object] = {
            "input_tokens": wanted.input_tokens,
            "output_tokens": wanted.output_tokens,
            "cached_input": percent_text(wanted.cached_input),
        }
        before = self.assumed or Workload(-1, -1)
        return {name: value for name, value in fields.items() if _differs(before, wanted, name)}


class WorkloadsSeen(NamedTuple):
    """What is seen of all aliases. Fewer than `min_samples` requests propose no edit.

    `other` counts all requests that are not used: those that `failed`, those `without_tokens` in
    their log, and those that no alias of a known release decided.
    """

    logs: LogsRead
    aliases: tuple[WorkloadBeside, ...]
    other: int
    min_samples: int
    failed: int = 0
    without_tokens: int = 0

    def edits(self) -> list[tuple[WorkloadBeside, Mapping[str, object]]]:
        """The edits of the policy that enough requests ask for."""
        usable = [each for each in self.aliases if self.is_enough(each) and each.seen.is_counted]
        found = [(each, each.edit()) for each in usable]
        return [(each, edit) for each, edit in found if edit]

    def is_enough(self, each: WorkloadBeside) -> bool:
        """Whether an edit may be proposed."""
        return each.location is not None and each.seen.requests >= self.min_samples


class WrittenWorkloads(NamedTuple):
    """The files of the policy that were edited."""

    files: tuple[str, ...]
    dry_run: bool


def percent_text(share: Fraction) -> str:
    """A share as a policy has it: `34%`."""
    return f"{fraction_to_text(share * 100)}%"


def _three_digits(value: Fraction) -> int:
    return int(Decimal(f"{float(value):.3g}"))


def _differs(before: Workload, wanted: Workload, name: str) -> bool:
    return bool(getattr(before, name) != getattr(wanted, name))
