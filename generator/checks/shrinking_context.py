"""A fallback has a shorter context than the model it stands in for."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    contexts = {
        name: min((m.context_length for m in models if m.context_length is not None), default=None)
        for name, models in subject.serving.items()
    }
    for model, entry in subject.models.items():
        own = contexts[model]
        for index, name in enumerate(entry.fallbacks):
            meant = subject.model_of(name)
            other = contexts[meant] if meant is not None else None
            if own is not None and other is not None and other < own:
                yield Finding(
                    f"the context shrinks from {own} tokens of `{model}` to {other} of its fallback `{name}`",
                    in_mappings("models", model, "fallbacks", index),
                    "longer prompts will fail there; name a fallback with at least the same context",
                )


CHECK = Check(
    code="shrinking-context",
    severity=Severity.WARNING,
    summary="A fallback has a shorter context than the model it stands in for.",
    remedy="Prompts that fit the model are refused by its fallback. Name one with at least the same `context_length`.",
    find=_find,
)
