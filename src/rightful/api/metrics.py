"""Metrics of the desk for Prometheus.

Names follow its conventions: seconds as unit, ``_total`` for counters. Labels are few and of known values: routes by their pattern,
never by what a caller wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE", "Gauge", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure of the moment, with labels whose values are codes."""

    name: str
    meaning: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Metrics:
    """What is counted, in a registry of its own.

    Args:
        gauges: Gives the figures of the moment when they are asked for.
    """

    def __init__(self, gauges: Callable[[], tuple[Gauge, ...]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Gauges(gauges))
        self._decisions = Counter(
            "rightful_decisions", "Commands that the desk carried out.", ("kind", "status"), registry=self._registry
        )
        self._decision_seconds = Histogram(
            "rightful_decision_seconds",
            "From the call of the desk to its durable answer.",
            ("kind",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Counter(
            "rightful_http_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "rightful_http_request_seconds",
            "From the first byte of a request to its last answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._failures = Counter(
            "rightful_background_failures", "Work in the background that failed.", ("work",), registry=self._registry
        )

    def decided(self, kind: str, status: str, seconds: float) -> None:
        """Count a command, its answer's status, and how long it took."""
        self._decisions.labels(kind, status).inc()
        self._decision_seconds.labels(kind).observe(seconds)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the pattern of its route."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def failed(self, work: str) -> None:
        """Count work in the background that failed."""
        self._failures.labels(work).inc()

    def text(self) -> bytes:
        """Give all of it in Prometheus' text format."""
        return generate_latest(self._registry)


class _Gauges(Collector):
    def __init__(self, gauges: Callable[[], tuple[Gauge, ...]]) -> None:
        self._gauges = gauges

    def describe(self) -> list[Metric]:
        return []  # known when they are asked for

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for gauge in self._gauges():
            names = [name for name, _ in gauge.labels]
            family = families.setdefault(gauge.name, GaugeMetricFamily(gauge.name, gauge.meaning, labels=names))
            family.add_metric([value for _, value in gauge.labels], gauge.value)
        yield from families.values()
