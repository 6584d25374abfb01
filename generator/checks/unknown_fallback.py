"""A fallback names something that is no public model and no alias."""

from collections.abc import Iterator

from generator.checks.hints import for_public_name
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        for index, name in enumerate(entry.fallbacks):
            if name not in subject.public_names:
                hint = for_public_name(subject, name)
                at = in_mappings("models", model, "fallbacks", index)
                yield Finding(
                    f"`{name}`, a fallback of `{model}`, is not a public model", at, hint.text, hint.related
                )


CHECK = Check(
    code="unknown-fallback",
    severity=Severity.ERROR,
    summary="A fallback names something that is no public model and no alias.",
    remedy="Fallbacks are other public models. To fall back to an engine's model, give it a public model first.",
    find=_find,
)
