"""`port-differs`."""

import pytest

from tests.findings import findings

PROVIDERS = "providers: {a: {engine: vllm, endpoints: ['http://127.0.0.1:8000', 'http://localhost:8001']}}"


def test_another_port() -> None:
    """The registry and the endpoints of the same name disagree."""
    found = findings("port-differs", providers=PROVIDERS, ports="services: {a: {port: 8002}}")
    assert found == [
        "warning ports.yaml:2:22 `a` is registered with port 8002, but its endpoint has 8000 and 8001"
    ]


@pytest.mark.parametrize(
    "service", ["a: {port: 8000}", "a: {port: 8001}", "b: {port: 8002}", "a: {port: 9, protocol: udp}"]
)
def test_the_same_port_or_another_program(service: str) -> None:
    """One of several endpoints is enough; other names and UDP are other programs."""
    assert not findings("port-differs", providers=PROVIDERS, ports=f"services: {{{service}}}")


def test_another_machine() -> None:
    """Endpoints elsewhere say nothing about this machine's ports."""
    providers = "providers: {a: {engine: vllm, endpoints: ['http://gpu:8000']}}"
    assert not findings("port-differs", providers=providers, ports="services: {a: {port: 8002}}")
