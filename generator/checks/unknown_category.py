"""A service's category has no range."""

from collections.abc import Iterator

from generator.checks.ports import services
from generator.checks.subject import Check, Subject, did_you_mean, in_ports
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    ranges = subject.config.ports.ranges if subject.config.ports else {}
    for name, service in services(subject).items():
        if service.category is not None and service.category not in ranges:
            hint = did_you_mean(
                service.category, ranges, f"add `{service.category}` to `ranges`, with `first` and `last`"
            )
            yield Finding(
                f"`{service.category}` is not a range", in_ports("services", name, "category"), hint
            )


CHECK = Check(
    code="unknown-category",
    severity=Severity.ERROR,
    summary="A service names a category for which ports.yaml has no range.",
    remedy="A category says which ports a service may have; without a range it says nothing. Add the range, or take the category out.",
    find=_find,
)
