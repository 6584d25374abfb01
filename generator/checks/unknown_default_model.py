"""The model for unknown names is no public model and no alias."""

from collections.abc import Iterator

from generator.checks.hints import for_public_name
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    name = subject.config.mappings.unknown_model.model
    if name is not None and name not in subject.public_names:
        hint = for_public_name(subject, name)
        message = f"`{name}`, the model for unknown names, is not a public model"
        yield Finding(message, in_mappings("unknown_model", "model"), hint.text, hint.related)


CHECK = Check(
    code="unknown-default-model",
    severity=Severity.ERROR,
    summary="`unknown_model` sends unknown names to something that is no public model and no alias.",
    remedy="Name a public model, or use `answer: reject`.",
    find=_find,
)
