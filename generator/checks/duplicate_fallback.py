"""A public model names the same fallback twice."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for model, entry in subject.models.items():
        first: dict[str, int] = {}
        for index, name in enumerate(entry.fallbacks):
            meant = subject.model_of(name) or name
            if meant in first and meant != model:
                alias = "" if name == meant else f", here as `{name}`"
                yield Finding(
                    f"`{model}` falls back to `{meant}` twice{alias}",
                    in_mappings("models", model, "fallbacks", index),
                    "remove one of the two",
                    in_mappings("models", model, "fallbacks", first[meant]),
                )
            first.setdefault(meant, index)


CHECK = Check(
    code="duplicate-fallback",
    severity=Severity.WARNING,
    summary="A fallback is named twice in one chain, by its name or by an alias of it.",
    remedy="A model that did not answer would be asked again before the client learns of the failure. Remove one.",
    find=_find,
)
