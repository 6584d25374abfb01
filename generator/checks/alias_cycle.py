"""Aliases stand for each other and never reach a model."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity

_SHOWN = 6


def _find(subject: Subject) -> Iterator[Finding]:
    seen: set[str] = set()
    for alias in subject.aliases:
        trail: dict[str, None] = {}
        name = alias
        while name in subject.aliases and name not in subject.models and name not in seen:
            seen.add(name)
            trail[name] = None
            name = subject.aliases[name]
        if name in trail:
            names = list(trail)
            cycle = names[names.index(name) :]
            yield Finding(
                _message(cycle), in_mappings("aliases", cycle[0]), "let one of them stand for a model"
            )


def _message(cycle: list[str]) -> str:
    if len(cycle) == 1:
        return f"the alias `{cycle[0]}` stands for itself"
    shown = [f"`{name}`" for name in cycle[:_SHOWN]] + (["…"] if len(cycle) > _SHOWN else [])
    return f"aliases go round and reach no model: {' → '.join([*shown, f'`{cycle[0]}`'])}"


CHECK = Check(
    code="alias-cycle",
    severity=Severity.ERROR,
    summary="Aliases stand for each other in a circle.",
    remedy="No request for such a name can be answered. Let one alias of the circle stand for a model.",
    find=_find,
)
