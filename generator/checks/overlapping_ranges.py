"""Two categories share ports."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    ranges = subject.config.ports.ranges if subject.config.ports else {}
    widest: str | None = None
    for name, span in sorted(ranges.items(), key=lambda item: (item[1].first, item[1].last, item[0])):
        if widest is not None and span.first <= ranges[widest].last:
            last = min(span.last, ranges[widest].last)
            shared = f"port {last}" if span.first == last else f"ports {span.first} to {last}"
            at, other = in_ports("ranges", name, on_key=True), in_ports("ranges", widest, on_key=True)
            yield Finding(
                f"`{name}` shares {shared} with `{widest}`", at, "let one end before the other begins", other
            )
        if widest is None or span.last > ranges[widest].last:
            widest = name


CHECK = Check(
    code="overlapping-ranges",
    severity=Severity.WARNING,
    summary="The ranges of two categories have ports in common.",
    remedy="A port in two ranges may be given away by both. Let one range end before the other begins.",
    find=_find,
)
