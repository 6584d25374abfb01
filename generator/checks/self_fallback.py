"""A public model falls back to itself."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        for index, name in enumerate(entry.fallbacks):
            if subject.model_of(name) == model:
                through = "" if name == model else f" through its alias `{name}`"
                at = in_mappings("models", model, "fallbacks", index)
                yield Finding(
                    f"`{model}` falls back to itself{through}", at, "name another public model, or remove it"
                )


CHECK = Check(
    code="self-fallback",
    severity=Severity.ERROR,
    summary="A public model is its own fallback, by its name or by an alias of it.",
    remedy="What just failed would be asked again. Several targets of one model already stand in for each other.",
    find=_find,
)
