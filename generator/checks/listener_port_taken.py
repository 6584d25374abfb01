"""A provider is said to be where the gateway itself listens."""

from collections.abc import Iterator

from generator.addresses import canonical, is_this_machine, overlap
from generator.checks.ports import gateway_uses, services, transport
from generator.checks.subject import Check, Subject, in_ports, in_providers
from generator.compile import endpoint
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    uses = gateway_uses(subject)
    for name, entry in subject.active.items():
        for index, url in enumerate(entry.endpoints):
            parts = endpoint(url)
            for own in uses:
                if parts.port == own.port and _meets(parts.host, own.host):
                    at = in_providers("providers", name, "endpoints", index)
                    yield Finding(
                        f"`{url}` is {own.owner} itself", at, "give one of them another port", own.at
                    )
    for name, service in services(subject).items():
        for own in uses:
            if service.port == own.port and transport(service) == "tcp" and name in subject.active:
                message = (
                    f"port {service.port}, registered for the provider `{name}`, is the port of {own.owner}"
                )
                yield Finding(
                    message, in_ports("services", name, "port"), "give one of them another port", own.at
                )


def _meets(host: str, listening: str) -> bool:
    """Whether a connection to `host` ends at a socket bound to `listening`; other machines may use the same port."""
    return overlap(host, listening) if is_this_machine(host) else canonical(host) == canonical(listening)


CHECK = Check(
    code="listener-port-taken",
    severity=Severity.ERROR,
    summary="A provider's endpoint is the address that the gateway or its control API listens on.",
    remedy=(
        "Either the gateway cannot start, because the engine has the port, or it would send requests to itself without end. "
        "Change `listen.port` or `control.port` in gateway.yaml, or the port of the engine."
    ),
    find=_find,
)
