"""A target, a pattern or the embedded engine names a provider that providers.yaml does not have."""

from collections.abc import Iterator

from generator.checks.hints import for_provider
from generator.checks.subject import Check, Subject, in_gateway, in_mappings
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for name, at in _named(subject):
        if name not in subject.providers:
            hint = for_provider(subject, name)
            yield Finding(f"`{name}` is not a provider", at, hint.text, hint.related)


def _named(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for model, index, target in subject.targets():
        yield target.provider, in_mappings("models", model, "targets", index, "provider")
    for index, pattern in enumerate(subject.config.mappings.patterns):
        yield pattern.provider, in_mappings("patterns", index, "provider")
    if subject.config.gateway.embedded is not None:
        yield subject.config.gateway.embedded.provider, in_gateway("embedded", "provider")


CHECK = Check(
    code="unknown-provider",
    severity=Severity.ERROR,
    summary="A target, a pattern or the embedded engine names a provider that providers.yaml does not have.",
    remedy="Requests would have nowhere to go. Name a provider from providers.yaml, or add it there.",
    find=_find,
)
