"""`open-listener`."""

import pytest

from tests.findings import findings


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("0.0.0.0", "every interface"),
        ("::", "every interface"),
        ("192.168.1.5", "192.168.1.5"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_open(address: str, where: str) -> None:
    """Every address that is not loopback can be reached by others."""
    found = findings("open-listener", gateway=f"listen: {{address: '{address}'}}")
    assert found == [f"warning gateway.yaml:2:19 the gateway listens on {where}, and asks clients for no key"]


@pytest.mark.parametrize(
    "gateway",
    [None, "listen: {address: 127.0.0.1}", "listen: {address: '::1'}", "listen: {address: 127.0.0.9}"],
)
def test_loopback(gateway: str | None) -> None:
    """The default is this machine only."""
    assert not findings("open-listener", gateway=gateway)
