"""A header has two values."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        first: dict[str, str] = {}
        for header in entry.headers:
            earlier = first.setdefault(header.lower(), header)
            at = in_providers("providers", name, "headers", header, on_key=True)
            if earlier != header:
                same = in_providers("providers", name, "headers", earlier, on_key=True)
                yield Finding(
                    f"`{header}` is the header `{earlier}` once more",
                    at,
                    "case makes no difference; keep one",
                    same,
                )
            elif (
                header.lower() == "authorization"
                and entry.api_key is not None
                and entry.engine in LOCAL_ENGINES
            ):
                key = in_providers("providers", name, "api_key")
                yield Finding(f"`{header}` is what `api_key` is sent as", at, "keep one of the two", key)


CHECK = Check(
    code="duplicate-header",
    severity=Severity.ERROR,
    summary="A provider has the same header twice, or an `Authorization` header beside its `api_key`.",
    remedy="Only one of the values would reach the engine. Names of headers do not differ by case. Keep one.",
    find=_find,
)
