"""A public name that is the exact name of a deployment in LiteLLM, and leads elsewhere."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings, in_providers
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    matched = {pattern.provider for pattern in subject.config.mappings.patterns}
    for section, names in (("models", subject.models), ("aliases", subject.aliases)):
        for name in names:
            provider, _, model = name.partition("/")
            if not model or provider not in subject.active:
                continue
            if model not in subject.active[provider].models and provider not in matched:
                continue
            public = subject.model_of(name)
            if public is not None and _targets(subject, public) != {(provider, model)}:
                yield Finding(
                    f"`{name}` names `{model}` of the provider `{provider}`, and leads elsewhere",
                    in_mappings(section, name, on_key=True),
                    "rename it, or make this deployment its only target",
                    in_providers("providers", provider, on_key=True),
                )


def _targets(subject: Subject, public: str) -> set[tuple[str, str]]:
    return {(target.provider, target.model) for target in subject.models[public].targets}


CHECK = Check(
    code="reserved-name",
    severity=Severity.ERROR,
    summary="A public name reads `<provider>/<engine's model>`, and does not lead to just that.",
    remedy="LiteLLM knows every deployment by such a name, so requests for the deployment would go to the public model. "
    "Rename the public model, or make that deployment its only target.",
    find=_find,
)
