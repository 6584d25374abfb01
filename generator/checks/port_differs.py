"""ports.yaml and providers.yaml disagree about a port."""

from collections.abc import Iterator

from generator.checks.ports import provider_uses, services, transport
from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Pointer, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    uses: dict[str, list[int]] = {}
    places: dict[str, Pointer] = {}
    for use in provider_uses(subject):
        if use.provider is not None:
            uses.setdefault(use.provider, []).append(use.port)
            places.setdefault(use.provider, use.at)
    for name, service in services(subject).items():
        used = uses.get(name)
        if used is not None and transport(service) == "tcp" and service.port not in used:
            listed = " and ".join(str(port) for port in used)
            message = f"`{name}` is registered with port {service.port}, but its endpoint has {listed}"
            yield Finding(message, in_ports("services", name, "port"), "make them the same", places[name])


CHECK = Check(
    code="port-differs",
    severity=Severity.WARNING,
    summary="A service has the name of a provider on this machine, but another port.",
    remedy="One of the two files is out of date. Make the ports the same, or rename the service if it is another program.",
    find=_find,
)
