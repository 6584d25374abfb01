"""A model name with an asterisk, which LiteLLM takes for a wildcard."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings, in_providers
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    hint = "write a family of names under `patterns`"
    for name, at in _names(subject):
        if "*" in name:
            yield Finding(f"`{name}` has an asterisk, which LiteLLM takes for a wildcard", at, hint)


def _names(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for name in subject.models:
        yield name, in_mappings("models", name, on_key=True)
    for name in subject.aliases:
        yield name, in_mappings("aliases", name, on_key=True)
    for provider, entry in subject.providers.items():
        for name in entry.models:
            yield name, in_providers("providers", provider, "models", name, on_key=True)


CHECK = Check(
    code="wildcard-name",
    severity=Severity.ERROR,
    summary="The name of a public model, an alias or an engine's model has an asterisk.",
    remedy="LiteLLM takes it for a wildcard, and would answer to names that are not meant. "
    "A family of names is written as a regular expression under `patterns`.",
    find=_find,
)
