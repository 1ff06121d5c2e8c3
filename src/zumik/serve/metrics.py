"""Metrics for Prometheus. Every label is of a set that whoever asks cannot grow."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily

from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import in_force
from zumik.serve.view import View, now

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """What one process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "zumik_requests",
            "Requests by method, route template and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._resolved = Counter(
            "zumik_resolved",
            "Answers of /v2/resolve by live alias and reason.",
            ("alias", "reason"),
            registry=self.registry,
        )
        self._ignored = Counter(
            "zumik_drain_ignored",
            "Answers of /v2/resolve that a drained model gave, as nobody else could, by alias.",
            ("alias",),
            registry=self.registry,
        )
        self._drains = Gauge(
            "zumik_drains_in_force",
            "How many drains take models away now.",
            registry=self.registry,
        )
        self._problem = Gauge(
            "zumik_problem",
            "1 where the newest files cannot be used and the last good ones answer.",
            registry=self.registry,
        )
        self._age = Gauge(
            "zumik_bundle_age_seconds",
            "How long ago what is answered from was put together.",
            registry=self.registry,
        )
        self._changes = Counter(
            "zumik_reloads",
            "How often other files were taken up.",
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], Counter] = {}
        self._reasons: dict[tuple[str, str], Counter] = {}

    def count(self, method: str, route: str, status: int) -> None:
        """One request that was answered."""
        key = (method if method in _METHODS else "other", route, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(*map(str, key))
        child.inc()

    def resolved(self, view: View, decision: Decision) -> None:
        """One answer of `/v2/resolve`; the reason of a confidential ranking is not told."""
        alias, reason = "target", decision.reason
        if decision.alias is not None and decision.source is not None:
            alias = decision.alias if decision.alias in view.bundle.pointers else "not live"
            if not view.shows_alias(decision.source, decision.alias, authenticated=False):
                reason = "withheld"
        self._answered(alias, reason).inc()
        if decision.drain_ignored:
            self._ignored.labels("withheld" if reason == "withheld" else alias).inc()

    def _answered(self, alias: str, reason: str) -> Counter:
        key = (alias, reason)
        child = self._reasons.get(key)
        if child is None:
            child = self._reasons[key] = self._resolved.labels(*key)
        return child

    def not_resolved(self, code: str) -> None:
        """One question that has no answer; the code is ours."""
        self._answered("none", code).inc()

    def reloaded(self) -> None:
        """Other files were taken up."""
        self._changes.inc()

    def text(self, view: View, age: float, problem: bool) -> bytes:
        """All of it, in Prometheus's text format."""
        self._problem.set(problem)
        self._age.set(age)
        self._drains.set(len(in_force(view.bundle.drains, now())))
        generations = GaugeMetricFamily(
            "zumik_alias_generation", "How often an alias was moved.", labels=("alias",)
        )
        for pointer in view.bundle.pointers.values():
            generations.add_metric([pointer.alias], pointer.generation)
        return generate_latest(self.registry) + _one(generations)


class _Family:
    """A family made for one answer, so that an alias that is gone is not told of."""

    def __init__(self, family: GaugeMetricFamily) -> None:
        self._family = family

    def collect(self) -> list[GaugeMetricFamily]:
        """It alone."""
        return [self._family]


def _one(family: GaugeMetricFamily) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Family(family))
    return generate_latest(registry)
