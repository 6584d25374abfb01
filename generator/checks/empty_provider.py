"""An active provider lists no models, and no pattern leads to it."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    matched = {pattern.provider for pattern in subject.config.mappings.patterns}
    for name, entry in subject.active.items():
        if not entry.models and name not in matched:
            yield Finding(
                f"`{name}` lists no models, and no pattern leads to it",
                in_providers("providers", name, on_key=True),
                "list its models, add a pattern, or set `status: disabled`",
            )


CHECK = Check(
    code="empty-provider",
    severity=Severity.WARNING,
    summary="An active provider has no models, and no pattern leads to it.",
    remedy="It is probed but can get no request. List its models, add a pattern for it, or disable it.",
    find=_find,
)
