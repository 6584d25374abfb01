"""`port-reserved`."""

import pytest

from tests.findings import findings

RESERVED = "reserved: [{port: 8888, reason: Jupyter}]\n"


def test_a_service() -> None:
    """The reason is part of the message."""
    found = findings("port-reserved", ports=RESERVED + "services: {x: {port: 8888}}")
    assert found == ["error ports.yaml:3:22 the service `x` uses port 8888, which is reserved: Jupyter"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8888", "http://localhost:8888", "http://[::1]:8888", "http://0.0.0.0:8888"]
)
def test_an_endpoint_on_this_machine(url: str) -> None:
    """Loopback is this machine."""
    found = findings(
        "port-reserved", providers=f"providers: {{a: {{engine: vllm, endpoints: ['{url}']}}}}", ports=RESERVED
    )
    assert found == ["error providers.yaml:2:43 `a` uses port 8888, which is reserved: Jupyter"]


def test_an_endpoint_elsewhere() -> None:
    """Other machines have ports of their own."""
    assert not findings(
        "port-reserved",
        providers="providers: {a: {engine: vllm, endpoints: ['http://gpu:8888']}}",
        ports=RESERVED,
    )


def test_listener_and_control_api() -> None:
    """The gateway's own ports are looked at as well."""
    found = findings("port-reserved", gateway="listen: {port: 8888}\ncontrol: {port: 8888}", ports=RESERVED)
    assert [line.split()[1] for line in found] == ["gateway.yaml:2:16", "gateway.yaml:3:17"]


def test_a_default_of_the_gateway() -> None:
    """Where gateway.yaml is absent, the place is in the registry."""
    found = findings("port-reserved", ports="reserved: [{port: 4000, reason: mine}]\nservices: {}")
    assert found == ["error ports.yaml:3:1 the gateway's listener uses port 4000, which is reserved: mine"]


def test_without_reservations() -> None:
    """An empty registry reserves nothing."""
    assert not findings("port-reserved", ports="services: {x: {port: 8888}}")
