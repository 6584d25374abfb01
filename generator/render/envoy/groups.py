"""Which endpoints of a provider share a cluster."""

from dataclasses import dataclass

from generator.render.envoy.endpoints import is_address, needs_no_resolving
from generator.render.envoy.names import cluster_name
from generator.topology import Endpoint, Lane, Provider


@dataclass(frozen=True, slots=True)
class Group:
    """Endpoints of one provider that can share a cluster: the same scheme, path prefix and way of finding addresses."""

    cluster: str
    endpoints: tuple[Endpoint, ...]

    @property
    def first(self) -> Endpoint:
        """Any of them."""
        return self.endpoints[0]

    @property
    def resolved(self) -> bool:
        """Whether the addresses of all hosts are known, so that nothing has to be resolved."""
        return needs_no_resolving(self.first.host)


def groups(provider: Provider) -> tuple[Group, ...]:
    """A provider's endpoints by cluster. Nearly always one; TLS names are per cluster, so each TLS host has its own."""
    found: dict[tuple[bool, str, bool, str], list[Endpoint]] = {}
    for endpoint in provider.endpoints:
        key = (
            endpoint.tls,
            endpoint.prefix,
            is_address(endpoint.host),
            endpoint.host if endpoint.tls else "",
        )
        found.setdefault(key, []).append(endpoint)
    return tuple(
        Group(cluster_name(Lane.DIRECT, provider.name, index), tuple(endpoints))
        for index, endpoints in enumerate(found.values())
    )
