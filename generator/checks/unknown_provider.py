"""A target or pattern names a provider that providers.yaml does not have."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, did_you_mean, in_mappings, in_providers, nearest
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, index, target in subject.targets():
        if target.provider not in subject.providers:
            yield _finding(subject, target.provider, in_mappings("models", model, "targets", index, "provider"))
    for index, pattern in enumerate(subject.config.mappings.patterns):
        if pattern.provider not in subject.providers:
            yield _finding(subject, pattern.provider, in_mappings("patterns", index, "provider"))


def _finding(subject: Subject, name: str, at: Pointer) -> Finding:
    meant = nearest(name, subject.providers)
    return Finding(
        f"`{name}` is not a provider",
        at,
        hint=did_you_mean(name, subject.providers, "add it to providers.yaml, or name one that is there"),
        related=in_providers("providers", meant, on_key=True) if meant is not None else None,
    )


CHECK = Check(
    code="unknown-provider",
    severity=Severity.ERROR,
    summary="A target or a pattern names a provider that providers.yaml does not have.",
    remedy="Requests would have nowhere to go. Name a provider from providers.yaml, or add it there.",
    find=_find,
)
