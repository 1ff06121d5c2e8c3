"""An observation: how quick and how reliable each model was in the team's own logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.traffic.logs_read import LogsRead


class ObservedMetric(NamedTuple):
    """What is observed of a model: the quantile of a measure, or a share where `quantile` is None.

    The names are those of the catalog's metrics, without the prefix.
    """

    name: str
    measure: str
    quantile: float | None
    unit: str
    better: str
    description: str


FIRST_TOKEN, SPEED, LATENCY, ERRORS = "first_token", "tokens_per_second", "latency", "error_rate"

OBSERVED_METRICS = (
    ObservedMetric(
        "first_token_p50",
        FIRST_TOKEN,
        0.5,
        "seconds",
        "lower",
        "Seconds to the first token of a streamed answer, median of the logged calls.",
    ),
    ObservedMetric(
        "tokens_per_second_p50",
        SPEED,
        0.5,
        "tokens_per_second",
        "higher",
        "Output tokens a second after the first token of a streamed answer, median of the calls.",
    ),
    ObservedMetric(
        "latency_p50",
        LATENCY,
        0.5,
        "seconds",
        "lower",
        "Seconds of a whole call that succeeded, median of the logged calls.",
    ),
    ObservedMetric(
        "latency_p95",
        LATENCY,
        0.95,
        "seconds",
        "lower",
        "Seconds that 95 % of the logged calls that succeeded did not exceed.",
    ),
    ObservedMetric(
        "error_rate",
        ERRORS,
        None,
        "fraction",
        "lower",
        "Share of the logged calls that failed.",
    ),
)


class Estimate(NamedTuple):
    """A value with the ends of its interval of 95 %, and how many calls it was measured on.

    An end is None where there are too few samples for it.
    """

    value: float
    low: float | None
    high: float | None
    samples: int


class ObservedModel(NamedTuple):
    """What was seen of one model.

    With `served_other` the provider said that it served another revision or model, so that the
    figures are not those of the catalog's entry. `figures` has what there are samples of, by the
    metric's name.
    """

    model: ModelId
    served_other: bool
    attempts: int
    first_at: datetime | None
    last_at: datetime | None
    figures: Mapping[str, Estimate]


class Observation(NamedTuple):
    """What was seen of all models. A figure of fewer than `min_samples` calls is not used.

    `unknown` counts calls of which it is not known which model of the catalog they were made to.
    """

    logs: LogsRead
    models: tuple[ObservedModel, ...]
    unknown: int
    min_samples: int

    def is_enough(self, estimate: Estimate) -> bool:
        """Whether a figure was measured on enough calls to be used."""
        return estimate.samples >= self.min_samples


# What a writer does not log, so that the figures are read as what they are.
_UNLOGGED = {
    "litellm": "logs only the first failure of a request, so that error rates are too low",
    "litellm-spendlogs": "may leave out failures, so that error rates are too low",
    "opentelemetry": "has no time of the first token in most exporters",
    "zumik": "has neither times of the call nor failures, unless a gateway adds them",
    "envoy": "has the model that answered only of calls that succeeded",
    "openrouter": "has no failure of a model that OpenRouter replaced",
    "openrouter-activity": "has sums of a day, and no time of a call",
    "bedrock": "has no latency",
}


def unlogged_notes(formats: Iterable[str]) -> list[tuple[str, str]]:
    """What the writers of some formats do not log."""
    return [(name, _UNLOGGED[name]) for name in sorted(formats) if name in _UNLOGGED]


def is_error_rate_too_low(formats: Iterable[str]) -> bool:
    """Whether a writer of one of the formats is known to leave out failures."""
    return any("error rates are too low" in why for _, why in unlogged_notes(formats))
