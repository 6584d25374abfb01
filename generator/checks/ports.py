"""Who uses which port of this machine, as far as the configuration says."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.addresses import is_this_machine
from generator.checks.subject import Subject, in_gateway, in_ports, in_providers
from generator.compile import endpoint
from schemas.diagnostics import DocumentKind, Pointer
from schemas.ports import Protocol, Service

CONTROL_ADDRESS = "127.0.0.1"
"""Where the daemon's own API listens, whatever the configuration."""


@dataclass(frozen=True, slots=True)
class Use:
    """A TCP port of this machine in use. `owner` is a phrase for messages; `provider` is set for a provider's endpoint."""

    host: str
    port: int
    owner: str
    at: Pointer
    provider: str | None = None
    given: bool = True
    """Whether the port is written down, rather than a default."""


def gateway_uses(subject: Subject) -> tuple[Use, Use]:
    """The listener and the control API."""
    gateway = subject.config.gateway
    return (
        _of_gateway(subject, "listen", gateway.listen.address, gateway.listen.port, "the gateway's listener"),
        _of_gateway(subject, "control", CONTROL_ADDRESS, gateway.control.port, "the control API"),
    )


def _of_gateway(subject: Subject, key: str, host: str, port: int, owner: str) -> Use:
    """A default stands nowhere; its place is the registry that it disagrees with."""
    gateway = subject.config.gateway
    given = key in gateway.model_fields_set and "port" in getattr(gateway, key).model_fields_set
    registry = not given and DocumentKind.PORTS in subject.documents
    at = in_ports("services", on_key=True) if registry else in_gateway(key, "port")
    return Use(host, port, owner, at, given=given)


def provider_uses(subject: Subject) -> Iterator[Use]:
    """The endpoints of active providers that are on this machine, by loopback."""
    for name, entry in subject.active.items():
        for index, url in enumerate(entry.endpoints):
            parts = endpoint(url)
            if is_this_machine(parts.host):
                at = in_providers("providers", name, "endpoints", index)
                yield Use(parts.host, parts.port, f"`{name}`", at, name)


def services(subject: Subject) -> dict[str, Service]:
    """The registered services; none where there is no registry."""
    return {} if subject.config.ports is None else subject.config.ports.services


def transport(service: Service) -> str:
    """Ports of TCP and UDP are apart."""
    return "udp" if service.protocol is Protocol.UDP else "tcp"
