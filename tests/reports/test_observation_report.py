"""What was measured of each model, as a person reads it."""

from __future__ import annotations

from zumik.core.basics.names import ModelId
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.observation import LATENCY, Estimate, Observation, ObservedModel
from zumik.reports.observation_report import observation_report
from zumik.reports.plain import plain


def test_models_of_which_nothing_is_measured_are_one_line() -> None:
    measured = {f"{LATENCY}_p50": Estimate(1.5, None, None, 9)}
    models = [
        ObservedModel(ModelId("acme/small"), False, 9, None, None, measured),
        ObservedModel(ModelId("acme/big"), False, 4, None, None, {}),
        ObservedModel(ModelId("acme/big"), True, 1, None, None, {}),
    ]
    text = plain(observation_report(Observation(LogsRead(), tuple(models), 0, 30)))
    assert "acme/small  9 calls" in text
    assert "acme/big" not in text
    assert "5 calls of 1 model have nothing to measure" in text
    assert "1 model observed" in text
