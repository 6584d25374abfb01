"""Public models fall back to each other in a circle."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity

_SHOWN = 6


def _find(subject: Subject) -> Iterator[Finding]:
    done: set[str] = set()
    for start in subject.models:
        if start not in done:
            yield from _circles_from(subject, start, done)


def _circles_from(subject: Subject, start: str, done: set[str]) -> Iterator[Finding]:
    """Depth first from one model, with a stack of its own: a chain may be longer than Python's."""
    path = {start: 0}
    stack = [(start, _edges(subject, start))]
    while stack:
        model, edges = stack[-1]
        step = next(edges, None)
        if step is None:
            done.add(model)
            del path[model]
            stack.pop()
            continue
        index, after = step
        if after in path:
            circle = [name for name, _ in stack[path[after] :]]
            at = in_mappings("models", model, "fallbacks", index)
            hint = "end each chain at a model without fallbacks that lead back"
            yield Finding(f"fallbacks go round: {_shown(circle)}", at, hint)
        elif after not in done:
            path[after] = len(stack)
            stack.append((after, _edges(subject, after)))


def _edges(subject: Subject, model: str) -> Iterator[tuple[int, str]]:
    for index, name in enumerate(subject.models[model].fallbacks):
        after = subject.model_of(name)
        if after is not None and after != model:
            yield index, after


def _shown(circle: list[str]) -> str:
    names = [f"`{name}`" for name in circle[:_SHOWN]] + (["…"] if len(circle) > _SHOWN else [])
    return " → ".join([*names, f"`{circle[0]}`"])


CHECK = Check(
    code="fallback-cycle",
    severity=Severity.ERROR,
    summary="Public models fall back to each other in a circle.",
    remedy="With all of them down a request would be passed round until its time is up. "
    "Order the models, and let each fall back only to later ones.",
    find=_find,
)
