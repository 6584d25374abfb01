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


def gateway_uses(subject: Subject) -> tuple[Use, Use]:
    """The listener and the control API."""
    gateway = subject.config.gateway
    return (
        Use(
            gateway.listen.address,
            gateway.listen.port,
            "the gateway's listener",
            _gateway(subject, "listen", "port"),
        ),
        Use(CONTROL_ADDRESS, gateway.control.port, "the control API", _gateway(subject, "control", "port")),
    )


def _gateway(subject: Subject, *keys: str) -> Pointer:
    """A node of gateway.yaml; where that file is absent, the registry that its defaults disagree with."""
    present = DocumentKind.GATEWAY in subject.documents or DocumentKind.PORTS not in subject.documents
    return in_gateway(*keys) if present else in_ports("services", on_key=True)


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
