"""A pattern reaches none of the models that its provider lists."""

from collections.abc import Iterator

from generator.checks.regex import names_for
from generator.checks.subject import Check, Subject, in_mappings, in_providers
from schemas.diagnostics import Finding, Severity

_MAX_MODELS = 1_000


def _find(subject: Subject) -> Iterator[Finding]:
    for index, (pattern, regex) in enumerate(
        zip(subject.config.mappings.patterns, subject.regexes, strict=True)
    ):
        provider = subject.providers.get(pattern.provider)
        if provider is None or not 0 < len(provider.models) <= _MAX_MODELS:
            continue
        if regex.tree is None or not regex.allows(pattern.model):
            continue
        if not any(
            next(names_for(regex, pattern.model, model), None) is not None for model in provider.models
        ):
            yield Finding(
                f"`{regex.source}` reaches none of the models listed under `{pattern.provider}`",
                in_mappings("patterns", index, "match"),
                "correct it, or list under the provider what it is meant to reach",
                in_providers("providers", pattern.provider, "models", on_key=True),
            )


CHECK = Check(
    code="idle-pattern",
    severity=Severity.INFO,
    summary="A pattern reaches none of the models that its provider lists.",
    remedy="A provider need not list what patterns reach, but where it lists models, a pattern that reaches none of them "
    "may be mistyped. Providers with more than 1,000 models are not looked at.",
    find=_find,
)
