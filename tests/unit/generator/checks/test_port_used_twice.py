"""`port-used-twice`."""

import pytest

from tests.findings import findings


def test_two_services_on_one_port() -> None:
    """The second one is told who has it."""
    found = findings(
        "port-used-twice", ports="services:\n  a: {port: 1000}\n  b: {port: 1001}\n  c: {port: 1000}"
    )
    assert found == ["error ports.yaml:5:13 port 1000 is registered for `c` and for `a`"]


def test_tcp_and_udp_are_apart() -> None:
    """A UDP service does not take the port from a TCP one, but from another UDP one."""
    found = findings(
        "port-used-twice",
        ports="services: {a: {port: 53, protocol: udp}, b: {port: 53}, c: {port: 53, protocol: udp}, d: {port: 53, protocol: http}}",
    )
    assert [line.split(" ", 2)[2] for line in found] == [
        "port 53 is registered for `c` and for `a`",
        "port 53 is registered for `d` and for `b`",
    ]


def test_reserved_twice() -> None:
    """A reservation needs one reason."""
    found = findings(
        "port-used-twice", ports="reserved:\n  - {port: 22, reason: ssh}\n  - {port: 22, reason: SSH}"
    )
    assert found == ["error ports.yaml:4:12 port 22 is reserved twice"]


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"])
def test_listener_and_control_api_meet(address: str) -> None:
    """The control API is on 127.0.0.1, which every one of these includes."""
    found = findings("port-used-twice", gateway=f"listen: {{address: '{address}', port: 4001}}")
    assert [line.split(" ", 2)[2] for line in found] == [
        f"the control API's port 4001 is the listener's too, on {address}"
    ]


@pytest.mark.parametrize("address", ["127.0.0.2", "::1", "192.168.1.5"])
def test_listener_and_control_api_apart(address: str) -> None:
    """Another address may have the same port."""
    assert not findings("port-used-twice", gateway=f"listen: {{address: '{address}', port: 4001}}")


def test_defaults_do_not_meet() -> None:
    """Without gateway.yaml and ports.yaml there is nothing to say."""
    assert not findings("port-used-twice")
