"""A public name is both a model and an alias."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for alias in subject.aliases:
        if alias in subject.models:
            yield Finding(
                f"`{alias}` is both a model and an alias",
                in_mappings("aliases", alias, on_key=True),
                "rename or remove one of the two",
                in_mappings("models", alias, on_key=True),
            )


CHECK = Check(
    code="duplicate-name",
    severity=Severity.ERROR,
    summary="A name is defined as a public model and as an alias.",
    remedy="A request for the name could go either way. Rename or remove one of the two.",
    find=_find,
)
