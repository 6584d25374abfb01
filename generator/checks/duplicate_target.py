"""A public model has the same target twice."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        first: dict[tuple[str, str], int] = {}
        for index, target in enumerate(entry.targets):
            key = target.provider, target.model
            if key in first:
                yield Finding(
                    f"`{model}` has the target `{target.model}` on `{target.provider}` twice",
                    in_mappings("models", model, "targets", index),
                    "keep one of the two",
                    in_mappings("models", model, "targets", first[key]),
                )
            first.setdefault(key, index)


CHECK = Check(
    code="duplicate-target",
    severity=Severity.ERROR,
    summary="A public model has the same model on the same provider as a target twice.",
    remedy="Which of the weights counts is unclear, and a retry would meet the same engine. Keep one and add the weights.",
    find=_find,
)
