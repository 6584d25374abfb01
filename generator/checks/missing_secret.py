"""A reference to a secret has no value here."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    severity = Severity.ERROR if subject.facts.about_to_run else None
    for reference, at in _references(subject):
        if reference in subject.facts.missing_secrets:
            yield Finding(_message(reference), at, _hint(reference), severity=severity)


def _references(subject: Subject) -> Iterator[tuple[str, Pointer]]:
    for name, entry in subject.active.items():
        if entry.api_key is not None:
            yield entry.api_key, in_providers("providers", name, "api_key")
        for header, value in entry.headers.items():
            yield value, in_providers("providers", name, "headers", header)


def _message(reference: str) -> str:
    return (
        f"`{reference}` {'cannot be read, or is empty' if reference.startswith('file:') else 'has no value'}"
    )


def _hint(reference: str) -> str:
    if not reference.startswith("file:"):
        return f"set the environment variable {reference[2:-1]}, or set the provider's `status: disabled`"
    path = reference.removeprefix("file:")
    if path.startswith("~"):
        return "`~` is not expanded; write the whole path"
    if path.startswith("/"):
        return "create the file, readable by the user Portico runs as"
    return "create the file; a relative path starts at the folder of providers.yaml"


CHECK = Check(
    code="missing-secret",
    severity=Severity.WARNING,
    summary="An active provider refers to an environment variable that is not set or empty, or to a file that cannot be read or is empty.",
    remedy=(
        "The provider would answer every request with 401. `validate` warns, since it may run on another machine; `up` and `reload` "
        "refuse. Set the variable or create the file where Portico runs. Disabled providers and templates need no secrets."
    ),
    find=_find,
)
