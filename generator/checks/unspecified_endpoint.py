"""An endpoint is an address to listen on, not one to connect to."""

from collections.abc import Iterator

from generator.addresses import is_unspecified
from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        for index, url in enumerate(entry.endpoints):
            parts = endpoint(url)
            if is_unspecified(parts.host):
                loopback = "[::1]" if ":" in parts.host else "127.0.0.1"
                hint = f"write {'https' if parts.tls else 'http'}://{loopback}:{parts.port}{parts.prefix}"
                at = in_providers("providers", name, "endpoints", index)
                yield Finding(f"`{parts.host}` is an address to listen on, not one to connect to", at, hint)


CHECK = Check(
    code="unspecified-endpoint",
    severity=Severity.WARNING,
    summary="An endpoint's host is `0.0.0.0` or `::`.",
    remedy=(
        "A server listens on it, but a client that connects to it reaches this machine on some systems and nothing on others. "
        "Write the address the server is reached at, on this machine `127.0.0.1`."
    ),
    find=_find,
)
