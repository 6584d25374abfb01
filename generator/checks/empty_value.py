"""A key is followed by nothing."""

from collections.abc import Iterator
from typing import Any

from generator.checks.subject import Check, Subject
from schemas.diagnostics import Finding, KeyPath, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for kind, document in subject.documents.items():
        for path in _empty(document.data):
            yield Finding(
                f"`{path[-1]}` has no value",
                Pointer(kind, path, on_key=True),
                "write a value, or remove the key",
            )


def _empty(data: Any) -> list[KeyPath]:
    found: list[KeyPath] = []
    for key, child in data.items() if isinstance(data, dict) else enumerate(data):
        if child is None:
            found.append((key,))
        elif isinstance(child, dict | list):
            found += [(key, *rest) for rest in _empty(child)]
    return found


CHECK = Check(
    code="empty-value",
    severity=Severity.WARNING,
    summary="A key that may be left out stands there without a value, or with `null`.",
    remedy="It does nothing, and was most likely meant to do something. Write a value, or remove the key.",
    find=_find,
)
