"""A target names a model that its provider does not list."""

from collections.abc import Iterator

from generator.checks.hints import for_engine_model
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, index, target in subject.targets():
        provider = subject.providers.get(target.provider)
        if provider is not None and target.model not in provider.models:
            hint = for_engine_model(subject, target.provider, target.model)
            at = in_mappings("models", model, "targets", index, "model")
            yield Finding(f"`{target.provider}` lists no model `{target.model}`", at, hint.text, hint.related)


CHECK = Check(
    code="unknown-model",
    severity=Severity.ERROR,
    summary="A target names a model that is not listed under its provider.",
    remedy="What a model can do, and so where it is served, is read from its entry in providers.yaml. "
    "Correct the name, or add the model under `models` of the provider.",
    find=_find,
)
