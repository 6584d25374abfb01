"""bootstrap.json: where Envoy finds the rest, and what it protects itself with."""

from generator.render.envoy.names import ADMIN_SOCKET, CDS_PATH, LDS_PATH
from generator.render.envoy.xds import Json, extension, from_file

_GIB = 1024 * 1024 * 1024


def bootstrap() -> Json:
    """The same for every topology, so that no change of configuration needs a new Envoy process."""
    return {
        "node": {"id": "portico", "cluster": "portico"},
        "admin": {"address": {"pipe": {"path": ADMIN_SOCKET, "mode": 0o600}}},
        "dynamic_resources": {"lds_config": from_file(LDS_PATH), "cds_config": from_file(CDS_PATH)},
        # /etc/hosts and the machine's resolver settings count, on macOS as well.
        "typed_dns_resolver_config": extension(
            "envoy.network.dns_resolver.getaddrinfo",
            "extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig",
            # A name that takes long to fail must not keep the others waiting.
            num_resolver_threads=8,
        ),
        "overload_manager": {
            "refresh_interval": "0.25s",
            "resource_monitors": [
                extension(
                    "envoy.resource_monitors.fixed_heap",
                    "extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                    max_heap_size_bytes=4 * _GIB,
                ),
                extension(
                    "envoy.resource_monitors.global_downstream_max_connections",
                    "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                    max_active_downstream_connections=10_000,
                ),
            ],
            "actions": [
                _heap_action("envoy.overload_actions.shrink_heap", 0.9),
                _heap_action("envoy.overload_actions.stop_accepting_requests", 0.98),
            ],
        },
    }


def _heap_action(name: str, threshold: float) -> Json:
    return {
        "name": name,
        "triggers": [{"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": threshold}}],
    }
