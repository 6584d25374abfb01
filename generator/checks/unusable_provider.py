"""A disabled provider or a template is used."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_gateway, in_mappings, in_providers
from schemas.diagnostics import Finding, Pointer, Severity
from schemas.gateway import EmbeddedStart
from schemas.providers import Status

_WORDS = {Status.DISABLED: "is disabled", Status.TEMPLATE: "is a template, which is never used"}


def _find(subject: Subject) -> Iterator[Finding]:
    for name, at in _used(subject):
        provider = subject.providers.get(name)
        if provider is not None and provider.status is not Status.ACTIVE:
            status = in_providers("providers", name, "status")
            yield Finding(
                f"the provider `{name}` {_WORDS[provider.status]}", at, "set its `status: active`", status
            )


def _used(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for model, index, target in subject.targets():
        yield target.provider, in_mappings("models", model, "targets", index, "provider")
    for index, pattern in enumerate(subject.config.mappings.patterns):
        yield pattern.provider, in_mappings("patterns", index, "provider")
    embedded = subject.config.gateway.embedded
    if embedded is not None and embedded.start is not EmbeddedStart.NEVER:
        yield embedded.provider, in_gateway("embedded", "provider")


CHECK = Check(
    code="unusable-provider",
    severity=Severity.ERROR,
    summary="A target, a pattern or the embedded engine uses a provider that is disabled or a template.",
    remedy="Only active providers get requests. Set `status: active`, or take the target out.",
    find=_find,
)
