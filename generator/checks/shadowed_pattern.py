"""What a pattern matches is taken by something that is looked up before it."""

from collections.abc import Iterator
from itertools import islice

from generator.checks.regex import names_for
from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity

_MAX_KNOWN = 50


def _find(subject: Subject) -> Iterator[Finding]:
    first_with: dict[str, int] = {}
    for index, regex in enumerate(subject.regexes):
        same = first_with.setdefault(regex.source, index)
        if same < index:
            yield _finding(index, f"the pattern `{regex.source}` is given twice", same)
            continue
        takers = list(_takers(subject, index))
        if not takers or None in takers:
            continue
        earlier = next((taker for taker in takers if isinstance(taker, int)), None)
        if earlier is None:
            yield _finding(index, f"every name that `{regex.source}` matches is a model or an alias", None)
        else:
            other = subject.regexes[earlier].source
            yield _finding(
                index,
                f"names that `{regex.source}` matches are taken by an earlier pattern, `{other}`",
                earlier,
            )


def _takers(subject: Subject, index: int) -> Iterator[int | str | None]:
    """What answers to each sample before pattern `index` does; ends with None where nothing does."""
    for name in _samples(subject, index):
        taker = _taker(subject, name, index)
        yield taker
        if taker is None:
            return


def _samples(subject: Subject, index: int) -> Iterator[str]:
    """Names that a pattern matches: made up from its own text, and those of models its provider lists."""
    pattern, regex = subject.config.mappings.patterns[index], subject.regexes[index]
    yield from regex.examples()
    provider = subject.providers.get(pattern.provider)
    for model in islice(provider.models if provider is not None else (), _MAX_KNOWN):
        yield from islice(names_for(regex, pattern.model, model), 1)


def _taker(subject: Subject, name: str, index: int) -> int | str | None:
    """What answers to a name before pattern `index` does: a public name, an earlier pattern's index, or nothing."""
    if name in subject.public_names:
        return name
    earlier = subject.first_pattern(name)
    return earlier if earlier is not None and earlier < index else None


def _finding(index: int, message: str, earlier: int | None) -> Finding:
    related = in_mappings("patterns", earlier, "match") if earlier is not None else None
    hint = "move it before the other, or remove it" if earlier is not None else "remove it"
    return Finding(message, in_mappings("patterns", index, "match"), hint, related)


CHECK = Check(
    code="shadowed-pattern",
    severity=Severity.WARNING,
    summary="Everything a pattern matches is answered by a model, an alias or an earlier pattern.",
    remedy="Names are looked up among models and aliases first, then patterns in order. Put narrow patterns before wide ones. "
    "Found by trying names, so a pattern that looks shadowed may still match a rare name.",
    find=_find,
)
