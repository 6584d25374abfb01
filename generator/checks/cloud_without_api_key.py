"""A cloud provider has no key."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.engines import AMBIENT_CREDENTIALS, CLOUD_ENGINES

_CLOUDS = frozenset(CLOUD_ENGINES) - AMBIENT_CREDENTIALS
_CARRIES_KEY = frozenset({"authorization", "x-api-key", "api-key", "x-goog-api-key"})


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.active.items():
        if (
            entry.engine in _CLOUDS
            and entry.api_key is None
            and _CARRIES_KEY.isdisjoint(map(str.lower, entry.headers))
        ):
            hint = f"add `api_key: ${{{entry.engine.upper().replace('-', '_')}_API_KEY}}`"
            yield Finding(f"`{name}` has no `api_key`", in_providers("providers", name, on_key=True), hint)


CHECK = Check(
    code="cloud-without-api-key",
    severity=Severity.WARNING,
    summary="An active cloud provider has neither an `api_key` nor a header that carries one.",
    remedy=(
        "It would refuse every request. Add `api_key` as a reference. Engines that take credentials from the machine they "
        "run on, such as bedrock and vertex_ai, need none."
    ),
    find=_find,
)
