"""A model name that a client cannot send, or that cannot be carried to an engine."""

import unicodedata
from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings, in_providers
from schemas.diagnostics import Finding, Pointer, Severity

_MAX_BYTES = 256


def _find(subject: Subject) -> Iterator[Finding]:
    for name, at in _names(subject):
        # Nearly every name is short and plain, and there may be tens of thousands of them.
        if name.isascii() and name.isprintable() and 0 < len(name) <= _MAX_BYTES and name.strip() == name:
            continue
        fault = _fault(name)
        if fault is not None:
            shown = ascii(name)[1:-1]
            shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
            yield Finding(f"the name `{shown}` {fault}", at, "rename it; names travel in request headers")


def _names(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for name in subject.models:
        yield name, in_mappings("models", name, on_key=True)
    for name in subject.aliases:
        yield name, in_mappings("aliases", name, on_key=True)
    for provider, entry in subject.providers.items():
        for name in entry.models:
            yield name, in_providers("providers", provider, "models", name, on_key=True)
    for index, pattern in enumerate(subject.config.mappings.patterns):
        if pattern.model is not None:
            yield pattern.model, in_mappings("patterns", index, "model")


def _fault(name: str) -> str | None:
    if not name:
        return "is empty"
    if name.strip() != name:
        return "starts or ends with a space"
    categories = {unicodedata.category(character) for character in name}
    if not categories.isdisjoint(("Cc", "Cs", "Zl", "Zp")):
        return "has a control character"
    if "Cf" in categories:
        return "has a character that cannot be seen"
    size = len(name.encode("utf-8"))
    return f"has {size} bytes; {_MAX_BYTES} is the most" if size > _MAX_BYTES else None


CHECK = Check(
    code="unsendable-name",
    severity=Severity.ERROR,
    summary="A model name is empty, has control characters, characters that cannot be seen or spaces at its ends, or is longer than 256 bytes.",
    remedy="The gateway carries names in HTTP headers, which cannot hold such a name; and nobody can type what cannot be seen. Rename it.",
    find=_find,
)
