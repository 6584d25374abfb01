"""A list of distinct things names one of them twice."""

from collections.abc import Iterable, Iterator

from generator.checks.subject import Check, Subject, in_mappings, in_providers
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for at, values in _lists(subject):
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value in seen:
                yield Finding(
                    f"`{value}` is listed twice", Pointer(at.kind, (*at.keys, index)), "take one of them out"
                )
            seen.add(value)


def _lists(subject: Subject) -> Iterator[tuple[Pointer, Iterable[str]]]:
    for name, entry in subject.providers.items():
        yield in_providers("providers", name, "tags"), entry.tags
        for model, spec in entry.models.items():
            if len(spec.capabilities) > 1:
                yield in_providers("providers", name, "models", model, "capabilities"), spec.capabilities
            if len(spec.tags) > 1:
                yield in_providers("providers", name, "models", model, "tags"), spec.tags
    for public, mapping in subject.config.mappings.models.items():
        if len(mapping.tags) > 1:
            yield in_mappings("models", public, "tags"), mapping.tags


CHECK = Check(
    code="repeated-value",
    severity=Severity.WARNING,
    summary="A list of tags or capabilities has the same entry twice.",
    remedy="The second one does nothing; it may have been meant to be another. Take it out or correct it.",
    find=_find,
)
