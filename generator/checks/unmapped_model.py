"""A model of an active provider that no public model has as a target."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    matched = {pattern.provider for pattern in subject.config.mappings.patterns}
    # A target that names nothing known is told about elsewhere, and was most likely meant to lead to one of these.
    lost = {target.provider for _, _, target in subject.targets() if subject.engine_model(target) is None}
    if not lost <= subject.providers.keys():
        return
    for name, entry in subject.active.items():
        for model in entry.models if name not in matched | lost else ():
            if (name, model) not in subject.public_by_deployment:
                yield Finding(
                    f"no public model leads to `{model}` of `{name}`",
                    in_providers("providers", name, "models", model, on_key=True),
                    "clients cannot ask for it; give it a public model in model-mappings.yaml",
                )


CHECK = Check(
    code="unmapped-model",
    severity=Severity.INFO,
    summary="An active provider lists a model that no public model has as a target.",
    remedy="Clients cannot ask for it. Models of providers that a pattern leads to are not told about, nor those that a mistyped target may have meant.",
    find=_find,
)
