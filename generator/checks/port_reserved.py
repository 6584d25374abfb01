"""Something uses a port that ports.yaml reserves."""

from collections.abc import Iterator

from generator.checks.ports import gateway_uses, provider_uses, services
from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    ports = subject.config.ports
    reserved = {entry.port: index for index, entry in enumerate(ports.reserved)} if ports else {}
    for port, owner, at in _uses(subject) if reserved else ():
        if ports and port in reserved:
            entry = ports.reserved[reserved[port]]
            where = in_ports("reserved", reserved[port], "port")
            yield Finding(
                f"{owner} uses port {port}, which is reserved: {entry.reason}",
                at,
                "choose another port",
                where,
            )


def _uses(subject: Subject) -> Iterator[tuple[int, str, Pointer]]:
    for use in (*gateway_uses(subject), *provider_uses(subject)):
        yield use.port, use.owner, use.at
    for name, service in services(subject).items():
        yield service.port, f"the service `{name}`", in_ports("services", name, "port")


CHECK = Check(
    code="port-reserved",
    severity=Severity.ERROR,
    summary="A service, an endpoint on this machine, the listener or the control API uses a reserved port.",
    remedy="ports.yaml keeps that port for something else. Choose another port, or take the reservation out.",
    find=_find,
)
