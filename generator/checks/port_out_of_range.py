"""A service's port is not in the range of its category."""

from bisect import bisect_right
from collections.abc import Iterator

from generator.checks.ports import services
from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    ranges = subject.config.ports.ranges if subject.config.ports else {}
    order = sorted(ranges, key=lambda name: (ranges[name].first, name))
    firsts = [ranges[name].first for name in order]
    for name, service in services(subject).items():
        span = ranges.get(service.category or "")
        if span is None or span.first <= service.port <= span.last:
            continue
        below = bisect_right(firsts, service.port) - 1
        other = order[below] if below >= 0 and service.port <= ranges[order[below]].last else None
        yield Finding(
            f"port {service.port} is outside of `{service.category}`, which is {span.first} to {span.last}",
            in_ports("services", name, "port"),
            f"that port belongs to `{other}`" if other else "choose a port of the range, or widen it",
            in_ports("ranges", other or str(service.category), on_key=True),
        )


CHECK = Check(
    code="port-out-of-range",
    severity=Severity.ERROR,
    summary="A service's port is outside the range of its category.",
    remedy="Ranges keep kinds of services apart. Choose a port of the range, another category, or widen the range.",
    find=_find,
)
