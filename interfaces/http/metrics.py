"""Counters of this process in the Prometheus text format. Labels are routes, methods, statuses: bounded."""

from __future__ import annotations

from collections import Counter, defaultdict

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        self._seconds: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. `route`: its template, never its path."""
        self._requests[method if method in METHODS else "other", route, status] += 1
        self._counts[route] += 1
        self._seconds[route] += seconds  # type: ignore[assignment]
        for number, bound in enumerate(BUCKETS):
            if seconds <= bound:
                self._buckets[route][number] += 1

    def text(self, gauges: dict[str, tuple[str, float]]) -> str:
        """Everything counted, and `gauges` (name to help and value) as they are now."""
        lines = ["# HELP hoso_requests_total Answered requests.", "# TYPE hoso_requests_total counter"]
        for (method, route, status), count in sorted(self._requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            lines.append(f"hoso_requests_total{{{labels}}} {count}")
        lines += [
            "# HELP hoso_request_seconds Time from request to answer.",
            "# TYPE hoso_request_seconds histogram",
        ]
        for route in sorted(self._counts):
            lines += self._histogram(route)
        for name, (text, value) in sorted(gauges.items()):
            lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, route: str) -> list[str]:
        name, total = "hoso_request_seconds", self._counts[route]
        bounds = zip(BUCKETS, self._buckets[route], strict=True)
        lines = [f'{name}_bucket{{route="{route}",le="{bound:g}"}} {count}' for bound, count in bounds]
        return [
            *lines,
            f'{name}_bucket{{route="{route}",le="+Inf"}} {total}',
            f'{name}_sum{{route="{route}"}} {self._seconds[route]:.6f}',
            f'{name}_count{{route="{route}"}} {total}',
        ]
