"""A service's port is not in the range of its category."""

from collections.abc import Iterator

from generator.checks.ports import services
from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    ranges = subject.config.ports.ranges if subject.config.ports else {}
    for name, service in services(subject).items():
        span = ranges.get(service.category or "")
        if span is None or span.first <= service.port <= span.last:
            continue
        others = [other for other, span in ranges.items() if span.first <= service.port <= span.last]
        hint = f"that port belongs to `{others[0]}`" if others else "choose a port of the range, or widen it"
        yield Finding(
            f"port {service.port} is outside of `{service.category}`, which is {span.first} to {span.last}",
            in_ports("services", name, "port"),
            hint,
            in_ports("ranges", others[0] if others else str(service.category), on_key=True),
        )


CHECK = Check(
    code="port-out-of-range",
    severity=Severity.ERROR,
    summary="A service's port is outside the range of its category.",
    remedy="Ranges keep kinds of services apart. Choose a port of the range, another category, or widen the range.",
    find=_find,
)
