"""All targets of a public model have weight 0."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        if all(target.weight == 0 for target in entry.targets):
            yield Finding(
                f"no target of `{model}` gets requests: every weight is 0",
                in_mappings("models", model, "targets", 0, "weight"),
                "give at least one target a weight, or remove the model",
            )


CHECK = Check(
    code="zero-weights",
    severity=Severity.ERROR,
    summary="Every target of a public model has weight 0.",
    remedy="Weight 0 keeps a target out, so the model could answer nothing. Give a target a weight, or remove the model.",
    find=_find,
)
