"""A fallback cannot do what the model it stands in for can."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from generator.engines import apis_of
from schemas.diagnostics import Finding, Severity
from schemas.providers import Capability


def _find(subject: Subject) -> Iterator[Finding]:
    able = {name: {c for m in models for c in m.capabilities} for name, models in subject.serving.items()}
    for model, entry in subject.models.items():
        for index, name in enumerate(entry.fallbacks):
            meant = subject.model_of(name)
            if meant is None or meant == model or not able[meant]:
                continue
            lacking = [
                capability.value for capability in Capability if capability in able[model] - able[meant]
            ]
            if not lacking:
                continue
            useless = not set(apis_of(tuple(able[model]))) & set(apis_of(tuple(able[meant])))
            words = ", ".join(f"`{capability}`" for capability in lacking)
            yield Finding(
                f"the fallback `{name}` lacks {words}, which `{model}` has",
                in_mappings("models", model, "fallbacks", index),
                "no request can be passed on to it; name a model of the same kind"
                if useless
                else "requests that need it will fail there; name a model that can do the same",
                in_mappings("models", meant, "targets"),
                Severity.ERROR if useless else None,
            )


CHECK = Check(
    code="fallback-lacks-capability",
    severity=Severity.WARNING,
    summary="A fallback lacks a capability of the model it stands in for; an error where they share no API at all.",
    remedy="Requests with tools or images, or for an API the fallback is not served on, fail when it is their turn. "
    "Name a fallback that can do the same, or correct `capabilities` in providers.yaml.",
    find=_find,
)
