"""The addresses behind a cluster, and what stands in when none of them is healthy; LiteLLM's are a file of their own."""

import ipaddress

from generator.render.envoy.names import DOWN_SOCKET, LITELLM, STARTING_SOCKET
from generator.render.envoy.xds import Json, discovery, typed
from generator.topology import Endpoint

_PLAIN = {"filter_metadata": {"envoy.transport_socket_match": {"plain": True}}}


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def needs_no_resolving(host: str) -> bool:
    """Whether a host's addresses are known: IP addresses and `localhost` (https://www.rfc-editor.org/rfc/rfc6761#section-6.3)."""
    return host == "localhost" or is_address(host)


def assignment(cluster: str, endpoints: tuple[Endpoint, ...], stand_in: Json) -> Json:
    """A provider's endpoints, and the stand-in for when none of them is healthy: Envoy retries after an answer or a refused
    connection, but not after finding no host.
    """
    return {
        "cluster_name": cluster,
        "endpoints": [
            {"lb_endpoints": [{"endpoint": _endpoint(endpoint)} for endpoint in endpoints]},
            {"priority": 1, "lb_endpoints": [stand_in]},
        ],
        # Nothing spills to the stand-in as long as one endpoint is healthy.
        "policy": {"overprovisioning_factor": 100_000},
    }


def litellm_endpoints(ports: tuple[int, ...], version: str) -> bytes:
    """The file `xds/eds/litellm.json`: LiteLLM's workers on loopback ports; no ports: LiteLLM is not ready.

    `version` is what Envoy reports as live once it has read the file. While LiteLLM is not ready, and when no worker can be
    reached, requests get 503 with Retry-After.
    """
    workers = [{"endpoint": {"address": _socket("127.0.0.1", port)}} for port in ports]
    groups: list[Json] = [{"lb_endpoints": workers}] if workers else []
    groups.append({"priority": len(groups), "lb_endpoints": [_local(STARTING_SOCKET)]})
    assigned = {"cluster_name": LITELLM, "endpoints": groups, "policy": {"overprovisioning_factor": 100_000}}
    return discovery([typed("config.endpoint.v3.ClusterLoadAssignment", **assigned)], version)


def _endpoint(endpoint: Endpoint) -> Json:
    return {
        **_addresses(endpoint.host, endpoint.port),
        "hostname": endpoint.authority,
        "health_check_config": {"hostname": endpoint.authority},
    }


def _addresses(host: str, port: int) -> Json:
    if host != "localhost":
        return {"address": _socket(host, port)}
    return {
        "address": _socket("127.0.0.1", port),
        "additional_addresses": [{"address": _socket("::1", port)}],
    }


def _socket(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}


def _local(socket: str) -> Json:
    return {"endpoint": _unprobed({"pipe": {"path": socket}}), "metadata": _PLAIN}


def _unprobed(address: Json) -> Json:
    return {"address": address, "health_check_config": {"disable_active_health_check": True}}


ANSWERING_421 = _local(DOWN_SOCKET)
"""A stand-in that no failure ever ejects."""

REFUSING = {"endpoint": _unprobed(_socket("127.0.0.1", 0))}
"""A stand-in for clusters that resolve names, which take no socket paths. Nothing can listen on port 0."""
