"""The targets of one public model can do different things."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity
from schemas.providers import Capability


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        found = [
            (i, m)
            for i, t in enumerate(entry.targets)
            if t.weight > 0 and (m := subject.engine_model(t)) is not None
        ]
        if len(found) < 2:
            continue
        able = {capability for _, served in found for capability in served.capabilities}
        for index, served in found:
            lacking = [f"`{c.value}`" for c in Capability if c in able and c not in served.capabilities]
            if lacking:
                yield Finding(
                    f"the target `{entry.targets[index].model}` lacks {', '.join(lacking)}, which another target of `{model}` has",
                    in_mappings("models", model, "targets", index, "model"),
                    "whether a request can be answered depends on where it lands; use targets that can do the same",
                )


CHECK = Check(
    code="mixed-targets",
    severity=Severity.WARNING,
    summary="The targets of one public model have different capabilities.",
    remedy="Requests are spread over all targets, so the same request succeeds or fails by chance. "
    "Use targets that can do the same, or make two public models of it.",
    find=_find,
)
