"""`listener-port-taken`."""

import pytest

from tests.findings import findings


def _endpoint(url: str, listen: str = "address: 127.0.0.1") -> list[str]:
    return findings(
        "listener-port-taken",
        providers=f"providers: {{a: {{engine: vllm, endpoints: ['{url}']}}}}",
        gateway=f"listen: {{{listen}}}",
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:4000", "127.0.0.1"),
        ("http://localhost:4000/v", "127.0.0.1"),
        ("http://0.0.0.0:4000", "127.0.0.1"),
        ("http://127.0.0.1:4000", "0.0.0.0"),
        ("http://127.0.0.2:4000", "0.0.0.0"),
        ("http://127.0.0.1:4000", "::"),
        ("http://[::1]:4000", "::"),
        ("http://192.168.1.5:4000", "192.168.1.5"),
        ("https://[fd00:0::5]:4000", "fd00::5"),
    ],
)
def test_requests_would_come_back(url: str, address: str) -> None:
    """An endpoint that is the listener would be asked by the gateway itself."""
    assert _endpoint(url, f"address: '{address}'") == [
        f"error providers.yaml:2:43 `{url}` is the gateway's listener itself"
    ]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:4002", "127.0.0.1"),
        ("http://127.0.0.2:4000", "127.0.0.1"),
        ("http://[::1]:4000", "127.0.0.1"),
        ("http://[::1]:4000", "0.0.0.0"),
        ("http://127.0.0.1:4000", "::1"),
        ("http://192.168.1.6:4000", "0.0.0.0"),
        ("http://gpu:4000", "0.0.0.0"),
    ],
)
def test_another_address_or_machine(url: str, address: str) -> None:
    """The same port elsewhere is no conflict."""
    assert not _endpoint(url, f"address: '{address}'")


def test_the_control_api() -> None:
    """Its port is taken as well."""
    assert _endpoint("http://localhost:4001") == [
        "error providers.yaml:2:43 `http://localhost:4001` is the control API itself"
    ]


def test_without_gateway_yaml() -> None:
    """The defaults conflict too; the place is the endpoint."""
    found = findings(
        "listener-port-taken",
        providers="providers: {a: {engine: vllm, endpoints: ['http://localhost:4000']}}",
    )
    assert found == ["error providers.yaml:2:43 `http://localhost:4000` is the gateway's listener itself"]


def test_registered_for_a_provider() -> None:
    """A service with the name of a provider is that provider, not the gateway's own entry."""
    providers = "providers: {a: {engine: vllm, endpoints: ['http://gpu:1']}}"
    found = findings(
        "listener-port-taken", providers=providers, ports="services: {a: {port: 4000}, portico: {port: 4001}}"
    )
    assert found == [
        "error ports.yaml:2:22 port 4000, registered for the provider `a`, is the port of the gateway's listener"
    ]


def test_disabled_providers_take_no_port() -> None:
    """What is not active does not listen."""
    assert not findings(
        "listener-port-taken",
        providers="providers: {a: {engine: vllm, status: disabled, endpoints: ['http://localhost:4000']}}",
        ports="services: {a: {port: 4000}}",
    )
