"""The gateway or an engine on this machine uses a port that ports.yaml does not list."""

from collections.abc import Iterator

from generator.checks.ports import gateway_uses, provider_uses, services, transport
from generator.checks.subject import Check, Subject
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    if subject.config.ports is None:
        return
    registered = {service.port for service in services(subject).values() if transport(service) == "tcp"}
    seen: set[int] = set()
    for use in (*gateway_uses(subject), *provider_uses(subject)):
        if use.port not in registered and use.port not in seen:
            seen.add(use.port)
            hint = f"add it to the `services` of ports.yaml, with `port: {use.port}`"
            yield Finding(f"port {use.port} of {use.owner} is not registered", use.at, hint)


CHECK = Check(
    code="port-unregistered",
    severity=Severity.WARNING,
    summary="ports.yaml does not list a port that the gateway, its control API or an engine on this machine uses.",
    remedy="A registry with gaps gives the same port away twice. Add the service to ports.yaml. Without a ports.yaml nothing is checked.",
    find=_find,
)
