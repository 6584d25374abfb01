"""What two network addresses have to do with each other, as far as their text says: nothing is looked up."""

import ipaddress

from generator.topology import Endpoint

LOCALHOST = "localhost"
_PRIVATE_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128"),  # loopback; unspecified addresses stand for it
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
        "fc00::/7",  # RFC 4193
        *("169.254.0.0/16", "fe80::/10"),  # link-local
        "100.64.0.0/10",  # RFC 6598: carriers and overlay networks; not routed on the Internet
    )
)

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def canonical(host: str) -> str:
    """A host as it compares: lower case, no final dot, an IP address in its shortest form."""
    name = host.lower().rstrip(".")
    ip = _ip(name)
    if ip is None:
        return LOCALHOST if name.endswith(".localhost") else name
    return str(ip)


def _ip(host: str) -> _Ip | None:
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's own loopback."""
    name = canonical(host)
    ip = _ip(name)
    return name == LOCALHOST or (ip is not None and ip.is_loopback)


def is_unspecified(host: str) -> bool:
    """Whether a host is `0.0.0.0` or `::`: every address of this machine."""
    ip = _ip(canonical(host))
    return ip is not None and ip.is_unspecified


def is_this_machine(host: str) -> bool:
    """Whether a host can only be this machine."""
    return is_loopback(host) or is_unspecified(host)


def is_private(host: str) -> bool:
    """Whether what is sent to a host stays on networks that are not the Internet, by its address or its name's form."""
    name = canonical(host)
    ip = _ip(name)
    if ip is not None:
        return any(ip in network for network in _PRIVATE_NETWORKS)
    return "." not in name or name.endswith(_PRIVATE_SUFFIXES)


def overlap(one: str, other: str) -> bool:
    """Whether two sockets with the same port would meet: `0.0.0.0` takes every IPv4 address, `::` both families."""
    first, second = canonical(one), canonical(other)
    if first == second or "::" in (first, second):
        return first == second or (_may_be_here(first) and _may_be_here(second))
    if LOCALHOST in (first, second):
        return all(name in (LOCALHOST, "127.0.0.1", "::1", "0.0.0.0") for name in (first, second))
    if "0.0.0.0" in (first, second):
        return all(isinstance(_ip(name), ipaddress.IPv4Address) for name in (first, second))
    return False


def _may_be_here(host: str) -> bool:
    return host == LOCALHOST or _ip(host) is not None


def place_of_server(endpoint: Endpoint) -> tuple[str, int, str]:
    """Where an endpoint's server listens, so that two ways to write one place compare equal: host, port, prefix.

    All of this machine's loopback addresses count as one but for 127.0.0.2 and the like, which are chosen on purpose.
    """
    host = canonical(endpoint.host)
    if host in (LOCALHOST, "::1", "0.0.0.0", "::"):
        host = "127.0.0.1"
    return host, endpoint.port, endpoint.prefix
