"""`port-unregistered`."""

from tests.findings import findings

PROVIDERS = "providers: {a: {engine: vllm, endpoints: ['http://127.0.0.1:8000', 'http://gpu:9999']}}"
GATEWAY = "services: {gateway: {port: 4000}, control: {port: 4001}"


def test_an_engine_on_this_machine() -> None:
    """Only addresses of this machine are looked for; the place is the endpoint."""
    found = findings("port-unregistered", providers=PROVIDERS, ports=GATEWAY + "}")
    assert found == ["warning providers.yaml:2:43 port 8000 of `a` is not registered"]


def test_registered() -> None:
    """The name of the service does not matter."""
    assert not findings("port-unregistered", providers=PROVIDERS, ports=GATEWAY + ", whatever: {port: 8000}}")


def test_udp_is_another_port() -> None:
    """A UDP service is not the engine."""
    assert (
        len(
            findings(
                "port-unregistered", providers=PROVIDERS, ports=GATEWAY + ", u: {port: 8000, protocol: udp}}"
            )
        )
        == 1
    )


def test_the_gateway_itself() -> None:
    """Its two ports belong into the registry; a default has its place there."""
    found = findings("port-unregistered", gateway="listen: {port: 5000}", ports="services: {}")
    assert found == [
        "warning gateway.yaml:2:16 port 5000 of the gateway's listener is not registered",
        "warning ports.yaml:2:1 port 4001 of the control API is not registered",
    ]


def test_without_a_registry() -> None:
    """Nobody who keeps no registry is asked to."""
    assert not findings("port-unregistered", providers=PROVIDERS)


def test_disabled_providers() -> None:
    """What is not active uses no port."""
    providers = PROVIDERS.replace("engine", "status: disabled, engine")
    assert not findings("port-unregistered", providers=providers, ports=GATEWAY + "}")
