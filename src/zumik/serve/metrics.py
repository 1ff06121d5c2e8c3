"""Metrics for Prometheus. Callers cannot add values to a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily

from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import in_force
from zumik.serve.view import View, now

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """The metrics of one process."""

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
            "Answers of /v2/resolve from a drained model, because no other could answer, by alias.",
            ("alias",),
            registry=self.registry,
        )
        self._drains = Gauge(
            "zumik_drains_in_force",
            "Drains that are in force now.",
            registry=self.registry,
        )
        self._problem = Gauge(
            "zumik_problem",
            "1 while the newest files cannot be used and the last good ones answer.",
            registry=self.registry,
        )
        self._degraded = Gauge(
            "zumik_problem_seconds",
            "How long the newest files have not been in use; 0 while they are.",
            registry=self.registry,
        )
        self._put_back = Counter(
            "zumik_older_files",
            "How often older files were taken into use, because someone put them back.",
            registry=self.registry,
        )
        self._put_back_seen = 0
        self._age = Gauge(
            "zumik_bundle_age_seconds",
            "The age of the bundle in use.",
            registry=self.registry,
        )
        self._changes = Counter(
            "zumik_reloads",
            "How often new files were taken into use.",
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], Counter] = {}
        self._reasons: dict[tuple[str, str], Counter] = {}

    def count(self, method: str, route: str, status: int) -> None:
        """Count one answered request."""
        key = (method if method in _METHODS else "other", route, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._requests.labels(*map(str, key))
        child.inc()

    def resolved(self, view: View, decision: Decision) -> None:
        """Count one answer of `/v2/resolve`, without the reason of a confidential ranking."""
        alias, reason = "target", decision.reason
        if decision.alias is not None and decision.source is not None:
            alias = decision.alias if decision.alias in view.bundle.pointers else "not live"
            if view.hides and not view.shows_alias(decision.source, decision.alias, False):
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
        """Count one request to `/v2/resolve` that was refused, by its error code."""
        self._answered("none", code).inc()

    def reloaded(self) -> None:
        """Count that new files were taken into use."""
        self._changes.inc()

    def put_back(self, times: int) -> None:
        """Count how often older files were taken into use, from the resolver's own count."""
        self._put_back.inc(times - self._put_back_seen)
        self._put_back_seen = times

    def text(self, view: View, age: float, problem: bool, degraded: float = 0) -> bytes:
        """All metrics, in Prometheus's text format."""
        self._problem.set(problem)
        self._degraded.set(degraded)
        self._age.set(age)
        self._drains.set(len(in_force(view.bundle.drains, now())))
        generations = GaugeMetricFamily(
            "zumik_alias_generation",
            "The generation of a live pointer.",
            labels=("alias",),
        )
        for pointer in view.bundle.pointers.values():
            generations.add_metric([pointer.alias], pointer.generation)
        return generate_latest(self.registry) + _one(generations)


class _Family:
    """A family made for one answer, so that an alias without a pointer has no value."""

    def __init__(self, family: GaugeMetricFamily) -> None:
        self._family = family

    def collect(self) -> list[GaugeMetricFamily]:
        """This one family."""
        return [self._family]


def _one(family: GaugeMetricFamily) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Family(family))
    return generate_latest(registry)
